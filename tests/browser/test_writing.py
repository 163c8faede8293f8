"""Writing messages in a browser: a nurse's early notice, drafts, changes, answers, deviations; without script too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.writing.models import Draft
from tests.store.small_world import NOW, SmallWorld, admit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def work() -> None:
    """What the worker would do now."""
    run_due(present(), strict=True)


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    found = admit(world)
    for event in (events.MunicipalUserSet(at=NOW, value=True), events.NeedAssessed(at=NOW, value=True)):
        register(found, event, user=world.nurse, now=NOW)
    work()
    return found


def ready(world: SmallWorld, stay: Stay) -> None:
    doctor = events.Professional(family_name="Dokter", given_name="Dina")
    event = events.ReadySet(at=NOW, ready_date=date(2026, 11, 16), decided_by=doctor)
    register(stay, event, user=world.nurse, now=NOW)
    work()


def fill(page: Page) -> None:
    page.get_by_label("Pasientens status").fill("Innlagt etter fall hjemme.")
    page.get_by_label("Antatt forløp").fill("Trenger hjelp til stell.")
    page.get_by_label("Forventet utskrivningsklar").fill("20.11.2026")


def test_an_early_notice_from_the_ward_row_in_three_page_loads(stay: Stay, visit: Visit) -> None:
    page = visit("kari")
    loads: list[str] = []

    def count(request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            loads.append(request.url)

    page.on("request", count)
    page.locator(f"#opphold-{stay.pk}").get_by_role("link", name=re.compile("^Skriv tidligmelding")).click()
    assert page.locator("main form input:visible").count() <= 6
    fill(page)
    page.get_by_role("button", name="Se over før sending").click()
    document = page.get_by_role("region", name="Innholdet i meldingen")
    expect(document).to_contain_text("Innlagt etter fall hjemme.")
    expect(page.locator(".beside")).to_have_text(re.compile(r"Testine Prøvesen.*14\.03\.1942", re.S))
    page.get_by_role("button", name="Send tidligmeldingen").click()
    expect(page.get_by_role("main")).to_contain_text("Tidligmeldingen er sendt, venter på bekreftelse.")
    assert len(loads) <= 3, loads
    work()
    page.reload()
    expect(page.get_by_role("region", name="Kommunen vet")).to_contain_text(
        re.compile(r"Tidligmelding.*Mottatt hos Saksbehandling", re.S)
    )


def test_change_and_withdrawal(stay: Stay, visit: Visit) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    fill(page)
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Send tidligmeldingen").click()
    page.get_by_role("link", name="Endringsmelding", exact=True).click()
    expect(page.get_by_label("Pasientens status")).to_have_value("Innlagt etter fall hjemme.")
    page.get_by_label("Hva er endret?").fill("Ny dato")
    page.get_by_label("Forventet utskrivningsklar").fill("21.11.2026")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("main")).to_contain_text("Endret siden forrige versjon: Forventet utskrivningsklar")
    page.get_by_role("button", name="Send endringsmeldingen").click()
    page.get_by_role("link", name="Trekk tilbake helseopplysning").click()
    page.get_by_label("Hvorfor trekkes meldingen tilbake?").fill("Sendt ved feil.")
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Trekk tilbake og si fra").click()
    work()
    sent = Message.objects.filter(organisation=stay.organisation, type="HELSEOPPL_SOKNAD").order_by("pk")
    assert list(sent.values_list("status", flat=True)) == ["N", "M", "C"]
    page.reload()
    expect(page.get_by_role("region", name="Gjør dette nå")).to_contain_text("trukket tilbake. Ring")


def test_a_draft_saves_itself_and_outlives_the_browser(stay: Stay, visit: Visit) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    page.get_by_label("Pasientens status").fill("Halvferdig tekst")
    page.get_by_label("Antatt forløp").focus()
    expect(page.locator("#saved")).to_contain_text("Utkast lagret")
    page.get_by_label("Antatt forløp").fill("Mer")
    page.get_by_label("Forventet utskrivningsklar").focus()
    expect(page.locator("#saved input[name=version]")).to_have_value("2")
    page.context.close()
    again = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    expect(again.get_by_label("Pasientens status")).to_have_value("Halvferdig tekst")
    # What the page saved by itself does not stand in the way of the button.
    fill(again)
    again.get_by_role("button", name="Se over før sending").click()
    again.get_by_role("button", name="Send tidligmeldingen").click()
    assert Draft.objects.get().sent is not None


def test_everything_works_without_script(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/", java_script_enabled=False)
    page.get_by_label("Pasientens status").fill("Halvferdig")
    page.get_by_role("button", name="Lagre utkast").click()
    expect(page.get_by_role("main")).to_contain_text("Utkastet er lagret.")
    page.goto(f"/skriv/opphold/{stay.pk}/tidligmelding/")
    expect(page.get_by_label("Pasientens status")).to_have_value("Halvferdig")
    fill(page)
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Send tidligmeldingen").click()
    expect(page.get_by_role("main")).to_contain_text("Tidligmeldingen er sendt")


def test_a_wrong_form_moves_focus_to_the_summary(stay: Stay, visit: Visit) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    page.get_by_role("button", name="Se over før sending").click()
    summary = page.locator(".summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Skriv antatt forløp.").click()
    expect(page.get_by_label("Antatt forløp")).to_be_focused()


def test_the_municipality_answers_asks_and_reports(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    ready(world, stay)
    handler = visit("siri", f"/forlop/{Course.objects.get().pk}/")
    handler.get_by_role("link", name="Kan ikke ta imot ennå").click()
    handler.get_by_role("button", name="Send svaret").click()
    expect(handler.get_by_role("main")).to_contain_text("Gi ny beskjed straks plass er klar")
    handler.get_by_role("link", name="Forespørsel", exact=True).click()
    handler.get_by_label("Hva gjelder forespørselen?").select_option(index=1)
    handler.get_by_label("Spørsmål").fill("Når regner dere med utskriving?")
    handler.get_by_role("button", name="Se over før sending").click()
    handler.get_by_role("button", name="Send forespørselen").click()
    work()
    nurse = visit("kari", f"/opphold/{stay.pk}/")
    expect(nurse.get_by_role("region", name="Gjør dette nå")).to_contain_text("Svar på utskrivningsklar")
    step = nurse.locator(".step").filter(has_text="Forespørsel fra kommunen")
    step.get_by_role("link", name="Svar nå").click()
    nurse.get_by_label("Svar").fill("Mandag.")
    nurse.get_by_role("button", name="Se over før sending").click()
    expect(nurse.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Når regner dere med utskriving?")
    nurse.get_by_role("button", name="Send svaret").click()
    work()
    asked = Message.objects.get(organisation=world.municipality, direction="out", type="DIALOG_FORESPORSEL")
    handler.goto(f"/melding/{asked.pk}/")
    expect(handler.get_by_role("region", name="Svar og meldinger om denne")).to_contain_text("Svar på forespørsel")
    ready_message = Message.objects.get(direction="in", type="LOG_UTSKRIVNINGSKLAR")
    handler.goto(f"/melding/{ready_message.pk}/")
    handler.get_by_role("link", name="Send avviksmelding").click()
    handler.get_by_label("Den er feilsendt eller har feil adressat").check()
    handler.get_by_label("Forklaring").fill("Pasienten bor i en annen kommune.")
    handler.get_by_role("button", name="Se over før sending").click()
    handler.get_by_role("button", name="Send avviksmeldingen").click()
    work()
    nurse.goto(f"/opphold/{stay.pk}/")
    expect(nurse.get_by_role("region", name="Gjør dette nå")).to_contain_text("Avviksmelding fra kommunen")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320)])
def test_no_barrier_on_any_page_and_nothing_scrolls_sideways(
    world: SmallWorld, stay: Stay, visit: Visit, scheme: str, width: int
) -> None:
    ready(world, stay)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    nurse = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/", **options)
    found = barriers(nurse, width)
    nurse.get_by_role("button", name="Se over før sending").click()
    found += barriers(nurse, width)
    fill(nurse)
    nurse.get_by_role("button", name="Se over før sending").click()
    found += barriers(nurse, width)
    nurse.emulate_media(media="print")
    expect(nurse.get_by_role("button", name="Send tidligmeldingen")).to_be_hidden()
    expect(nurse.get_by_role("region", name="Innholdet i meldingen")).to_be_visible()
    nurse.emulate_media(media="screen")
    nurse.goto(f"/skriv/opphold/{stay.pk}/foresporsel/")
    found += barriers(nurse, width)
    course = Course.objects.get()
    handler = visit("siri", f"/skriv/forlop/{course.pk}/plass/?svar=from", **options)
    found += barriers(handler, width)
    received = Message.objects.get(direction="in", type="LOG_UTSKRIVNINGSKLAR")
    for path in (f"/forlop/{course.pk}/", f"/melding/{received.pk}/", f"/skriv/melding/{received.pk}/avvik/"):
        handler.goto(path)
        found += barriers(handler, width)
    assert found == []


def barriers(page: Page, width: int) -> list[str]:
    """What axe finds, and a page that is too wide."""
    result = Axe().run(page)
    found = [f"{page.url}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in result.response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{page.url}: wider than {width}")
    return found
