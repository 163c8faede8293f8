"""A message as a PDF for the record: A4, headings, page numbers, the same content and order as on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from secrets import token_urlsafe

from fpdf import FPDF
from fpdf.enums import EncryptionMethod, XPos, YPos

from samhandling.messages.display import labels
from samhandling.messages.display.blocks import Page, Row, Section

FONT = "OpenSans"
MARGIN = 18
LABEL_WIDTH = 52
LINE = 4.8
INK, DIM, BAD = (28, 36, 48), (77, 88, 102), (163, 0, 27)
ROOM_FOR_A_ROW, ROOM_FOR_A_HEADING = 3 * LINE, 9 * LINE
SIZES = (13, 11, 10)
"""Points of the headings of sections, from the outermost; deeper ones are as the last."""
_LIKE = {0x2011: "-", 0x2010: "-", 0x202F: "\u00a0", 0x2009: "\u00a0", 0x2192: "->", 0x2713: "(x)", 0x2610: "( )"}
"""Signs that the font lacks and that others say as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What stands on the pages besides the document itself."""

    facts: tuple[tuple[str, str], ...]
    """Label and value: direction, parties, times."""
    running_head: str
    """On top of every page: whose message this is."""
    mark: str = ""
    """`SYNTETISK` on test stores."""
    made_at: datetime


def make(page: Page, particulars: Particulars, *, pass_phrase: str = "") -> bytes:
    """The PDF of a display page. `made_at` is aware UTC. A sign that the font lacks is told by its code point.

    With a pass phrase the file is encrypted (AES-256), and opens in any reader for whoever knows it.
    """
    paper = _Paper(particulars, page.lang, page.title)
    if pass_phrase:
        # A random owner's password: nobody has it.
        paper.set_encryption(
            token_urlsafe(32), pass_phrase, encryption_method=EncryptionMethod.AES_256, encrypt_metadata=True
        )
    paper.add_page()
    paper.heading(page.title, 17)
    for notice in page.notices:
        paper.notice(notice)
    for label, value in particulars.facts:
        paper.row(Row(label, value))
    if page.summary:
        paper.heading(labels.word("summary", page.lang), SIZES[0])
        for row in page.summary:
            paper.row(row)
    for section in page.sections:
        _section(paper, section, 0)
    if page.technical:
        paper.heading(labels.word("technical", page.lang), SIZES[0])
        for row in page.technical:
            paper.row(row)
    return bytes(paper.output())


def _section(paper: _Paper, section: Section, depth: int) -> None:
    paper.heading(section.title, SIZES[min(depth, len(SIZES) - 1)], critical=section.critical)
    for item in section.items:
        if isinstance(item, Row):
            paper.row(item)
        else:
            _section(paper, item, depth + 1)


class _Paper(FPDF):
    """An A4 sheet with our head and foot."""

    def __init__(self, particulars: Particulars, lang: str, title: str) -> None:
        super().__init__(format="A4")
        self._particulars = particulars
        regular, bold = _fonts()
        self.add_font(FONT, "", regular)
        self.add_font(FONT, "B", bold)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, MARGIN + 2)
        self.alias_nb_pages()
        self.set_title(printable(title))
        self.set_lang(lang)
        self.set_creator("Samhandling")
        self.set_creation_date(particulars.made_at)
        self._place, self._of = ("Page", "of") if lang == "en" else ("Side", "av")

    def header(self) -> None:
        """Whose message this is, and the mark of a test store."""
        self._type("", 8, DIM)
        self._line(self._particulars.running_head)
        if self._particulars.mark:
            self._type("B", 11, BAD)
            self._line(self._particulars.mark)
        self.ln(2)

    def footer(self) -> None:
        """The page number."""
        self.set_y(-MARGIN + 4)
        self._type("", 8, DIM)
        self.cell(0, LINE, f"{self._place} {self.page_no()} {self._of} {{nb}}", align="R")

    def heading(self, text: str, size: int, *, critical: bool = False) -> None:
        """A heading that is not left alone at the foot of a page."""
        if self.will_page_break(ROOM_FOR_A_HEADING):
            self.add_page()
        self.ln(2)
        self._type("B", size, BAD if critical else INK)
        self.multi_cell(0, size * 0.45, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(0.5)

    def notice(self, text: str) -> None:
        """Something that must be seen first, in a frame."""
        self._type("B", 10, INK)
        self.multi_cell(0, LINE + 1, printable(text), border=1, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def row(self, row: Row) -> None:
        """A label and beside it its value; a text without a label over the whole width."""
        value = printable(f"{row.value} ({row.note})" if row.note else row.value)
        strong = row.kind in {"phone", "critical", "error"}
        colour = BAD if row.kind in {"critical", "error"} else INK
        if self.will_page_break(ROOM_FOR_A_ROW):
            self.add_page()
        left, top, page = self.l_margin, self.get_y(), self.page_no()
        below = top
        if row.label:
            self._type("", 9, DIM)
            self.multi_cell(LABEL_WIDTH - 3, LINE, printable(row.label), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            if self.page_no() == page:
                below = self.get_y()
                self.set_y(top)
            left += LABEL_WIDTH
        self.set_x(left)
        self._type("B" if strong else "", 10, colour)
        self.multi_cell(0, LINE, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if self.page_no() == page:
            self.set_y(max(below, self.get_y()))

    def _type(self, style: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(FONT, style, size)
        self.set_text_color(*colour)

    def _line(self, text: str) -> None:
        self.cell(0, LINE, printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


@lru_cache(maxsize=1)
def _fonts() -> tuple[Path, Path]:
    """The font files of the package ttf-opensans, which need not be imported for it."""
    found = find_spec("ttf_opensans")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "ttf"
    return folder / "OpenSans-Regular.ttf", folder / "OpenSans-Bold.ttf"


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    """Code points that both faces can draw."""
    from fontTools.ttLib import TTFont

    known = []
    for face in _fonts():
        with TTFont(face, lazy=True) as font:
            known.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*known)


def printable(text: str) -> str:
    """The text with nothing in it that the font cannot draw; nothing is left out silently."""
    drawn = _drawn()
    if all(ord(sign) in drawn for sign in text):
        return text
    return "".join(_sign(sign, drawn) for sign in text.replace("\r\n", "\n").replace("\r", "\n"))


def _sign(sign: str, drawn: frozenset[int]) -> str:
    code = ord(sign)
    if sign == "\n" or code in drawn:
        return sign
    if sign == "\t":
        return "    "
    if code in _LIKE:
        return _LIKE[code]
    return f"[U+{code:04X}]"
