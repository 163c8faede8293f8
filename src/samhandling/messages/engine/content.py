"""Content expressions, as a DTD writes them, and the automaton they stand for.

`"A, (B | C)*, D?"` becomes positions (A=0, B=1, C=2, D=3) with, for each, which may come next (Glushkov). XML Schema
forbids ambiguous content, so one look at the next element decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<name>[^\s,|()?*+]+)|(?P<sign>[,|()?*+]))")
START = -1


@dataclass(frozen=True, slots=True)
class Automaton:
    """`names[p]` stands at position p; `follow[p]` lists the positions after it (`START`: at the beginning)."""

    names: tuple[str, ...]
    follow: dict[int, tuple[int, ...]]
    accepting: frozenset[int]
    mixed_order: bool

    def next_names(self, position: int) -> tuple[str, ...]:
        """What may stand after a position."""
        return tuple(dict.fromkeys(self.names[p] for p in self.follow[position]))


@dataclass(slots=True)
class _Part:
    nullable: bool
    first: list[int]
    last: list[int]


class _Reader:
    """Recursive descent over the expression; builds first, last and follow as it goes."""

    def __init__(self, expression: str, keep: Callable[[str], bool]) -> None:
        self.tokens = [match["name"] or match["sign"] for match in _TOKEN.finditer(expression.strip())]
        self.at = 0
        self.keep = keep
        self.names: list[str] = []
        self.follow: dict[int, list[int]] = {}
        self.mixed_order = False

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def group(self) -> _Part:
        parts = [self.counted()]
        sign = self.peek()
        while self.peek() in {",", "|"}:
            if self.take() != sign:
                raise ValueError("a group mixes , and |")
            parts.append(self.counted())
        present = [part for part in parts if part is not None]
        if not present:
            return _Part(True, [], [])
        joined = present[0]
        for part in present[1:]:
            joined = self.sequence(joined, part) if sign == "," else self.choice(joined, part)
        return joined

    def counted(self) -> _Part | None:
        before = len(self.names)
        met = self.take()
        part: _Part | None
        if met == "(":
            part = self.group()
            if self.take() != ")":
                raise ValueError("a bracket is not closed")
        elif not met or met in ",|)?*+":
            raise ValueError(f"a name is missing before {met!r}")
        elif self.keep(met):
            position = len(self.names)
            self.names.append(met)
            self.follow[position] = []
            part = _Part(False, [position], [position])
        else:
            part = None
        count = self.take() if self.peek() and self.peek() in "?*+" else ""
        if part is None:
            return None
        if count in {"*", "+"}:
            self.link(part.last, part.first)
            self.mixed_order = self.mixed_order or len(self.names) - before > 1
        return _Part(part.nullable or count in {"?", "*"}, part.first, part.last)

    def link(self, before: list[int], after: list[int]) -> None:
        for position in before:
            known = self.follow[position]
            known.extend(p for p in after if p not in known)

    def sequence(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        first = left.first + right.first if left.nullable else left.first
        last = left.last + right.last if right.nullable else right.last
        return _Part(left.nullable and right.nullable, first, last)

    @staticmethod
    def choice(left: _Part, right: _Part) -> _Part:
        return _Part(left.nullable or right.nullable, left.first + right.first, left.last + right.last)


def automaton(expression: str, keep: Callable[[str], bool] = lambda name: True) -> Automaton:
    """The automaton of an expression; names that `keep` refuses (fields of a later version) are left out."""
    if not expression.strip():
        return Automaton((), {START: ()}, frozenset({START}), False)
    reader = _Reader(expression, keep)
    whole = reader.group()
    if reader.at != len(reader.tokens):
        raise ValueError(f"cannot read the content expression after {' '.join(reader.tokens[: reader.at])}")
    follow = {position: tuple(after) for position, after in reader.follow.items()}
    follow[START] = tuple(whole.first)
    accepting = frozenset(whole.last) | (frozenset({START}) if whole.nullable else frozenset())
    return Automaton(tuple(reader.names), follow, accepting, reader.mixed_order)
