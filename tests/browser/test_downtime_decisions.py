"""What people decide about outages, in a browser: send both or neither, is it an outage, is this number right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.downtime import services
from samhandling.downtime.models import RegisterEntry, SuspicionMute
from samhandling.exchange.models import Message, WithdrawnMatter
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.stays import events
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.small_world import NOW, SmallWorld
from tests.store.test_downtime_messages import ready, report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def undecided(world: SmallWorld) -> WithdrawnMatter:
    """The municipality was down; M6 and M7 waited together; it is up again."""
    outage = services.announce_acute(world.hospital, report(), user=None, now=NOW)
    stay = ready(world)
    at = NOW + timedelta(minutes=5)
    register(stay, events.ReadyCleared(at=at), user=world.nurse, now=at)
    services.finish(outage.pk, user=None, now=NOW + timedelta(minutes=10))
    for minutes in (11, 12, 13, 14):
        set_clock(NOW + timedelta(minutes=minutes), machine_now=datetime.now(UTC))
        run_due(present(), strict=True)
    return WithdrawnMatter.objects.get()


def silent(world: SmallWorld) -> None:
    """Messages came at this hour for three weeks, and none today."""
    for week in (1, 2, 3):
        for number in range(4):
            at = NOW - timedelta(weeks=week, minutes=5 + 10 * number)
            Message.objects.create(
                organisation=world.hospital, direction="in", msg_id=str(uuid4()), msg_id_written="x", state="taken",
                counterpart_organisation=world.municipality.her_id, counterpart_name="Sykepleietjenesten",
                created_at=at,
            )  # fmt: skip


def test_the_nurse_sends_both(undecided: WithdrawnMatter, visit: Visit) -> None:
    page = visit("kari", "/nedetid/etter/")
    expect(page.get_by_role("heading", name="Avgjør om dette skal sendes")).to_be_visible()
    page.get_by_role("button", name="Send begge").click()
    expect(page.get_by_role("main")).to_contain_text("Begge sendes nå")
    undecided.refresh_from_db()
    assert undecided.sent is True


def test_the_message_responsible_sends_neither(undecided: WithdrawnMatter, visit: Visit) -> None:
    page = visit("mette", "/nedetid/etter/", java_script_enabled=False)
    page.get_by_role("button", name="Send ingen").click()
    expect(page.get_by_role("main")).to_contain_text("Ingen av dem sendes")
    undecided.refresh_from_db()
    assert undecided.sent is False


def test_a_suspicion_is_proposed_or_put_away(world: SmallWorld, visit: Visit) -> None:
    silent(world)
    page = visit("mette", "/nedetid/mulig/")
    page.get_by_role("link", name="Foreslå stans").first.click()
    expect(page.get_by_label(world.municipality.name)).to_be_checked()
    expect(page.get_by_label("Hvorfor?")).to_have_value(
        "Ingen meldinger på fire timer. Det pleier å komme 3 på denne tiden"
    )
    page.goto("/nedetid/mulig/")
    page.get_by_label("Hvorfor er det ikke stans?").first.fill("De har planleggingsdag")
    page.get_by_role("button", name="Ikke stans").first.click()
    expect(page.get_by_role("main")).to_contain_text("Notert at det ikke er stans")
    assert SuspicionMute.objects.count() == 1


def test_a_number_is_confirmed(world: SmallWorld, visit: Visit) -> None:
    ContactPoint.objects.create(organisation=world.hospital, kind="acute_stop", name="IKT-vakt", phone="60 00 00 09")
    page = visit("mette", "/nedetid/kontakter/")
    expect(page.get_by_role("main")).to_contain_text("Holdes av kommunen selv")
    page.get_by_role("button", name="Bekreft at dette stemmer").first.click()
    expect(page.get_by_role("main")).to_contain_text("er bekreftet")
    assert RegisterEntry.objects.get(what="confirmed").user == world.responsible


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_accessible_also_when_narrow(
    undecided: WithdrawnMatter, world: SmallWorld, visit: Visit, width: int
) -> None:
    silent(world)
    ContactPoint.objects.create(organisation=world.hospital, kind="acute_stop", name="IKT-vakt", phone="60 00 00 09")
    group = ContactGroup.objects.create(organisation=world.hospital, name="PLO Andre", email="plo@sykehuset.invalid")
    ContactGroupMember.objects.create(group=group, role="Vaktleder", email="vaktleder@sykehuset.invalid")
    page = visit("mette", "/nedetid/etter/", viewport={"width": width, "height": 800})
    for address in ("/nedetid/etter/", "/nedetid/mulig/", "/nedetid/kontakter/", "/nedetid/dokumenter/",
                    "/nedetid/register/kontakt/ny/"):  # fmt: skip
        page.goto(address)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == [], address
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} wide at {width}"
