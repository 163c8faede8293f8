"""A page as plain text, indented by sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from samhandling.messages.display import labels
from samhandling.messages.display.blocks import Page, Row, Section


def whole(page: Page) -> str:
    """The page as lines of text, ending with a newline."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield _one_line(page.title)
    yield "=" * max(len(page.title), 3)
    for notice in page.notices:
        yield f"! {notice}"
    for section in page.sections:
        yield ""
        yield from _section(section, 0)
    if page.technical:
        yield ""
        yield labels.word("technical", page.lang)
        yield from _rows(page.technical, 1)


def _section(section: Section, depth: int) -> Iterator[str]:
    yield "  " * depth + _one_line(section.title)
    for item in section.items:
        if isinstance(item, Row):
            yield from _rows((item,), depth + 1)
        else:
            yield from _section(item, depth + 1)


def _rows(rows: Iterable[Row], depth: int) -> Iterator[str]:
    for row in rows:
        first, *more = _printable(row.value).split("\n")
        note = f" ({row.note})" if row.note else ""
        indent = "  " * depth
        label = f"{_one_line(row.label)}: " if row.label else ""
        yield f"{indent}{label}{first}{note if not more else ''}"
        for number, line in enumerate(more):
            yield f"{indent}  {line}{note if number == len(more) - 1 else ''}"


def _one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or sign == "\t" or sign.isprintable())
