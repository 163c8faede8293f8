"""A real Chromium on the pages of a small world."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import missing
from tests.store.small_world import SmallWorld, build

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; a test that needs it is skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        missing("no chromium")
    # Playwright keeps an event loop in this thread, where the tests use the store; Django must not mind.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def world(chromium: Browser, transactional_db: None, live_server: object) -> SmallWorld:
    """The small world in the store of the live server."""
    return build()


@pytest.fixture
def visit(chromium: Browser, world: SmallWorld, live_server: object) -> Iterator[Callable[..., Page]]:
    """Open a page as a user (or as nobody), with the options of a browser context; log-in through the form."""
    contexts: list[BrowserContext] = []

    def opened(username: str = "", path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=str(live_server), **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto("/inn/" if username else path)
        if username:
            page.get_by_label("Brukernavn").fill(username)
            page.get_by_label("Passord").fill("demo")
            page.get_by_role("main").get_by_role("button", name="Logg inn").click()
            expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
            if path != "/":
                page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
