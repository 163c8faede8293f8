"""The routine's values, as dated data: deadlines, alarms, waits and switches (routines 2.5, 1b).

Sykehuset Østfold's routine is the shipped policy, version 1. Another hospital has other values: a row of
`RoutinePolicy` names those that differ, from a day on. Nothing of this stands as a constant in code.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the routine. Times are elapsed minutes or hours unless a name says otherwise."""

    name: str
    valid_from: date

    early_notice_hours: float = 24
    """F1: the early notice must be in the municipality's hands, from admission (S-16, C-01)."""
    early_notice_after_identity_hours: float = 4
    """T27: at least this long after an ordinary number was registered."""
    admission_report_hours: float = 24
    """F2: information on the ward's row."""
    assessment_hours: float = 12
    """F11."""
    automatic_alarm_minutes: float = 15
    """F3: M1, M6, M7, M8 unsent."""
    discharge_message_alarm_minutes: float = 15
    """F7."""
    confirm_ready_from: str = "07:30"
    """F10: Oslo time on the expected day at which the ward is asked."""
    confirm_ready_by: str = "10:00"
    """F10: Oslo time at which the unanswered question becomes urgent."""
    death_wait_minutes: float = 5
    """T17: time in which *Angre* stops M8."""
    undo_discharge_hours: float = 24
    """T20: later than this the message responsible decides."""
    order_wait_minutes: float = 15
    """A-08: how long a message may be overtaken before its order is flagged."""
    readmission_hours: float = 24
    """Shown as readmission when the last stay ended less than this before."""

    future_ready: Literal["hold", "send_at_registration", "send_on_day_unconfirmed"] = "hold"
    """C-08."""
    d_number_is_ordinary: bool = True
    """C-03, OQ-6: False puts patients with a D-number under overlay H."""
    admission_message_on_need: bool = False
    """T05: M1 also on need after discharge, not only for a user of municipal services."""
    health_information_followed: bool = True
    """F1, A-09, A-13, A-21: missing Helseopplysninger are breaches and work for the ward."""
    place_when_unknown: str = "98"
    """8408 code in M8 when the patient system names no place."""

    manual_minutes: dict[str, float] = msgspec.field(default_factory=lambda: {"M1": 60, "M6": 15, "M7": 15, "M8": 60})
    """Overlay: how soon the municipality must be called in place of each message."""
    paper_form_hours: float = 24
    """Overlay H: the paper form, from admission (as F1)."""
    call_minutes: float = 30
    """How soon a call that corrects something must be made."""


OSTFOLD_1 = Policy(name="Sykehuset Østfold, versjon 1", valid_from=date(2013, 6, 5))
"""The shipped policy."""


def with_changes(base: Policy, *, name: str, valid_from: date, changes: dict[str, object]) -> Policy:
    """The policy with other values. Raises msgspec.ValidationError for an unknown name or a value of the wrong kind."""
    values = msgspec.to_builtins(base) | changes | {"name": name, "valid_from": valid_from.isoformat()}
    return msgspec.convert(values, Policy)
