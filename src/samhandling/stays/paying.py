"""The basis for municipal payment of a hospital's patients in a period (routines 3), from what is stored: each time of
being ready, its days and price, and the messages, receipts, answers and calls that prove them. *Ubekreftet*, always."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Delivery, Direction, Message
from samhandling.messages.compose.dialogs import read_ready_reply
from samhandling.organisations.models import Organisation
from samhandling.stays.coursing import read
from samhandling.stays.models import Call, Deadline, Expectation, Stay, StayEvent
from samhandling.stays.policies import policy_for
from samhandling.stays.prices import DayPrice, prices
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.expectations import ExpectationState
from samhandling.stays.rules.payment import Basis, Early, Ending, PlaceAnswer, ReadyInterval, of_stay
from samhandling.stays.rules.values import State, StayState
from samhandling.stays.work import load_state

ENDS = ("ready_cleared", "ready_changed", "ready_expected", "ready_mistake", "municipality_changed")
"""Lines of the timeline that end a time of being ready, beside discharge and death."""


class PriceMissingError(SamhandlingError):
    """A day price is missing for a year of the period: nothing is exported (3.2)."""

    code = "payment.price_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing that proves days: a message with its receipt, an answer, a call, a registration."""

    kind: str
    """Stable code: `early`, `ready`, `withdrawn`, `discharged`, `answer`, `call`, `left`, `died`."""
    at: datetime
    receipted_at: datetime | None = None
    msg_id: str = ""
    message: int | None = None
    says: str = ""
    """Of an answer: `can`, `from`, `cannot`, or `unread`."""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one time of being ready comes to in the period."""

    stay: Stay
    municipality: str
    ready_at: datetime
    ended_at: datetime | None
    basis: Basis
    """Of the period's days alone."""
    prices: tuple[tuple[date, int | None], ...]
    """Each day that is counted, with its price; None where the year has none."""
    proofs: tuple[Proof, ...]

    @property
    def disputed(self) -> bool:
        """Whether the municipality may object (3.3): kept apart from the others."""
        return bool(set(self.basis.why) & DISPUTES)


DISPUTES = {"early_late", "early_missing", "not_acknowledged", "outside_control", "downtime", "answer_unread"}


def claims(organisation: Organisation, first: date, last: date, *, today: date) -> list[Claim]:
    """The basis of each time of being ready that has days in the period (Oslo days, both ends), oldest first.

    No date is charged twice for one patient, also when stays overlap.
    """
    begin, end = oslo.start_of_day(first), oslo.end_of_day(last)
    rows = Stay.objects.filter(organisation=organisation, admitted_at__lte=end).exclude(state=State.VOID.value)
    patients = rows.filter(discharged_at=None) | rows.filter(discharged_at__gte=begin)
    ready = rows.filter(patient__in=patients.values("patient")).select_related("patient", "unit", "organisation")
    found: list[Claim] = []
    for _, stays in groupby(ready.order_by("patient_id", "admitted_at", "pk"), key=lambda stay: stay.patient_id):
        found += _of_patient(list(stays), first, last, today)
    return sorted(found, key=lambda claim: (claim.municipality, claim.ready_at, claim.stay.pk))


def _of_patient(stays: Sequence[Stay], first: date, last: date, today: date) -> Iterator[Claim]:
    known = sorted(
        (one for stay in stays for one in intervals(stay)), key=lambda one: (one.interval.ready_at, one.stay.pk)
    )
    listed: dict[int, Mapping[int, DayPrice]] = {}
    charged: set[date] = set()
    for one in known:
        policy = policy_for(one.stay.organisation_id, last, one.interval.municipality)
        listed[one.stay.pk] = prices(policy.day_prices)
        (whole,) = of_stay([one.interval], listed[one.stay.pk], today=today, charged=frozenset(charged))
        charged |= set(whole.dates)
        dates = tuple(day for day in whole.dates if first <= day <= last)
        touched = dates or (not whole.dates and first <= oslo.day(one.interval.ready_at) <= last)
        if touched:
            yield _claim(one, whole, dates, listed[one.stay.pk])


def _claim(one: Known, whole: Basis, dates: tuple[date, ...], listed: Mapping[int, DayPrice]) -> Claim:
    """The whole interval's verdict, with the days and kroner of the period alone."""
    missing = tuple(sorted({day.year for day in dates} - set(listed)))
    amount = None if missing else sum(listed[day.year].amount for day in dates)
    outcome = whole.outcome
    if outcome == "PRICE_MISSING" and not missing:
        outcome = "DISPUTED" if set(whole.why) & DISPUTES else "PAYABLE"
    why = (*whole.why, "answer_unread") if any(p.says == "unread" for p in one.proofs) else whole.why
    basis = replace(whole, dates=dates, amount=amount, outcome=outcome, why=why, missing_years=missing)
    priced = tuple((day, listed[day.year].amount if day.year in listed else None) for day in dates)
    return Claim(
        stay=one.stay, municipality=one.interval.municipality, ready_at=one.interval.ready_at,
        ended_at=one.interval.ended_at, basis=basis, prices=priced, proofs=one.proofs,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A time of being ready, as the store knows it."""

    stay: Stay
    interval: ReadyInterval
    proofs: tuple[Proof, ...]


def intervals(stay: Stay) -> list[Known]:
    """The times of being ready of a stay: each M6 that was due, sent or told by phone, to what ended it."""
    state = load_state(stay)
    rows = list(Expectation.objects.filter(stay=stay).select_related("message").order_by("number"))
    lines = list(StayEvent.objects.filter(stay=stay, kind__in=(*ENDS, "by_phone")).order_by("pk"))
    opened: list[tuple[datetime, Expectation | None]] = [
        (row.due_since, row) for row in rows if row.message_code == "M6"
    ]
    opened += [(line.at, None) for line in lines if line.kind == "by_phone" and line.data.get("code") == "M6"]
    opened.sort(key=lambda pair: pair[0])
    if not opened:
        return []
    calls = list(Call.objects.filter(stay=stay).order_by("at"))
    answers = list(_answers(stay))
    early, early_proofs = _early(stay, state)
    found = []
    for number, (at, row) in enumerate(opened):
        following = opened[number + 1][0] if number + 1 < len(opened) else None
        ended_at, ended_by = _end(at, row, rows, lines, following, stay, state)
        until = ended_at or following
        mine = [one for one in answers if one.at >= at and (until is None or one.at <= until)]
        told = next((call for call in calls if call.at >= at and (until is None or call.at <= until)), None)
        sent = row is not None and row.message_id is not None and row.state != ExpectationState.REJECTED
        interval = ReadyInterval(
            ready_at=at, sent=sent, acknowledged_at=row.confirmed_at if row is not None else None,
            notified_at=told.at if told is not None else None, ended_at=ended_at, ended_by=ended_by,
            answers=tuple(
                PlaceAnswer(at=p.at, can=p.says != "cannot", from_day=p.day) for p in mine if p.says != "unread"
            ),
            municipality=row.municipality_number if row is not None else state.municipality, early=early,
            downtime=row is not None and _held(row), psychiatric=state.track == "PSYCH",
        )  # fmt: skip
        proofs = (*early_proofs, *_proofs(row, rows, until, mine, told, ended_at, ended_by))
        found.append(Known(stay=stay, interval=interval, proofs=tuple(sorted(proofs, key=lambda one: one.at))))
    return found


def _end(
    at: datetime, row: Expectation | None, rows: Sequence[Expectation], lines: Sequence[StayEvent],
    following: datetime | None, stay: Stay, state: StayState,
) -> tuple[datetime | None, Ending]:  # fmt: skip
    """What ended it first."""
    if row is not None and row.state == ExpectationState.CANCELLED:
        return row.due_since, "cancelled"
    ends: list[tuple[datetime, Ending]] = []
    for one in rows:
        if one.message_code == "M7" and one.due_since >= at and (row is None or one.number > row.number):
            ends.append((one.due_since, "withdrawn"))
    for line in lines:
        if line.kind in ENDS and line.at > at:
            ends.append((line.at, "municipality" if line.kind == "municipality_changed" else "withdrawn"))
    if following is not None:
        ends.append((following, "withdrawn"))
    if state.died_at is not None and state.state is State.DEAD:
        ends.append((state.died_at, "died"))
    elif stay.discharged_at is not None:
        ends.append((stay.discharged_at, "left"))
    return min(ends, default=(None, ""))


def _early(stay: Stay, state: StayState) -> tuple[Early, list[Proof]]:
    """How it stands with the early notice (§ 8), and the message that proves it."""
    clock = Deadline.objects.filter(stay=stay, clock="F1", expectation=None).first()
    sent = Message.objects.filter(
        organisation=stay.organisation_id, direction=Direction.OUT, subject=stay.subject, type="HELSEOPPL_SOKNAD"
    ).exclude(status="C")
    proofs = []
    for message in sent.order_by("created_at")[:1]:
        received = (clock.settled_at if clock.state == DeadlineState.MET else clock.late_at) if clock else None
        proofs.append(_of_message("early", message, received))
    if clock is None or (clock.state == DeadlineState.CLOSED and state.early_due is None):
        return "not_required", proofs
    if clock.state == DeadlineState.MET or state.early_met:
        return "met", proofs
    return ("late" if clock.late_at is not None else "missing"), proofs


def _answers(stay: Stay) -> Iterator[Proof]:
    """What the municipality has answered by message to *utskrivningsklar* (§ 11)."""
    rows = Message.objects.filter(
        organisation=stay.organisation_id, direction=Direction.IN, subject=stay.subject, type="DIALOG_NOTAT",
        refers_to__type="LOG_UTSKRIVNINGSKLAR",
    ).exclude(status="C").select_related("original", "organisation")  # fmt: skip
    for message in rows.order_by("created_at"):
        facts = read(message) if message.original is not None and not message.original.closed else None
        text = facts.notes[0].text if facts is not None and facts.notes else ""
        reply = read_ready_reply(text)
        says = "unread" if reply is None else "cannot" if not reply[0] else "from" if reply[1] else "can"
        yield Proof(
            kind="answer", at=message.created_at, msg_id=message.msg_id_written, message=message.pk, says=says,
            day=reply[1] if reply is not None else None,
        )  # fmt: skip


def _proofs(
    row: Expectation | None, rows: Sequence[Expectation], until: datetime | None, answers: Sequence[Proof],
    told: Call | None, ended_at: datetime | None, ended_by: Ending,
) -> Iterator[Proof]:  # fmt: skip
    if row is not None and row.message is not None:
        yield _of_message("ready", row.message, row.confirmed_at)
    yield from answers
    if told is not None:
        yield Proof(kind="call", at=told.at)
    for one in rows:
        ends = one.message_code in ("M7", "M8") and one.message is not None and until is not None
        if ends and row is not None and one.number > row.number and one.due_since >= row.due_since:
            yield _of_message("withdrawn" if one.message_code == "M7" else "discharged", one.message, one.confirmed_at)  # type: ignore[arg-type]
            break
    if ended_at is not None and ended_by in ("left", "died"):
        yield Proof(kind=ended_by, at=ended_at)


def _of_message(kind: str, message: Message, received: datetime | None) -> Proof:
    return Proof(
        kind=kind, at=message.created_at, receipted_at=received, msg_id=message.msg_id_written, message=message.pk
    )


def _held(row: Expectation) -> bool:
    """An outage held the message back."""
    return row.message_id is not None and Delivery.objects.filter(message=row.message_id, hold__isnull=False).exists()


def require_prices(found: Sequence[Claim]) -> None:
    """Raises PriceMissingError that names the years without a day price."""
    years = sorted({year for claim in found for year in claim.basis.missing_years})
    if years:
        raise PriceMissingError(", ".join(map(str, years)))
