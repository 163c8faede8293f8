"""Helseopplysninger (HELSEOPPL_SOKNAD, HIS 1144): early notice, change notice, final notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from samhandling.clock.oslo import say_date
from samhandling.messages.compose import headings as heading
from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_rules import check_services
from samhandling.messages.compose.care_values import NursingValues
from samhandling.messages.compose.checking import FieldError, missing
from samhandling.messages.compose.medical import NewId, diagnosis_list, functional_level, journal_text, medical
from samhandling.messages.compose.nursing import (
    cancellation,
    change,
    changed_text,
    nursing,
    reports,
    withdrawn,
)
from samhandling.messages.compose.parts import clean, cv, flag, given
from samhandling.messages.compose.practicalities import ServiceNeed
from samhandling.messages.compose.surroundings import communication, information, service_need
from samhandling.messages.model import epj_journalnotat, kith, plo_meldinger_15, plo_meldinger_16
from samhandling.messages.model import po_komponent as po

EARLY, UPDATED = "1", "2"
_READY = "3"

Payload = plo_meldinger_15.HelseopplysningerVedSoknad | plo_meldinger_16.HelseopplysningerVedSoknad


@dataclass(frozen=True, kw_only=True, repr=False)
class HelseopplysningerValues(NursingValues):
    """From hospital to municipality. N is the early notice; each later one is M, complete, and says what changed."""

    patient_status: heading.PatientStatus = ""
    expected_course: heading.ExpectedCourse = ""
    expected_ready_on: Annotated[
        date | None, About("Forventet utskrivningsklar", "Bare dato.", required=True, example="2026-11-24")
    ] = None
    service_needs: Annotated[tuple[ServiceNeed, ...], About("Behov for tjenester etter utskriving")] = ()
    applied_in_person: Annotated[bool | None, About("Egensøknad er sendt")] = None
    application_remark: Annotated[str, About("Om søknaden")] = ""


def rules(values: HelseopplysningerValues, version: str) -> Iterator[FieldError]:
    """SEND-60."""
    if values.status == "M" and not clean(values.change):
        yield missing("change", "Skriv hva som er endret.")
    if clean(values.application_remark) and values.applied_in_person is None:
        yield missing("applied_in_person", "Si om egensøknad er sendt.")
    yield from check_services(values.service_needs, "service_needs")


def payload(values: HelseopplysningerValues, version: str, new_id: NewId) -> Payload:
    """The document of values that have passed the rules."""
    if version == "1.5":
        return _payload_15(values, new_id)
    if values.status == "C":
        return plo_meldinger_16.HelseopplysningerVedSoknad(
            **head(values, version),
            TypeInnholdIMelding=_kind(values),
            OpplysningOpphold=[_expected(values)],
            Sykepleierdokumentasjon=withdrawn(values),
        )
    return plo_meldinger_16.HelseopplysningerVedSoknad(
        **head(values, version),
        TypeInnholdIMelding=_kind(values),
        OpplysningOpphold=[_expected(values)],
        OpplysningerTilSoknad=_application(values),
        InfoMedisinskDiagnose=diagnosis_list(values, version),
        MedisinskfagligeOpplysninger=medical(values, version, new_id),
        Sykepleierdokumentasjon=nursing(values, version, new_id),
        OpplysningerAndreFaggrupper=reports(values),
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        InfoAssistertKommunikasjon=communication(values),
        InfoInformasjonGitt=information(values, version),
        TjenesteBehov=[service_need(need) for need in values.service_needs],
    )


def _payload_15(values: HelseopplysningerValues, new_id: NewId) -> plo_meldinger_15.HelseopplysningerVedSoknad:
    """Version 1.5 has no kind of content and no expected day: both are told in texts."""
    application = _application(values) or po.OpplysningerTilSoknad(EgensoknadSendt="false")
    if values.status == "C":
        return plo_meldinger_15.HelseopplysningerVedSoknad(
            **head(values, "1.5"), OpplysningerTilSoknad=application, Sykepleierdokumentasjon=withdrawn(values)
        )
    return plo_meldinger_15.HelseopplysningerVedSoknad(
        **head(values, "1.5"),
        OpplysningerTilSoknad=application,
        InfoMedisinskDiagnose=diagnosis_list(values, "1.5"),
        MedisinskfagligeOpplysninger=medical(values, "1.5", new_id, _expected_text(values)),
        Sykepleierdokumentasjon=nursing(values, "1.5", new_id, *changed_text(values)),
        OpplysningerAndreFaggrupper=reports(values),
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        InfoAssistertKommunikasjon=communication(values),
        InfoInformasjonGitt=information(values, "1.5"),
        TjenesteBehov=[service_need(need) for need in values.service_needs],
    )


def _kind(values: HelseopplysningerValues) -> po.TypeInnholdIMelding:
    """9140: the first message of a series is the early notice, all later ones bring it up to date."""
    return po.TypeInnholdIMelding(
        TypeInnhold=cv("9140", EARLY if values.status == "N" else UPDATED),
        Merknad=cancellation(values) if values.status == "C" else change(values),
    )


def _expected(values: HelseopplysningerValues) -> po.OpplysningOpphold:
    """The expected day, as an estimate, under the code that the national examples use."""
    assert values.expected_ready_on is not None
    return po.OpplysningOpphold(
        TidsfestetHendelse=po.TidsfestetHendelse(
            Hendelsekode=cv("9121", _READY),
            TidspunktForHendelse=kith.TS(V=values.expected_ready_on.isoformat()),
            Anslag="true",
        )
    )


def _expected_text(values: HelseopplysningerValues) -> epj_journalnotat.Journaltekst:
    assert values.expected_ready_on is not None
    return journal_text(f"Forventet utskrivningsklar: {say_date(values.expected_ready_on)}")


def _application(values: HelseopplysningerValues) -> po.OpplysningerTilSoknad | None:
    said = flag(values.applied_in_person)
    return po.OpplysningerTilSoknad(EgensoknadSendt=said, Merknad=given(values.application_remark)) if said else None
