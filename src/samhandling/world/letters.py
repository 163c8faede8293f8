"""Messages that the people of the simulated day write: through the same forms, routine and services as anybody's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from django.db import transaction

from samhandling.access.models import User
from samhandling.access.roles import MUNICIPAL_ROLES, Role
from samhandling.access.scope import Scope, hats
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.patients.services import match
from samhandling.patients.values import Number, PatientDetails
from samhandling.stays.models import Course, Stay
from samhandling.world.day import Letter, relative_date
from samhandling.world.models import PlayedDay
from samhandling.writing.web.filling import NotWrittenError, fill_in

ANSWERS = {"svar": "DIALOG_FORESPORSEL"}
"""Written about a message that was received: the newest of that type."""


@transaction.atomic
def write(letter: Letter) -> None:
    """Let the person write it, once: a second time does nothing. Raises NotWrittenError where it does not fit."""
    row = PlayedDay.objects.select_for_update().get(pk=1)
    if letter.control_id in row.letters:
        return
    scope = _scope(letter.table.by)
    where, pk = _place(letter, scope)
    fields = typed(letter.table.fields, oslo.day(letter.day_starts_at))
    fill_in(scope, where, pk, letter.table.writes, fields, now=letter.at, send=letter.table.sends)
    row.letters = [*row.letters, letter.control_id]
    row.save(update_fields=["letters"])


def _scope(username: str) -> Scope:
    user = User.objects.filter(username=username).first()
    hat = next(iter(hats(user)), None) if user is not None else None
    if user is None or hat is None:
        raise NotWrittenError(f"nobody is called {username}")
    return Scope(
        user=user, organisation=hat.organisation, role=Role(hat.role), unit_ids=hat.unit_ids, unit_names=hat.unit_names
    )


def _place(letter: Letter, scope: Scope) -> tuple[str, int]:
    """Where it is written: the stay of the visit, the newest course of the patient, or a message received there."""
    home: Stay | Course | None
    if scope.organisation.kind == "municipality" or scope.role in MUNICIPAL_ROLES:
        home = _course(letter, scope)
    else:
        home = Stay.objects.filter(organisation=scope.organisation, visit=letter.visit).first()
    if home is None:
        raise NotWrittenError(f"{letter.control_id}: no stay or course of {letter.person.key}")
    answered = ANSWERS.get(letter.table.writes)
    if answered is None:
        return ("forlop" if isinstance(home, Course) else "opphold"), home.pk
    asked = Message.objects.filter(
        organisation=scope.organisation, direction=Direction.IN, type=answered, subject=home.subject
    ).last()
    if asked is None:
        raise NotWrittenError(f"{letter.control_id}: nothing to answer")
    return "melding", asked.pk


def _course(letter: Letter, scope: Scope) -> Course | None:
    person = letter.person
    details = PatientDetails(
        numbers=(Number(person.kind, person.number),), family_name=person.family, given_name=person.given,
        middle_name=person.middle, birth_date=person.born,
    )  # fmt: skip
    patient_id = match(details, organisation_id=scope.organisation.pk).patient_id
    if patient_id is None:
        return None
    return Course.objects.filter(organisation=scope.organisation, patient_id=patient_id).order_by("opened_at").last()


_DAY = re.compile(r"[+-]?\d+d")


def typed(fields: Mapping[str, str], day: date) -> dict[str, str]:
    """What is typed, with `+2d` as the date that it is seen from `day`."""
    return {
        name: oslo.say_date(relative_date(text, day)) if _DAY.fullmatch(text) else text for name, text in fields.items()
    }
