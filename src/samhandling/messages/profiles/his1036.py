"""Vedlegg: order, marking, formats and size (HIS 1036, HIS 1077)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.facts import Attachment, Facts
from samhandling.messages.facts.attached import is_attachment
from samhandling.messages.facts.tree import Element, attribute, child, children
from samhandling.messages.profiles.finding import Finding, at
from samhandling.messages.profiles.his1077 import FORMATS

LARGEST = 10_000_000
"""Bytes a message may have by the transport limit of SMTP; base64 adds about a third to its attachments."""

_BASE64 = 4 / 3
# What an office document looks like inside its wrapping.
_SAME = {
    "application/zip": ("openxmlformats", "opendocument", "zip"),
    "application/msword": ("msword", "excel", "powerpoint"),
    "application/rtf": ("rtf",),
}
_PROGRAMS = frozenset({"application/x-msdownload", "application/x-executable"})
_OTHER_NAMES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "text/rtf": "application/rtf"}


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Each attachment, and all together."""
    documents = [document for document in children(root, "Document") if is_attachment(document)]
    for attachment, document in zip(facts.attachments, documents, strict=False):
        yield from _attachment(facts, attachment, child(document, "RefDoc"))
    size = sum(attachment.size for attachment in facts.attachments) * _BASE64
    if size > LARGEST:
        yield at(
            documents[0],
            "HIS1036-06",
            "Vedleggene er større enn 10 MB til sammen.",
            "Mange mottakere kan ikke ta imot så store meldinger. Send færre eller mindre vedlegg.",
            blocks=False,
        )


def _attachment(facts: Facts, attachment: Attachment, reference: Element | None) -> Iterator[Finding]:
    if attribute(reference, "V", "MsgType") != "A":
        yield at(
            child(reference, "MsgType"),
            "HIS1036-01",
            "Vedlegget er ikke merket som vedlegg.",
            "Bruk MsgType A, Vedlegg.",
        )
    if not attachment.mime_type:
        yield at(reference, "HIS1036-02", "Vedlegget står uten format.", "Oppgi MimeType.")
    if not attachment.description:
        yield at(
            reference,
            "HIS1036-03",
            "Vedlegget står uten beskrivelse.",
            "Skriv hva vedlegget er i Description.",
            severity="note",
        )
    if not attachment.readable:
        yield at(
            reference,
            "HIS1036-04",
            "Vedlegget kan ikke leses: innholdet er tomt eller ikke base64.",
            "Legg ved på nytt.",
        )
    declared = _OTHER_NAMES.get(attachment.mime_type.lower(), attachment.mime_type.lower())
    if attachment.looks_like in _PROGRAMS:
        yield at(reference, "HIS1036-07", "Vedlegget er et program.", "Åpne det ikke.")
    elif attachment.looks_like and declared and not _agrees(declared, attachment.looks_like):
        yield at(
            reference,
            "HIS1036-05",
            "Vedlegget er noe annet enn formatet sier.",
            "Åpne det med varsomhet; oppgi riktig MimeType.",
        )
    if facts.type == "DIALOG_HELSEFAGLIG" and declared and declared not in FORMATS:
        yield at(
            child(reference, "MimeType"),
            "HIS1077-06",
            "Formatet er ikke PDF, JPEG eller PNG, og mottakeren kan kanskje ikke åpne det.",
            "Send vedlegget som PDF, JPEG eller PNG.",
        )


def _agrees(declared: str, looks_like: str) -> bool:
    if declared == looks_like:
        return True
    return any(part in declared for part in _SAME.get(looks_like, ()))
