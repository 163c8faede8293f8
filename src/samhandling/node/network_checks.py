"""What the node needs on the national network: keys, certificates, revocation lists, mailboxes."""

from __future__ import annotations

import dataclasses
import smtplib
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from samhandling import mailboxes
from samhandling.clock import oslo
from samhandling.configuration import MailboxSetting
from samhandling.ebxml import certificates
from samhandling.ebxml.certificates import Trust, Use
from samhandling.ebxml.files import Loaded
from samhandling.registry.showing import DOUBTS

LEAD = timedelta(hours=108)
"""A new certificate must be published so long before the old one ends (10.3)."""
SOON = timedelta(days=30)
TIMEOUT = 10.0

Found = tuple[str, Literal["ok", "warning", "error"], str]


def of_files(loaded: Loaded, trust: Trust, now: datetime) -> Iterator[Found]:
    """Words on our keys, the certificates of others in files, and the revocation lists.

    `trust`: the issuers of the files, with what has been fetched of their lists.
    """
    if not loaded.signing:
        yield "ebxml keys", "error", "Ingen nøkkel til å signere med. Se docs/connect-to-the-network.md."
    if not loaded.decrypters:
        yield "ebxml keys", "error", "Ingen nøkkel til å dekryptere med. Se docs/connect-to-the-network.md."
    if not loaded.trust.issuers:
        yield "ebxml issuers", "error", "Ingen utstedere er oppgitt: alle sertifikater vil bli avvist."
    ours = [(her, Use.SIGNING, one.certificate) for her, keys in loaded.signing.items() for _, one in keys]
    ours += [("oss", Use.ENCRYPTION, pair.certificate) for pair in loaded.decrypters]
    theirs = [
        (her_id, Use(use), certificate)
        for (her_id, use), found in loaded.registered.items()
        for certificate in found[:1]
    ]
    for her_id, use, certificate in [*ours, *theirs]:
        word = "signering" if use is Use.SIGNING else "kryptering"
        doubts = certificates.judge(certificate, use=use, signed_at=now, now=now, trust=trust)
        until = oslo.say_time(certificate.not_valid_after_utc)
        if doubts:
            told = ", ".join(DOUBTS[doubt] for doubt in doubts)
            yield "ebxml certificate", "error", f"Sertifikatet til {her_id} for {word} kan ikke brukes: {told}."
        elif certificate.not_valid_after_utc - now < LEAD:
            yield "ebxml certificate", "error", f"Sertifikatet til {her_id} for {word} går ut {until}."
        elif certificate.not_valid_after_utc - now < SOON:
            text = f"Sertifikatet til {her_id} for {word} går ut {until}. Bestill nytt nå."
            yield "ebxml certificate", "warning", text
        else:
            yield "ebxml certificate", "ok", f"Sertifikatet til {her_id} for {word} gjelder til {until}."


def of_mailbox(box: MailboxSetting) -> Iterator[Found]:
    """Whether the mail servers answer and let us in; nothing is sent or fetched."""
    context = ssl.create_default_context(cafile=None if box.ca is None else str(box.ca))
    try:
        with smtplib.SMTP(box.smtp_host, box.smtp_port, timeout=TIMEOUT) as server:
            if box.smtp_starttls:
                server.starttls(context=context)
            if box.user and box.password_file:
                server.login(box.user, box.password())
        yield "ebxml smtp", "ok", f"E-posttjeneren {box.smtp_host} tar imot e-post fra oss."
    except (OSError, smtplib.SMTPException) as error:
        yield "ebxml smtp", "error", f"E-posttjeneren {box.smtp_host}:{box.smtp_port} svarer ikke ({_name(error)})."
    where = f"{box.fetch_host}:{box.fetch_port or 'vanlig port'}"
    try:
        account = dataclasses.replace(box.account(), timeout=TIMEOUT)
        with mailboxes.opened(account) as post:
            waiting = len(post.waiting())
        yield f"ebxml {box.fetch}", "ok", f"Postkassen på {box.fetch_host} er åpen, med {waiting} e-poster som venter."
    except OSError as error:
        yield f"ebxml {box.fetch}", "error", f"Postkassen på {where} kan ikke åpnes ({_name(error)})."


def _name(error: Exception) -> str:
    return type(error).__name__
