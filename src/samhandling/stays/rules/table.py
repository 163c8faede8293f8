"""The stay's life cycle as data: `(state, event) -> (state, effect)`, row by row as routines 2.3.

Of the rows for one state and event the first whose guard holds is taken. A pair without any row is impossible and has
a named error. A stay's target state is `SAME`, or one of the states, or what the effect works out from the flags.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samhandling.stays import events
from samhandling.stays.events import Event
from samhandling.stays.rules import (
    admission,
    belonging,
    dialogue,
    endings,
    guards,
    information,
    involvement,
    readiness,
    values,
)
from samhandling.stays.rules.guards import Guard, always
from samhandling.stays.rules.step import Step
from samhandling.stays.rules.values import INPATIENT, State

Effect = Callable[[Step], None]
S = State
INVOLVED = (S.ACTIVE, S.READY)
ENDED = (S.OUT, S.DEAD, S.VOID)
KNOWN = (*INPATIENT, *ENDED)
NOT_READY = (S.IN, S.ACTIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """One transition: `to` lists every state that it can lead to."""

    t: str
    source: tuple[State, ...]
    event: type[Event]
    guard: Guard
    to: tuple[State, ...]
    """Empty: the same state."""
    effect: Effect

    def leads_to(self, source: State) -> tuple[State, ...]:
        """The states that the row can lead to from `source`."""
        return self.to or (source,)


def _row(
    t: str,
    source: State | tuple[State, ...],
    event: type[Event],
    guard: Guard,
    to: State | tuple[State, ...] | None,
    effect: Effect,
) -> Row:
    sources = (source,) if isinstance(source, State) else source
    targets = () if to is None else (to,) if isinstance(to, State) else to
    return Row(t, sources, event, guard, targets, effect)


ROWS: tuple[Row, ...] = (
    # Admission
    _row("T02", (S.NONE, S.EXPECTED), values.Opened, guards.inpatient_visit, S.IN, admission.open_stay),
    _row("T03", (S.NONE, S.EXPECTED), values.Opened, always, None, admission.no_stay),
    _row("T02r", KNOWN, values.Opened, guards.same_admission, None, admission.nothing),
    _row("T02c", INPATIENT, values.Opened, guards.inpatient_visit, None, admission.correct_admission),
    _row("T03r", INPATIENT, values.Opened, always, None, admission.nothing),
    # Bruker av kommunale tjenester
    _row("T04r", KNOWN, events.MunicipalUserSet, guards.same_user, None, admission.nothing),
    _row("T28a", INVOLVED, events.MunicipalUserSet, guards.user_again_while_asked, None, involvement.user_after_all),
    _row("T28r", INVOLVED, events.MunicipalUserSet, guards.same_no_without_answer, None, admission.nothing),
    _row("T04", S.IN, events.MunicipalUserSet, guards.becomes_user, INVOLVED, involvement.become_user),
    _row("T04", S.ACTIVE, events.MunicipalUserSet, guards.becomes_user, None, involvement.become_user),
    _row("T04", S.READY, events.MunicipalUserSet, guards.becomes_user, None, involvement.user_while_ready),
    _row("T28", INVOLVED, events.MunicipalUserSet, guards.told_user_unexplained, None, involvement.ask_why_no_user),
    _row("T28m", INVOLVED, events.MunicipalUserSet, guards.told_user_mistake, NOT_READY, involvement.user_was_mistake),
    _row("T28n", INVOLVED, events.MunicipalUserSet, guards.told_user_no_longer, NOT_READY, involvement.user_no_longer),
    _row("T04n", S.IN, events.MunicipalUserSet, always, None, involvement.user_no),
    _row("T04n", S.ACTIVE, events.MunicipalUserSet, always, NOT_READY, involvement.user_no),
    _row("T04n", S.READY, events.MunicipalUserSet, always, (S.IN, S.READY), involvement.user_no),
    # Need after discharge
    _row("T05r", KNOWN, events.NeedAssessed, guards.same_need, None, admission.nothing),
    _row("T05", S.IN, events.NeedAssessed, guards.needs, INVOLVED, involvement.need_yes),
    _row("T05", INVOLVED, events.NeedAssessed, guards.needs, None, involvement.need_yes),
    _row("T05n", INVOLVED, events.NeedAssessed, guards.nothing_left, S.IN, involvement.involvement_ends),
    _row("T05n", INPATIENT, events.NeedAssessed, always, None, involvement.need_no),
    # Ready for discharge
    _row("T09r", INPATIENT, events.ReadySet, guards.same_ready, None, admission.nothing),
    _row("T09o", S.IN, events.ReadySet, always, None, readiness.remember_ready),
    _row("T09", S.ACTIVE, events.ReadySet, guards.day_is_here, S.READY, readiness.become_ready),
    _row("T10", S.ACTIVE, events.ReadySet, always, None, readiness.expect_ready),
    _row("T09n", S.READY, events.ReadySet, guards.name_arrives, None, readiness.name_ready),
    _row("T12", S.READY, events.ReadySet, guards.day_is_here, None, readiness.change_ready),
    _row("T13", S.READY, events.ReadySet, always, S.ACTIVE, readiness.postpone_ready),
    _row("T19b", S.READY, events.ReadyCleared, guards.never_ready, S.ACTIVE, readiness.ready_was_mistake),
    _row("T11", S.READY, events.ReadyCleared, always, S.ACTIVE, readiness.no_longer_ready),
    _row("T11r", NOT_READY, events.ReadyCleared, guards.nothing_was_ready, None, admission.nothing),
    _row("T10c", NOT_READY, events.ReadyCleared, always, None, readiness.clear_expected),
    _row("T11e", ENDED, events.ReadyCleared, guards.withdrawn_only, None, admission.nothing),
    _row("T10d", S.ACTIVE, values.ReadyDayCame, guards.expected_day, (S.ACTIVE, S.READY), readiness.ask_ready_today),
    _row("T10d", S.IN, values.ReadyDayCame, guards.expected_day, None, readiness.ask_ready_today),
    _row("T10r", tuple(S), values.ReadyDayCame, always, None, admission.nothing),
    # Discharge
    _row("T14w", INPATIENT, events.Discharged, guards.lies_ahead, None, endings.plan_discharge),
    _row("T15", S.IN, events.Discharged, always, S.OUT, endings.discharge),
    _row("T14", INVOLVED, events.Discharged, always, S.OUT, endings.discharge),
    _row("T14r", S.OUT, events.Discharged, guards.same_discharge, None, admission.nothing),
    _row("T14c", S.OUT, events.Discharged, always, None, endings.correct_discharge),
    _row("T17d", S.DEAD, events.Discharged, always, None, endings.note_discharge_of_dead),
    _row("T14t", INPATIENT, values.DischargeTimeCame, guards.time_has_come, S.OUT, endings.discharge_as_planned),
    _row("T14r", tuple(S), values.DischargeTimeCame, always, None, admission.nothing),
    _row("T20p", INPATIENT, events.DischargeUndone, guards.is_planned, None, endings.undo_planned_discharge),
    _row("T20r", INPATIENT, events.DischargeUndone, always, None, admission.nothing),
    _row("T20", S.OUT, events.DischargeUndone, guards.soon_enough, INPATIENT, endings.undo_discharge),
    _row("T20l", S.OUT, events.DischargeUndone, always, None, endings.ask_late_undo),
    # Death
    _row("T17", INPATIENT, events.Died, always, S.DEAD, endings.die),
    _row("T17r", S.DEAD, events.Died, always, None, admission.nothing),
    _row("T18r", S.OUT, events.Died, guards.death_known, None, admission.nothing),
    _row("T18", S.OUT, events.Died, always, None, endings.note_death_outside),
    _row("T17w", S.DEAD, values.DeathWaitOver, guards.m8_due, None, endings.tell_death),
    _row("T17r", tuple(S), values.DeathWaitOver, always, None, admission.nothing),
    _row("T17b", S.DEAD, events.DeathUndone, always, INPATIENT, endings.undo_death),
    _row("T18u", S.OUT, events.DeathUndone, guards.death_known, None, endings.undo_death_outside),
    _row("T17r", (*INPATIENT, S.OUT, S.VOID), events.DeathUndone, always, None, admission.nothing),
    # Cancelled admission
    _row("T19", (S.EXPECTED, *INPATIENT), events.AdmissionCancelled, always, S.VOID, endings.void),
    _row("T19r", S.VOID, events.AdmissionCancelled, always, None, admission.nothing),
    # Ward and leave
    _row("T22r", KNOWN, values.Moved, guards.same_ward, None, admission.nothing),
    _row("T23", INPATIENT, values.Moved, guards.other_track, None, admission.move_track),
    _row("T22", INPATIENT, values.Moved, always, None, admission.move),
    _row("T22e", ENDED, values.Moved, always, None, admission.move_to_void),
    _row("T09a", KNOWN, values.AttendingNamed, always, None, admission.attend),
    _row("T25r", INPATIENT, events.LeaveStarted, guards.on_leave, None, admission.nothing),
    _row("T25", INPATIENT, events.LeaveStarted, always, None, admission.leave_start),
    _row("T25r", INPATIENT, events.LeaveEnded, guards.not_on_leave, None, admission.nothing),
    _row("T25", INPATIENT, events.LeaveEnded, always, None, admission.leave_end),
    # Identity and municipality
    _row("T27r", tuple(S), values.IdentityNow, guards.same_identity, None, admission.nothing),
    _row("T27", tuple(S), values.IdentityNow, always, None, belonging.identity),
    _row("T26r", tuple(S), values.MunicipalityNow, guards.same_municipality, None, admission.nothing),
    _row("T26a", KNOWN, values.MunicipalityNow, guards.answers_municipality, None, belonging.answer_municipality),
    _row("T26", tuple(S), values.MunicipalityNow, always, None, belonging.municipality),
    _row("P01r", tuple(S), events.Objected, guards.same_objection, None, admission.nothing),
    _row("P01", tuple(S), events.Objected, always, None, belonging.objection),
    # Helseopplysninger
    _row("T06", INVOLVED, events.InformationSent, always, None, information.sent),
    _row("T08", S.OUT, events.InformationSent, always, None, information.sent_after_discharge),
    _row("T06k", (*INPATIENT, S.OUT), events.InformationReceived, always, None, information.received),
    _row("T06r", (S.DEAD, S.VOID), events.InformationReceived, always, None, admission.nothing),
    _row("T08n", KNOWN, events.InformationRejected, always, None, information.rejected),
    _row("T06c", KNOWN, events.InformationWithdrawn, always, None, information.withdrawn),
    _row("N30", INVOLVED, values.NoNewsCame, always, None, information.no_news),
    _row("N30r", (S.NONE, S.EXPECTED, S.IN, *ENDED), values.NoNewsCame, always, None, admission.nothing),
    _row("N31", (*INPATIENT, S.OUT), values.OrderWaitOver, always, None, information.wrong_order),
    _row("N31r", (S.NONE, S.EXPECTED, S.DEAD, S.VOID), values.OrderWaitOver, always, None, admission.nothing),
    # The municipality's admission report
    _row("T01", S.NONE, events.ReportReceived, guards.may_be_expected, S.EXPECTED, information.expect_patient),
    _row("T01x", S.NONE, events.ReportReceived, always, None, admission.nothing),
    _row("T01r", S.EXPECTED, events.ReportReceived, always, None, information.report_again),
    _row("F2", INPATIENT, events.ReportReceived, always, None, information.report_received),
    _row("T01x", ENDED, events.ReportReceived, always, None, admission.nothing),
    _row("F8", S.EXPECTED, values.ReportWaitOver, always, S.VOID, information.no_admission),
    _row("F8r", (S.NONE, *KNOWN), values.ReportWaitOver, always, None, admission.nothing),
    # Requests, and the answer to *utskrivningsklar*
    _row("F6", INPATIENT, events.RequestReceived, always, None, dialogue.request_received),
    _row("F6r", ENDED, events.RequestReceived, always, None, admission.nothing),
    _row("M9", INPATIENT, events.RequestSent, always, None, dialogue.request_sent),
    _row("F6k", INPATIENT, events.RequestTaken, always, None, dialogue.request_taken),
    _row("F6r", ENDED, events.RequestTaken, always, None, admission.nothing),
    _row("M10", KNOWN, events.RequestAnswered, always, None, dialogue.request_answered),
    _row("F4", S.READY, events.ReadyTaken, always, None, dialogue.ready_taken),
    _row("F4r", (*NOT_READY, *ENDED), events.ReadyTaken, always, None, admission.nothing),
    _row("M13", S.READY, events.PlaceAnswered, always, None, dialogue.place_answered),
    _row("M13r", (*NOT_READY, *ENDED), events.PlaceAnswered, always, None, admission.nothing),
)  # fmt: skip


def _index() -> dict[tuple[State, type[Event]], tuple[Row, ...]]:
    found: dict[tuple[State, type[Event]], list[Row]] = {}
    for row in ROWS:
        for source in row.source:
            found.setdefault((source, row.event), []).append(row)
    return {pair: tuple(rows) for pair, rows in found.items()}


TABLE = _index()
"""(state, event) -> rows, in the order in which their guards are asked."""

ALPHABET: tuple[type[Event], ...] = tuple(dict.fromkeys(row.event for row in ROWS))
"""Every event that the table knows."""
