"""What a municipality sends about a patient before the admission: waits with akuttmottak, and is tied when the patient
comes (T01, T02, S-30)."""

from __future__ import annotations

from collections.abc import Sequence
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
from samhandling.patients.models import Patient
from samhandling.patients.rules import Match
from samhandling.patients.services import id_class, identifiers, match, patient_key
from samhandling.registry.services import party
from samhandling.stays import carrying
from samhandling.stays.coursing import provisional
from samhandling.stays.events import ReportReceived
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_for, policy_of
from samhandling.stays.resolving import municipality_facts
from samhandling.stays.rules.values import ReportWaitOver, State, StayState
from samhandling.stays.work import Work, load_state, lock_stay, store_state
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


def expect(message: Message, *, now: datetime) -> Stay | None:
    """T01: a stay that is expected (S0), when an agreed municipality reports someone with an ordinary number (S-30).

    None otherwise: then the report waits on the list alone. Someone whom nobody here is like is kept as provisional;
    until the admission confirms name and number, the message is not theirs. In the caller's transaction.
    """
    sender, facts = party(message.counterpart_her), facts_of(message)
    if sender is None or facts is None:
        return None
    number, agreement = municipality_facts(message.organisation, sender.organisation.municipality_number, now)
    policy = policy_for(message.organisation_id, oslo.day(now), number)
    ordinary = {one.kind for one in details_of(facts).numbers} & set(policy.identity_classes)
    if not agreement or not ordinary:
        return None
    patient = message.patient or provisional(message, facts, now)
    if patient is None or id_class(patient) not in policy.identity_classes:
        return None
    stay = Stay(organisation=message.organisation, patient=patient, admitted_at=message.created_at)
    known = StayState(id_class=id_class(patient), ordinary=True, municipality=number, agreement=True)
    store_state(stay, known, now=now)
    return stay


def report_facts(message: Message, stay: Stay) -> ReportReceived:
    """T01, F2: that the report came, with what was looked up about the patient."""
    number = stay.municipality_number
    return ReportReceived(
        at=message.created_at, id_class=id_class(stay.patient), municipality=number, agreement=bool(number)
    )


def expected(announced: Sequence[Stay], patient: Patient, *, now: datetime) -> Stay | None:
    """T02: the one of the patient's stays in S0 that the admission begins, locked; None when nobody was announced.

    A report whose name is another's is no longer this patient's: a person looks at it (A-18).
    """
    found = None
    for stay in announced:
        locked = lock_stay(stay.pk, patient=patient)
        reports = list(Message.objects.filter(organisation=stay.organisation_id, subject=stay.subject, patient=None))
        if all(_takes(message, locked, now) for message in reports):
            for message in reports:
                publish("message.received", {"message": message.pk}, now=now, keys=(f"message:{message.pk}",))
            found = found or locked
            continue
        for message in reports:
            message.subject = ""
            message.save(update_fields=["subject"])
        put_away(locked, now=now)
    return found


def report_gone(message: Message, *, now: datetime) -> None:
    """The report no longer counts: a stay that only it announced is no longer expected."""
    kind, _, number = message.subject.partition(":")
    if kind != "stay" or message.organisation.kind == Organisation.Kind.MUNICIPALITY:
        return
    others = Message.objects.filter(organisation=message.organisation, subject=message.subject, type=REPORT)
    gone = (MessageState.CANCELLED, MessageState.LOCKED, MessageState.REMOVED)
    if not others.exclude(pk=message.pk).exclude(status="C").exclude(state__in=gone).exists():
        put_away(lock_stay(int(number)), now=now)


def put_away(stay: Stay, *, now: datetime) -> None:
    """The announcement of a locked stay in S0 no longer holds: no breach of anything (F8)."""
    if stay.state == State.EXPECTED.value:
        work = Work(stay=stay, policy=policy_of(stay, now), now=now, state=load_state(stay))
        carrying.step(work, ReportWaitOver(at=now))


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
