"""What somebody must do for a stay now: tasks and running clocks as steps, the most urgent first (routines 2.5, 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.urls import reverse

from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Due, Explanation, Link, Status, Step, Tone, due
from samhandling.stays.models import Deadline, Stay
from samhandling.stays.rules.deadlines import DeadlineState
from samhandling.stays.rules.values import INPATIENT, StayState
from samhandling.stays.web import words
from samhandling.stays.web.standing import Told
from samhandling.tasks.models import Task
from samhandling.tasks.web.reading import TONES, known, reminded
from samhandling.tasks.web.words import title

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

WHILE_IN = frozenset({"F1", "F2", "F9", "F10", "F11"})
"""Clocks that ask for something only while the patient is in; what is still owed afterwards is a task."""


def affected() -> Status:
    """*Påvirket av stans*: an outage covered some of the deadline's time."""
    return Status(Tone.QUIET, _("Påvirket av stans"))


_ORDER = (Tone.BAD, Tone.WARN, Tone.WAIT, Tone.INFO, Tone.OK, Tone.QUIET)
EARLY_WARNING = timedelta(hours=4)
"""F1: 20 of 24 hours have gone."""


def steps(
    stay: Stay,
    state: StayState,
    deadlines: Iterable[Deadline],
    tasks: Iterable[Task],
    told: Iterable[Told],
    now: datetime,
    phone: str = "",
    help_of: Mapping[int, Explanation] | None = None,
) -> list[Step]:
    """Steps of a stay, most urgent first; nothing at all when nothing is due.

    What did not arrive stands here too, whoever owns the task: the ward must know, and whom to call (2.6).
    """
    open_tasks = list(tasks)
    causes = {task.cause for task in open_tasks}
    told_of = help_of or {}
    found = [_of_task(stay, state, task, now, told_of.get(task.pk)) for task in open_tasks]
    found += [_not_arrived(item, phone) for item in told if item.failed]
    for deadline in deadlines:
        if state.state not in INPATIENT and deadline.clock in WHILE_IN:
            continue
        if deadline.clock == "F11" and state.user is not None and state.need is not None:
            continue
        if not causes.intersection(SAID_BY_TASK.get(deadline.clock, ())):
            step = _of_deadline(stay, state, deadline, now, phone)
            if step is not None:
                found.append(replace(step, mark=affected()) if deadline.affected_by_downtime else step)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda s: (_ORDER.index(s.tone), s.due.at if s.due else never))


def _of_task(stay: Stay, state: StayState, task: Task, now: datetime, told_of: Explanation | None = None) -> Step:
    page = Link(_("Åpne oppgaven"), reverse("tasks:task", args=[task.pk]))
    form, what = FORM_FOR_CAUSE.get(task.cause), WRITE_FOR_CAUSE.get(task.cause)
    message = _message_of(task)
    if message:
        answer = Link(_("Svar nå"), reverse("writing:write", args=["melding", message, "svar"]))
        read = Link(_("Les meldingen"), reverse("exchange:message", args=[message]))
        actions: tuple[Link, ...] = (answer, read) if task.cause == "stay.request" else (read, page)
    elif what:
        actions = (_write(stay, state, what), page)
    else:
        actions = (Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, form])), page) if form else (page,)
    until = due(task.due_at, now) if task.due_at else None
    tone = TONES.get(task.severity, Tone.INFO)
    phone = told_of.phone if told_of is not None and told_of.phone else task.phone
    return Step(title(task), task.text, tone, until, actions, phone, told_of, _mark(task, now))


def _mark(task: Task, now: datetime) -> Status | None:
    """Who knows of it, or that it was reminded of."""
    if words_ := known(task, now):
        return Status(Tone.QUIET, words_)
    return Status(Tone.WARN, words_) if (words_ := reminded(task, now)) else None


HEARD = frozenset({"stay.request", "stay.answer", "stay.deviation", "stay.note", "stay.place_answer"})
"""Work that a received message gives."""


def _message_of(task: Task) -> int:
    """Row id of the message that the work is about; 0 for other work."""
    parts = task.unique_key.split(":")
    return int(parts[1]) if task.cause in HEARD and len(parts) > 1 and parts[1].isdecimal() else 0


def _of_deadline(stay: Stay, state: StayState, deadline: Deadline, now: datetime, phone: str) -> Step | None:
    """A running or missed clock as a step; None for one that asks nothing of anybody any more."""
    heading = _(words.CLOCKS.get(deadline.clock, deadline.clock))
    if deadline.state in {DeadlineState.MET, DeadlineState.CLOSED}:
        return None
    if deadline.due_at is None:  # F9: before the discharge, whenever that is
        if deadline.state == DeadlineState.SENT:
            return Step(heading, _("Sendt, venter på bekreftelse"), Tone.WAIT, None)
        actions = (_write(stay, state, "endelig-helseopplysning"), _sent(stay))
        return Step(heading, "", Tone.WARN, None, actions) if state.state in INPATIENT else None
    if deadline.state == DeadlineState.SENT:
        return Step(heading, _("Sendt, venter på bekreftelse"), Tone.WAIT, due(deadline.due_at, now))
    late = deadline.state == DeadlineState.MISSED or deadline.due_at < now
    until: Due = due(deadline.due_at, now, soon=EARLY_WARNING)
    match deadline.clock:
        case "F1" if late:
            at = moment(deadline.due_at, now)
            if phone:
                text = _("Fristen gikk ut %(when)s. Send likevel, og ring %(phone)s.") % {"when": at, "phone": phone}
            else:
                text = _("Fristen gikk ut %(when)s. Send likevel, og ring.") % {"when": at}
            return Step(heading, text, Tone.BAD, None, (_write(stay, state, "tidligmelding"), _sent(stay)))
        case "F1":
            return Step(heading, "", until.tone, until, (_write(stay, state, "tidligmelding"), _sent(stay)))
        case "F2":
            # Information on the ward's row, never an alarm (2.5).
            return Step(heading, "", Tone.QUIET, Due(Tone.QUIET, until.text, until.left, until.at))
        case "F11":
            answer = Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, "vurdering"]))
            return Step(_unassessed(state), "", Tone.WARN if late else until.tone, until, (answer,))
        case "F10":
            answer = Link(_("Svar nå"), reverse("stays:register", args=[stay.pk, "utskrivningsklar"]))
            return Step(heading, "", Tone.BAD if late else Tone.WARN, until, (answer,))
        case _:
            return Step(heading, "", Tone.BAD if late else Tone.INFO, until)


WRITE = {
    "tidligmelding": N_("Skriv tidligmelding"),
    "endringsmelding": N_("Skriv endringsmelding"),
    "endelig-helseopplysning": N_("Skriv endelig helseopplysning"),
}
WRITE_FOR_CAUSE = {
    "stay.early_missed": "tidligmelding",
    "stay.change_notice": "endringsmelding",
    "stay.contact_changed": "endringsmelding",
    "stay.information_missing": "endelig-helseopplysning",
}
"""Work that is done by writing a message."""


def _write(stay: Stay, state: StayState, what: str) -> Link:
    """Where a Helseopplysning is written. What is written after the first is a change of it."""
    if what == "tidligmelding" and state.information:
        what = "endringsmelding"
    return Link(_(WRITE[what]), reverse("writing:write", args=["opphold", stay.pk, what]))


def _sent(stay: Stay) -> Link:
    """Where a person says that a Helseopplysning went from the record system."""
    return Link(_("Den er sendt"), reverse("stays:register", args=[stay.pk, "helseopplysning"]))


def _not_arrived(item: Told, phone: str) -> Step:
    """A message that was rejected, or that nobody has confirmed."""
    text = _("Ring kommunen på %(phone)s.") % {"phone": phone} if phone else _("Ring kommunen.")
    actions = (Link(_("Se meldingen"), item.href),) if item.href else ()
    heading = _("Kommunen har ikke fått: %(what)s") % {"what": item.text}
    return Step(heading, text, Tone.BAD, None, actions, phone)


def _unassessed(state: StayState) -> str:
    """Which of the two assessments is missing."""
    if state.user is None and state.need is None:
        return _("Ikke vurdert: bruker av kommunale tjenester, og behov etter utskriving")
    if state.user is None:
        return _("Ikke vurdert: bruker av kommunale tjenester")
    return _("Ikke vurdert: behov etter utskriving")
