"""The pages of a journal document: everything that the display shows, with page numbers and the mark of a test store."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samhandling.messages import display
from samhandling.messages.display.blocks import Page, Row, Section
from samhandling.writing import pdf
from tests.conftest import missing
from tests.documents import message, read

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PARTICULARS = pdf.Particulars(
    facts=(("Retning", "Mottatt"),), running_head="Åse Prøvesen · født 13.11.1969", mark="SYNTETISK", made_at=NOW
)


def text_of(content: bytes, tmp_path: Path) -> str:
    if shutil.which("pdftotext") is None:
        missing("pdftotext is not installed")
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    told = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    assert told.stderr == b""
    return told.stdout.decode()


def squeezed(text: str) -> str:
    return "".join(text.split())


def rows_of(page: Page):
    waiting = [*page.summary, *page.sections, *page.technical]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Row):
            yield item
        else:
            waiting += [Row("", item.title), *item.items]


def test_every_value_of_the_display_is_on_paper(tmp_path):
    page = display.page_of(read(message()))
    told = squeezed(text_of(pdf.make(page, PARTICULARS), tmp_path))
    rows = list(rows_of(page))
    assert len(rows) > 30
    for row in rows:
        for part in (row.label, row.value):
            assert squeezed(part) in told, part


def test_head_foot_and_mark_stand_on_every_page(tmp_path):
    page = Page("Lang melding", "nb", sections=[Section("Del", [Row("Tekst", f"Linje {n}") for n in range(200)])])
    pages = text_of(pdf.make(page, PARTICULARS), tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    for number, one in enumerate(pages, 1):
        assert "Åse Prøvesen · født 13.11.1969" in one
        assert "SYNTETISK" in one
        assert f"Side {number} av {len(pages)}" in one


def test_a_real_store_has_no_mark(tmp_path):
    real = pdf.Particulars(facts=(), running_head="A", made_at=NOW)
    assert "SYNTETISK" not in text_of(pdf.make(Page("M", "nb"), real), tmp_path)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("blåbær – «ÆØÅ» “sitat” Kárášjohka čđŋšŧž €", "blåbær – «ÆØÅ» “sitat” Kárášjohka čđŋšŧž €"),
        ("a\u2011b → c", "a-b -> c"),
        ("漢 🙂", "[U+6F22] [U+1F642]"),
        ("null\x00tegn\x07", "null[U+0000]tegn[U+0007]"),
        ("x" * 400, "x" * 400),
        ("en\r\nto\rtre\nfire\tfem", "en to tre fire fem"),
    ],
)  # fmt: skip
def test_what_the_font_lacks_is_told_and_nothing_is_left_out(tmp_path, written, shown):
    page = Page("Melding", "nb", sections=[Section("Del", [Row("Tekst", written), Row("", written)])])
    told = squeezed(text_of(pdf.make(page, PARTICULARS), tmp_path))
    assert told.count(squeezed(shown)) == 2


def test_a_long_label_and_a_value_over_several_pages_stand_beside_each_other(tmp_path):
    value = "\n".join(f"Avsnitt {n}" for n in range(150))
    page = Page("M", "nb", sections=[Section("D", [Row("Et langt navn på et felt " * 6, value), Row("Etter", "sist")])])
    told = text_of(pdf.make(page, PARTICULARS), tmp_path)
    assert "Avsnitt 0" in told
    assert "Avsnitt 149" in told
    assert told.index("Avsnitt 149") < told.index("sist")


def test_an_empty_page_is_a_page(tmp_path):
    assert "Melding" in text_of(pdf.make(Page("Melding", "en"), PARTICULARS), tmp_path)
