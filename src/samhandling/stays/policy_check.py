"""What a routine must not say: values that contradict each other, each named (issue: a policy file is refused)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samhandling.stays.policy import Policy

COLUMNS = ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "HN")
WORDS = ("A", "X", "(A)")
MESSAGES = ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11", "M12", "M13", "M14", "C")
NEVER = {
    "M1": ("S4", "S5", "S6", "HN"),
    "M6": ("S0", "S1", "S4", "S5", "S6", "HN"),
    "M7": ("S0", "S1", "S2", "S4", "S5", "S6", "HN"),
    "M8": ("S0", "S6", "HN"),
    **dict.fromkeys(("M2", "M3", "M4", "M5", "M9", "M10", "M13", "M14"), ("HN",)),
}
"""Where no routine may let a message go: the national rules and the life of a stay stand against it."""
ALWAYS = ("M12", "C")
"""A receipt and a cancellation may always go (HIS 80415, 2.4)."""


def contradictions(policy: Policy) -> tuple[str, ...]:
    """What contradicts itself in the routine, one plain line each; empty when all is well."""
    return (*_table(policy), *_times(policy), *_prices(policy), *_switches(policy))


def _table(policy: Policy) -> Iterator[str]:
    for message in MESSAGES:
        if message not in policy.allowed:
            yield f"allowed: {message} mangler."
    for message, line in policy.allowed.items():
        words = line.split()
        if message not in MESSAGES:
            yield f"allowed.{message}: det finnes ingen melding {message}."
        elif len(words) != len(COLUMNS) or any(word not in WORDS for word in words):
            yield f"allowed.{message}: skal ha åtte ord (A, X eller (A)), ett for hver av {' '.join(COLUMNS)}."
        else:
            yield from _line(message, dict(zip(COLUMNS, words, strict=True)))


def _line(message: str, words: dict[str, str]) -> Iterator[str]:
    for column in NEVER.get(message, ()):
        if words[column] != "X":
            yield f"allowed.{message}: kan ikke være tillatt i {column}."
    if message in ALWAYS:
        for column, word in words.items():
            if word == "X":
                yield f"allowed.{message}: må være tillatt i {column}; kvittering og tilbaketrekking går alltid."


def _times(policy: Policy) -> Iterator[str]:
    if policy.confirm_ready_by <= policy.confirm_ready_from:
        yield (
            f"confirm_ready_by ({policy.confirm_ready_by}) må være etter confirm_ready_from "
            f"({policy.confirm_ready_from})."
        )
    hours = {"F1": policy.early_notice_hours, "F2": policy.admission_report_hours}
    for clock, points in policy.warn_hours.items():
        if list(points) != sorted(set(points)):
            yield f"warn_hours.{clock}: punktene må stå i stigende rekkefølge."
        if clock not in hours:
            yield f"warn_hours.{clock}: bare F1 og F2 har varslingspunkter."
        elif points and points[-1] > hours[clock]:
            yield f"warn_hours.{clock}: {points[-1]:g} timer er etter fristen på {hours[clock]:g} timer."
    if "other" not in policy.receipt_alarm_minutes:
        yield "receipt_alarm_minutes: other mangler."
    for message, minutes in policy.receipt_alarm_minutes.items():
        if message != "other" and message not in MESSAGES:
            yield f"receipt_alarm_minutes.{message}: det finnes ingen melding {message}."
        if minutes > policy.receipt_hours * 60:
            yield f"receipt_alarm_minutes.{message}: {minutes:g} minutter er etter receipt_hours."
    if policy.early_receipt_alarm_before_hours >= policy.early_notice_hours:
        yield "early_receipt_alarm_before_hours må være kortere enn early_notice_hours."
    missing = {"M1", "M6", "M7", "M8"} - set(policy.manual_minutes)
    if missing:
        yield f"manual_minutes: {', '.join(sorted(missing))} mangler."


def _prices(policy: Policy) -> Iterator[str]:
    for year, price in policy.day_prices.items():
        if not (year.isascii() and year.isdigit() and 2012 <= int(year) <= 2200):
            yield f"day_prices.{year}: skal være et årstall fra 2012."
        if price.amount <= 0:
            yield f"day_prices.{year}: døgnprisen må være over null kroner."


def _switches(policy: Policy) -> Iterator[str]:
    if "FNR" not in policy.identity_classes:
        yield "identity_classes: FNR må være med; uten det kan ingen melding sendes."
    if "H" in policy.identity_classes:
        yield "identity_classes: H-nummer kan ikke brukes i PLO-meldinger (S-35)."
    if not policy.deviation_reasons:
        yield "deviation_reasons: minst én grunn må være tillatt; avviksmelding skal alltid kunne sendes."
    if policy.dialogue_pairs is not None and not (
        policy.dialogue_pairs.municipality and policy.dialogue_pairs.hospital
    ):
        yield "dialogue_pairs: begge sider må ha minst én tjeneste."
    words = {m: line.split() for m, line in policy.allowed.items() if len(line.split()) == len(COLUMNS)}
    after = COLUMNS.index("S4")
    if policy.dialogue_in_stay_only and words.get("M9", ["X"] * 8)[after] != "X":
        yield "dialogue_in_stay_only er på, men allowed.M9 tillater forespørsel i S4 (etter utskriving)."
    if policy.discharge_report != (words.get("M14", ["X"] * 8)[COLUMNS.index("S3")] != "X"):
        yield "discharge_report og allowed.M14 sier ikke det samme om utskrivningsrapporten."
