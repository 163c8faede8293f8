"""The downtime desk's ways out and in, looked at in words: mail server, mailboxes, text messages, who is told."""

from __future__ import annotations

import dataclasses
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from samhandling import mailboxes
from samhandling.configuration import MailSetting, NodeConfiguration, PostboxSetting, SmsSetting
from samhandling.downtime.facts import policy_for
from samhandling.downtime.mail_in import desk_of
from samhandling.downtime.recipients import slug
from samhandling.errors import ConfigurationError
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations, valid
from samhandling.registry.models import ContactGroup, ContactGroupMember
from samhandling.registry.rules import mobile_number
from samhandling.store.services import now as present

TIMEOUT = 5.0
Found = tuple[str, Literal["ok", "warning", "error"], str]


def of_settings(settings: NodeConfiguration, day: date) -> Iterator[Found]:
    """Every channel that is set up, and what is missing where none is. Never raises for what does not answer."""
    hospitals = list(hosted_organisations("hospital"))
    if settings.mail is None and hospitals:
        yield "notices mail", "warning", "E-post for varsler om stans er ikke satt opp. Se docs/reference-downtime.md."
    if settings.mail is not None:
        yield _mail_server(settings.mail)
        if settings.mail.returns is None:
            yield "notices returns", "warning", "Ingen leser det som kommer i retur til avsenderen. Sett mail.returns."
        else:
            yield _mailbox("notices returns", "Varsler i retur", settings.mail.returns)
    if settings.outage_mailbox is not None:
        yield _mailbox("outage mailbox", "Meldt stans", settings.outage_mailbox)
    if settings.sms is not None:
        yield _gateway(settings.sms)
    for hospital in hospitals:
        yield from _groups(hospital, day, sms=settings.sms is not None)


def _mail_server(setting: MailSetting) -> Found:
    where = f"{setting.host}:{setting.port}"
    try:
        with smtplib.SMTP(setting.host, setting.port, timeout=TIMEOUT) as server:
            if setting.starttls:
                ca = None if setting.ca is None else str(setting.ca)
                server.starttls(context=ssl.create_default_context(cafile=ca))
            if setting.user:
                server.login(setting.user, setting.password())
    except (OSError, smtplib.SMTPException, ConfigurationError) as error:
        return "notices mail", "error", f"E-posttjeneren {where} tar ikke imot varsler ({type(error).__name__})."
    return "notices mail", "ok", f"E-posttjeneren {where} tar imot varsler fra {setting.sender}."


def _mailbox(name: str, what: str, setting: PostboxSetting) -> Found:
    if desk_of(setting) is None:
        return name, "error", f"{what}: postkassen {setting.user} mangler eier. Sett organisation til et sykehus her."
    try:
        with mailboxes.opened(dataclasses.replace(setting.account(), timeout=TIMEOUT)) as box:
            waiting = len(box.waiting())
    except (OSError, ConfigurationError) as error:
        return name, "error", f"{what}: postkassen {setting.user} kan ikke åpnes ({type(error).__name__})."
    return name, "ok", f"{what}: postkassen {setting.user} er åpen, med {waiting} e-poster som venter."


def _gateway(setting: SmsSetting) -> Found:
    """Only that somebody answers there: a trial would cost a text message."""
    parts = urlsplit(setting.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        setting.token()
        with socket.create_connection((parts.hostname or "", port), timeout=TIMEOUT) as line:
            if parts.scheme == "https":
                ssl.create_default_context().wrap_socket(line, server_hostname=parts.hostname).close()
    except (OSError, ConfigurationError) as error:
        return (
            "notices sms",
            "error",
            f"SMS-tjenesten {parts.hostname}:{port} kan ikke brukes ({type(error).__name__}).",
        )
    plain = "" if parts.scheme == "https" else " uten kryptering"
    return "notices sms", "warning" if plain else "ok", f"SMS-tjenesten {parts.hostname}:{port} svarer{plain}."


def _groups(hospital: Organisation, day: date, *, sms: bool) -> Iterator[Found]:
    rows = ContactGroup.objects.filter(valid(day), organisation=hospital).prefetch_related("members")
    reached = {slug(row.name) for row in rows if row.email or any(member.email for member in row.members.all())}
    missing = [name for name in policy_for(hospital.pk, present()).groups if name not in reached]
    if missing:
        names = ", ".join(missing)
        yield "notice groups", "warning", f"{hospital.name}: ingen adresse for {names}. De får ikke varsel om stans."
    else:
        yield "notice groups", "ok", f"{hospital.name}: alle gruppene for varsel om stans har adresse."
    wishes = ContactGroupMember.objects.filter(valid(day), group__organisation=hospital, sms=True)
    lost = [row.name or row.role for row in wishes if mobile_number(row.mobile) is None]
    if lost:
        text = f"{hospital.name}: {', '.join(lost)} ønsker SMS, men mobilnummeret mangler eller kan ikke leses."
        yield "notice sms members", "warning", text
    elif wishes and not sms:
        yield "notice sms members", "warning", f"{hospital.name}: {len(wishes)} ønsker SMS, men SMS er ikke satt opp."
