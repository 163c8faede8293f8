"""What the pages show of stays, within a scope: rows of a ward, and everything about one stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.organisations.models import Unit
from samhandling.organisations.services import municipality, municipality_name
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Link, Status, Step, TimelineEntry, Tone
from samhandling.patients.web.strip import short
from samhandling.registry.rules import StaffedPhone
from samhandling.registry.services import staffed_phone
from samhandling.stays.models import BreachOfRoutine, Deadline, Expectation, Stay
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.values import INPATIENT, State, StayState
from samhandling.stays.web import scope as within
from samhandling.stays.web import words
from samhandling.stays.web.next_steps import steps
from samhandling.stays.web.standing import Told, silence, told
from samhandling.stays.work import load_state
from samhandling.tasks.models import Task

RECENTLY = timedelta(hours=24)
"""How long a patient who has left stays on the ward's list."""


@dataclass(frozen=True, slots=True)
class StayRow:
    """One patient on the ward's list, in one line."""

    pk: int
    href: str
    name: str
    born: str
    alike: bool
    unit: str
    state: Status
    since: str
    municipality: str
    marks: tuple[Status, ...]
    knows: tuple[Told, ...]
    silence: Status | None
    next: Step | None
    more: int
    tone: Tone
    left: bool
    unassessed: bool


def ward(scope: Scope, now: datetime) -> list[StayRow]:
    """The patients of the scope who are in, or have left within a day, or about whom something is still to be done."""
    open_subjects = scope.rows(Task.objects.filter(closed_at__isnull=True, subject__startswith="stay:"), unit="unit")
    numbers = [int(s.removeprefix("stay:")) for s in open_subjects.values_list("subject", flat=True)]
    found = within.stays(scope).filter(
        Q(state__in=[s.value for s in INPATIENT])
        | Q(state__in=[State.OUT.value, State.DEAD.value], changed_at__gte=now - RECENTLY)
        | Q(pk__in=numbers)
    )
    return rows(found.exclude(state=State.EXPECTED.value), now)


def rows(stays: Iterable[Stay], now: datetime) -> list[StayRow]:
    """Stays as a list shows them, the most urgent first; a fixed number of queries however many they are."""
    found = list(stays)
    ids = [stay.pk for stay in found]
    expectations: dict[int, list[Expectation]] = {}
    for e in Expectation.objects.filter(stay__in=ids).select_related("message"):
        expectations.setdefault(e.stay_id, []).append(e)
    deadlines: dict[int, list[Deadline]] = {}
    for d in Deadline.objects.filter(stay__in=ids):
        deadlines.setdefault(d.stay_id, []).append(d)
    tasks: dict[str, list[Task]] = {}
    for t in Task.objects.filter(closed_at__isnull=True, subject__in=[s.subject for s in found]):
        tasks.setdefault(t.subject, []).append(t)
    names = Counter(stay.patient.family_name.casefold() for stay in found)
    shown = [
        _row(
            stay,
            expectations.get(stay.pk, []),
            deadlines.get(stay.pk, []),
            steps(stay, deadlines.get(stay.pk, []), tasks.get(stay.subject, []), now),
            now,
            alike=names[stay.patient.family_name.casefold()] > 1,
        )
        for stay in found
    ]
    order = (Tone.BAD, Tone.WARN, Tone.WAIT, Tone.INFO, Tone.OK, Tone.QUIET)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        shown, key=lambda r: (order.index(r.tone), r.next.due.at if r.next and r.next.due else never, r.name, r.pk)
    )


def _row(
    stay: Stay,
    expectations: list[Expectation],
    deadlines: list[Deadline],
    todo: list[Step],
    now: datetime,
    *,
    alike: bool,
) -> StayRow:
    state = load_state(stay)
    name, born = short(stay.patient)
    place = municipality_name(state.municipality, oslo.day(now)) if state.municipality else ""
    knows = told(expectations, now)
    worst = [t.status.tone for t in knows if t.status.tone in {Tone.BAD, Tone.WARN}]
    asking = [step for step in todo if step.tone is not Tone.QUIET]
    tone = asking[0].tone if asking else worst[0] if worst else Tone.QUIET
    return StayRow(
        pk=stay.pk,
        href=reverse("stays:stay", args=[stay.pk]),
        name=name,
        born=born,
        alike=alike,
        unit=stay.unit.name if stay.unit else _("Ukjent post"),
        state=standing_of(stay, state),
        since=moment(stay.discharged_at or stay.admitted_at, now),
        municipality=place,
        marks=marks(state),
        knows=tuple(t for t in knows if t.stands)[-2:],
        silence=None if knows else silence(state, place),
        next=asking[0] if asking else None,
        more=max(0, len(asking) - 1),
        tone=tone,
        left=stay.state in {State.OUT.value, State.DEAD.value},
        unassessed=any(d.clock == "F11" and d.state == DeadlineState.DUE for d in deadlines),
    )


def standing_of(stay: Stay, state: StayState) -> Status:
    """Where the patient is, in one word."""
    text = _(words.STATES.get(stay.state, stay.state))
    if stay.state == State.READY.value and state.ready_date:
        text = _("Utskrivningsklar %(date)s") % {"date": oslo.say_date(state.ready_date)}
    elif state.expected_ready and stay.state in {s.value for s in INPATIENT}:
        text = _("Ventes utskrivningsklar %(date)s") % {"date": oslo.say_date(state.expected_ready)}
    tone = Tone.INFO if stay.state == State.READY.value else Tone.QUIET
    return Status(tone, text)


def marks(state: StayState) -> tuple[Status, ...]:
    """What one must know at a glance."""
    found = []
    if state.on_leave:
        found.append(Status(Tone.QUIET, _("På permisjon")))
    if state.overlay == "H":
        found.append(Status(Tone.WARN, _("Hjelpenummer eller uten nummer: ring i stedet")))
    return tuple(found)


def counterpart(stay: Stay, now: datetime) -> tuple[str, StaffedPhone | None]:
    """The municipality's name today, and its phone that is staffed now."""
    number = stay.municipality_number
    if not number:
        return "", None
    return municipality_name(number, oslo.day(now)), staffed_phone(municipality(number, oslo.day(now)), now)


def timeline(stay: Stay, now: datetime) -> list[TimelineEntry]:
    """Everything that happened, newest first: registrations, messages, breaches of routine."""
    units = {u.code: u.name for u in Unit.objects.filter(organisation_id=stay.organisation_id)}
    entries = []
    for event in stay.events.select_related("user", "message"):
        tone, title = words.event_words(event.kind)
        by = event.user.shown_name if event.user else _("Pasientsystemet") if event.source else _("Systemet")
        link = None
        if event.message_id:
            link = Link(_("Se meldingen"), reverse("exchange:message", args=[event.message_id]))
        text = _detail(event.data, units, now)
        entries.append(TimelineEntry(event.at, moment(event.at, now), title, text, tone, by, link))
    for breach in BreachOfRoutine.objects.filter(stay=stay):
        text = _(words.BREACHES.get(breach.code, breach.code))
        entries.append(TimelineEntry(breach.at, moment(breach.at, now), _("Brudd på rutine"), text, Tone.WARN))
    # Newest first, also among those of one instant.
    entries.reverse()
    entries.sort(key=lambda e: e.at, reverse=True)
    return entries


def _detail(data: dict[str, object], units: dict[str, str], now: datetime) -> str:
    """The dates, places and messages that a line holds, in words."""
    parts = []
    for key, value in data.items():
        if not isinstance(value, str) or not value:
            continue
        match key:
            case "ready_date" | "expected_ready":
                parts.append(oslo.say_date(date.fromisoformat(value)))
            case "planned_discharge":
                parts.append(moment(datetime.fromisoformat(value), now))
            case "unit":
                parts.append(units.get(value, value))
            case "discharged_to":
                parts.append(words.place(value))
            case "municipality":
                parts.append(municipality_name(value, oslo.day(now)))
            case "code":
                parts.append(_(words.TOLD.get(value, value)))
    return " · ".join(part for part in parts if part)
