"""The desk in a browser: the journey from admission to the municipality, keyboard, narrow screens, print, no script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.access.purpose import give
from samhandling.access.roles import Role
from samhandling.access.scope import Scope
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays.models import Course
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.tasks.services import open_task
from tests.store.small_world import NOW, SmallWorld, admit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def work() -> None:
    """What the worker would do now."""
    run_due(present(), strict=True)


def test_from_admission_to_the_municipality_and_back(world: SmallWorld, visit: Visit) -> None:
    stay = admit(world)
    nurse = visit("kari")
    row = nurse.locator(f"#opphold-{stay.pk}")
    expect(row).to_contain_text("Ikke vurdert")
    row.get_by_role("link", name="Svar nå").click()
    nurse.get_by_role("group", name="Bruker av kommunale tjenester").get_by_label("Ja").check()
    nurse.get_by_role("group", name="Behov for kommunale tjenester").get_by_label("Ja").check()
    expect(nurse.locator(".beside")).to_have_text(re.compile(r"Testine Prøvesen.*14\.03\.1942", re.S))
    nurse.get_by_role("button", name="Lagre svarene").click()
    expect(nurse.get_by_role("status").first).to_contain_text("Svarene er lagret.")
    work()
    nurse.reload()
    told = nurse.get_by_role("region", name="Kommunen vet")
    expect(told).to_contain_text(re.compile(r"Innlagt.*Mottatt hos Sykepleietjeneste", re.S))

    nurse.get_by_role("link", name="Utskrivningsklar", exact=True).click()
    nurse.get_by_label("Etternavn til beslutningsansvarlig").fill("Dokter")
    nurse.get_by_label("Fornavn til beslutningsansvarlig").fill("Dina")
    nurse.get_by_role("button", name="Registrer utskrivningsklar").click()
    work()

    handler = visit("siri")
    handler.get_by_role("link", name="Testine Prøvesen", exact=True).click()
    expect(handler.get_by_role("main")).to_contain_text("Bestemt av")
    handler.get_by_role("link", name="Les meldingen").first.click()
    document = handler.get_by_role("region", name="Innholdet i meldingen")
    expect(document).to_contain_text("Dokter")
    with handler.expect_download() as download:
        handler.get_by_role("link", name="Original (XML)").click()
    assert download.value.suggested_filename.endswith(".xml")

    nurse.goto(f"/opphold/{stay.pk}/registrer/ikke-klar/")
    nurse.get_by_label("Nei, registrert ved feil → trekk tilbake").check()
    nurse.get_by_role("button", name="Registrer").click()
    work()
    expect(nurse.get_by_role("region", name="Gjør dette nå")).to_contain_text("trukket tilbake. Ring")
    handler.goto("/")
    expect(handler.get_by_role("main")).to_contain_text("Innlagt nå")
    assert Message.objects.filter(organisation=world.hospital, status="C").count() == 1


def everything(world: SmallWorld) -> list[tuple[str, str]]:
    """(user, page) of every kind of page, with something on each."""
    stay = admit(world)
    admit(world, given="Uten", visit="2", municipality="9902")
    from samhandling.stays import events
    from samhandling.stays.services import register

    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    work()
    task = open_task(
        organisation=world.hospital, unit=world.medicine, kind="call", cause="A-11", severity="high", now=NOW,
        patient=stay.patient, text="Ring kommunen.", phone="60 99 01 20",
    )  # fmt: skip
    out = Message.objects.get(organisation=world.hospital, direction="out")
    # The first time the stay is the question why; the message is then opened for what was answered.
    give(Scope(user=world.responsible, organisation=world.hospital, role=Role.MESSAGE_RESPONSIBLE, unit_ids=None),
         f"message:{out.pk}", "Kontroll", now=NOW)  # fmt: skip
    received = Message.objects.get(organisation=world.municipality, direction="in")
    course = Course.objects.get()
    return [
        ("", "/inn/"),
        ("kari", "/"),
        ("kari", f"/opphold/{stay.pk}/"),
        ("kari", f"/opphold/{stay.pk}/registrer/vurdering/"),
        ("kari", f"/opphold/{stay.pk}/registrer/utskrevet/"),
        ("kari", "/oppgaver/"),
        ("kari", f"/oppgave/{task.pk}/"),
        ("kari", "/finnes/ikke/"),
        ("kari", "/klokke/"),
        ("mette", "/"),
        ("mette", "/meldinger/"),
        ("mette", f"/opphold/{stay.pk}/"),
        ("mette", f"/melding/{out.pk}/?innhold=1"),
        ("mette", "/opphold/"),
        ("siri", "/"),
        ("siri", f"/forlop/{course.pk}/"),
        ("siri", f"/melding/{received.pk}/"),
        ("siri", "/sok/"),
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320)])
def test_no_barrier_on_any_page_and_nothing_scrolls_sideways(
    world: SmallWorld, visit: Visit, scheme: str, width: int
) -> None:
    pages: dict[str, Page] = {}
    found = []
    for username, path in everything(world):
        if username not in pages:
            size = {"width": width, "height": 900}
            pages[username] = visit(username, path="/inn/" if not username else "/", color_scheme=scheme, viewport=size)
        page = pages[username]
        page.goto(path)
        result = Axe().run(page)
        found += [f"{path}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in result.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path}: wider than {width}")
    assert found == []


def test_everything_works_without_script(world: SmallWorld, visit: Visit) -> None:
    stay = admit(world)
    page = visit("kari", java_script_enabled=False)
    page.get_by_role("link", name=re.compile("^Svar nå")).click()
    page.get_by_role("group", name="Bruker av kommunale tjenester").get_by_label("Ja").check()
    page.get_by_role("button", name="Lagre svarene").click()
    expect(page.get_by_role("main")).to_contain_text("Svarene er lagret.")
    page.locator("#sok").fill("Prøvesen")
    page.get_by_role("button", name="Søk").click()
    expect(page).to_have_url(re.compile(rf"/opphold/{stay.pk}/$"))
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Logg ut").click()
    expect(page).to_have_url(re.compile("/inn/$"))


def test_the_keyboard_is_enough(world: SmallWorld, visit: Visit) -> None:
    admit(world)
    page = visit()
    page.keyboard.type("kari")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#innhold")).to_be_focused()
    for name in ("1 ikke vurdert", "Vaktrapport", "Testine Prøvesen"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#sok")).to_be_focused()


def test_a_wrong_form_moves_focus_to_the_summary_and_the_link_leads_to_the_field(
    world: SmallWorld, visit: Visit
) -> None:
    stay = admit(world)
    page = visit("kari", f"/opphold/{stay.pk}/registrer/utskrevet/")
    page.get_by_label("Klokkeslett").fill("kvart over")
    page.get_by_role("button", name="Registrer utskriving").click()
    summary = page.locator(".summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Rett opp disse feilene:")
    summary.get_by_role("link", name=re.compile("Klokkeslettet kan ikke leses")).click()
    expect(page.get_by_label("Klokkeslett")).to_be_focused()
    expect(page.get_by_label("Klokkeslett")).to_have_attribute("aria-invalid", "true")


def test_a_tired_hand_that_presses_twice_registers_once(world: SmallWorld, visit: Visit) -> None:
    open_task(
        organisation=world.hospital, unit=world.medicine, kind="call", cause="A-11", severity="high", now=NOW, text="Ring."
    )  # fmt: skip
    page = visit("kari", "/oppgaver/")
    page.locator(".who-link").click()
    page.get_by_label("Notat").fill("Ringte koordinator")
    page.get_by_role("button", name="Lagre bare notatet").dblclick()
    expect(page.get_by_role("main")).to_contain_text("Notatet er lagret.")
    assert Task.objects.get().steps.filter(kind="noted").count() == 1


def test_a_lost_connection_is_said_on_the_page(world: SmallWorld, visit: Visit) -> None:
    page = visit("kari")
    page.clock.install()
    page.goto("/")
    expect(page.locator("#out-of-contact")).to_be_hidden()
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    expect(page.locator("#out-of-contact")).to_contain_text("Vi har ikke kontakt med meldingsutvekslingen siden kl.")
    expect(page.locator("#out-of-contact")).to_contain_text("Tallene kan være gamle.")


def test_the_list_refreshes_itself(world: SmallWorld, visit: Visit) -> None:
    page = visit("kari")
    page.clock.install()
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("Ingen pasienter er innlagt her nå.")
    admit(world)
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("link", name="Testine Prøvesen", exact=True)).to_be_visible()


def test_paper_says_what_it_is_and_how_old(world: SmallWorld, visit: Visit) -> None:
    admit(world)
    page = visit("kari")
    page.emulate_media(media="print")
    expect(page.get_by_text("SYNTETISK").first).to_be_visible()
    expect(page.locator(".on-paper")).to_contain_text(
        re.compile(r"Oppdatert 16\.11\.2026 kl\. 10\.2\d\. Er dette eldre enn 30 minutter, er systemet trolig nede")
    )
    expect(page.locator("#sok")).to_be_hidden()
    expect(page.get_by_role("link", name="Svar nå")).to_be_hidden()


def test_the_language_is_switched_and_stays(world: SmallWorld, visit: Visit) -> None:
    page = visit("kari")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="My work")).to_be_visible()
    page.get_by_role("button", name="Nynorsk").click()
    expect(page.get_by_role("link", name="Oppgåver")).to_be_visible()


def test_nothing_on_the_page_breaks_its_own_security_policy(world: SmallWorld, visit: Visit) -> None:
    said: list[str] = []
    page = visit()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/inn/")
    page.get_by_label("Brukernavn").fill("kari")
    page.get_by_label("Passord").fill("demo")
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()
    expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert said == []
