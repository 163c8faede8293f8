"""Outside the own unit a purpose is asked before a stay or the content of a message is shown (P-04)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.store.services import set_clock
from tests.store.people import logged_in, say_why
from tests.store.small_world import NOW, SmallWorld, admit, build, patient, send_admission

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def test_who_has_no_ward_says_why_before_a_stay_is_shown(world: SmallWorld) -> None:
    stay = admit(world)
    client = logged_in(world.responsible)
    page = f"/opphold/{stay.pk}/"
    asked = client.get(page, follow=True)
    body = asked.content.decode()
    assert "Hvorfor åpner du dette?" in body
    assert "Prøvesen" not in body
    assert not AuditEntry.objects.filter(action="stay.read").exists()
    answer = client.post(
        "/formal/", {"about": stay.subject, "next": page, "reason": "annet", "words": "Klage fra pårørende"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert "Prøvesen" in client.get(page).content.decode()
    read = AuditEntry.objects.get(action="stay.read")
    assert (read.patient_id, read.purpose) == (stay.patient_id, "Annet: Klage fra pårørende")


def test_it_is_asked_again_the_next_day_and_of_everybody(world: SmallWorld) -> None:
    stay = admit(world)
    client = logged_in(world.responsible)
    say_why(client, stay.subject)
    assert client.get(f"/opphold/{stay.pk}/").status_code == 200
    set_clock(NOW + timedelta(hours=13), machine_now=datetime.now(UTC))
    assert client.get(f"/opphold/{stay.pk}/").status_code == 302


def test_something_else_needs_words(world: SmallWorld) -> None:
    stay = admit(world)
    client = logged_in(world.responsible)
    for words in ({"reason": "annet"}, {"reason": "annet", "words": " "}, {}):
        answer = client.post("/formal/", {"about": stay.subject, **words})
        assert answer.status_code == 422
    assert client.get(f"/opphold/{stay.pk}/").status_code == 302
    assert not AuditEntry.objects.filter(action="purpose.given").exists()


@pytest.mark.parametrize("page", ["?innhold=1", "original/"])
def test_content_of_a_message_is_not_given_before(world: SmallWorld, page: str) -> None:
    message = send_admission(world, patient(world))
    client = logged_in(world.responsible)
    assert client.get(f"/melding/{message.pk}/").status_code == 200
    assert client.get(f"/melding/{message.pk}/{page}").headers["Location"].startswith("/formal/")
    say_why(client, f"message:{message.pk}")
    assert client.get(f"/melding/{message.pk}/{page}").status_code == 200


def test_a_ward_and_a_municipality_are_not_asked_about_their_own(world: SmallWorld) -> None:
    stay = admit(world)
    assert logged_in(world.nurse).get(f"/opphold/{stay.pk}/").status_code == 200
    assert logged_in(world.surgeon_nurse).get(f"/opphold/{stay.pk}/").status_code == 404
    assert logged_in(world.surgeon_nurse).get(f"/formal/?about={stay.subject}").status_code == 404


def test_it_leads_nowhere_else(world: SmallWorld) -> None:
    stay = admit(world)
    answer = logged_in(world.responsible).post(
        "/formal/", {"about": stay.subject, "reason": "svare", "next": "https://example.org/"}
    )
    assert answer.headers["Location"] == f"/opphold/{stay.pk}/"
