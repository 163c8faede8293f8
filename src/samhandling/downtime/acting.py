"""When the time of a planned action has come: does it still hold, and then what (routines 4.4).

A finished or cancelled outage never sends round 2; what was due while the node was down is done at once if it still
holds, else noted as missed with the reason, never both.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from samhandling.clock import oslo
from samhandling.configuration import configuration
from samhandling.downtime import approving, standstill
from samhandling.downtime.facts import counterparts
from samhandling.downtime.models import Notice, Outage, OutageEntry, PlannedAction
from samhandling.downtime.rules.life import TABLE, Change, State, after
from samhandling.downtime.services import text_of
from samhandling.downtime.standing import item_of
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.organisations.services import valid
from samhandling.registry.models import ContactGroup, ContactPoint
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
    """A notice to each group; municipalities get a copy when the outage is on our side."""
    text = text_of(outage, action.notice, now)
    for recipient, address in recipients(action, outage, now):
        notice, made = Notice.objects.get_or_create(
            action=action, channel="email", recipient=recipient, address=address,
            defaults={
                "outage": outage, "kind": action.notice, "subject": text.subject[:200], "body": text.body,
                "message_id": message_id(action, recipient, address), "created_at": now,
                "state": Notice.State.WAITING if address else Notice.State.REFUSED,
                "answer": "" if address else "Gruppen har ingen adresse.",
            },
        )  # fmt: skip
        if made and address:
            enqueue("downtime.send", {"notice": notice.pk}, now=now)
        elif made:
            _missing_address(outage, recipient, now)
    _told(action, outage)


def message_id(action: PlannedAction, recipient: str, address: str) -> str:
    """The same for the same outage, rule, version, channel and recipient, for ever."""
    told = f"{action.outage_id}|{action.rule}|{action.version}|{action.at.isoformat()}|email|{recipient}|{address}"
    return f"<stans.{action.outage_id}.{hashlib.sha256(told.encode()).hexdigest()[:32]}@samhandling.invalid>"


def recipients(action: PlannedAction, outage: Outage, now: datetime) -> list[tuple[str, str]]:
    """(name, address) of everybody that the action tells; a group without an address stands with an empty one."""
    day = oslo.day(now)
    groups = {
        slug(row.name): row
        for row in ContactGroup.objects.filter(valid(day), organisation=outage.organisation).prefetch_related("members")
    }
    found: list[tuple[str, str]] = []
    for name in action.recipients:
        row = groups.get(name)
        if row is None:
            found.append((name, ""))
        elif row.email:
            found.append((row.name, row.email))
        else:
            members = [m.email for m in row.members.all() if m.email and (m.valid_to is None or m.valid_to >= day)]
            found += [(row.name, address) for address in dict.fromkeys(members)] or [(row.name, "")]
    if outage.own_side:
        found += _copies(outage, now)
    return found


def _copies(outage: Outage, now: datetime) -> list[tuple[str, str]]:
    kind = "acute_stop" if outage.kind == "acute" else "planned_stop"
    rows = (
        ContactPoint.objects.filter(valid(oslo.day(now)), organisation__in=counterparts(outage, now), kind=kind)
        .exclude(email="")
        .select_related("organisation")
        .order_by("pk")
    )
    return list(dict.fromkeys((row.organisation.name, row.email) for row in rows))


def slug(name: str) -> str:
    """`PLO seksjonsledere/stedfortredere` -> `seksjonsledere`; `PLO avdelingsrådgivere` -> `avdelingsradgivere`."""
    low = name.lower().translate(str.maketrans("æøå", "aoa")).removeprefix("plo").strip()
    return low.split("/")[0].strip()


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
            "message_id": message_id(action, "intranett", ""),
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
