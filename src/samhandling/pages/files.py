"""Files beside a message: how one is shown, and how it is handed out so that no browser ever runs it (P-18, P-20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import StreamingHttpResponse

from samhandling.messages.attachments import Kind
from samhandling.messages.display.values import size_text
from samhandling.pages.texts import N_, _, language

BYTES = "application/octet-stream"
KINDS = {
    "pdf": N_("PDF"),
    "image": N_("Bilde"),
    "text": N_("Tekst"),
    "other": N_("Fil (%(ending)s)"),
    "program": N_("Et program. Det åpnes ikke herfra."),
    "unreadable": N_("Kan ikke leses. Be avsenderen sende det på nytt."),
}
"""By `Kind.code`; the last two are also why there is nothing to follow."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file in a list."""

    name: str
    size: str
    kind: str
    href: str
    """Where it is opened; empty for one that is not handed out."""
    action: str
    opens: bool


def file_line(name: str, size: int, kind: Kind, href: str) -> FileLine:
    """A file as the active language says it."""
    return FileLine(
        name=name or _("Vedlegg uten navn"),
        size=size_text(size, language()),
        kind=_(KINDS[kind.code]) % {"ending": kind.ending},
        href=href if kind.opens else "",
        action=_("Åpne") if kind.shown else _("Last ned"),
        opens=kind.opens,
    )


def inert(
    pieces: Iterable[bytes], *, name: str, size: int, media_type: str = BYTES, shown: bool = False
) -> StreamingHttpResponse:
    """The bytes, to be saved under `name`, or `shown` by the browser without scripts, forms, origin or other sources.

    `name` holds no more than row ids: it ends up in folders and histories of browsers.
    """
    response = StreamingHttpResponse(pieces, content_type=media_type if shown else BYTES)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["Content-Length"] = str(size)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response
