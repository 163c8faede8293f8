"""The register of *Avviksmelding*, *Brudd på rutine* and *Meldt på eget skjema*, kept apart, with follow-up (2.6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.db import transaction

from samhandling.access import audit
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError, redact
from samhandling.exchange.models import Message
from samhandling.stays.models import BreachOfRoutine
from samhandling.worklist.models import FollowUp, FormReport

Kind = Literal["message", "breach", "report"]


class PatientNamedError(SamhandlingError):
    """A text of the register holds what looks like an identity number (P-08)."""

    code = "register.patient_named"


class WordsMissingError(SamhandlingError):
    """A report or a follow-up without words."""

    code = "register.words_missing"


def _words(text: str) -> str:
    """The text in one line. Raises WordsMissingError, PatientNamedError."""
    found = " ".join(text.split())
    if not found:
        raise WordsMissingError
    if redact(found) != found:
        raise PatientNamedError
    return found[:300]


@transaction.atomic
def report(
    scope: Scope, *, reported_on: date, reference: str, counterpart: str, text: str, subject: str, now: datetime
) -> FormReport:
    """Note that something was reported on its own form. Raises WordsMissingError, PatientNamedError, NotFoundError."""
    if subject:
        _subject(scope, subject)
    if redact(f"{reference} {counterpart}") != f"{reference} {counterpart}":
        raise PatientNamedError
    row = FormReport.objects.create(
        organisation=scope.organisation, reported_on=reported_on, reference=reference.strip()[:60],
        counterpart=counterpart.strip()[:200], text=_words(text), subject=subject, user=scope.user, recorded_at=now,
    )  # fmt: skip
    audit.record(scope, "register.report", now=now, subject=f"report:{row.pk}")
    return row


@transaction.atomic
def follow(scope: Scope, subject: str, *, done: bool, note: str, now: datetime) -> FollowUp:
    """One step of following it up. Raises WordsMissingError, PatientNamedError, NotFoundError."""
    _subject(scope, subject)
    state = FollowUp.State.DONE if done else FollowUp.State.OPEN
    row = FollowUp.objects.create(
        organisation=scope.organisation, subject=subject, state=state, note=_words(note), user=scope.user, at=now
    )
    audit.record(scope, "register.follow", now=now, subject=subject)
    return row


def _subject(scope: Scope, subject: str) -> None:
    """Raise NotFoundError unless it is a row of the register of the scope's organisation."""
    kind, _, number = subject.partition(":")
    if number.isdecimal():
        rows = {
            "message": scope.rows(Message.objects.filter(type="DIALOG_AVVIK")),
            "breach": scope.rows(BreachOfRoutine.objects.all()),
            "report": scope.rows(FormReport.objects.all()),
        }.get(kind)
        if rows is not None and rows.filter(pk=int(number)).exists():
            return
    raise NotFoundError(subject)
