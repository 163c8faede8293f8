"""What a message asks, answers and notes, and the critical information that a reader must see first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from samhandling.messages.codes import list_number
from samhandling.messages.facts.tree import Element, attribute, child, children, code, local, raw_text, text
from samhandling.messages.facts.values import Code, Note, Request
from samhandling.messages.markup import is_marked_up, plain

INFECTION = "9143"
"""Headings of critical information: infection and anaphylaxis."""

_MOST_CRITICAL = 50
_CRITICAL_NOTE = "Cave/allergier"


def content_type(payload: Element | None) -> Code:
    """Which kind of report it is, by the report's own list (9137 to 9140)."""
    for path in (("TypeInnholdIMelding", "TypeInnhold"), ("InnholdKonsultasjon", "TypeInnholdKonsultasjon")):
        found = code(payload, *path)
        if found != Code():
            return found
    return Code()


def requests(payload: Element | None) -> tuple[Request, ...]:
    """The questions of a dialogue message."""
    if payload is None or local(payload) != "Dialogmelding":
        return ()
    return tuple(_request(item) for item in children(payload, "Foresporsel"))


def answered(payload: Element | None) -> tuple[Request, ...]:
    """The questions that are copied into an answer, in either family."""
    if payload is not None and local(payload) == "Dialogmelding":
        return tuple(note.request for note in notes(payload) if note.request is not None)
    return tuple(_request(item) for item in children(child(payload, "InformasjonOmForsendelsen"), "Foresporsel"))


def notes(payload: Element | None) -> tuple[Note, ...]:
    """The notes of a dialogue message."""
    if payload is None or local(payload) != "Dialogmelding":
        return ()
    return tuple(_note(item) for item in children(payload, "Notat"))


def _request(element: Element) -> Request:
    return Request(
        type=code(element, "TypeForesp"),
        question=written(child(element, "Sporsmal")),
        document_id=text(element, "DokIdForesp") or text(element, "RefDokIdForesp"),
    )


def _note(element: Element) -> Note:
    request = child(element, "Foresporsel")
    return Note(
        theme=code(element, "TemaKodet"),
        subject=text(element, "Tema"),
        text=written(child(element, "TekstNotatInnhold")),
        request=_request(request) if request is not None else None,
    )


def written(element: Element | None) -> str:
    """The text of an element that may be marked up, as lines."""
    if element is None:
        return ""
    return plain(element) if len(element) or is_marked_up(element) else (element.text or "").strip()


def critical(payload: Element | None) -> tuple[str, ...]:
    """CAVE, allergies and infection in short lines, each once, in the order of the document."""
    if payload is None:
        return ()
    return tuple(islice(dict.fromkeys(line for line in _critical(payload) if line), _MOST_CRITICAL))


def _critical(payload: Element) -> Iterator[str]:
    # Namespaces differ by version, so by local name; one pass, since it is done for every message.
    for element in payload.iter("{*}CaveStikkord", "{*}Allergi", "{*}GenereltJournalnotat", "{*}InfItem"):
        match local(element):
            case "CaveStikkord":
                yield (element.text or "").strip()
            case "Allergi":
                yield _allergy(element)
            case "GenereltJournalnotat":
                yield from _critical_texts(element)
            case _ if attribute(element, "V", "Type") == "CAVE":
                yield written(child(element, "Observation", "Description"))


def _allergy(element: Element) -> str:
    what = text(element, "AllergiskMot") or code(element, "VirkestoffLegemiddel").name
    reaction = " (anafylaktisk reaksjon)" if attribute(element, "V", "AnafylaktiskeReaksjoner") == "1" else ""
    return f"Allergi: {what}{reaction}" if what else ""


def _critical_texts(element: Element) -> Iterator[str]:
    marked = any(str(name).endswith("}informasjonskategori") and v == _CRITICAL_NOTE for name, v in element.items())
    for item in children(element, "Journaltekst"):
        heading = code(item, "Overskriftskode")
        infection = list_number(heading.oid) == INFECTION
        if marked or infection:
            note = raw_text(item, "Notat").strip()
            yield f"{heading.name}: {note}" if heading.name else note
