"""Medicines: in use, stopped, given today, sent along (HIS 80704 chapter 11)."""

from __future__ import annotations

from datetime import date

from samhandling.clock.oslo import xml_time
from samhandling.messages.compose.clinical import Medicine, MedicineGiven, MedicineHandedOut
from samhandling.messages.compose.medical import NewId
from samhandling.messages.compose.parts import clean, given, joined, number, only_true, optional_cs
from samhandling.messages.compose.people import professional
from samhandling.messages.model import epj_legemiddel as epj3
from samhandling.messages.model import kith

_CATEGORY = "Legemidler"
_STOPPED = "2"
_IN_MULTIDOSE, _NOT_IN_MULTIDOSE = "2", "1"


def medicine_list(medicines: tuple[Medicine, ...], new_id: NewId) -> list[epj3.Legemiddelinfo]:
    """One component for each medicine (SEND-06)."""
    return [
        epj3.Legemiddelinfo(
            informasjonskategori=_CATEGORY, komponentID=new_id(), ForenkletForskrivning=_prescribed(one)
        )
        for one in medicines
    ]


def _prescribed(medicine: Medicine) -> epj3.ForenkletForskrivning:
    return epj3.ForenkletForskrivning(
        StatusTilForskrivningen=optional_cs("9104", _STOPPED if medicine.stopped else ""),
        InngaarIMultidose=optional_cs("9103", _multidose(medicine.multidose)),
        Merknad=joined(medicine.remark),
        Forskriver=professional(medicine.prescriber) if medicine.prescriber else None,
        Forskrivningsinfo=epj3.Forskrivningsinfo(
            BruksomradeTekst=given(medicine.indication),
            DosVeiledEnkel=given(medicine.dose),
            Nr=given(medicine.item_number),
            Navn=clean(medicine.name),
            GeneriskNavn=given(medicine.substance),
            Atc=_atc(medicine),
            Legemiddelform=optional_cs("7448", medicine.medicine_form),
            Styrke=_quantity(medicine.strength, medicine.strength_unit),
            Bruk=optional_cs("9101", medicine.use),
            DoseringStarttidspunkt=_on(medicine.from_day),
            DoseringSluttidspunkt=_on(medicine.to_day),
            SkalIkkeTasSammenMedAnnetLegemiddel=only_true(medicine.not_together),
        ),
    )


def _multidose(said: bool | None) -> str:
    return "" if said is None else (_IN_MULTIDOSE if said else _NOT_IN_MULTIDOSE)


def _atc(medicine: Medicine) -> kith.CS | None:
    code = clean(medicine.atc)
    return kith.CS(V=code, DN=clean(medicine.substance) or clean(medicine.name)) if code else None


def _quantity(value: float | None, unit: str) -> kith.PQ | None:
    written = number(value)
    return kith.PQ(V=written, U=clean(unit) or None) if written is not None else None


def _on(day: date | None) -> kith.TS | None:
    return kith.TS(V=day.isoformat()) if day else None


def at_transfer(
    given_today: tuple[MedicineGiven, ...], handed_out: tuple[MedicineHandedOut, ...], new_id: NewId
) -> epj3.LegemidlerAdministrertVedOverforing | None:
    """What was given today and what the patient takes along; None when nothing."""
    if not (given_today or handed_out):
        return None
    return epj3.LegemidlerAdministrertVedOverforing(
        informasjonskategori=_CATEGORY,
        komponentID=new_id(),
        AdmAvHelsepersonell=[_given(one) for one in given_today],
        Egenadministrering=[_handed_out(one) for one in handed_out],
    )


def _given(dose: MedicineGiven) -> epj3.AdmAvHelsepersonell:
    assert dose.at is not None
    return epj3.AdmAvHelsepersonell(
        AdmEnkeltdose=_quantity(dose.amount, dose.amount_unit),
        AdmStart=kith.TS(V=xml_time(dose.at)),
        AdministrertAv=professional(dose.given_by) if dose.given_by else None,
        AdmStatus=optional_cs("9083", dose.status),
        Forskrivningsinfo=epj3.Forskrivningsinfo(Navn=clean(dose.name)),
    )


def _handed_out(doses: MedicineHandedOut) -> epj3.Egenadministrering:
    assert doses.at is not None
    return epj3.Egenadministrering(
        AdmStart=kith.TS(V=xml_time(doses.at)),
        AdministrertAv=professional(doses.given_by) if doses.given_by else None,
        UtlevertLegemiddel=[epj3.UtlevertLegemiddel(AntEnkeltdoser=str(doses.doses or 0))],
        Forskrivningsinfo=epj3.Forskrivningsinfo(Navn=clean(doses.name)),
    )
