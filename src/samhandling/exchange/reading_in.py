"""The job that reads an arrival: parse and check outside any transaction, then transaction 2 (design 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from samhandling.errors import NotFoundError
from samhandling.exchange import homes, notices, originals, rules, taking
from samhandling.exchange.arriving import reopen
from samhandling.exchange.models import Arrival, Direction, Message
from samhandling.exchange.receipting import take_receipt
from samhandling.exchange.rules import ArrivalEvent
from samhandling.exchange.steps import move_arrival, record
from samhandling.exchange.taking import Taken
from samhandling.jobs.running import Running
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.messages.receipts import OwnParties, judge
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.store.prepared import only, prepared


@dataclass(frozen=True, slots=True)
class Read:
    """What reading an arrival led to: `accepted rejected duplicate unreceipted receipt`, per organisation."""

    verdict: str
    taken: tuple[Taken, ...] = ()
    facts: Facts | None = None


def read_arrival(running: Running) -> None:
    """Job: read one arrival. Harmless when it was read already."""
    arrival_id = running.payload["arrival"]
    found = _as_it_came(arrival_id)
    if not found:
        raise NotFoundError(f"arrival {arrival_id}")
    state, removed_at, _ = found[0]
    if state == rules.ArrivalState.UNREADABLE:
        # Only a person lets the job of an arrival that was set aside run again.
        reopen(arrival_id, now=running.now)
    elif state != rules.ArrivalState.ARRIVED:
        return
    if removed_at is not None:
        raise originals.ContentRemovedError(f"arrival {arrival_id}")
    parsed = parse(originals.joined(row[2] for row in found))
    with transaction.atomic():
        decide(arrival_id, parsed, now=running.now)
        running.finish()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document read and checked, not yet judged."""

    reading: engine.Reading
    facts: Facts | None


def parse(data: bytes) -> Parsed:
    """Read a document. Never raises for what it holds."""
    reading = engine.read(data)
    return Parsed(reading, read_facts(reading))


@transaction.atomic(savepoint=False)
def decide(arrival_id: int, parsed: Parsed, *, now: datetime) -> Read:
    """Transaction 2: whose it is, what becomes of it, and what we answer."""
    arrival = only(_locked(arrival_id))
    facts = parsed.facts
    if arrival.state != rules.ArrivalState.ARRIVED:
        return Read("duplicate", facts=facts)
    if facts is not None:
        arrival.type, arrival.msg_id = facts.type[:40], facts.msg_id.strip().lower()[:100]
    strange = facts is not None and homes.strange_sender(facts, arrival.sender_her)
    if facts is not None and facts.receipt is not None:
        if strange:  # a receipt in another's name would settle what the other has not seen
            return _unreceipted(arrival, "party_mismatch", facts, now=now)
        return _receipt(arrival, parsed, facts, now=now)
    if facts is None:
        return _unreceipted(arrival, judge(parsed.reading, None, OwnParties.of(())).reason, facts, now=now)
    owners, differs = homes.concerned(facts, arrival.receiver_her)
    differs = differs or strange
    if not owners:
        return _nobodys(arrival, parsed, facts, differs=differs, now=now)
    taken = tuple(taking.take(arrival, parsed.reading, facts, home, differs=differs, now=now) for home in owners)
    return _conclude(arrival, taken, facts, now=now)


@prepared
def _as_it_came(arrival_id: int) -> QuerySet[Arrival, tuple[str, datetime | None, Any]]:
    rows = Arrival.objects.filter(pk=arrival_id).order_by("original__pieces__number")
    return rows.values_list("state", "original__removed_at", "original__pieces__data")


@prepared
def _locked(arrival_id: int) -> QuerySet[Arrival]:
    return Arrival.objects.select_for_update(of=("self",)).select_related("original").filter(pk=arrival_id)


def _conclude(arrival: Arrival, taken: tuple[Taken, ...], facts: Facts, *, now: datetime) -> Read:
    verdicts = [one.verdict.verdict for one in taken]
    if all(verdict == "duplicate" for verdict in verdicts):
        move_arrival(arrival, ArrivalEvent.MET_BEFORE, now=now, reason="met_before")
        return Read("duplicate", taken, facts)
    if all(verdict in {"unreceipted", "duplicate"} for verdict in verdicts):
        reason = next(one.verdict.reason for one in taken if one.verdict.verdict == "unreceipted")
        return _unreceipted(arrival, reason, facts, now=now, taken=taken)
    move_arrival(arrival, ArrivalEvent.TAKEN_OR_REJECTED, now=now)
    return Read("accepted" if "accepted" in verdicts else "rejected", taken, facts)


def _nobodys(arrival: Arrival, parsed: Parsed, facts: Facts, *, differs: bool, now: datetime) -> Read:
    """Addressed to nobody we host. A MsgId that any of ours has met is still only a repeat."""
    verdict = judge(parsed.reading, facts, OwnParties.of(()), seen=_met_by_anyone)
    if verdict.verdict == "duplicate":
        move_arrival(arrival, ArrivalEvent.MET_BEFORE, now=now, reason="met_before")
        return Read("duplicate", facts=facts)
    reason = "party_mismatch" if differs and verdict.reason == "not_for_us" else verdict.reason
    return _unreceipted(arrival, reason, facts, now=now)


def _met_by_anyone(msg_id: str) -> bool:
    return Message.objects.filter(direction=Direction.IN, msg_id=msg_id).exists()


def _receipt(arrival: Arrival, parsed: Parsed, facts: Facts, *, now: datetime) -> Read:
    owners = homes.homes_of(facts.receivers)
    home = owners[0] if owners else None
    if home is None and arrival.receiver_her:
        home = homes.home_of_party(arrival.receiver_her)
    if home is None:
        return _unreceipted(arrival, "not_for_us", facts, now=now)
    take_receipt(arrival, facts, home.organisation, valid=parsed.reading.valid, now=now)
    move_arrival(arrival, ArrivalEvent.RECEIPT_READ, now=now)
    return Read("receipt", facts=facts)


def _unreceipted(
    arrival: Arrival, reason: str, facts: Facts | None, *, now: datetime, taken: tuple[Taken, ...] = ()
) -> Read:
    move_arrival(arrival, ArrivalEvent.NOT_OURS, now=now, reason=reason)
    home = _desk(arrival)
    if home is not None:
        notices.unreceipted(arrival, home, now=now)
    return Read("unreceipted", taken, facts)


def _desk(arrival: Arrival) -> Organisation | None:
    """Who looks at an arrival that is nobody's: whom the envelope names, else the first organisation we host."""
    named = homes.home_of_party(arrival.receiver_her) if arrival.receiver_her else None
    if named is not None:
        return named.organisation
    return next(iter(hosted_organisations()), None)


def desk_of(arrival_id: int) -> Organisation | None:
    """Who looks at that arrival; None when there is no such."""
    arrival = Arrival.objects.filter(pk=arrival_id).first()
    return _desk(arrival) if arrival else None


def set_aside(running: Running) -> None:
    """Job on `job.dead`: an arrival that stopped the worker or cannot be read is set aside as unreadable."""
    if running.payload.get("handler") != "exchange.read":
        return
    arrival_id = arrival_of_job(running.payload["job"])
    if arrival_id is None:
        return
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update(of=("self",)).filter(pk=arrival_id).first()
        if arrival is not None and arrival.state == rules.ArrivalState.ARRIVED:
            move_arrival(arrival, ArrivalEvent.SET_ASIDE, now=running.now, reason=str(running.payload.get("code", "")))
            home = _desk(arrival)
            if home is not None:
                notices.unreadable(arrival, home, now=running.now)
        record("arrival.job_dead", at=running.now, arrival=arrival, detail=str(running.payload.get("code", "")))
        running.finish()


def arrival_of_job(job_id: int) -> int | None:
    """The arrival that a dead job was to read."""
    from samhandling.jobs.models import Job

    job = Job.objects.filter(pk=job_id).first()
    found = job.payload.get("arrival") if job is not None else None
    return int(found) if found is not None else None
