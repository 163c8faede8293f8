"""Pure decisions: which service takes a message, which PLO version is sent, and which phone to call now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from samhandling.clock import calendar, oslo
from samhandling.errors import SamhandlingError
from samhandling.organisations.rules import valid_on

NURSING = "nursing"
CASE_HANDLING = "case_handling"
DOCTOR = "doctor"
PSYCH_HEALTH = "psych_health"
PLO_RECEPTION = "plo_reception"

FUNCTION_BY_TYPE: dict[str, str] = {
    "LOG_INNLAGT": NURSING,
    "LOG_UTSKREVET": NURSING,
    "LOG_DOD": NURSING,
    "LOG_UTSKRIVNINGSKLAR": CASE_HANDLING,
    "LOG_AVMELDING": CASE_HANDLING,
    "HELSEOPPL_SOKNAD": CASE_HANDLING,
    "UTSKRIVNINGSRAPPORT": NURSING,
    "DIALOG_FORESPORSEL": NURSING,
}
"""Where a municipality takes a message of the hospital's (routines 2.2). Answers go back to the sender instead."""

SERVICE_FUNCTIONS: dict[tuple[str, str], str] = {
    ("8663", "KP02"): NURSING,
    ("8663", "KP01"): DOCTOR,
    ("8663", "KD0501"): CASE_HANDLING,
    ("8663", "KP03"): PSYCH_HEALTH,
    ("8656", "01"): PLO_RECEPTION,
    ("8656", "02"): PLO_RECEPTION,
}
"""What a service type is for where the world file does not say (addressing 3.1, 3.2)."""

RECEPTION_TRACKS: dict[tuple[str, str], str] = {("8656", "01"): "SOMATIC", ("8656", "02"): "PSYCH"}


def functions_for(message_type: str, track: str) -> tuple[str, ...]:
    """Functions that may take the message, the preferred first; empty for a type that has no default addressee.

    Nursing messages of a psychiatric course go to the psychiatric health service where there is one (2.2).
    """
    function = FUNCTION_BY_TYPE.get(message_type)
    if function is None:
        return ()
    if function == NURSING and track == "PSYCH":
        return (PSYCH_HEALTH, NURSING)
    return (function,)


EVERYBODY = (NURSING, CASE_HANDLING, DOCTOR, PSYCH_HEALTH, PLO_RECEPTION)
TAKERS: dict[str, dict[str, tuple[str, ...]]] = {
    "HELSEOPPLYSNINGER_LEGE": {"gp": (DOCTOR,), "municipality": (DOCTOR,)},
    "ORIENTERING_TJENESTETILBUD": {"gp": (DOCTOR,), "municipality": (DOCTOR,)},
    "MEDISINSKE_OPPLYSNINGER": {"municipality": (NURSING, CASE_HANDLING, DOCTOR, PSYCH_HEALTH)},
    "DIALOG_FORESPORSEL": {"gp": (DOCTOR,), "municipality": (NURSING, CASE_HANDLING, DOCTOR, PSYCH_HEALTH)},
    "LOG_DOD": {"gp": (DOCTOR,), "municipality": (NURSING,)},
    "DIALOG_HELSEFAGLIG": {"gp": EVERYBODY, "hospital": EVERYBODY, "municipality": EVERYBODY},
    "DIALOG_NOTAT": {"gp": EVERYBODY, "hospital": EVERYBODY, "municipality": EVERYBODY},
}
"""Message type that a person addresses -> kind of organisation -> functions that take it (plo-messages 2, HIS 1077)."""
WRITERS: dict[str, tuple[str, ...]] = {
    "HELSEOPPLYSNINGER_LEGE": (NURSING, PSYCH_HEALTH),
    "ORIENTERING_TJENESTETILBUD": (CASE_HANDLING,),
    "LOG_DOD": (NURSING, PSYCH_HEALTH),
}
"""Whose message it is within a municipality, where the standard says so; the first that there is sends it."""


COPIED = frozenset({
    "HELSEOPPL_SOKNAD", "INNLEGGELSESRAPPORT", "UTSKRIVNINGSRAPPORT", "HELSEOPPLYSNINGER_LEGE",
    "ORIENTERING_TJENESTETILBUD", "MEDISINSKE_OPPLYSNINGER", "DIALOG_HELSEFAGLIG", "DIALOG_NOTAT",
})  # fmt: skip
"""Types of which a person may send copies (message-header 5.9). Requests, answers and reports of a fault have one
receiver: whoever is asked, asked us, or wrote what is wrong."""
COPY_TAKERS: dict[str, tuple[str, ...]] = {
    "gp": (DOCTOR,),
    "municipality": (NURSING, CASE_HANDLING, DOCTOR, PSYCH_HEALTH),
    "hospital": (PLO_RECEPTION,),
}
"""Kind of organisation -> functions that may be sent a copy."""


def takes_copy(message_type: str, organisation_kind: str, function: str) -> bool:
    """Whether a party of that function, in an organisation of that kind, may be sent a copy of such a message."""
    return message_type in COPIED and function in COPY_TAKERS.get(organisation_kind, ())


def takes(message_type: str, organisation_kind: str, function: str) -> bool:
    """Whether a party of that function, in an organisation of that kind, may be sent a message of that type."""
    return function in TAKERS.get(message_type, {}).get(organisation_kind, ())


def plo_version(agreed: str, taken: Iterable[str], ours: Iterable[str] = ("1.6", "1.5")) -> str | None:
    """Version to send: the agreed one, else the newest that both sides take; None when none fits."""
    both = sorted(set(taken) & set(ours), key=lambda v: tuple(int(p) for p in v.split(".")))
    if agreed:
        return agreed if agreed in both else None
    return both[-1] if both else None


class HoursError(SamhandlingError):
    """Opening hours are not written as `days HH:MM-HH:MM; …`."""

    code = "registry.hours_unreadable"


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"^(?P<days>[a-z,\-]+)\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)$")


@dataclass(frozen=True)
class Window:
    """Opening hours on some days. `end` at or before `start` means that it runs past midnight."""

    weekdays: frozenset[int]
    """0 is Monday; empty when `kind` decides."""
    kind: str
    """`weekdays`, `workdays` (ordinary working days) or `holidays` (all other days)."""
    start: time
    end: time


def parse_hours(text: str) -> tuple[Window, ...]:
    """Read `workdays 08:00-15:30; sat,sun 10:00-14:00`; Oslo time. Empty: always staffed, no windows.

    Days are `mon`…`sun`, lists and ranges of them, `all`, `workdays` or `holidays`. Raises HoursError.
    """
    windows = []
    for part in filter(None, (p.strip().lower() for p in text.split(";"))):
        match = _WINDOW.match(part)
        if match is None:
            raise HoursError(part)
        try:
            start, end = time.fromisoformat(match["start"]), _end(match["end"])
        except ValueError as error:
            raise HoursError(part) from error
        kind, weekdays = _days(match["days"], part)
        windows.append(Window(weekdays, kind, start, end))
    return tuple(windows)


def _end(text: str) -> time:
    return time(0, 0) if text == "24:00" else time.fromisoformat(text)


def _days(text: str, part: str) -> tuple[str, frozenset[int]]:
    if text in {"workdays", "holidays"}:
        return text, frozenset()
    if text == "all":
        return "weekdays", frozenset(range(7))
    found: set[int] = set()
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise HoursError(part)
        a, b = DAYS.index(first), DAYS.index(last or first)
        found |= set(range(a, b + 1)) if a <= b else set(range(a, 7)) | set(range(b + 1))
    return "weekdays", frozenset(found)


def staffed(windows: tuple[Window, ...], instant: datetime) -> bool:
    """True when somebody answers at `instant` (aware). No windows: always."""
    if not windows:
        return True
    local = oslo.local(instant)
    today, clock = local.date(), local.time().replace(tzinfo=None)
    yesterday = date.fromordinal(today.toordinal() - 1)
    for window in windows:
        overnight = window.end <= window.start
        if _on(window, today) and window.start <= clock and (overnight or clock < window.end):
            return True
        if overnight and _on(window, yesterday) and clock < window.end:
            return True
    return False


def _on(window: Window, day: date) -> bool:
    if window.kind == "weekdays":
        return day.weekday() in window.weekdays
    return calendar.is_ordinary_working_day(day) == (window.kind == "workdays")


@dataclass(frozen=True)
class PhoneLine:
    """A phone of a municipality, as the register has it."""

    kind: str
    name: str
    phone: str
    hours: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class StaffedPhone:
    """The phone to call now, and why it is this one."""

    phone: str
    name: str
    kind: str
    why: str
    """Code of the reason: a key of WHY."""
    staffed: bool
    """False when nobody answers now and this is only the best there is."""
    hours: str = ""

    @property
    def why_text(self) -> str:
        """The reason in bokmål."""
        return WHY[self.why]


def N_(text: str) -> str:
    """Mark a text for translation."""
    return text


WHY: dict[str, str] = {
    "open": N_("Koordinatortelefonen er betjent nå."),
    "closed_now": N_("Koordinatortelefonen er ikke betjent nå; ring dette nummeret i stedet."),
    "coordinator_expired": N_("Koordinatortelefonen i registeret har gått ut på dato; ring dette nummeret i stedet."),
    "coordinator_missing": N_("Koordinatortelefon mangler i registeret; ring dette nummeret i stedet."),
    "nobody_now": N_("Ingen telefon er betjent nå; dette nummeret er betjent senere."),
}

_FALLBACKS = ("night", "switchboard")


def choose_phone(lines: Iterable[PhoneLine], instant: datetime) -> StaffedPhone | None:
    """The phone to call at `instant` (aware): coordinator, else night phone, else switchboard, with the reason.

    A number past its last day is never given. None when the register has no number in force.
    """
    day = oslo.local(instant).date()
    known = sorted(lines, key=lambda line: (line.valid_from, line.phone))
    usable = [line for line in known if line.phone and valid_on(line.valid_from, line.valid_to, day)]
    coordinators = [line for line in usable if line.kind == "coordinator"]
    for line in coordinators:
        if staffed(parse_hours(line.hours), instant):
            return _phone(line, "open", staffed=True)
    if coordinators:
        why = "closed_now"
    elif any(line.kind == "coordinator" for line in known):
        why = "coordinator_expired"
    else:
        why = "coordinator_missing"
    fallbacks = [line for kind in _FALLBACKS for line in usable if line.kind == kind]
    for line in fallbacks:
        if staffed(parse_hours(line.hours), instant):
            return _phone(line, why, staffed=True)
    later = [*coordinators, *fallbacks]
    return _phone(later[0], "nobody_now", staffed=False) if later else None


def _phone(line: PhoneLine, why: str, *, staffed: bool) -> StaffedPhone:
    return StaffedPhone(line.phone, line.name, line.kind, why, staffed, line.hours)


def mobile_number(text: str) -> str | None:
    """A mobile number as gateways want it: `912 34 567` -> `+4791234567`; None for what is no number.

    Eleven digits without a country code are no telephone number here: they look like a person number.
    """
    digits = re.sub(r"[\s.()\-]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        return digits
    return f"+47{digits}" if re.fullmatch(r"[2-9]\d{7}", digits) else None


FAMILY_CONTACTS = ("discharge_letter", "laboratory", "imaging", "referral")
"""Kinds of contact points that are one message family's own desk (S-08 to S-10); PLO is the message responsible's."""


def contact_kind(message_type: str) -> str:
    """The kind of contact point whose family a message type (8279) belongs to (S-08 to S-12)."""
    if message_type == "EPIKRISE":
        return "discharge_letter"
    if message_type.startswith("SVAR_"):
        return "imaging" if message_type == "SVAR_RTG" else "laboratory"
    return "referral" if message_type.startswith("HENVISNING") else "plo"
