"""Requests and the municipality's answer to *utskrivningsklar* as the stay must know them (M9, M10, M13, F4, F6)."""

from __future__ import annotations

from samhandling.stays.rules.step import Step
from samhandling.stays.rules.values import Request


def request_received(step: Step) -> None:
    """M9 in: we have it, so the time to answer runs (F6)."""
    if not _open(step, ours=False):
        return
    step.note("request_received")
    step.start_in_office("F6", step.event.at, step.policy.request_answer_office_hours, step.event.reference)


def request_sent(step: Step) -> None:
    """M9 out: the time to answer runs once the municipality's system has it."""
    _open(step, ours=True)


def _open(step: Step, *, ours: bool) -> bool:
    known = step.state.requests
    if any(one.reference == step.event.reference for one in known):
        return False
    step.set(requests=(*known, Request(reference=step.event.reference, ours=ours, at=step.event.at)))
    return True


def request_taken(step: Step) -> None:
    """F6: our M9 is acknowledged."""
    if any(one.reference == step.event.reference for one in step.state.requests):
        step.start_in_office("F6", step.event.at, step.policy.request_answer_office_hours, step.event.reference)


def request_answered(step: Step) -> None:
    """M10: the request of that reference is answered."""
    reference = step.event.reference
    left = tuple(one for one in step.state.requests if one.reference != reference)
    if len(left) == len(step.state.requests):
        return
    step.set(requests=left)
    step.note("request_answered")
    step.meet("F6", detail=reference)
    step.drop("stay.request_overdue")


def ready_taken(step: Step) -> None:
    """F4: the municipality knows that the patient is ready, and answers at once."""
    if step.state.m6 == "told" and not step.state.place:
        step.start_in_office("F4", step.event.at, step.policy.place_answer_office_hours)


def place_answered(step: Step) -> None:
    """M13: whether the municipality can receive the patient, and from when."""
    event = step.event
    step.set(place={True: "yes", False: "no", None: "read"}[event.can], place_from=event.from_day)
    step.note("place_answered")
    step.meet("F4")
    step.drop("stay.place_unanswered")


def ask_about_unanswered(step: Step) -> None:
    """T14, T28: what the municipality asked and nobody answered: whoever owes the answer calls."""
    if any(not one.ours for one in step.state.requests):
        step.ask("stay.request_unanswered", minutes=step.policy.call_minutes)
