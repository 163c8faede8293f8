"""The *Ring* panel of a stay, and what stands on its call card: whom to call now, what to tell, what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.clock import oslo
from samhandling.clock.calendar import next_office_opening, office_hours
from samhandling.organisations.services import municipality
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status
from samhandling.registry.services import phones_of, staffed_phone
from samhandling.stays import calls
from samhandling.stays.models import Call, Course, Stay
from samhandling.stays.rules.values import StayState
from samhandling.stays.web import reading, words
from samhandling.stays.web.call_filing import filed
from samhandling.stays.web.standing import Told
from samhandling.stays.work import load_state
from samhandling.tasks.models import Task

KINDS = {
    "coordinator": N_("Koordinator"),
    "night": N_("Kveld, natt og helg"),
    "switchboard": N_("Sentralbord"),
}


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """A number in the register."""

    kind: str
    phone: str
    hours: str
    now: bool
    """It is the one to call now."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call that was made."""

    when: str
    who: str
    agreed: str
    counterpart: str
    by: str
    filed: Status
    """*Journalført kl. …* or *Ikke journalført* (P-11)."""


@dataclass(frozen=True, slots=True)
class CallPanel:
    """Whom to call about a stay at this moment."""

    counterpart: str
    phone: str
    why: str
    staffed: bool
    phones: tuple[PhoneRow, ...]
    outside: str
    """Said outside office hours (S-44); else empty."""
    tasks: tuple[tuple[int, str], ...]
    """Telephone tasks that a call may settle."""
    calls: tuple[CallRow, ...]
    card: str
    """The address of the call card."""
    form: str
    """The address that takes a noted call."""
    paper: str
    """The address of the paper form, where messages may not be used; else empty."""


def panel(stay: Stay, now: datetime) -> CallPanel:
    """The panel; with an unknown municipality it says that there is nobody to call yet."""
    town = municipality(stay.municipality_number, oslo.day(now)) if stay.municipality_number else None
    staffed = staffed_phone(town, now)
    numbers = phones_of(town, oslo.day(now)) if town is not None else []
    shown = tuple(
        PhoneRow(_(KINDS[p.kind]), p.phone, p.hours, staffed is not None and p.phone == staffed.phone) for p in numbers
    )
    outside, paper = "", _on_paper(stay, load_state(stay))
    if not office_hours(now) and not paper:
        day = moment(next_office_opening(now), now)
        outside = _("Utenfor kontortid: en melding leses kanskje ikke før %(day)s. Haster det, ring.") % {"day": day}
    return CallPanel(
        counterpart=town.name if town is not None else "",
        phone=staffed.phone if staffed is not None else "",
        why=_(staffed.why_text) if staffed is not None else "",
        staffed=staffed is not None and staffed.staffed,
        phones=shown,
        outside=outside,
        tasks=tuple((task.pk, task.text) for task in calls.open_calls(stay.subject, stay.organisation_id)),
        calls=rows(stay.calls.select_related("user"), now),
        card=reverse("stays:call-card", args=[stay.pk]),
        form=reverse("stays:call", args=[stay.pk]),
        paper=reverse("stays:paper-form", args=[stay.pk]) if paper else "",
    )


def panel_of_course(course: Course, now: datetime) -> CallPanel:
    """The panel of the municipality: the ward that the messages name."""
    return CallPanel(
        counterpart=course.ward_name or course.hospital_name,
        phone=course.ward_phone,
        why="",
        staffed=bool(course.ward_phone),
        phones=(),
        outside="",
        tasks=tuple((task.pk, task.text) for task in calls.open_calls(course.subject, course.organisation_id)),
        calls=rows(course.calls.select_related("user"), now),
        card="",
        form=reverse("stays:course-call", args=[course.pk]),
        paper="",
    )


def _on_paper(stay: Stay, state: StayState) -> bool:
    """Whether the municipality must be told by telephone and paper (S-36, A-11): no ordinary number, no agreement, or
    nobody there to address. Never where the patient objects."""
    if state.overlay in ("H", "N"):
        return state.involved
    nobody = Task.objects.filter(
        organisation_id=stay.organisation_id, subject=stay.subject, closed_at__isnull=True,
        cause__startswith="not_sent.address",
    )  # fmt: skip
    return not state.overlay and nobody.exists()


def rows(made: Iterable[Call], now: datetime) -> tuple[CallRow, ...]:
    """Calls, newest first."""
    listed = sorted(made, key=lambda c: (c.at, c.pk), reverse=True)
    stands = filed(listed, now)
    found = []
    for call in listed:
        spoken = calls.said(call)
        found.append(
            CallRow(
                moment(call.at, now), spoken.who, spoken.agreed, call.counterpart, call.user.shown_name, stands[call.pk]
            )
        )  # fmt: skip
    return tuple(found)


def facts(stay: Stay, state: StayState, told: Iterable[Told], now: datetime) -> list[tuple[str, str]]:
    """What to say on the telephone, in the order in which it is asked for. No diagnosis: the one who calls knows it."""
    unit = stay.unit
    lines = [
        (_("Hvor pasienten er"), f"{unit.name}, {stay.organisation.name}" if unit else stay.organisation.name),
        (_("Telefon tilbake"), unit.phone if unit and unit.phone else ""),
        (_("Innlagt"), moment(stay.admitted_at)),
        (_("Bruker av kommunale tjenester"), words.yes_no(state.user).text),
        (_("Behov etter utskriving"), words.yes_no(state.need).text),
        (_("Utskrivningsklar"), _ready(state)),
        (_("Beslutningsansvarlig"), reading.decided(state)),
        (_("Skrevet ut"), moment(stay.discharged_at) if stay.discharged_at else ""),
        (_("Skrevet ut til"), words.place(state.discharged_to)),
        (_("På permisjon"), _("Ja") if state.on_leave else ""),
        (_("Kommunen har fått"), "; ".join(f"{t.text} ({t.status.text})" for t in told if t.stands)),
    ]
    return [(label, value) for label, value in lines if value]


def _ready(state: StayState) -> str:
    if state.ready_date is not None:
        return oslo.say_date(state.ready_date)
    if state.expected_ready is not None:
        return _("ventes %(day)s") % {"day": oslo.say_date(state.expected_ready)}
    return _("Nei") if not state.ever_ready else _("Ikke lenger")
