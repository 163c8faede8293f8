"""Structured parts about daily life: services that the patient has or needs, aids, doses given, appointments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.pages.fields import ClockField, DayField
from samhandling.writing.web.rows import Rows, Value, code_field, filled, line, tick

SERVICES = Rows(
    name="services",
    title=gettext_lazy("Tjenester pasienten har i dag"),
    one=gettext_lazy("Tjeneste"),
    add=gettext_lazy("Legg til tjeneste"),
    help=gettext_lazy("Velg tjenesten, eller skriv hva den heter hos dere."),
    fields={
        "type": code_field("9151", gettext_lazy("Tjeneste")),
        "name": line(gettext_lazy("Betegnelse")),
        "text": line(gettext_lazy("Hva hjelpen går ut på")),
        "provider": line(gettext_lazy("Leveres av")),
    },
)

SERVICE_NEEDS = Rows(
    name="service_needs",
    title=gettext_lazy("Behov for tjenester etter utskriving"),
    one=gettext_lazy("Behov"),
    add=gettext_lazy("Legg til behov"),
    help=gettext_lazy("Velg tjenesten, eller skriv hva pasienten trenger."),
    fields={
        "type": code_field("9151", gettext_lazy("Tjeneste")),
        "name": line(gettext_lazy("Betegnelse")),
        "text": line(gettext_lazy("Hva pasienten trenger hjelp til")),
    },
)

AIDS = Rows(
    name="aids",
    title=gettext_lazy("Hjelpemidler"),
    one=gettext_lazy("Hjelpemiddel"),
    add=gettext_lazy("Legg til hjelpemiddel"),
    fields={
        "name": line(gettext_lazy("Hjelpemiddel")),
        "status": code_field("8230", gettext_lazy("Status")),
    },
    ask={"name": gettext_lazy("Skriv hva slags hjelpemiddel.")},
    presumed={"status": "6"},
    to_value=lambda row: {"status": "6", **filled(row)},
)


def _at(day: date | None, clock: time | None) -> str:
    """An instant of Oslo's day and clock, as data; empty while one of them is missing."""
    return oslo.from_local(day, clock).instant.isoformat() if day is not None and clock is not None else ""


def _with_time(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose day and clock are one instant in the data."""
    found = filled({name: value for name, value in row.items() if name not in ("day", "clock")})
    at = _at(row.get("day"), row.get("clock"))
    return {**found, "at": at} if at else found


def _time_shown(value: Value) -> dict[str, Any]:
    given = str(value.get("at") or "")
    if not given:
        return dict(value)
    local = oslo.local(datetime.fromisoformat(given).astimezone(UTC))
    return {**value, "day": oslo.say_date(local.date()), "clock": f"{local:%H.%M}"}


_DAY_AND_CLOCK: dict[str, forms.Field] = {
    "day": DayField(label=gettext_lazy("Dato"), required=False),
    "clock": ClockField(label=gettext_lazy("Klokkeslett"), required=False),
}

GIVEN_TODAY = Rows(
    name="given_today",
    title=gettext_lazy("Legemidler gitt i dag"),
    one=gettext_lazy("Gitt legemiddel"),
    add=gettext_lazy("Legg til gitt legemiddel"),
    fields={"name": line(gettext_lazy("Legemiddel og dose")), **_DAY_AND_CLOCK},
    ask={
        "name": gettext_lazy("Skriv hvilket legemiddel som er gitt."),
        "day": gettext_lazy("Skriv dagen legemidlet ble gitt."),
        "clock": gettext_lazy("Skriv når legemidlet ble gitt."),
    },
    to_value=_with_time,
    from_value=_time_shown,
    places={"at": "clock"},
)

HANDED_OUT = Rows(
    name="handed_out",
    title=gettext_lazy("Legemidler sendt med"),
    one=gettext_lazy("Sendt med"),
    add=gettext_lazy("Legg til legemiddel som sendes med"),
    fields={
        "name": line(gettext_lazy("Legemiddel")),
        "doses": forms.IntegerField(
            label=gettext_lazy("Antall doser"),
            required=False,
            min_value=1,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages={"invalid": gettext_lazy("Skriv antallet som et tall.")},
        ),
        **_DAY_AND_CLOCK,
    },
    ask={
        "name": gettext_lazy("Skriv hvilket legemiddel som sendes med."),
        "doses": gettext_lazy("Skriv hvor mange doser som sendes med."),
        "day": gettext_lazy("Skriv dagen legemidlet blir utlevert."),
        "clock": gettext_lazy("Skriv når legemidlet blir utlevert."),
    },
    to_value=_with_time,
    from_value=_time_shown,
    places={"at": "clock"},
)

APPOINTMENTS = Rows(
    name="appointments",
    title=gettext_lazy("Kontrolltimer"),
    one=gettext_lazy("Kontrolltime"),
    add=gettext_lazy("Legg til kontrolltime"),
    help=gettext_lazy("Dato og klokkeslett når timen er bestilt, ellers omtrent når."),
    fields={
        **_DAY_AND_CLOCK,
        "about_when": line(gettext_lazy("Omtrent når")),
        "by_patient": tick(gettext_lazy("Pasienten eller pårørende bestiller selv")),
        "place": line(gettext_lazy("Sted")),
        "remark": line(gettext_lazy("Merknad")),
    },
    to_value=_with_time,
    from_value=_time_shown,
    places={"at": "day", "minutes": "day"},
)
