"""A decision under way: the locked stay, what it must know of its surroundings, and how its state is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from django.db.models import QuerySet

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.clock.calendar import office_hours
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import municipality as municipality_of
from samhandling.organisations.services import municipality_name
from samhandling.patients.models import Patient
from samhandling.registry.services import staffed_phone
from samhandling.stays.causes import CAUSES
from samhandling.stays.models import Deadline, Stay, StayEvent
from samhandling.stays.policy import Policy
from samhandling.stays.rules.values import MESSAGE_NAMES, StayState
from samhandling.store.prepared import insert, only, prepared, update
from samhandling.tasks.models import Task
from samhandling.tasks.services import open_task

SAME_TASK = {"stay.ready_unanswered": "stay.ready_today"}
"""A cause that makes the open task of another more urgent."""


@dataclass
class Work:
    """What carrying out a decision needs; lives for one transaction."""

    stay: Stay
    policy: Policy
    now: datetime
    user: User | None = None
    source: str = ""
    row: str = ""
    state: StayState = field(default_factory=StayState)
    clocks: dict[tuple[str, str], Deadline] | None = None
    """Locked deadlines of the stay itself, by clock; None until they are asked for."""

    @property
    def organisation(self) -> Organisation:
        """The hospital."""
        return self.stay.organisation

    @cached_property
    def municipality(self) -> Organisation | None:
        """The municipality on the day, successors followed."""
        return self.municipality_numbered(self.state.municipality)

    def municipality_numbered(self, number: str) -> Organisation | None:
        """The municipality of that number today."""
        return municipality_of(number, oslo.day(self.now)) if number else None

    def forget_municipality(self) -> None:
        """The state names another one now."""
        self.__dict__.pop("municipality", None)

    @property
    def day_phone(self) -> str:
        """The municipality's phone that is staffed now, or nothing."""
        found = staffed_phone(self.municipality, self.now)
        return found.phone if found is not None else ""

    def note(self, kind: str, *, at: datetime | None = None, message: Any = None, **data: Any) -> StayEvent:
        """Append a line to the timeline."""
        line = StayEvent(
            stay=self.stay,
            at=at or self.now,
            recorded_at=self.now,
            kind=kind,
            data={name: value for name, value in data.items() if value not in (None, "")},
            message=message,
            row=self.row,
            source=self.source,
            user=self.user,
        )
        return insert(line)

    def task_key(self, cause: str, detail: str = "") -> str:
        """The unique key of a task of that cause for this stay."""
        return ":".join(part for part in (self.stay.subject, SAME_TASK.get(cause, cause), detail) if part)

    def ask(
        self,
        cause: str,
        *,
        due_at: datetime | None = None,
        detail: str = "",
        message: str = "",
        severity: str = "",
        anomaly: str = "",
    ) -> Task:
        """Open the work of that cause; `message` (M1 …) is named in its text, `anomaly` is the one it is this time."""
        what = CAUSES[cause]
        responsible = what.owner == "responsible" or (what.owner == "anomaly" and office_hours(self.now))
        phone = self.day_phone if "{nummer}" in what.text else ""
        return open_task(
            organisation=self.organisation,
            kind=what.kind,
            cause=cause,
            severity=severity or what.severity,
            now=self.now,
            unit=self.stay.unit,
            role="message_responsible" if responsible else "",
            patient=self.stay.patient,
            subject=self.stay.subject,
            due_at=due_at,
            group_key=f"{cause}:{self.state.municipality}",
            unique_key=self.task_key(cause, detail),
            text=self._say(what.text, phone, message),
            phone=phone,
            anomaly=anomaly or what.anomaly,
        )

    def _say(self, text: str, phone: str, message: str) -> str:
        number = self.state.municipality
        name = municipality_name(number, oslo.day(self.now)) if "{kommune}" in text and number else ""
        old = municipality_name(self.state.told_before, oslo.day(self.now)) if "{gammel}" in text else ""
        said = text.format(
            kommune=name or "kommunen",
            nummer=phone,
            melding=MESSAGE_NAMES.get(message, "Meldingen"),
            gammel=old or "den gamle kommunen",
        )
        return " ".join(said.replace(" .", ".").split())


def load_state(stay: Stay) -> StayState:
    """The stay's state as the rules take it."""
    return msgspec.convert(stay.facts, StayState)


def store_state(stay: Stay, state: StayState, *, now: datetime) -> None:
    """Write the state, and the fields that lists look at."""
    stay.facts = msgspec.to_builtins(state)
    stay.state = state.state.value
    if state.admitted_at is not None:
        stay.admitted_at = state.admitted_at
    stay.discharged_at = state.discharged_at
    stay.municipality_number = state.municipality
    stay.changed_at = now
    if stay.pk is None:
        insert(stay)
    else:
        update(stay)


def lock_stay(stay_id: int, *, patient: Patient | None = None) -> Stay:
    """The stay, its patient locked first and then itself, until the transaction ends (design 3).

    `patient`: the stay's patient, whom the caller has locked already.
    """
    if patient is None:
        patient = only(_patient_of(stay_id))
    stay = only(_locked(stay_id))
    if stay.patient_id == patient.pk:
        stay.patient = patient
    return stay


@prepared
def _patient_of(stay_id: int) -> QuerySet[Patient]:
    whose = Stay.objects.filter(pk=stay_id).values("patient_id")
    return Patient.objects.select_for_update().filter(pk__in=whose)


@prepared
def _locked(stay_id: int) -> QuerySet[Stay]:
    return Stay.objects.select_for_update(of=("self",)).select_related("organisation", "unit").filter(pk=stay_id)
