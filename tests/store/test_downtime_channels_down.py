"""D-18 and D-20: only a counterpart is down; and the mail itself is."""

from __future__ import annotations

import socket

import pytest
from django.test import Client
from django.urls import reverse

from samhandling.configuration import MailSetting, configuration
from samhandling.downtime import services
from samhandling.downtime.models import Notice
from samhandling.downtime.rules.policy import GROUPS
from samhandling.jobs.worker import run_due
from samhandling.registry.models import ContactPoint
from tests.smtp_server import Letters
from tests.store.small_world import SmallWorld
from tests.store.test_downtime import KNOWN, acute, letters, planned, scheduled, world
from tests.store.test_downtime_pages import client_of, text_of
from tests.unit.test_downtime_plan import at

__all__ = ["letters", "world"]
pytestmark = pytest.mark.django_db


def test_D_18_only_a_counterpart_names_it_and_its_telephone(world: SmallWorld, letters: Letters) -> None:
    ContactPoint.objects.filter(organisation=world.municipality, kind="coordinator").delete()
    ContactPoint.objects.create(organisation=world.municipality, kind="coordinator", phone="60 00 77 01")
    scheduled(world, planned(municipalities=("9901",)))
    run_due(at("17.11. 11:00"))
    run_due(at("18.11. 07:00"))
    assert len(letters.got) == 2 * len(GROUPS), "the same two rounds"
    for letter in letters.got:
        body = letter.get_content()
        assert world.municipality.name in body
        assert "60 00 77 01" in body


def test_D_20_without_mail_the_status_page_and_the_telephone_list_remain(
    world: SmallWorld, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    dead = MailSetting(host="127.0.0.1", port=closed, starttls=False, sender="stans@sykehuset.invalid")
    monkeypatch.setattr(configuration(), "mail", dead)
    row = services.announce_acute(world.hospital, acute(), user=world.responsible, now=at(KNOWN))
    run_due(at(KNOWN))
    row.refresh_from_db()
    assert row.published, "the item on the intranet does not wait for the mail"
    assert "er nede" in text_of(Client().get(reverse("downtime:status")))
    assert not Notice.objects.filter(state=Notice.State.SENT).exists()
    client = client_of(world.responsible)
    assert world.municipality.name in text_of(client.get(reverse("downtime:phones", args=[row.pk])))
    client.post(reverse("downtime:act", args=[row.pk, "kryss"]), {"step": "told_municipality"})
    assert "Mette Lund" in text_of(client.get(reverse("downtime:outage", args=[row.pk]))), "logged by hand, with name"
