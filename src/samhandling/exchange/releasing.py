"""After an outage: what waited goes in its turn, at the counterpart's pace; what was withdrawn meanwhile is asked of.

One job for each hold and counterpart gives turns, a few at a time, and waits in between. A turn is a row
(`Delivery.let_go_at`), and the pace is kept by the rows: killed anywhere, the next job goes on from there, and nothing
goes twice, because the delivery's own job is still the only one that hands it over.

A message and its withdrawal that both wait are never sent silently: they, and what stands behind them in the same
stay, wait until a person has said *both* or *none*.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from samhandling.access.models import User
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange import turns
from samhandling.exchange.holding import ask_turn, waiting
from samhandling.exchange.models import Delivery, Direction, Hold, Message, WithdrawnMatter
from samhandling.exchange.rules import DeliveryEvent, DeliveryState
from samhandling.exchange.steps import move_delivery, record
from samhandling.exchange.turns import Waiting, in_turn
from samhandling.jobs.running import Running
from samhandling.jobs.services import hasten, publish

READY, NOT_READY = "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING"


class MatterDecidedError(SamhandlingError):
    """Somebody has already said whether the message and its withdrawal go."""

    code = "exchange.matter_decided"


def let_go(running: Running) -> None:
    """Job: give the next turns at one counterpart after a release, and come back when more may go."""
    now, her_id = running.now, running.payload["counterpart"]
    with transaction.atomic():
        row = Hold.objects.select_for_update().get(pk=running.payload["hold"])
        again = _held_anew(row, her_id)
        if again is not None:
            waiting(row).filter(organisation_her=her_id).update(hold=again)
        elif row.released_at is not None:
            until = _turns(row, her_id, now)
            if until is not None:
                running.postpone(until)
                return
        if row.released_at is not None and row.drained_at is None and not waiting(row).exists():
            row.drained_at = now
            row.save(update_fields=["drained_at"])
        running.finish()


def _held_anew(row: Hold, her_id: str) -> Hold | None:
    """Another outage at that counterpart meanwhile: what waits goes on waiting for that."""
    standing = Hold.objects.filter(organisation_id=row.organisation_id, keeps=True, released_at=None)
    return standing.filter(Q(counterpart_her="") | Q(counterpart_her=her_id)).exclude(pk=row.pk).order_by("pk").first()


def _turns(row: Hold, her_id: str, now: datetime) -> datetime | None:
    """Give the turns that the pace allows now; when the next may be given, None when nothing more may go."""
    _find_withdrawn(row, her_id, now)
    there = waiting(row).filter(organisation_her=her_id).select_related("message", "withdrawn").order_by("pk")
    found = {each.pk: each for each in there}
    order = in_turn(map(_waiting, found.values()), first=row.first)
    if not order:
        return None
    count, pause = turns.pace(row.per_minute)
    before = Delivery.objects.filter(hold=row, organisation_her=her_id)
    last: datetime | None = before.aggregate(last=Max("let_go_at"))["last"]
    if last is not None and now < last + pause:
        return last + pause
    chosen = order[:count]
    Delivery.objects.filter(pk__in=chosen, let_go_at=None).update(let_go_at=now)
    for number, pk in enumerate(chosen):
        held_job = found[pk].held_job
        if held_job is not None:
            # Jobs that are due run in the order of their instants.
            hasten(held_job, now=now - timedelta(microseconds=len(chosen) - number))
    return now + pause if len(order) > count else None


def _waiting(delivery: Delivery) -> Waiting:
    message, matter = delivery.message, delivery.withdrawn
    assert message is not None
    undecided = matter is not None and matter.decided_at is None
    return Waiting(delivery.pk, message.subject, message.type, message.kind, undecided)


def _find_withdrawn(row: Hold, her_id: str, now: datetime) -> None:
    """Messages that were withdrawn before they had left become one matter with their withdrawal.

    Where any receiver may already have the message, its withdrawal must go, and nobody is asked.
    """
    withdrawals = Message.objects.filter(
        Q(status="C") | Q(type=NOT_READY), direction=Direction.OUT, deliveries__in=_unasked(row, her_id)
    )
    for withdrawal in withdrawals.select_related("refers_to").distinct().order_by("pk"):
        members = [withdrawal, *_withdrawn_by(withdrawal)]
        rows = list(Delivery.objects.select_for_update().filter(message__in=members).order_by("pk"))
        if len(members) == 1 or not all(map(_never_begun, rows)):
            continue
        known = WithdrawnMatter.objects.filter(deliveries__in=rows, decided_at=None).order_by("pk").first()
        matter = known or WithdrawnMatter.objects.create(
            organisation_id=row.organisation_id, withdrawal=withdrawal, found_at=now
        )
        Delivery.objects.filter(pk__in=[each.pk for each in rows]).update(withdrawn=matter)
        if known is None:
            publish("matter.undecided", {"matter": matter.pk}, now=now)


def _unasked(row: Hold, her_id: str) -> list[int]:
    there = waiting(row).filter(organisation_her=her_id, withdrawn=None)
    return list(there.filter(Q(message__status="C") | Q(message__type=NOT_READY)).values_list("pk", flat=True))


def _withdrawn_by(withdrawal: Message) -> list[Message]:
    if withdrawal.status == "C":
        return list(Message.objects.filter(cancelled_by=withdrawal, direction=Direction.OUT).order_by("pk"))
    earlier = withdrawal.refers_to
    return [earlier] if earlier is not None and earlier.type == READY and earlier.direction == Direction.OUT else []


def _never_begun(delivery: Delivery) -> bool:
    never = delivery.state == DeliveryState.QUEUED and delivery.about_at is None
    return never and delivery.hold_id is not None and delivery.let_go_at is None


@transaction.atomic
def decide(matter_id: int, *, organisation_id: int, send: bool, user: User, now: datetime) -> WithdrawnMatter:
    """A person says that a message and its withdrawal both go, in their order, or that neither does.

    Raises NotFoundError, MatterDecidedError.
    """
    matter = (
        WithdrawnMatter.objects.select_for_update(of=("self",))
        .filter(pk=matter_id, organisation_id=organisation_id)
        .first()
    )
    if matter is None:
        raise NotFoundError(f"matter {matter_id}")
    if matter.decided_at is not None:
        raise MatterDecidedError(f"matter {matter_id}")
    matter.decided_at, matter.decided_by, matter.sent = now, user, send
    matter.save()
    deliveries = list(Delivery.objects.select_for_update(of=("self",)).filter(withdrawn=matter).order_by("pk"))
    for message_id in dict.fromkeys(each.message_id for each in deliveries):
        kind = "message.send_both" if send else "message.send_none"
        record(kind, at=now, message=message_id, detail=f"user {user.pk}")
    for delivery in deliveries:
        if not send and delivery.state == DeliveryState.QUEUED:
            move_delivery(delivery, DeliveryEvent.WITHHOLD, now=now)
            if delivery.held_job is not None:
                hasten(delivery.held_job, now=now)
    for hold_id, her_id in {(each.hold_id, each.organisation_her) for each in deliveries}:
        assert hold_id is not None
        ask_turn(hold_id, her_id, now=now)
    publish("matter.decided", {"matter": matter.pk}, now=now)
    return matter
