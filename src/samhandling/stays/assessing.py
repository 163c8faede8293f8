"""The two assessments in one click, *Nei* for a whole ward, and taking such a *Nei* back (F11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.db import transaction

from samhandling.access.models import User
from samhandling.stays import events
from samhandling.stays.errors import RefusedError
from samhandling.stays.models import Deadline, Stay, StayEvent
from samhandling.stays.policies import policy_of
from samhandling.stays.registering import register
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.values import INPATIENT, State, StayState
from samhandling.stays.work import Work, load_state, lock_stay, store_state

Question = Literal["user", "need"]
UNDO_WITHIN = timedelta(minutes=30)
"""How long a *Nei* may be taken back as if it never was said; later one simply answers anew."""
SAID_NO: dict[str, Question] = {"user_no": "user", "need_no": "need"}
"""Lines of the timeline that say no."""


class TooLateToUndoError(RefusedError):
    """A *Nei* is taken back after half an hour, or after something else was registered on it."""

    code = "stay.undo_too_late"


@dataclass(frozen=True, slots=True)
class SaidNo:
    """What one person answered with *Nei* at one instant."""

    at: datetime
    stays: tuple[int, ...]


def open_questions(state: StayState) -> tuple[Question, ...]:
    """What nobody has answered about a patient who is in."""
    if state.state not in INPATIENT:
        return ()
    found: list[Question] = ["user"] if state.user is None else []
    return (*found, "need") if state.need is None else tuple(found)


def answer(stay: Stay, question: Question, *, yes: bool, user: User, now: datetime) -> None:
    """One answer. Raises a RefusedError where the form must ask more."""
    if question == "user":
        register(stay, events.MunicipalUserSet(at=now, value=yes), user=user, now=now)
    else:
        register(stay, events.NeedAssessed(at=now, value=yes), user=user, now=now)


@transaction.atomic
def answer_no(stays: Iterable[Stay], *, user: User, now: datetime) -> list[Stay]:
    """*Nei* to every open question of these patients; gives those that had one. What is answered stays."""
    done = []
    for stay in stays:
        waiting = open_questions(load_state(lock_stay(stay.pk)))
        for question in waiting:
            answer(stay, question, yes=False, user=user, now=now)
        if waiting:
            done.append(stay)
    return done


def lately(stays: Iterable[int], *, user: User, now: datetime) -> list[SaidNo]:
    """What this person answered with *Nei* lately about these stays and may take back, the newest first."""
    lines = StayEvent.objects.filter(
        stay__in=list(stays), user=user, kind__in=SAID_NO, recorded_at__gt=now - UNDO_WITHIN
    ).order_by("-recorded_at", "stay_id")
    found: dict[datetime, list[int]] = {}
    for at, stay in lines.values_list("recorded_at", "stay_id").distinct():
        found.setdefault(at, []).append(stay)
    standing = {s.pk for s in Stay.objects.filter(pk__in={pk for many in found.values() for pk in many}) if _stands(s)}
    groups = [SaidNo(at, tuple(pk for pk in dict.fromkeys(many) if pk in standing)) for at, many in found.items()]
    return [group for group in groups if group.stays]


def _stands(stay: Stay) -> bool:
    state = load_state(stay)
    return state.state is State.IN and not state.user and not state.need and (state.user, state.need) != (None, None)


@transaction.atomic
def take_back(stays: Iterable[Stay], at: datetime, *, user: User, now: datetime) -> int:
    """Take back every *Nei* that this person said at that instant: the questions are open again; gives how many stays.

    Nobody was told anything of a *Nei*, so nothing is corrected. Raises TooLateToUndoError.
    """
    if now - at >= UNDO_WITHIN:
        raise TooLateToUndoError
    done = 0
    for stay in stays:
        locked = lock_stay(stay.pk)
        lines = StayEvent.objects.filter(stay=locked, user=user, kind__in=SAID_NO, recorded_at=at)
        questions = {SAID_NO[kind] for kind in lines.values_list("kind", flat=True)}
        state = load_state(locked)
        if not questions or not _stands(locked):
            continue
        work = Work(stay=locked, policy=policy_of(locked, now), now=now, user=user)
        need_at = None if "need" in questions else state.need_at
        work.state = msgspec.structs.replace(state, need_at=need_at, **dict.fromkeys(questions))
        work.note("assessment_undone")
        _ask_again(locked, now)
        store_state(locked, work.state, now=now)
        done += 1
    return done


def _ask_again(stay: Stay, now: datetime) -> None:
    """F11 runs again, or is missed as it would have been."""
    row = Deadline.objects.select_for_update().filter(stay=stay, clock="F11").first()
    if row is not None and row.state == DeadlineState.MET:
        still = row.due_at is None or row.due_at > now
        row.state = (DeadlineState.DUE if still else DeadlineState.MISSED).value
        row.settled_at = None if still else row.due_at
        row.save(update_fields=["state", "settled_at"])
