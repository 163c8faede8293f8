"""Utskrivningsrapport (TverrfagligEpikrise, HIS 1148): what follows the patient on the day of discharge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from samhandling.clock.oslo import xml_time
from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_rules import check_appointment, check_services
from samhandling.messages.compose.care_values import Medicines, NursingValues, Reservations
from samhandling.messages.compose.checking import FieldError, conflict
from samhandling.messages.compose.medical import NewId, diagnosis_list, functional_level, medical
from samhandling.messages.compose.medication import medicine_list
from samhandling.messages.compose.nursing import cancellation, change, nursing, reports, withdrawn
from samhandling.messages.compose.parts import clean, cv, given
from samhandling.messages.compose.practicalities import Aid, Appointment, ServiceNeed
from samhandling.messages.compose.surroundings import (
    aids,
    appointment,
    communication,
    information,
    reservations,
    service_need,
)
from samhandling.messages.model import kith, plo_meldinger, plo_meldinger_15, plo_meldinger_16
from samhandling.messages.model import po_komponent as po

_PAYLOADS = {"1.5": plo_meldinger_15.TverrfagligEpikrise, "1.6": plo_meldinger_16.TverrfagligEpikrise}
_KINDS = {"discharge": "11", "birth": "12"}


@dataclass(frozen=True, kw_only=True, repr=False)
class UtskrivningsrapportValues(NursingValues):
    """From hospital to municipality, with a copy to the general practitioner where that is agreed."""

    kind: Annotated[
        Literal["discharge", "birth"], About("Type", "discharge: utskrivningsrapport. birth: fødselsepikrise.")
    ] = "discharge"
    admitted_at: Annotated[
        date | datetime | None, About("Innlagt", required=True, example="2026-11-18T10:30:00+01:00")
    ] = None
    admitted_from: Annotated[str, About("Innlagt fra", form="line", example="Bosted")] = ""
    discharged_at: Annotated[
        date | datetime | None, About("Utskrevet", required=True, example="2026-11-21T12:00:00+01:00")
    ] = None
    problem: Annotated[
        str,
        About(
            "Aktuell problemstilling",
            required=True,
            heading=("9142", "PROB"),
            example="Brudd i venstre håndledd etter fall.",
        ),
    ] = ""
    medicines: Medicines = ()
    service_needs: Annotated[tuple[ServiceNeed, ...], About("Behov for tjenester")] = ()
    appointments: Annotated[tuple[Appointment, ...], About("Kontrolltimer")] = ()
    aids: Annotated[tuple[Aid, ...], About("Hjelpemidler")] = ()
    reservations: Reservations = ()


def rules(values: UtskrivningsrapportValues, version: str) -> Iterator[FieldError]:
    """A stay ends after it began; appointments and services are whole."""
    if _day(values.discharged_at) < _day(values.admitted_at):
        yield conflict("discharged_at", "Utskrevet er før innlagt.")
    yield from check_services(values.service_needs, "service_needs")
    for number, one in enumerate(values.appointments):
        yield from check_appointment(one, f"appointments[{number}]")


def _day(at: date | datetime | None) -> date:
    assert at is not None
    return at.date() if isinstance(at, datetime) else at


def payload(values: UtskrivningsrapportValues, version: str, new_id: NewId) -> plo_meldinger.TverrfagligEpikrise:
    """The document of values that have passed the rules."""
    build = _PAYLOADS[version]
    if values.status == "C":
        return build(
            **head(values, version), TypeInnholdIMelding=_kind(values), Sykepleierdokumentasjon=withdrawn(values)
        )
    return build(
        **head(values, version),
        TypeInnholdIMelding=_kind(values),
        OpplysningOpphold=_stay(values),
        InfoMedisinskDiagnose=diagnosis_list(values, version),
        MedisinskfagligeOpplysninger=medical(values, version, new_id),
        Legemiddelinfo=medicine_list(values.medicines, new_id),
        Sykepleierdokumentasjon=nursing(values, version, new_id),
        OpplysningerAndreFaggrupper=reports(values),
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        TjenesteBehov=[service_need(need) for need in values.service_needs],
        InfoInformasjonGitt=information(values, version),
        InfoAssistertKommunikasjon=communication(values),
        InfoReservasjon=reservations(values.reservations),
        InfoKontrolltime=[appointment(one, version) for one in values.appointments],
        OpplysningerOmHjelpemidler=aids(values.aids),
    )


def _kind(values: UtskrivningsrapportValues) -> po.TypeInnholdIMelding:
    return po.TypeInnholdIMelding(
        TypeInnhold=cv("9139", _KINDS[values.kind]),
        Merknad=cancellation(values) if values.status == "C" else change(values),
    )


def _stay(values: UtskrivningsrapportValues) -> list[po.OpplysningOpphold]:
    """Admission and discharge, in words as the national examples have them and with their codes."""
    told = [_event("1", "Innlagt dato", values.admitted_at)]
    place = clean(values.admitted_from)
    if place:
        told[0].TidsfestetHendelse.StedForHendelse = po.StedForHendelse(StedHendelse=place)
    return [*told, _event("2", "Utskrevet dato", values.discharged_at)]


def _event(code: str, words: str, at: date | datetime | None) -> po.OpplysningOpphold:
    assert at is not None
    return po.OpplysningOpphold(
        TidsfestetHendelse=po.TidsfestetHendelse(
            Hendelsekode=cv("9121", code),
            BeskrivelseAvHendelse=given(words),
            TidspunktForHendelse=kith.TS(V=xml_time(at) if isinstance(at, datetime) else at.isoformat()),
            Anslag="false",
        )
    )
