"""The same day on one node and on two gives the municipality the same pages (design 3a)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.feed import message
from tests.harness import Node

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PATIENTS = (1, 2)

SETUP = """
from datetime import datetime
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.organisations.models import Organisation
start = datetime.fromisoformat(at)
municipality = Organisation.objects.get(her_id="98310700")
for name, role in (("siri", Role.CASE_HANDLER), ("nina", Role.MUNICIPAL_NURSE)):
    add_role(add_user(name, "en-lang-nok-setning", first_name=name.title(), last_name="Moe", now=start), role, municipality, now=start)
if hosts:
    Organisation.objects.exclude(her_id=hosts).update(hosted=False)
"""

STEP = """
from datetime import datetime
from samhandling.carriers.loopback.collecting import collect
from samhandling.intake.services import take_in
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation
present = datetime.fromisoformat(at)
hospital = Organisation.objects.get(kind="hospital")
for text in feed:
    take_in(text.encode(), organisation=hospital, now=present)
run_due(present, strict=True)
while collect(present):
    run_due(present, strict=True)
"""

PAGES = """
from datetime import UTC, datetime
from django.test import Client
from django.test.utils import override_settings
from samhandling.access.models import User
from samhandling.exchange.models import Message
from samhandling.organisations.models import Organisation
from samhandling.stays.models import Course
from samhandling.store.services import set_clock
municipality = Organisation.objects.get(her_id="98310700")
set_clock(datetime.fromisoformat(at), machine_now=datetime.now(UTC))
courses = Course.objects.filter(organisation=municipality).order_by("patient__birth_date", "pk")
messages = Message.objects.filter(organisation=municipality).order_by("patient__birth_date", "generated_at", "direction", "type", "pk")
paths = ["/", "/opphold/", "/meldinger/", "/oppgaver/"]
paths += [f"/forlop/{course.pk}/" for course in courses] + [f"/melding/{message.pk}/" for message in messages]
result = {}
with override_settings(ALLOWED_HOSTS=["*"]):
    for name in ("siri", "nina"):
        client = Client()
        client.force_login(User.objects.get(username=name))
        for number, path in enumerate(paths):
            answer = client.get(path)
            result[f"{name} {number} {path.strip('/').split('/')[0]}"] = [answer.status_code, answer.content.decode()]
"""


def day() -> list[tuple[datetime, list[str]]]:
    """What the feed says when: M1; M6; M7 and M6 for a new date; M8; and an admission that is cancelled."""
    today, yesterday = f"{START:%Y%m%d}", f"{START - timedelta(days=1):%Y%m%d}"
    user, doctor = "Y|9901|Y|", "|Lege^Lise|LE"

    def step(hours: int, trigger: str, zpl: str, serials: tuple[int, ...] = PATIENTS) -> tuple[datetime, list[str]]:
        at = START + timedelta(hours=hours)
        return at, [message(trigger, n, f"{trigger}-{hours}-{n}", at=at, zpl=zpl).decode() for n in serials]

    return [
        step(0, "A01", user, (*PATIENTS, 3)),
        step(1, "A08", f"{user}|{yesterday}{doctor}"),
        step(2, "A08", f"{user}|{today}{doctor}", (1,)),
        step(3, "A11", user, (3,)),
        step(4, "A03", user, (1,)),
    ]


def played(nodes: list[Node]) -> dict[str, list]:
    """The day on one node, or on the hospital's and the municipality's; then what the municipality sees."""
    for node, hosts in zip(nodes, ("98000100", "98310700") if len(nodes) == 2 else ("",), strict=True):
        node.run("world", "load", "liten")
        node.python(SETUP, at=START.isoformat(), hosts=hosts)
    for at, feed in day():
        nodes[0].python(STEP, at=at.isoformat(), feed=feed)
        if len(nodes) == 2:
            for node in (nodes[1], nodes[0], nodes[1]):
                node.python(STEP, at=at.isoformat(), feed=[])
    return nodes[-1].python(PAGES, at=(START + timedelta(hours=5)).isoformat())


def settled(page: str) -> str:
    """The page without what is of the store and not of the day: row ids, message ids, form tokens."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    page = re.sub(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", "UUID", page)
    page = re.sub(r"/(melding|forlop|opphold|oppgave)/\d+/", r"/\1/#/", page)
    return re.sub(r'((?:id|for|name|value|aria-[a-z]+)="[a-z_-]*)\d+(")', r"\1#\2", page)


def test_one_node_and_two_nodes_show_the_municipality_the_same_pages(make_node, tmp_path):
    one = played([make_node()])
    spool = {"SAMHANDLING_LOOPBACK_SPOOL": str(tmp_path / "spool")}
    two = played([make_node(environment=spool), make_node(environment=spool)])
    assert list(one) == list(two)
    shown = [name for name, (status, _) in one.items() if status == 200]
    assert len([name for name in shown if name.endswith("forlop")]) >= 3
    assert len([name for name in shown if name.endswith("melding")]) >= 8
    for name, (status, page) in one.items():
        other_status, other = two[name]
        assert status == other_status, name
        assert settled(page).splitlines() == settled(other).splitlines(), name
    everything = "".join(page for _, page in one.values())
    for words in ("Prøve1", "utskrivningsklar", "trukket tilbake"):
        assert words in everything
