"""Words for people: bokmål is the msgid, the catalogues hold nynorsk and English, and the texts of every error code.

Plain rooms and tables mark a text with `N_`; whoever shows it passes it through `_`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from samhandling.access.roles import Role
from samhandling.clock import oslo
from samhandling.errors import TEXT_PARTS

__all__ = [
    "N_",
    "ROLE_NAMES",
    "ErrorText",
    "_",
    "clock_time",
    "date",
    "duration",
    "error",
    "gettext_lazy",
    "language",
    "moment",
    "ngettext",
]

_ = gettext


def N_(text: str) -> str:
    """Mark a text for the catalogues without translating it now."""
    return text


ROLE_NAMES: dict[Role, str] = {
    Role.WARD_NURSE: N_("Sykepleier"),
    Role.MESSAGE_RESPONSIBLE: N_("Meldingsansvarlig"),
    Role.PLO_RESOURCE: N_("PLO-ressursperson"),
    Role.CASE_HANDLER: N_("Saksbehandler"),
    Role.MUNICIPAL_NURSE: N_("Sykepleietjenesten"),
    Role.DOCTOR: N_("Lege"),
    Role.OPERATIONS: N_("IKT-drift"),
    Role.WATCH: N_("Vakt"),
    Role.ADMIN: N_("Administrator"),
    Role.LEADER: N_("Leder"),
    Role.CONTROLLER: N_("Økonomi"),
}


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The four texts of an error code: what happened, what it means for the patient, what to do, whom to call."""

    code: str
    what: str
    means: str
    do: str
    call: str


def error(code: str) -> ErrorText:
    """The texts of that code in the active language; a code without texts gets those of `unexpected`."""
    found = {part: gettext(f"error.{code}.{part}") for part in TEXT_PARTS}
    if found["what"] == f"error.{code}.what":
        found = {part: gettext(f"error.unexpected.{part}") for part in TEXT_PARTS}
    return ErrorText(code, **found)


def date(instant: datetime) -> str:
    """`21.11.2026`, the Oslo day of an aware instant."""
    return oslo.say_date(instant)


def clock_time(instant: datetime) -> str:
    """`14.05`, the Oslo time of an aware instant."""
    return oslo.say_clock(instant)


def moment(instant: datetime, now: datetime | None = None) -> str:
    """`21.11.2026 kl. 14.05`; with `now`, a moment of the same Oslo day is `kl. 14.05`."""
    if now is not None and oslo.day(instant) == oslo.day(now):
        return gettext("kl. %(time)s") % {"time": clock_time(instant)}
    return oslo.say_time(instant, language())


def duration(length: timedelta) -> str:
    """A length in its two largest units: `5 min`, `2 t 15 min`; never negative."""
    return oslo.say_duration(length, language())


def language() -> oslo.Language:
    """The language of the page being made."""
    active = get_language()
    return "nn" if active == "nn" else "en" if active == "en" else "nb"
