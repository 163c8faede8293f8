"""Notices by e-mail: stored before sending, sent until the server has answered, proof kept.

A notice has one Message-ID for ever. When a process or connection dies between the content and its answer the notice
is sent again with the same id and marked *possibly twice*; in every other case it is sent exactly once.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from django.db import transaction

from samhandling.clock import oslo
from samhandling.configuration import MailSetting, configuration
from samhandling.downtime.models import Notice
from samhandling.errors import SamhandlingError
from samhandling.jobs.handlers import retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running
from samhandling.tasks.services import open_task

TIMEOUT = 20.0


class MailUnreachableError(SamhandlingError):
    """The mail server cannot be reached, or asks us to try again later."""

    code = "downtime.mail_unreachable"
    retryable = True


@retry_with(Retry(attempts=500, factor=2.0, longest=timedelta(seconds=60)))
def mail(running: Running) -> None:
    """Job: hand one notice to the mail server."""
    setting = configuration().mail
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("outage__organisation")
            .filter(pk=running.payload["notice"])
            .first()
        )
        if notice is None or notice.state not in (Notice.State.WAITING, Notice.State.SENDING):
            running.finish()
            return
        if setting is None:
            _refused(notice, "E-post er ikke satt opp.", running.now)
            running.finish()
            return
        # Found as *sending*: the one who tried before us died without telling how far he came.
        notice.possibly_twice = notice.possibly_twice or notice.state == Notice.State.SENDING
        notice.state, notice.attempts = Notice.State.SENDING, notice.attempts + 1
        notice.save(update_fields=["possibly_twice", "state", "attempts"])
    try:
        answer = _hand_over(setting, notice, running.now)
    except _Refused as error:
        with transaction.atomic():
            _refused(notice, str(error), running.now)
            running.finish()
        return
    except _NotTaken as error:
        with transaction.atomic():
            # Nothing left this house: the next attempt is the first.
            notice.state, notice.answer = Notice.State.WAITING, str(error)[:300]
            notice.save(update_fields=["state", "answer"])
        raise MailUnreachableError from None
    with transaction.atomic():
        notice.state, notice.sent_at, notice.answer = Notice.State.SENT, running.now, answer[:300]
        notice.save(update_fields=["state", "sent_at", "answer"])
        running.finish()


class _Refused(Exception):
    """The server will never take it."""


class _NotTaken(Exception):
    """The server has surely not taken it: try again."""


def _hand_over(setting: MailSetting, notice: Notice, now: datetime) -> str:
    """Send; gives the server's answer to the content. Raises _Refused, _NotTaken, MailUnreachableError (unsure)."""
    try:
        server = smtplib.SMTP(setting.host, setting.port, timeout=TIMEOUT)
    except (OSError, smtplib.SMTPException) as error:
        raise _NotTaken(type(error).__name__) from None
    try:
        _prepare(server, setting, notice.address)
        return _content(server, letter(setting, notice, now))
    finally:
        server.close()


def _prepare(server: smtplib.SMTP, setting: MailSetting, address: str) -> None:
    """Everything before the content: whatever goes wrong here, nothing has been sent."""
    try:
        server.ehlo()
        if setting.starttls:
            context = ssl.create_default_context(cafile=None if setting.ca is None else str(setting.ca))
            server.starttls(context=context)
            server.ehlo()
        if setting.user:
            server.login(setting.user, setting.password())
        for code, answer in (server.mail(setting.sender), server.rcpt(address)):
            if code >= 500:
                raise _Refused(_said(code, answer))
            if code >= 400:
                raise _NotTaken(_said(code, answer))
    except smtplib.SMTPAuthenticationError as error:
        raise _NotTaken(_said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _NotTaken(type(error).__name__) from None


def _content(server: smtplib.SMTP, content: bytes) -> str:
    try:
        code, answer = server.data(content)
    except smtplib.SMTPDataError as error:  # refused the word DATA itself
        raise _NotTaken(_said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException):
        # It may or may not have been taken: the notice stays *sending*, and the next attempt is marked.
        raise MailUnreachableError("the connection died before the answer") from None
    if code >= 500:
        raise _Refused(_said(code, answer))
    if code >= 400:
        raise _NotTaken(_said(code, answer))
    return _said(code, answer)


def letter(setting: MailSetting, notice: Notice, now: datetime) -> bytes:
    """The mail as it goes: plain text, one recipient, nobody else named."""
    message = EmailMessage()
    message["Subject"] = notice.subject
    message["From"] = setting.sender
    message["To"] = notice.address
    message["Date"] = format_datetime(oslo.local(now))
    message["Message-ID"] = notice.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF"
    message.set_content(notice.body, cte="quoted-printable")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _refused(notice: Notice, why: str, now: datetime) -> None:
    notice.state, notice.answer = Notice.State.REFUSED, why[:300]
    notice.save(update_fields=["state", "answer"])
    open_task(
        organisation=notice.outage.organisation, kind="technical", cause="outage_mail_refused", severity="high",
        role="message_responsible", now=now, subject=notice.outage.subject, text=notice.recipient,
        unique_key=f"{notice.outage.subject}:mail:{notice.recipient}"[:200],
    )  # fmt: skip


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"
