"""What a municipality sends about a patient before the admission: waits with akuttmottak, and is tied when the patient
comes (T01, T02, S-30)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from samhandling.clock import oslo
from samhandling.exchange import originals, steps
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.rules import MessageState
from samhandling.exchange.taking import details_of
from samhandling.jobs.services import publish
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.patients.rules import Match
from samhandling.patients.services import identifiers, match, patient_key
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_for
from samhandling.stays.rules.values import State
from samhandling.tasks.services import close_tasks

REPORT = "INNLEGGELSESRAPPORT"
BEFORE_ADMISSION = (REPORT, "MEDISINSKE_OPPLYSNINGER", "HELSEOPPLYSNINGER_LEGE", "HELSEOPPL_SOKNAD")
"""Messages that may tell of a patient who is on the way."""


def waiting(organisation: Organisation, now: datetime) -> QuerySet[Message]:
    """Messages about patients who have not come yet, newest first; after the link window they are put away (F8)."""
    hours = policy_for(organisation.pk, oslo.day(now)).link_hours
    expected = Stay.objects.filter(organisation=organisation, state=State.EXPECTED.value).values_list("pk", flat=True)
    found = _received(organisation, now - timedelta(hours=hours))
    return found.filter(Q(subject="") | Q(subject__in=[f"stay:{pk}" for pk in expected])).order_by("-created_at", "-id")


def _received(organisation: Organisation, since: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        organisation=organisation, direction=Direction.IN, type__in=BEFORE_ADMISSION, created_at__gte=since,
        state__in=(MessageState.TAKEN, MessageState.HELD),
    ).exclude(status="C").select_related("patient", "original", "organisation")  # fmt: skip


def facts_of(message: Message) -> Facts | None:
    """What the document tells; None when its content is gone or cannot be read."""
    if message.original is None or message.original.removed_at is not None:
        return None
    return read_facts(engine.read(originals.read(message.original)))


def matched(message: Message, facts: Facts) -> Match:
    """Whom of ours the message is about, as far as numbers and names tell."""
    return match(details_of(facts), organisation_id=message.organisation_id)


def tie_at_admission(stay: Stay, *, now: datetime) -> int:
    """Let what waits for this patient find the stay; gives how many. In the caller's transaction.

    Only a certain match (number and name) is tied; the uncertain stays on the list for a person (A-18).
    """
    patient, hours = stay.patient, policy_for(stay.organisation_id, oslo.day(now)).link_hours
    keys = [patient_key(stay.organisation_id, number.value) for number in identifiers(patient)]
    of_patient = Q(patient=patient) | Q(patient__isnull=True, patient_key__in=keys)
    found = _received(stay.organisation, now - timedelta(hours=hours)).filter(of_patient, subject="")
    done = 0
    for message in found.order_by("id"):
        if message.patient_id is None and not _takes(message, stay, now):
            continue
        publish("message.received", {"message": message.pk}, now=now, keys=(f"message:{message.pk}",))
        done += 1
    return done


def _takes(message: Message, stay: Stay, now: datetime) -> bool:
    """Match the message to the stay's patient when number and name say so."""
    facts = facts_of(message)
    if facts is None:
        return False
    found = matched(message, facts)
    if found.outcome != "matched" or found.patient_id != stay.patient_id:
        return False
    message.patient_id = stay.patient_id
    message.flags = [flag for flag in message.flags if flag not in {"unknown_patient", "manual_match"}]
    message.save(update_fields=["patient", "flags"])
    steps.record("message.patient_matched", at=now, message=message)
    close_tasks(unique_key=f"match:{message.pk}", organisation=message.organisation, how="resolved", now=now)
    return True
