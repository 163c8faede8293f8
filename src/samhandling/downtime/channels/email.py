"""E-mail: plain text to one recipient, by SMTP with STARTTLS and log-in where they are set."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from samhandling.clock import oslo
from samhandling.configuration import MailSetting, configuration
from samhandling.downtime.ports import ChannelBusyError, ChannelRefusedError, ChannelUnsureError, Letter

TIMEOUT = 20.0


class EmailChannel:
    """Hands notices to the mail server of the settings."""

    def __init__(self, setting: MailSetting | None = None) -> None:
        self._setting = setting or configuration().mail

    def hand_over(self, letter: Letter, *, now: datetime) -> str:
        """Send; gives the server's answer to the content."""
        if self._setting is None:
            raise ChannelRefusedError("E-post er ikke satt opp.")
        try:
            server = smtplib.SMTP(self._setting.host, self._setting.port, timeout=TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelBusyError(type(error).__name__) from None
        try:
            _prepare(server, self._setting, letter)
            return _content(server, written(self._setting, letter, now))
        finally:
            server.close()


def _prepare(server: smtplib.SMTP, setting: MailSetting, letter: Letter) -> None:
    """Everything before the content: whatever goes wrong here, nothing has been sent."""
    try:
        server.ehlo()
        if setting.starttls:
            context = ssl.create_default_context(cafile=None if setting.ca is None else str(setting.ca))
            server.starttls(context=context)
            server.ehlo()
        if setting.user:
            server.login(setting.user, setting.password())
        # What does not arrive comes back with this id (RFC 3461), whatever else a mail server leaves out.
        envelope = [f"ENVID={letter.id.strip('<>')}"] if server.has_extn("dsn") else []
        for code, answer in (server.mail(setting.sender, envelope), server.rcpt(letter.address)):
            _judge(code, answer)
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelBusyError(_said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelBusyError(type(error).__name__) from None


def _content(server: smtplib.SMTP, content: bytes) -> str:
    try:
        code, answer = server.data(content)
    except smtplib.SMTPDataError as error:  # refused the word DATA itself
        raise ChannelBusyError(_said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException):
        raise ChannelUnsureError("the connection died before the answer") from None
    _judge(code, answer)
    return _said(code, answer)


def _judge(code: int, answer: bytes | str) -> None:
    if code >= 500:
        raise ChannelRefusedError(_said(code, answer))
    if code >= 400:
        raise ChannelBusyError(_said(code, answer))


def written(setting: MailSetting, letter: Letter, now: datetime) -> bytes:
    """The mail as it goes: plain text, one recipient, nobody else named."""
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = setting.sender
    message["To"] = letter.address
    message["Date"] = format_datetime(oslo.local(now))
    message["Message-ID"] = letter.id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF"
    message.set_content(letter.body, cte="quoted-printable")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"
