"""*Spol til …*: the page that runs a test store's clock forward, alone or while a simulated day is played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from samhandling.store import services
from tests.store.people import People, logged_in, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    found = make_people()
    services.mark_as_test(machine_now=datetime.now(UTC))
    return found


def wind(client: Client, step: str) -> str:
    return client.post("/klokke/", {"step": step}, follow=True).content.decode()


def test_alone_the_clock_is_there_at_once(people: People) -> None:
    client = logged_in(people.nurse)
    before = services.now()
    assert "Klokken er nå" in wind(client, "60")
    assert services.now() - before >= timedelta(hours=1)
    assert "hx-trigger" not in client.get("/klokke/").content.decode()


def test_while_a_day_is_played_the_page_waits_for_it_and_follows(people: People) -> None:
    client = logged_in(people.nurse)
    services.drive_clock(machine_now=datetime.now(UTC))
    before = services.now()
    body = wind(client, "240")
    assert "Dagen spilles av" in body
    assert "hx-trigger" in body
    assert services.now() - before < timedelta(minutes=1)
    wanted = services.clock_target()
    assert wanted is not None
    services.target_reached(wanted)
    body = client.get("/klokke/").content.decode()
    assert "Dagen spilles av" not in body
    assert "hx-trigger" not in body
