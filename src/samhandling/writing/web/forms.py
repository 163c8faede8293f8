"""What every form for a message has: what stands in it, what it means, and where an error of the document belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.messages.compose import FieldError

LONGEST = 20_000
"""Characters in one text: some ten pages."""


class Text(forms.CharField):
    """Text that a person writes in paragraphs."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        options.setdefault("max_length", LONGEST)
        super().__init__(**options)


class WritingForm(forms.Form):
    """A form whose `values` are data of `messages.compose.schema`. `now` is aware UTC."""

    PLACES: ClassVar[Mapping[str, str]] = {}
    """Path of a value, or what it begins with, -> field of the form."""

    def __init__(self, data: Any, *, initial: Mapping[str, Any], now: datetime) -> None:
        self.now = now
        super().__init__(data, initial=dict(initial))

    def values(self) -> dict[str, Any]:
        """What the form means, once it is valid."""
        raise AssertionError("each form says its own")

    def fields_now(self) -> dict[str, str]:
        """What stands in the form, right or wrong, to be kept as a draft."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def take_errors(self, errors: Iterable[FieldError]) -> None:
        """Put each error of the document at the field where it can be mended."""
        for error in errors:
            self.add_error(self._place(error.path), error.text)

    def _place(self, path: str) -> str | None:
        fitting = [begin for begin in self.PLACES if path == begin or path.startswith((f"{begin}.", f"{begin}["))]
        name = self.PLACES[max(fitting, key=len)] if fitting else path
        return name if name in self.fields else None

    def today(self) -> date:
        """The Oslo day."""
        return oslo.day(self.now)


PHONE_HELP = gettext_lazy("Nummeret som blir besvart.")
