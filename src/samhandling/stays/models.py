"""The hospital's stays with what is expected, due and broken, and the municipality's courses.

A stay is built from the patient system and forms, a course only from messages that the municipality received (3a).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from samhandling.errors import SamhandlingError
from samhandling.stays.policy import NATIONAL
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.expectations import ExpectationState
from samhandling.stays.rules.values import State

ORGANISATION = "organisations.Organisation"
PATIENT = "patients.Patient"
UNIT = "organisations.Unit"
USER = "access.User"
MESSAGE = "exchange.Message"


class TimelineError(SamhandlingError):
    """Somebody tried to change or delete a line of a timeline, which only grows."""

    code = "stay.append_only"


class RoutinePolicy(models.Model):
    """Where the routine of a hospital, or of its agreement with one municipality, differs, from a day on (C-13)."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    municipality_number = models.CharField(max_length=4, blank=True)
    """Only for this municipality; empty: for all."""
    name = models.CharField(max_length=100)
    base = models.CharField(max_length=60, default=NATIONAL)
    """The shipped routine that `changes` differ from: a name of `stays.policy.shipped_names`."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """The last day; empty: until another one begins."""
    changes = models.JSONField(default=dict)
    """Names and values of `stays.policy.Policy` that differ."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "municipality_number", "valid_from"], name="routine_policy_from"
            )
        ]


class Stay(models.Model):
    """One inpatient episode of one patient at one hospital trust (routines 2.1)."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(PATIENT, on_delete=models.PROTECT, related_name="+")
    visit = models.CharField(max_length=60, blank=True)
    """The patient system's number of the visit."""
    unit = models.ForeignKey(UNIT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The ward where the patient lies; empty when the patient system names one that we do not know."""
    state = models.CharField(max_length=5, choices=[(s.value, s.name) for s in State])
    facts = models.JSONField(default=dict)
    """`rules.StayState`, which the fields below repeat for lists."""
    admitted_at = models.DateTimeField()
    discharged_at = models.DateTimeField(null=True, blank=True)
    municipality_number = models.CharField(max_length=4, blank=True)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The patient's stay before this one; nothing else carries over (T21)."""
    next_number = models.PositiveIntegerField(default=1)
    """Counts what is told during the stay, so that each has its own name."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "visit"], condition=~Q(visit="") & ~Q(state=State.VOID.value), name="visit_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "unit"], name="stay_ward"),
            models.Index(fields=["patient", "admitted_at"], name="stay_patient"),
        ]

    @property
    def subject(self) -> str:
        """How tasks and messages name it."""
        return f"stay:{self.pk}"


class _Line(models.Model):
    """A line of a timeline: appended, never changed."""

    at = models.DateTimeField()
    """When it happened."""
    recorded_at = models.DateTimeField()
    """When we learned of it."""
    kind = models.CharField(max_length=40)
    """Stable code; its words stand in `stays.words`."""
    data = models.JSONField(default=dict)
    """Codes, dates and row ids; no names, no content."""
    message = models.ForeignKey(MESSAGE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append. Raises TimelineError for a line that stands already."""
        if self.pk is not None:
            raise TimelineError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse. Raises TimelineError."""
        raise TimelineError


class StayEvent(_Line):
    """What happened to a stay."""

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="events")
    row = models.CharField(max_length=6, blank=True)
    """Transition of routines 2.3: `T04`."""
    source = models.CharField(max_length=60, blank=True)
    """`adt:56`, or empty."""
    user = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]


class Expectation(models.Model):
    """That one message must reach the municipality, written by the node or the EPJ; life cycle `rules.expectations`."""

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="expectations")
    number = models.PositiveIntegerField()
    """Order within the stay."""
    message_code = models.CharField(max_length=5)
    """M1, M6, M7, M8 of routines 2.2."""
    municipality_number = models.CharField(max_length=4)
    written_by = models.CharField(max_length=5)
    state = models.CharField(max_length=15, choices=[(s.value, s.value) for s in ExpectationState])
    values = models.JSONField(default=dict)
    """What the message must tell: ready date, who decided, times."""
    due_since = models.DateTimeField()
    """The registration that asks for it (F3)."""
    message = models.ForeignKey(MESSAGE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancellation = models.ForeignKey(MESSAGE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    """When the municipality had it: the hospital may count it as notified."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stay", "number"], name="expectation_number")]
        indexes = [models.Index(fields=["message"], name="expectation_message")]


class Deadline(models.Model):
    """A clock of routines 2.5; life cycle `rules.deadlines`."""

    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="deadlines")
    clock = models.CharField(max_length=4)
    """F1 … F11."""
    expectation = models.ForeignKey(
        Expectation, null=True, blank=True, on_delete=models.CASCADE, related_name="deadlines"
    )
    """The message it is about (F3, F7); empty for the clocks of the stay itself."""
    state = models.CharField(max_length=15, choices=[(s.value, s.value) for s in DeadlineState])
    detail = models.CharField(max_length=40, blank=True)
    """Which one, of clocks that run several at a time: the row id of a request (F6)."""
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """Empty: before the discharge, whenever that is (F9)."""
    reason = models.CharField(max_length=20, blank=True)
    """Why it is not the ordinary one: `identity` (T27), `late_need` (C-01)."""
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it was met, missed or closed."""
    late_at = models.DateTimeField(null=True, blank=True)
    """When what was missed came after all."""
    affected_by_downtime = models.BooleanField(default=False)
    """Messages with the municipality were down for some of its time: shown, and counted apart (2.5)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "clock", "detail"], condition=Q(expectation__isnull=True), name="deadline_of_stay"
            ),
            models.UniqueConstraint(
                fields=["expectation", "clock"], condition=Q(expectation__isnull=False), name="deadline_of_message"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="deadline_due")]


class BreachOfRoutine(models.Model):
    """*Brudd på rutine* (routines 2.6): found by the system, never sent as a message."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=10)
    """A-01 … A-21."""
    severity = models.CharField(max_length=10)
    at = models.DateTimeField()
    stay = models.ForeignKey(Stay, null=True, blank=True, on_delete=models.CASCADE, related_name="breaches")
    course = models.ForeignKey("Course", null=True, blank=True, on_delete=models.CASCADE, related_name="breaches")
    patient = models.ForeignKey(PATIENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(UNIT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(MESSAGE, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unique_key = models.CharField(max_length=120)
    affected_by_downtime = models.BooleanField(default=False)
    """The deadline that was missed is so marked."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "unique_key"], name="breach_once")]
        indexes = [models.Index(fields=["organisation", "code", "at"], name="breach_list")]


class Course(models.Model):
    """What a municipality knows of one patient in one hospital, folded from its messages (`rules.courses`)."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    hospital_her = models.CharField(max_length=20)
    """Level 1 of the counterpart, as in the messages."""
    hospital_name = models.CharField(max_length=300, blank=True)
    patient = models.ForeignKey(PATIENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    patient_key = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in CourseState])
    admitted_at = models.DateTimeField(null=True, blank=True)
    ready_date = models.DateField(null=True, blank=True)
    ready_received_at = models.DateTimeField(null=True, blank=True)
    """When the message that stands was received here."""
    decided_by = models.CharField(max_length=200, blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    discharged_on = models.DateField(null=True, blank=True)
    """The day alone, when the message tells no time."""
    discharged_to = models.CharField(max_length=5, blank=True)
    dead = models.BooleanField(default=False)
    ward_name = models.CharField(max_length=200, blank=True)
    ward_phone = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state"], name="course_state"),
            models.Index(fields=["organisation", "patient_key"], name="course_patient_key"),
        ]

    @property
    def subject(self) -> str:
        """How tasks name it."""
        return f"course:{self.pk}"


class CourseMessageRow(models.Model):
    """One message of a course, with what it tells; cancelled ones stay and no longer count."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="messages")
    message = models.OneToOneField(MESSAGE, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=5)
    cancelled = models.BooleanField(default=False)
    event_at = models.DateTimeField()
    generated_at = models.DateTimeField()
    received_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    ready_date = models.DateField(null=True, blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    discharged_on = models.DateField(null=True, blank=True)
    discharged_to = models.CharField(max_length=5, blank=True)
    dead = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=200, blank=True)


class CourseEvent(_Line):
    """What the municipality learned, in the order in which it learned it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="events")

    class Meta:
        ordering = ["id"]


class Call(models.Model):
    """One telephone call about a stay or a course: who, when, and what was agreed (S-43, S-45). Never changed."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    stay = models.ForeignKey(Stay, null=True, blank=True, on_delete=models.CASCADE, related_name="calls")
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.CASCADE, related_name="calls")
    patient = models.ForeignKey(PATIENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    counterpart = models.CharField(max_length=200, blank=True)
    """The municipality or hospital that was called."""
    phone = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField()
    """Whom one spoke with and what was agreed, as JSON, sealed: see `stays.calls.Said`."""
    at = models.DateTimeField()
    """When they spoke."""
    recorded_at = models.DateTimeField()
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stay__isnull=False, course__isnull=True) | Q(stay__isnull=True, course__isnull=False),
                name="call_about_one",
            ),
        ]
        indexes = [models.Index(fields=["stay", "at"], name="call_stay")]

    @property
    def subject(self) -> str:
        """The stay or course that it was about."""
        return f"stay:{self.stay_id}" if self.stay_id else f"course:{self.course_id}"


class CourseShare(models.Model):
    """Who in the municipality has taken over a course from one of its services: *Fordel* to a zone, unit or person."""

    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="shares")
    service = models.ForeignKey(UNIT, on_delete=models.PROTECT, related_name="+")
    """The service whose inbox it stood in."""
    unit = models.ForeignKey(UNIT, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "service"], name="course_share_once"),
            models.CheckConstraint(condition=Q(unit__isnull=False) | Q(user__isnull=False), name="course_share_to"),
        ]
        indexes = [models.Index(fields=["organisation", "unit"], name="course_share_unit")]
