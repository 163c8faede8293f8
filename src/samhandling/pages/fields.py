"""Form fields for days and times as people write them in Norway, whatever the browser's language is."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.pages.texts import _

_DAY = re.compile(r"(\d{1,2})[. /-]+(\d{1,2})[. /-]+(\d{4})\.?|(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(\d{1,2})[.: ]?(\d{2})")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")


class DayField(forms.Field):
    """A day: `24.11.2026`, also `24/11-2026`, `24112026` and `2026-11-24`; gives a `date`."""

    default_error_messages = {"required": gettext_lazy("Skriv en dato, for eksempel 24.11.2026.")}
    max_length = 20

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """A date, or one that was kept as data, as people write it; what somebody typed stays as it is."""
        if isinstance(value, str) and _ISO.fullmatch(value):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        return oslo.say_date(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        """The day. Raises ValidationError for what is none."""
        text = str(value or "").strip()
        if not text:
            return None
        found, iso = _DAY.fullmatch(text), _ISO.fullmatch(text)
        try:
            if iso:
                return date(int(iso[1]), int(iso[2]), int(iso[3]))
            if found:
                day, month, year = [part for part in found.groups() if part]
                return date(int(year), int(month), int(day))
        except ValueError:
            pass
        raise ValidationError(_("Datoen kan ikke leses. Skriv den slik: 24.11.2026."))


class ClockField(forms.Field):
    """A time of day: `14.05`, also `14:05` and `1405`; gives a `time`."""

    default_error_messages = {"required": gettext_lazy("Skriv et klokkeslett, for eksempel 14.05.")}
    max_length = 8

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """A time as people write it."""
        return f"{value.hour:02}.{value.minute:02}" if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        """The time. Raises ValidationError for what is none."""
        text = str(value or "").strip()
        if not text:
            return None
        found = _TIME.fullmatch(text)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return time(int(found[1]), int(found[2]))
        raise ValidationError(_("Klokkeslettet kan ikke leses. Skriv det slik: 14.05."))


class AmountField(forms.Field):
    """An amount above nothing: `0,5`, also `0.5`; gives a `float`."""

    default_error_messages = {"invalid": gettext_lazy("Skriv et tall, for eksempel 0,5.")}
    max_length = 20

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """A number as people write it; what somebody typed stays as it is."""
        return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(value, (int, float)) else value

    def to_python(self, value: Any) -> float | None:
        """The number. Raises ValidationError for what is none."""
        text = str(value or "").strip()
        if not text:
            return None
        found = float(text.replace(",", ".")) if _AMOUNT.fullmatch(text) else 0.0
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found
