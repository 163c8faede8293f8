"""Into the record: notice each message, hand it over, take the acknowledgment, tell when it does not come (P-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from samhandling.exchange import originals, steps
from samhandling.exchange.models import Direction, Message
from samhandling.jobs.at_once import JobOfItsOwn
from samhandling.jobs.handlers import at_once, retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.organisations.models import Organisation
from samhandling.stays import hearing, judging, relation
from samhandling.stays.models import Call
from samhandling.store.prepared import first, insert, only, prepared, update
from samhandling.tasks.models import Task
from samhandling.writing import notices, rules
from samhandling.writing.models import Filing
from samhandling.writing.ports import JournalDocument, RecordError, RecordRefusedError, Result
from samhandling.writing.records import record_of, setting_of
from samhandling.writing.rules import FilingEvent, FilingState

PATIENT_RETRY = Retry(first=timedelta(seconds=2), factor=3.0, longest=timedelta(minutes=5), attempts=100_000)
"""A folder may be full or gone for days; the message waits for it, however long."""
APART = timedelta(seconds=1)
"""Between two that have waited for a record to be set up: other work goes on meanwhile."""


@at_once
def noticed(running: Running) -> None:
    """Job on `message.received` and `message.sent`: a message that belongs in the record is on its way there."""
    with transaction.atomic(savepoint=False):
        message_id = running.payload["message"]
        new = steps.just_stored(message_id)
        message = new or only(_message(message_id))
        if running.at_once and setting_of(message.organisation) is not None:
            # All who ask for a hand-over meet in one timer's row, which a long transaction must not hold.
            raise JobOfItsOwn
        _notice(message, None if new else first(_filings(message)), now=running.now)
        running.finish()


@prepared
def _message(message_id: int) -> QuerySet[Message]:
    return Message.objects.select_related("organisation").filter(pk=message_id)


@prepared
def _filings(message: Message) -> QuerySet[Filing]:
    return Filing.objects.select_for_update(of=("self",)).filter(message=message)


def notice(message: Message, *, now: datetime) -> Filing | None:
    """Note that the message belongs in the record, or that somebody has decided whose it is; None where it does not.

    In the caller's transaction. Noticing it again changes nothing unless the patient is another.
    """
    return _notice(message, first(_filings(message)), now=now)


def _notice(message: Message, found: Filing | None, *, now: datetime) -> Filing | None:
    if not rules.belongs_in_record(message.standard, message.state):
        return None
    filing = found or Filing(
        organisation=message.organisation, message=message, state=FilingState.START.value, noticed_at=now
    )
    before = filing.state
    filing.state = rules.step(before, _what_now(filing, message, now))
    if filing.state != before:
        if before in (FilingState.HANDED, FilingState.FILED):
            filing.replaces, filing.document_id, filing.due_at, filing.warned_at = (
                filing.document_id, uuid4(), None, None,
            )  # fmt: skip
        filing.patient_id = message.patient_id
        if filing.pk is None:
            insert(filing)
        else:
            update(filing)
    if filing.state == FilingState.WAITING:
        ask(filing, now=now)
    return filing


def decided(running: Running) -> None:
    """Job on `anomaly.decided`: a person has read a message that came outside the stay, and it may be filed (A-07)."""
    with transaction.atomic():
        number = judging.message_of(Task.objects.get(pk=running.payload["task"]))
        message = Message.objects.filter(pk=number).first() if number else None
        if message is not None:
            notice(message, now=running.now)
        running.finish()


def call_noticed(running: Running) -> None:
    """Job on `call.noted`: a telephone call about a patient is on its way into the record (S-45)."""
    with transaction.atomic():
        call = Call.objects.select_related("organisation").get(pk=running.payload["call"])
        event = FilingEvent.DUE if call.patient_id is not None else FilingEvent.HOLD
        filing, new = Filing.objects.get_or_create(
            call=call,
            defaults={
                "organisation": call.organisation,
                "patient_id": call.patient_id,
                "state": rules.step(FilingState.START, event),
                "noticed_at": running.now,
            },
        )
        if new and filing.state == FilingState.WAITING:
            ask(filing, now=running.now)
        running.finish()


def _what_now(filing: Filing, message: Message, now: datetime) -> FilingEvent:
    inward = message.direction == Direction.IN
    new = filing.state in (FilingState.START, FilingState.HELD)
    if new and (relation.missing(message, now=now) or hearing.outside(message, now=now)):
        return FilingEvent.HOLD  # *Til avklaring* (A-06, A-07): the stays say so in a job of their own, after this one.
    if rules.undecided(inward=inward, has_patient=message.patient_id is not None, flags=message.flags):
        return FilingEvent.HOLD
    given = filing.state in (FilingState.HANDED, FilingState.FILED)
    return FilingEvent.REASSIGNED if given and filing.patient_id != message.patient_id else FilingEvent.DUE


def ask(filing: Filing, *, now: datetime, run_at: datetime | None = None) -> None:
    """Ask for a waiting message to be handed over, and for a look at it when its hour is up.

    Nothing is asked where the organisation has no record; `catch_up` asks when it has got one.
    """
    if setting_of(filing.organisation) is None:
        return
    if filing.due_at is None:
        filing.due_at = now + rules.FILED_WITHIN
        filing.save(update_fields=["due_at"])
    enqueue("writing.file", {"filing": filing.pk}, now=now, unique=f"writing.file:{filing.pk}", run_at=run_at)
    _watch(filing.organisation_id, filing.due_at, now=now)


def _watch(organisation_id: int, at: datetime, *, now: datetime) -> None:
    enqueue(
        "writing.overdue", {"organisation": organisation_id}, now=now, run_at=at,
        unique=f"writing.overdue:{organisation_id}",
    )  # fmt: skip


def catch_up(organisation: Organisation, *, now: datetime) -> int:
    """Ask for all that has waited for the organisation's record to be set up; gives how many."""
    with transaction.atomic():
        waiting = Filing.objects.select_for_update(of=("self",)).select_related("organisation")
        rows = list(
            waiting.filter(organisation=organisation, state=FilingState.WAITING, due_at__isnull=True).order_by("pk")
        )
        for number, filing in enumerate(rows):
            ask(filing, now=now, run_at=now + number * APART)
    return len(rows)


@retry_with(PATIENT_RETRY)
def file(running: Running) -> None:
    """Job: hand one message over to the record. Killed anywhere, it goes again under the same document id."""
    filing = _waiting(running.payload["filing"])
    record = record_of(filing.organisation) if filing is not None else None
    if filing is None or record is None:
        return
    document = _document(filing, now=running.now)
    if document is None:
        _move(filing, FilingEvent.DROPPED, running)
        return
    try:
        result = record.hand_over(document, now=running.now)
    except (RecordError, RecordRefusedError) as error:
        _trouble(filing, error, now=running.now)
        raise
    _move(filing, FilingEvent.FILED if result is Result.FILED else FilingEvent.HANDED, running)


def _document(filing: Filing, *, now: datetime) -> JournalDocument | None:
    """The journal document of the message or the call; None when the content was deleted."""
    # Drawing pages takes a library that processes without a record never need.
    from samhandling.writing import call_documents, documents

    if filing.message is None:
        return call_documents.document_of(filing, now=now)
    original = filing.message.original
    if original is None or original.removed_at is not None:
        return None
    return documents.document_of(filing, filing.message, originals.read(original), now=now)


def _waiting(filing_id: int) -> Filing | None:
    rows = Filing.objects.select_related("organisation", "message__organisation", "message__original",
                                         "message__patient", "message__refers_to", "call__patient",
                                         "call__stay__unit", "call__user")  # fmt: skip
    return rows.filter(pk=filing_id, state=FilingState.WAITING).first()


def _move(filing: Filing, event: FilingEvent, running: Running) -> None:
    """Store what came of a hand-over, unless the message has become another journal document meanwhile."""
    now = running.now
    with transaction.atomic():
        row = Filing.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=filing.pk)
        if row.state == FilingState.WAITING and row.document_id == filing.document_id:
            row.state, row.reason = rules.step(row.state, event), ""
            if event is FilingEvent.DROPPED:
                row.due_at = None
            else:
                row.handed_at = now
                row.filed_at = now if event is FilingEvent.FILED else None
                notices.record_works(row.organisation, now=now)
            row.save()
            _tell(row, event, now=now)
        running.finish()


def _tell(filing: Filing, event: FilingEvent, *, now: datetime) -> None:
    if filing.message_id is not None:
        steps.record(f"record.{event}", at=now, message=filing.message_id)
    if event is not FilingEvent.HANDED:
        notices.filed(filing, now=now)


def _trouble(filing: Filing, error: RecordError | RecordRefusedError, *, now: datetime) -> None:
    with transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(reason=error.code)
        notices.record_trouble(filing.organisation, reason=error.detail or error.code, now=now)


@transaction.atomic
def acknowledge(organisation: Organisation, document_ids: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """The record has acknowledged these documents: *Journalført*. Gives those that were handed over from here.

    Harmless when repeated. A document that a killed process had laid in the folder counts as handed over.
    """
    wanted = list(document_ids)
    rows = Filing.objects.select_for_update(of=("self",)).select_related("organisation")
    known = set()
    for filing in rows.filter(organisation=organisation, document_id__in=wanted).order_by("pk"):
        known.add(filing.document_id)
        if filing.state in (FilingState.WAITING, FilingState.HANDED):
            filing.state = rules.step(filing.state, FilingEvent.FILED)
            filing.handed_at, filing.filed_at, filing.reason = filing.handed_at or now, now, ""
            filing.save()
            _tell(filing, FilingEvent.FILED, now=now)
    return known


def overdue(running: Running) -> None:
    """Timer job: a message whose hour is up and that is not in the record gets a task, once (P-11)."""
    now = running.now
    with transaction.atomic():
        unfiled = Filing.objects.filter(
            organisation_id=running.payload["organisation"],
            state__in=(FilingState.WAITING, FilingState.HANDED),
            warned_at__isnull=True,
        )
        late = unfiled.filter(due_at__lte=now).select_for_update(of=("self",))
        for filing in late.select_related("organisation", "message", "call", "patient").order_by("pk"):
            notices.unfiled(filing, now=now)
            Filing.objects.filter(pk=filing.pk).update(warned_at=now)
        following = unfiled.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()
        running.finish()
        if following is not None:
            _watch(running.payload["organisation"], following, now=now)
