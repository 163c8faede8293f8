"""Figures per ward, municipality and month: open to the cases, small numbers hidden from others (P-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.models import BreachOfRoutine, Deadline, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.worklist.figures import shared
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def leader(world: SmallWorld) -> User:
    user = add_user("lena", "demo", now=NOW, first_name="Lena", last_name="Leder", demo=True)
    add_role(user, Role.LEADER, world.hospital, unit=world.medicine, now=NOW)
    return user


def early(stay: Stay, *, hours: float) -> None:
    """An early notice that was received so long after the admission."""
    row = Deadline.objects.get(stay=stay, clock="F1")
    received = row.starts_at + timedelta(hours=hours)
    Deadline.objects.filter(pk=row.pk).update(
        state="met" if hours <= 24 else "missed",
        settled_at=received if hours <= 24 else row.due_at,
        late_at=None if hours <= 24 else received,
    )


def month_of(world: SmallWorld) -> list[Stay]:
    """Six early notices of medicine, one late; one of surgery; one breach; one rejected message."""
    stays = []
    for number, hours in enumerate((2, 4, 6, 8, 10, 30)):
        stay = admit(world, given=f"Test{number}", visit=str(number), at=NOW - timedelta(days=2))
        register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
        early(stay, hours=hours)
        stays.append(stay)
    other = admit(world, given="Kirurgi", visit="9", unit=world.surgery, at=NOW - timedelta(days=2))
    register(other, events.MunicipalUserSet(at=NOW, value=True), user=world.surgeon_nurse, now=NOW)
    early(other, hours=5)
    run_due(present(), strict=True)
    Message.objects.filter(direction="out", subject=stays[0].subject).update(state="rejected")
    BreachOfRoutine.objects.all().delete()
    BreachOfRoutine.objects.create(
        organisation=world.hospital, code="A-21", severity="high", at=NOW, stay=stays[0], patient=stays[0].patient,
        unit=world.medicine, unique_key="x",
    )  # fmt: skip
    return [*stays, other]


def get(who: User, query: str = "") -> str:
    answer = logged_in(who).get(f"/tall/{query}")
    assert answer.status_code == 200
    return answer.content.decode("utf-8-sig")


def row(body: str, name: str) -> list[str]:
    """The cells of the row of that name, as text."""
    import re

    found = next(part for part in body.split("<tr>") if f'<th scope="row">{name}</th>' in part)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found.split("</tr>")[0], re.S)
    return [re.sub(r"<span.*?</span>|<[^>]+>", "", cell).replace("\u00a0", " ").strip() for cell in cells]


def test_the_month_per_ward_and_municipality(world: SmallWorld) -> None:
    month_of(world)
    body = get(world.responsible, "?maned=2026-11")
    assert row(body, "Medisinsk sengepost") == ["83 %", "7 t", "5", "1", "0", "0", "1", "1"]
    assert row(body, "Kirurgisk sengepost") == ["100 %", "5 t", "1", "0", "0", "0", "0", "0"]
    assert row(body, "Storvik kommune") == ["86 %", "6 t", "6", "1", "0", "0", "1", "1"]
    assert "Skrevet ut uten endelig helseopplysning" in body
    assert "Ingenting å telle denne måneden." in get(world.responsible, "?maned=2025-01")


def test_a_leader_sees_her_own_section(world: SmallWorld, leader: User) -> None:
    month_of(world)
    body = get(leader, "?maned=2026-11")
    assert row(body, "Medisinsk sengepost")[2] == "5"
    assert "Kirurgisk sengepost" not in body
    front = logged_in(leader).get("/").content.decode()
    assert "Test0 Prøvesen" in front
    assert "/svar/" not in front
    for who in (world.nurse, world.case_handler):
        assert logged_in(who).get("/tall/").status_code == 403


def test_every_number_opens_to_its_cases(world: SmallWorld) -> None:
    stays = month_of(world)
    body = get(world.responsible, f"?maned=2026-11&slag=for-sent&post={world.medicine.pk}")
    assert f'href="/opphold/{stays[5].pk}/"' in body
    assert "1 sak" in body
    assert "Prøvesen" not in body
    rejected = get(world.responsible, "?maned=2026-11&slag=avvist&kommune=9901")
    message = Message.objects.get(direction="out", state="rejected")
    assert f'href="/melding/{message.pk}/"' in rejected


def test_small_numbers_are_hidden_when_shared(world: SmallWorld) -> None:
    month_of(world)
    body = get(world.responsible, "?maned=2026-11&vis=deling")
    # Five of medicine would tell of the one of surgery, as the municipality's six are all there are.
    assert row(body, "Medisinsk sengepost") == ["–", "–", "skjult", "&lt;5", "0", "0", "&lt;5", "&lt;5"]
    assert row(body, "Kirurgisk sengepost") == ["–", "–", "&lt;5", "0", "0", "0", "0", "0"]
    assert "slag=" not in body
    text = get(world.responsible, "?maned=2026-11&form=csv").replace("\u00a0", " ")
    assert "Medisinsk sengepost;;;skjult;<5;0;0;<5;<5" in text
    assert "Kirurgisk sengepost;;;<5;0;0;0;0;0" in text
    assert AuditEntry.objects.get(action="figures.export").purpose == "2026-11"


def test_breaches_of_each_kind_per_ward_and_municipality_open_to_their_cases(world: SmallWorld) -> None:
    stays = month_of(world)
    BreachOfRoutine.objects.create(
        organisation=world.hospital, code="A-09", severity="high", at=NOW, stay=stays[1], patient=stays[1].patient,
        unit=world.medicine, unique_key="y",
    )  # fmt: skip
    body = get(world.responsible, "?maned=2026-11")
    table = body.split("<caption>Brudd per kommune</caption>")[1].split("</table>")[0]
    assert [head in table for head in ("A-09", "A-21")] == [True, True]
    only = get(world.responsible, "?maned=2026-11&slag=brudd&kommune=9901&kode=A-09")
    assert f'href="/opphold/{stays[1].pk}/"' in only
    assert f'href="/opphold/{stays[0].pk}/"' not in only
    assert "Brudd per kommune" not in get(world.responsible, "?maned=2026-11&vis=deling")


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ([0, 5, 12], ["0", "5", "12"]),
        ([3], ["<5"]),
        ([0, 3], ["0", "<5"]),
        ([7, 3], ["skjult", "<5"]),
        ([20, 7, 3], ["20", "skjult", "<5"]),
        ([1, 4, 9], ["<5", "<5", "9"]),
        ([1, 1, 9, 30], ["<5", "<5", "skjult", "30"]),
        ([1, 1], ["<5", "<5"]),
    ],
)
def test_what_is_told_less_the_rest_tells_of_nobody(column: list[int], told: list[str]) -> None:
    assert shared([(number, number) for number in column]) == told


def test_many_cases_of_few_people_are_few() -> None:
    assert shared([(12, 2), (9, 9)]) == ["<5", "skjult"]
