"""The notice procedure's values as dated data (routines 1.4, 4.3 to 4.6); Sykehuset Østfold's is version 1.

Another hospital announces five working days ahead, or only what lasts four hours: a file or a row names the values
that differ.
"""

from __future__ import annotations

from datetime import date, time

import msgspec

from samhandling.clock.calendar import CalendarSettings

GROUPS = ("ressurspersoner", "seksjonsledere", "avdelingsradgivere", "andre", "avdelingssjefer")
"""The five contact groups of S-64."""


class DowntimePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the procedure. Times of day are Oslo's."""

    name: str = "Sykehuset Østfold, versjon 1"
    valid_from: date = date(2013, 6, 5)

    threshold_minutes: int = 60
    """More than this on ordinary working days is announced (S-58)."""
    round1_working_days_before: int = 1
    """S-68; a week's notice is five."""
    publish_working_days_before: int = 1
    """S-72."""
    announce_at: time = time(11, 0)
    """Round 1 and the start of publication."""
    morning_at: time = time(7, 0)
    """Round 2, and what is told to the day shift (S-69, D-09, D-11)."""
    early_start_before: time = time(8, 0)
    """D-03: a stop that starts before this moves round 2."""
    night_start_before: time = time(6, 0)
    """D-03: a stop that starts before this has round 2 on the working day before."""
    round2_not_before: time = time(5, 0)
    round2_minutes_before_start: int = 60
    night_round2_at: time = time(14, 0)
    rounds_at_least_minutes_apart: int = 120
    """D-04."""
    ask_minutes_before_threshold: int = 15
    """D-10: the owner is asked this long before a short outage becomes one that must be announced."""
    extension_tolerance_minutes: int = 30
    """D-12: a new end further than this past the announced one is told at once."""
    ask_before_end_minutes: int = 15
    """D-21."""
    remind_after_end_minutes: int = 30
    unknown_after_end_minutes: int = 60
    resolved_shown_hours: int = 2
    """D-13: how long *i drift igjen* stands on the status page."""
    four_eyes: bool = False
    """A second person approves what is announced of a planned outage. Never asked for acute ones."""
    four_eyes_wait_minutes: int = 60
    """How long a due announcement waits for the approval; then it goes without, and the ledger says so."""
    release_per_minute: int = 60
    """How many messages that waited each counterpart gets a minute when the outage is over."""
    groups: tuple[str, ...] = GROUPS

    saturday_is_working_day: bool = False
    christmas_eve_is_working_day: bool = True
    new_years_eve_is_working_day: bool = True
    wednesday_before_maundy_thursday_is_working_day: bool = True
    closed: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that contradict each other. Raises ValueError, which msgspec tells as a ValidationError."""
        if self.threshold_minutes < 1 or self.threshold_minutes > 24 * 60:
            raise ValueError("threshold_minutes must be from 1 to 1440")
        if not 0 <= self.ask_minutes_before_threshold < self.threshold_minutes:
            raise ValueError("ask_minutes_before_threshold must be shorter than threshold_minutes")
        if not 1 <= self.publish_working_days_before <= 30 or not 1 <= self.round1_working_days_before <= 30:
            raise ValueError("notice must be given from 1 to 30 working days before")
        if not 0 <= self.four_eyes_wait_minutes <= 24 * 60:
            raise ValueError("four_eyes_wait_minutes must be from 0 to 1440")
        if not 1 <= self.release_per_minute <= 60_000:
            raise ValueError("release_per_minute must be from 1 to 60000")
        if not self.round2_not_before <= self.night_start_before <= self.early_start_before:
            raise ValueError("round2_not_before, night_start_before and early_start_before must follow each other")
        if not self.groups or len(set(self.groups)) != len(self.groups):
            raise ValueError("groups must name at least one group, each once")

    @property
    def calendar(self) -> CalendarSettings:
        """Which doubtful days are ordinary working days here (4.5)."""
        return CalendarSettings(
            saturday=self.saturday_is_working_day,
            christmas_eve=self.christmas_eve_is_working_day,
            new_years_eve=self.new_years_eve_is_working_day,
            wednesday_before_maundy_thursday=self.wednesday_before_maundy_thursday_is_working_day,
            closed=frozenset(self.closed),
        )


OSTFOLD_1 = DowntimePolicy()
"""The shipped policy."""
