"""Parts of a form that hold rows: as many medicines or contact persons as there are, added and removed without script.

A row's fields stand in the form itself as `medicines-2-name`: so drafts, errors and their links know them as they know
any other field. Buttons `legg-til` and `fjern` change what was typed, and the form is shown anew from its draft.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from samhandling.messages import codes
from samhandling.messages.compose.checking import allowed
from samhandling.pages.texts import _, language

MOST = 60
"""Rows of one part. Nobody writes more, and no form holds more."""
ADD, REMOVE = "legg-til", "fjern"
Value = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row as the page shows it."""

    title: str
    fields: tuple[BoundField, ...]
    remove: str
    """Value of the button that takes it away; empty where it stays."""
    gist: str = ""
    """What stands in it, in one line: a row that says something is shown closed."""
    more: tuple[BoundField, ...] = ()
    """Fields that few fill in, folded below the others."""
    more_title: str = ""
    more_open: bool = False
    """Something stands in the folded fields, or is wrong with it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A part as the page shows it."""

    name: str
    title: str
    help: str
    add: str
    """On the button that adds a row; empty where none can be added."""
    rows: tuple[ShownRow, ...]
    folded: bool = False
    """Shown closed until somebody opens it."""
    rest: tuple[BoundField, ...] = ()
    """Fields of the whole, below the rows."""


def code_field(number: str, label: Any, *, only: Iterable[str] = (), **options: Any) -> forms.ChoiceField:
    """A choice of a code list (or of some of its codes) in the language of the page, none chosen."""
    some = tuple(only)

    def choices() -> list[tuple[str, Any]]:
        known = allowed((number,))
        names = [(code, codes.text(number, code, language()) or known.get(code, code)) for code in some or known]
        return [("", gettext_lazy("Velg")), *((code, name[:1].upper() + name[1:]) for code, name in names)]

    return forms.ChoiceField(label=label, required=False, choices=choices, **options)


def line(label: Any, longest: int = 250, **options: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, required=False, max_length=longest, **options)


def tick(label: Any) -> forms.BooleanField:
    """Yes, or not said."""
    return forms.BooleanField(label=label, required=False)


def plain(value: Any) -> Any:
    """A cleaned value as data of `messages.compose.schema`."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """What says something: no empty text, no box that is not ticked."""
    return {name: plain(value) for name, value in row.items() if value not in (None, "", False)}


def gist(fields: Mapping[str, BoundField], units: Iterable[str] = ()) -> str:
    """What the fields say, as a person reads it: `Burinex · 1 mg · 1 + 1 · Fast`; a unit stands by its number."""
    said = [(name, text) for name, each in fields.items() if (text := _said(each))]
    return "".join(
        text if not at else f"{' ' if name in units else ' · '}{text}" for at, (name, text) in enumerate(said)
    )


def _touched(fields: Iterable[BoundField]) -> bool:
    return any(each.errors or _said(each) for each in fields)


def _said(bound: BoundField) -> str:
    value, kind = bound.value(), bound.field
    if isinstance(kind, forms.ChoiceField):
        choices: Any = kind.choices
        return next((str(name) for code, name in choices if code and str(code) == str(value)), "")
    if isinstance(kind, forms.BooleanField):
        return str(bound.label) if value else ""
    return str(value or "").strip()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A part whose rows are values of a list in the message."""

    name: str
    """Name of the list in the message's data, and what the names of its fields begin with."""
    title: Any
    one: Any
    """What a row is, for its heading: *Legemiddel* 2."""
    add: Any
    fields: Mapping[str, forms.Field]
    """Name in the row's value -> field; each row has a copy."""
    help: Any = ""
    ask: Mapping[str, Any] = field(default_factory=dict)
    """Name of a field that a row must have once anything stands in it -> what to write."""
    together: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    """Name of a field -> the field that must be filled in as well, and what to write there."""
    folded: tuple[str, ...] = ()
    """Fields that few fill in."""
    folded_title: Any = ""
    units: tuple[str, ...] = ()
    """Fields that are the unit of the number before them."""
    presumed: Mapping[str, Any] = field(default_factory=dict)
    """What stands in a new row; a row where nothing else stands says nothing."""
    to_value: Callable[[dict[str, Any]], dict[str, Any]] = filled
    from_value: Callable[[Value], Mapping[str, Any]] = dict
    places: Mapping[str, str] = field(default_factory=dict)
    """Name in the value -> field, where they differ."""

    def numbers(self, source: Mapping[str, Any]) -> list[int]:
        """The rows that what was typed or kept has."""
        pattern = re.compile(rf"{re.escape(self.name)}-(\d{{1,3}})-")
        found = {int(match[1]) for name in source if (match := pattern.match(name))}
        return sorted(found)[:MOST]

    def fields_for(self, source: Mapping[str, Any]) -> dict[str, forms.Field]:
        """The fields of all rows, by their names in the form."""
        return {
            self._key(number, name): deepcopy(each) for number in self.numbers(source) for name, each in self._all()
        }

    def _all(self) -> Iterable[tuple[str, forms.Field]]:
        return self.fields.items()

    def _key(self, number: int, name: str) -> str:
        return f"{self.name}-{number}-{name}"

    def initial(self, values: Iterable[Value] | None) -> dict[str, Any]:
        """How the rows look for values that are known."""
        found: dict[str, Any] = {}
        for number, value in enumerate(values or ()):
            known = self.from_value(value)
            found |= {self._key(number, name): known.get(name, "") for name in self.fields}
        return found

    def _row(self, cleaned: Mapping[str, Any], number: int) -> dict[str, Any]:
        return {name: cleaned.get(self._key(number, name)) for name in self.fields}

    def _written(self, cleaned: Mapping[str, Any], number: int) -> bool:
        row = self._row(cleaned, number)
        return any(value not in (None, "", False) and self.presumed.get(name) != value for name, value in row.items())

    def written(self, form: forms.Form) -> list[int]:
        """The rows in which something stands, as the message will have them."""
        return [number for number in self.numbers(form.data) if self._written(form.cleaned_data, number)]

    def check(self, form: forms.Form) -> None:
        """Ask for what a row lacks, at the very field."""
        for number in self.written(form):
            row = self._row(form.cleaned_data, number)
            wanted = [*self.ask.items(), *(lack for name, lack in self.together.items() if row[name])]
            for name, text in wanted:
                key = self._key(number, name)
                if not row[name] and key not in form.errors:
                    form.add_error(key, text)

    def values(self, form: forms.Form) -> dict[str, Any]:
        """The list, without rows that say nothing."""
        return {self.name: [self.to_value(self._row(form.cleaned_data, n)) for n in self.written(form)]}

    def place(self, path: str, form: forms.Form) -> str | None:
        """The field that a path of the message stands for: `medicines[1].name`; None when it is not of this part."""
        match = re.fullmatch(rf"{re.escape(self.name)}(?:\[(\d+)\])?(?:\.(\w+).*)?", path)
        if match is None:
            return None
        rows = self.written(form)
        if not rows:
            return None
        number = rows[min(int(match[1] or 0), len(rows) - 1)]
        wanted = self.places.get(match[2] or "", match[2] or "")
        return self._key(number, wanted if wanted in self.fields else next(iter(self.fields)))

    def stepped(self, typed: Mapping[str, str], step: str, number: int | None) -> dict[str, str]:
        """What was typed, with one row more or without that row."""
        found = dict(typed)
        if step == ADD:
            numbers = self.numbers(typed)
            if len(numbers) < MOST:
                new = max(numbers, default=-1) + 1
                found |= {self._key(new, name): str(self.presumed.get(name, "")) for name in self.fields}
            return found
        gone = f"{self.name}-{number}-"
        return {name: value for name, value in found.items() if not name.startswith(gone)}

    def _gist(self, fields: Mapping[str, BoundField]) -> str:
        typed = {name: each.value() for name, each in fields.items()}
        blank = all(value in (None, "", False) or self.presumed.get(name) == value for name, value in typed.items())
        return "" if blank or any(each.errors for each in fields.values()) else gist(fields, self.units)

    def _shown_row(self, form: forms.Form, place: int, number: int) -> ShownRow:
        fields = {name: form[self._key(number, name)] for name in self.fields}
        more = tuple(fields[name] for name in self.folded)
        return ShownRow(
            title=f"{self.one} {place}",
            fields=tuple(each for name, each in fields.items() if name not in self.folded),
            remove=f"{self.name}-{number}",
            gist=self._gist(fields),
            more=more,
            more_title=str(self.folded_title),
            more_open=_touched(more),
        )

    def shown(self, form: forms.Form) -> Shown:
        """As the page shows it."""
        numbers = self.numbers(form.data if form.is_bound else form.initial)
        rows = tuple(self._shown_row(form, place, number) for place, number in enumerate(numbers, start=1))
        return Shown(self.name, str(self.title), str(self.help), str(self.add), rows)


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The functional level: every function of IPLOS with its score and a remark; one without a score is not sent."""

    name: str
    title: Any
    help: Any
    scores: tuple[tuple[str, Any], ...]
    rest: Mapping[str, forms.Field]
    """Fields of the whole: when it was assessed, a remark."""
    remarks_title: Any
    """Above the remarks to each function, which are folded."""
    ask_score: Any
    """What to write at a function that has a remark but no score."""

    def _functions(self) -> Iterator[tuple[str, str]]:
        for code, name in allowed(("9111",)).items():
            yield code, codes.text("9111", code, language()) or name

    def _key(self, name: str) -> str:
        return f"{self.name}-{name}"

    def fields_for(self, source: Mapping[str, Any]) -> dict[str, forms.Field]:
        """One choice for each function, and the fields of the whole."""
        choices = [("", gettext_lazy("Ikke oppgitt")), *self.scores]
        found: dict[str, forms.Field] = {
            self._key(code): forms.ChoiceField(label=name, choices=choices, required=False)
            for code, name in self._functions()
        }
        found |= {self._remark(code): line(f"{_('Merknad')}: {name}") for code, name in self._functions()}
        return found | {self._key(name): deepcopy(each) for name, each in self.rest.items()}

    def _remark(self, code: str) -> str:
        return self._key(f"{code}-remark")

    def initial(self, value: Value | None) -> dict[str, Any]:
        """How it looks for a mapping that is known."""
        known = value or {}
        functions = known.get("functions", ())
        found = {self._key(one["function"]): str(one.get("score", "")) for one in functions}
        found |= {self._remark(one["function"]): one.get("remark", "") for one in functions}
        return found | {self._key(name): known[name] for name in self.rest if name in known}

    def check(self, form: forms.Form) -> None:
        """A date or a remark alone is no mapping, and a remark alone tells no function."""
        for code, _function in self._functions():
            key = self._key(code)
            if form.cleaned_data.get(self._remark(code)) and not form.cleaned_data.get(key) and key not in form.errors:
                form.add_error(key, self.ask_score)
        if self._rest(form) and not self._scored(form):
            form.add_error(self._key(next(iter(self.rest))), gettext_lazy("Velg minst én funksjon."))

    def _scored(self, form: forms.Form) -> list[dict[str, Any]]:
        said = form.cleaned_data
        return [
            {"function": code, "score": int(score), **filled({"remark": said.get(self._remark(code))})}
            for code, _function in self._functions()
            if (score := said.get(self._key(code)))
        ]

    def _rest(self, form: forms.Form) -> dict[str, Any]:
        return filled({name: form.cleaned_data.get(self._key(name)) for name in self.rest})

    def values(self, form: forms.Form) -> dict[str, Any]:
        """The mapping; nothing when no function has a score."""
        scored = self._scored(form)
        return {self.name: {"functions": scored, **self._rest(form)} if scored else None}

    def place(self, path: str, form: forms.Form) -> str | None:
        """Errors of the document stand at the first field, or at the field of the whole that they name."""
        if path != self.name and not path.startswith(f"{self.name}."):
            return None
        if match := re.fullmatch(rf"{re.escape(self.name)}\.functions\[(\d+)\]\.(\w+)", path):
            scored = self._scored(form)
            code = scored[min(int(match[1]), len(scored) - 1)]["function"] if scored else next(self._functions())[0]
            return self._remark(code) if match[2] == "remark" else self._key(code)
        named = path.rpartition(".")[2]
        return self._key(named if named in self.rest else next(self._functions())[0])

    def stepped(self, typed: Mapping[str, str], step: str, number: int | None) -> dict[str, str]:
        """Its rows are always the same."""
        return dict(typed)

    def shown(self, form: forms.Form) -> Shown:
        """Folded until something stands in it."""
        names = [self._key(code) for code, _function in self._functions()]
        scores = tuple(form[name] for name in names)
        remarks = tuple(form[self._remark(code)] for code, _function in self._functions())
        rest = tuple(form[self._key(name)] for name in self.rest)
        touched = _touched((*scores, *remarks, *rest))
        row = ShownRow("", scores, "", more=remarks, more_title=str(self.remarks_title), more_open=_touched(remarks))
        return Shown(self.name, str(self.title), str(self.help), "", (row,), not touched, rest)


Part = Rows | Scores


def step_of(posted: Mapping[str, str]) -> tuple[str, str, int | None] | None:
    """The button that was pressed: what, in which part, which row; None when it was another."""
    if ADD in posted:
        return ADD, posted[ADD], None
    if REMOVE in posted:
        name, _dash, number = posted[REMOVE].rpartition("-")
        return (REMOVE, name, int(number)) if number.isascii() and number.isdigit() else None
    return None
