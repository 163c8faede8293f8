"""A document for readers: accessible HTML and plain text (render contract; RECV-20 to RECV-29)."""

from __future__ import annotations

from collections.abc import Iterable

from samhandling.messages.display import render_html, render_text
from samhandling.messages.display.page import ReadingSeen, page_of

__all__ = ["fragment", "html", "page_of", "text"]


def html(reading: ReadingSeen, *, lang: str = "nb", own: Iterable[str] = ()) -> str:
    """A whole page, self-contained. `own`: our HER-ids, so that a copy to us is evident (RECV-25)."""
    return render_html.whole(page_of(reading, lang=lang, own=own))


def fragment(reading: ReadingSeen, *, lang: str = "nb", own: Iterable[str] = (), level: int = 2) -> str:
    """An article for embedding in a page of the desk; needs `render_html.STYLE` or the desk's own rules."""
    return render_html.fragment(page_of(reading, lang=lang, own=own), level=level)


def text(reading: ReadingSeen, *, lang: str = "nb", own: Iterable[str] = ()) -> str:
    """Plain text."""
    return render_text.whole(page_of(reading, lang=lang, own=own))
