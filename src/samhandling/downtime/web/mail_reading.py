"""What the page of reported outages and incoming mails shows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.downtime.mail_in import TO_LOOK_AT
from samhandling.downtime.models import IncomingMail, OutageReport
from samhandling.downtime.web import words
from samhandling.pages.texts import _, moment

SHOWN = timedelta(days=30)
MOST = 100
"""Rows of a list; of more it says how many there are."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of an outage."""

    pk: int
    when: str
    who: str
    phone: str
    address: str
    known_as: str
    unknown: bool
    """Came by mail from an address that is in no register."""
    channel: str
    text: str
    masked: bool
    settled: str
    outage_href: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail that a person must look at."""

    pk: int
    when: str
    what: str
    advice: str
    sender: str
    subject: str
    text: str
    outage_href: str
    settled: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows, and how many there are in all."""

    rows: tuple[ReportRow, ...] | tuple[MailRow, ...]
    count: int


def waiting(scope: Scope) -> int:
    """How many reports and mails nobody has decided about."""
    return _reports(scope).filter(settled_at=None).count() + _mails(scope).filter(settled_at=None).count()


def _reports(scope: Scope) -> QuerySet[OutageReport]:
    return OutageReport.objects.filter(organisation=scope.organisation)


def _mails(scope: Scope) -> QuerySet[IncomingMail]:
    return IncomingMail.objects.filter(organisation=scope.organisation, kind__in=TO_LOOK_AT)


def reports(scope: Scope, now: datetime, *, settled: bool) -> Listed:
    """Reports: those that wait, whose sender we know first; or those of the last month that are settled."""
    found = _reports(scope).filter(settled_at__isnull=not settled)
    if settled:
        found = found.filter(settled_at__gt=now - SHOWN)
    ordered = list(found.select_related("outage", "settled_by").order_by("-at", "-pk")[: MOST * 3])
    if not settled:
        ordered.sort(key=lambda row: row.channel == "mail" and not row.known_as)
    return Listed(tuple(_report(row) for row in ordered[:MOST]), found.count())


def _report(row: OutageReport) -> ReportRow:
    settled = ""
    if row.settled_at is not None and row.settled_by is not None:
        settled = _("%(name)s, %(when)s") % {"name": row.settled_by.shown_name, "when": moment(row.settled_at)}
    return ReportRow(
        pk=row.pk,
        when=moment(row.at),
        who=row.who,
        phone=row.phone,
        address=row.address,
        known_as=row.known_as,
        unknown=row.channel == "mail" and not row.known_as,
        channel=_(words.REPORTED_BY[row.channel]),
        text=row.text,
        masked=row.masked,
        settled=settled,
        outage_href=reverse("downtime:outage", args=[row.outage_id]) if row.outage_id else "",
    )


def mails(scope: Scope, *, settled: bool, now: datetime) -> Listed:
    """Mails that the node could not place: those that wait, or those of the last month that are settled."""
    found = _mails(scope).filter(settled_at__isnull=not settled)
    if settled:
        found = found.filter(settled_at__gt=now - SHOWN)
    rows = found.select_related("notice", "settled_by").order_by("-at", "-pk")[:MOST]
    return Listed(tuple(_mail(row) for row in rows), found.count())


def _mail(row: IncomingMail) -> MailRow:
    what, advice = words.UNPLACED[row.kind]
    settled = ""
    if row.settled_at is not None and row.settled_by is not None:
        settled = _("%(name)s, %(when)s") % {"name": row.settled_by.shown_name, "when": moment(row.settled_at)}
    return MailRow(
        pk=row.pk,
        when=moment(row.at),
        what=_(what),
        advice=_(advice),
        sender=row.sender,
        subject=row.subject,
        text=row.text,
        outage_href=reverse("downtime:outage", args=[row.notice.outage_id]) if row.notice is not None else "",
        settled=settled,
    )
