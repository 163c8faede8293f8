"""Identity numbers and names stay where they belong: a day is played, and everything beside the sealed rows is searched.

P-08, P-18: not in logs, job payloads and keys, tasks, timelines, audit rows, metadata of messages and of the feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import structlog
from django.apps import apps
from django.db import models
from django.test import Client

from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.access.services import add_role
from samhandling.identity.persons import classify
from samhandling.intake.services import take_in
from samhandling.jobs.models import Job, JobKey
from samhandling.patients.models import Patient
from samhandling.patients.values import Number
from samhandling.tasks.models import Task
from tests.scenario.ward import Ward, open_ward
from tests.store.mllp import adt
from tests.store.pas import Pas

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"(?<![0-9a-fA-F])\d{6}[ .-]?\d{5}(?![0-9a-fA-F])")
SEALED = {"patients.patient", "patients.patientnumber", "intake.adtoriginal", "exchange.originalpiece"}
"""Rows that are the patient or the document itself."""
STREET = "Hemmeligveien 13"


def rows() -> Iterator[tuple[str, str]]:
    """Every value of every row that is not the patient or a document, as (table.field, text)."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower in SEALED:
            continue
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, (models.AutoField, models.FloatField))]
        for values in model._default_manager.values_list(*[f.attname for f in fields]).iterator():
            for field, value in zip(fields, values, strict=True):
                yield f"{model._meta.label_lower}.{field.attname}", _text(value)


def _text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("latin-1")
    return str(value)


def person_numbers(text: str) -> list[str]:
    """What looks like the number of a person of any kind, synthetic ones too."""
    found = [re.sub(r"\D", "", one) for one in NUMBER.findall(text)]
    return [one for one in found if any(classify(one, kind, test=True).valid for kind in ("FNR", "DNR", "HNR", "FHN"))]


def a_day(ward: Ward) -> list[Pas]:
    """Every kind of course: messages, an H-number that gets a number, no agreement, a merge, a wrong patient, refusals."""
    people = [Pas(ward, ward.person(), address=STREET) for _ in range(4)]
    helped = Pas(ward, ward.person(kind="HNR"), address=STREET)
    away = Pas(ward, ward.person(municipality="9903"), address=STREET)
    for one in (*people, helped, away):
        one.zpl[12] = "6"
        one.person.given_name = "Hemmelig"
        one.admit("16.11.2026 10.00", zpl_1="Y", zpl_3="Y")
    for one in (*people, helped, away):
        one.zpl |= {5: "20261116", 6: "", 7: ""}
        one.tells("A08", "16.11.2026 11.00")
        one.tells("A08", "16.11.2026 11.20", zpl_6="Legesen^Lise", zpl_8="9144897")
    people[0].tells("A11", "16.11.2026 12.00", evn_4="FEIL_PASIENT")
    people[1].person.municipality = "9902"
    people[1].tells("A08", "16.11.2026 12.10")
    gone = (Number("LOCAL", people[3].person.local), *people[3].person.numbers)
    people[2].tells("A40", "16.11.2026 12.20", merged=gone)
    Pas(ward, people[0].person, visit=people[2].visit).tells("A08", "16.11.2026 12.30", zpl_1="N")
    people[2].tells("A08", "16.11.2026 12.40", pv1_44="99991231")
    Pas(ward, ward.person(), visit="V-x").tells("A02", "16.11.2026 12.50")
    people[2].tells("A03", "16.11.2026 13.00", pv1_37="1")
    people[2].tells("A08", "16.11.2026 13.10", zpl_5="20261117")
    people[2].tells("A99", "16.11.2026 13.20")
    people[2].tells("A08", "16.11.2026 13.30", without="PID")
    ward.until("17.11.2026 08.00")
    take_in(adt("A08", "waits"), organisation=ward.hospital, now=ward.now)
    return [*people, helped, away]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged, whatever the level, with what is bound to it."""
    found: list[str] = []

    def keep(_logger: object, _name: str, line: dict[str, object]) -> dict[str, object]:
        found.append(repr(line))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, keep], cache_logger_on_first_use=False)
    yield found
    structlog.configure(**before)


def test_identity_numbers_stand_nowhere_but_in_sealed_rows(db, logged, caplog):
    caplog.set_level("DEBUG")
    ward = open_ward()
    people = a_day(ward)
    nurse = ward.user("ward_nurse")
    add_role(nurse, Role.MESSAGE_RESPONSIBLE, ward.hospital, now=ward.now)
    _look_at_everything(nurse)
    own = {number.value for one in people for number in one.person.numbers}
    assert len(own) == 6
    assert Task.objects.count() > 10
    assert Job.objects.count() > 3
    assert JobKey.objects.exists()
    texts = [*rows(), *(("log", line) for line in (*logged, *(r.getMessage() for r in caplog.records)))]
    assert len([1 for name, _ in texts if name == "log"]) > 20
    assert [(name, text[:60]) for name, text in texts if any(n in text for n in own)] == []
    assert sorted({name for name, text in texts if person_numbers(text)}) == []


def test_names_and_protected_addresses_stand_in_no_task_log_job_or_timeline(db, logged, caplog):
    caplog.set_level("DEBUG")
    ward = open_ward()
    a_day(ward)
    assert set(Patient.objects.filter(organisation=ward.hospital).values_list("protection", flat=True)) == {"6"}
    texts = [*rows(), *(("log", line) for line in (*logged, *(r.getMessage() for r in caplog.records)))]
    for secret in ("Hemmeligveien", "Hemmelig", "Prøvesen"):
        assert sorted({name for name, text in texts if secret in text}) == [], secret


def test_what_is_searched_would_be_found():
    assert person_numbers("a 15076500565, b 150765 00565.") == ["15076500565", "15076500565"]
    assert person_numbers("2026-11-16T10:00:00 9144897 74974470") == []


def _look_at_everything(user: User) -> None:
    """Pages write audit rows and log lines too."""
    client = Client()
    client.force_login(user)
    for path in ("/", "/opphold/", "/meldinger/", "/oppgaver/", "/pasientsystem/", "/opphold/1/", "/pasientsystem/1/"):
        assert client.get(path).status_code in (200, 302, 403, 404), path
