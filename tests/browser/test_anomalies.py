"""What is not by the book, in a browser: opened without script, narrow, by keyboard and on paper; put off by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.jobs.worker import run_due
from samhandling.registry.models import CounterpartFault
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import register
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.store.small_world import NOW, SmallWorld, admit
from tests.store.test_routine_messages import DOCTOR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
HOUR = timedelta(hours=1)
HELP = "Hva betyr det, og hva gjør jeg?"


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    """A patient of whom the municipality has confirmed nothing, in the evening."""
    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    found = admit(world)
    admit(world, given="Teste", family="Prøvesenn", visit="2")
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    register(found, events.ReadySet(at=NOW, ready_date=NOW.date(), decided_by=DOCTOR), user=world.nurse, now=NOW)
    run_due(NOW, strict=True)
    run_due(NOW + HOUR, strict=True)
    run_due(NOW + 6 * HOUR, strict=True)
    set_clock(NOW + 10 * HOUR, machine_now=datetime.now(UTC))
    return found


def picture(page: Page, name: str) -> None:
    """Keep a picture for whoever wants to look (`SAMHANDLING_PICTURES`)."""
    folder = os.environ.get("SAMHANDLING_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_without_script_on_320_pixels_and_on_paper(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    task = Task.objects.get(anomaly="A-01")
    for width in (1280, 320):
        nurse = visit("kari", "/", java_script_enabled=False, viewport={"width": width, "height": 800})
        for address in ("/", f"/opphold/{stay.pk}/", f"/oppgave/{task.pk}/"):
            nurse.goto(address)
            detail = nurse.locator("details.explained").first
            if "oppgave" not in address:
                detail.locator("summary").click()
                expect(detail).to_contain_text("60 99 01 30")
            name = address.strip("/").replace("/", "-") or "forside"
            picture(nurse, f"{name}-{width}")
            wide = nurse.evaluate("document.documentElement.scrollWidth") if width == 320 else 0
            assert wide <= 320, address
        nurse.emulate_media(media="print")
        nurse.goto(f"/opphold/{stay.pk}/")
        expect(nurse.locator(".explanation").first).to_be_visible()
        picture(nurse, f"opphold-print-{width}")


def test_put_off_by_name_with_the_keyboard_and_no_barrier(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    task = Task.objects.get(anomaly="A-01")
    nurse = visit("kari", f"/oppgave/{task.pk}/")
    field = nurse.get_by_label("Jeg vet om det, minn meg på igjen kl.")
    field.focus()
    nurse.keyboard.type("23.30")
    nurse.keyboard.press("Enter")
    expect(nurse.get_by_role("main")).to_contain_text("Kari Vik vet om det. Minner igjen")
    for address in ("/", f"/opphold/{stay.pk}/", f"/oppgave/{task.pk}/"):
        nurse.goto(address)
        found = Axe().run(nurse)
        assert found.violations_count == 0, found.generate_report()
    desk = visit("mette", "/")
    expect(desk.get_by_role("main")).to_contain_text("Kari Vik vet om det")
    desk.get_by_text(HELP).first.click()
    picture(desk, "meldingsansvarlig")
    desk.goto("/tall/?maned=2026-11")
    expect(desk.get_by_role("main")).to_contain_text("Påvirket av stans")
    picture(desk, "tall")
