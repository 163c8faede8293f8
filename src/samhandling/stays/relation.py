"""Whether a hospital has anything to do with the patient of a message (A-06, C-06): a stay now, or within 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.exchange.models import Direction, Message
from samhandling.organisations.models import Organisation
from samhandling.stays.models import Stay
from samhandling.stays.resolving import OPEN_STATES

KEPT = timedelta(days=30)
"""How long after a stay the hospital still has to do with the patient."""
JUDGED = frozenset({"DIALOG_FORESPORSEL", "DIALOG_SVAR", "DIALOG_NOTAT", "DIALOG_HELSEFAGLIG"})
"""Messages of the discharge planning; an avviksmelding is always ours to read (C-04), an admission report waits."""
FLAG = "no_relation"


def missing(message: Message, *, now: datetime) -> bool:
    """Whether nothing ties the patient to the hospital any more; a person who has said that the
    message is ours settles it."""
    if message.direction != Direction.IN or message.type not in JUDGED or message.patient_id is None:
        return False
    answers = message.refers_to is not None and message.refers_to.subject.startswith("stay:")
    if answers or message.matched_by_id is not None or message.organisation.kind != Organisation.Kind.HOSPITAL:
        return False
    mine = Stay.objects.filter(organisation_id=message.organisation_id, patient_id=message.patient_id)
    if mine.filter(state__in=OPEN_STATES).exists():
        return False
    last = mine.order_by("admitted_at").last()
    return last is not None and last.discharged_at is not None and last.discharged_at < now - KEPT
