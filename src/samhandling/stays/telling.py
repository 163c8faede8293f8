"""Messages of a stay: what is expected, sent by the node or tied to what the EPJ wrote, and withdrawn again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from samhandling.exchange.models import Message
from samhandling.exchange.notices import not_sent_key
from samhandling.exchange.services import Draft, LogisticsContent, Responsible
from samhandling.exchange.services import cancel as cancel_message
from samhandling.exchange.services import send as send_message
from samhandling.registry.services import written_by
from samhandling.stays import clocks, withdrawing
from samhandling.stays.models import Expectation, Stay
from samhandling.stays.rules import expectations, outbox
from samhandling.stays.rules.expectations import OPEN, ExpectationEvent, ExpectationState
from samhandling.stays.rules.values import MESSAGE_TYPES, Cancel, Tell, TellByPhone, Withdraw
from samhandling.stays.work import Work
from samhandling.store.prepared import first, insert, prepared, update
from samhandling.tasks.services import close_tasks

REASONS = {
    "admission": "Innleggelsen er registrert ved feil.",
    "mistake": "Pasienten var ikke utskrivningsklar. Meldingen ble sendt ved feil.",
    "discharge": "Utskrivingen er registrert ved feil. Pasienten er fortsatt innlagt.",
    "death": "Meldingen ble sendt ved feil. Pasienten er fortsatt innlagt.",
    "user": "Pasienten var registrert som bruker av kommunale tjenester ved feil.",
    "municipality": "Meldingen er sendt til feil kommune.",
}
"""Why a message is withdrawn, in words for the receiver."""


def tell(work: Work, action: Tell) -> None:
    """A message is due: expect it, and send it where the node writes that type."""
    if action.message == "M7" and _nothing_to_withdraw(work):
        return
    if action.message == "M8":
        _forget_unsent(work, "M1", "M6")
    held = _last(work, action.message, ExpectationState.HELD) if action.message == "M6" else None
    if held is not None:
        held.values = _values(work, action)
        move(held, "named")
        send(work, held)
        return
    if _written_ahead(work, action):
        return
    expectation = Expectation(
        stay=work.stay,
        number=_next_number(work),
        message_code=action.message,
        municipality_number=work.state.municipality,
        written_by=written_by(work.organisation, MESSAGE_TYPES[action.message]),
        state=(ExpectationState.HELD if action.hold else ExpectationState.DUE).value,
        values=_values(work, action),
        due_since=work.now,
    )
    if action.hold:
        insert(expectation)
        work.note("held", code=action.message)
        clocks.watch_message(work, expectation)
    else:
        send(work, expectation)


def _next_number(work: Work) -> int:
    number = work.stay.next_number
    work.stay.next_number = number + 1
    return number


def _values(work: Work, action: Tell) -> dict[str, Any]:
    """What the message must tell, as of now: the stay may change before it is sent."""
    state = work.state
    found = {
        "at": action.at,
        "admitted_at": state.admitted_at,
        "ready_date": action.ready_date,
        "decided_by": action.decided_by,
        "marked": action.marked or None,
        "discharged_at": state.discharged_at,
        "discharged_to": state.discharged_to,
        "dead": action.dead or None,
    }
    return {name: msgspec.to_builtins(value) for name, value in found.items() if value not in (None, "")}


def _written_ahead(work: Work, action: Tell) -> bool:
    """The EPJ's document came before the registration that asks for it: tie it."""
    ahead = first(_ahead(work.stay, action.message))
    if ahead is None:
        return False
    ahead.values = _values(work, action)
    update(ahead, "values")
    return True


@prepared
def _ahead(stay: Stay, code: str) -> QuerySet[Expectation]:
    return Expectation.objects.filter(stay=stay, message_code=code, values__ahead=True).order_by("-number")


def send(work: Work, expectation: Expectation) -> bool:
    """Let the node send what is due; True when it is on its way. What the EPJ writes is only waited for.

    A new expectation is stored here, with what came of it.
    """
    if expectation.written_by == "epj":
        _store_new(expectation)
        work.note("expected_from_epj", code=expectation.message_code)
        clocks.watch_message(work, expectation)
        return False
    outcome = send_message(_draft(work, expectation), now=work.now)
    if outcome.message is None:
        _store_new(expectation)
        work.note("not_sent", code=expectation.message_code, findings=[f.code for f in outcome.findings])
        clocks.watch_message(work, expectation)
        return False
    sent(work, expectation, outcome.message)
    return True


def _store_new(expectation: Expectation) -> None:
    if expectation.pk is None:
        insert(expectation)


def sent(work: Work, expectation: Expectation, message: Message) -> None:
    """The message is on its way: tie it, and stop waiting."""
    waited = expectation.pk is not None
    expectation.message = message
    expectation.sent_at = work.now
    move(expectation, "sent")
    if waited:
        clocks.message_sent(work, expectation)
    work.note("sent", message=message, code=expectation.message_code)


def _draft(work: Work, expectation: Expectation) -> Draft:
    code = expectation.message_code
    return Draft(
        organisation=work.organisation,
        message_type=MESSAGE_TYPES[code],
        patient=work.stay.patient,
        content=content(work, expectation),
        municipality=work.municipality_numbered(expectation.municipality_number),
        track=work.state.track,
        refers_to=_ready_message(work) if code == "M7" else None,
        subject=work.stay.subject,
        event_at=instant(expectation.values.get("at")),
    )


def content(work: Work, expectation: Expectation) -> LogisticsContent:
    """What the document tells (plo-messages 7)."""
    values, code = expectation.values, expectation.message_code
    ready = values.get("ready_date")
    decided = values.get("decided_by") or {}
    return LogisticsContent(
        admitted_at=instant(values.get("admitted_at")),
        ready_date=date.fromisoformat(ready) if ready else None,
        withdrawn_at=instant(values.get("at")) if code == "M7" else None,
        discharged_at=instant(values.get("discharged_at")) if code == "M8" else None,
        discharged_to=values.get("discharged_to", "") if code == "M8" else "",
        died=bool(values.get("dead")),
        responsible=Responsible(
            family_name=decided.get("family_name", ""),
            given_name=decided.get("given_name", ""),
            hpr=decided.get("hpr", ""),
            profession=decided.get("profession", ""),
            phone=work.stay.unit.phone if work.stay.unit is not None else "",
        ),
        unit=work.stay.unit,
    )


def instant(text: object) -> datetime | None:
    """An instant of `values`."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _ready_message(work: Work) -> Message | None:
    """The M6 that stands."""
    row = (
        Expectation.objects.filter(stay=work.stay, message_code="M6", message__isnull=False)
        .exclude(state=ExpectationState.CANCELLED)
        .select_related("message")
        .order_by("number")
        .last()
    )
    return row.message if row is not None else None


def _last(work: Work, code: str, *states: ExpectationState) -> Expectation | None:
    return (
        Expectation.objects.select_for_update(of=("self",))
        .filter(stay=work.stay, message_code=code, state__in=[s.value for s in states])
        .order_by("number")
        .last()
    )


def _nothing_to_withdraw(work: Work) -> bool:
    """An M6 that never left is no longer expected; one that was rejected was never taken. Neither needs M7."""
    what = outbox.withdrawal(Expectation.objects.filter(stay=work.stay, message_code="M6").order_by("number").last())
    if what == "forget":
        withdraw(work, Withdraw(message="M6"))
    return what != "send"


def _forget_unsent(work: Work, *codes: str) -> None:
    """What was not told before the patient left is not told after it (2.4)."""
    for code in codes:
        if _last(work, code, *OPEN) is not None:
            withdraw(work, Withdraw(message=code))  # type: ignore[arg-type]


def withdraw(work: Work, action: Withdraw) -> None:
    """A message that never left is no longer expected."""
    while (row := _last(work, action.message, *OPEN)) is not None:
        _give_up(work, row, "withdrawn")


def _give_up(work: Work, row: Expectation, event: ExpectationEvent) -> None:
    """A message that never left: nobody waits for it or has to send it any more."""
    move(row, event)
    clocks.message_gone(work, row)
    if row.written_by == "node":
        key = not_sent_key(_draft(work, row))
        close_tasks(unique_key=key, organisation=work.organisation, how="obsolete", now=work.now)
    work.note("withdrawn", code=row.message_code)


def cancel(work: Work, action: Cancel) -> None:
    """Cancellation (C), newest first, of what stands; where C cannot go the exchange asks somebody to call."""
    for row in withdrawing.to_cancel(work, action):
        _cancel_one(work, row, REASONS[action.why])
    if action.everything:
        withdrawing.withdraw_information(work, action, REASONS[action.why])


def _cancel_one(work: Work, row: Expectation, reason: str) -> None:
    if ExpectationState(row.state) in OPEN:
        _give_up(work, row, "cancelled")
        return
    if row.message is None:
        return
    outcome = cancel_message(row.message, reason=reason, now=work.now)
    if any(f.code == "cancel.nothing_to_cancel" for f in outcome.findings):
        return
    row.cancellation = outcome.message
    move(row, "cancelled")
    kind = "cancelled" if outcome.message is not None else "cancelled_by_phone"
    work.note(kind, message=outcome.message, code=row.message_code)


def by_phone(work: Work, action: TellByPhone) -> None:
    """Overlay: work for people instead of a message (S-35, S-36, A-11)."""
    what = action.message.lower()
    work.note("by_phone", code=action.message, overlay=action.overlay)
    if action.overlay == "O":
        work.ask("stay.objection", due_at=action.due_at)
        return
    if action.overlay == "H":
        work.ask(f"stay.h_number.{what}", due_at=action.due_at)
        if action.message == "M1":
            admitted = work.state.admitted_at or work.now
            work.ask("stay.h_number.form", due_at=clocks.after(admitted, hours=work.policy.paper_form_hours))
        return
    clocks.breach(work, "A-11")
    if not work.state.municipality:
        work.ask("stay.no_municipality.find", due_at=action.due_at)
    else:
        work.ask(f"stay.no_agreement.{what}", due_at=action.due_at)


def move(row: Expectation, event: ExpectationEvent) -> None:
    """One step of an expectation, stored with whatever else was set on the row."""
    row.state = expectations.advance(ExpectationState(row.state), event).value
    if row.pk is None:
        insert(row)
    else:
        update(row)
