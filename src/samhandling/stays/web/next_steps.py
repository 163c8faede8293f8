"""What somebody must do for a stay now: tasks and running clocks as steps, the most urgent first (routines 2.5, 10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse

from samhandling.pages.texts import _, moment
from samhandling.pages.values import Due, Link, Step, Tone, due
from samhandling.stays.models import Deadline, Stay
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.web import words
from samhandling.tasks.models import Task
from samhandling.tasks.services import KINDS
from samhandling.tasks.web.reading import TONES

FORM_FOR_CAUSE = {
    "stay.name_missing": "utskrivningsklar",
    "stay.ready_today": "utskrivningsklar",
    "stay.ready_unanswered": "utskrivningsklar",
    "stay.user_question": "vurdering",
    "stay.no_municipality.find": "kommune",
    "stay.municipality_question": "kommune",
}
"""Work that is done by a form rather than on the task's page."""

SAID_BY_TASK = {
    "F1": ("stay.early_missed",),
    "F3": ("stay.not_sent", "stay.name_missing"),
    "F7": ("stay.not_sent_today", "stay.not_sent"),
    "F10": ("stay.ready_today", "stay.ready_unanswered"),
}
"""A clock whose open task already says it is not said twice."""

_ORDER = (Tone.BAD, Tone.WARN, Tone.WAIT, Tone.INFO, Tone.OK, Tone.QUIET)
EARLY_WARNING = timedelta(hours=4)
"""F1: 20 of 24 hours have gone."""


def steps(
    stay: Stay, deadlines: Iterable[Deadline], tasks: Iterable[Task], now: datetime, phone: str = ""
) -> list[Step]:
    """Steps of a stay, most urgent first; nothing at all when nothing is due."""
    open_tasks = list(tasks)
    causes = {task.cause for task in open_tasks}
    found = [_of_task(stay, task, now) for task in open_tasks]
    for deadline in deadlines:
        if not causes.intersection(SAID_BY_TASK.get(deadline.clock, ())):
            step = _of_deadline(stay, deadline, now, phone)
            if step is not None:
                found.append(step)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda s: (_ORDER.index(s.tone), s.due.at if s.due else never))


def _of_task(stay: Stay, task: Task, now: datetime) -> Step:
    page = Link(_("Åpne oppgaven"), reverse("tasks:task", args=[task.pk]))
    form = FORM_FOR_CAUSE.get(task.cause)
    actions = (Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, form])), page) if form else (page,)
    until = due(task.due_at, now) if task.due_at else None
    tone = TONES.get(task.severity, Tone.INFO)
    return Step(_(KINDS.get(task.kind, task.kind)), task.text, tone, until, actions)


def _of_deadline(stay: Stay, deadline: Deadline, now: datetime, phone: str) -> Step | None:
    """A running or missed clock as a step; None for one that asks nothing of anybody any more."""
    title = _(words.CLOCKS.get(deadline.clock, deadline.clock))
    if deadline.state in {DeadlineState.MET, DeadlineState.CLOSED}:
        return None
    if deadline.state == DeadlineState.SENT:
        return Step(title, _("Sendt, venter på bekreftelse"), Tone.WAIT, due(deadline.due_at, now))
    late = deadline.state == DeadlineState.MISSED or deadline.due_at < now
    until: Due = due(deadline.due_at, now, soon=EARLY_WARNING)
    match deadline.clock:
        case "F1" if late:
            at = moment(deadline.due_at, now)
            if phone:
                text = _("Fristen gikk ut %(when)s. Send likevel, og ring %(phone)s.") % {"when": at, "phone": phone}
            else:
                text = _("Fristen gikk ut %(when)s. Send likevel, og ring.") % {"when": at}
            return Step(title, text, Tone.BAD, None, (_sent(stay),))
        case "F1":
            return Step(title, _("Skriv og send den fra journalsystemet."), until.tone, until, (_sent(stay),))
        case "F2":
            # Information on the ward's row, never an alarm (2.5).
            return Step(title, "", Tone.QUIET, Due(Tone.QUIET, until.text, until.left, until.at))
        case "F9":
            return Step(title, "", Tone.WARN, None, (_sent(stay),))
        case "F11":
            answer = Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, "vurdering"]))
            return Step(title, "", Tone.WARN if late else Tone.INFO, until, (answer,))
        case "F10":
            answer = Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, "utskrivningsklar"]))
            return Step(title, "", Tone.BAD if late else Tone.WARN, until, (answer,))
        case _:
            return Step(title, "", Tone.BAD if late else Tone.INFO, until)


def _sent(stay: Stay) -> Link:
    """Where a person says that a Helseopplysning went from the record system."""
    return Link(_("Den er sendt"), reverse("stays:register", args=[stay.pk, "helseopplysning"]))
