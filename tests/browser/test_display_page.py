"""The page of `samhandling render` in a browser: accessible in light and dark, narrow and wide, closed where it must."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from samhandling.messages import display
from tests import payloads
from tests.conftest import missing
from tests.documents import CASES, EARLIER, message, read
from tests.unit.test_profiles_reports import RIGHT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    program = shutil.which("chromium")
    if program is None:
        missing("no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def shown(page: Page, data: bytes, **options: object) -> None:
    page.set_content(display.html(read(data), **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_no_barrier_is_found(page: Page, scheme: str, lang: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    shown(
        page,
        message(status="C", parent=EARLIER, conversation=EARLIER, copies=(CASES,), type="LOG_UTSKREVET"),
        lang=lang,
        own=["2022"],
    )
    result = Axe().run(page)
    assert result.violations_count == 0, [found["id"] for found in result.response["violations"]]


def report_with_everything() -> bytes:
    """An admission report, with formatted text and a wide table in a dialogue message."""
    cells = "".join(f"<td>{number}.11.2026</td>" for number in range(10, 30))
    table = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>Hei <b>du</b></p><table><tr>{cells}</tr></table></div>'
    data = payloads.dialogue("DIALOG_NOTAT", payloads.note("7321", "1", table))
    return payloads.with_attachments(data, payloads.attachment("JVBERi0xLjcg"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("type_code", ["INNLEGGELSESRAPPORT", "UTSKRIVNINGSRAPPORT", "DIALOG_NOTAT"])
def test_no_barrier_is_found_in_reports(page: Page, scheme: str, type_code: str) -> None:
    page.set_viewport_size({"width": 900, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    shown(page, report_with_everything() if type_code == "DIALOG_NOTAT" else RIGHT[type_code])
    result = Axe().run(page)
    assert result.violations_count == 0, [found["id"] for found in result.response["violations"]]


def test_a_wide_table_scrolls_by_itself_on_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    shown(page, report_with_everything())
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    box = page.locator(".message__markup").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(50):
        if box.evaluate("box => box.scrollLeft") > 0:
            return
        page.wait_for_timeout(50)
    pytest.fail("the arrow key does not scroll the table")


def test_a_narrow_screen_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    shown(page, message(descriptions={"1": "x" * 400}))
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_technical_particulars_open_on_demand(page: Page) -> None:
    shown(page, message())
    oid = page.get_by_text("2.16.578.1.12.4.1.1.9121").first
    assert not oid.is_visible()
    page.get_by_text("Tekniske opplysninger").click()
    assert oid.is_visible()


def test_hostile_text_runs_nothing(page: Page) -> None:
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    shown(page, message(descriptions={"1": "<img src=x onerror=alert(1)><script>alert(2)</script>"}))
    page.wait_for_timeout(100)
    assert seen == []
    assert page.get_by_text("<script>alert(2)</script>").count() == 1
