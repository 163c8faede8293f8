"""The downtime desk in a browser: planned, acute, extended, early, cancelled, unconfirmed; readable by everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.downtime.models import Notice, Outage
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ContactGroup
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.small_world import SmallWorld

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def wind(instant: datetime) -> None:
    """Let the store's clock show that, and the worker do what is due."""
    set_clock(instant, machine_now=datetime.now(UTC))
    run_due(present(), strict=True)


@pytest.fixture
def groups(world: SmallWorld) -> None:
    for name in ("PLO Ressurspersoner", "PLO seksjonsledere", "PLO avdelingsrådgivere", "PLO Andre",
                 "PLO avdelingssjefer"):  # fmt: skip
        ContactGroup.objects.get_or_create(
            organisation=world.hospital, name=name, defaults={"email": "gruppe@sykehuset.invalid"}
        )


def plan_one(page: Page, start: str = "09.00", end: str = "12.00") -> None:
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Nedetid").click()
    page.get_by_role("link", name="Planlagt stans").click()
    page.get_by_label("Starter, dato").fill("18.11.2026")
    page.get_by_label("Starter, klokken").fill(start)
    page.get_by_label("Anslått ferdig, klokken").fill(end)
    page.get_by_role("button", name="Videre: se hva som skjer når").first.click()


def test_acute_in_two_clicks_and_over_again(world: SmallWorld, groups: None, visit: Visit) -> None:
    page = visit("mette", "/nedetid/")
    page.get_by_role("link", name="Akutt stans nå").click()
    page.get_by_role("button", name="Meld akutt stans og varsle").first.click()
    expect(page.get_by_role("main")).to_contain_text("Stansen er meldt")
    run_due(present(), strict=True)
    assert Notice.objects.filter(kind="acute").count() == 5
    nurse = visit("kari")
    expect(nurse.locator(".banners")).to_contain_text("er nede")
    expect(visit("", "/driftsstatus/").get_by_role("main")).to_contain_text("Nede nå")
    page.reload()
    page.get_by_role("button", name="Ferdig: alt virker igjen").click()
    expect(page.get_by_role("main")).to_contain_text("Stansen er meldt ferdig")
    nurse.reload()
    expect(nurse.locator(".banners")).not_to_contain_text("er nede")


def test_planned_extended_and_finished_early(world: SmallWorld, groups: None, visit: Visit) -> None:
    page = visit("mette")
    plan_one(page)
    table = page.get_by_role("table", name="Hva som skjer når")
    expect(table).to_contain_text("17.11.2026 kl. 11.00")
    page.get_by_role("link", name="Varsel, første runde").click()
    page.get_by_label("Emne").fill("Ny meldingstjener onsdag")
    page.get_by_role("button", name="Lagre teksten").click()
    page.get_by_role("button", name="Sett i verk").click()
    expect(page.get_by_role("main")).to_contain_text("satt i verk")
    start = Outage.objects.get().start
    wind(start - timedelta(hours=20))
    assert Notice.objects.first().subject == "Ny meldingstjener onsdag"  # type: ignore[union-attr]
    wind(start)
    page.reload()
    page.get_by_role("link", name="Forleng").click()
    page.get_by_label("Ny anslått slutt, klokken").fill("14.00")
    page.get_by_role("button", name="Lagre ny slutt").click()
    expect(page.get_by_role("main")).to_contain_text("Pågår, varer lenger enn ventet")
    wind(start + timedelta(hours=4))
    page.reload()
    page.get_by_role("button", name="Ferdig: alt virker igjen").click()
    expect(page.get_by_role("main")).to_contain_text("Ferdig før planlagt tid")


def test_cancelled(world: SmallWorld, groups: None, visit: Visit) -> None:
    page = visit("mette")
    plan_one(page)
    page.get_by_role("button", name="Sett i verk").click()
    page.get_by_role("button", name="Avlys").click()
    expect(page.get_by_role("main")).to_contain_text("Avlyst")
    wind(Outage.objects.get().start + timedelta(days=1))
    assert not Notice.objects.exists()


def test_unconfirmed(world: SmallWorld, groups: None, visit: Visit) -> None:
    page = visit("mette")
    plan_one(page)
    page.get_by_role("button", name="Sett i verk").click()
    end = Outage.objects.get().end
    assert end is not None
    wind(end + timedelta(minutes=31))
    expect(visit("", "/driftsstatus/").get_by_role("main")).to_contain_text("ikke bekreftet")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("Er stansen over?")


def test_every_page_is_accessible_narrow_and_without_script(world: SmallWorld, groups: None, visit: Visit) -> None:
    page = visit("mette", java_script_enabled=True)
    plan_one(page)
    page.get_by_role("button", name="Sett i verk").click()
    number = Outage.objects.get().pk
    wind(Outage.objects.get().start)
    paths = (
        "/nedetid/", "/nedetid/akutt/", "/nedetid/planlagt/", f"/nedetid/{number}/", "/nedetid/utskrift/",
        f"/nedetid/{number}/endre/forleng/", f"/nedetid/{number}/tekst/extended/", "/nedetid/etter/",
        "/nedetid/rapport/", "/driftsstatus/", "/driftsstatus/kontaktpunkter/", "/driftsstatus/meld/",
    )  # fmt: skip
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        assert (page.goto(path) or pytest.fail(path)).status == 200, path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        page.set_viewport_size({"width": 320, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{path} is {wide} px wide"
