"""Random histories on the real store: events, messages, receipts, crashes of the worker and restarts.

A worker is killed between the effects of a job and their commit, or between a job and the next; another takes over.
Whatever happens, the outcome is that of the same history without a crash; nobody is told nonsense, nobody who must be
told is forgotten, and no date is charged twice.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from samhandling.clock import oslo
from samhandling.exchange.models import Delivery, Message
from samhandling.jobs import life, outcomes, runner
from samhandling.jobs.models import Job
from samhandling.jobs.running import Running
from samhandling.registry.models import CounterpartFault
from samhandling.stays import coursing, events
from samhandling.stays.dialogs import Talk, send_talk
from samhandling.stays.errors import RefusedError
from samhandling.stays.models import BreachOfRoutine, Course, Deadline, Expectation, Stay
from samhandling.stays.paying import claims
from samhandling.stays.policies import policy_of
from samhandling.stays.rules import courses
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.services import register
from samhandling.stays.work import load_state
from samhandling.tasks.models import Task
from tests.scenario.test_histories import reference
from tests.scenario.ward import DOCTOR, Person, Ward, open_ward

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = 40 if os.environ.get("SAMHANDLING_HYPOTHESIS") == "fuzz" else 3
QUESTION = {
    "asked_by": "9152", "request_type": "1", "question": "Hvordan går det?",
    "responsible": {"family_name": "Moe", "profession": "SP", "phone": "69000000"},
}  # fmt: skip
YES_NO = st.booleans()
STEP = st.one_of(
    st.tuples(st.just("user"), st.sampled_from([True, True, True, False])),
    st.tuples(st.sampled_from(["need", "ready", "ready", "cleared", "discharge", "move", "admit"]), YES_NO),
    st.tuples(st.sampled_from(["inform", "inform", "ask", "answer", "again", "late"]), YES_NO),
    st.tuples(st.sampled_from(["died", "undied", "undischarged", "cancelled", "silent"]), YES_NO),
)
GAP = st.sampled_from([1, 4, 20, 70, 300, 1500])
KILL = st.sampled_from([None, None, ("before", 0), ("before", 1), ("before", 3), ("after", 0), ("after", 2)])
HISTORY = st.lists(st.tuples(GAP, st.integers(0, 2), STEP, KILL), min_size=8, max_size=22)
FEED = {
    "died": events.Died, "undied": events.DeathUndone, "undischarged": events.DischargeUndone,
    "cancelled": events.AdmissionCancelled,
}  # fmt: skip


class Killed(BaseException):
    """The worker's process is gone."""


class Life:
    """One history in the real store; with `crashes` the workers die as it says."""

    def __init__(self, *, crashes: bool) -> None:
        self.ward: Ward = open_ward("16.11.2026 06.00")
        self.people = [self.ward.person(), self.ward.person(), self.ward.person(municipality="9903")]
        self.crashes, self.plan, self.killed = crashes, None, set()
        self.deaths = 0
        self.last: dict[str, tuple[type[events.Event], dict[str, Any]]] = {}
        self.nurse = self.ward.user()
        self.ward.work = self.work  # type: ignore[method-assign]

    # The worker ------------------------------------------------------------------------------------------------------

    def work(self) -> None:
        while True:
            try:
                runner.run_due(self.ward.now, strict=True)
                return
            except Killed:
                self.deaths += 1
                outcomes.recover(machine_now=datetime.now(UTC) + 2 * life.LEASE, now=self.ward.now)

    @contextmanager
    def dying(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        finish, run_one = Running.finish, runner.run_one

        def strike(when: str, job: int) -> None:
            if not self.crashes or self.plan is None or self.plan[0] != when or job in self.killed:
                return
            when, left = self.plan
            self.plan = (when, left - 1) if left else None
            if not left:
                self.killed.add(job)
                raise Killed

        def finished(running: Running) -> None:
            finish(running)
            strike("before", running.id)

        def ran(job: Any, worker_id: int, **more: Any) -> Any:
            done = run_one(job, worker_id, **more)
            strike("after", job.id)
            return done

        with monkeypatch.context() as patched:
            # One job at a time is claimed, so that only the one that runs dies with its worker.
            patched.setattr(runner, "BATCH", 1)
            patched.setattr(Running, "finish", finished)
            patched.setattr(runner, "run_one", ran)
            yield

    # What happens ----------------------------------------------------------------------------------------------------

    def play(self, history: list[Any]) -> None:
        for person in self.people:
            self.ward.admit(person, f"{oslo.say_date(self.ward.now)} {oslo.say_clock(self.ward.now)}")
        for gap, who, (what, yes), kill in history:
            self.plan = kill
            self.pass_time(gap)
            self.step(self.people[who], what, yes)
            self.work()
        self.plan = None
        CounterpartFault.objects.all().delete()
        self.pass_time(60)

    def pass_time(self, minutes: int) -> None:
        at = self.ward.now + timedelta(minutes=minutes)
        self.ward.until(f"{oslo.say_date(at)} {oslo.say_clock(at)}")

    def says(self, person: Person, event: type[events.Event], **more: Any) -> None:
        self.last[person.local] = (event, more)
        self.ward.says(person, event, **more)

    def step(self, person: Person, what: str, yes: bool) -> None:
        ward = self.ward
        match what:
            case "user":
                self.says(person, events.MunicipalUserSet, value=yes)
            case "need":
                self.says(person, events.NeedAssessed, value=yes)
            case "ready":
                day = oslo.day(ward.now) + timedelta(days=0 if yes else 2)
                self.says(person, events.ReadySet, ready_date=day, decided_by=DOCTOR)
            case "cleared":
                self.says(person, events.ReadyCleared, by_mistake=yes)
            case "discharge":
                self.says(person, events.Discharged, discharged_to="1")
            case "move":
                self.says(person, events.Transferred, about={"unit_code": "KIR" if yes else "MED"})
            case "admit":
                ward.admit(person, "", "MED" if yes else "KIR")
            case "again" | "late" if person.local in self.last:
                event, more = self.last[person.local]
                ward.says(person, event, **more, when=ward.now - timedelta(hours=0 if what == "again" else 3))
            case "silent" if yes:
                CounterpartFault.objects.get_or_create(organisation=ward.mun_a, mode="silent")
            case "silent":
                CounterpartFault.objects.all().delete()
            case "inform":
                self.inform(person, final=yes)
            case "ask" | "answer":
                self.talk(person, what)
            case "died" | "undied" | "undischarged" | "cancelled":
                self.says(person, FEED[what])

    def stay(self, person: Person) -> Stay | None:
        visit = self.ward.visits[person.local]
        return Stay.objects.filter(visit=visit).order_by("pk").last()

    def inform(self, person: Person, *, final: bool) -> None:
        """Somebody registers that a Helseopplysning went, if the routine lets it: as the slow reference says (2.4)."""
        stay = self.stay(person)
        if stay is None:
            return
        state = load_state(stay)
        code = "M5" if final and state.information else "M4" if state.information else "M3"
        answer = may_send(code, state, policy_of(stay, self.ward.now), now=self.ward.now)
        assert answer.allowed == (reference(code, state, self.ward.now, None) != "X"), (code, state)
        if not answer.allowed:
            return
        kind: Any = {"M3": "early", "M4": "change", "M5": "final"}[code]
        told = events.InformationSent(at=self.ward.now, kind=kind, received_at=self.ward.now if final else None)
        try:
            register(stay, told, user=self.nurse, now=self.ward.now)
        except RefusedError:
            return

    def talk(self, person: Person, what: str) -> None:
        """The hospital asks, or the municipality asks about what it was told last."""
        stay = self.stay(person)
        if stay is None:
            return
        if what == "ask":
            talk = Talk(
                organisation=self.ward.hospital, message_type="DIALOG_FORESPORSEL", patient=stay.patient, stay=stay
            )
        else:
            course = Course.objects.filter(organisation=self.ward.mun_a, patient__isnull=False).order_by("pk").last()
            if course is None:
                return
            talk = Talk(
                organisation=self.ward.mun_a, message_type="DIALOG_FORESPORSEL", patient=course.patient, course=course
            )
        send_talk(talk, QUESTION, user=self.nurse, now=self.ward.now)

    # What came of it -------------------------------------------------------------------------------------------------

    def outcome(self) -> dict[str, Any]:
        """Everything that people and counterparts would notice, without row ids."""
        stays = {stay.pk: number for number, stay in enumerate(Stay.objects.order_by("pk"))}

        def about(subject: str) -> str:
            kind, _, number = subject.partition(":")
            return f"{kind}:{stays.get(int(number), '') if kind == 'stay' else ''}"

        return {
            "stays": list(Stay.objects.order_by("pk").values_list("state", "municipality_number", "discharged_at")),
            "messages": [
                (m.organisation.name, m.direction, m.type, m.status, m.state, about(m.subject))
                for m in Message.objects.select_related("organisation").order_by("created_at", "type", "organisation_id")
            ],
            "expected": list(Expectation.objects.order_by("stay", "number").values_list("message_code", "state")),
            "deadlines": sorted(
                (stays[d.stay_id], d.clock, d.state, str(d.due_at)) for d in Deadline.objects.all()
            ),
            "breaches": sorted(BreachOfRoutine.objects.values_list("code", "at")),
            "tasks": sorted((t.cause, about(t.subject), t.closed_how, t.kind) for t in Task.objects.all()),
            "courses": sorted(map(str, Course.objects.values_list("state", "ready_date", "discharged_at"))),
        }  # fmt: skip


class Municipality:
    """What one municipality has been told of one stay. Raises when it is told nonsense."""

    def __init__(self) -> None:
        self.admitted = self.ready = self.out = False

    def hear(self, message: Message) -> None:
        told = message.status != "C"
        match message.type:
            case "LOG_INNLAGT":
                assert told is not self.admitted, "M1 twice, or withdrawn without having been told"
                self.admitted = told
            case "LOG_UTSKRIVNINGSKLAR":
                assert told is not self.ready, "M6 without M7"
                assert not (told and self.out), "M6 after M8"
                self.ready = told
            case "LOG_AVMELDING":
                assert self.ready, "M7 without M6"
                self.ready = False
            case "LOG_UTSKREVET":
                assert told is not self.out, "M8 twice"
                self.out = told


def check(life: Life) -> None:
    """The invariants of the issue, on the rows."""
    assert not Job.objects.filter(state="dead").exists()
    for stay in Stay.objects.select_related("patient"):
        state, told = load_state(stay), Municipality()
        sent = Message.objects.filter(subject=stay.subject, organisation=life.ward.hospital, direction="out")
        for message in sent.filter(type__startswith="LOG_").order_by("pk"):
            told.hear(message)
        if stay.municipality_number == "9903":
            assert not sent.exists(), "a message without agreement"
        asked = set(Task.objects.filter(subject=stay.subject).values_list("cause", flat=True))
        expected = list(Expectation.objects.filter(stay=stay))
        inside = state.state.value in ("S2", "S3")
        stands = {e.message_code for e in expected if e.state not in ("cancelled", "withdrawn")}
        if inside and state.user and not state.overlay:
            assert stands & {"M1", "M6"}, "forgotten: M1"
        if inside and state.user and state.overlay == "N":
            assert any("no_agreement" in cause or "no_municipality" in cause for cause in asked), "nobody calls"
        if state.state.value == "S3" and not state.overlay:
            assert "M6" in stands, "forgotten: M6"
        if state.state.value == "S4" and state.before.value in ("S2", "S3") and state.m8 != "manual":
            assert "M8" in stands, "forgotten: M8"
        for row in expected:
            if row.state in ("unconfirmed", "rejected"):
                named = {f"message:{row.message_id}", stay.subject}
                assert Task.objects.filter(subject__in=named).exists(), "silence about what did not arrive"
    dates = [
        (claim.stay.patient_id, day)
        for claim in claims(
            life.ward.hospital, oslo.day(life.ward.now) - timedelta(days=300), oslo.day(life.ward.now),
            today=oslo.day(life.ward.now),
        )
        for day, _ in claim.prices
    ]  # fmt: skip
    assert len(dates) == len(set(dates)), "a date charged twice"
    dice = random.Random(1)
    for course in Course.objects.all():
        rows = coursing.told(course)
        for _ in range(3):
            dice.shuffle(rows)
            assert courses.fold(rows) == coursing.fold(course), "the order of arrival decides"
    assert not Delivery.objects.filter(state="about").exists()


def lived(history: list[Any], monkeypatch: pytest.MonkeyPatch, *, crashes: bool) -> tuple[dict[str, Any], int]:
    """What came of it, checked, and how often a worker died; the store is empty before."""
    # Really committed, so that what a dying worker rolls back is its own transaction and no more.
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    one = Life(crashes=crashes)
    with one.dying(monkeypatch):
        one.play(history)
    check(one)
    return one.outcome(), one.deaths


@settings(
    max_examples=EXAMPLES, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(history=HISTORY)
def test_crashes_and_restarts_change_nothing_that_anybody_would_notice(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, history: list[Any]
) -> None:
    calm, _ = lived(history, monkeypatch, crashes=False)
    killed, _ = lived(history, monkeypatch, crashes=True)
    assert killed == calm


def test_the_workers_of_these_histories_really_die(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [
        (4, 0, ("user", True), ("before", 0)),
        (20, 0, ("ready", True), ("after", 0)),
        (70, 0, ("discharge", True), ("before", 1)),
    ]
    _, deaths = lived(steps, monkeypatch, crashes=True)
    assert deaths == 3
