"""What the pages show of stays, within a scope: rows of a ward, and everything about one stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.web.reading import statuses
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Explanation, Status, Step, Tone
from samhandling.patients.web.strip import short
from samhandling.stays.assessing import open_questions
from samhandling.stays.models import Deadline, Expectation, Stay, StayEvent
from samhandling.stays.rules.values import INPATIENT, State, StayState
from samhandling.stays.web import scope as within
from samhandling.stays.web import similar, words
from samhandling.stays.web.explaining import Counterpart, counterpart, help_for
from samhandling.stays.web.next_steps import steps
from samhandling.stays.web.standing import INFORMATION, Told, informed, silence, standing_of_messages, told
from samhandling.stays.work import load_state
from samhandling.tasks.models import Task

Row = TypeVar("Row")
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
    steps: tuple[Step, ...]
    """Everything that somebody must do, most urgent first."""
    tone: Tone
    left: bool
    questions: tuple[str, ...]
    """`user`, `need`: what nobody has answered."""
    proposes_yes: str
    """Why *Bruker av kommunale tjenester: ja* is proposed (F11); else empty."""

    @property
    def unassessed(self) -> bool:
        """Whether an assessment is missing."""
        return bool(self.questions)


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
    """Stays as a list shows them, the most urgent first; a query more only for each municipality."""
    found = list(stays)
    ids = [stay.pk for stay in found]
    expectations = list(Expectation.objects.filter(stay__in=ids).select_related("message"))
    by_message = standing_of_messages(expectations, now)
    information = list(
        Message.objects.filter(subject__in=[s.subject for s in found], kind__in=INFORMATION, direction=Direction.OUT)
        .exclude(status="C")
        .order_by("created_at", "id")
    )
    by_message |= statuses(information, now)
    open_tasks = Task.objects.filter(closed_at__isnull=True, subject__in=[s.subject for s in found]).order_by("id")
    open_tasks = open_tasks.select_related("acknowledged_by")
    parts = _Parts(
        expectations=_by(expectations, "stay_id"),
        deadlines=_by(Deadline.objects.filter(stay__in=ids), "stay_id"),
        tasks=_by(open_tasks, "subject"),
        help=help_for(list(open_tasks), now),
        information=_by(information, "subject"),
        by_message=by_message,
        counterparts={number: counterpart(number, now) for number in {s.municipality_number for s in found}},
        alike=similar.among(found),
        proposals=dict(
            StayEvent.objects.filter(stay__in=ids, kind__in=PROPOSALS)
            .filter(Q(message=None) | Q(message__patient=F("stay__patient")))
            .order_by("id")
            .values_list("stay_id", "kind")
        ),
    )
    order = (Tone.BAD, Tone.WARN, Tone.WAIT, Tone.INFO, Tone.OK, Tone.QUIET)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        (_row(stay, parts, now) for stay in found),
        key=lambda r: (order.index(r.tone), r.next.due.at if r.next and r.next.due else never, r.name, r.pk),
    )


PROPOSALS = {
    "was_user": N_("Foreslått ja: var bruker ved forrige opphold."),
    "heard_report": N_("Foreslått ja: kommunen har sendt innleggelsesrapport."),
}
"""Line of the timeline -> why *ja* is proposed."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the rows of a list are made of, read for all of them at once."""

    expectations: dict[Any, list[Expectation]]
    deadlines: dict[Any, list[Deadline]]
    tasks: dict[Any, list[Task]]
    help: dict[int, Explanation]
    information: dict[Any, list[Message]]
    by_message: dict[int, Status]
    counterparts: dict[str, Counterpart]
    alike: set[int]
    proposals: dict[int, str]


def _by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """Rows by the value of one of their fields."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _row(stay: Stay, parts: _Parts, now: datetime) -> StayRow:
    state = load_state(stay)
    name, born = short(stay.patient)
    place, phone = parts.counterparts[stay.municipality_number]
    written = informed(parts.information.get(stay.subject, []), parts.by_message, now)
    knows = told(parts.expectations.get(stay.pk, []), parts.by_message, now) + written
    deadlines, tasks = parts.deadlines.get(stay.pk, []), parts.tasks.get(stay.subject, [])
    todo = steps(stay, state, deadlines, tasks, knows, now, phone.phone if phone else "", parts.help)
    asking = [step for step in todo if step.tone is not Tone.QUIET]
    questions = open_questions(state)
    return StayRow(
        pk=stay.pk,
        href=reverse("stays:stay", args=[stay.pk]),
        name=name,
        born=born,
        alike=stay.pk in parts.alike,
        unit=stay.unit.name if stay.unit else _("Ukjent post"),
        state=standing_of(stay, state),
        since=moment(stay.discharged_at or stay.admitted_at, now),
        municipality=place,
        marks=(*marks(state), *protected(stay)),
        knows=(*[t for t in knows if t.stands and t not in written][-2:], *[t for t in written if t.stands][-1:]),
        silence=None if knows else silence(state, place),
        next=asking[0] if asking else None,
        more=max(0, len(asking) - 1),
        steps=tuple(todo),
        tone=asking[0].tone if asking else Tone.QUIET,
        left=state.state in (State.OUT, State.DEAD),
        questions=questions,
        proposes_yes=_(PROPOSALS[parts.proposals[stay.pk]])
        if "user" in questions and stay.pk in parts.proposals
        else "",
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


def decided(state: StayState) -> str:
    """Who decided that the patient is ready; says so when the attending doctor stands in (T09). Empty: not ready."""
    by = state.ready_decided_by if state.state is State.READY else None
    if state.state is State.READY and state.ready_marked:
        by = by or state.attending
    if by is None or not by.named:
        return ""
    name = f"{by.given_name} {by.family_name}".strip()
    if state.ready_marked:
        return _("%(name)s (behandlende lege; ingen annen er registrert)") % {"name": name}
    return name


def marks(state: StayState) -> tuple[Status, ...]:
    """What one must know at a glance."""
    found = []
    if state.on_leave:
        found.append(Status(Tone.QUIET, _("På permisjon")))
    if state.objects:
        found.append(Status(Tone.BAD, _("Pasienten motsetter seg at opplysninger gis videre")))
    if state.overlay == "H":
        found.append(Status(Tone.WARN, _("Hjelpenummer eller uten nummer: ring i stedet")))
    return tuple(found)


def protected(stay: Stay) -> tuple[Status, ...]:
    """The mark of a patient whose address is protected (P-10)."""
    text = _("Fortrolig adresse: oppgi aldri hvor pasienten bor")
    return (Status(Tone.WARN, text),) if stay.patient.protection else ()


def open_tasks(stay: Stay) -> QuerySet[Task]:
    """The open work of a stay and of its messages."""
    return tasks_of(stay).filter(closed_at__isnull=True)


def tasks_of(stay: Stay) -> QuerySet[Task]:
    """All work about it, open and closed."""
    messages = Message.objects.filter(organisation_id=stay.organisation_id, subject=stay.subject)
    subjects = [stay.subject, *(f"message:{pk}" for pk in messages.values_list("pk", flat=True))]
    found = Task.objects.filter(organisation_id=stay.organisation_id, subject__in=subjects)
    return found.select_related("acknowledged_by").order_by("id")
