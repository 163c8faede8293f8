"""The controller's *Betalingsgrunnlag* and the second person's approval in a browser: no barriers, wide, narrow, on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.clock import oslo
from samhandling.configuration import configuration
from samhandling.stays import events
from samhandling.stays.models import RoutinePolicy
from samhandling.stays.services import register
from tests.browser.test_writing import barriers, work
from tests.store.small_world import NOW, SmallWorld, admit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def claims(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two patients who have been ready for three days; one without an early notice."""
    monkeypatch.setattr(configuration(), "payment_basis", True)
    RoutinePolicy.objects.update(changes={"day_prices": {"2026": {"amount": 6200, "source": "prøve"}}})
    controller = add_user("oda", "demo", now=NOW, first_name="Oda", last_name="Konom", demo=True)
    add_role(controller, Role.CONTROLLER, world.hospital, now=NOW)
    at = NOW - timedelta(days=3)
    doctor = events.Professional(family_name="Legesen", given_name="Lise", hpr="9144897")
    for number, given in enumerate(("Anne", "Berit")):
        stay = admit(world, given=given, visit=str(number), at=at - timedelta(hours=2))
        steps: list[events.Event] = [events.MunicipalUserSet(at=at, value=True)]
        if not number:
            steps.append(events.InformationSent(at=at, kind="early", received_at=at))
        steps.append(events.ReadySet(at=at, ready_date=oslo.day(at), decided_by=doctor))
        for step in steps:
            register(stay, step, user=world.nurse, now=at)
    work()


@pytest.mark.usefixtures("claims")
@pytest.mark.parametrize("width", [1280, 320])
def test_the_controller_reads_the_basis_with_its_proofs(visit: Visit, width: int) -> None:
    page = visit("oda", "/", viewport={"width": width, "height": 900})
    page.goto("/betalingsgrunnlag/?fra=01.11.2026&til=30.11.2026")
    expect(page.get_by_role("heading", name="Omtvistet")).to_be_visible()
    expect(page.get_by_text("Ubekreftet: dette er et grunnlag")).to_be_visible()
    expect(page.get_by_text("Tidligmelding mangler")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert barriers(page, width) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Regneark (CSV)")).to_be_hidden()
