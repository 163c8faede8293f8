"""Fetch by POP3: each mail is stored before it is deleted, so a crash gives a repeat and never a loss (9.1)."""

from __future__ import annotations

import poplib
import ssl
import time
from datetime import datetime

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from samhandling.carriers.ebxml.incoming import Taken, take_in
from samhandling.carriers.ebxml.knowing import known
from samhandling.carriers.models import SetAside
from samhandling.configuration import MailboxSetting, configuration
from samhandling.ebxml.known import Known
from samhandling.ebxml.mime import MOST_BYTES
from samhandling.exchange import originals
from samhandling.jobs.outcomes import failure
from samhandling.store.services import now as present

log = structlog.get_logger("samhandling.carriers.ebxml")

NAME = "ebxml_smtp"
TIMEOUT = 60.0
MOST_AT_ONCE = 500
"""A server deletes when the connection is ended well: often enough that little comes twice."""
TOO_LARGE, FAILED = "too_large", "failed"
KEPT = (TOO_LARGE, FAILED)
"""Set aside and left in the mailbox for a person to look at."""
_last_look = {"at": float("-inf")}
"""Monotonic seconds of this process's last look: how often to ask is no state worth storing."""


def collect_now() -> int:
    """`collect` for the worker, every `poll_seconds`; nothing where no mailbox is set up."""
    setting = configuration().ebxml
    if setting is None or time.monotonic() - _last_look["at"] < setting.mailbox.poll_seconds:
        return 0
    _last_look["at"] = time.monotonic()
    try:
        return collect(present())
    except (OSError, poplib.error_proto) as error:
        log.warning("the mailbox cannot be reached", why=type(error).__name__)
        return 0


def collect(now: datetime) -> int:
    """Take in every mail that waits; gives how many were dealt with. Raises OSError, poplib.error_proto."""
    setting = configuration().ebxml
    if setting is None:
        return 0
    box = setting.mailbox
    server = _connect(box)
    count = 0
    try:
        server.user(box.user)
        server.pass_(box.password())
        keys = {int(number): key for number, key in (line.decode().split(" ", 1) for line in server.uidl()[1])}
        aside = dict(SetAside.objects.filter(mailbox=box.user).values_list("mail_key", "reason"))
        here = known(now)
        for line in server.list()[1]:
            number, size = (int(word) for word in line.split()[:2])
            key = keys.get(number, "")[:100]
            if aside.get(key) in KEPT:
                continue
            if key in aside or _one(server, box, number, size, key, here, now):
                server.dele(number)
                count += 1
            if count >= MOST_AT_ONCE:
                break
        server.quit()
    finally:
        server.close()
    return count


def _connect(box: MailboxSetting) -> poplib.POP3:
    # A mail is one line after another; the longest that base64 or a careless sender makes must pass.
    poplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]
    if not box.pop3_tls:
        return poplib.POP3(box.pop3_host, box.pop3_port, timeout=TIMEOUT)
    context = ssl.create_default_context(cafile=None if box.ca is None else str(box.ca))
    return poplib.POP3_SSL(box.pop3_host, box.pop3_port, timeout=TIMEOUT, context=context)


def _one(
    server: poplib.POP3, box: MailboxSetting, number: int, size: int, key: str, here: Known, now: datetime
) -> bool:
    """Deal with one mail; whether it may be deleted."""
    if size > MOST_BYTES + 1_000_000:
        _set_aside(box, key, TOO_LARGE, size, None, now)
        return False
    data = b"\r\n".join(server.retr(number)[1]) + b"\r\n"
    try:
        taken = take_in(data, here, carrier=NAME, now=now)
    except IntegrityError:
        return False  # another worker has it in hand: seen again at the next look
    except DatabaseError:
        raise
    except Exception as error:  # one mail that we stumble over must not keep those behind it
        log.error("a mail could not be taken in", place=failure(error).place)
        _set_aside(box, key, FAILED, size, data, now)
        return False
    if taken is Taken.ASIDE:
        _set_aside(box, key, "not_readable", size, data, now)
        return True
    return taken is Taken.STORED


def _set_aside(box: MailboxSetting, key: str, reason: str, size: int, data: bytes | None, now: datetime) -> None:
    with transaction.atomic():
        content = originals.store(data, organisation=None, now=now) if data is not None else None
        SetAside.objects.create(
            mailbox=box.user, mail_key=key[:100], reason=reason, size=size, content=content, set_aside_at=now
        )
    log.warning("a mail was set aside", reason=reason, size=size)
