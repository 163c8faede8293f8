"""The outcome of a played scenario as plain data, and as text for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from samhandling.clock import oslo
from samhandling.stays.causes import CAUSES
from samhandling.stays.play.carrying import PlayedStay
from samhandling.stays.play.ledger import Clock, Job, Letter
from samhandling.stays.play.player import Player
from samhandling.stays.play.words import CAUSE_KINDS, NAMES, TASK_KINDS
from samhandling.stays.prices import DayPrice, shipped_prices
from samhandling.stays.rules import State
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.payment import PlaceAnswer, ReadyInterval, of_stay

STATES = {
    DeadlineState.DUE: "unsent",
    DeadlineState.SENT: "sent",
    DeadlineState.MET: "met",
    DeadlineState.MISSED: "missed",
    DeadlineState.CLOSED: "closed",
}


def written(value: Any) -> Any:
    """Times with Oslo's offset, days as they are."""
    if isinstance(value, datetime):
        return value.astimezone(oslo.OSLO).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def outcome(player: Player, file: str) -> dict[str, Any]:
    """What came of it, as `samhandling scenario --schema` describes."""
    last = player.stay
    many = len(player.stays) > 1
    found: dict[str, Any] = {
        "file": file,
        "name": player.script.name,
        "policy": player.policy.name,
        "state": last.state.state.value,
        "overlay": last.state.overlay,
        "track": last.state.track,
        "at": written(player.now),
        "timeline": [_line(line) for line in sorted(player.line, key=lambda line: line["at"])],
        "messages": [], "deadlines": [], "breaches": [], "tasks": [], "payment": [],
        "warnings": player.warnings,
    }  # fmt: skip
    for stay in player.stays:
        extra = {"stay": stay.number} if many else {}
        found["messages"] += [{**_message(stay, letter), **extra} for letter in stay.ledger.letters]
        found["messages"] += [{**one, **extra} for one in _expected(stay)]
        found["deadlines"] += [{**_deadline(player, stay, clock), **extra} for clock in stay.ledger.clocks.values()]
        found["breaches"] += [
            {k: v for k, v in {"code": b.code, "at": written(b.at), "severity": b.severity, "message": b.message,
                               "note": b.note}.items() if v not in (None, "")} | extra
            for b in stay.ledger.breaches
        ]  # fmt: skip
        found["tasks"] += [{**_task(job), **extra} for job in stay.ledger.open_jobs()]
        found["payment"] += [{**one, **extra} for one in _payment(player, stay)]
    return found


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: written(value) for name, value in line.items()}


def _message(stay: PlayedStay, letter: Letter) -> dict[str, Any]:
    of = next((one.code for one in stay.ledger.letters if one.reference and one.reference == letter.of), letter.of)
    found = {
        "code": letter.code,
        "action": letter.action,
        "at": written(letter.at),
        "status": letter.status,
        "to": letter.to,
        "reason": letter.reason,
        "from": letter.sender,
        "name": NAMES[letter.code],
        "id": letter.identifier or letter.reference,
        "of": of,
        "receipt": letter.receipt,
        "receipt_at": written(letter.receipt_at),
        "municipality": letter.municipality,
        "cancelled": letter.cancelled,
        **{name: written(value) for name, value in letter.facts.items()},
    }
    always = ("code", "action", "at", "status", "to", "reason")
    return {k: v for k, v in found.items() if k in always or v not in (None, "", False)}


def _expected(stay: PlayedStay) -> list[dict[str, Any]]:
    """What the routine still waits for at the end of the script."""
    state, clocks = stay.state, stay.ledger.clocks
    found: list[tuple[str, datetime, str, str]] = []
    for awaited in stay.ledger.awaited:
        if ExpectationState(awaited.state) in OPEN:
            reason = "name_missing" if awaited.state == ExpectationState.HELD else "written_by_epj"
            found.append((awaited.message_code, awaited.due_since, stay.out.addressee(awaited.message_code), reason))
    early, report = clocks.get(("F1", "")), clocks.get(("F2", ""))
    unsent = (DeadlineState.DUE, DeadlineState.MISSED)
    involved = state.state in (State.ACTIVE, State.READY)
    if involved and early is not None and early.state in unsent and not state.information:
        found.append(("M3", early.starts_at, stay.out.addressee("M3"), ""))
    inpatient = state.state in (State.IN, State.ACTIVE, State.READY)
    if (
        inpatient
        and report is not None
        and report.state in (DeadlineState.DUE, DeadlineState.MISSED)
        and state.report_at is None
    ):
        found.append(("M2", report.starts_at, stay.out.reception(), ""))
    final = clocks.get(("F9", ""))
    if final is not None and final.state is DeadlineState.DUE:
        found.append(("M5", final.starts_at, stay.out.addressee("M5"), ""))
    for job in stay.ledger.open_jobs("stay.change_notice", "stay.contact_changed"):
        found.append(("M4", job.opened_at, stay.out.addressee("M4"), job.cause.removeprefix("stay.")))
    if state.state is State.READY and state.m6 == "told" and not state.place:
        ready = stay.ledger.last("M6")
        if ready is not None:
            found.append(("M13", ready.at, stay.out.reception(), ""))
    for request in state.requests:
        to = stay.out.reception() if request.ours else "the sender of M9"
        found.append(("M10", request.at, to, "from the municipality" if request.ours else "from the hospital"))
    return [
        {"code": code, "action": "expected", "at": written(at), "status": "N", "to": to, "reason": reason}
        for code, at, to, reason in found
    ]


def _deadline(player: Player, stay: PlayedStay, clock: Clock) -> dict[str, Any]:
    ended = clock.late_at or clock.settled_at or player.now
    late = 0
    if clock.due_at is not None and clock.state is DeadlineState.MISSED:
        until = clock.late_at or (player.now if clock.settled_at is None or clock.settled_at <= clock.due_at else ended)
        late = max(0, int((until - clock.due_at).total_seconds()))
    until = max(clock.starts_at, min(ended, clock.due_at or ended) if clock.late_at is None else clock.late_at)
    down = player.down(clock.starts_at, until)
    found: dict[str, Any] = {
        "id": clock.name,
        "due": written(clock.due_at or (stay.state.discharged_at if clock.name == "F9" else None)),
        "state": STATES[clock.state],
        "late_seconds": late,
        "affected_by_downtime": down,
        "message": clock.message,
        "starts": written(clock.starts_at),
        "reason": "counterpart down" if down else clock.reason,
    }
    if clock.name == "F1":
        need_at = stay.state.need_at
        found["due_from_need"] = (
            written(need_at + (clock.due_at - clock.starts_at)) if need_at and clock.due_at else None
        )
        found["marked"] = clock.reason
    always = ("id", "due", "state", "late_seconds", "affected_by_downtime")
    return {k: v for k, v in found.items() if k in always or v not in (None, "")}


def _task(job: Job) -> dict[str, Any]:
    kind = CAUSE_KINDS.get(job.cause) or TASK_KINDS[CAUSES[job.cause].kind]
    found = {
        "kind": kind, "due": written(job.due_at), "cause": job.cause, "severity": job.severity,
        "message": job.message, "opened": written(job.opened_at), "text": job.text,
    }  # fmt: skip
    return {k: v for k, v in found.items() if k in ("kind", "due") or v not in (None, "")}


def _payment(player: Player, stay: PlayedStay) -> list[dict[str, Any]]:
    """The basis of each time of being ready; nothing was ready: nothing is payable."""
    prices = {
        **shipped_prices(),
        **{year: DayPrice(amount=k, source="scenario") for year, k in player.script.prices.items()},
    }
    intervals = [_interval(player, stay, one.values) for one in stay.ledger.intervals]
    found = [
        {
            "days": one.days, "amount": one.amount, "outcome": one.outcome, "certainty": one.certainty,
            "dates": [d.isoformat() for d in one.dates], "why": list(one.why), "label": "ubekreftet",
            **({"missing_price": list(one.missing_years)} if one.missing_years else {}),
        }
        for one in of_stay(intervals, prices, today=oslo.day(player.now))
    ]  # fmt: skip
    ended = stay.state.state in (State.OUT, State.DEAD) and stay.state.involved
    if not found and ended:
        found = [{"days": 0, "amount": 0, "outcome": "NOT_PAYABLE", "certainty": "high", "dates": [],
                  "why": ["never_ready"], "label": "ubekreftet"}]  # fmt: skip
    return found


def _interval(player: Player, stay: PlayedStay, values: Mapping[str, Any]) -> ReadyInterval:
    answers = tuple(PlaceAnswer(at=at, can=can, from_day=day) for at, can, day in values.get("answers", ()))
    notified = values.get("acknowledged_at") or values.get("notified_at") or values["ready_at"]
    given = {name: value for name, value in values.items() if name != "answers"}
    return ReadyInterval(
        **given,
        answers=answers,
        early=_early(stay),
        downtime=player.down(values["ready_at"], max(notified, values["ready_at"])),
    )


def _early(stay: PlayedStay) -> Any:
    clock = stay.ledger.clocks.get(("F1", ""))
    if clock is None or (clock.state is DeadlineState.CLOSED and not stay.state.early_due):
        return "not_required"
    if clock.state is DeadlineState.MET or stay.state.early_met:
        return "met"
    return "late" if clock.late_at is not None else "missing"


def text(found: Mapping[str, Any]) -> str:
    """The outcome for people to read."""
    where = " ".join(filter(None, (found["state"], found["overlay"])))
    lines = [f"{found['file']}: {found['name'] or 'scenario'} – {where}"]
    lines += [f"  {_short(m['at'])}  {m['action']:<9} {m['code']:<4} {m['status']} {m['to']}  {m['reason']}".rstrip()
              for m in found["messages"]]  # fmt: skip
    lines += [f"  frist {d['id']:<4} {d['state']:<7} {_short(d['due'])} {d.get('message', '')}".rstrip()
              for d in found["deadlines"]]  # fmt: skip
    lines += [f"  brudd {b['code']} {_short(b['at'])} {b.get('message', '')}".rstrip() for b in found["breaches"]]
    lines += [f"  oppgave {t['kind']} {_short(t['due'])} {t['cause']}" for t in found["tasks"]]
    lines += [f"  betaling {p['days']} døgn, {p['amount'] if p['amount'] is not None else 'pris mangler'}, "
              f"{p['outcome']}, {p['label']}" for p in found["payment"]]  # fmt: skip
    lines += [f"  obs: {w}" for w in found["warnings"]]
    lines += [f"  IKKE SOM VENTET: {d}" for d in found.get("differences", ())]
    return "\n".join(lines)


def _short(value: str | None) -> str:
    return value[:16].replace("T", " ") if value else "–"
