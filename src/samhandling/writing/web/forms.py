"""What every form for a message has: what stands in it, what it means, and where an error of the document belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.messages.compose import FieldError
from samhandling.writing.web.rows import ADD, Part, Rows, Shown, step_of

LONGEST = 20_000
"""Characters in one text: some ten pages."""


class Text(forms.CharField):
    """Text that a person writes in paragraphs."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        options.setdefault("max_length", LONGEST)
        super().__init__(**options)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields and parts that belong together, under a heading of the page where it has one."""

    title: str
    items: tuple[BoundField | Shown, ...]


class WritingForm(forms.Form):
    """A form whose `values` are data of `messages.compose.schema`. `now` is aware UTC."""

    PLACES: ClassVar[Mapping[str, str]] = {}
    """Path of a value, or what it begins with, -> field of the form."""
    PARTS: ClassVar[tuple[Part, ...]] = ()
    """What holds rows: medicines, contact persons."""
    SECTIONS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()
    """Headings, and the names of the fields and parts below each; what is not named stands first."""

    def __init__(self, data: Any, *, initial: Mapping[str, Any], now: datetime) -> None:
        self.now = now
        super().__init__(data, initial=dict(initial))
        self._of_parts: dict[str, Part] = {}
        for part in self.PARTS:
            found = part.fields_for(self.initial if data is None else data)
            self.fields.update(found)
            self._of_parts |= dict.fromkeys(found, part)

    def clean(self) -> dict[str, Any]:
        """Each row has what it must."""
        cleaned = super().clean() or {}
        for part in self.PARTS:
            part.check(self)
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the form means, once it is valid."""
        raise AssertionError("each form says its own")

    def values_of_parts(self) -> dict[str, Any]:
        """What the parts mean: lists of rows, without what says nothing."""
        return {name: value for part in self.PARTS for name, value in part.values(self).items() if value}

    def fields_now(self) -> dict[str, str]:
        """What stands in the form, right or wrong, to be kept as a draft."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def stepped(self) -> dict[str, str] | None:
        """What stands in the form once a row is added or removed; None when no such button was pressed."""
        step = step_of(self.data)
        part = next((p for p in self.PARTS if step is not None and p.name == step[1]), None)
        return part.stepped(self.fields_now(), step[0], step[2]) if step is not None and part is not None else None

    def focus_after_step(self) -> str:
        """The row that was added, or the part that a row was taken from: where the writer goes on."""
        what, name, _number = step_of(self.data) or ("", "", None)
        part = next((p for p in self.PARTS if p.name == name), None)
        if what == ADD and isinstance(part, Rows):
            return f"{name}-{max(part.numbers(self.stepped() or {}), default=0)}"
        return name

    def take_errors(self, errors: Iterable[FieldError]) -> None:
        """Put each error of the document at the field where it can be mended."""
        for error in errors:
            self.add_error(self._place(error.path), error.text)

    def _place(self, path: str) -> str | None:
        for part in self.PARTS:
            if (name := part.place(path, self)) is not None:
                return name
        fitting = [begin for begin in self.PLACES if path == begin or path.startswith((f"{begin}.", f"{begin}["))]
        name = self.PLACES[max(fitting, key=len)] if fitting else path
        return name if name in self.fields else None

    def sections(self) -> list[Section]:
        """The form as the page shows it, in the order in which the writer thinks."""
        parts = {part.name: part for part in self.PARTS}
        named = {name for _title, names in self.SECTIONS for name in names}
        alone = [each for each in self if each.name not in self._of_parts and each.name not in named]
        first = Section("", (*alone, *(p.shown(self) for name, p in parts.items() if name not in named)))
        found = [first] if first.items else []
        for title, names in self.SECTIONS:
            items = (parts[n].shown(self) if n in parts else self[n] for n in names if n in parts or n in self.fields)
            found.append(Section(str(title), tuple(items)))
        return [section for section in found if section.items]

    def today(self) -> date:
        """The Oslo day."""
        return oslo.day(self.now)


PHONE_HELP = gettext_lazy("Nummeret som blir besvart.")
