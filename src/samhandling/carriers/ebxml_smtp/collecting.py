"""Fetch by POP3 or IMAP: each mail is stored before it is deleted, so a crash gives a repeat and never a loss (9.1)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from samhandling import mailboxes
from samhandling.carriers.ebxml.cases import Taken
from samhandling.carriers.ebxml.incoming import take_in
from samhandling.carriers.ebxml.knowing import known
from samhandling.carriers.models import SetAside
from samhandling.configuration import MailboxSetting, configuration
from samhandling.ebxml.known import Known
from samhandling.ebxml.mime import MOST_BYTES
from samhandling.exchange import originals
from samhandling.jobs.outcomes import failure
from samhandling.mailboxes import Mailbox, MailboxError, Waiting
from samhandling.store.services import now as present

log = structlog.get_logger("samhandling.carriers.ebxml")

NAME = "ebxml_smtp"
MOST_AT_ONCE = 500
"""A server deletes when the connection is ended well: often enough that little comes twice."""
GARBAGE_AT_ONCE = 50
"""What is no message is set aside so many at a time: a mailbox full of it must not hold up the good ones."""
GARBAGE_BYTES = 4_000_000
TOO_LARGE, FAILED, UNREADABLE = "too_large", "failed", "not_readable"
KEPT = (TOO_LARGE, FAILED)
"""Set aside and left in the mailbox for a person to look at."""
_last_look = {"at": float("-inf")}
"""Monotonic seconds of this process's last look: how often to ask is no state worth storing."""


def collect_now() -> int:
    """`collect` for the worker, every `poll_seconds`, and at once while there is more; nothing without a mailbox."""
    setting = configuration().ebxml
    if setting is None or time.monotonic() - _last_look["at"] < setting.mailbox.poll_seconds:
        return 0
    _last_look["at"] = time.monotonic()
    try:
        count = collect(present())
    except MailboxError as error:
        log.warning("the mailbox cannot be reached", why=str(error))
        return 0
    if count >= MOST_AT_ONCE:
        _last_look["at"] = float("-inf")
    return count


def collect(now: datetime) -> int:
    """Take in the mails that wait, MOST_AT_ONCE at most; gives how many were dealt with. Raises MailboxError."""
    setting = configuration().ebxml
    if setting is None:
        return 0
    with mailboxes.opened(setting.mailbox.account()) as box:
        look = _Look(box, setting.mailbox, known(now), now)
        aside = dict(SetAside.objects.filter(mailbox=setting.mailbox.user).values_list("mail_key", "reason"))
        for mail in box.waiting():
            reason = aside.get(mail.key)
            if reason in KEPT:
                continue
            if reason is not None:
                look.done(mail)  # set aside before, and the connection broke
            else:
                look.at(mail)
            if look.count >= MOST_AT_ONCE:
                break
        look.put_garbage_aside()
    return look.count


@dataclass
class _Look:
    """One look into the mailbox."""

    box: Mailbox
    setting: MailboxSetting
    here: Known
    now: datetime
    count: int = 0
    garbage: list[tuple[Waiting, bytes]] = field(default_factory=list)

    def done(self, mail: Waiting) -> None:
        """It is stored, whatever it was: it may go."""
        self.box.delete(mail)
        self.count += 1

    def at(self, mail: Waiting) -> None:
        """Deal with one mail."""
        if mail.size > MOST_BYTES + 1_000_000:
            self.set_aside(TOO_LARGE, [(mail, None)])
            return
        data = self.box.read(mail)
        if data is None:
            return
        try:
            taken = take_in(data, self.here, carrier=NAME, now=self.now)
        except IntegrityError:
            return  # another worker has it in hand: seen again at the next look
        except DatabaseError:
            raise
        except Exception as error:  # one mail that we stumble over must not keep those behind it
            log.error("a mail could not be taken in", place=failure(error).place)
            self.set_aside(FAILED, [(mail, data)])
            return
        if taken is Taken.STORED:
            self.done(mail)
        elif taken is Taken.ASIDE:
            self.garbage.append((mail, data))
            if len(self.garbage) >= GARBAGE_AT_ONCE or sum(len(one) for _, one in self.garbage) > GARBAGE_BYTES:
                self.put_garbage_aside()

    def put_garbage_aside(self) -> None:
        """Keep what is no message; then it may go."""
        if self.garbage and self.set_aside(UNREADABLE, self.garbage):
            for mail, _ in self.garbage:
                self.done(mail)
        self.garbage = []

    def set_aside(self, reason: str, mails: list[tuple[Waiting, bytes]] | list[tuple[Waiting, None]]) -> bool:
        """Keep mails for a person, in one transaction. False when another worker was there first."""
        try:
            with transaction.atomic():
                for mail, data in mails:
                    content = originals.store(data, organisation=None, now=self.now) if data is not None else None
                    SetAside.objects.create(
                        mailbox=self.setting.user, mail_key=mail.key, reason=reason, size=mail.size,
                        content=content, set_aside_at=self.now,
                    )  # fmt: skip
        except IntegrityError:
            return False
        log.warning("mails were set aside", reason=reason, count=len(mails), size=sum(mail.size for mail, _ in mails))
        return True
