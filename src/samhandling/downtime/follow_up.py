"""Notices that did not arrive: who must be told by telephone instead, and that it was done (issue point 8, 4.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.access.models import User
from samhandling.downtime.models import Notice, OutageEntry
from samhandling.downtime.recipients import calls
from samhandling.errors import NotFoundError
from samhandling.tasks.services import close_tasks, open_task

NOT_TOLD = (Notice.State.REFUSED.value, Notice.State.BOUNCED.value)


def not_told(notice: Notice, cause: str, why: str, now: datetime) -> None:
    """Somebody must call: a task with the number to call instead. In the caller's transaction."""
    outage = notice.outage
    found = calls(notice, now)
    address = f" ({notice.address})" if notice.address else ""
    lines = [f"Varselet til {notice.recipient}{address} kom ikke fram: {why or 'ingen begrunnelse'}."]
    if found:
        lines.append("Ring i stedet: " + "; ".join(f"{each.who} {each.phone}" for each in found[:5]) + ".")
    else:
        lines.append("Registeret har ingen telefon for dem. Finn nummeret, og rett adressen.")
    open_task(
        organisation=outage.organisation, kind="call", cause=cause, severity="high", role="message_responsible",
        now=now, subject=outage.subject, group_key=f"{outage.subject}:not_told", unique_key=_key(notice),
        text=" ".join(lines), phone=found[0].phone if found else "",
    )  # fmt: skip


def _key(notice: Notice) -> str:
    return f"{notice.outage.subject}:notice:{notice.pk}"


@transaction.atomic
def followed_up(notice_id: int, *, how: str, organisation_id: int, user: User, now: datetime) -> Notice:
    """A person has told the recipient in another way. Raises NotFoundError."""
    rows = Notice.objects.select_for_update(of=("self",)).select_related("outage__organisation")
    notice = rows.filter(pk=notice_id, outage__organisation_id=organisation_id, state__in=NOT_TOLD).first()
    if notice is None:
        raise NotFoundError(f"notice {notice_id}")
    notice.followed_at, notice.followed_by, notice.followed_how = now, user, how[:200]
    notice.save(update_fields=["followed_at", "followed_by", "followed_how"])
    OutageEntry.objects.create(
        outage=notice.outage, at=now, what="followed_up", user=user, text=f"{notice.recipient}: {how}"[:500]
    )
    close_tasks(how="done", now=now, organisation=notice.outage.organisation, unique_key=_key(notice), user=user)
    return notice
