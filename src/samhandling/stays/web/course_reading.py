"""What the pages show of the municipality's courses: only what its own messages tell (design 3a)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Direction
from samhandling.exchange.web.reading import unconfirmed
from samhandling.exchange.web.words import name as message_name
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Link, Status, TimelineEntry, Tone
from samhandling.patients.web.strip import short
from samhandling.stays.dialogs import ready_message
from samhandling.stays.models import Course, CourseEvent, CourseMessageRow
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.web import scope as within
from samhandling.stays.web import words
from samhandling.stays.web.timeline import not_about, taken_back

RECENTLY = timedelta(days=2)
"""How long a course without a day of discharge stays on the desk after its last message."""


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One patient in one line, as the municipality knows it."""

    pk: int
    href: str
    name: str
    born: str
    state: Status
    since: str
    hospital: str
    ward: str
    phone: str
    detail: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The lists of the municipality's desk; death stands before anything else."""

    dead: tuple[CourseRow, ...]
    ready: tuple[CourseRow, ...]
    admitted: tuple[CourseRow, ...]
    left: tuple[CourseRow, ...]


def desk(scope: Scope, now: datetime) -> Desk:
    """Deaths, ready now, admitted now, discharged today: from received messages alone."""
    by_state: dict[str, list[Course]] = {}
    for course in active(scope, now):
        by_state.setdefault(course.state, []).append(course)
    return Desk(
        dead=tuple(rows(by_state.get(CourseState.DEAD, []), now)),
        ready=tuple(rows(by_state.get(CourseState.READY, []), now)),
        admitted=tuple(rows(by_state.get(CourseState.ADMITTED, []), now)),
        left=tuple(rows(by_state.get(CourseState.OUT, []), now)),
    )


_ORDER = (CourseState.DEAD, CourseState.READY, CourseState.OUT, CourseState.ADMITTED)


def active(scope: Scope, now: datetime) -> list[Course]:
    """Courses that somebody may have work with now: deaths first, then ready by date, the rest newest first."""
    found = within.courses(scope).filter(state__in=[s.value for s in _ORDER]).order_by("-changed_at", "-pk")
    gone = (CourseState.OUT, CourseState.DEAD)
    kept = [course for course in found if course.state not in gone or _left_today(course, now)]
    today = oslo.day(now)
    return sorted(kept, key=lambda c: (_ORDER.index(CourseState(c.state)), _ready_day(c, today)))


def _ready_day(course: Course, today: date) -> date:
    return (course.ready_date or today) if course.state == CourseState.READY else today


def on_hold(course: Course, last: CourseEvent | None, now: datetime) -> Status | None:
    """Whether the municipality's own services are on hold; after the discharge that they wait to be started."""
    if last is None:
        return None
    when = moment(last.at, now)
    if last.kind == "resumed":
        return Status(Tone.OK, _("Tjenester startet igjen %(when)s") % {"when": when})
    if course.state == CourseState.OUT:
        return Status(Tone.WARN, _("Tjenester er satt på vent: start dem igjen"))
    return Status(Tone.QUIET, _("Tjenester satt på vent %(when)s") % {"when": when})


def _left_today(course: Course, now: datetime) -> bool:
    today = oslo.day(now)
    if course.discharged_at is not None:
        return oslo.day(course.discharged_at) == today
    if course.discharged_on is not None:
        return course.discharged_on == today
    return course.changed_at >= now - RECENTLY


def rows(courses: Iterable[Course], now: datetime) -> list[CourseRow]:
    """Courses as a list shows them."""
    return [row(course, now) for course in courses]


def row(course: Course, now: datetime) -> CourseRow:
    """One course. A patient who is not matched yet has no name here."""
    name, born = short(course.patient) if course.patient else (_("Ikke koblet til pasient ennå"), "")
    return CourseRow(
        pk=course.pk,
        href=reverse("stays:course", args=[course.pk]),
        name=name,
        born=born,
        state=state(course),
        since=moment(course.admitted_at, now) if course.admitted_at else "",
        hospital=course.hospital_name,
        ward=course.ward_name,
        phone=course.ward_phone,
        detail=detail(course, now),
    )


def state(course: Course) -> Status:
    """Where the patient is, as far as the municipality was told."""
    if course.state == CourseState.UNKNOWN and not course.messages.exists():
        return Status(Tone.INFO, _("Skal innlegges"))
    text = _(words.COURSE_STATES.get(course.state, course.state))
    if course.state == CourseState.READY:
        day = oslo.say_date(course.ready_date) if course.ready_date else ""
        return Status(Tone.WARN, f"{text} {day}".strip())
    if course.state == CourseState.DEAD:
        return Status(Tone.BAD, text)
    return Status(Tone.INFO if course.state == CourseState.ADMITTED else Tone.QUIET, text)


def detail(course: Course, now: datetime) -> str:
    """Who decided, or when and where the patient went."""
    if course.state == CourseState.READY and course.decided_by:
        return _("Bestemt av %(name)s") % {"name": course.decided_by}
    if course.state == CourseState.OUT:
        if course.discharged_at:
            when = moment(course.discharged_at, now)
        else:
            when = oslo.say_date(course.discharged_on) if course.discharged_on else ""
        return " · ".join(part for part in (when, words.place(course.discharged_to)) if part)
    return ""


def told(course: Course, now: datetime) -> list[TimelineEntry]:
    """The messages of the course, newest first, and whether they still stand."""
    found = CourseMessageRow.objects.filter(course=course).select_related("message").order_by("-event_at", "-id")
    entries = []
    for told_by in found:
        stands = not told_by.cancelled and told_by.status == "N"
        text = _("Mottatt %(when)s") % {"when": moment(told_by.received_at, now)}
        if told_by.cancelled:
            text += " · " + _("Trukket tilbake av sykehuset")
        mark = unconfirmed(told_by.message)
        if mark is not None:
            text += f" · {mark.text}"
        link = Link(_("Les meldingen"), reverse("exchange:message", args=[told_by.message_id]))
        entries.append(
            TimelineEntry(
                at=told_by.event_at,
                when=moment(told_by.event_at, now),
                title=message_name(told_by.message),
                text=text,
                tone=Tone.OK if stands and mark is None else Tone.WARN,
                link=link,
            )
        )
    entries += [taken_back(at, now) for at in _not_about(course, {each.message_id for each in found})]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _not_about(course: Course, standing: Collection[int]) -> Iterable[datetime]:
    """When something came that a person has taken away from this patient again."""
    lines = CourseEvent.objects.filter(course=course, message__direction=Direction.IN).select_related("message")
    gone: dict[int, datetime] = {}
    for line in lines.exclude(message__in=standing).order_by("id"):
        if line.kind == "not_this_patient" or not_about(line.message, course.patient_id, course.subject):
            gone.setdefault(line.message_id or 0, line.at)
    return gone.values()


def reply(course: Course, now: datetime) -> Status | None:
    """What we answered last to *utskrivningsklar*, while the patient is ready; None before the first answer."""
    event = CourseEvent.objects.filter(course=course, kind="replied").last()
    if event is None or course.state != CourseState.READY:
        return None
    if course.ready_received_at is not None and event.recorded_at < course.ready_received_at:
        return None
    when = moment(event.recorded_at, now)
    match event.data.get("reply"):
        case "can":
            return Status(Tone.OK, _("Svart %(when)s: kan ta imot på meldt dato") % {"when": when})
        case "from":
            day = oslo.say_date(date.fromisoformat(event.data["from_day"]))
            return Status(Tone.OK, _("Svart %(when)s: kan ta imot fra %(day)s") % {"when": when, "day": day})
        case _:
            return Status(Tone.WARN, _("Svart %(when)s: kan ikke ta imot, vet ennå ikke når") % {"when": when})


PLACE = (
    ("can", N_("Kan ta imot")),
    ("from", N_("Kan ta imot fra en dato")),
    ("cannot", N_("Kan ikke ta imot ennå")),
)


LETTERS = (
    ("helseopplysninger-til-lege", N_("Helseopplysninger til lege")),
    ("orientering-om-tjenestetilbud", N_("Orientering om tjenestetilbud")),
    ("helsefaglig-dialog", N_("Helsefaglig dialog")),
    ("notat", N_("Notat om pasienten")),
)


def letters(course: Course) -> list[Link]:
    """What may be written about the patient to the doctor and to others than the hospital's routine speaks of."""
    if course.patient_id is None:
        return []
    return [Link(_(text), reverse("writing:write", args=["forlop", course.pk, what])) for what, text in LETTERS]


def writing(course: Course) -> list[Link]:
    """What may be written to the hospital now: the answer to *utskrivningsklar* first."""
    found = []
    if ready_message(course) is not None:
        address = reverse("writing:write", args=["forlop", course.pk, "plass"])
        found = [Link(_(text), f"{address}?svar={code}") for code, text in PLACE]
    return [*found, Link(_("Forespørsel"), reverse("writing:write", args=["forlop", course.pk, "foresporsel"]))]
