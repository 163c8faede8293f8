"""Attachments in a form: uploaded and removed by buttons that work without script, shown with name, kind and size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.messages.compose.attachments import WARN_ABOVE
from samhandling.messages.display.values import size_text
from samhandling.pages.files import FileLine, file_line, inert
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, language
from samhandling.store.services import now as present
from samhandling.writing import attaching, drafts
from samhandling.writing.models import Draft
from samhandling.writing.web.finding import piece as find_piece
from samhandling.writing.web.pieces import Piece

FIELD, ADD, REMOVE = "vedlegg", "legg-ved", "fjern-vedlegg"


@dataclass(frozen=True, slots=True)
class Shown:
    """The attachments of a form. Each line with the value of the button that removes it."""

    lines: tuple[tuple[FileLine, int], ...]
    total: str
    large: bool
    """Together more than many receivers take."""


def pressed(request: HttpRequest) -> bool:
    """Whether a button of the attachments was pressed, and no other."""
    return ADD in request.POST or REMOVE in request.POST


def take(request: HttpRequest, piece: Piece, draft: Draft) -> list[str]:
    """Keep what was uploaded and take away what was removed; gives the texts of what could not be kept."""
    if not piece.takes_files:
        return []
    number = request.POST.get(REMOVE, "")
    if number.isascii() and number.isdigit():
        attaching.remove(draft, int(number[:4]))
    refused = []
    for file in request.FILES.getlist(FIELD):
        content = file.read()
        why = "size" if file.size and not content else attaching.add(draft, _name(file.name or ""), content)
        if why:
            refused.append(_(attaching.REFUSED[why]) % {"name": _name(file.name or "")})
    return refused


def _name(file_name: str) -> str:
    """What the receiver sees: the file's name without folders and ending."""
    name = " ".join(file_name.replace("\\", "/").rpartition("/")[2].split())
    stem, _dot, ending = name.rpartition(".")
    return (stem if stem and len(ending) <= 5 else name) or _("Vedlegg")


def shown(piece: Piece, draft: Draft | None, kwargs: dict[str, Any]) -> Shown | None:
    """What the form shows; None where the message takes no attachments."""
    if not piece.takes_files:
        return None
    found = attaching.files(draft, piece.place.continues)
    earlier = piece.place.continues if draft is None else None
    lines = []
    for each in found:
        if earlier is not None:
            href = reverse("exchange:attachment", args=[earlier.pk, each.number])
        else:
            href = reverse("writing:file", kwargs={**kwargs, "number": each.number})
        lines.append((file_line(each.name, each.size, each.kind, href), each.number))
    size = sum(each.size for each in found)
    return Shown(tuple(lines), size_text(size, language()) if found else "", size * 4 // 3 > WARN_ABOVE)


@require_safe
@needs(May.SEE_PATIENTS, May.READ_CONTENT)
def file(request: HttpRequest, scope: Scope, where: str, pk: int, what: str, number: int) -> StreamingHttpResponse:
    """One attachment of a draft, as the receiver will get it."""
    now = present()
    piece = find_piece(scope, where, pk, what, now)
    draft = drafts.find(piece.place)
    found = next((each for each in attaching.files(draft) if each.number == number), None)
    if draft is None or found is None:
        raise NotFoundError(f"attachment {number} of draft")
    patient = piece.patient
    audit.record_reading(
        scope, "draft.attachment", now=now, patient=patient.pk if patient is not None else None,
        subject=piece.place.subject,
    )  # fmt: skip
    return inert(
        attaching.stream(draft, number),
        name=f"vedlegg-{draft.pk}-{number}.{found.kind.ending}",
        size=found.size,
        media_type=found.media_type,
        shown=True,
    )
