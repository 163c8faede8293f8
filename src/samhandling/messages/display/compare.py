"""What differs between two versions of a message, as a reader sees them: by value, and word by word inside one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from samhandling.messages.display import labels
from samhandling.messages.display.blocks import Page, Row, Section

_OF_EVERY_VERSION = (
    ("MsgInfo", "GenDate"),
    ("RefDoc", "IssueDate"),
    ("InformasjonOmForsendelsen", "Forsendelsesstatus"),
)
_ABOUT = ("about_message", "about_document")
_WORD = re.compile(r"\s+|\w+(?:[.,:]\w+)*|[^\w\s]")
WORDS_AT_MOST = 4000
"""A value with more words than this is compared line by line."""
ROWS_AT_MOST = 20_000
"""A document with more values than this is not compared."""

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a value that stands in both versions, only in the new, or only in the old."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is new, gone, or says something else."""

    kind: Literal["added", "removed", "changed"]
    where: str
    """The headings above it and its label, as the reader knows them."""
    parts: tuple[Part, ...]


class TooLargeError(ValueError):
    """The documents have more values than a person could compare."""


@dataclass(frozen=True, slots=True)
class _Value:
    path: tuple[str, ...]
    text: str


def changes(before: Page, after: Page) -> tuple[Change, ...]:
    """What the new version says otherwise, in the order of the document; what every version says anew is left out.

    Raises TooLargeError.
    """
    old, new = list(_values(before)), list(_values(after))
    if max(len(old), len(new)) > ROWS_AT_MOST:
        raise TooLargeError(f"{len(old)} and {len(new)} values")
    return tuple(_changes(old, new))


def _values(page: Page) -> Iterator[_Value]:
    skipped = {labels.label(parent, name, page.lang) for parent, name in _OF_EVERY_VERSION}
    heads = {labels.word(key, page.lang) for key in _ABOUT}
    heads.add(labels.label("", "InformasjonOmForsendelsen", page.lang))
    for section in page.sections:
        for value in _inside(section, ()):
            if not (section.title in heads and value.path[-1] in skipped):
                yield value


def _inside(section: Section, above: tuple[str, ...]) -> Iterator[_Value]:
    path = (*above, section.title)
    for item in section.items:
        if isinstance(item, Row):
            note = f" ({item.note})" if item.note else ""
            yield _Value((*path, item.label), item.value + note)
        else:
            yield from _inside(item, path)


def _changes(old: Sequence[_Value], new: Sequence[_Value]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > 500)
    for what, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if what != "equal":
            yield from _block(old[from_old:to_old], new[from_new:to_new])


def _block(old: Sequence[_Value], new: Sequence[_Value]) -> Iterator[Change]:
    """Values at one place: those of the same label are one value that changed, in order; the rest came or went."""
    left: dict[tuple[str, ...], list[_Value]] = {}
    for value in old:
        left.setdefault(value.path, []).append(value)
    partners = {id(value): left[value.path].pop(0) for value in new if left.get(value.path)}
    kept = {id(value) for value in partners.values()}
    for value in old:
        if id(value) not in kept:
            yield Change("removed", _where(value), (Part("removed", value.text),))
    for value in new:
        partner = partners.get(id(value))
        if partner is None:
            yield Change("added", _where(value), (Part("added", value.text),))
        else:
            yield Change("changed", _where(value), tuple(_parts(partner.text, value.text)))


def _where(value: _Value) -> str:
    return " › ".join(title for title in value.path if title)


def _parts(old: str, new: str) -> Iterator[Part]:
    words_before, words_after = _WORD.findall(old), _WORD.findall(new)
    if max(len(words_before), len(words_after)) > WORDS_AT_MOST:
        words_before, words_after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = SequenceMatcher(None, words_before, words_after, autojunk=len(words_before) > 500)
    gone = come = ""
    opcodes = matcher.get_opcodes()
    for number, (what, from_old, to_old, from_new, to_new) in enumerate(opcodes):
        before, after = "".join(words_before[from_old:to_old]), "".join(words_after[from_new:to_new])
        if what != "equal" or (before.isspace() and 0 < number < len(opcodes) - 1):
            # A blank between two changed words belongs to the change.
            gone, come = gone + before, come + after
            continue
        yield from _changed(gone, come)
        gone = come = ""
        yield Part("same", before)
    yield from _changed(gone, come)


def _changed(gone: str, come: str) -> Iterator[Part]:
    if gone:
        yield Part("removed", gone)
    if come:
        yield Part("added", come)
