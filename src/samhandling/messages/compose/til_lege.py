"""Helseopplysninger til lege (HELSEOPPLYSNINGER_LEGE, HIS 1145): a status report, or a wish to be assessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_values import Medicines, NursingValues, Reservations
from samhandling.messages.compose.checking import FieldError, conflict
from samhandling.messages.compose.medical import NewId, diagnosis_list, functional_level, medical
from samhandling.messages.compose.medication import medicine_list
from samhandling.messages.compose.nursing import cancellation, nursing, withdrawn
from samhandling.messages.compose.parts import cs
from samhandling.messages.compose.surroundings import communication, information, reservations
from samhandling.messages.model import plo_meldinger, plo_meldinger_15, plo_meldinger_16
from samhandling.messages.model import po_komponent as po

_PAYLOADS = {"1.5": plo_meldinger_15.Konsultasjon, "1.6": plo_meldinger_16.Konsultasjon}
_KINDS = {"status": "2", "assessment": "3"}


@dataclass(frozen=True, kw_only=True, repr=False)
class TilLegeValues(NursingValues):
    """From municipality to the patient's doctor."""

    status: Annotated[Literal["N", "C"], About("Status", "N ny, C kansellering.", example="N")] = "N"
    kind: Annotated[
        Literal["status", "assessment"],
        About("Type", "status: statusrapport. assessment: ønske om legevurdering.", required=True, example="status"),
    ] = "status"
    problem: Annotated[
        str,
        About(
            "Aktuell problemstilling",
            "Hva det gjelder, og hvorfor dere skriver.",
            required=True,
            heading=("9142", "PROB"),
            example="Økende smerter siste uke. Ønsker vurdering av smertelindring.",
        ),
    ] = ""
    medicines: Medicines = ()
    reservations: Reservations = ()


def rules(values: TilLegeValues, version: str) -> Iterator[FieldError]:
    """The message has no place for reports of other professions."""
    if values.reports:
        yield conflict("reports", "Meldingen har ikke plass til rapporter fra andre faggrupper.")


def payload(values: TilLegeValues, version: str, new_id: NewId) -> plo_meldinger.Konsultasjon:
    """The document of values that have passed the rules."""
    build = _PAYLOADS[version]
    if values.status == "C":
        return build(
            **head(values, version), InnholdKonsultasjon=_kind(values), Sykepleierdokumentasjon=withdrawn(values)
        )
    return build(
        **head(values, version),
        InnholdKonsultasjon=_kind(values),
        InfoMedisinskDiagnose=diagnosis_list(values, version),
        MedisinskfagligeOpplysninger=medical(values, version, new_id),
        Legemiddelinfo=medicine_list(values.medicines, new_id),
        Sykepleierdokumentasjon=nursing(values, version, new_id),
        InfoKartleggingFunksjonsniva=functional_level(values.functional_level),
        InfoInformasjonGitt=information(values, version),
        InfoAssistertKommunikasjon=communication(values),
        InfoReservasjon=reservations(values.reservations),
    )


def _kind(values: TilLegeValues) -> po.InnholdKonsultasjon:
    return po.InnholdKonsultasjon(
        TypeInnholdKonsultasjon=cs("9137", _KINDS[values.kind]),
        Merknad=cancellation(values) if values.status == "C" else None,
    )
