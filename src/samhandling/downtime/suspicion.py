"""Trouble that the node itself notices, and reports from people: evidence for a person who decides (S-05, A-01).

Nothing here announces anything: it opens a task with what speaks for an outage, and a person says whether it is one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from samhandling.downtime.models import Outage, OutageReport
from samhandling.downtime.rules.number_filter import suspects
from samhandling.downtime.standing import DURING
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Delivery
from samhandling.exchange.rules import DeliveryState
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

SILENT_MESSAGES = 3
"""So many messages without a receipt from one counterpart are evidence."""
SILENT_FOR = timedelta(minutes=30)
LOOKED_BACK = timedelta(hours=12)
PAUSE_SECONDS = 60.0
REPORTS_AN_HOUR = 30
CAUSE = "outage_suspected"


class ReportRefusedError(SamhandlingError):
    """A report that holds what looks like a person number, or is one of too many."""

    code = "downtime.report_refused"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an outage at one counterpart."""

    her_id: str
    name: str
    waiting: int
    failed: int
    last_receipt: datetime | None


def evidence(organisation: Organisation, now: datetime) -> list[Evidence]:
    """Counterparts from which nothing has come for messages that should have been receipted, most messages first."""
    recent = Delivery.objects.filter(
        organisation=organisation, message__isnull=False, hold=None, queued_at__gte=now - LOOKED_BACK
    )
    waiting = Q(receipted_at=None, queued_at__lte=now - SILENT_FOR) & ~Q(state=DeliveryState.FAILED)
    rows = (
        recent.values("organisation_her")
        .annotate(
            waiting=Count("pk", filter=waiting), failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
            last=Max("receipted_at"), name=Max("name"),
        )
        .order_by("-waiting", "organisation_her")
    )  # fmt: skip
    return [
        Evidence(row["organisation_her"], row["name"], row["waiting"], row["failed"], row["last"])
        for row in rows
        if row["waiting"] + row["failed"] >= SILENT_MESSAGES
        and (row["last"] is None or row["last"] <= now - SILENT_FOR)
    ]


@transaction.atomic
def look(organisation: Organisation, now: datetime) -> int:
    """Propose an outage for each counterpart that the evidence speaks against; withdraw proposals that fell away."""
    found = [] if _known(organisation) else evidence(organisation, now)
    wanted = {f"{CAUSE}:{each.her_id}": each for each in found}
    standing = Task.objects.filter(organisation=organisation, cause=CAUSE, closed_at=None)
    gone = [key for key in standing.values_list("unique_key", flat=True) if key not in wanted]
    if gone:
        close_tasks(how="resolved", now=now, organisation=organisation, unique_key=gone)
    for key, each in wanted.items():
        open_task(
            organisation=organisation, kind="decide", cause=CAUSE, severity="high", role="message_responsible",
            now=now, unique_key=key, group_key=key, text=_told(each, now),
        )  # fmt: skip
    return len(wanted)


def _known(organisation: Organisation) -> bool:
    """While an outage of everything lasts there is nothing to suspect."""
    during = Outage.objects.filter(organisation=organisation, state__in=DURING)
    return any(not outage.municipalities for outage in during)


def _told(each: Evidence, now: datetime) -> str:
    last = moment(each.last_receipt, now) if each.last_receipt else _("ingen det siste halve døgnet")
    return _(
        "%(name)s: %(waiting)s meldinger uten bekreftelse, %(failed)s som ikke kom fram. Siste bekreftelse: %(last)s. "
        "Ring dem. Er det stans, meld den under Nedetid."
    ) % {"name": each.name, "waiting": each.waiting, "failed": each.failed, "last": last}


_next_look = 0.0


def look_now() -> int:
    """For the worker to call again and again; looks once a minute."""
    global _next_look
    if time.monotonic() < _next_look:
        return 0
    _next_look = time.monotonic() + PAUSE_SECONDS
    now = present()
    for organisation in hosted_organisations():
        look(organisation, now)
    return 0


@transaction.atomic
def report(organisation: Organisation, *, who: str, phone: str, text: str, channel: str, now: datetime) -> OutageReport:
    """Somebody reports trouble: kept, and a task for the message responsible. Raises ReportRefusedError."""
    if suspects(f"{who} {text}", exempt=[phone]):
        raise ReportRefusedError("looks like a person number")
    lately = OutageReport.objects.filter(organisation=organisation, at__gt=now - timedelta(hours=1))
    if lately.count() >= REPORTS_AN_HOUR:
        raise ReportRefusedError("too many in an hour")
    row = OutageReport.objects.create(
        organisation=organisation, at=now, who=who, phone=phone, text=text, channel=channel
    )
    open_task(
        organisation=organisation, kind="decide", cause="outage_reported", severity="high", role="message_responsible",
        now=now, unique_key=f"outage_report:{row.pk}", group_key="outage_reported", phone=phone,
        text=_("%(who)s melder: %(text)s") % {"who": who, "text": text},
    )  # fmt: skip
    return row
