"""The carrier: a document becomes a signed, encrypted mail."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime, timedelta

from samhandling.carriers.ebxml import outgoing
from samhandling.carriers.ebxml.outgoing import EbxmlCarrier, Parcel
from samhandling.carriers.ebxml_smtp import collecting
from samhandling.carriers.models import Transmission
from samhandling.configuration import MailboxSetting, configuration
from samhandling.ebxml.mime import MOST_BYTES
from samhandling.ebxml.packing import Packed, as_mail
from samhandling.errors import ConfigurationError
from samhandling.exchange.ports import CarrierError, CarrierRefusedError

NAME = "ebxml_smtp"
TIMEOUT = 60.0
DRAINED = timedelta(seconds=10)
"""So long an emptied mailbox counts as empty."""
_drained = {"at": datetime.min.replace(tzinfo=UTC)}
"""When this process last emptied it."""


def mailbox() -> MailboxSetting:
    """The mailbox of the settings. Raises ConfigurationError when there is none."""
    setting = configuration().ebxml
    if setting is None:
        raise ConfigurationError("ebxml: no mailbox is set up")
    return setting.mailbox


class EbxmlSmtpCarrier(EbxmlCarrier):
    """Hands over to the mail server; the acknowledgment comes back as a mail."""

    name = NAME

    def drain(self, now: datetime) -> None:
        """Take in all that waits in the mailbox; not again for each of many that are due together (S13)."""
        if abs(now - _drained["at"]) >= DRAINED:
            while collecting.collect(now) >= collecting.MOST_AT_ONCE:
                pass
            _drained["at"] = now

    def send(self, transmission: Transmission, *, now: datetime) -> None:
        """One mail more. Raises what `submit` does."""
        outgoing.send(transmission, self.submit, now=now)

    def submit(self, parcel: Parcel, now: datetime) -> bytes:
        """One mail to the server. Raises CarrierRefusedError for what it will never take, else CarrierError."""
        data = as_mail(
            Packed(parcel.content, b"", ""), sender=parcel.sender, receiver=parcel.receiver, mail_id=parcel.mail_id,
            now=now, subject=parcel.subject, about=parcel.about,
        )  # fmt: skip
        if len(data) > MOST_BYTES:
            raise CarrierRefusedError("the mail is larger than the network takes")
        setting = mailbox()
        try:
            with smtplib.SMTP(setting.smtp_host, setting.smtp_port, timeout=TIMEOUT) as server:
                if setting.smtp_starttls:
                    ca = None if setting.ca is None else str(setting.ca)
                    server.starttls(context=ssl.create_default_context(cafile=ca))
                if setting.user and setting.password_file:
                    server.login(setting.user, setting.password())
                options = [f"ENVID={parcel.mail_id.partition('@')[0]}"] if server.has_extn("dsn") else []
                server.sendmail(parcel.sender, [parcel.receiver], data, mail_options=options)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(answer[0] for answer in error.recipients.values())
            raise (CarrierRefusedError if code >= 500 else CarrierError)(f"the mail server says {code}") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code in {550, 551, 552, 553, 554}:
                raise CarrierRefusedError(f"the mail server says {error.smtp_code}") from error
            raise CarrierError(f"the mail server says {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise CarrierError(type(error).__name__) from error
        return b""
