"""The notices as text messages: the same mandatory parts (S-59 to S-63) in at most two parts of a text message.

Only letters that every telephone's alphabet has (GSM 03.38): others would halve the room. What is told in detail is
shortened step by step until it fits: first the names of many municipalities, then their telephones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils import translation

from samhandling.clock import oslo
from samhandling.downtime.rules.values import Notice
from samhandling.downtime.wording import Counterpart, Facts
from samhandling.pages.texts import _

ONE_PART, TWO_PARTS = 160, 306
"""Characters that go as one text message, and as two that the telephone joins."""
ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡¿§"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜabcdefghijklmnopqrstuvwxyzäöñüà"
)
NAMED = 2
"""With more municipalities than this they are counted."""


def compose(notice: Notice, facts: Facts, language: oslo.Language = "nb") -> str:
    """The text message of that notice, at most TWO_PARTS characters of ALPHABET."""
    with translation.override(language):
        tries = [_Short(facts, language, named=named, phones=phones) for named, phones in _DETAIL]
        for each in tries:
            text = plain(_TEXTS[notice](each))
            if len(text) <= TWO_PARTS:
                return text
    return text[: TWO_PARTS - 3].rstrip() + "..."


_DETAIL = ((True, True), (False, True), (False, False))
"""What is left out, step by step: the names, then the telephones."""


def plain(text: str) -> str:
    """The text in letters that every telephone has."""
    text = text.replace("–", "-").replace("«", '"').replace("»", '"').replace("\u2019", "'")
    return "".join(char if char in ALPHABET else _nearest(char) for char in text)


_STROKED = {"đ": "d", "Đ": "D", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T"}


def _nearest(char: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", char) if not unicodedata.combining(each))
    return "".join(each if each in ALPHABET else _STROKED.get(each, "?") for each in bare)


class _Short:
    """The parts of the short texts, in the language that is active."""

    def __init__(self, facts: Facts, language: oslo.Language, *, named: bool, phones: bool) -> None:
        self.facts, self.language = facts, language
        names = [each.name for each in facts.counterparts]
        if named and 0 < len(names) <= NAMED:
            self.with_whom = _(" og ").join(names)
        elif names:
            self.with_whom = _("%(count)s kommuner") % {"count": len(names)} if len(names) > 1 else _("kommunen")
        else:
            self.with_whom = _("kommunene")
        self.phones = self._phones(facts.counterparts) if phones and len(names) <= NAMED else ""
        if not self.phones and names:
            self.phones = _("Telefoner: se driftsstatus.")
        self.pass_on = _("Gi beskjed videre.")
        self.manual = _("Bruk manuelle rutiner (nødrutiner).")
        self.keep_on = _("Fortsett manuelle rutiner (nødrutiner).")

    @staticmethod
    def _phones(counterparts: tuple[Counterpart, ...]) -> str:
        known = [
            f"{each.name} {each.phone}" if each.phone else _("%(name)s mangler nummer, sentralbord %(phone)s") % {
                "name": each.name, "phone": each.switchboard or "?",
            }
            for each in counterparts
        ]  # fmt: skip
        return _("Tlf: %(phones)s.") % {"phones": ", ".join(known)} if known else ""

    def when(self, instant: datetime) -> str:
        """`16.11. kl. 10.00`."""
        shown = oslo.local(instant)
        return _("%(day)s kl. %(time)s") % {"day": f"{shown.day:02}.{shown.month:02}.", "time": oslo.say_clock(instant)}

    def until(self) -> str:
        """The end and how long that is, or that it is not known (S-60)."""
        facts = self.facts
        if facts.end is not None:
            length = oslo.say_duration(facts.end - facts.start, self.language)
            return _("Ventet slutt %(end)s (%(length)s).") % {"end": self.when(facts.end), "length": length}
        if facts.next_update is not None:
            return _("Varighet ikke kjent, ny beskjed %(when)s.") % {"when": self.when(facts.next_update)}
        return _("Varighet ikke kjent.")

    def lasting(self, first: str, *, go_on: bool = False) -> str:
        """A text with all mandatory parts round its first sentence."""
        manual = self.keep_on if go_on else self.manual
        return " ".join(part for part in (first, self.until(), manual, self.phones, self.pass_on) if part)

    def over(self, first: str) -> str:
        """A text that says that it works again."""
        return " ".join((first, _("Avslutt manuelle rutiner. Ikke send på nytt."), self.pass_on))


def _planned(short: _Short) -> str:
    return short.lasting(
        _("Planlagt stans i PLO- og dialogmeldinger med %(with)s fra %(start)s.")
        % {"with": short.with_whom, "start": short.when(short.facts.start)}
    )


def _planned_second(short: _Short) -> str:
    return short.lasting(
        _("Påminnelse: stans i PLO- og dialogmeldinger med %(with)s fra %(start)s.")
        % {"with": short.with_whom, "start": short.when(short.facts.start)}
    )


def _acute(short: _Short) -> str:
    return short.lasting(
        _("Akutt: PLO- og dialogmeldinger med %(with)s er nede siden %(start)s.")
        % {"with": short.with_whom, "start": short.when(short.facts.start)}
    )


def _acute_repeated(short: _Short) -> str:
    return short.lasting(
        _("PLO- og dialogmeldinger med %(with)s er fortsatt nede, fra %(start)s.")
        % {"with": short.with_whom, "start": short.when(short.facts.start)},
        go_on=True,
    )


def _extended(short: _Short) -> str:
    return short.lasting(
        _("Stansen i PLO- og dialogmeldinger med %(with)s, fra %(start)s, varer lenger.")
        % {"with": short.with_whom, "start": short.when(short.facts.start)},
        go_on=True,
    )


def _end_unknown(short: _Short) -> str:
    first = _("Stansen i PLO- og dialogmeldinger med %(with)s, fra %(start)s, er ikke bekreftet over.") % {
        "with": short.with_whom, "start": short.when(short.facts.start),
    }  # fmt: skip
    short.facts = replace(short.facts, end=None)
    return short.lasting(first, go_on=True)


def _finished(short: _Short) -> str:
    return short.over(
        _("PLO- og dialogmeldinger med %(with)s virker igjen fra %(end)s.")
        % {"with": short.with_whom, "end": short.when(short.facts.ended_at or short.facts.start)}
    )


def _cancelled(short: _Short) -> str:
    first = _("Avlyst: stansen i PLO- og dialogmeldinger med %(with)s %(start)s.") % {
        "with": short.with_whom, "start": short.when(short.facts.told_start or short.facts.start),
    }  # fmt: skip
    return " ".join((first, _("Bruk meldinger som vanlig."), short.pass_on))


def _moved(short: _Short) -> str:
    return short.lasting(
        _("Ny tid: stansen i PLO- og dialogmeldinger med %(with)s starter %(start)s (før: %(before)s).")
        % {
            "with": short.with_whom, "start": short.when(short.facts.start),
            "before": short.when(short.facts.told_start or short.facts.start),
        }
    )  # fmt: skip


_TEXTS: dict[Notice, Callable[[_Short], str]] = {
    "planned_first": _planned,
    "planned_second": _planned_second,
    "planned_combined": _planned,
    "acute": _acute,
    "acute_repeated": _acute_repeated,
    "extended": _extended,
    "end_unknown": _end_unknown,
    "finished_early": _finished,
    "finished": _finished,
    "cancelled": _cancelled,
    "moved": _moved,
}
