"""The pages of the downtime desk, and those that everybody may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from lxml import etree

from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.downtime import services
from samhandling.downtime.exporting import write
from samhandling.downtime.models import Outage
from samhandling.jobs.worker import run_due
from samhandling.store.services import set_clock
from tests.smtp_server import Letters, mail_server
from tests.store.small_world import SmallWorld
from tests.store.test_downtime import KNOWN, acute, at, planned, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters() -> Iterator[Letters]:
    with mail_server() as found:
        yield found


def client_of(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def text_of(response: object) -> str:
    """What a reader sees."""
    html = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def responsible(world: SmallWorld) -> Client:
    return client_of(world.responsible)


def test_an_acute_outage_is_two_clicks_from_anywhere(world: SmallWorld, responsible: Client, letters: Letters) -> None:
    front = responsible.get("/").content.decode()
    assert reverse("downtime:list") in front
    form = responsible.get(reverse("downtime:acute"))
    # What a browser sends of a form that nobody has touched.
    values = {
        "start_day": "16.11.2026", "start_time": "10.20", "end_time": "", "update_time": "", "affects": "exchange",
        "families": ["plo", "dialogmelding"], "side": "own", "cause": "", "reported_by": "",
    }  # fmt: skip
    for name in ("start_day", "start_time"):
        assert f'value="{values[name]}"' in form.content.decode()
    done = responsible.post(reverse("downtime:acute"), values, follow=True)
    assert "Stansen er meldt" in text_of(done)
    run_due(at("16.11. 10:22"))
    assert len(letters.got) == 5
    assert "Akutt stans" in str(letters.got[0]["Subject"])


def test_a_planned_outage_shows_what_will_happen_before_anybody_is_told(
    world: SmallWorld, responsible: Client, letters: Letters
) -> None:
    values = {
        "start_day": "18.11.2026", "start_time": "09.00", "end_time": "12.00", "affects": "exchange",
        "families": ["plo"], "side": "counterpart", "municipalities": [world.municipality.municipality_number], "cause": "Ny server",
    }  # fmt: skip
    shown = text_of(responsible.post(reverse("downtime:planned"), values, follow=True))
    for part in ("Skal varsles", "17.11.2026 kl. 11.00", "18.11.2026 kl. 07.00", "PLO-ressurspersoner", "D-01",
                 world.municipality.name):  # fmt: skip
        assert part in shown
    run_due(at("18.11. 13:00"))
    assert letters.got == [], "a draft tells nobody"
    row = Outage.objects.get()
    done = responsible.post(reverse("downtime:act", args=[row.pk, "sett-i-verk"]), {"seen": row.version}, follow=True)
    assert "satt i verk" in text_of(done)


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"end_time": "08.00"}, "Slutten må komme etter starten"),
        ({"start_day": "15.11.2026"}, "meld den som akutt"),
        ({"start_time": "25.99"}, "Klokkeslettet kan ikke leses"),
        ({"families": []}, "Velg minst en"),
        ({"municipalities": ["9999"]}, "Rett opp"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    world: SmallWorld, responsible: Client, values: dict[str, object], hint: str
) -> None:
    good = {"start_day": "18.11.2026", "start_time": "09.00", "end_time": "12.00", "affects": "exchange",
            "families": ["plo"], "side": "own"}  # fmt: skip
    response = responsible.post(reverse("downtime:planned"), {**good, **values})
    assert response.status_code == 422
    assert hint in text_of(response)
    assert not Outage.objects.exists()


def test_night_duty_may_announce_an_acute_outage_and_nothing_else(world: SmallWorld) -> None:
    user = add_user("vakt", "demo", now=at(KNOWN), demo=True)
    add_role(user, Role.WATCH, world.hospital, now=at(KNOWN))
    client = client_of(user)
    assert client.get(reverse("downtime:acute")).status_code == 200
    row = services.announce_acute(world.hospital, acute(), user=user, now=at(KNOWN))
    assert client.get(reverse("downtime:outage", args=[row.pk])).status_code == 200
    assert client.get(reverse("downtime:planned")).status_code == 403
    assert client.post(reverse("downtime:act", args=[row.pk, "ferdig"])).status_code == 403
    assert client_of(world.nurse).get(reverse("downtime:list")).status_code == 403


def test_another_organisation_does_not_see_it(world: SmallWorld) -> None:
    row = services.announce_acute(world.municipality, acute(), user=None, now=at(KNOWN))
    assert client_of(world.responsible).get(reverse("downtime:outage", args=[row.pk])).status_code == 404


def test_the_ward_has_a_banner_while_it_lasts(world: SmallWorld) -> None:
    nurse = client_of(world.nurse)
    assert "er nede" not in text_of(nurse.get("/"))
    row = services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    assert "Meldinger med alle kommunene er nede" in text_of(nurse.get("/"))
    services.finish(row.pk, user=None, now=at("16.11. 10:40"))
    assert "er nede" not in text_of(nurse.get("/"))


def test_everybody_may_read_the_status(world: SmallWorld) -> None:
    anybody = Client()
    page = anybody.get(reverse("downtime:status"))
    assert page.status_code == 200
    assert "Ingen stans er meldt" in text_of(page)
    services.announce_acute(world.hospital, acute(end="16.11. 12:00"), user=None, now=at(KNOWN))
    shown = text_of(anybody.get(reverse("downtime:status")))
    for part in ("Nede nå", "Siden kl. 10.00", "Ventet ferdig kl. 12.00", "manuelle rutiner", world.municipality.name):
        assert part in shown
    feed = etree.fromstring(anybody.get(reverse("downtime:atom")).content)
    assert "er nede" in feed.findtext(".//{*}entry/{*}title")
    events = Calendar.from_ical(anybody.get(reverse("downtime:calendar")).content).walk("VEVENT")
    assert [event["DTSTART"].dt for event in events] == [at("16.11. 10:00")]


def test_D_21_the_status_page_says_that_it_is_not_confirmed(world: SmallWorld, letters: Letters) -> None:
    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    services.schedule(row.pk, user=None, now=at(KNOWN))
    run_due(at("18.11. 12:05"))
    from datetime import UTC, datetime

    set_clock(at("18.11. 12:05"), machine_now=datetime.now(UTC))
    for shown in (text_of(Client().get(reverse("downtime:status"))), text_of(client_of(world.nurse).get("/"))):
        assert "Skulle vært ferdig kl. 12.00 – ikke bekreftet" in shown


def test_the_contact_points_are_open_to_all(world: SmallWorld) -> None:
    shown = text_of(Client().get(reverse("downtime:contacts")))
    assert world.hospital.name in shown


def test_the_static_export_stands_alone(world: SmallWorld, tmp_path: Path) -> None:
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    written = write(tmp_path / "share", at(KNOWN))
    names = {path.name for path in written}
    assert names == {"index.html", "kontaktpunkter.html", "stans.atom", "stans.ics", "samhandling.css"}
    page = (tmp_path / "share" / "index.html").read_text()
    assert "er nede" in page
    assert "<script" not in page
    for address in re.findall(r'(?:href|src)="([^"#]+)"', page):
        assert address.startswith("tel:") or address in names, address


def test_two_people_at_once(world: SmallWorld, responsible: Client) -> None:
    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    row = services.schedule(row.pk, user=None, now=at(KNOWN))
    services.extend(row.pk, end=at("18.11. 13:00"), user=None, now=at(KNOWN))
    done = responsible.post(reverse("downtime:act", args=[row.pk, "avlys"]), {"seen": row.version}, follow=True)
    assert "Noen andre har endret stansen" in text_of(done)
    row.refresh_from_db()
    assert not row.over


def test_words_of_ones_own_keep_the_mandatory_parts(world: SmallWorld, responsible: Client) -> None:
    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    address = reverse("downtime:text", args=[row.pk, "planned_first"])
    assert "manuelle rutiner" in text_of(responsible.get(address))
    refused = responsible.post(address, {"subject": "Stans", "body": "Det blir stans."})
    assert refused.status_code == 422
    assert "varighet" in text_of(refused)


def test_every_notice_can_be_read_in_three_languages(world: SmallWorld) -> None:
    from samhandling.downtime.facts import facts_of
    from samhandling.downtime.web.words import NOTICES
    from samhandling.downtime.wording import compose, missing_parts

    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    row.ended_at, row.told_end = at("18.11. 11:00"), at("18.11. 11:30")
    facts = facts_of(row, at(KNOWN))
    for notice in [each for each in NOTICES if "publish" not in each]:
        told = [compose(notice, facts, language) for language in ("nb", "nn", "en")]  # type: ignore[arg-type]
        assert len({text.body for text in told}) == 3, notice
        assert [missing_parts(notice, facts, text) for text in told] == [[], [], []], notice  # type: ignore[arg-type]


def test_the_same_desk_from_the_command_line(make_node) -> None:  # type: ignore[no-untyped-def]
    node = make_node()
    node.run("world", "load", "liten")
    assert "Ingen stans" in node.run("downtime", "list")
    told = node.run("downtime", "announce", "--cause", "Brudd i nettet")
    assert "er meldt" in told
    number = re.search(r"Stans (\d+)", told)[1]  # type: ignore[index]
    assert "ongoing" in node.run("downtime", "show", number)
    node.run("downtime", "extend", number, "--end", "2031-01-01T12:00", status=None)
    assert "ferdig" in node.run("downtime", "finish", number)
    assert "Ingen stans" in node.run("downtime", "list")
