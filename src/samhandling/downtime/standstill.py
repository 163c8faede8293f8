"""What an outage does to messages: they wait, or go unread; what is urgent is told by telephone (S-54, S-61).

A done call stops the alarm, never the message: it goes by itself when the outage is over, in its order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from samhandling.clock import oslo
from samhandling.downtime.facts import counterparts, policy_for
from samhandling.downtime.models import Outage
from samhandling.downtime.rules.life import State
from samhandling.exchange.models import Delivery, Hold
from samhandling.exchange.services import hold, release
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.organisations.services import by_her_id, municipality
from samhandling.registry.services import staffed_phone
from samhandling.stays.models import Deadline, Stay
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.work import load_state
from samhandling.tasks.services import open_task

URGENT = frozenset({"LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD", "HELSEOPPL_SOKNAD"})
"""M6, M7, M8 and the health information that the municipality must have in time (M3, M5)."""
FAMILIES = frozenset({"plo", "dialogmelding"})
DUE_SOON = timedelta(hours=4)
"""How long before its deadline an unwritten early notice becomes a call (the warning point of F1)."""
LOOK_AGAIN = timedelta(minutes=15)


def begin(outage: Outage, now: datetime) -> None:
    """The outage has begun: messages to its counterparts wait (exchange) or are told of (access)."""
    if not FAMILIES & set(outage.families):
        return
    hers = [each.her_id for each in counterparts(outage, now)] if outage.municipalities else []
    hold(outage.organisation, subject=outage.subject, counterparts=hers, keeps=outage.affects != "access", now=now)
    enqueue("downtime.due_calls", {"outage": outage.pk}, now=now, unique=f"downtime.due_calls:{outage.pk}")


def end(outage: Outage, now: datetime) -> None:
    """The outage is over: what waited goes by itself, urgent messages first, at the pace of the policy."""
    policy = policy_for(outage.organisation_id, now)
    release(
        outage.organisation, subject=outage.subject, now=now, first=_leaving_today(outage, now),
        per_minute=policy.release_per_minute,
    )  # fmt: skip


def _leaving_today(outage: Outage, now: datetime) -> list[str]:
    """The stays of waiting final information (M5) whose patients have left, or leave today."""
    final = Delivery.objects.filter(
        organisation=outage.organisation, hold__subject=outage.subject, let_go_at=None, message__kind="final"
    )
    subjects = set(final.values_list("message__subject", flat=True))
    return [subject for subject in sorted(subjects) if (stay := stay_of(subject)) and _leaves(stay, now)]


def _leaves(stay: Stay, now: datetime) -> bool:
    planned = load_state(stay).planned_discharge
    left = stay.discharged_at or planned
    return left is not None and oslo.day(left) <= oslo.day(now)


def due_calls(running: Running) -> None:
    """Job, while the outage lasts: what must be told soon, and has not been written, becomes a telephone task.

    The early notice (M3) some hours before its deadline, which runs on (F1), and the final information (M5) of a
    patient who leaves today (F9).
    """
    now = running.now
    with transaction.atomic():
        outage = Outage.objects.select_related("organisation").get(pk=running.payload["outage"])
        if outage.state not in (State.ONGOING, State.EXTENDED):
            running.finish()
            return
        for row in _due(outage, now):
            _open_due(row, outage, now)
        running.postpone(now + LOOK_AGAIN)


def _due(outage: Outage, now: datetime) -> list[Deadline]:
    soon = Deadline.objects.select_related("stay__unit", "stay__patient").filter(
        Q(clock="F1", due_at__lte=now + DUE_SOON) | Q(clock="F9"),
        stay__organisation=outage.organisation, state=DeadlineState.DUE,
    )  # fmt: skip
    if outage.municipalities:
        soon = soon.filter(stay__municipality_number__in=outage.municipalities)
    return [row for row in soon.order_by("pk") if row.clock == "F1" or _leaves(row.stay, now)]


def _open_due(row: Deadline, outage: Outage, now: datetime) -> None:
    stay = row.stay
    whose = municipality(stay.municipality_number, oslo.day(now)) if stay.municipality_number else None
    phone = staffed_phone(whose, now)
    open_task(
        organisation=outage.organisation, unit=stay.unit, patient=stay.patient, kind="call", cause="outage_call",
        severity="high", now=now, subject=stay.subject, due_at=row.due_at, group_key=f"{outage.subject}:call",
        unique_key=f"{outage.subject}:{row.clock}:{stay.pk}", phone=phone.phone if phone else "",
        role="" if stay.unit else "message_responsible", text=whose.name if whose is not None else "",
    )  # fmt: skip


def message_obstructed(running: Running) -> None:
    """Job: an urgent message that waits, or that nobody reads, becomes a telephone task of its ward."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_related("message__organisation", "message__patient", "hold")
            .filter(pk=running.payload["delivery"])
            .first()
        )
        if delivery is not None and delivery.message is not None and delivery.message.type in URGENT:
            _open_call(delivery, running.now)
        running.finish()


def _open_call(delivery: Delivery, now: datetime) -> None:
    message = delivery.message
    assert message is not None
    assert delivery.hold is not None
    stay = stay_of(message.subject)
    phone = staffed_phone(by_her_id(delivery.organisation_her), now)
    open_task(
        organisation=message.organisation,
        unit=stay.unit if stay else None,
        patient=message.patient,
        kind="call",
        cause="outage_call",
        severity="high",
        now=now,
        subject=message.subject or f"message:{message.pk}",
        due_at=message.due_at,
        group_key=f"{delivery.hold.subject}:call",
        unique_key=f"message:{message.pk}:obstructed",
        phone=phone.phone if phone else "",
        role="message_responsible" if stay is None else "",
        text=delivery.name,
    )


def stay_of(subject: str) -> Stay | None:
    """The stay that a message is about."""
    kind, _, number = subject.partition(":")
    return Stay.objects.select_related("unit").filter(pk=int(number)).first() if kind == "stay" else None


def delayed(organisation_id: int, since: datetime) -> list[Delivery]:
    """Every delivery of a message that an outage held, or that went unread, since then; in the order of the events."""
    holds = Hold.objects.filter(organisation_id=organisation_id, placed_at__gte=since)
    rows = Delivery.objects.filter(hold__in=holds, message__isnull=False).select_related("message", "hold")
    return list(rows.order_by("message__generated_at", "pk"))
