"""What the pages show of tasks, within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from samhandling.access.roles import May, Role
from samhandling.access.scope import Scope
from samhandling.pages import subjects
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Due, Explanation, Link, TimelineEntry, Tone, due
from samhandling.patients.web.strip import short
from samhandling.tasks import services
from samhandling.tasks.models import SEVERITY_ORDER, Task, TaskStep
from samhandling.tasks.web.words import title

TONES = {"high": Tone.BAD, "medium": Tone.WARN, "normal": Tone.INFO, "low": Tone.QUIET}
SEVERITY_WORDS = {"high": N_("Haster"), "medium": N_("Snart"), "normal": N_("Vanlig"), "low": N_("Når det passer")}
STEP_WORDS = {
    "taken": N_("Oppgaven er tatt"),
    "given": N_("Oppgaven er fordelt"),
    "released": N_("Oppgaven er lagt tilbake"),
    "noted": N_("Notat"),
    "raised": N_("Haster mer enn før"),
    "acknowledged": N_("Vet om det"),
    "reminded": N_("Påminnelse: gjelder fortsatt"),
    "closed": N_("Ferdig"),
}
CLOSED_WORDS = {
    "done": N_("Gjort"),
    "called": N_("Ringt og avklart"),
    "approved": N_("Godkjent"),
    "refused": N_("Avslått"),
    "not_needed": N_("Ikke nødvendig lenger"),
    "resolved": N_("Løst av seg selv"),
    "obsolete": N_("Ikke aktuell lenger"),
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task in a list."""

    pk: int
    href: str
    title: str
    kind: str
    text: str
    tone: Tone
    severity: str
    patient: str
    born: str
    unit: str
    due: Due | None
    opened: str
    owner: str
    mine: bool
    phone: str
    subject: str
    cause: str
    group: str
    """Rows of the same group stand as one."""
    help: Explanation | None
    """What the condition means, what to do and whom to call now; None for ordinary work."""
    known: str
    """Who knows of it and until when; else empty."""
    reminded: str
    """That it was reminded of, and when; else empty."""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks of one cause and one counterpart: one call, one row (A-01)."""

    key: str
    first: TaskRow
    rows: tuple[TaskRow, ...]
    actions: tuple[Link, ...] = ()
    """What other rooms offer for all of them (`wiring.TASK_ACTIONS`)."""

    @property
    def count(self) -> int:
        """How many tasks."""
        return len(self.rows)


def within(scope: Scope) -> QuerySet[Task]:
    """Every task, open or closed, within the scope: a ward's own; for operations only technical ones."""
    found = scope.rows(Task.objects.select_related("unit", "patient", "owner", "acknowledged_by"), unit="unit")
    if scope.role is Role.OPERATIONS:
        return found.filter(Q(role=Role.OPERATIONS.value) | Q(kind="technical"))
    if not scope.may(May.WORK_TASKS):
        return found.none()
    return found


def one(scope: Scope, pk: int) -> Task | None:
    """The task when it is within the scope, or tells of a condition of what the scope sees (2.6: it may be its own)."""
    found = within(scope).filter(pk=pk).first()
    if found is not None or not scope.may(May.WORK_TASKS):
        return found
    rows = Task.objects.select_related("unit", "patient", "owner", "acknowledged_by")
    other = rows.filter(organisation=scope.organisation, pk=pk).exclude(anomaly="").first()
    return other if other is not None and subjects.visible(scope, other.subject) else None


def visible(scope: Scope, pk: int) -> bool:
    """Whether the scope may see the task."""
    return one(scope, pk) is not None


def open_rows(scope: Scope, now: datetime, *, subject: str = "") -> list[TaskRow]:
    """The open tasks of the scope, most urgent first, then by deadline, then oldest first."""
    found = within(scope).filter(closed_at__isnull=True)
    if subject:
        found = found.filter(subject=subject)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    tasks = sorted(found, key=lambda t: (SEVERITY_ORDER.get(t.severity, 9), _put_off(t), t.due_at or never, t.pk))
    return rows(tasks, scope, now)


def _put_off(task: Task) -> int:
    """Of what hurries alike, that which was reminded of stands first and that which somebody knows of last."""
    if task.acknowledged_by_id is not None:
        return 2
    return 0 if task.reminded_at is not None else 1


def rows(tasks: Sequence[Task], scope: Scope, now: datetime) -> list[TaskRow]:
    """Tasks as lists show them, in the order given."""
    told = help_of(tasks, now)
    return [row(task, scope, now, told.get(task.pk)) for task in tasks]


def help_of(tasks: Sequence[Task], now: datetime) -> dict[int, Explanation]:
    """Task id -> what the condition means, what to do and whom to call now."""
    path: str = getattr(import_module(settings.SAMHANDLING_WIRING), "TASK_HELP", "")
    if not path or not any(task.anomaly for task in tasks):
        return {}
    found: dict[int, Explanation] = import_string(path)(tasks, now)
    return found


def known(task: Task, now: datetime) -> str:
    """*Jeg vet om det*: who, and when it is reminded of again; empty when nobody has said so."""
    if task.acknowledged_by is None or task.remind_at is None:
        return ""
    words = {"who": task.acknowledged_by.shown_name, "when": moment(task.remind_at, now)}
    return _("%(who)s vet om det. Minner igjen %(when)s.") % words


def reminded(task: Task, now: datetime) -> str:
    """That the condition still lasts, and when it was last reminded of; empty before the first time."""
    if task.reminded_at is None or task.acknowledged_by_id is not None:
        return ""
    return _("Påminnelse nr. %(number)s: gjelder fortsatt %(when)s.") % {
        "number": task.reminders, "when": moment(task.reminded_at, now),
    }  # fmt: skip


def row(task: Task, scope: Scope, now: datetime, told: Explanation | None = None) -> TaskRow:
    """One task as a list shows it; without leave to see patients, without the patient."""
    name, born = short(task.patient) if task.patient and scope.may(May.SEE_PATIENTS) else ("", "")
    return TaskRow(
        pk=task.pk,
        href=reverse("tasks:task", args=[task.pk]),
        title=title(task),
        kind=_(services.KINDS.get(task.kind, task.kind)),
        text=task.text,
        tone=TONES.get(task.severity, Tone.INFO),
        severity=_(SEVERITY_WORDS.get(task.severity, task.severity)),
        patient=name,
        born=born,
        unit=task.unit.name if task.unit else "",
        due=due(task.due_at, now) if task.due_at else None,
        opened=moment(task.opened_at, now),
        owner=task.owner.shown_name if task.owner else "",
        mine=task.owner_id == scope.user.pk,
        phone=told.phone if told is not None and told.phone else task.phone,
        subject=task.subject,
        cause=task.cause,
        group=task.group_key or f"task:{task.pk}",
        help=told,
        known=known(task, now),
        reminded=reminded(task, now),
    )


def grouped(rows: Iterable[TaskRow], scope: Scope | None = None) -> list[TaskGroup]:
    """Tasks with the same group key as one, where its most urgent one stands.

    With `scope`, each group brings what may be done about it besides.
    """
    groups: dict[str, list[TaskRow]] = {}
    for task in rows:
        groups.setdefault(task.group, []).append(task)
    return [TaskGroup(key, found[0], tuple(found), actions(scope, found)) for key, found in groups.items()]


def actions(scope: Scope | None, rows: Sequence[TaskRow]) -> tuple[Link, ...]:
    """What other rooms offer for these tasks together."""
    if scope is None:
        return ()
    paths: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "TASK_ACTIONS", ())
    causes, subjects_of = [task.cause for task in rows], [task.subject for task in rows]
    found = [import_string(path)(scope, causes, subjects_of) for path in paths]
    return tuple(link for link in found if link is not None)


@dataclass(frozen=True, slots=True)
class OverLine:
    """That a condition has ended: `Over: kvittering kom 21.11.2026 kl. 14.05`."""

    title: str
    text: str
    when: str
    href: str
    patient: str
    count: int


def over(tasks: Iterable[Task], scope: Scope, now: datetime) -> list[OverLine]:
    """Conditions that ended by themselves, those of one cause and counterpart in one line (2.6)."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.group_key or f"task:{task.pk}", []).append(task)
    found = []
    for each in groups.values():
        last = each[0]
        shows = len(each) == 1 and last.patient is not None and scope.may(May.SEE_PATIENTS)
        found.append(
            OverLine(
                title=title(last), text=last.closing_note, when=moment(last.closed_at or now, now),
                href=reverse("tasks:task", args=[last.pk]),
                patient=", ".join(short(last.patient)) if shows and last.patient else "", count=len(each),
            )
        )  # fmt: skip
    return found


def history(task: Task, now: datetime) -> list[TimelineEntry]:
    """What happened with the task, newest first."""
    first = TimelineEntry(task.opened_at, moment(task.opened_at, now), _("Oppgaven ble laget"))
    steps = [
        TimelineEntry(
            at=step.at,
            when=moment(step.at, now),
            title=_("Over") if step.kind == "closed" and step.user is None else _(STEP_WORDS.get(step.kind, step.kind)),
            text=_step_text(step, now),
            tone=Tone.OK if step.kind == "closed" else Tone.QUIET,
            by=step.user.shown_name if step.user else _("Systemet"),
        )
        for step in task.steps.select_related("user").all()
    ]
    return [*reversed(steps), first]


def _step_text(step: TaskStep, now: datetime) -> str:
    """The words of a step: a code or an instant in words, else what somebody wrote."""
    if step.kind == "raised":
        return _(SEVERITY_WORDS.get(step.text, step.text))
    if step.kind == "acknowledged":
        return _("Minner igjen %(when)s.") % {"when": moment(datetime.fromisoformat(step.text), now)}
    if step.kind == "reminded":
        return _("Nr. %(number)s") % {"number": step.text}
    return step.text


def about(task: Task) -> str:
    """The address of what the task is about, or nothing."""
    return subjects.link(task.subject)
