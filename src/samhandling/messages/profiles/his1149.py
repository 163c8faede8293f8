"""Pasientlogistikk: which events each of the five messages holds, and what must stand beside them (HIS 1149)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import chosen_element, payload_of
from samhandling.messages.facts.tree import Element, child
from samhandling.messages.profiles.finding import Finding, at

# Message -> (events that must be there, events that should be there).
_EVENTS = {
    "LOG_INNLAGT": (("1",), ()),
    "LOG_UTSKRIVNINGSKLAR": (("1", "3"), ()),
    "LOG_AVMELDING": (("4",), ("1", "3")),
    "LOG_UTSKREVET": (("2",), ()),
    "LOG_DOD": (("13",), ()),
}
_NAMES = {
    "1": "innleggelse",
    "2": "utskriving",
    "3": "utskrivningsklar",
    "4": "avmelding av utskrivningsklar",
    "13": "dødsfall",
}
_MISSING = {"1": "HIS1149-01", "2": "HIS1149-06", "3": "HIS1149-03", "4": "HIS1149-05", "13": "HIS1149-08"}
_DECIDED = ("LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """The rules of the message type that the header names."""
    chosen = chosen_element(payload_of(root))
    required, recommended = _EVENTS.get(facts.type, ((), ()))
    for code in required:
        if facts.event(code) is None:
            yield at(
                chosen,
                _MISSING[code],
                f"Hendelsen {_NAMES[code]} (kode {code}) mangler.",
                "Legg til hendelsen med dato.",
            )
    for code in recommended:
        if facts.event(code) is None:
            yield at(
                chosen,
                "HIS1149-11",
                f"Hendelsen {_NAMES[code]} (kode {code}) bør være med.",
                "Legg til hendelsen.",
                severity="note",
                blocks=False,
            )
    yield from _admission(facts, chosen)
    yield from _decided(facts, chosen)
    yield from _discharge(facts, chosen)
    yield from _times(facts, chosen)


def _admission(facts: Facts, chosen: Element | None) -> Iterator[Finding]:
    event = facts.event("1")
    if facts.type == "LOG_INNLAGT" and event is not None and event.at.day is not None and not event.at.has_time:
        yield at(
            child(chosen, "TidsfestetHendelse", "TidspunktForHendelse"),
            "HIS1149-02",
            "Innleggelsen står uten klokkeslett.",
            "Oppgi dato og klokkeslett.",
        )


def _decided(facts: Facts, chosen: Element | None) -> Iterator[Finding]:
    if facts.type in _DECIDED and not any(person.family_name for person in facts.responsible):
        yield at(
            chosen,
            "HIS1149-04",
            "Navn på beslutningsansvarlig helsepersonell mangler.",
            "Oppgi navnet i AnsvarForRapport.",
        )


def _discharge(facts: Facts, chosen: Element | None) -> Iterator[Finding]:
    if facts.type == "LOG_UTSKREVET" and facts.discharge is not None and not facts.discharge.place.value:
        yield at(child(chosen, "UtskrevetTil"), "HIS1149-07", "Utskrevet til mangler kode.", "Oppgi UtTil (8408).")


def _times(facts: Facts, chosen: Element | None) -> Iterator[Finding]:
    for event in facts.events:
        if event.reading == "final" and event.estimate:
            yield at(
                chosen,
                "HIS1149-09",
                f"Hendelsen {_NAMES[event.code]} er merket som anslag.",
                "Les den som endelig; Anslag er bare for forventede tidspunkt.",
                severity="note",
                blocks=False,
            )
        if event.reading in ("ready", "expected") and event.at.has_time:
            yield at(
                chosen,
                "HIS1149-10",
                "Utskrivningsklar er oppgitt med klokkeslett.",
                "Oppgi bare dato.",
                severity="note",
                blocks=False,
            )
