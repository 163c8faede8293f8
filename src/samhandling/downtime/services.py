"""What people do with an outage: register, schedule, announce, extend, move, finish, cancel (routines 4.3, 4.4).

Every service makes its own transaction, holds the outage's row lock in it, takes `now` (aware UTC) and writes the
ledger. Raises ImpossibleChangeError for what the state does not allow, OutageFactsError for facts that contradict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.downtime import approving, planning, short_wording, standstill, together
from samhandling.downtime.facts import facts_of, policy_for, value_of
from samhandling.downtime.models import ChecklistTick, Outage, OutageEntry
from samhandling.downtime.rules import changes
from samhandling.downtime.rules.life import Change, ImpossibleChangeError, State, after
from samhandling.downtime.rules.number_filter import suspects
from samhandling.downtime.rules.plan import plan, require_possible
from samhandling.downtime.rules.values import Plan
from samhandling.downtime.wording import Text, compose, missing_parts
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.organisations.models import Organisation
from samhandling.tasks.services import close_tasks


class NoticeLacksPartsError(SamhandlingError):
    """A changed text lacks what a notice must tell (S-59 to S-63)."""

    code = "downtime.notice_lacks_parts"


class NoticeHasNumberError(SamhandlingError):
    """A changed text holds what looks like a person number (S-76)."""

    code = "downtime.notice_has_number"


class OvertakenError(SamhandlingError):
    """Somebody else changed the outage meanwhile."""

    code = "downtime.overtaken"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known when an outage is registered. Instants are aware UTC."""

    kind: str
    start: datetime
    end: datetime | None
    known_at: datetime
    affects: str = "exchange"
    families: tuple[str, ...] = ("plo", "dialogmelding")
    municipalities: tuple[str, ...] = ()
    own_side: bool = True
    copies: bool = True
    """Municipalities get a copy, where the stop is our own."""
    cause: str = ""
    next_update: datetime | None = None
    reported_by: str = ""
    channel: str = ""


def preview(organisation: Organisation, report: Report, now: datetime) -> Plan:
    """What would follow from that report; nothing is stored. Raises OutageFactsError."""
    policy = policy_for(organisation.pk, now)
    row = _row(organisation, report, None, now)
    row.together = together.holds(row, now)
    return plan(value_of(row), policy, policy.calendar, now)


def register(organisation: Organisation, report: Report, *, user: User | None, now: datetime) -> Outage:
    """A draft: nobody is told before it is scheduled (planned) or announced (acute).

    Raises OutageFactsError, and NoticeHasNumberError for words that every reader of a notice would see.
    """
    row = _row(organisation, report, user, now)
    require_possible(value_of(row), now)
    if has_number(f"{report.cause}\n{report.reported_by}"):
        raise NoticeHasNumberError
    with transaction.atomic():
        row.save()
        _note(row, "registered", user=user, now=now, text=row.reported_by)
    return row


def schedule(outage_id: int, *, user: User | None, now: datetime, seen: int | None = None) -> Outage:
    """A planned outage is decided: the rounds and the publication are planned, and its beginning is watched."""
    with transaction.atomic():
        row = _locked(outage_id, seen)
        _change(row, Change.SCHEDULE, now)
        _note(row, "scheduled", user=user, now=now)
        planning.replan(row, _plan_actions(row, now), now=now)
        approving.ask(row, now)
    return row


def announce_acute(organisation: Organisation, report: Report, *, user: User | None, now: datetime) -> Outage:
    """An acute outage is registered and begins; whoever must be told is told at once (D-09, D-10, D-11)."""
    with transaction.atomic():
        row = register(organisation, report, user=user, now=now)
        _change(row, Change.BEGIN_ACUTE, now)
        _note(row, "begun", user=user, now=now)
        planning.replan(row, _plan_actions(row, now), now=now)
        standstill.begin(row, now)
    return row


def announce_anyway(outage_id: int, *, user: User | None, now: datetime) -> Outage:
    """An outage that need not be announced is announced all the same (4.2)."""
    from samhandling.downtime.rules.plan import mail
    from samhandling.downtime.rules.values import Action

    with transaction.atomic():
        row = _locked(outage_id)
        if row.over:
            raise ImpossibleChangeError(f"announce in state {row.state}")
        row.announce_anyway = True
        _note(row, "announced_anyway", user=user, now=now, rule="4.2")
        policy = policy_for(row.organisation_id, now)
        kind = "acute" if row.kind == "acute" else "planned_combined"
        extra = (
            mail(policy, now, "4.2", kind),  # type: ignore[arg-type]  # one of the two above
            Action(at=now, kind="publish", rule="4.2", until=row.end),
        )
        planning.replan(row, (*extra, *changes.remaining(value_of(row), policy, policy.calendar, now)), now=now)
    return row


def extend(
    outage_id: int,
    *,
    end: datetime | None,
    next_update: datetime | None = None,
    user: User | None,
    now: datetime,
    seen: int | None = None,
) -> Outage:
    """A new estimated end, or none known (D-12)."""
    with transaction.atomic():
        row = _locked(outage_id, seen)
        told = planning.told(row)
        _change(row, Change.EXTEND, now)
        row.end, row.next_update = end, next_update
        require_possible(value_of(row), now)
        policy = policy_for(row.organisation_id, now)
        row.together = _still_together(row, now)
        because = changes.extended(value_of(row), told, policy, policy.calendar, now)
        still = changes.remaining(value_of(row), policy, policy.calendar, now)
        _note(row, "extended", user=user, now=now, rule="D-12")
        planning.replan(row, (*because, *still), now=now)
    return row


def move(
    outage_id: int, *, start: datetime, end: datetime, user: User | None, now: datetime, seen: int | None = None
) -> Outage:
    """A planned outage gets another time (D-17)."""
    with transaction.atomic():
        row = _locked(outage_id, seen)
        told, before = planning.told(row), value_of(row)
        state = _change(row, Change.MOVE, now)
        row.start, row.end = start, end
        require_possible(value_of(row), now)
        policy = policy_for(row.organisation_id, now)
        row.together = _still_together(row, now)
        because = changes.moved(before, value_of(row), told, policy, policy.calendar, now)
        still = changes.remaining(value_of(row), policy, policy.calendar, now)
        if told.announced and any(action.notice == "moved" for action in because):
            row.state = State.ANNOUNCED_1 if state == State.SCHEDULED else state
        elif not told.announced:
            because = tuple(plan(value_of(row), policy, policy.calendar, now).actions)
            still = ()
        approving.lapse(row)
        _note(row, "moved", user=user, now=now, rule="D-17")
        planning.replan(row, (*because, *(action for action in still if action not in because)), now=now)
    return row


def finish(outage_id: int, *, user: User | None, now: datetime, seen: int | None = None) -> Outage:
    """Everything works again (D-13, D-14)."""
    with transaction.atomic():
        row = _locked(outage_id, seen)
        told = planning.told(row)
        early = row.kind == "planned" and row.end is not None and now < row.end
        _change(row, Change.FINISH_EARLY if early else Change.FINISH, now)
        row.ended_at = now
        because = changes.finished(value_of(row), told, policy_for(row.organisation_id, now), now)
        _note(row, "finished", user=user, now=now, rule="D-13" if early else "D-14")
        planning.replan(row, because, now=now)
        standstill.end(row, now)
        close_tasks(how="done", now=now, subject=row.subject, user=user)
    return row


def cancel(outage_id: int, *, user: User | None, now: datetime, seen: int | None = None) -> Outage:
    """It will not happen (D-15, D-16)."""
    with transaction.atomic():
        row = _locked(outage_id, seen)
        told = planning.told(row)
        _change(row, Change.CANCEL, now)
        row.ended_at = now
        because = changes.cancelled(told, policy_for(row.organisation_id, now), now)
        _note(row, "cancelled", user=user, now=now, rule="D-16" if told.announced else "D-15")
        planning.replan(row, because, now=now)
        standstill.end(row, now)
        close_tasks(how="done", now=now, subject=row.subject, user=user)
    return row


def text_of(outage: Outage, notice: str, now: datetime, language: oslo.Language = "nb") -> Text:
    """The notice as it would go out now in that language: a person's text where there is one, else ours."""
    own = outage.texts.get(text_key(notice, language))
    if own is not None:
        return Text(subject=own["subject"], body=own["body"])
    return compose(notice, facts_of(outage, now), language)  # type: ignore[arg-type]  # from an action


def text_key(notice: str, language: str) -> str:
    """Under which a person's own words are kept in `Outage.texts`."""
    return notice if language == "nb" else f"{notice}.{language}"


def short_text_of(outage: Outage, notice: str, now: datetime, language: oslo.Language = "nb") -> str:
    """The notice as a text message."""
    return short_wording.compose(notice, facts_of(outage, now), language)  # type: ignore[arg-type]  # from an action


def change_text(
    outage_id: int,
    notice: str,
    text: Text,
    *,
    user: User | None,
    now: datetime,
    number_is_none: str = "",
    language: oslo.Language = "nb",
) -> Outage:
    """A person's own words for a notice in that language.

    `number_is_none`: the reason why digits that fail the check of a person number are none. Raises
    NoticeLacksPartsError with the parts, NoticeHasNumberError.
    """
    with transaction.atomic():
        row = _locked(outage_id)
        facts = facts_of(row, now)
        missing = missing_parts(notice, facts, text)  # type: ignore[arg-type]
        if missing:
            raise NoticeLacksPartsError(" ".join(missing))
        phones = [each.phone for each in facts.counterparts]
        found = suspects(f"{text.subject}\n{text.body}", exempt=phones)
        if any(not each.may_be_overridden for each in found) or (found and not number_is_none.strip()):
            raise NoticeHasNumberError
        row.texts = {**row.texts, text_key(notice, language): {"subject": text.subject, "body": text.body}}
        row.changed_at = now
        approving.lapse(row)
        row.save(update_fields=["texts", "changed_at", "approved_by", "approved_at"])
        which = text_key(notice, language)
        _note(row, "text_changed", user=user, now=now, text=f"{which} {number_is_none}".strip())
    return row


def called(outage_id: int, whom: str, *, user: User, now: datetime) -> None:
    """Somebody on the telephone list has been called (D-20)."""
    with transaction.atomic():
        row = _locked(outage_id)
        _note(row, "called", user=user, now=now, text=whom[:500])


def has_number(text: str) -> bool:
    """Whether words that somebody wrote hold what looks like a person number (S-52, S-76)."""
    return bool(suspects(text))


def tick(outage_id: int, step: str, *, user: User, now: datetime) -> None:
    """A step of the checklist has been done by hand (S-49)."""
    with transaction.atomic():
        row = _locked(outage_id)
        ChecklistTick.objects.get_or_create(outage=row, step=step, defaults={"at": now, "user": user})


def one(outage_id: int, organisation_id: int) -> Outage:
    """The outage of that organisation. Raises NotFoundError."""
    row = (
        Outage.objects.select_related("organisation", "owner")
        .filter(pk=outage_id, organisation_id=organisation_id)
        .first()
    )
    if row is None:
        raise NotFoundError(f"outage {outage_id}")
    return row


def _row(organisation: Organisation, report: Report, user: User | None, now: datetime) -> Outage:
    return Outage(
        organisation=organisation, kind=report.kind, affects=report.affects, families=list(report.families),
        municipalities=list(report.municipalities), own_side=report.own_side, copies=report.copies,
        cause=report.cause, start=report.start, end=report.end, next_update=report.next_update,
        known_at=report.known_at, reported_by=report.reported_by, channel=report.channel, owner=user,
        created_at=now, changed_at=now,
    )  # fmt: skip


def _still_together(row: Outage, now: datetime) -> bool:
    """D-19, with the times as they are now; whoever has been told once is told on."""
    return together.holds(row, now) or (row.together and row.announced)


def _plan_actions(row: Outage, now: datetime) -> tuple[planning.Action, ...]:
    row.together = together.holds(row, now)
    policy = policy_for(row.organisation_id, now)
    return plan(value_of(row), policy, policy.calendar, now).actions


def _locked(outage_id: int, seen: int | None = None) -> Outage:
    row = Outage.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=outage_id).first()
    if row is None:
        raise NotFoundError(f"outage {outage_id}")
    if seen is not None and seen != row.version:
        raise OvertakenError(f"version {row.version}, seen {seen}")
    return row


def _change(row: Outage, change: Change, now: datetime) -> State:
    row.state = after(State(row.state), change)
    row.changed_at = now
    together.others_follow(row, now)
    return State(row.state)


def _note(row: Outage, what: str, *, user: User | None, now: datetime, rule: str = "", text: str = "") -> None:
    OutageEntry.objects.create(outage=row, at=now, what=what, rule=rule, text=text, user=user)
