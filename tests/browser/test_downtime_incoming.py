"""What came in, what did not arrive, whom to call: in a browser, narrow, without script, accessible."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.configuration import MailSetting, PostboxSetting, configuration
from samhandling.downtime import mail_in, services
from samhandling.downtime.models import Notice, Outage
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.store.services import now as present
from tests.mailbox_server import MailServer
from tests.store.small_world import NOW, SmallWorld
from tests.unit.test_downtime_incoming import NUMBER, bounce, words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def server() -> Iterator[MailServer]:
    found = MailServer()
    found.start()
    yield found
    found.stop()


@pytest.fixture
def outage(world: SmallWorld, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Outage:
    """An acute outage whose one notice came back, a report by mail of a known sender, and one of a stranger."""
    mail = MailSetting(host="127.0.0.1", port=server.smtp_port, starttls=False, sender="stans@sykehuset.invalid")
    monkeypatch.setattr(configuration(), "mail", mail)
    ContactGroup.objects.all().delete()
    group = ContactGroup.objects.create(organisation=world.hospital, name="PLO Andre", email="borte@sykehuset.invalid")
    ContactGroupMember.objects.create(group=group, role="Vakt", name="Vigdis Vakt", mobile="912 34 567", sms=True)
    ContactPoint.objects.create(
        organisation=world.municipality, kind="acute_stop", name="IKT-vakten", email="vakt@kommune.invalid"
    )
    ContactPoint.objects.create(
        organisation=world.hospital, kind="acute_stop", name="IKT-varsel", phone="60 10 00 93",
        email="ikt-varsel@sykehuset.invalid", hours="workdays 07:30-15:30",
    )  # fmt: skip
    report = services.Report(kind="acute", start=NOW, end=None, known_at=NOW)
    row = services.announce_acute(world.hospital, report, user=world.responsible, now=NOW)
    run_due(present(), strict=True)
    server.mailbox.clear()
    notice = Notice.objects.get(address="borte@sykehuset.invalid")
    box = PostboxSetting(port=server.imap_port, tls=False, user="stans")
    server.put(bounce(returned=notice.message_id.strip("<>")))
    mail_in.collect(box, mail_in._returned, present())
    server.put(words("Vi får ikke sendt meldinger siden kl. 9.\nRing oss.", "Meldinger nede"))
    server.put(words(f"Pasient {NUMBER} får ikke epikrise", "Hjelp", From="ukjent@x.invalid"))
    server.put(bounce(returned="fremmed@example.org"))
    mail_in.collect(box, mail_in._reported, present())
    return row


def looked_at(page: Page, name: str) -> None:
    """Accessible, and no wider than a telephone; pictures into the folder that the environment names."""
    folder = os.environ.get("SAMHANDLING_PICTURES")
    page.set_viewport_size({"width": 1280, "height": 900})
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        page.emulate_media(media="print")
        page.screenshot(path=f"{folder}/{name}-print.png", full_page=True)
        page.emulate_media(media="screen")
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    page.set_viewport_size({"width": 320, "height": 700})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if folder:
        page.screenshot(path=f"{folder}/{name}-320.png", full_page=True)
    assert wide <= 320, f"{name} is {wide} px wide"


def test_follow_up_and_telephone_list(world: SmallWorld, outage: Outage, visit: Visit) -> None:
    page = visit("mette", f"/nedetid/{outage.pk}/")
    expect(page.get_by_role("main")).to_contain_text("550 5.1.1 No such user")
    looked_at(page, "outage")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label(re.compile("Hvem fikk beskjed.*PLO Andre")).fill("Ringte Vigdis kl. 11")
    page.get_by_role("button", name=re.compile("Fulgt opp.*PLO Andre")).click()
    expect(page.get_by_role("main")).to_contain_text("Ringte Vigdis kl. 11")
    page.get_by_role("link", name="Telefonliste").click()
    looked_at(page, "phones")
    page.get_by_role("button", name=re.compile("Ringt.*Vigdis Vakt")).click()
    expect(page.get_by_role("main")).to_contain_text("er varslet på telefon")
    page.goto(f"/nedetid/{outage.pk}/tekst/acute/?sprak=nn")
    expect(page.get_by_label("Tekst")).to_have_value(re.compile("naudrutinar"))
    looked_at(page, "text")


def test_reports_by_mail_are_decided_by_a_person(world: SmallWorld, outage: Outage, visit: Visit) -> None:
    page = visit("mette", "/nedetid/")
    page.get_by_role("link", name="Meldt stans og e-post (3)").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Storvik kommune, IKT-vakten")
    expect(main).to_contain_text("Ukjent avsender")
    expect(main).not_to_contain_text(NUMBER)
    looked_at(page, "incoming")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Sett på").click()
    page.get_by_role("button", name=re.compile("Ikke ny stans.*ukjent@x[.]invalid")).click()
    page.get_by_role("link", name=re.compile("Meld akutt stans.*Kari Vakt")).click()
    expect(page.get_by_label("Hvem meldte fra, og hvordan?")).to_have_value(re.compile("Kari Vakt"))
    page.get_by_role("button", name="Meld akutt stans og varsle").first.click()
    expect(main).to_contain_text("Stansen er meldt")
    page.goto("/nedetid/meldt/")
    expect(main).to_contain_text("Ingen meldinger om stans venter")


def test_contact_points_without_log_in(world: SmallWorld, outage: Outage, visit: Visit) -> None:
    page = visit("", "/driftsstatus/kontaktpunkter/")
    expect(page.get_by_role("main")).to_contain_text("IKT-varsel")
    looked_at(page, "contacts")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Meld stans").first.click()
    looked_at(page, "report")
