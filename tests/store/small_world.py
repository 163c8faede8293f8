"""The world `liten` in the store, with people who log in and a patient: what page tests play on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange.models import Message
from samhandling.exchange.services import send
from samhandling.exchange.values import Draft, LogisticsContent, Responsible
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.models import Patient
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.stays import events
from samhandling.stays.models import Stay
from samhandling.stays.services import apply
from samhandling.store.services import mark_as_test, set_clock
from samhandling.world.loading import load
from samhandling.world.reading import read

NOW = datetime(2026, 11, 16, 9, 20, tzinfo=UTC)
"""Monday 16.11.2026 10.20 in Oslo."""


BORN = date(1942, 3, 14)
"""Everybody's birthday."""


@dataclass(frozen=True)
class SmallWorld:
    """Rows that tests name."""

    hospital: Organisation
    municipality: Organisation
    medicine: Unit
    surgery: Unit
    nurse: User
    surgeon_nurse: User
    resource: User
    responsible: User
    case_handler: User
    home_nurse: User


def build(now: datetime = NOW) -> SmallWorld:
    """Load the world, set its clock to `now`, make the people."""
    mark_as_test(machine_now=datetime.now(UTC))
    set_clock(now, machine_now=datetime.now(UTC))
    load(read("liten"), now=now)
    hospital = Organisation.objects.get(her_id="98000100")
    municipality = Organisation.objects.get(her_id="98310700")
    medicine = Unit.objects.get(organisation=hospital, code="MED")
    surgery = Unit.objects.get(organisation=hospital, code="KIR")

    def person(username: str, first: str, last: str, role: Role, where: Organisation, unit: Unit | None = None) -> User:
        user = add_user(username, "demo", now=now, first_name=first, last_name=last, demo=True)
        add_role(user, role, where, unit=unit, now=now)
        return user

    return SmallWorld(
        hospital=hospital,
        municipality=municipality,
        medicine=medicine,
        surgery=surgery,
        nurse=person("kari", "Kari", "Vik", Role.WARD_NURSE, hospital, medicine),
        surgeon_nurse=person("ola", "Ola", "Berg", Role.WARD_NURSE, hospital, surgery),
        resource=person("pia", "Pia", "Lie", Role.PLO_RESOURCE, hospital, medicine),
        responsible=person("mette", "Mette", "Lund", Role.MESSAGE_RESPONSIBLE, hospital),
        case_handler=person("siri", "Siri", "Moe", Role.CASE_HANDLER, municipality),
        home_nurse=person("hans", "Hans", "Aas", Role.MUNICIPAL_NURSE, municipality),
    )


def patient(world: SmallWorld, now: datetime = NOW, *, given: str = "Testine", family: str = "Prøvesen") -> Patient:
    """A synthetic patient of the hospital."""
    return register(details(given, family), organisation_id=world.hospital.pk, now=now).patient


def details(given: str, family: str, municipality: str = "9901", number: Number | None = None) -> PatientDetails:
    """What the patient system tells of a synthetic woman; the same names give the same number."""
    if number is None:
        number = Number("FNR", synthetic.person_number(BORN, "2", index=sum(map(ord, given + family)) % 100))
    return PatientDetails(
        numbers=(number,), given_name=given, family_name=family, birth_date=BORN, sex="2",
        municipality_number=municipality,
    )  # fmt: skip


def admit(
    world: SmallWorld,
    now: datetime = NOW,
    *,
    unit: Unit | None = None,
    given: str = "Testine",
    family: str = "Prøvesen",
    visit: str = "1001",
    at: datetime | None = None,
    number: Number | None = None,
    municipality: str = "9901",
) -> Stay:
    """A patient admitted by the patient system; nobody has assessed anything yet."""
    about = details(given, family, municipality, number)
    done = apply(
        events.Admitted(
            at=at or now,
            about=events.About(
                patient=about, visit=visit, unit_code=(unit or world.medicine).code, admitted_at=at or now,
                inpatient=True, attending=events.Professional(family_name="Legesen", given_name="Lise"),
            ),
        ),
        organisation=world.hospital,
        now=now,
    )  # fmt: skip
    assert done.stay_id is not None, done
    return Stay.objects.get(pk=done.stay_id)


def send_admission(world: SmallWorld, about: Patient, now: datetime = NOW, subject: str = "") -> Message:
    """M1 sent, received and receipted on this node."""
    outcome = send(
        Draft(
            organisation=world.hospital, message_type="LOG_INNLAGT", patient=about, municipality=world.municipality,
            content=LogisticsContent(
                admitted_at=now, unit=world.medicine, responsible=Responsible(family_name="Legesen", given_name="Lise")
            ),
            subject=subject, event_at=now,
        ),
        now=now,
    )  # fmt: skip
    assert outcome.message is not None, outcome.findings
    run_due(now, strict=True)
    return outcome.message
