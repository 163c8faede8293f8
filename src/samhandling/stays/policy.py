"""The routine's values, as dated data: who may send what when, deadlines, alarms and switches (routines 2.4, 2.5, 1b).

The versions that come with the program stand as files in `routines/`: the national rules, and what Sykehuset Østfold
has agreed beside them (version 1). What a hospital, or its agreement with one municipality, has agreed is a row of
`RoutinePolicy`; without one only the national rules hold. Nothing of this stands as a constant in code.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

import msgspec

from samhandling.errors import SamhandlingError
from samhandling.stays.policy_check import contradictions
from samhandling.stays.prices import DayPrice

NATIONAL, OSTFOLD = "nasjonal", "sykehuset-ostfold-1"
Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Clock = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class PolicyError(SamhandlingError):
    """A policy that cannot be read or contradicts itself; `findings` says what, one line each."""

    code = "stay.policy"

    def __init__(self, *findings: str) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


class AddressPairs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """S-26: between whom dialogue messages may go."""

    municipality: tuple[str, ...]
    """Services of the municipality, as in the register: nursing, case_handling, doctor, psych_health …"""
    hospital: tuple[str, ...]
    """Receptions of the hospital: plo_reception."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the routine. Times are elapsed minutes or hours unless a name says otherwise."""

    name: str
    version: int = 1
    valid_from: date

    early_notice_hours: Positive
    """F1: the early notice must be in the municipality's hands, from admission (S-16, C-01)."""
    early_notice_after_identity_hours: NotNegative
    """T27: at least this long after an ordinary number was registered."""
    admission_report_hours: Positive
    """F2: information on the ward's row."""
    assessment_hours: Positive
    """F11."""
    automatic_alarm_minutes: NotNegative
    """F3: M1, M6, M7, M8 unsent."""
    discharge_message_alarm_minutes: NotNegative
    """F7."""
    place_answer_office_hours: Positive
    """F4: the municipality's answer to *utskrivningsklar*; the law says *at once* and no number."""
    request_answer_office_hours: Positive
    """F6: the answer to a request."""
    receipt_hours: Positive
    """F5: no receipt in this time is treated as a rejection."""
    receipt_alarm_minutes: dict[str, Positive]
    """A-01: how long each message may be without a receipt; `other` for those not named."""
    early_receipt_alarm_before_hours: NotNegative
    """A-01: an early notice without receipt also this long before its deadline."""
    link_hours: Positive
    """F8: how long an admission report waits for an admission (T01)."""
    warn_hours: dict[str, tuple[NotNegative, ...]]
    """Deadline -> hours after its start at which the row changes colour while nothing is sent."""
    unacknowledged_minutes: NotNegative
    """How long a sent message of F1 may be unacknowledged before the row says so."""
    notice_hours_left: NotNegative
    """One notification when this much of F1 is left at night …"""
    notice_hours_left_daytime: NotNegative
    """… and when this much is left in office hours."""
    confirm_ready_from: Clock
    """F10: Oslo time on the expected day at which the ward is asked."""
    confirm_ready_by: Clock
    """F10: Oslo time at which the unanswered question becomes urgent."""
    death_wait_minutes: NotNegative
    """T17: time in which *Angre* stops M8."""
    undo_discharge_hours: NotNegative
    """T20: later than this the message responsible decides."""
    order_wait_minutes: NotNegative
    """A-08: how long a message may be overtaken before its order is flagged."""
    readmission_hours: NotNegative
    """Shown as readmission when the last stay ended less than this before."""
    no_update_days: Positive
    """A hint when the municipality has heard nothing for so long."""
    remind_hours: Positive
    """How often an anomaly that stands is brought to mind again."""
    clock_skew_minutes: NotNegative
    """A-20: how far a message's own time may lie ahead of ours."""

    future_ready: Literal["hold", "send_at_registration", "send_on_day_unconfirmed"]
    """C-08."""
    identity_classes: tuple[Literal["FNR", "DNR", "FH", "H"], ...]
    """C-03, OQ-6: identifiers that may be used in PLO messages; all others put the patient under overlay H."""
    admission_message_on_need: bool
    """T05: M1 also on need after discharge, not only for a user of municipal services."""
    health_information_followed: bool
    """F1, A-09, A-13, A-21: missing Helseopplysninger are breaches and work for the ward."""
    dialogue_in_stay_only: bool
    """S-24, S-46: requests and answers only while the patient is admitted."""
    free_dialogue: bool
    """C-13: dialogue notes and helsefaglig dialog that answer nothing."""
    discharge_report: bool
    """C-12: M14 Utskrivningsrapport is used; else the final Helseopplysning takes its place."""
    after_discharge: Literal["with_reason", "refuse"]
    """2.4: Helseopplysninger and answers after the discharge."""
    after_discharge_days: NotNegative
    """2.4: for how long M4 and M5 may still go, with reason."""
    deviation_reasons: tuple[
        Literal["wrong_addressee", "technical", "missing_information", "outside_use", "other"], ...
    ]
    """S-39 to S-41: what an avviksmelding may be about."""
    dialogue_pairs: AddressPairs | None
    """S-26; none: any pair."""
    allowed: dict[str, str]
    """2.4: message -> a word for each of S0 S1 S2 S3 S4 S5 S6 HN: A allowed, X not, (A) with warning."""
    place_when_unknown: str
    """8408 code in M8 when the patient system names no place."""

    day_prices: dict[str, DayPrice] = {}
    """Payment basis: year -> day price with its source, beside or instead of those that come with the program."""
    manual_minutes: dict[Literal["M1", "M6", "M7", "M8"], NotNegative]
    """Overlay: how soon the municipality must be called in place of each message."""
    paper_form_hours: Positive
    """Overlay H: the paper form, from admission (as F1)."""
    call_minutes: NotNegative
    """How soon a call that corrects something must be made."""


@cache
def shipped(name: str) -> Policy:
    """The routine of that name that comes with the program. Raises PolicyError for a name that there is not."""
    file = resources.files("samhandling.stays") / "routines" / f"{name}.toml"
    if name not in shipped_names():
        raise PolicyError(f"Det finnes ingen rutine {name}. Disse følger med: {', '.join(shipped_names())}.")
    return read(file.read_bytes())


@cache
def shipped_names() -> tuple[str, ...]:
    """Names of the routines that come with the program."""
    files = (resources.files("samhandling.stays") / "routines").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def read(data: bytes) -> Policy:
    """The routine in a TOML file: all values, or those that differ from its `base`. Raises PolicyError."""
    try:
        values = msgspec.toml.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"Filen er ikke TOML: {error}") from error
    if not isinstance(values, dict):
        raise PolicyError("Filen er tom.")
    base = values.pop("base", None)
    return _made(shipped(str(base)) if base else None, values)


def with_changes(base: Policy, *, name: str, valid_from: date, changes: dict[str, Any]) -> Policy:
    """The policy with other values. Raises PolicyError for an unknown name, a wrong value or a contradiction."""
    return _made(base, {**changes, "name": name, "valid_from": valid_from})


def _made(base: Policy | None, changes: dict[str, Any]) -> Policy:
    values: dict[str, Any] = msgspec.to_builtins(base) if base is not None else {}
    for name, value in msgspec.to_builtins(changes).items():
        old = values.get(name)
        values[name] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    if base is not None and "warn_hours" not in changes:
        _cut_warnings(values)
    try:
        found = msgspec.convert(values, Policy)
    except msgspec.ValidationError as error:
        raise PolicyError(str(error)) from error
    wrong = contradictions(found)
    if wrong:
        raise PolicyError(*wrong)
    return found


def _cut_warnings(values: dict[str, Any]) -> None:
    """A shorter deadline takes the inherited warning points that would come after it with it."""
    for clock, hours in (("F1", values.get("early_notice_hours")), ("F2", values.get("admission_report_hours"))):
        points = values["warn_hours"].get(clock, [])
        if isinstance(hours, (int, float)):
            values["warn_hours"] = {**values["warn_hours"], clock: [point for point in points if point <= hours]}
