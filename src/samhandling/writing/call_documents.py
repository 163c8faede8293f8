"""A telephone call as a journal document: one page, its words as a small XML file, and the metadata (S-45)."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from samhandling.clock import oslo
from samhandling.messages.display.blocks import Page, Row, Section
from samhandling.stays.calls import said
from samhandling.store.services import is_test_store
from samhandling.writing import pdf
from samhandling.writing.documents import MARK
from samhandling.writing.metadata import of_call
from samhandling.writing.models import Filing
from samhandling.writing.ports import JournalDocument


def document_of(filing: Filing, *, now: datetime) -> JournalDocument:
    """The journal document of the filing's call. `now` (aware UTC) is written on it."""
    call = filing.call
    assert call is not None
    patient, words, test = call.patient, said(call), is_test_store()
    rows = (
        Row("Når", oslo.say_time(call.at)),
        Row("Ringt til", " ".join(part for part in (call.counterpart, call.phone) if part)),
        Row("Snakket med", words.who),
        Row("Avtalt", words.agreed),
        Row("Notert av", f"{call.user.shown_name}, {oslo.say_time(call.recorded_at)}"),
    )
    born = f"født {patient.birth_date:%d.%m.%Y}" if patient is not None and patient.birth_date else ""
    name = f"{patient.given_name} {patient.family_name}" if patient is not None else ""
    particulars = pdf.Particulars(
        facts=(),
        running_head=" · ".join(part for part in (name, born, call.organisation.name) if part),
        mark=MARK if test else "",
        made_at=now,
    )
    page = Page(title="Telefonsamtale", lang="nb", sections=[Section("Samtalen", list(rows))])
    pages = pdf.make(page, particulars)
    original = _xml(rows)
    return JournalDocument(
        document_id=filing.document_id,
        pdf=pages,
        original=original,
        metadata=of_call(filing, call, pdf=pages, original=original, test=test),
    )


def _xml(rows: tuple[Row, ...]) -> bytes:
    """The same lines for a machine: `<Telefonsamtale><Felt navn="Avtalt">…</Felt></Telefonsamtale>`."""
    root = etree.Element("Telefonsamtale")
    for row in rows:
        field = etree.SubElement(root, "Felt", navn=row.label)
        field.text = row.value
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made
