"""A message as a journal document: its pages, its bytes and what the record must know of it."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.messages import display, engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts, Party
from samhandling.store.services import is_test_store
from samhandling.writing import pdf
from samhandling.writing.metadata import metadata
from samhandling.writing.models import Filing
from samhandling.writing.ports import JournalDocument

MARK = "SYNTETISK – ikke en virkelig pasient"


def document_of(filing: Filing, message: Message, original: bytes, *, now: datetime) -> JournalDocument:
    """The journal document of the filing's message, whose bytes are `original`. `now` (aware UTC) is written on it."""
    reading = engine.read(original)
    facts = read_facts(reading)
    own = [message.own_her] if message.own_her else []
    test = is_test_store()
    particulars = pdf.Particulars(
        facts=_particulars(message, facts),
        running_head=_running_head(message, facts),
        mark=MARK if test else "",
        made_at=now,
    )
    pages = pdf.make(display.page_of(reading, own=own), particulars)
    return JournalDocument(
        document_id=filing.document_id,
        pdf=pages,
        original=original,
        metadata=metadata(filing, message, facts, pdf=pages, original=original, test=test),
    )


def _particulars(message: Message, facts: Facts | None) -> tuple[tuple[str, str], ...]:
    inward = message.direction == Direction.IN
    rows = [("Retning", "Mottatt" if inward else "Sendt")]
    if facts is not None:
        rows.append(("Fra", _name(facts.sender)))
        rows += [("Kopi til" if p.role == "COP" else "Til", _name(p)) for p in facts.receivers]
    if message.generated_at is not None:
        rows.append(("Laget", oslo.say_time(message.generated_at)))
    rows.append(("Mottatt" if inward else "Sendt", oslo.say_time(message.created_at)))
    return tuple(rows)


def _running_head(message: Message, facts: Facts | None) -> str:
    """Name and birth date: enough to know a loose sheet by, and no identity number."""
    names: list[str] = []
    born = None
    if message.patient is not None:
        names, born = [message.patient.given_name, message.patient.family_name], message.patient.birth_date
    elif facts is not None and facts.patient is not None:
        names, born = [facts.patient.name], facts.patient.birth_date
    name = " ".join(part for part in names if part)
    parts = [name, f"født {born:%d.%m.%Y}" if born else "", message.organisation.name]
    return " · ".join(part for part in parts if part)


def _name(party: Party) -> str:
    names = [party.part.name if party.part is not None else "", party.organisation.name]
    return ", ".join(name for name in names if name)
