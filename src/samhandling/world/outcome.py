"""What a played day has led to: stays, messages and receipts, and whether exactly the intended ones lack a receipt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from samhandling.exchange.models import Arrival, Delivery, Direction, Message
from samhandling.exchange.rules import ArrivalState, DeliveryState
from samhandling.intake.life import State as AdtState
from samhandling.intake.models import AdtRecord
from samhandling.jobs.models import Job
from samhandling.jobs.rules import State as JobState
from samhandling.organisations.services import hosted_organisations
from samhandling.stays.models import Stay
from samhandling.tasks.models import Task
from samhandling.world.day import Day

ANSWERED = (DeliveryState.RECEIVED, DeliveryState.RECEIVED_LATE, DeliveryState.WARNING, DeliveryState.REJECTED)


@dataclass(frozen=True, slots=True)
class StayLine:
    """One stay of the hospital."""

    name: str
    ward: str
    state: str
    municipality: str
    messages: tuple[str, ...]
    """Codes and standings of what was sent, in order."""
    open_tasks: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A delivery without a receipt, and the reason if it is so on purpose."""

    patient: str
    type: str
    receiver: str
    state: str
    reason: str
    """Empty: nobody meant this."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that `demo --once` prints and judges by."""

    stays: tuple[StayLine, ...]
    messages: tuple[tuple[str, str, int], ...]
    """Type with status, standing, and how many."""
    receipts: tuple[tuple[str, int], ...]
    unanswered: tuple[Unanswered, ...]
    missing: tuple[str, ...]
    """Intended to lack a receipt, and do not."""
    faults: tuple[str, ...]
    """What must not be, such as a dead job; plain bokmål."""

    @property
    def as_intended(self) -> bool:
        """True when exactly the intended messages lack a receipt and nothing went wrong."""
        return not self.missing and not self.faults and all(u.reason for u in self.unanswered)


def outcome(day: Day) -> Outcome:
    """Read the outcome of a played day from the store."""
    people = {h.visit: h.person.key for h in day.happenings}
    stays = {stay.pk: stay for stay in Stay.objects.select_related("unit", "patient").order_by("admitted_at", "pk")}
    keys = {f"stay:{pk}": people.get(stay.visit, "") for pk, stay in stays.items()}
    sent = list(
        Message.objects.filter(direction=Direction.OUT).prefetch_related("deliveries").order_by("created_at", "pk")
    )
    unanswered = _unanswered(day, sent, keys)
    found = {(u.patient, u.type) for u in unanswered}
    return Outcome(
        stays=tuple(_stay(stay, [m for m in sent if m.subject == stay.subject]) for stay in stays.values()),
        messages=_counted(sent),
        receipts=_receipts(sent),
        unanswered=unanswered,
        missing=tuple(f"{u.patient} {u.type}" for u in day.file.unreceipted if (u.patient, u.type) not in found),
        faults=_faults(day),
    )


def _standing(message: Message) -> str:
    states = {delivery.state for delivery in message.deliveries.all()}
    return next(iter(states)) if len(states) == 1 else message.state


def _named(message: Message) -> str:
    return message.type + (f" ({message.status})" if message.status not in ("", "N") else "")


def _stay(stay: Stay, sent: list[Message]) -> StayLine:
    tasks = Task.objects.filter(organisation=stay.organisation, subject=stay.subject, closed_at__isnull=True)
    patient = stay.patient
    return StayLine(
        name=f"{patient.family_name}, {patient.given_name}".strip(", "),
        ward=stay.unit.name if stay.unit is not None else "",
        state=stay.state,
        municipality=stay.municipality_number,
        messages=tuple(f"{_named(m)} {_standing(m)}" for m in sent),
        open_tasks=tasks.count(),
    )


def _counted(sent: list[Message]) -> tuple[tuple[str, str, int], ...]:
    counts = Counter((_named(m), _standing(m)) for m in sent)
    return tuple((name, standing, count) for (name, standing), count in sorted(counts.items()))


def _receipts(sent: list[Message]) -> tuple[tuple[str, int], ...]:
    names = {
        DeliveryState.RECEIVED: "godtatt",
        DeliveryState.RECEIVED_LATE: "godtatt for sent",
        DeliveryState.WARNING: "godtatt med merknad",
        DeliveryState.REJECTED: "avvist",
    }
    counts = Counter(names.get(DeliveryState(d.state), "ingen") for m in sent for d in m.deliveries.all())
    return tuple(sorted(counts.items()))


def _unanswered(day: Day, sent: list[Message], keys: dict[str, str]) -> tuple[Unanswered, ...]:
    reasons = {(u.patient, u.type): u.reason for u in day.file.unreceipted}
    found = []
    for message in sent:
        key = keys.get(message.subject, "")
        for delivery in message.deliveries.all():
            if delivery.state not in ANSWERED:
                reason = reasons.get((key, message.type), "")
                found.append(Unanswered(key, message.type, delivery.name, delivery.state, reason))
    return tuple(found)


def _faults(day: Day) -> tuple[str, ...]:
    """Dead jobs, events that were not carried out, arrivals that nobody could read, receipts that never left."""
    found = []
    dead = Counter(Job.objects.filter(state=JobState.DEAD).values_list("handler", "error_code", "error_place"))
    found += [f"{count} døde jobber: {handler} ({code}, {place})" for (handler, code, place), count in dead.items()]
    events = {h.control_id for h in day.happenings}
    records = AdtRecord.objects.filter(control_id__in=events)
    done = records.filter(state=AdtState.DONE).count()
    if done != records.count():
        codes = records.exclude(state=AdtState.DONE).values_list("control_id", "state", "error_code")
        found += [f"ADT {control} er {state} {code}".strip() for control, state, code in codes]
    arrivals = Arrival.objects.exclude(state=ArrivalState.PROCESSED)
    found += [f"mottatt overføring er {a.state} ({a.reason})" for a in arrivals]
    stuck = Delivery.objects.filter(receipt__isnull=False).exclude(
        state__in=[DeliveryState.SENT, DeliveryState.ACKNOWLEDGED, *ANSWERED]
    )
    silent = stuck.count()
    if silent:
        found.append(f"{silent} kvitteringer er ikke sendt")
    return tuple(found)


def received_by_municipalities() -> tuple[tuple[str, int], ...]:
    """How many messages each hosted municipality has taken in, by name; only those with any."""
    counts = Counter(Message.objects.filter(direction=Direction.IN).values_list("organisation_id", flat=True))
    return tuple((o.name, counts[o.pk]) for o in hosted_organisations("municipality") if counts[o.pk])
