"""Carry out what a decision asks for, in its transaction and in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from samhandling.stays import clocks, telling
from samhandling.stays.events import Event
from samhandling.stays.rules import decide
from samhandling.stays.rules.values import (
    AskPerson,
    Breach,
    Cancel,
    ClockEvent,
    Decision,
    DropTimer,
    NoNeedToAsk,
    Note,
    SetTimer,
    StartClock,
    Tell,
    TellByPhone,
    Withdraw,
)
from samhandling.stays.work import Work, store_state
from samhandling.tasks.services import close_tasks

NOTE_DATA: dict[str, tuple[str, ...]] = {
    "admitted": ("unit",),
    "moved": ("unit",),
    "ready": ("ready_date",),
    "ready_late": ("ready_date",),
    "ready_changed": ("ready_date",),
    "ready_named": ("ready_date",),
    "ready_unasked": ("ready_date", "expected_ready"),
    "ready_expected": ("expected_ready",),
    "ready_asked": ("expected_ready",),
    "discharge_planned": ("planned_discharge",),
    "discharged": ("discharged_to",),
    "municipality_changed": ("municipality",),
}
"""Facts of the state that a line of the timeline shows."""


def step(work: Work, event: Event, *, keep: bool = True) -> Decision:
    """Decide, carry out the actions and store the new state, which with `keep` False the caller does.

    Raises ImpossibleEventError.
    """
    before = work.state
    decision = decide(before, event, work.policy, work.now)
    work.row = decision.row
    if decision.state.municipality != before.municipality:
        work.forget_municipality()
    work.state = decision.state
    for action in _gathered(decision):
        _DO[type(action)](work, action)
    if keep and (decision.actions or decision.state != before):
        store_state(work.stay, decision.state, now=work.now)
    return decision


def _gathered(decision: Decision) -> Iterator[Any]:
    """The actions; those of a kind that is done in one piece together, as far as nothing stands between."""
    for kind, actions in groupby(decision.actions, type):
        if kind in _TOGETHER:
            yield _Several(kind, list(actions))
        else:
            yield from actions


@dataclass(frozen=True, slots=True)
class _Several:
    """Actions of one kind, one after the other."""

    kind: type
    actions: list[Any]


def _several(work: Work, several: _Several) -> None:
    _TOGETHER[several.kind](work, several.actions)


def _note(work: Work, action: Note) -> None:
    names = NOTE_DATA.get(action.kind, ())
    facts = {name: getattr(work.state, name) for name in names}
    work.note(
        action.kind, at=action.at, **{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in facts.items()}
    )


def _ask(work: Work, action: AskPerson) -> None:
    work.ask(action.cause, due_at=action.due_at)


def _no_need(work: Work, actions: list[NoNeedToAsk]) -> None:
    keys = [work.task_key(action.cause) for action in actions]
    close_tasks(unique_key=keys, organisation=work.organisation, how=actions[0].how, now=work.now)


def _breach(work: Work, action: Breach) -> None:
    clocks.breach(work, action.code)


_DO: dict[type, Callable[[Work, Any], None]] = {
    Tell: telling.tell,
    TellByPhone: telling.by_phone,
    Cancel: telling.cancel,
    Withdraw: telling.withdraw,
    ClockEvent: clocks.event,
    SetTimer: clocks.set_timer,
    DropTimer: clocks.drop_timer,
    AskPerson: _ask,
    _Several: _several,
    Breach: _breach,
    Note: _note,
}
_TOGETHER: dict[type, Callable[[Work, list[Any]], None]] = {NoNeedToAsk: _no_need, StartClock: clocks.start}
