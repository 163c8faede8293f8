"""A matter in a browser: what counts, what changed, answers under questions; matching by two; what is not ours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from samhandling.exchange.models import Message
from samhandling.patients.services import register as register_patient
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import register
from tests.browser.test_writing import barriers, fill, work
from tests.store.small_world import NOW, SmallWorld, admit, details

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    for event in (events.MunicipalUserSet(at=NOW, value=True), events.NeedAssessed(at=NOW, value=True)):
        register(found, event, user=world.nurse, now=NOW)
    work()
    return found


@pytest.fixture
def told(stay: Stay, visit: Visit) -> Page:
    """A nurse has sent an early notice and a change of it; her page."""
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    fill(page)
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Send tidligmeldingen").click()
    page.get_by_role("link", name="Endringsmelding", exact=True).click()
    page.get_by_label("Hva er endret?").fill("Trenger mer hjelp")
    page.get_by_label("Antatt forløp").fill("Trenger hjelp til stell og mat.")
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Send endringsmeldingen").click()
    work()
    return page


def received(world: SmallWorld, kind: str) -> Message:
    return Message.objects.filter(organisation=world.municipality, direction="in", type=kind).latest("pk")


def test_the_nurse_sees_the_whole_matter_from_the_stay(told: Page, stay: Stay) -> None:
    told.goto(f"/opphold/{stay.pk}/")
    told.get_by_role("link", name=re.compile("^Hele saken Endringsmelding")).click()
    main = told.get_by_role("main")
    expect(main).to_contain_text("Dette gjelder nå")
    entries = told.locator(".matter__entry")
    expect(entries).to_have_count(2)
    expect(entries.nth(0)).to_contain_text("Endringsmelding")
    expect(entries.nth(0)).to_contain_text(re.compile("Mottatt hos Saksbehandling"))
    expect(entries.nth(0).locator("ins").first).to_be_visible()
    expect(entries.nth(1)).to_contain_text("Erstattet av en nyere")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320)])
def test_no_barrier_and_nothing_too_wide(told: Page, world: SmallWorld, visit: Visit, scheme: str, width: int) -> None:
    notice = received(world, "HELSEOPPL_SOKNAD")
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    handler = visit("siri", f"/melding/{notice.pk}/avvik/".replace("/melding", "/skriv/melding"), **options)
    handler.get_by_label("Den er feilsendt eller har feil adressat").check()
    handler.get_by_label("Forklaring").fill("Gjelder en annen kommune.")
    handler.get_by_role("button", name="Se over før sending").click()
    handler.get_by_role("button", name="Send avviksmeldingen").click()
    work()
    found = []
    for path in (f"/melding/{notice.pk}/sak/", f"/melding/{notice.pk}/endringer/", f"/melding/{notice.pk}/pasient/"):
        handler.goto(path)
        found += barriers(handler, width)
    handler.goto(f"/melding/{notice.pk}/sak/")
    under = handler.get_by_role("list", name=re.compile("^Svar på"))
    expect(under).to_contain_text("Avviksmelding")
    handler.emulate_media(media="print")
    expect(handler.get_by_role("button", name="Skriv ut")).to_be_hidden()
    expect(handler.locator("ins").first).to_be_visible()
    assert found == []


def test_a_match_where_numbers_differ_is_confirmed_by_another(told: Page, world: SmallWorld, visit: Visit) -> None:
    notice = received(world, "HELSEOPPL_SOKNAD")
    Message.objects.filter(pk=notice.pk).update(patient=None, flags=["manual_match"])
    register_patient(details("Testine", "Prøvesøn"), organisation_id=world.municipality.pk, now=NOW)
    handler = visit("siri", f"/melding/{notice.pk}/pasient/")
    handler.get_by_label("Navn eller fødselsnummer").fill("Testine Prøvesøn")
    handler.get_by_role("main").get_by_role("button", name="Søk").click()
    handler.get_by_role("button", name="Dette er pasienten").click()
    expect(handler.get_by_role("main")).to_contain_text("Ikke bekreftet samme pasient")
    handler.get_by_role("link", name="Sammenlign og bekreft").click()
    expect(handler.get_by_role("button", name="Ja, samme pasient")).to_have_count(0)
    other = visit("hans", f"/melding/{notice.pk}/bekreft/")
    assert barriers(other, 1280) == []
    other.get_by_role("button", name="Ja, samme pasient").click()
    expect(other.get_by_role("main")).not_to_contain_text("Ikke bekreftet samme pasient")


def test_what_is_not_ours_is_locked_in_two_presses(told: Page, world: SmallWorld, visit: Visit) -> None:
    notice = received(world, "HELSEOPPL_SOKNAD")
    handler = visit("siri", f"/melding/{notice.pk}/")
    handler.get_by_text("Tekniske opplysninger").last.click()
    handler.get_by_role("link", name="Ikke til oss: lås innholdet").click()
    handler.get_by_label("Hvorfor er den ikke til oss?").fill("Feil kommune")
    handler.get_by_role("button", name="Lås innholdet").click()
    expect(handler.get_by_role("main")).to_contain_text("Siri Moe avgjorde")
    expect(handler.get_by_role("main")).not_to_contain_text("Trenger hjelp til stell")
    assert barriers(handler, 1280) == []
    handler.get_by_role("button", name="Den var til oss likevel").click()
    expect(handler.get_by_role("main")).to_contain_text("Trenger hjelp til stell")
