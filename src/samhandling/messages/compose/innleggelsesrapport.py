"""Innleggelsesrapport (HIS 1143): what the municipality tells the hospital at an admission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_rules import check_reports, check_services
from samhandling.messages.compose.care_values import Medicines, NursingValues, Reservations
from samhandling.messages.compose.checking import FieldError
from samhandling.messages.compose.medical import NewId, diagnosis_list, functional_level, medical
from samhandling.messages.compose.medication import medicine_list
from samhandling.messages.compose.nursing import changed_text, nursing, reports, withdrawn
from samhandling.messages.compose.practicalities import Aid, Service
from samhandling.messages.compose.surroundings import aids, communication, information, reservations, service
from samhandling.messages.model import plo_meldinger, plo_meldinger_15, plo_meldinger_16

_PAYLOADS = {"1.5": plo_meldinger_15.Innleggelsesrapport, "1.6": plo_meldinger_16.Innleggelsesrapport}


@dataclass(frozen=True, kw_only=True, repr=False)
class InnleggelsesrapportValues(NursingValues):
    """From municipality to hospital, as soon as possible and at the latest within a day."""

    reason_for_admission: Annotated[
        str,
        About(
            "Årsak til innleggelse",
            "Aktuell problemstilling.",
            required=True,
            heading=("9142", "AAI"),
            example="Falt hjemme i natt. Sterke smerter i hoften.",
        ),
    ] = ""
    medicines: Medicines = ()
    services: Annotated[tuple[Service, ...], About("Tjenester pasienten har")] = ()
    aids: Annotated[tuple[Aid, ...], About("Hjelpemidler")] = ()
    glasses: Annotated[str, About("Briller", lists=("9113",), example="1")] = ""
    hearing_aid: Annotated[str, About("Hjelpemiddel for hørsel", lists=("9114",), example="1")] = ""
    pacemaker: Annotated[bool, About("Pacemaker")] = False
    aids_remark: Annotated[str, About("Om hjelpemidler")] = ""
    reservations: Reservations = ()


def rules(values: InnleggelsesrapportValues, version: str) -> Iterator[FieldError]:
    """Services have a kind or a name; there is room for one report of another profession."""
    yield from check_services(values.services, "services")
    yield from check_reports(values)


def payload(values: InnleggelsesrapportValues, version: str, new_id: NewId) -> plo_meldinger.Innleggelsesrapport:
    """The document of values that have passed the rules."""
    build = _PAYLOADS[version]
    if values.status == "C":
        return build(**head(values, version), Sykepleierdokumentasjon=withdrawn(values))
    return build(
        **head(values, version),
        InfoMedisinskDiagnose=diagnosis_list(values, version),
        MedisinskfagligeOpplysninger=medical(values, version, new_id),
        Legemiddelinfo=medicine_list(values.medicines, new_id),
        EksisterendeTjeneste=[service(one) for one in values.services],
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        Sykepleierdokumentasjon=nursing(values, version, new_id, *changed_text(values)),
        OpplysningerAndreFaggrupper=next(iter(reports(values)), None),
        OpplysningerOmHjelpemidler=aids(
            values.aids,
            sight=values.glasses,
            hearing=values.hearing_aid,
            pacemaker=values.pacemaker,
            remark=values.aids_remark,
        ),
        InfoAssistertKommunikasjon=communication(values),
        InfoReservasjon=reservations(values.reservations),
        InfoInformasjonGitt=information(values, version),
    )
