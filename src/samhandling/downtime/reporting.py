"""What others report by mail (S-05 to S-07): who, when, what, whether we know the sender; a person decides."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.downtime.models import Outage, OutageReport
from samhandling.downtime.rules.incoming import Mail
from samhandling.errors import NotFoundError
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import valid
from samhandling.pages.texts import _, moment
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.tasks.services import close_tasks, open_task

UNKNOWN_AN_HOUR = 30
"""So many mails from addresses nobody knows get a task each; of more there is one for all."""
CAUSE = "outage_reported"
IN_A_TASK = 300
"""Characters of a report that stand in its task."""


def by_mail(organisation: Organisation, mail: Mail, now: datetime) -> OutageReport:
    """Keep the report and ask the message responsible to decide, in the caller's transaction."""
    whose = known_as(mail.sender, oslo.day(now))
    row = OutageReport.objects.create(
        organisation=organisation, at=now, who=(mail.name or mail.sender or "?")[:100], address=mail.sender,
        known_as=whose[:200], text="\n".join(part for part in (mail.subject, mail.text) if part), masked=mail.masked,
        channel="mail",
    )  # fmt: skip
    hour_ago = now - timedelta(hours=1)
    lately = OutageReport.objects.filter(organisation=organisation, channel="mail", known_as="", at__gt=hour_ago)
    many = not whose and lately.count() > UNKNOWN_AN_HOUR
    open_task(
        organisation=organisation, kind="decide", cause=CAUSE, severity="medium" if many else "high",
        role="message_responsible", now=now, unique_key="outage_report:many" if many else _key(row.address),
        group_key=CAUSE, text=_MANY if many else _told(row),
    )  # fmt: skip
    return row


_MANY = "Mange e-poster fra ukjente avsendere til adressen for meldt stans. Se dem under Nedetid, Meldt stans."


def _told(row: OutageReport) -> str:
    who = f"{row.who} ({row.known_as})" if row.known_as else f"{row.who}, {row.address} (ukjent avsender)"
    short = row.text if len(row.text) <= IN_A_TASK else row.text[:IN_A_TASK].rstrip() + " …"
    hidden = " Noe som så ut som et fødselsnummer, er fjernet." if row.masked else ""
    return f"{who} melder på e-post: {short}{hidden}"


def _key(address: str) -> str:
    """One open task for each sender, however often he writes."""
    return f"outage_report:mail:{hashlib.sha256(address.lower().encode()).hexdigest()[:24]}"


def known_as(address: str, day: date) -> str:
    """Whose address that is in the register of contacts on that day; empty when it is nobody's."""
    if not address:
        return ""
    points = ContactPoint.objects.filter(valid(day), email__iexact=address).select_related("organisation")
    if (point := points.order_by("pk").first()) is not None:
        return f"{point.organisation.name}, {point.name or point.get_kind_display()}"
    group = ContactGroup.objects.filter(valid(day), email__iexact=address).select_related("organisation").first()
    if group is not None:
        return f"{group.organisation.name}, {group.name}"
    members = ContactGroupMember.objects.filter(valid(day), email__iexact=address)
    member = members.select_related("group__organisation").order_by("pk").first()
    return f"{member.group.organisation.name}, {member.name or member.role}" if member is not None else ""


@transaction.atomic
def settle(report_id: int, *, organisation_id: int, user: User, now: datetime, outage: Outage | None = None) -> None:
    """A person has decided: it is that outage, or none. Raises NotFoundError."""
    rows = OutageReport.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=report_id, organisation_id=organisation_id).first()
    if row is None:
        raise NotFoundError(f"report {report_id}")
    row.outage, row.settled_at, row.settled_by = outage, now, user
    row.save(update_fields=["outage", "settled_at", "settled_by"])
    others = OutageReport.objects.filter(
        organisation=row.organisation, channel=row.channel, address=row.address, settled_at=None
    )
    keys = [f"outage_report:{row.pk}"] if row.channel != "mail" or others.exists() else [_key(row.address)]
    close_tasks(how="done", now=now, organisation=row.organisation, unique_key=keys, user=user)


def waiting(report_id: int | None, organisation_id: int) -> OutageReport | None:
    """The report of that id that nobody has decided about."""
    if report_id is None:
        return None
    return OutageReport.objects.filter(pk=report_id, organisation_id=organisation_id, settled_at=None).first()


def by_whom(row: OutageReport, now: datetime) -> str:
    """Who reported, when and how, as the outage keeps it."""
    how = {"mail": _("e-post"), "phone": _("telefon")}.get(row.channel, _("siden Meld stans"))
    who = row.known_as or row.address or row.phone
    told = f"{row.who} ({who})" if who and who != row.who else row.who
    return _("%(who)s, %(when)s, %(how)s") % {"who": told[:140], "when": moment(row.at, now), "how": how}
