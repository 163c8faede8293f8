"""The whole page of a document: title, what must be seen first, whom to telephone, sections, technical particulars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from samhandling.identity.organisations import normal_her_id
from samhandling.messages import codes, facts
from samhandling.messages.display import labels, values
from samhandling.messages.display.blocks import Page, Row
from samhandling.messages.display.walk import Walk
from samhandling.messages.facts import Event, Facts
from samhandling.messages.facts.tree import Element
from samhandling.messages.receipts.patients import has_h_number


class ReadingSeen(Protocol):
    """The part of `engine.Reading` that a display needs."""

    @property
    def tree(self) -> Element | None: ...
    @property
    def valid(self) -> bool: ...


def page_of(reading: ReadingSeen, *, lang: str = "nb", own: Iterable[str] = ()) -> Page:
    """What there is to show of a document, valid or not. `own`: our HER-ids."""
    lang = lang if lang in labels.LANGUAGES else "nb"
    ours = frozenset(normal_her_id(her_id) for her_id in own)
    if reading.tree is None:
        return Page(labels.word("message", lang), lang, notices=[labels.word("unreadable", lang)])
    found = facts.of_tree(reading.tree)
    page = Page(_title(found, lang), lang)
    if not reading.valid:
        page.notices.append(labels.word("not_valid", lang))
    if found is not None:
        page.notices += _notices(found, ours, lang)
        page.summary = _summary(found, lang)
    walk = Walk(lang, ours, found.attachments if found is not None else ())
    page.sections = walk.sections(reading.tree)
    page.technical = walk.technical
    if found is not None and found.namespace:
        page.technical.append(Row(labels.word("namespace", lang), found.namespace))
    return page


def _title(found: Facts | None, lang: str) -> str:
    if found is None:
        return labels.word("message", lang)
    own_text = codes.text("8279", found.type, lang)
    return found.type_name or own_text or found.type or labels.word("message", lang)


def _notices(found: Facts, ours: frozenset[str], lang: str) -> list[str]:
    copies = {party.her_id for party in found.copies} | {party.organisation_her_id for party in found.copies}
    given = [
        ("cancellation", found.status == "C"),
        ("change", found.status == "M"),
        ("copy_to_us", bool(ours & (copies - {""}))),
        ("test_message", found.is_test),
        ("h_number", found.patient is not None and has_h_number(found.patient, test=False)),
        ("rejected", found.receipt is not None and found.receipt.status == "2"),
    ]
    return [labels.word(key, lang) for key, holds in given if holds]


def _summary(found: Facts, lang: str) -> list[Row]:
    """About whom, what happened, from whom, and everyone in the content who may be telephoned."""
    rows: list[Row] = []
    if found.patient is not None and found.patient.name:
        rows.append(Row(labels.label("", "Patient", lang), found.patient.name))
        rows += [_number(identifier.id, identifier.kind, lang) for identifier in found.patient.identifiers]
    rows += [Row(labels.word("critical", lang), line, "critical") for line in found.critical]
    rows += [_event(event, lang) for event in found.events if event.at.raw]
    if found.discharge is not None:
        place = found.discharge.place
        rows.append(Row(labels.label("", "UtTil", lang), place.name or codes.text("8408", place.value, lang) or ""))
    names = (found.sender.organisation.name, found.sender.part.name if found.sender.part else "")
    rows.append(Row(labels.label("", "Sender", lang), ", ".join(name.strip() for name in names if name.strip())))
    return [row for row in rows if row.value] + _contacts(found, lang)


def _number(number: str, kind: str, lang: str) -> Row:
    shown, note = values.identifier_text(number, kind, lang)
    return Row(codes.text("8116", kind, lang) or labels.label("", "Ident", lang), shown, note=note)


def _event(event: Event, lang: str) -> Row:
    title = event.text or codes.text("9121", event.code, lang) or labels.label("", "Hendelsekode", lang)
    shown = values.time_text(event.at.raw)
    if event.estimate and event.reading != "final":
        return Row(title, shown, "estimate", note=labels.word("estimate", lang))
    return Row(title, shown)


def _contacts(found: Facts, lang: str) -> list[Row]:
    """Everyone in the content who may be telephoned."""
    named = [(unit.name, unit.phones) for unit in found.units]
    named += [(person.name, person.phones) for person in (*found.responsible, *found.contacts)]
    return [
        Row(name or labels.word("contact", lang), phone, "phone", _href(phone))
        for name, phones in named
        for phone in phones
    ]


def _href(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign in "0123456789+")
    return f"tel:{digits}" if digits else ""
