"""Orientering om tjenestetilbud (ORIENTERING_TJENESTETILBUD, HIS 1146): which services the patient gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from samhandling.messages.compose.about import About
from samhandling.messages.compose.care import head
from samhandling.messages.compose.care_rules import check_services
from samhandling.messages.compose.care_values import CareValues
from samhandling.messages.compose.checking import FieldError
from samhandling.messages.compose.medical import NewId
from samhandling.messages.compose.nursing import cancellation
from samhandling.messages.compose.practicalities import Service
from samhandling.messages.compose.surroundings import service
from samhandling.messages.model import plo_meldinger, plo_meldinger_15, plo_meldinger_16

_PAYLOADS = {"1.5": plo_meldinger_15.OrienteringOmTjenestetilbud, "1.6": plo_meldinger_16.OrienteringOmTjenestetilbud}


@dataclass(frozen=True, kw_only=True, repr=False)
class OfferedService(Service):
    """A service with what the doctor must know of it: since when, and who provides it."""

    provider: Annotated[str, About("Leveres av", required=True, form="line", example="Hjemmetjenesten sone nord")] = ""
    from_day: Annotated[date | None, About("Fra dato", required=True, example="2026-01-06")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class TjenestetilbudValues(CareValues):
    """From municipality to the general practitioner: always all services; what is changed is told by a new message."""

    status: Annotated[Literal["N", "C"], About("Status", "N ny, C kansellering.", example="N")] = "N"
    services: Annotated[
        tuple[OfferedService, ...], About("Tjenester", "Alle tjenestene pasienten har nå.", required=True)
    ] = ()


def rules(values: TjenestetilbudValues, version: str) -> Iterator[FieldError]:
    """Each service has a kind or a name (HIS 1146)."""
    yield from check_services(values.services, "services")


def payload(values: TjenestetilbudValues, version: str, new_id: NewId) -> plo_meldinger.OrienteringOmTjenestetilbud:
    """The document of values that have passed the rules; a cancellation repeats the services and says why."""
    reason = cancellation(values) if values.status == "C" else ""
    return _PAYLOADS[version](
        **head(values, version),
        EksisterendeTjeneste=[
            service(one, reason if number == 0 else "") for number, one in enumerate(values.services)
        ],
    )
