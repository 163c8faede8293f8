"""The desks where messages are received and followed, in a browser: the ward, akuttmottak, the message responsible, the
municipality; each page by keyboard names, without faults that axe finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Unit
from samhandling.registry.models import CounterpartFault
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.reports import bring_report
from tests.store.small_world import NOW, SmallWorld, admit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def work() -> None:
    """What the worker would do now."""
    run_due(present(), strict=True)


def user_of(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    work()


def no_faults(page: Page) -> None:
    """Nothing that axe calls serious, and no scrolling sideways on a phone."""
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == [], [(v["id"], [n["html"] for n in v["nodes"]][:2]) for v in found]
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_nurse_says_no_for_all_and_takes_it_back(world: SmallWorld, visit: Visit) -> None:
    for number in range(3):
        admit(world, given=f"Test{number}", visit=str(number))
    page = visit("kari")
    page.get_by_role("link", name="3 ikke vurdert").click()
    no_faults(page)
    page.get_by_role("button", name="Nei for alle 3").click()
    expect(page.get_by_role("main")).to_contain_text("Alle pasientene er vurdert.")
    page.get_by_role("button", name="Angre").click()
    expect(page.get_by_role("button", name="Nei for alle 3")).to_be_visible()


def test_a_nurse_answers_with_one_click_and_notes_her_call(world: SmallWorld, visit: Visit) -> None:
    stay = admit(world)
    page = visit("kari")
    page.locator(f"#opphold-{stay.pk}").get_by_role("button", name=re.compile("^Ja")).first.click()
    expect(page.get_by_role("main")).to_contain_text("Bruker av kommunale tjenester: Ja.")
    work()
    page.goto(f"/opphold/{stay.pk}/")
    no_faults(page)
    ring = page.get_by_role("region", name="Ring")
    ring.get_by_label("Hvem snakket du med?").fill("Ane Lie, koordinator")
    ring.get_by_label("Hva ble avtalt?").fill("Plass klar kl. 14")
    ring.get_by_role("button", name="Noter samtalen").click()
    expect(page.get_by_role("region", name="Tidslinje")).to_contain_text("Ane Lie, koordinator: Plass klar kl. 14")
    page.get_by_role("region", name="Ring").get_by_role("link", name="Ringekort").click()
    no_faults(page)
    expect(page.get_by_role("main")).to_contain_text("Det gjelder en pasient fra dere")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Notér")).to_be_visible()
    page.emulate_media(media="screen")
    page.goto("/vaktrapport/")
    no_faults(page)
    expect(page.get_by_role("row", name=re.compile("Testine Prøvesen"))).to_contain_text("Plass klar kl. 14")
    page.goto(f"/opphold/{stay.pk}/hva-na/")
    no_faults(page)


def test_akuttmottak_reads_at_once_and_the_report_follows_the_patient(world: SmallWorld, visit: Visit) -> None:
    unit = Unit.objects.create(
        organisation=world.hospital, code="AKM", name="Akuttmottak", kind="emergency", inpatient=True
    )
    anne = add_user("anne", "demo", now=NOW, first_name="Anne", last_name="Akutt", demo=True)
    add_role(anne, Role.WARD_NURSE, world.hospital, unit=unit, now=NOW)
    bring_report()
    page = visit("anne")
    report = page.get_by_role("article").filter(has_text="Testine Prøvesen")
    expect(report).to_contain_text("Kritisk informasjon")
    no_faults(page)
    report.get_by_role("link", name=re.compile("^Les")).click()
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_be_visible()
    no_faults(page)
    stay = admit(world, unit=unit)
    work()
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(0)
    page.locator(f"#opphold-{stay.pk}").get_by_role("button", name="Ja, Storvik kommune").click()
    expect(page.get_by_role("main")).to_contain_text("Bruker av kommunale tjenester: Ja.")


def test_the_responsible_calls_sends_again_and_follows_up(world: SmallWorld, visit: Visit) -> None:
    CounterpartFault.objects.create(organisation=world.municipality, mode="silent")
    user_of(world, admit(world))
    later = NOW + timedelta(hours=25)
    set_clock(later, machine_now=datetime.now(UTC))
    work()
    page = visit("mette")
    page.get_by_role("link", name="Ring eller send på nytt").first.click()
    expect(page.get_by_role("region", name="Ring først")).to_contain_text("60 99 01 20")
    no_faults(page)
    page.get_by_role("button", name="Send samme melding en gang til").click()
    expect(page.get_by_role("main")).to_contain_text("1 melding er sendt på nytt. Oppgaven om å ringe står")
    page.get_by_role("link", name="Avvik og brudd").click()
    no_faults(page)
    page.get_by_text("Følg opp").first.click()
    page.get_by_label("Hva er gjort?").first.fill("Tatt opp med kommunen")
    page.get_by_label("Ferdig fulgt opp").first.check()
    page.get_by_role("button", name="Lagre").first.click()
    expect(page.get_by_role("main")).to_contain_text("Tatt opp med kommunen")
    for address in ("/motparter/", "/rutinen/"):
        page.goto(address)
        no_faults(page)


def test_the_municipality_shares_its_inbox_and_answers_in_two_clicks(world: SmallWorld, visit: Visit) -> None:
    north = Unit.objects.create(organisation=world.municipality, code="NORD", name="Sone nord", kind="zone")
    nora = add_user("nora", "demo", now=NOW, first_name="Nora", last_name="Sonenord", demo=True)
    add_role(nora, Role.MUNICIPAL_NURSE, world.municipality, unit=north, now=NOW)
    stay = admit(world)
    user_of(world, stay)
    page = visit("hans", "/innboks/")
    no_faults(page)
    page.get_by_label("Fordel Testine Prøvesen til").select_option(label="Sone nord")
    page.get_by_role("button", name="Fordel", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Fordelt til Sone nord.")
    zone = visit("nora", "/innboks/")
    expect(zone.get_by_role("row", name=re.compile("Testine Prøvesen"))).to_be_visible()
    doctor = events.Professional(family_name="Dokter", given_name="Dina")
    register(stay, events.ReadySet(at=NOW, ready_date=date(2026, 11, 16), decided_by=doctor), user=world.nurse, now=NOW)
    work()
    course = Course.objects.get()
    page = visit("siri", f"/forlop/{course.pk}/")
    no_faults(page)
    page.get_by_role("link", name="Kan ta imot", exact=True).click()
    page.get_by_role("main").get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_role("main")).to_contain_text("kan ta imot på meldt dato")
