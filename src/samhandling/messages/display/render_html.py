"""A page as accessible HTML5: a whole file that needs nothing else, or a fragment for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from samhandling.messages.display import labels
from samhandling.messages.display.blocks import Page, Row, Section

STYLE = """
.message{--ink:#1c2430;--dim:#4d5866;--line:#c5ccd6;--mark:#fff4d6;--markline:#8a5a00;--bad:#a3001b;color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;max-width:52rem}
.message h1,.message h2,.message h3,.message h4,.message h5,.message h6{line-height:1.25;margin:1.1em 0 .3em}
.message section section{border-left:3px solid var(--line);padding-left:.9rem;margin-left:.1rem}
.message dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.3rem 1rem;margin:.3rem 0}
.message dt{color:var(--dim);overflow-wrap:anywhere}
.message dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.message__text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0 .6rem}
.message__markup{white-space:normal;overflow-x:auto;margin:.3rem 0 .6rem}
.message__markup p{margin:.3em 0}
.message__markup pre{white-space:pre-wrap}
.message__markup table{border-collapse:collapse}
.message__markup td,.message__markup th{border:1px solid var(--line);padding:.15rem .5rem;text-align:left}
.message .message__critical{border-left:.35rem solid var(--bad);padding-left:.9rem}
.message__phone{font-weight:600;font-size:1.1em}
.message__note{color:var(--dim);font-style:italic}
.message__error{color:var(--bad);font-weight:600}
.message .notice{background:var(--mark);border-left:.35rem solid var(--markline);padding:.4rem .8rem;margin:.3rem 0;
color:#1c2430}
.message__gist{border:1px solid var(--line);padding:.2rem .9rem .6rem;margin:.8rem 0}
.message details{border-top:1px solid var(--line);margin-top:2rem;padding-top:.6rem}
.message summary{cursor:pointer}
.message a{color:inherit}
@media (max-width:34rem){.message dl{grid-template-columns:1fr;gap:0}.message dd{margin-bottom:.4rem}}
@media print{.message{max-width:none;font-size:10pt}.message section{break-inside:avoid-page}}
"""
"""Our own few rules; no colour says anything alone."""

_DARK = """
@media (prefers-color-scheme:dark){body{background:#12161c}.message{--ink:#e8ecf2;--dim:#b3bdc9;--line:#465160;
--mark:#ffe7a8;--bad:#ff9aa8}}
"""


def whole(page: Page) -> str:
    """A file of its own."""
    title = escape(page.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{page.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>body{{margin:1.5rem}}{STYLE}{_DARK}</style>\n</head>\n<body>\n<main>\n"
        f"{''.join(_article(page, 1, summary=False))}\n</main>\n</body>\n</html>\n"
    )


def fragment(page: Page, *, level: int = 2) -> str:
    """An article to stand inside another page, with the gist on top; `level` is that of its own heading."""
    return "".join(_article(page, level, summary=True))


def _article(page: Page, level: int, *, summary: bool) -> Iterator[str]:
    yield f'<article class="message" lang="{page.lang}">\n<h{level}>{escape(page.title)}</h{level}>\n'
    for notice in page.notices:
        yield f'<p class="notice notice--warn">{escape(notice)}</p>\n'
    if summary and page.summary:
        title = escape(labels.word("summary", page.lang))
        yield f'<section class="message__gist">\n<h{level + 1}>{title}</h{level + 1}>\n'
        yield from _rows(page.summary)
        yield "</section>\n"
    for section in page.sections:
        yield from _section(section, level + 1)
    if page.technical:
        yield f"<details>\n<summary>{escape(labels.word('technical', page.lang))}</summary>\n"
        yield from _rows(page.technical)
        yield "</details>\n"
    yield "</article>"


def _section(section: Section, level: int) -> Iterator[str]:
    heading = min(level, 6)
    marked = ' class="message__critical"' if section.critical else ""
    yield f"<section{marked}>\n<h{heading}>{escape(section.title)}</h{heading}>\n"
    rows: list[Row] = []
    for item in section.items:
        if isinstance(item, Row):
            rows.append(item)
            continue
        yield from _rows(rows)
        rows = []
        yield from _section(item, level + 1)
    yield from _rows(rows)
    yield "</section>\n"


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    """Label and value in a list; a text without label stands as it is, between lists."""
    listing = False
    for row in rows:
        if listing != bool(row.label):
            yield "<dl>\n" if row.label else "</dl>\n"
            listing = not listing
        if row.label:
            yield f"<dt>{escape(row.label)}</dt><dd>{_value(row)}</dd>\n"
        else:
            yield _prose(row)
    if listing:
        yield "</dl>\n"


def _prose(row: Row) -> str:
    if row.markup:
        return f"{_value(row)}\n"
    return f'<p class="message__text">{_value(row)}</p>\n'


def _value(row: Row) -> str:
    if row.markup:
        note = f'<p class="message__note">({escape(row.note)})</p>' if row.note else ""
        # The markup was rebuilt from allowed names by `messages.markup.safe`.
        # What may be wider than the page can be reached by keyboard.
        wide = ' tabindex="0"' if "<table" in row.markup else ""
        return f'<div class="message__markup"{wide}>{row.markup}</div>{note}'
    shown = escape(row.value)
    if row.kind == "phone":
        shown = f'<a class="message__phone" href="{escape(row.href)}">{shown}</a>' if row.href else shown
    elif row.kind == "error":
        shown = f'<span class="message__error">{shown}</span>'
    elif row.kind == "critical":
        shown = f"<strong>{shown}</strong>"
    if row.note:
        shown += f' <span class="message__note">({escape(row.note)})</span>'
    return shown
