"""Innleggelsesrapport and Utskrivningsrapport in a browser: written, sent, changed, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from samhandling.exchange.models import Message
from samhandling.stays.models import Course, RoutinePolicy, Stay
from tests.browser.test_writing import barriers, stay, work
from tests.store.small_world import SmallWorld

__all__ = ["stay"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def statuses(message_type: str) -> list[str]:
    found = Message.objects.filter(direction="out", type=message_type).order_by("pk")
    return list(found.values_list("status", flat=True))


def look_over_and_send(page: Page, button: str) -> None:
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.locator(".beside")).to_have_text(re.compile(r"Testine Prøvesen.*14\.03\.1942", re.S))
    page.get_by_role("button", name=button).click()
    work()
    page.reload()


def test_the_home_nurse_reports_changes_and_withdraws(stay: Stay, visit: Visit) -> None:
    page = visit("hans", f"/forlop/{Course.objects.get().pk}/")
    card = page.get_by_role("region", name="Innleggelsesrapport")
    expect(card).to_contain_text("Ikke sendt")
    expect(card).to_contain_text("Innen 17.11.2026 kl. 10.20")
    card.get_by_role("link", name="Skriv innleggelsesrapport").click()
    expect(page.get_by_role("main")).to_contain_text("senest 17.11.2026 kl. 10.20")
    expect(page.get_by_label("Kontakttelefon")).not_to_have_value("")
    page.get_by_label("Årsak til innleggelse").fill("Falt hjemme i natt.")
    page.get_by_role("button", name="Legg til CAVE").click()
    page.get_by_role("group", name="CAVE 1").get_by_label("Stikkord").fill("Morfin")
    page.get_by_role("button", name="Legg til tjeneste").click()
    page.get_by_role("group", name="Tjeneste 1").get_by_label("Hva hjelpen går ut på").fill("Stell morgen og kveld")
    # A service has a kind or a name: said at the field, and what was written stands.
    page.get_by_role("button", name="Se over før sending").click()
    page.locator(".summary").get_by_role("link", name=re.compile("mangler type eller betegnelse")).click()
    page.get_by_role("group", name="Tjeneste 1").get_by_label("Betegnelse").fill("Hjemmesykepleie")
    page.get_by_role("button", name="Legg til legemiddel").click()
    page.get_by_role("group", name="Legemiddel 1").get_by_label("Legemiddel", exact=True).fill("Burinex 1 mg")
    look_over_and_send(page, "Send innleggelsesrapporten")
    expect(card).to_contain_text("Mottatt hos Somatikk plo meldingsmottak")
    card.get_by_role("link", name="Endre innleggelsesrapporten").click()
    page.get_by_label("Hva er endret?").fill("Ny medisin")
    expect(page.get_by_role("group", name="Legemiddel 1").get_by_label("Legemiddel", exact=True)).to_have_value(
        "Burinex 1 mg"
    )
    page.get_by_role("button", name="Legg til legemiddel").click()
    page.get_by_role("group", name="Legemiddel 2").get_by_label("Legemiddel", exact=True).fill("Paracet 1 g")
    page.get_by_role("button", name="Se over før sending").click()
    expect(page.get_by_role("main")).to_contain_text("Endret siden forrige versjon: Legemidler")
    page.get_by_role("button", name="Send endringen").click()
    card.get_by_role("link", name="Trekk tilbake innleggelsesrapporten").click()
    page.get_by_label("Hvorfor trekkes meldingen tilbake?").fill("Feil pasient.")
    look_over_and_send(page, "Trekk tilbake og si fra")
    assert statuses("INNLEGGELSESRAPPORT") == ["N", "M", "C"]
    expect(card).to_contain_text("Trukket tilbake")
    nurse = visit("kari", f"/opphold/{stay.pk}/")
    expect(nurse.get_by_role("main")).to_contain_text("Innleggelsesrapport")


def test_the_ward_reports_changes_and_withdraws(world: SmallWorld, stay: Stay, visit: Visit) -> None:
    RoutinePolicy.objects.create(
        organisation=world.hospital, name="Nasjonal", base="nasjonal", valid_from=date(2026, 1, 1), changes={}
    )
    page = visit("kari", f"/opphold/{stay.pk}/")
    page.get_by_role("link", name="Utskrivningsrapport", exact=True).click()
    page.get_by_label("Aktuell problemstilling").fill("Brudd i venstre håndledd.")
    page.get_by_label("Planer for videre oppfølging").fill("Kontroll om to uker.")
    page.get_by_role("button", name="Legg til legemiddel", exact=True).click()
    medicine = page.get_by_role("group", name="Legemiddel 1")
    medicine.get_by_label("Legemiddel", exact=True).fill("Marevan")
    medicine.get_by_label("Seponert under oppholdet").check()
    page.get_by_role("button", name="Legg til kontrolltime").click()
    page.get_by_label("Omtrent når").fill("Uke 50")
    look_over_and_send(page, "Send utskrivningsrapporten")
    knows = page.get_by_role("region", name="Kommunen vet")
    expect(knows).to_contain_text(re.compile(r"Utskrivningsrapport.*Mottatt hos", re.S))
    page.get_by_role("link", name="Endre utskrivningsrapporten").click()
    page.get_by_label("Hva er endret?").fill("Ny kontroll")
    page.get_by_text("Kontrolltime 1 Uke 50").click()
    page.get_by_label("Omtrent når").fill("Uke 51")
    look_over_and_send(page, "Send endringen")
    page.get_by_role("link", name="Trekk tilbake utskrivningsrapporten").click()
    page.get_by_label("Hvorfor trekkes meldingen tilbake?").fill("Feil pasient.")
    look_over_and_send(page, "Trekk tilbake og si fra")
    assert statuses("UTSKRIVNINGSRAPPORT") == ["N", "M", "C"]
    expect(page.get_by_role("region", name="Gjør dette nå")).to_contain_text("trukket tilbake. Ring")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_reports_have_no_barriers(world: SmallWorld, stay: Stay, visit: Visit, scheme: str, width: int) -> None:
    RoutinePolicy.objects.create(
        organisation=world.hospital, name="Nasjonal", base="nasjonal", valid_from=date(2026, 1, 1), changes={}
    )
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    course = Course.objects.get()
    page = visit("hans", f"/forlop/{course.pk}/", **options)
    found = barriers(page, width)
    page.goto(f"/skriv/forlop/{course.pk}/innleggelsesrapport/")
    for name in ("tjeneste", "hjelpemiddel", "legemiddel", "gitt legemiddel"):
        page.get_by_role("button", name=f"Legg til {name}", exact=True).click()
    expect(page.locator(".part__row")).to_have_count(4)
    found += barriers(page, width)
    page.get_by_role("button", name="Se over før sending").click()
    found += barriers(page, width)
    nurse = visit("kari", f"/skriv/opphold/{stay.pk}/utskrivningsrapport/", **options)
    for name in ("legemiddel som sendes med", "kontrolltime"):
        nurse.get_by_role("button", name=f"Legg til {name}", exact=True).click()
    expect(nurse.get_by_role("group", name="Kontrolltime 1")).to_be_visible()
    assert found + barriers(nurse, width) == []
