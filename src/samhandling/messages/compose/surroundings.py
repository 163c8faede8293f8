"""Services, aids, information given, reservations and appointments (HIS 80704 chapters 6, 12 and 13)."""

from __future__ import annotations

from samhandling.clock.oslo import xml_time
from samhandling.messages.compose.care_values import ClinicalValues
from samhandling.messages.compose.parts import (
    clean,
    cs,
    day,
    flag,
    given,
    joined,
    number,
    only_true,
    optional_cs,
    optional_cv,
)
from samhandling.messages.compose.people import plain_person, professional
from samhandling.messages.compose.practicalities import (
    Aid,
    Appointment,
    InformationGiven,
    Reservation,
    Service,
    ServiceNeed,
)
from samhandling.messages.model import po_komponent as po


def service(values: Service, remark: str = "") -> po.EksisterendeTjeneste:
    """A service that the patient has; `remark` comes before the remark of the values."""
    return po.EksisterendeTjeneste(
        IPLOStjenestetype=optional_cv("9151", values.type),
        BetegnelseTjeneste=given(values.name),
        PrivatTjeneste=flag(values.private) or "false",
        TjenestenLevertAv=given(values.provider),
        OpplysningerOmTjenesten=given(values.text),
        AntallEnheter=number(values.amount),
        Enhet=given(values.amount_unit),
        Startdato=day(values.from_day),
        Sluttdato=day(values.to_day),
        Merknad=joined(remark, values.remark, by="\n"),
    )


def service_need(values: ServiceNeed) -> po.TjenesteBehov:
    """A service that the patient is thought to need."""
    return po.TjenesteBehov(
        IPLOStjenestetype=optional_cv("9151", values.type),
        BetegnelseTjeneste=given(values.name),
        VedInstitusjon=given(values.institution),
        BeskrivelseAvTjeneste=given(values.text),
        AntallEnheterOnsket=number(values.amount),
        Enhet=given(values.amount_unit),
    )


def aids(
    found: tuple[Aid, ...], *, sight: str = "", hearing: str = "", pacemaker: bool = False, remark: str = ""
) -> po.OpplysningerOmHjelpemidler | None:
    """Aids that the patient wears, and the others with their status; None when there are none."""
    worn = po.FasteHjelpemidler(
        Briller=optional_cs("9113", sight),
        HjelpemiddelHorsel=optional_cs("9114", hearing),
        Pacemaker=only_true(pacemaker),
        Merknad=given(remark),
    )
    wears = bool(worn.Briller or worn.HjelpemiddelHorsel or worn.Pacemaker or worn.Merknad)
    if not (found or wears):
        return None
    return po.OpplysningerOmHjelpemidler(
        FasteHjelpemidler=[worn] if wears else [],
        StatusHjelpemiddel=[
            po.StatusHjelpemiddel(
                Status=cs("8230", aid.status),
                Hjelpemiddelbeskrivelse=po.Hjelpemiddelbeskrivelse(BetegnelseHjelpemiddel=clean(aid.name)),
            )
            for aid in found
        ],
    )


def information(values: ClinicalValues, version: str) -> list[po.InfoInformasjonGitt]:
    """What patient and family were told."""
    if not values.information:
        return []
    return [po.InfoInformasjonGitt(InformasjonGitt=[_information(one, version) for one in values.information])]


def _information(one: InformationGiven, version: str) -> po.InformasjonGitt:
    assert one.to is not None
    assert one.by is not None
    return po.InformasjonGitt(
        TypeInformasjon=optional_cv("9502", one.type),
        BeskrivelseInformasjon=given(one.text),
        MuntligInformasjon=only_true(one.spoken) or ("false" if version == "1.5" else None),
        InformasjonGittTil=plain_person(one.to),
        InformasjonGittDato=day(one.on) or "",
        InformasjonGittAv=professional(one.by),
    )


def communication(values: ClinicalValues) -> list[po.InfoAssistertKommunikasjon]:
    """Interpreter, impaired hearing or sight."""
    need = values.communication
    if need is None:
        return []
    said = po.AssistertKommunikasjon(
        Horselsvikt=only_true(need.hearing),
        Synsvikt=only_true(need.sight),
        BehovTolkSprak=optional_cs("3303", need.language),
        Merknad=given(need.remark),
    )
    if not (said.Horselsvikt or said.Synsvikt or said.BehovTolkSprak or said.Merknad):
        return []
    return [po.InfoAssistertKommunikasjon(AssistertKommunikasjon=said)]


def reservations(found: tuple[Reservation, ...]) -> list[po.InfoReservasjon]:
    """Reservations and wishes of the patient."""
    if not found:
        return []
    return [po.InfoReservasjon(ReservasjonOnske=[_reservation(one) for one in found])]


def _reservation(one: Reservation) -> po.ReservasjonOnske:
    assert one.by is not None
    return po.ReservasjonOnske(
        Gjelder=clean(one.concerns),
        FramsattAv=plain_person(one.by),
        FramsattDato=day(one.on) or "",
        Merknad=given(one.remark),
    )


def appointment(one: Appointment, version: str) -> po.InfoKontrolltime:
    """Booked, to be booked by the patient, or tentative; version 1.5 tells the last as a time not booked."""
    informed = _informed(one)
    if one.at is not None:
        return po.InfoKontrolltime(
            InformasjonOmTime=po.InformasjonOmTime(
                BestiltKontrolltime="true",
                TidspunktTime=xml_time(one.at),
                Varighet=number(one.minutes),
                StedTime=joined(one.place, one.remark, by="\n"),
                InformertOm=informed,
            )
        )
    if one.by_patient:
        return po.InfoKontrolltime(
            KontrolltimeBestill=po.KontrolltimeBestill(PasientParorendeBestiller="true", InformertOm=informed)
        )
    if version == "1.5":
        return po.InfoKontrolltime(
            InformasjonOmTime=po.InformasjonOmTime(
                BestiltKontrolltime="false",
                StedTime=joined(one.about_when, one.place, one.remark, by="\n"),
                InformertOm=informed,
            )
        )
    return po.InfoKontrolltime(
        InformasjonOmTentativTime=po.InformasjonOmTentativTime(
            TentativtTidspunktTime=given(one.about_when),
            StedTime=given(one.place),
            Merknad=given(one.remark),
            InformertOm=informed,
        )
    )


def _informed(one: Appointment) -> po.InformertOm | None:
    """Both are said, or neither: the schema demands the pair."""
    if one.patient_informed is None and one.family_informed is None:
        return None
    return po.InformertOm(
        PasientInformert="true" if one.patient_informed else "false",
        ParorendeInformert="true" if one.family_informed else "false",
    )
