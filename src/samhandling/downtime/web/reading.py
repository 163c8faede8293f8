"""What the pages of the downtime desk show, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.downtime.facts import counterparts
from samhandling.downtime.follow_up import NOT_TOLD
from samhandling.downtime.models import Notice, Outage, PlannedAction
from samhandling.downtime.recipients import Call, calls
from samhandling.downtime.rules.life import TABLE, Change, State
from samhandling.downtime.rules.values import Plan
from samhandling.downtime.web import words
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, TimelineEntry, Tone


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One outage in a list."""

    href: str
    title: str
    when: str
    state: Status
    kind: str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One thing that will happen or has happened."""

    when: str
    weekday: str
    what: str
    whom: str
    rule: str
    state: Status
    text_href: str
    condition: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice to one recipient, with its proof."""

    pk: int
    when: str
    what: str
    recipient: str
    channel: str
    address: str
    state: Status
    answer: str
    returned: str
    """What came back about it, and when."""
    followed: str
    """Who told the recipient all the same, when, how."""
    calls: tuple[Call, ...] = ()
    """Of one that did not arrive: whom to call."""


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One step of the checklist."""

    code: str
    text: str
    done: bool
    how: str


def visible(scope: Scope, pk: int) -> bool:
    """Whether the scope may see that outage."""
    return scope.may(May.ANNOUNCE_ACUTE) and Outage.objects.filter(pk=pk, organisation=scope.organisation).exists()


def rows(scope: Scope, now: datetime, *, over: bool) -> list[OutageRow]:
    """The organisation's outages; those that are over, newest first, or those that are not, by start."""
    found = Outage.objects.select_related("organisation").filter(organisation=scope.organisation)
    ended = (State.FINISHED, State.FINISHED_EARLY, State.CANCELLED)
    if over:
        return [shown(each, now) for each in found.filter(state__in=ended).order_by("-start")[:50]]
    return [shown(each, now) for each in found.exclude(state__in=ended).order_by("start")]


def shown(outage: Outage, now: datetime) -> OutageRow:
    """One outage as a list shows it."""
    return OutageRow(
        href=reverse("downtime:outage", args=[outage.pk]),
        title=whom(outage, now),
        when=period(outage),
        state=state(outage),
        kind=_("Akutt") if outage.kind == "acute" else _("Planlagt"),
    )


def state(outage: Outage) -> Status:
    """Where it stands, in words."""
    text, tone = words.STATES[outage.state]
    return Status(tone, _(text))


def period(outage: Outage) -> str:
    """From when to when."""
    end = outage.ended_at or outage.end
    if end is None:
        return _("Fra %(start)s, slutten er ikke kjent") % {"start": moment(outage.start)}
    return _("%(start)s til %(end)s") % {"start": moment(outage.start), "end": moment(end, outage.start)}


def whom(outage: Outage, now: datetime) -> str:
    """The municipalities it concerns."""
    if not outage.municipalities:
        return _("Alle kommunene")
    return ", ".join(each.name for each in counterparts(outage, now)) or _("Ukjent kommune")


def actions(outage: Outage) -> list[ActionRow]:
    """Everything that is planned or has been done, in order of time; what a change overtook is left out."""
    found = outage.actions.exclude(state=PlannedAction.State.LAPSED).order_by("at", "pk")
    return [_action(outage, each) for each in found]


def _action(outage: Outage, action: PlannedAction) -> ActionRow:
    text, tone = words.SETTLED[action.state]
    what = _(words.KINDS[action.kind])
    if action.notice:
        what = f"{what}: {_(words.NOTICES[action.notice]).lower()}"
    return ActionRow(
        when=moment(action.at),
        weekday=oslo.say_weekday(action.at),
        what=what,
        whom=groups(action.recipients),
        rule=action.rule,
        state=Status(tone, _(text), action.why),
        text_href=reverse("downtime:text", args=[outage.pk, action.notice])
        if action.notice and action.state == PlannedAction.State.PLANNED
        else "",
        condition=_("bare hvis stansen fortsatt varer") if action.if_ongoing else "",
    )


def groups(names: list[str] | tuple[str, ...]) -> str:
    """The recipients in words."""
    return ", ".join(_(words.GROUPS[name]) if name in words.GROUPS else name for name in names)


def preview(plan: Plan) -> list[ActionRow]:
    """What would happen, of a plan that is not stored."""
    return [
        ActionRow(
            when=moment(each.at),
            weekday=oslo.say_weekday(each.at),
            what=f"{_(words.KINDS[each.kind])}: {_(words.NOTICES[each.notice]).lower()}"
            if each.notice
            else _(words.KINDS[each.kind]),
            whom=groups(each.recipients),
            rule=each.rule,
            state=Status(Tone.WAIT, _("Venter")),
            text_href="",
            condition=_("bare hvis stansen fortsatt varer") if each.if_ongoing else "",
        )
        for each in plan.actions
    ]


def notices(outage: Outage, now: datetime) -> list[NoticeRow]:
    """Who has been told what, with what the mail server said (the ledger)."""
    rows = outage.notices.select_related("outage__organisation", "followed_by").order_by("created_at", "pk")
    return [_notice(each, now) for each in rows]


def _notice(notice: Notice, now: datetime) -> NoticeRow:
    text, tone = words.SENT[notice.state]
    help_text = _("Forbindelsen ble brutt. Varselet kan ha kommet to ganger.") if notice.possibly_twice else ""
    followed = ""
    if notice.followed_at is not None and notice.followed_by is not None:
        name, when = notice.followed_by.shown_name, moment(notice.followed_at)
        followed = _("%(name)s, %(when)s") % {"name": name, "when": when}
        followed = f"{notice.followed_how} ({followed})" if notice.followed_how else followed
    return NoticeRow(
        pk=notice.pk,
        when=moment(notice.sent_at or notice.created_at),
        what=_(words.NOTICES[notice.kind]),
        recipient=groups([notice.recipient]),
        channel=_(words.CHANNELS.get(notice.channel, notice.channel)),
        address=notice.address,
        state=Status(tone, _(text), help_text),
        answer=notice.answer,
        returned=f"{moment(notice.returned_at)}: {notice.returned}" if notice.returned_at is not None else "",
        followed=followed,
        calls=tuple(calls(notice, now)) if notice.state in NOT_TOLD and not followed else (),
    )


def not_told(rows: list[NoticeRow], outage: Outage) -> list[NoticeRow]:
    """Those that did not arrive and that nobody has followed up."""
    lost = set(outage.notices.filter(state__in=NOT_TOLD).values_list("pk", flat=True))
    return [row for row in rows if row.pk in lost and not row.followed]


def timeline(outage: Outage) -> list[TimelineEntry]:
    """What has been done, newest first."""
    return [
        TimelineEntry(
            at=entry.at,
            when=moment(entry.at),
            title=_(words.ENTRIES[entry.what]) if entry.what in words.ENTRIES else entry.what,
            text=" ".join(part for part in (entry.text, f"({entry.rule})" if entry.rule else "") if part),
            by=entry.user.shown_name if entry.user else "",
        )
        for entry in outage.entries.select_related("user").order_by("-at", "-pk")
    ]


def checklist(outage: Outage) -> list[ChecklistRow]:
    """The steps of S-49: done by the node where the ledger shows it, else by hand with name and time."""
    done = {entry.what: entry for entry in outage.entries.order_by("-pk")}
    ticks = {tick.step: tick for tick in outage.ticks.select_related("user")}
    told = _all_told(outage)
    found = []
    for code, text, by_itself in words.CHECKLIST:
        how = ""
        if by_itself == "mail" and told is not None:
            how = _("Gjort av systemet %(when)s") % {"when": moment(told)}
        elif by_itself in done:
            how = _("Gjort av systemet %(when)s") % {"when": moment(done[by_itself].at)}
        elif code in ticks:
            how = _("%(name)s, %(when)s") % {"name": ticks[code].user.shown_name, "when": moment(ticks[code].at)}
        found.append(ChecklistRow(code, _(text), bool(how), how))
    return found


def _all_told(outage: Outage) -> datetime | None:
    """When the last group of the first round had its notice, by mail or in another way; None while one lacks it."""
    first = outage.notices.filter(channel="email").order_by("created_at", "pk").first()
    if first is None:
        return None
    times = [each.sent_at if each.state == Notice.State.SENT else each.followed_at for each in outage.notices.filter(
        channel="email", action=first.action_id
    )]  # fmt: skip
    known = [at for at in times if at is not None]
    return max(known) if len(known) == len(times) else None


def possible(outage: Outage) -> frozenset[str]:
    """The changes that the state allows now, by name."""
    return frozenset(change.value for change in Change if (State(outage.state), change) in TABLE)
