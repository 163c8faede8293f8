"""Rows of a form in a browser: added, filled in, removed, wrong at the very field, kept, sent; without script too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.stays.models import Stay
from tests.browser.test_writing import barriers, fill, stay
from tests.store.small_world import SmallWorld

__all__ = ["stay"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def early(stay: Stay) -> str:
    return f"/skriv/opphold/{stay.pk}/tidligmelding/"


@pytest.mark.parametrize("script", [True, False])
def test_rows_are_added_filled_removed_and_sent(stay: Stay, visit: Visit, script: bool) -> None:
    page = visit("kari", early(stay), java_script_enabled=script)
    fill(page)
    page.get_by_role("button", name="Legg til CAVE").click()
    first = page.get_by_role("group", name="CAVE 1")
    expect(first.get_by_label("Stikkord")).to_be_focused()
    first.get_by_label("Stikkord").fill("Morfin")
    first.get_by_label("Utdyping").fill("Ble forvirret i 2020")
    page.get_by_role("button", name="Legg til CAVE").click()
    page.get_by_role("group", name="CAVE 2").get_by_label("Stikkord").fill("Feil")
    page.get_by_role("button", name="Fjern CAVE 2").click()
    expect(page.get_by_role("group", name="CAVE 2")).to_have_count(0)
    expect(page.get_by_role("button", name="Legg til CAVE")).to_be_focused()
    page.get_by_role("button", name="Legg til pårørende").click()
    kin = page.get_by_role("group", name="Pårørende 1")
    kin.get_by_label("Etternavn").fill("Prøvesen")
    kin.get_by_label("Slektskap").select_option(label="Datter")
    page.get_by_role("button", name="Legg til diagnose").click()
    page.get_by_text("Funksjonsnivå", exact=True).click()
    page.get_by_label("Bevege seg innendørs", exact=True).select_option(label="3 Middels behov for hjelp")
    expect(page.get_by_label("Pasientens status")).to_have_value("Innlagt etter fall hjemme.")
    page.get_by_role("button", name="Se over før sending").click()
    document = page.get_by_role("region", name="Innholdet i meldingen")
    expect(document).to_contain_text("Morfin")
    expect(document).to_contain_text("Datter")
    expect(document).to_contain_text("Bevege seg innendørs")
    expect(document).not_to_contain_text("Feil")
    page.get_by_role("button", name="Send tidligmeldingen").click()
    message = Message.objects.get(direction="out", type="HELSEOPPL_SOKNAD")
    assert message.original is not None
    text = originals.read(message.original).decode()
    # An empty diagnosis and the functions that nobody scored are not sent.
    assert "InfoMedisinskDiagnose" not in text
    assert text.count("KartlagtFunksjon>") == 2


def test_what_a_row_lacks_is_said_at_its_field(stay: Stay, visit: Visit) -> None:
    page = visit("kari", early(stay))
    fill(page)
    page.get_by_role("button", name="Legg til allergi").click()
    page.get_by_role("group", name="Allergi 1").get_by_label("Utdyping").fill("Utslett")
    page.get_by_role("button", name="Legg til kontaktperson").click()
    doctor = page.get_by_role("group", name="Kontaktperson 2")
    doctor.get_by_label("Rolle").select_option(label="Fastlege")
    doctor.get_by_label("Etternavn").fill("Legesen")
    doctor.get_by_label("Telefon").fill("internt")
    page.get_by_role("button", name="Se over før sending").click()
    summary = page.locator(".summary")
    summary.get_by_role("link", name="Skriv hva pasienten er allergisk mot.").click()
    expect(page.get_by_label("Allergisk mot")).to_be_focused()
    page.get_by_label("Allergisk mot").fill("Penicillin")
    page.get_by_role("button", name="Se over før sending").click()
    page.locator(".summary").get_by_role("link", name=re.compile("er ikke et telefonnummer")).click()
    expect(doctor.get_by_label("Telefon")).to_be_focused()
    doctor.get_by_label("Telefon").fill("91 00 00 00")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Penicillin")


def test_enter_never_presses_the_button_of_a_row(stay: Stay, visit: Visit) -> None:
    page = visit("kari", early(stay))
    fill(page)
    page.get_by_role("button", name="Legg til CAVE").click()
    word = page.get_by_role("group", name="CAVE 1").get_by_label("Stikkord")
    word.fill("Morfin")
    word.press("Enter")
    expect(page.get_by_role("region", name="Innholdet i meldingen")).to_contain_text("Morfin")


def test_a_change_starts_with_the_rows_of_the_last_version(stay: Stay, visit: Visit) -> None:
    page = visit("kari", early(stay))
    fill(page)
    page.get_by_role("button", name="Legg til CAVE").click()
    page.get_by_role("group", name="CAVE 1").get_by_label("Stikkord").fill("Morfin")
    page.get_by_role("button", name="Se over før sending").click()
    page.get_by_role("button", name="Send tidligmeldingen").click()
    page.get_by_role("link", name="Endringsmelding", exact=True).click()
    expect(page.get_by_role("group", name="CAVE 1").get_by_label("Stikkord")).to_have_value("Morfin")
    page.get_by_label("Hva er endret?").fill("Ikke CAVE likevel")
    # A row that says something is closed: its line tells it, and opens it.
    page.get_by_text("CAVE 1 Morfin").click()
    page.get_by_role("button", name="Fjern CAVE 1").click()
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("main")).to_contain_text("Endret siden forrige versjon: CAVE")
    expect(page.get_by_role("region", name="Innholdet i meldingen")).not_to_contain_text("Morfin")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_rows_have_no_barriers(world: SmallWorld, stay: Stay, visit: Visit, scheme: str, width: int) -> None:
    page = visit("kari", early(stay), color_scheme=scheme, viewport={"width": width, "height": 900})
    for name in ("CAVE", "allergi", "smitte", "pårørende", "barn", "kontaktperson", "behov", "diagnose"):
        button = page.get_by_role("button", name=f"Legg til {name}")
        rows = page.locator(".part__row").count()
        button.click()
        expect(page.locator(".part__row")).to_have_count(rows + 1)
    page.get_by_text("Funksjonsnivå", exact=True).click()
    assert barriers(page, width) == []
