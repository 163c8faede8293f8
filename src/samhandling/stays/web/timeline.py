"""The timeline of a stay: everything that happened, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.organisations.models import Unit
from samhandling.organisations.services import municipality_name
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Link, PageOf, TimelineEntry, Tone, paged
from samhandling.stays import calls
from samhandling.stays.after_discharge import REASONS
from samhandling.stays.models import BreachOfRoutine, Stay
from samhandling.stays.web import call_filing, words
from samhandling.stays.web.reading import tasks_of
from samhandling.tasks.web.words import title as task_title

PAGE_SIZE = 100
"""Lines of a page: a stay of weeks seldom has more."""


def timeline(stay: Stay, wanted: str | None, now: datetime) -> tuple[list[TimelineEntry], PageOf]:
    """Registrations, messages, conditions and breaches of routine; only those of the page asked for are read."""
    others = _besides(stay, now)
    lines: list[tuple[datetime, TimelineEntry | int]] = list(stay.events.order_by("id").values_list("at", "pk"))
    lines += [(entry.at, entry) for entry in others]
    # Newest first, also among those of one instant.
    lines.reverse()
    lines.sort(key=lambda line: line[0], reverse=True)
    shown, first, last = paged(len(lines), wanted, PAGE_SIZE)
    mine = [line for _at, line in lines[first:last]]
    entries = _events(stay, [line for line in mine if isinstance(line, int)], now)
    return [entries[line] if isinstance(line, int) else line for line in mine], shown


def _besides(stay: Stay, now: datetime) -> list[TimelineEntry]:
    """What has no line of its own among the events."""
    entries = []
    breaches = list(BreachOfRoutine.objects.filter(stay=stay).order_by("id"))
    for breach in breaches:
        text = _(words.BREACHES.get(breach.code, breach.code))
        text += f" · {_('Påvirket av stans')}" if breach.affected_by_downtime else ""
        entries.append(TimelineEntry(breach.at, moment(breach.at, now), _("Brudd på rutine"), text, Tone.WARN))
    return [*entries, *_conditions(stay, {breach.code for breach in breaches}, now)]


def _conditions(stay: Stay, found: set[str], now: datetime) -> Iterable[TimelineEntry]:
    """One line when a condition starts, unless its breach says so already, and one when it is over (2.6)."""
    for task in tasks_of(stay).exclude(anomaly=""):
        title, link = task_title(task), Link(_("Se oppgaven"), reverse("tasks:task", args=[task.pk]))
        if task.anomaly not in found:
            at = task.opened_at
            yield TimelineEntry(at, moment(at, now), _("Varsel"), title, Tone.WARN, _("Systemet"), link)
        if task.closed_at is not None and task.closed_by_id is None:
            at = task.closed_at
            text = f"{title}. {task.closing_note}".rstrip()
            yield TimelineEntry(at, moment(at, now), _("Over"), text, Tone.OK, _("Systemet"), link)


def not_about(message: Message | None, patient_id: int | None, subject: str) -> bool:
    """Whether a person has taken a received message away from this patient again: its line stands without content."""
    if message is None or message.direction != Direction.IN or message.subject == subject:
        return False
    return message.patient_id != patient_id


def taken_back(at: datetime, now: datetime) -> TimelineEntry:
    """The line of such a message."""
    return TimelineEntry(at, moment(at, now), _("Hørte ikke til denne pasienten"), tone=Tone.QUIET)


def _events(stay: Stay, wanted: Iterable[int], now: datetime) -> dict[int, TimelineEntry]:
    units = {u.code: u.name for u in Unit.objects.filter(organisation_id=stay.organisation_id)}
    found = list(stay.events.filter(pk__in=list(wanted)).select_related("user", "message"))
    made = list(stay.calls.filter(pk__in=[event.data["call"] for event in found if "call" in event.data]))
    spoken, filed = calls.texts(made), call_filing.filed(made, now)
    entries: dict[int, TimelineEntry] = {}
    for event in found:
        if not_about(event.message, stay.patient_id, stay.subject):
            entries[event.pk] = taken_back(event.at, now)
            continue
        tone, title = words.event_words(event.kind)
        by = event.user.shown_name if event.user else _("Pasientsystemet") if event.source else _("Systemet")
        link = None
        if event.message_id:
            link = Link(_("Se meldingen"), reverse("exchange:message", args=[event.message_id]))
        said = event.data.get("call", 0)
        text = f"{spoken[said]} · {filed[said].text}" if said in spoken else _detail(event.data, units, now)
        entries[event.pk] = TimelineEntry(event.at, moment(event.at, now), title, text, tone, by, link)
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
            case "clock":
                parts.append(_(words.CLOCKS.get(value, value)))
            case "reason":
                parts.append(_(REASONS.get(value, value)))
            case "code":
                parts.append(_(words.TOLD.get(value, value)))
    return " · ".join(part for part in parts if part)
