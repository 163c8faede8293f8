"""Structured parts about daily life: services that the patient has or needs, aids, doses given, appointments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.pages.fields import AmountField, ClockField, DayField
from samhandling.writing.web.forms import Text
from samhandling.writing.web.rows import Rows, Value, code_field, filled, line, tick

_AMOUNT: dict[str, forms.Field] = {
    "amount": AmountField(label=gettext_lazy("Hvor mye"), required=False),
    "amount_unit": line(gettext_lazy("Enhet, for eksempel timer per uke"), 60),
}
_WITH_UNIT = {
    "amount": ("amount_unit", gettext_lazy("Skriv enheten, for eksempel timer per uke.")),
    "amount_unit": ("amount", gettext_lazy("Skriv hvor mye.")),
}

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
        **_AMOUNT,
    },
    units=("amount_unit",),
    together=_WITH_UNIT,
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
        **_AMOUNT,
    },
    units=("amount_unit",),
    together=_WITH_UNIT,
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


def _person(row: dict[str, Any], name: str) -> dict[str, str]:
    return filled({part: row.get(f"{name}_{part}") for part in ("given_name", "family_name")})


def _reservation(row: dict[str, Any]) -> dict[str, Any]:
    return {**filled({name: row.get(name) for name in ("concerns", "on", "remark")}), "by": _person(row, "by")}


def _reservation_shown(value: Value) -> dict[str, Any]:
    return {**value, **{f"by_{part}": text for part, text in (value.get("by") or {}).items()}}


def _names(name: str, given: Any, family: Any) -> dict[str, forms.Field]:
    return {f"{name}_given_name": line(given, 60), f"{name}_family_name": line(family, 60)}


RESERVATIONS = Rows(
    name="reservations",
    title=gettext_lazy("Reservasjoner og ønsker"),
    one=gettext_lazy("Reservasjon eller ønske"),
    add=gettext_lazy("Legg til reservasjon eller ønske"),
    fields={
        "concerns": line(gettext_lazy("Hva det gjelder")),
        **_names("by", gettext_lazy("Fornavn til den som har sagt det"), gettext_lazy("Etternavn")),
        "on": DayField(label=gettext_lazy("Når"), required=False),
        "remark": line(gettext_lazy("Merknad")),
    },
    ask={
        "concerns": gettext_lazy("Skriv hva pasienten reserverer seg mot eller ønsker."),
        "by_family_name": gettext_lazy("Skriv etternavnet til den som har sagt det."),
        "on": gettext_lazy("Skriv når det ble sagt."),
    },
    to_value=_reservation,
    from_value=_reservation_shown,
    places={"by": "by_family_name"},
)


def _information(row: dict[str, Any]) -> dict[str, Any]:
    by = {"family_name": row.get("by_family_name"), "profession": row.get("by_profession") or "XX"}
    said = filled({name: row.get(name) for name in ("text", "on", "spoken")})
    return {**said, "to": _person(row, "to"), "by": filled(by)}


def _information_shown(value: Value) -> dict[str, Any]:
    by = value.get("by") or {}
    told = {f"to_{part}": text for part, text in (value.get("to") or {}).items()}
    profession = by.get("profession", "")
    return {**value, **told, "by_family_name": by.get("family_name", ""),
            "by_profession": "" if profession == "XX" else profession}  # fmt: skip


INFORMATION = Rows(
    name="information",
    title=gettext_lazy("Informasjon gitt"),
    one=gettext_lazy("Informasjon"),
    add=gettext_lazy("Legg til informasjon som er gitt"),
    help=gettext_lazy("Hva pasient eller pårørende har fått vite, av hvem og når."),
    fields={
        "text": line(gettext_lazy("Hva det ble informert om")),
        **_names("to", gettext_lazy("Fornavn til den som fikk vite det"), gettext_lazy("Etternavn")),
        "on": DayField(label=gettext_lazy("Når"), required=False),
        "by_family_name": line(gettext_lazy("Hvem informerte (etternavn)"), 60),
        "by_profession": code_field("9060", gettext_lazy("Yrke")),
        "spoken": tick(gettext_lazy("Muntlig")),
    },
    ask={
        "text": gettext_lazy("Skriv hva det ble informert om."),
        "to_family_name": gettext_lazy("Skriv etternavnet til den som fikk vite det."),
        "on": gettext_lazy("Skriv når det ble informert."),
        "by_family_name": gettext_lazy("Skriv hvem som informerte."),
    },
    to_value=_information,
    from_value=_information_shown,
    places={"to": "to_family_name", "by": "by_family_name"},
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


def _report(row: dict[str, Any]) -> dict[str, Any]:
    who = filled({"family_name": row.get("family_name"), "profession": row.get("profession")})
    said = filled({"text": row.get("text"), "from_day": row.get("from_day")})
    return {**said, "responsible": who} if who else said


REPORTS = Rows(
    name="reports",
    title=gettext_lazy("Andre faggrupper"),
    one=gettext_lazy("Rapport"),
    add=gettext_lazy("Legg til rapport fra en annen faggruppe"),
    help=gettext_lazy("Fysioterapeut, ergoterapeut, ernæringsfysiolog og andre."),
    fields={
        "text": Text(label=gettext_lazy("Rapport"), rows=3, required=False),
        "family_name": line(gettext_lazy("Etternavnet til den som har skrevet den"), 60),
        "profession": code_field("9060", gettext_lazy("Yrke")),
        "from_day": DayField(label=gettext_lazy("Behandlet fra"), required=False),
    },
    ask={"text": gettext_lazy("Skriv rapporten.")},
    together={
        "family_name": ("profession", gettext_lazy("Velg yrket.")),
        "profession": ("family_name", gettext_lazy("Skriv etternavnet.")),
    },
    to_value=_report,
    from_value=lambda value: {**value, **(value.get("responsible") or {})},
    places={"responsible": "family_name"},
)
