"""Attachments and messages to doctors in a browser: written, sent, opened, withdrawn, answered; without script too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, send
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.stays import events
from samhandling.stays.models import Course, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from tests.store.small_world import NOW, SmallWorld, admit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
GP = "98000501"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)


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


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Files as a nurse has them."""
    found = {"Sår på hælen.png": PNG, "Brev.docx": b"PK\x03\x04 ikke dette", "Prøvesvar.pdf": b"%PDF-1.4 svar"}
    for name, content in found.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in found}


def preview_and_send(page: Page, button: str) -> None:
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_picture_is_attached_sent_and_opened_at_the_receiver(
    world: SmallWorld, stay: Stay, visit: Visit, files: dict[str, Path], script: bool
) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/", java_script_enabled=script)
    page.get_by_label("Pasientens status").fill("Se vedlagt bilde.")
    page.get_by_label("Velg filer").set_input_files(files["Brev.docx"])
    page.get_by_role("button", name="Legg ved").click()
    expect(page.get_by_role("main")).to_contain_text("Vedlegg må være PDF, JPEG eller PNG.")
    page.get_by_label("Velg filer").set_input_files([files["Sår på hælen.png"], files["Prøvesvar.pdf"]])
    page.get_by_role("button", name="Legg ved").click()
    attached = page.get_by_role("group", name="Vedlegg")
    expect(attached.get_by_role("listitem")).to_have_count(2)
    expect(attached).to_contain_text("Bilde · 1 kB")
    page.get_by_role("button", name="Fjern Prøvesvar").click()
    expect(page.get_by_role("group", name="Vedlegg").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_label("Pasientens status")).to_have_value("Se vedlagt bilde.")
    page.context.clear_cookies()
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/", java_script_enabled=script)
    page.get_by_label("Antatt forløp").fill("Hjem.")
    page.get_by_label("Forventet utskrivningsklar").fill("20.11.2026")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Sår på hælen")
    page.get_by_role("button", name="Send tidligmeldingen").click()
    work()
    received = Message.objects.get(organisation=world.municipality, type="HELSEOPPL_SOKNAD")
    handler = visit("siri", f"/melding/{received.pk}/", java_script_enabled=script)
    expect(handler.get_by_role("region", name="Vedlegg")).to_contain_text("Bilde · 1 kB")
    handler.get_by_role("link", name="Åpne Sår på hælen").click()
    assert handler.url.endswith("/vedlegg/1/")
    assert handler.evaluate("document.contentType") == "image/png" if script else True
    assert handler.locator("img").count() == 1


def test_what_is_written_saves_itself_without_sending_the_file_each_time(
    stay: Stay, visit: Visit, files: dict[str, Path]
) -> None:
    page = visit("kari", f"/skriv/opphold/{stay.pk}/tidligmelding/")
    bodies: list[bytes] = []
    page.on("request", lambda r: bodies.append(r.post_data_buffer or b"") if r.url.endswith("/utkast/") else None)
    page.get_by_label("Velg filer").set_input_files(files["Sår på hælen.png"])
    page.get_by_label("Pasientens status").fill("Tekst")
    page.get_by_label("Antatt forløp").focus()
    expect(page.locator("#saved")).to_contain_text("Utkast lagret")
    assert bodies
    assert not any(PNG[:20] in body or b"filename" in body for body in bodies)


def test_health_information_to_the_doctor_written_withdrawn_and_seen(
    world: SmallWorld, stay: Stay, visit: Visit
) -> None:
    course = Course.objects.get()
    page = visit("hans", f"/forlop/{course.pk}/")
    page.get_by_role("link", name="Helseopplysninger til lege").click()
    page.get_by_label("Til", exact=True).select_option(GP)
    page.get_by_label("Ønske om legevurdering").check()
    page.get_by_label("Aktuell problemstilling").fill("Økende smerter siste uke.")
    page.get_by_label("Iverksatte tiltak").fill("Paracet fast")
    page.get_by_role("button", name="Legg til legemiddel").click()
    page.get_by_label("Legemiddel", exact=True).fill("Paracet")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("main")).to_contain_text("Til Lege Lønn, Storvik legesenter")
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Paracet fast")
    page.get_by_role("button", name="Send helseopplysningene").click()
    expect(page.get_by_role("main")).to_contain_text("Helseopplysningene er sendt")
    work()
    sent = Message.objects.get(organisation=world.municipality, type="HELSEOPPLYSNINGER_LEGE")
    page.goto(f"/melding/{sent.pk}/")
    page.get_by_role("link", name="Trekk tilbake").click()
    page.get_by_label("Hvorfor trekkes meldingen tilbake?").fill("Feil pasient.")
    preview_and_send(page, "Trekk tilbake og si fra")
    work()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Trukket tilbake.")


def test_all_services_and_an_answer_to_the_doctors_request(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    course = Course.objects.get()
    gp = Organisation.objects.get(kind="gp")
    outcome = send(
        Draft(
            organisation=gp, message_type="DIALOG_FORESPORSEL", event_at=NOW, sender_her=GP, receiver_her="98310702",
            patient=course.patient,
            values={
                "asked_by": "9153", "request_type": "3", "question": "Hvilke tjenester har hun?",
                "responsible": {"family_name": "Lønn", "profession": "LE", "phone": "60990500"},
            },
        ),
        now=NOW,
    )  # fmt: skip
    assert outcome.message is not None, outcome.findings
    work()
    heard = Message.objects.get(organisation=world.municipality, type="DIALOG_FORESPORSEL")
    page = visit("siri", f"/melding/{heard.pk}/")
    page.get_by_role("link", name="Svar med orientering om tjenestetilbud").click()
    page.get_by_role("group", name="Tjeneste 1").get_by_label("Betegnelse").fill("Hjemmesykepleie")
    page.get_by_role("group", name="Tjeneste 1").get_by_label("Leveres av").fill("Sone nord")
    page.get_by_role("group", name="Tjeneste 1").get_by_label("Fra dato").fill("01.03.2026")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Hvilke tjenester har hun?")
    page.get_by_role("button", name="Send orienteringen").click()
    work()
    answer = Message.objects.get(organisation=gp, type="ORIENTERING_TJENESTETILBUD")
    assert answer.refers_to == outcome.message
    expect(page.get_by_role("region", name="Svar og meldinger om denne")).to_contain_text(
        "Orientering om tjenestetilbud"
    )


def test_a_dialogue_with_the_doctor_goes_on(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    page = visit("hans", f"/skriv/forlop/{Course.objects.get().pk}/helsefaglig-dialog/")
    page.get_by_label("Til", exact=True).select_option(GP)
    page.get_by_label("Emne").fill("Blodprøve")
    page.get_by_label("Melding", exact=True).fill("Kan dere ta blodprøve på tirsdag?")
    page.get_by_label("Hvem hos mottakeren bør lese den?").select_option("LE")
    preview_and_send(page, "Send meldingen")
    work()
    sent = Message.objects.get(organisation=world.municipality, type="DIALOG_HELSEFAGLIG")
    page.goto(f"/melding/{sent.pk}/")
    page.get_by_role("link", name="Skriv mer i dialogen").click()
    expect(page.get_by_label("Emne")).to_have_value("Blodprøve")
    page.get_by_label("Melding", exact=True).fill("Vi mente onsdag.")
    preview_and_send(page, "Send meldingen")
    work()
    expect(page.get_by_role("region", name="Svar og meldinger om denne")).to_contain_text("Helsefaglig dialog")


def test_medical_information_and_the_deviation_it_gets(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    nurse = visit("kari", f"/opphold/{stay.pk}/")
    nurse.get_by_role("link", name="Medisinske opplysninger").click()
    nurse.get_by_label("Til", exact=True).select_option("98310701")
    nurse.get_by_label("Rapport etter konsultasjon").check()
    nurse.get_by_label("Aktuelle problemstillinger").fill("Kontroll av blodtrykk.")
    preview_and_send(nurse, "Send opplysningene")
    work()
    received = Message.objects.get(direction="in", type="MEDISINSKE_OPPLYSNINGER")
    page = visit("hans", f"/melding/{received.pk}/")
    page.get_by_role("link", name="Send avviksmelding").click()
    expect(page.get_by_role("main")).to_contain_text("Brudd på rutine eller samarbeidsavtale")
    page.get_by_label("Den er feilsendt eller har feil adressat").check()
    page.get_by_label("Forklaring").fill("Pasienten har flyttet.")
    preview_and_send(page, "Send avviksmeldingen")
    work()
    sent = Message.objects.get(direction="out", type="MEDISINSKE_OPPLYSNINGER")
    nurse.goto(f"/melding/{sent.pk}/")
    expect(nurse.get_by_role("region", name="Svar og meldinger om denne")).to_contain_text("Avviksmelding")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320)])
def test_no_barrier_on_any_page_and_nothing_scrolls_sideways(
    world: SmallWorld, stay: Stay, visit: Visit, files: dict[str, Path], scheme: str, width: int
) -> None:
    course = Course.objects.get()
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    page = visit("hans", f"/forlop/{course.pk}/", **options)
    found = barriers(page, width)
    for what in ("helseopplysninger-til-lege", "orientering-om-tjenestetilbud", "helsefaglig-dialog", "notat"):
        page.goto(f"/skriv/forlop/{course.pk}/{what}/")
        found += barriers(page, width)
    page.goto(f"/skriv/forlop/{course.pk}/helsefaglig-dialog/")
    page.get_by_label("Til", exact=True).select_option(GP)
    page.get_by_label("Emne").fill("Sår")
    page.get_by_label("Melding", exact=True).fill("Se bildet.")
    page.get_by_label("Hvem hos mottakeren bør lese den?").select_option("LE")
    page.get_by_label("Velg filer").set_input_files(files["Sår på hælen.png"])
    page.get_by_role("button", name="Legg ved").click()
    expect(page.get_by_role("group", name="Vedlegg").get_by_role("listitem")).to_have_count(1)
    found += barriers(page, width)
    preview_and_send(page, "Send meldingen")
    sent = Message.objects.get(organisation=world.municipality, type="DIALOG_HELSEFAGLIG")
    page.goto(f"/melding/{sent.pk}/")
    expect(page.get_by_role("region", name="Vedlegg")).to_be_visible()
    found += barriers(page, width)
    nurse = visit("kari", f"/skriv/opphold/{stay.pk}/medisinske-opplysninger/", **options)
    found += barriers(nurse, width)
    assert found == []


def barriers(page: Page, width: int) -> list[str]:
    """What axe finds, and a page that is too wide."""
    result = Axe().run(page)
    found = [f"{page.url}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in result.response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{page.url}: wider than {width}")
    return found
