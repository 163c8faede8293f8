"""The ward of the scenarios: a hospital, municipality A with and Z without agreement, and what its feed says when.

Times are written as Oslo's clocks show them: `on("16.11.2026 10.20")`. Jobs, exchange and loopback are the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from samhandling.access.models import Membership, User
from samhandling.clock import oslo
from samhandling.exchange.models import Delivery, Message
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CommunicationParty, ContactPoint
from samhandling.stays import events
from samhandling.stays.events import About, Professional
from samhandling.stays.models import BreachOfRoutine, Course, Deadline, Expectation, RoutinePolicy, Stay
from samhandling.stays.policy import OSTFOLD
from samhandling.stays.services import Applied, apply
from samhandling.store.services import mark_as_test
from samhandling.tasks.models import Task

BORN = date(1942, 3, 14)
DOCTOR = Professional(family_name="Legesen", given_name="Lise", hpr="9144897")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def on(written: str) -> datetime:
    """The instant at which Oslo's clocks show `16.11.2026 10.20`."""
    day, clock = written.split()
    shown = date(*(int(part) for part in reversed(day.split("."))))
    return oslo.from_local(shown, time(*(int(part) for part in clock.split(".")))).instant


def fnr(index: int) -> str:
    return synthetic.person_number(BORN, "2", index=index)


@dataclass
class Person:
    """A patient as the patient system knows one."""

    local: str
    numbers: tuple[Number, ...]
    municipality: str = "9901"
    family_name: str = "Prøvesen"
    given_name: str = "Testine"

    def details(self) -> PatientDetails:
        return PatientDetails(
            numbers=(Number("LOCAL", self.local), *self.numbers),
            family_name=self.family_name,
            given_name=self.given_name,
            birth_date=BORN,
            sex="2",
            municipality_number=self.municipality,
        )


@dataclass
class Ward:
    """What happens at the hospital, and what came of it."""

    hospital: Organisation
    mun_a: Organisation
    mun_z: Organisation
    now: datetime
    _visits: count = field(default_factory=lambda: count(1))
    _people: count = field(default_factory=lambda: count(1))
    visits: dict[str, str] = field(default_factory=dict)

    # The feed --------------------------------------------------------------------------------------------------------

    def person(self, *, kind: str = "FNR", municipality: str = "9901") -> Person:
        number = next(self._people)
        value = fnr(number) if kind == "FNR" else synthetic.help_number(BORN, "2", index=number)
        numbers = () if kind == "NONE" else (Number(kind, value),)
        return Person(f"P{number}", numbers, municipality)

    def says(self, person: Person, event: type[events.Event], at: str = "", **more) -> Applied:
        """The feed tells of an event at `at` (the ward's present when empty), and all that is due is done."""
        if at:
            self.until(at)
        about = About(
            patient=person.details(),
            visit=self.visits.get(person.local, ""),
            source="adt:1",
            **more.pop("about", {}),
        )
        when = more.pop("when", self.now)
        done = apply(event(at=when, about=about, **more), organisation=self.hospital, now=self.now)
        self.work()
        return done

    def admit(self, person: Person, at: str, unit: str = "MED", *, inpatient: bool | None = True) -> Stay | None:
        self.visits[person.local] = f"V{next(self._visits)}"
        done = self.says(person, events.Admitted, at, about={"unit_code": unit, "inpatient": inpatient})
        return Stay.objects.get(pk=done.stay_id) if done.stay_id else None

    def flag(self, person: Person, at: str = "", value: bool = True, **more) -> Applied:
        return self.says(person, events.MunicipalUserSet, at, value=value, **more)

    def ready(self, person: Person, at: str, day: str, by: Professional | None = DOCTOR) -> Applied:
        shown = date(*(int(part) for part in reversed(day.split("."))))
        return self.says(person, events.ReadySet, at, ready_date=shown, decided_by=by)

    def discharge(self, person: Person, at: str, to: str = "1") -> Applied:
        return self.says(person, events.Discharged, at, discharged_to=to)

    # Time ------------------------------------------------------------------------------------------------------------

    def until(self, at: str) -> None:
        """Let time pass, with every timer firing at its own instant."""
        from samhandling.jobs.services import next_run_at

        end = on(at)
        while (following := next_run_at()) is not None and following <= end:
            self.now = max(self.now, following)
            self.work()
        self.now = end
        self.work()

    def work(self) -> None:
        run_due(self.now, strict=True)

    # What came of it -------------------------------------------------------------------------------------------------

    def sent(self, stay: Stay) -> list[str]:
        """What the hospital sent, in order: type without LOG_, with (C) for a cancellation."""
        return [self.name(m) for m in self.messages(stay)]

    def messages(self, stay: Stay) -> list[Message]:
        rows = Message.objects.filter(organisation=self.hospital, direction="out", subject=f"stay:{stay.pk}")
        return list(rows.order_by("pk"))

    def name(self, message: Message) -> str:
        return message.type.removeprefix("LOG_") + ("(C)" if message.status == "C" else "")

    def everything_sent(self) -> list[str]:
        return [self.name(m) for m in Message.objects.filter(direction="out").order_by("pk")]

    def causes(self, stay: Stay | None = None, *, closed: bool = False) -> list[str]:
        rows = Task.objects.filter(organisation=self.hospital, closed_at__isnull=not closed)
        if stay is not None:
            rows = rows.filter(subject=f"stay:{stay.pk}")
        return sorted(rows.values_list("cause", flat=True))

    def task(self, cause: str) -> Task:
        return Task.objects.get(cause=cause, closed_at__isnull=True)

    def breaches(self, stay: Stay) -> list[str]:
        return sorted(BreachOfRoutine.objects.filter(stay=stay).values_list("code", flat=True))

    def clock(self, stay: Stay, name: str) -> Deadline:
        return Deadline.objects.get(stay=stay, clock=name, expectation__isnull=True)

    def expected(self, stay: Stay) -> list[tuple[str, str]]:
        rows = Expectation.objects.filter(stay=stay).order_by("number")
        return [(row.message_code, row.state) for row in rows]

    def timeline(self, stay: Stay) -> list[str]:
        return [event.kind for event in stay.events.all()]

    def course(self, municipality: Organisation | None = None) -> Course:
        return Course.objects.get(organisation=municipality or self.mun_a)

    def delivered(self, message: Message) -> Delivery:
        return Delivery.objects.get(message=message)

    def state(self, stay: Stay) -> str:
        stay.refresh_from_db()
        return stay.state

    def user(self, role: str = "ward_nurse") -> User:
        user = User.objects.create(username=f"user-{User.objects.count()}")
        Membership.objects.create(user=user, organisation=self.hospital, role=role)
        return user


def open_ward(at: str = "16.11.2026 06.00") -> Ward:
    """The hospital and its municipalities, empty of patients."""
    mark_as_test(machine_now=datetime(2026, 11, 16, tzinfo=UTC))
    hospital = Organisation.objects.create(
        name="Testsykehuset HF", her_id="8000", kind="hospital", hosted=True, organisation_number="974744570"
    )
    for code, name, track, inpatient in (
        ("MED", "Medisin", "SOMATIC", True),
        ("KIR", "Kirurgi", "SOMATIC", True),
        ("APS", "Alderspsykiatri", "PSYCH", True),
        ("DAG", "Dagkirurgi", "SOMATIC", False),
    ):
        Unit.objects.create(
            organisation=hospital, code=code, name=name, kind="ward", track=track, inpatient=inpatient,
            phone=f"6986000{len(name) % 10}",
        )  # fmt: skip
    _party(hospital, "8001", "Somatikk PLO meldingsmottak", "plo_reception", track="SOMATIC")
    _party(hospital, "8002", "Psykiatri PLO meldingsmottak", "plo_reception", track="PSYCH")
    mun_a = _municipality("Kommune A", "8100", "9901")
    mun_b = _municipality("Kommune B", "8200", "9902")
    mun_z = _municipality("Kommune Z", "8300", "9903")
    RoutinePolicy.objects.create(organisation=hospital, name="SØ", base=OSTFOLD, valid_from=date(2013, 6, 5))
    Agreement.objects.create(hospital=hospital, municipality=mun_a)
    Agreement.objects.create(hospital=hospital, municipality=mun_b)
    return Ward(hospital, mun_a, mun_z, on(at))


def _municipality(name: str, her_id: str, number: str) -> Organisation:
    found = Organisation.objects.create(
        name=name, her_id=her_id, kind="municipality", hosted=True, municipality_number=number
    )
    _party(found, f"{her_id[:2]}01", "Sykepleietjeneste", "nursing")
    _party(found, f"{her_id[:2]}02", "Saksbehandling", "case_handling")
    ContactPoint.objects.create(organisation=found, kind="coordinator", phone="69000000")
    return found


def _party(organisation: Organisation, her_id: str, name: str, function: str, **more) -> CommunicationParty:
    return CommunicationParty.objects.create(
        organisation=organisation, her_id=her_id, name=name, function=function, **more
    )
