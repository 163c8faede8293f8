"""Opening hours as people read them."""

from __future__ import annotations

from samhandling.pages.texts import N_, _
from samhandling.registry.rules import DAYS, HoursError, Window, parse_hours

_NAMES = (N_("mandag"), N_("tirsdag"), N_("onsdag"), N_("torsdag"), N_("fredag"), N_("lørdag"), N_("søndag"))
_KINDS = {"workdays": N_("virkedager"), "holidays": N_("helg og helligdager")}


def say_hours(text: str) -> str:
    """`workdays 08:00-15:30; sat 10:00-14:00` -> `virkedager kl. 08.00–15.30, lørdag kl. 10.00–14.00`.

    Empty is round the clock; what cannot be read is told as it stands.
    """
    if not text.strip():
        return _("hele døgnet")
    try:
        windows = parse_hours(text)
    except HoursError:
        return text
    return ", ".join(_window(each) for each in windows)


def _window(window: Window) -> str:
    start, end = window.start.strftime("%H.%M"), window.end.strftime("%H.%M")
    when = _("hele døgnet") if start == end == "00.00" else _("kl. %(start)s–%(end)s") % {"start": start, "end": end}
    return f"{_days(window)} {when}"


def _days(window: Window) -> str:
    if window.kind in _KINDS:
        return _(_KINDS[window.kind])
    days = sorted(window.weekdays)
    if len(days) == len(DAYS):
        return _("alle dager")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s til %(last)s") % {"first": _(_NAMES[days[0]]), "last": _(_NAMES[days[-1]])}
    return ", ".join(_(_NAMES[day]) for day in days)
