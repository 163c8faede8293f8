"""When the time of a planned action has come: does it still hold, and then what (routines 4.4).

A finished or cancelled outage never sends round 2; what was due while the node was down is done at once if it still
holds, else noted as missed with the reason, never both.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from samhandling.configuration import configuration
from samhandling.downtime import approving, recipients, standstill
from samhandling.downtime.facts import facts_of
from samhandling.downtime.models import Notice, Outage, OutageEntry, PlannedAction
from samhandling.downtime.recipients import Recipient
from samhandling.downtime.rules.life import TABLE, Change, State, after
from samhandling.downtime.rules.number_filter import masked
from samhandling.downtime.services import short_text_of, text_of
from samhandling.downtime.standing import item_of
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.tasks.services import open_task

DURING = (State.ONGOING, State.EXTENDED)


def act(running: Running) -> None:
    """Job: one planned action."""
    with transaction.atomic():
        action = (
            PlannedAction.objects.select_for_update(of=("self",))
            .select_related("outage__organisation")
            .filter(pk=running.payload["action"])
            .first()
        )
        if action is not None and action.state == PlannedAction.State.PLANNED:
            outage = (
                Outage.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=action.outage_id)
            )
            why = why_not(action, outage, running.now)
            until = None if why else approving.waits(action, outage, running.now)
            if until is not None:
                running.postpone(until)
                return
            if why:
                _settle(action, PlannedAction.State.MISSED, running.now, why)
            else:
                _ACTS[action.kind](action, outage, running.now)
                _settle(action, PlannedAction.State.DONE, running.now)
        running.finish()


def why_not(action: PlannedAction, outage: Outage, now: datetime) -> str:
    """Why an action must not happen any more; empty when it must (4.4)."""
    if action.version != outage.version:
        return "Stansen er endret."
    over = outage.state in (State.FINISHED, State.FINISHED_EARLY, State.CANCELLED)
    if over and action.notice not in ("finished", "finished_early", "cancelled") and action.kind != "unpublish":
        return "Stansen er over."
    if action.if_ongoing and outage.state not in DURING:
        return "Stansen varer ikke."
    if action.rule == "D-21" and action.kind == "mail" and not outage.announced:
        return "Stansen er ikke varslet."
    if action.notice == "planned_first":
        later = outage.actions.filter(version=action.version, notice="planned_second", at__lte=now)
        if later.exists():
            return "Tiden for neste runde er også kommet: bare den sendes."
    planned = action.notice in ("planned_first", "planned_second", "planned_combined")
    if planned and outage.end is not None and now >= outage.end:
        return "Stansens slutt er passert."
    return ""


def _mail(action: PlannedAction, outage: Outage, now: datetime) -> None:
    """A notice to each group, by mail and to whoever wishes it by text message; copies to municipalities."""
    for each in recipients.by_mail(action, outage, now):
        text = text_of(outage, action.notice, now, each.language)
        notice, made = _issue(action, outage, "email", each, subject=text.subject, body=text.body, now=now)
        if made and not each.address:
            Notice.objects.filter(pk=notice.pk).update(state=Notice.State.REFUSED, answer="Gruppen har ingen adresse.")
            _missing_address(outage, each.name, now)
    if configuration().sms is not None:
        for each in recipients.by_text_message(action, outage, now):
            body = short_text_of(outage, action.notice, now, each.language)
            _issue(action, outage, "sms", each, subject="", body=body, now=now)
    _told(action, outage)


def _issue(
    action: PlannedAction, outage: Outage, channel: str, to: Recipient, *, subject: str, body: str, now: datetime
) -> tuple[Notice, bool]:
    """The row of one notice, with its id, and a job that sends it; whether it is new. No identity number is in it."""
    phones = [each.phone for each in facts_of(outage, now).counterparts]
    clean = masked(f"{subject}\n{body}", exempt=phones, only_certain=True)
    if clean.hits:
        _note(outage, "number_removed", action.rule, now)
    subject, _newline, body = clean.text.partition("\n")
    notice, made = Notice.objects.get_or_create(
        action=action, channel=channel, recipient=to.name, address=to.address,
        defaults={
            "outage": outage, "kind": action.notice, "subject": subject[:200], "body": body, "created_at": now,
            "message_id": message_id(action, to.name, to.address, channel),
        },
    )  # fmt: skip
    if made and to.address:
        enqueue("downtime.send", {"notice": notice.pk}, now=now)
    return notice, made


def message_id(action: PlannedAction, recipient: str, address: str, channel: str) -> str:
    """The same for the same outage, rule, version, channel and recipient, for ever."""
    told = f"{action.outage_id}|{action.rule}|{action.version}|{action.at.isoformat()}|{channel}|{recipient}|{address}"
    return f"<stans.{action.outage_id}.{hashlib.sha256(told.encode()).hexdigest()[:32]}@samhandling.invalid>"


def _told(action: PlannedAction, outage: Outage) -> None:
    """Remember what has been told; move the outage along its table."""
    if action.notice in ("cancelled", "finished", "finished_early"):
        return
    outage.announced, outage.told_start, outage.told_end = True, outage.start, outage.end
    outage.told_extended = outage.told_extended or action.notice in ("extended", "end_unknown")
    change = {"planned_first": Change.TELL_FIRST, "planned_second": Change.TELL_SECOND,
              "planned_combined": Change.TELL_SECOND}.get(action.notice)  # fmt: skip
    if change is not None and (State(outage.state), change) in TABLE:
        outage.state = after(State(outage.state), change)
    outage.save()


def _publish(action: PlannedAction, outage: Outage, now: datetime) -> None:
    outage.published, outage.published_until = True, action.until
    outage.save(update_fields=["published", "published_until"])
    _note(outage, "published", action.rule, now)
    _tell_intranet(action, outage, now)
    enqueue("downtime.export", {}, now=now, unique="downtime.export")


def _unpublish(action: PlannedAction, outage: Outage, now: datetime) -> None:
    if not outage.published:
        return
    outage.published = False
    outage.save(update_fields=["published"])
    _note(outage, "unpublished", action.rule, now)
    _tell_intranet(action, outage, now)
    enqueue("downtime.export", {}, now=now, unique="downtime.export")


def _tell_intranet(action: PlannedAction, outage: Outage, now: datetime) -> None:
    """The intranet's own publishing, where it is set up, gets the item (S-53, S-71 to S-73)."""
    if configuration().intranet is None:
        return
    title, text = item_of(outage, now)
    notice, made = Notice.objects.get_or_create(
        action=action, channel="intranet", recipient="intranett", address="",
        defaults={
            "outage": outage, "kind": action.kind, "subject": title[:200], "body": text, "created_at": now,
            "message_id": message_id(action, "intranett", "", "intranet"),
        },
    )  # fmt: skip
    if made:
        enqueue("downtime.send", {"notice": notice.pk}, now=now)


def _ask(action: PlannedAction, outage: Outage, now: datetime) -> None:
    """D-10, D-21: somebody must say whether it is over."""
    _note(outage, "asked", action.rule, now)
    late = outage.end is not None and now >= outage.end
    open_task(
        organisation=outage.organisation, kind="decide", cause="outage_unconfirmed", role="message_responsible",
        severity="high" if late else "medium", now=now, subject=outage.subject,
        unique_key=f"{outage.subject}:ask", due_at=outage.end or now + timedelta(minutes=15),
    )  # fmt: skip


def _missing_address(outage: Outage, recipient: str, now: datetime) -> None:
    open_task(
        organisation=outage.organisation, kind="technical", cause="outage_group_without_address", severity="high",
        role="message_responsible", now=now, subject=outage.subject, unique_key=f"{outage.subject}:group:{recipient}",
        text=recipient,
    )  # fmt: skip


_ACTS = {"mail": _mail, "publish": _publish, "unpublish": _unpublish, "ask": _ask}


def begin(running: Running) -> None:
    """Job: the time of a planned outage has come."""
    with transaction.atomic():
        outage = Outage.objects.select_for_update().get(pk=running.payload["outage"])
        current = outage.version == running.payload["version"]
        if current and (State(outage.state), Change.BEGIN) in TABLE:
            outage.state = after(State(outage.state), Change.BEGIN)
            outage.save(update_fields=["state"])
            _note(outage, "begun", "", running.now)
            standstill.begin(outage, running.now)
            enqueue("downtime.export", {}, now=running.now, unique="downtime.export")
        running.finish()


def _settle(action: PlannedAction, state: str, now: datetime, why: str = "") -> None:
    action.state, action.settled_at, action.why = state, now, why
    action.save(update_fields=["state", "settled_at", "why"])


def _note(outage: Outage, what: str, rule: str, now: datetime) -> None:
    OutageEntry.objects.create(outage=outage, at=now, what=what, rule=rule)
