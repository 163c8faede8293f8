"""Medisinske opplysninger (MEDISINSKE_OPPLYSNINGER, HIS 1147): from the general practitioner to the municipality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from samhandling.messages.compose import headings as heading
from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_rules import check_services
from samhandling.messages.compose.care_values import ClinicalValues, Medicines, Reservations
from samhandling.messages.compose.checking import FieldError, conflict, missing
from samhandling.messages.compose.headings import NURSING
from samhandling.messages.compose.medical import NewId, diagnoses, functional_level, headed, medical
from samhandling.messages.compose.medication import medicine_list
from samhandling.messages.compose.nursing import cancellation, reports
from samhandling.messages.compose.parts import cv, flag
from samhandling.messages.compose.practicalities import ServiceNeed
from samhandling.messages.compose.surroundings import communication, information, reservations, service_need
from samhandling.messages.model import plo_meldinger, plo_meldinger_15, plo_meldinger_16
from samhandling.messages.model import po_komponent as po

_PAYLOADS = {
    "1.5": plo_meldinger_15.OverforingMedisinskeOpplysninger,
    "1.6": plo_meldinger_16.OverforingMedisinskeOpplysninger,
}
_KINDS = {"consultation": "1", "answer": "4", "application": "5"}


@dataclass(frozen=True, kw_only=True, repr=False)
class MedisinskeValues(ClinicalValues):
    """After a consultation, as an answer, or with an application for services."""

    status: Annotated[Literal["N", "C"], About("Status", "N ny, C kansellering.", example="N")] = "N"
    kind: Annotated[
        Literal["consultation", "answer", "application"],
        About(
            "Type",
            "consultation: rapport etter konsultasjon. answer: svar på forespørsel. application: til søknad.",
            required=True,
            example="consultation",
        ),
    ] = "consultation"
    problem: Annotated[
        str,
        About(
            "Aktuelle problemstillinger",
            required=True,
            heading=("9142", "PROB"),
            example="Kontroll av blodtrykk. Økt dose.",
        ),
    ] = ""
    practical: heading.Practical = ""
    medicines: Medicines = ()
    service_needs: Annotated[tuple[ServiceNeed, ...], About("Behov for tjenester")] = ()
    applied_in_person: Annotated[bool | None, About("Egensøknad er sendt")] = None
    reservations: Reservations = ()


def rules(values: MedisinskeValues, version: str) -> Iterator[FieldError]:
    """An answer says what it answers."""
    if values.kind == "answer" and values.answers is None:
        yield missing("answers", "Forespørselen som besvares, mangler.")
    if values.kind != "answer" and values.answers is not None:
        yield conflict("kind", "Et svar på forespørsel har type «answer».")
    yield from check_services(values.service_needs, "service_needs")


def payload(values: MedisinskeValues, version: str, new_id: NewId) -> plo_meldinger.OverforingMedisinskeOpplysninger:
    """The document of values that have passed the rules. The practical texts stand with the medical ones here."""
    build = _PAYLOADS[version]
    applied = flag(values.applied_in_person)
    if values.status == "C":
        return build(**head(values, version), TypeInnholdIMelding=_kind(values))
    return build(
        **head(values, version),
        TypeInnholdIMelding=_kind(values),
        OpplysningerTilSoknad=po.OpplysningerTilSoknad(EgensoknadSendt=applied) if applied else None,
        InfoMedisinskDiagnose=diagnoses(values, version),
        MedisinskfagligeOpplysninger=medical(values, version, new_id, *headed(values, NURSING)),
        Legemiddelinfo=medicine_list(values.medicines, new_id),
        OpplysningerAndreFaggrupper=reports(values),
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        InfoAssistertKommunikasjon=communication(values),
        InfoInformasjonGitt=information(values, version),
        TjenesteBehov=[service_need(need) for need in values.service_needs],
        InfoReservasjon=reservations(values.reservations),
    )


def _kind(values: MedisinskeValues) -> po.TypeInnholdIMelding:
    return po.TypeInnholdIMelding(
        TypeInnhold=cv("9138", _KINDS[values.kind]),
        Merknad=cancellation(values) if values.status == "C" else None,
    )
