"""The doctor's office in a browser: a wish for assessment with a copy is written, read, answered; for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
from samhandling.patients.services import register
from samhandling.store.services import now as present
from tests.store.small_world import NOW, SmallWorld, details

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def no_barrier(page: Page) -> None:
    """No violation of WCAG, and nothing wider than a narrow screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response["violations"]
    assert not found, [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size(size)


@pytest.mark.parametrize("script", [True, False])
def test_a_wish_is_written_with_a_copy_read_and_answered(world: SmallWorld, visit: Visit, script: bool) -> None:
    office = Organisation.objects.get(kind="gp")
    known = register(details("Solveig", "Solosen"), organisation_id=office.pk, now=NOW).patient
    at_home = register(details("Solveig", "Solosen"), organisation_id=world.municipality.pk, now=NOW).patient
    add_role(add_user("ludvig", "demo", now=NOW, first_name="Ludvig", last_name="Lønn", demo=True), Role.DOCTOR, office,
             now=NOW)  # fmt: skip
    nurse = visit("hans", f"/pasient/{at_home.pk}/", java_script_enabled=script)
    nurse.get_by_role("link", name="Helseopplysninger til lege").click()
    nurse.get_by_label("Til", exact=True).select_option(label="Storvik legesenter: Lege Lønn")
    nurse.get_by_label("Ønske om legevurdering").check()
    nurse.get_by_label("Aktuell problemstilling").fill("Tung pust siden i går.")
    nurse.get_by_label("Telefon", exact=True).fill("60 99 01 20")
    nurse.get_by_role("button", name="Legg til kopimottaker").click()
    copies = nurse.get_by_role("group", name="Kopi til", exact=True)
    copies.get_by_label("Kopi til").select_option(label="Lillevik sykehus HF: Somatikk plo meldingsmottak")
    if script:
        no_barrier(nurse)
    nurse.get_by_role("button", name="Se over før sending").click()
    expect(nurse.get_by_role("main")).to_contain_text("Kopi til Somatikk plo meldingsmottak, Lillevik sykehus HF.")
    nurse.get_by_role("button", name="Send helseopplysningene").click()
    run_due(present(), strict=True)
    nurse.reload()
    nurse.get_by_role("main").get_by_role("link", name="Helseopplysninger til lege").first.click()
    expect(nurse.get_by_role("main")).to_contain_text("Kopimottaker")
    doctor = visit("ludvig", "/", java_script_enabled=script)
    expect(doctor.get_by_role("main")).to_contain_text("Melding til legen")
    doctor.goto("/innboks/")
    if script:
        no_barrier(doctor)
    doctor.get_by_role("link", name="Helseopplysninger til lege").click()
    expect(doctor.get_by_role("main")).to_contain_text("Tung pust siden i går.")
    doctor.get_by_role("link", name="Svar med medisinske opplysninger").click()
    doctor.get_by_label("Rapport etter konsultasjon").check()
    doctor.get_by_label("Aktuelle problemstillinger").fill("KOLS-forverring.")
    doctor.get_by_label("Telefon", exact=True).fill("60 99 05 00")
    doctor.get_by_role("button", name="Se over før sending").click()
    doctor.get_by_role("button", name="Send opplysningene").click()
    run_due(present(), strict=True)
    doctor.goto("/")
    expect(doctor.get_by_role("main")).to_contain_text("Ingen uleste meldinger.")
    doctor.goto(f"/pasient/{known.pk}/")
    expect(doctor.get_by_role("main")).to_contain_text("Medisinske opplysninger")
    if script:
        no_barrier(doctor)
