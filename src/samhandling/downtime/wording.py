"""The texts of notices in three languages (routines 4.7, S-59 to S-63). No text holds anything about a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from samhandling.clock import oslo
from samhandling.downtime.rules.values import Notice
from samhandling.pages.texts import _

PHONES_IN_A_ROW = 3
"""With more municipalities the telephones are a list (4.7)."""


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """A municipality that the outage concerns."""

    name: str
    phone: str
    """Its coordinator telephone; empty when there is none."""
    switchboard: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a notice tells of. Instants are aware UTC."""

    hospital: str
    counterparts: tuple[Counterpart, ...]
    start: datetime
    end: datetime | None
    next_update: datetime | None = None
    told_start: datetime | None = None
    told_end: datetime | None = None
    ended_at: datetime | None = None
    affects: str = "exchange"
    cause: str = ""
    routine: str = ""
    """The emergency routine with its link (S-74)."""
    responsible: str = ""
    """Name and telephone of whoever answers questions."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A notice as it is read."""

    subject: str
    body: str


def compose(notice: Notice, facts: Facts, language: oslo.Language = "nb") -> Text:
    """The notice in that language; paragraphs are parted by an empty line."""
    with translation.override(language):
        told = _Told(facts, language)
        subject, sentences = getattr(told, f"_{notice}")()
        closing = [*([told.routine] if told.routine else []), *([told.questions] if told.questions else [])]
        body = "\n\n".join(part for part in [" ".join(sentences), told.listed_phones, " ".join(closing)] if part)
        return Text(subject=subject, body=body)


class _Told:
    """The sentences of the notices, in the language that is active."""

    def __init__(self, facts: Facts, language: oslo.Language) -> None:
        self.facts, self.language = facts, language
        names = [each.name for each in facts.counterparts]
        self.with_whom = names[0] if len(names) == 1 else _("%(names)s og %(last)s") % {
            "names": ", ".join(names[:-1]), "last": names[-1],
        } if names else _("kommunene")  # fmt: skip
        phones = [self._phone(each) for each in facts.counterparts]
        listed = len(phones) > PHONES_IN_A_ROW
        self.phones = (
            _("Koordinatortelefoner står nedenfor.")
            if listed
            else _("Koordinatortelefon: %(phones)s.") % {"phones": "; ".join(phones)}
            if phones
            else ""
        )
        self.listed_phones = "\n".join(phones) if listed else ""
        self.pass_on = _("Vi ber deg gi beskjed videre til aktuelle medarbeidere i din enhet.")
        self.routine = _("Nødrutine: %(document)s.") % {"document": facts.routine} if facts.routine else ""
        self.questions = _("Spørsmål: %(who)s.") % {"who": facts.responsible} if facts.responsible else ""

    def _phone(self, counterpart: Counterpart) -> str:
        if counterpart.phone:
            return f"{counterpart.name}: {counterpart.phone}"
        missing = _("%(municipality)s: nummer mangler") % {"municipality": counterpart.name}
        if counterpart.switchboard:
            missing += _(", bruk sentralbord %(phone)s") % {"phone": counterpart.switchboard}
        return missing

    # What the parts are called ----------------------------------------------------------------------------------

    def _date(self, instant: datetime) -> str:
        return oslo.say_date(instant)

    def _clock(self, instant: datetime, beside: datetime | None = None) -> str:
        """`kl. 09.00`, with its date when it is on another day than `beside`."""
        if beside is not None and oslo.day(instant) != oslo.day(beside):
            return oslo.say_time(instant, self.language)
        return _("kl. %(time)s") % {"time": oslo.say_clock(instant)}

    def _until(self) -> str:
        """When it ends and how long that is (S-59, S-60)."""
        facts = self.facts
        if facts.end is not None:
            length = oslo.say_duration(facts.end - facts.start, self.language)
            return _("Forventet slutt: %(end)s (anslått varighet %(length)s).") % {
                "end": self._clock(facts.end, facts.start), "length": length,
            }  # fmt: skip
        if facts.next_update is not None:
            return _("Varigheten er ikke kjent. Ny oppdatering %(when)s.") % {
                "when": self._clock(facts.next_update, facts.start)
            }
        return _("Varigheten er ikke kjent. Du får ny beskjed.")

    def _what(self) -> str:
        texts = {
            "exchange": _("Pleie- og omsorgsmeldinger og dialogmeldinger kan ikke sendes eller mottas i denne tiden."),
            "access": _("Mottatte pleie- og omsorgsmeldinger og dialogmeldinger kan ikke leses i denne tiden."),
            "both": _(
                "Pleie- og omsorgsmeldinger og dialogmeldinger kan verken sendes, mottas eller leses i denne tiden."
            ),
        }
        return texts[self.facts.affects]

    def _why(self) -> list[str]:
        return [_("Årsak: %(cause)s.") % {"cause": self.facts.cause.rstrip(".")}] if self.facts.cause else []

    def _planned_sentence(self) -> str:
        facts = self.facts
        return _("Det er planlagt stans i elektronisk meldingsutveksling mellom %(hospital)s og %(with)s %(weekday)s "
                 "%(date)s kl. %(time)s.") % {
            "hospital": facts.hospital, "with": self.with_whom,
            "weekday": oslo.say_weekday(facts.start, self.language), "date": self._date(facts.start),
            "time": oslo.say_clock(facts.start),
        }  # fmt: skip

    def _use_manual(self) -> str:
        return _("Ta i bruk manuelle rutiner (nødrutiner) så lenge stansen varer.")

    # The notices ------------------------------------------------------------------------------------------------

    def _planned_first(self) -> tuple[str, list[str]]:
        subject = _("Planlagt stans i PLO- og dialogmeldinger %(date)s") % {"date": self._date(self.facts.start)}
        return subject, [
            self._planned_sentence(), self._until(), self._what(), *self._why(), self._use_manual(), self.phones,
            self.pass_on, _("Du får en påminnelse om morgenen samme dag som stansen."),
        ]  # fmt: skip

    def _planned_combined(self) -> tuple[str, list[str]]:
        subject = _("Planlagt stans i PLO- og dialogmeldinger i dag kl. %(time)s") % {
            "time": oslo.say_clock(self.facts.start)
        }
        return subject, [
            self._planned_sentence(), self._until(), self._what(), *self._why(), self._use_manual(), self.phones,
            self.pass_on, _("Stansen ble kjent sent. Derfor kommer bare dette ene varselet."),
        ]  # fmt: skip

    def _planned_second(self) -> tuple[str, list[str]]:
        facts = self.facts
        subject = _("Påminnelse: stans i PLO- og dialogmeldinger %(date)s kl. %(time)s") % {
            "date": self._date(facts.start), "time": oslo.say_clock(facts.start),
        }  # fmt: skip
        sentence = _("Stansen som er varslet, starter %(weekday)s %(date)s kl. %(time)s.") % {
            "weekday": oslo.say_weekday(facts.start, self.language), "date": self._date(facts.start),
            "time": oslo.say_clock(facts.start),
        }  # fmt: skip
        return subject, [sentence, self._until(), self._use_manual(), self.phones, self.pass_on]

    def _acute(self) -> tuple[str, list[str]]:
        facts = self.facts
        sentence = _("Elektronisk meldingsutveksling med %(with)s har vært nede siden %(start)s.") % {
            "with": self.with_whom, "start": oslo.say_time(facts.start, self.language),
        }  # fmt: skip
        return _("Akutt stans i PLO- og dialogmeldinger"), [
            sentence, self._until(), self._what(), *self._why(),
            _("Ta straks i bruk manuelle rutiner (nødrutiner), og ring ved behov for rask avklaring."),
            self.phones, self.pass_on,
        ]  # fmt: skip

    def _acute_repeated(self) -> tuple[str, list[str]]:
        sentence = _("Stansen i meldingsutvekslingen med %(with)s, fra %(start)s, varer fortsatt.") % {
            "with": self.with_whom, "start": oslo.say_time(self.facts.start, self.language),
        }  # fmt: skip
        return _("Stansen i PLO- og dialogmeldinger varer fortsatt"), [
            sentence, self._until(), _("Fortsett med manuelle rutiner (nødrutiner)."), self.phones, self.pass_on,
        ]  # fmt: skip

    def _extended(self) -> tuple[str, list[str]]:
        facts = self.facts
        assert facts.end is not None
        before = _("ikke kjent") if facts.told_end is None else self._clock(facts.told_end, facts.end)
        sentence = _("Stansen i meldingsutvekslingen med %(with)s varer lenger.") % {"with": self.with_whom}
        end = _("Ny anslått slutt er %(end)s (tidligere %(before)s). Hele stansen: %(length)s.") % {
            "end": oslo.say_time(facts.end, self.language), "before": before,
            "length": oslo.say_duration(facts.end - facts.start, self.language),
        }  # fmt: skip
        return _("Stansen i PLO- og dialogmeldinger varer lenger"), [
            sentence, end, _("Fortsett med manuelle rutiner (nødrutiner)."), self.phones, self.pass_on,
        ]  # fmt: skip

    def _end_unknown(self) -> tuple[str, list[str]]:
        facts = self.facts
        sentence = _("Stansen i meldingsutvekslingen med %(with)s, fra %(start)s, er ikke bekreftet over.") % {
            "with": self.with_whom, "start": oslo.say_time(facts.start, self.language),
        }  # fmt: skip
        should = []
        if facts.end is not None:
            should = [_("Den skulle vært ferdig %(end)s.") % {"end": oslo.say_time(facts.end, self.language)}]
        return _("Stansen i PLO- og dialogmeldinger: slutten er ikke kjent"), [
            sentence, *should, _("Varigheten er ikke kjent. Du får ny beskjed."),
            _("Fortsett med manuelle rutiner (nødrutiner) til du får beskjed."), self.phones, self.pass_on,
        ]  # fmt: skip

    def _finished_early(self) -> tuple[str, list[str]]:
        ended = self.facts.ended_at or self.facts.start
        first = _("Arbeidet ble ferdig %(end)s, før planlagt tid.") % {"end": oslo.say_time(ended, self.language)}
        return _("PLO- og dialogmeldinger er i drift igjen"), [first, *self._works_again()]

    def _finished(self) -> tuple[str, list[str]]:
        ended = self.facts.ended_at or self.facts.start
        first = _("PLO- og dialogmeldinger er i drift igjen fra %(end)s.") % {
            "end": oslo.say_time(ended, self.language)
        }
        return _("PLO- og dialogmeldinger er i drift igjen"), [first, *self._works_again()]

    def _works_again(self) -> list[str]:
        return [
            _("Meldingsutvekslingen med %(with)s virker som normalt.") % {"with": self.with_whom},
            _("Avslutt manuelle rutiner. Meldinger som ventet, sendes nå automatisk. Ikke send dem på nytt."),
            _("Gå gjennom listen «Etter stansen» for din enhet."), self.pass_on,
        ]  # fmt: skip

    def _cancelled(self) -> tuple[str, list[str]]:
        facts = self.facts
        start = facts.told_start or facts.start
        subject = _("Avlyst: stans i PLO- og dialogmeldinger %(date)s") % {"date": self._date(start)}
        sentence = _("Den varslede stansen %(start)s med %(with)s er avlyst.") % {
            "start": oslo.say_time(start, self.language), "with": self.with_whom,
        }  # fmt: skip
        return subject, [sentence, _("Bruk elektroniske meldinger som vanlig."), self.pass_on]

    def _moved(self) -> tuple[str, list[str]]:
        facts = self.facts
        subject = _("Ny tid: stans i PLO- og dialogmeldinger %(date)s") % {"date": self._date(facts.start)}
        sentence = _("Stansen med %(with)s, som var varslet til %(before)s, starter nå %(start)s.") % {
            "with": self.with_whom, "before": oslo.say_time(facts.told_start or facts.start, self.language),
            "start": oslo.say_time(facts.start, self.language),
        }  # fmt: skip
        return subject, [sentence, self._until(), self._use_manual(), self.phones, self.pass_on]


_MANUAL_WORDS = ("manuelle rutin", "nødrutin", "naudrutin", "manual routine", "emergency routine", "manual (emergency)")
_PASS_ON_WORDS = ("videre", "vidare", "pass this on", "pass it on")
NO_MANUAL = frozenset({"cancelled"})
"""Notices that do not tell to use the manual routines."""
NO_PHONES = frozenset({"cancelled", "finished", "finished_early"})
NO_TIMES = frozenset({"cancelled", "finished", "finished_early"})


def missing_parts(notice: Notice, facts: Facts, text: Text) -> list[str]:
    """Which mandatory parts a text lacks: `time duration manual phone pass_on` (S-59 to S-63)."""
    body = text.body
    low = body.lower()
    missing = []
    times = [facts.start] if facts.end is None else [facts.start, facts.end]
    if notice not in NO_TIMES and not any(oslo.say_clock(time) in body for time in times):
        missing.append("time")
    if notice not in NO_TIMES:
        known = facts.end is not None and (
            oslo.say_clock(facts.end) in body or oslo.say_duration(facts.end - facts.start) in body
        )
        if not known and "ikke kjent" not in low and "ikkje kjen" not in low and "not known" not in low:
            missing.append("duration")
    if notice not in NO_MANUAL and not any(word in low for word in _MANUAL_WORDS):
        missing.append("manual")
    if notice not in NO_PHONES and any(each.phone and each.phone not in body for each in facts.counterparts):
        missing.append("phone")
    if not any(word in low for word in _PASS_ON_WORDS):
        missing.append("pass_on")
    return missing
