"""*Meldt fra kommunen*: admission reports before the admission, and how they find their stay (T01, T02, S-30)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Unit
from samhandling.stays import events
from samhandling.stays.models import Deadline, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.people import logged_in
from tests.store.reports import bring_report
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
LIST = "/meldt-fra-kommunen/"


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def triage(world: SmallWorld) -> User:
    unit = Unit.objects.create(
        organisation=world.hospital, code="AKM", name="Akuttmottak", kind="emergency", inpatient=True
    )
    user = add_user("anne", "demo", now=NOW, first_name="Anne", last_name="Akutt", demo=True)
    add_role(user, Role.WARD_NURSE, world.hospital, unit=unit, now=NOW)
    return user


def get(who: User, path: str) -> str:
    answer = logged_in(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_critical_information_and_the_telephone_stand_on_top_of_the_front_page(world: SmallWorld, triage: User) -> None:
    message = bring_report()
    for body in (get(triage, "/"), get(triage, LIST)):
        assert "Testine Prøvesen" in body
        assert body.index("Kritisk informasjon") < body.index('href="tel:')
    assert AuditEntry.objects.filter(action="message.read", subject=f"message:{message.pk}").count() == 1
    page = get(triage, f"{LIST}{message.pk}/")
    assert 'aria-label="Innholdet i meldingen"' in page
    assert "Kritisk informasjon" in page


def test_the_newest_stands_first(world: SmallWorld, triage: User) -> None:
    bring_report(NOW - timedelta(hours=2), given="Gammel")
    bring_report(NOW, given="Ny")
    body = get(triage, LIST)
    assert body.index("Ny Prøvesen") < body.index("Gammel Prøvesen")


def test_other_wards_and_the_municipality_do_not_see_it(world: SmallWorld, triage: User) -> None:
    message = bring_report()
    assert "Testine" not in get(world.nurse, "/")
    for who in (world.nurse, world.case_handler):
        for path in (LIST, f"{LIST}{message.pk}/"):
            assert logged_in(who).get(path).status_code == 403
    assert "Testine" in get(world.responsible, LIST)


def test_at_admission_the_report_follows_the_patient(world: SmallWorld, triage: User) -> None:
    message = bring_report(NOW - timedelta(hours=3))
    stay = admit(world)
    run_due(present(), strict=True)
    message.refresh_from_db()
    assert (message.subject, message.patient_id) == (stay.subject, stay.patient_id)
    assert "Testine" not in get(triage, LIST)
    page = get(world.nurse, f"/opphold/{stay.pk}/")
    assert f'href="/melding/{message.pk}/"' in page
    assert "Foreslått ja: kommunen har sendt innleggelsesrapport." in page
    assert "Ja, Storvik kommune" in page


def test_the_proposal_is_registered_in_one_click_and_the_report_no_longer_expected(world: SmallWorld) -> None:
    bring_report(NOW - timedelta(hours=3))
    stay = admit(world)
    run_due(present(), strict=True)
    logged_in(world.nurse).post(f"/opphold/{stay.pk}/svar/", {"svar": "bruker-ja"})
    run_due(present(), strict=True)
    assert Message.objects.filter(direction="out", type="LOG_INNLAGT").count() == 1
    # Nobody waits for a report that has come (F2).
    assert not Deadline.objects.filter(stay=stay, clock="F2", state="due").exists()


def test_an_old_stay_does_not_swallow_the_report_of_a_new_one(world: SmallWorld, triage: User) -> None:
    before = admit(world, visit="1", at=NOW - timedelta(days=30))
    register(before, events.Discharged(at=NOW - timedelta(days=20), discharged_to="1"), user=world.nurse, now=NOW)
    message = bring_report()
    assert "Testine Prøvesen" in get(triage, LIST)
    again = admit(world, visit="2")
    run_due(present(), strict=True)
    message.refresh_from_db()
    assert message.subject == again.subject


def test_what_is_uncertain_is_tied_by_one_click(world: SmallWorld, triage: User) -> None:
    message = bring_report(other_name="Annetnavn")
    stay = admit(world)
    run_due(present(), strict=True)
    message.refresh_from_db()
    assert message.subject == ""
    body = get(triage, LIST)
    assert "Kan være:" in body
    other = admit(world, given="Fremmed", family="Helt", visit="9")
    client = logged_in(triage)
    assert client.post(f"{LIST}{message.pk}/knytt/", {"opphold": other.pk}).status_code == 404
    body = client.post(f"{LIST}{message.pk}/knytt/", {"opphold": stay.pk}, follow=True).content.decode()
    assert "Meldingen er knyttet til" in body
    run_due(present(), strict=True)
    message.refresh_from_db()
    assert message.subject == stay.subject


def test_after_two_days_without_admission_it_is_put_away(world: SmallWorld, triage: User) -> None:
    bring_report()
    set_clock(NOW + timedelta(hours=49), machine_now=datetime.now(UTC))
    assert "Kommunen har ikke meldt noen som er på vei." in get(triage, LIST)


def test_two_patients_do_not_get_each_others_reports(world: SmallWorld) -> None:
    first, second = bring_report(given="Anne"), bring_report(given="Berit")
    stay = admit(world, given="Berit")
    run_due(present(), strict=True)
    first.refresh_from_db()
    second.refresh_from_db()
    announced = Stay.objects.exclude(pk=stay.pk).get()
    assert (first.subject, second.subject) == (announced.subject, stay.subject)
    assert (announced.state, stay.state) == ("S0", "S1")
