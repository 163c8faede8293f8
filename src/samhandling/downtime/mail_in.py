"""The desk's mailboxes: bounces of notices, and outages that others report. Each mail is kept before it is deleted.

A mail that cannot be read, or is too large, stays in the mailbox for a person; none is looked at twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from samhandling import mailboxes
from samhandling.access.models import User
from samhandling.configuration import PostboxSetting, configuration
from samhandling.downtime import reporting
from samhandling.downtime.follow_up import not_told
from samhandling.downtime.models import IncomingMail, Notice
from samhandling.downtime.rules import incoming
from samhandling.errors import NotFoundError
from samhandling.mailboxes import Mailbox, MailboxError, Waiting
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.store.services import now as present
from samhandling.tasks.services import close_tasks, open_task

log = structlog.get_logger("samhandling.downtime.mail_in")

MOST_BYTES = 2_000_000
MOST_AT_ONCE = 200
"""Mails in one look, so that deletions hold and other mailboxes get their turn."""
STAY = (IncomingMail.Kind.TOO_LARGE.value, IncomingMail.Kind.UNREADABLE.value)
"""Left in the mailbox."""
UNPLACED = "outage_mail_unplaced"
Kind = IncomingMail.Kind
_next_look: dict[str, float] = {}
"""Monotonic seconds of each mailbox's next look: how often to ask is no state worth storing."""


def look_now() -> int:
    """For the worker to call again and again; looks into each mailbox as often as its setting says."""
    settings, count = configuration(), 0
    returns = settings.mail.returns if settings.mail is not None else None
    for setting, keep in ((returns, _returned), (settings.outage_mailbox, _reported)):
        if setting is None or time.monotonic() < _next_look.get(setting.name, 0.0):
            continue
        _next_look[setting.name] = time.monotonic() + setting.poll_seconds
        try:
            found = collect(setting, keep, present())
        except MailboxError as error:
            log.warning("a mailbox cannot be read", mailbox=setting.name, why=str(error))
            continue
        if found >= MOST_AT_ONCE:
            _next_look[setting.name] = 0.0
        count += found
    return count


Keep = Callable[[Organisation, incoming.Mail, datetime], tuple[IncomingMail.Kind, Notice | None]]


def collect(setting: PostboxSetting, keep: Keep, now: datetime) -> int:
    """Take in the mails that wait; gives how many were dealt with. Raises MailboxError."""
    organisation = desk_of(setting)
    if organisation is None:
        log.warning("a mailbox belongs to nobody here", mailbox=setting.name)
        return 0
    count = 0
    with mailboxes.opened(setting.account()) as box:
        waiting = box.waiting()
        known = dict(IncomingMail.objects.filter(mailbox=setting.name).values_list("mail_key", "kind"))
        for mail in waiting:
            kind = known.get(mail.key)
            if kind in STAY:
                continue
            if kind is None:
                kind = _take(box, mail, setting.name, organisation, keep, now)
            if kind is not None and kind not in STAY:
                box.delete(mail)
            count += 1
            if count >= MOST_AT_ONCE:
                break
    return count


def desk_of(setting: PostboxSetting) -> Organisation | None:
    """Whose desk reads that mailbox: the organisation that the setting names, else the only hosted hospital."""
    name = setting.organisation.strip()
    if not name:
        hospitals = list(hosted_organisations("hospital"))
        return hospitals[0] if len(hospitals) == 1 else None
    return next((each for each in hosted_organisations() if name in (each.her_id, each.organisation_number)), None)


def _take(
    box: Mailbox, mail: Waiting, mailbox: str, organisation: Organisation, keep: Keep, now: datetime
) -> str | None:
    """Keep one mail; what it was, or None when another has taken it."""
    data = box.read(mail) if mail.size <= MOST_BYTES else b""
    if data is None:
        return None
    read = incoming.read(data)
    try:
        with transaction.atomic():
            row = IncomingMail(
                organisation=organisation, mailbox=mailbox, mail_key=mail.key, at=now, size=mail.size,
                sender=read.sender, subject=read.subject,
            )  # fmt: skip
            if mail.size > MOST_BYTES:
                row.kind = Kind.TOO_LARGE
            elif read.kind == "unreadable":
                row.kind = Kind.UNREADABLE
            else:
                row.kind, row.notice = keep(organisation, read, now)
            if row.notice is not None:
                row.organisation = row.notice.outage.organisation
            if row.kind in (Kind.UNKNOWN, Kind.OTHER):
                row.text = read.text
            row.save()
            if row.kind in TO_LOOK_AT:
                _ask(row, now)
    except IntegrityError:
        return None
    return str(row.kind)


TO_LOOK_AT = (Kind.UNKNOWN, Kind.OTHER, Kind.UNREADABLE, Kind.TOO_LARGE)
"""Kinds that a person must look at."""


def _ask(row: IncomingMail, now: datetime) -> None:
    """One task for all mails that a person must look at."""
    open_task(
        organisation=row.organisation, kind="read", cause=UNPLACED, severity="normal", now=now,
        role="message_responsible", unique_key=UNPLACED,
        text="Det er kommet e-post som systemet ikke kan plassere. Se den under Nedetid, Meldt stans og e-post.",
    )  # fmt: skip


def _returned(
    organisation: Organisation, mail: incoming.Mail, now: datetime
) -> tuple[IncomingMail.Kind, Notice | None]:
    """A mail in the mailbox that bounces come back to."""
    notice = _notice(mail.notice)
    if mail.kind == "automatic":
        return Kind.AUTOMATIC, notice
    if mail.kind == "words":
        return Kind.OTHER, notice
    if notice is None or mail.kind == "returned":
        return Kind.UNKNOWN, None
    kind = Kind(mail.kind)
    said = " ".join(part for part in (mail.status, mail.reason) if part) or mail.subject
    if mail.address and mail.address.lower() != notice.address.lower():
        said = f"{mail.address}: {said}"
    notice.returned_at, notice.returned = now, said[:300]
    if kind is Kind.FAILED:
        notice.state = Notice.State.BOUNCED
        not_told(notice, "outage_mail_bounced", said, now)
    notice.save(update_fields=["returned_at", "returned", "state"])
    return kind, notice


def _notice(message_id: str) -> Notice | None:
    if not message_id:
        return None
    rows = Notice.objects.select_for_update(of=("self",)).select_related("outage__organisation")
    return rows.filter(message_id=message_id, channel="email").first()


def _reported(
    organisation: Organisation, mail: incoming.Mail, now: datetime
) -> tuple[IncomingMail.Kind, Notice | None]:
    """A mail in the mailbox where others report outages; what comes back to it instead is treated as such."""
    if mail.kind != "words":
        return _returned(organisation, mail, now)
    reporting.by_mail(organisation, mail, now)
    return Kind.REPORT, None


@transaction.atomic
def settle(mail_id: int, *, organisation_id: int, user: User, now: datetime) -> None:
    """A person has looked at the mail. Raises NotFoundError."""
    rows = IncomingMail.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=mail_id, organisation_id=organisation_id, kind__in=TO_LOOK_AT).first()
    if row is None:
        raise NotFoundError(f"mail {mail_id}")
    row.settled_at, row.settled_by = now, user
    row.save(update_fields=["settled_at", "settled_by"])
    left = IncomingMail.objects.filter(organisation=row.organisation, kind__in=TO_LOOK_AT, settled_at=None)
    if not left.exists():
        close_tasks(how="done", now=now, organisation=row.organisation, unique_key=UNPLACED, user=user)
