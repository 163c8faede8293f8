"""What Helseopplysninger and the municipality's admission report do to a stay (T01, T06 to T08, F1, F2, F8, F9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from samhandling.stays.rules.belonging import is_ordinary
from samhandling.stays.rules.step import Step
from samhandling.stays.rules.values import INPATIENT, ClockEvent, DropTimer, SetTimer, State


def sent(step: Step) -> None:
    """T06 to T08: which kind was the last, and what it means for F1 and F9."""
    event, before = step.event, step.state.information
    step.set(information=event.kind)
    step.note(f"information_{event.kind}")
    step.drop("stay.change_notice", "stay.contact_changed")
    step.drop("stay.no_update")
    if step.state.state in INPATIENT:
        step.do(SetTimer(name="news", at=event.at + timedelta(days=step.policy.no_update_days)))
    if event.kind == "early":
        step.do(DropTimer(name="order"))
    elif not before:
        step.note("no_early_notice")
        if step.policy.health_information_followed:
            wait = timedelta(minutes=step.policy.order_wait_minutes)
            step.do(SetTimer(name="order", at=step.now + wait))
    if event.kind == "final":
        step.do(ClockEvent(clocks=("F9",), event="sent", at=event.at))
        step.drop("stay.information_missing")
    elif before == "final":
        step.note("final_expected_again")
        if step.state.state is State.READY or step.state.expected_ready is not None:
            step.start_until_discharge()
    if event.received_at is None:
        step.do(ClockEvent(clocks=("F1",), event="sent", at=event.at))
    else:
        _in_hand(step, event.received_at, final=event.kind == "final")


def sent_after_discharge(step: Step) -> None:
    """2.4: after the discharge it is a breach of routine in itself, and somebody calls first."""
    sent(step)
    step.breach("A-07")
    step.ask("stay.call.after_discharge", minutes=step.policy.call_minutes)


def received(step: Step) -> None:
    """T06: only a positive receipt within the time meets F1 (C-02)."""
    _in_hand(step, step.event.at, final=step.event.final)


def _in_hand(step: Step, at: datetime, *, final: bool) -> None:
    step.meet("F1", at=at)
    if final:
        step.meet("F9", at=at)
    if step.state.early_due is None or at <= step.state.early_due:
        step.set(early_met=True)
    step.drop("stay.early_missed")


def rejected(step: Step) -> None:
    """T08: what was rejected does not count as sent; the clocks of the stay wait again."""
    stands = step.event.stands
    step.set(information=stands)
    step.note("information_rejected")
    if not stands:
        step.do(DropTimer(name="order"))
    step.do(ClockEvent(clocks=("F1",) if not stands else (), event="rejected", at=step.event.at))
    if stands != "final":
        step.do(ClockEvent(clocks=("F9",), event="rejected", at=step.event.at))
        if step.state.state is State.READY or step.state.expected_ready is not None:
            step.start_until_discharge()


def withdrawn(step: Step) -> None:
    """The municipality no longer has any Helseopplysning that stands; F1 that was met stays met."""
    step.set(information="")
    step.note("information_withdrawn")
    step.do(DropTimer(name="order"))


def wrong_order(step: Step) -> None:
    """A-08: a change or a final notice has gone without the early one, and it was not only overtaken."""
    step.breach("A-08")


def no_news(step: Step) -> None:
    """A quiet hint, never an alarm: nothing new has been told for long."""
    step.note("no_update")
    step.ask("stay.no_update")


def expect_patient(step: Step) -> None:
    """T01: the municipality announces a patient: the report waits for the admission (F8)."""
    event, policy = step.event, step.policy
    step.set(
        state=State.EXPECTED,
        id_class=event.id_class,
        ordinary=is_ordinary(event.id_class, policy),
        municipality=event.municipality,
        agreement=event.agreement,
        report_at=event.at,
    )
    step.note("report_expected")
    step.start("F8", event.at, policy.link_hours)
    step.do(SetTimer(name="report", at=event.at + timedelta(hours=policy.link_hours)))


def report_again(step: Step) -> None:
    """Another report about a patient who has not come yet."""
    step.note("report_again")


def report_received(step: Step) -> None:
    """F2: the admission report of a patient who lies here."""
    first = step.state.report_at is None
    step.set(report_at=step.state.report_at or step.event.at)
    step.note("report_received" if first else "report_again")
    if first:
        step.meet("F2")
    if step.state.state is State.READY:
        step.note("report_late")


def no_admission(step: Step) -> None:
    """F8: nobody came; the report is put away, and that is no breach of anything."""
    step.set(state=State.VOID, before=State.EXPECTED, voided_at=step.event.at)
    step.note("no_admission")
    step.stop("F8")
