"""Jobs that ask the national registers and keep the answers. Nothing else asks them, least of all a page.

A register that is down, slow or wrong changes nothing of what we knew: the try and its fault are noted, and what was
answered before stands with its age. No job dies of it: whoever needs the answer asks for it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.db import transaction

from samhandling.configuration import RegisterSetting, configuration
from samhandling.ebxml.certificates import Use
from samhandling.errors import ConfigurationError
from samhandling.jobs.running import Running
from samhandling.jobs.services import enqueue
from samhandling.organisations.models import Organisation
from samhandling.registry import ages
from samhandling.registry.models import CommunicationParty, RegisteredAgreement, RegisteredParty, RegisterSource
from samhandling.registry.remote import helseid
from samhandling.registry.remote.answers import Addresses, Agreements, PartyAnswer
from samhandling.registry.remote.helseid import Client
from samhandling.registry.remote.http import RegisterError, RegisterUntrueError

log = structlog.get_logger("samhandling.registry")
Name = RegisterSource.Name
T = TypeVar("T")


class NoAnswerError(Exception):
    """The register did not answer, or is left alone for now; the argument is the code of the fault."""


NETWORK = "ebxml"
"""Carriers of this kind go by the national registers."""


@lru_cache(maxsize=2)
def _client(issuer: str, client_id: str, key: Path, changed: int, ca: Path | None) -> Client:
    """One client a process: its token is asked for once. A changed key file is read again."""
    return helseid.client(issuer, client_id, key, ca)


def client(setting: RegisterSetting) -> Client:
    """Who we are towards HelseID. Raises ConfigurationError."""
    try:
        changed = setting.client_key.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(f"registers.client_key: {error.strerror}") from None
    return _client(setting.issuer, setting.client_id, setting.client_key, changed, setting.ca)


def addresses(setting: RegisterSetting) -> Addresses:
    """Adresseregisteret as the settings say. Raises ConfigurationError."""
    return Addresses(client(setting), setting.address_url, setting.address_scope, tuple(setting.edi_domains))


def agreements(setting: RegisterSetting) -> Agreements:
    """The CPPA registry as the settings say. Raises ConfigurationError."""
    return Agreements(client(setting), setting.agreement_url, setting.agreement_scope)


def reachable(setting: RegisterSetting) -> dict[str, str]:
    """Ask each register something harmless now: its name, and the code of what went wrong or "". For an operator."""
    questions: dict[str, Callable[[], object]] = {Name.ADDRESSES: lambda: addresses(setting).last_event()}
    if setting.agreement_url:
        questions[Name.AGREEMENTS] = lambda: agreements(setting).of("1_2")
    found = {}
    for name, question in questions.items():
        try:
            question()
        except (RegisterError, ConfigurationError) as error:
            found[str(name)] = f"{error.code} ({error.detail})"
        else:
            found[str(name)] = ""
    return found


def want_party(her_id: str, *, now: datetime) -> bool:
    """Let a job ask about a party; False where no register is set up or it is not a HER-id."""
    if configuration().registers is None or not (her_id.isascii() and her_id.isdigit() and len(her_id) <= 10):
        return False
    enqueue("registry.ask_party", {"her_id": her_id}, now=now, run_at=now, unique=f"register-party:{her_id}")
    return True


def want_agreement(asked: str, *, now: datetime) -> bool:
    """Let a job ask for an agreement by CPAId or pair; False where no registry is set up or it is no id."""
    setting = configuration().registers
    plain = asked.replace("-", "").replace("_", "")
    if setting is None or not setting.agreement_url or not (plain.isascii() and plain.isalnum() and len(asked) <= 100):
        return False
    enqueue("registry.ask_agreement", {"asked": asked}, now=now, run_at=now, unique=f"register-agreement:{asked}")
    return True


def refresh(running: Running) -> None:
    """Job, each hour: read the feed, and let what has changed or grown old be asked for."""
    now, setting = running.now, configuration().registers
    changed: frozenset[str] = frozenset()
    if setting is not None:
        changed = _feed(setting, now)
    with transaction.atomic():
        if setting is not None:
            rows = RegisteredParty.objects.only("her_id", "answered_at", "found")
            entries = {row.her_id: row.answered_at for row in rows}
            # One that the register did not have is asked about again only if we address it.
            known = _addressed() | {row.her_id for row in rows if row.found}
            for her_id in sorted(one for one in known if one in changed or ages.due(entries.get(one), now)):
                want_party(her_id, now=now)
            for row in RegisteredAgreement.objects.only("asked", "answered_at"):
                if ages.due(row.answered_at, now):
                    want_agreement(row.asked, now=now)
        enqueue("registry.fetch_lists", {}, now=now, run_at=now, unique="registry.fetch_lists")
        running.finish()


def _addressed() -> set[str]:
    """HER-ids of parties that go by the network, and of their organisations."""
    rows = CommunicationParty.objects.filter(carrier__startswith=NETWORK)
    pairs = rows.values_list("her_id", "organisation__her_id")
    return {her_id for pair in pairs for her_id in pair if her_id.isdigit()}


def _feed(setting: RegisterSetting, now: datetime) -> frozenset[str]:
    """HER-ids that have changed since the last look."""
    row, _ = RegisterSource.objects.get_or_create(name=Name.ADDRESSES)
    last = row.sequence

    def look() -> tuple[frozenset[str], int]:
        register = addresses(setting)
        return register.events(last + 1) if last is not None else (frozenset(), register.last_event())

    try:
        changed, newest = tried(Name.ADDRESSES, look, now)
    except NoAnswerError:
        return frozenset()
    RegisterSource.objects.filter(pk=row.pk).update(sequence=newest)
    return changed


def tried(source: str, question: Callable[[], T], now: datetime) -> T:
    """Ask, unless the source failed just now; note how it went. Raises NoAnswerError."""
    row, _ = RegisterSource.objects.get_or_create(name=source)
    if not ages.may_try(row.tried_at, row.fault, now):
        raise NoAnswerError(row.fault)
    try:
        answer = question()
    except (RegisterError, ConfigurationError) as error:
        log.warning("a register did not answer", source=source, code=error.code, why=error.detail)
        # A wrong answer about one thing says nothing of the next question.
        fault = "" if isinstance(error, RegisterUntrueError) else error.code
        RegisterSource.objects.filter(pk=row.pk).update(tried_at=now, fault=fault)
        raise NoAnswerError(error.code) from None
    RegisterSource.objects.filter(pk=row.pk).update(tried_at=now, answered_at=now, fault="")
    return answer


Told = tuple[PartyAnswer, x509.Certificate | None, x509.Certificate | None]


def ask_party(running: Running) -> None:
    """Job: ask Adresseregisteret about one party and its certificates."""
    keep = party_asked(running.payload["her_id"], running.now)
    with transaction.atomic():
        keep()
        running.finish()


def party_asked(her_id: str, now: datetime) -> Callable[[], None]:
    """Ask Adresseregisteret now; gives what keeps the answer, or the fault, in the caller's transaction."""
    setting = configuration().registers
    row, _ = RegisteredParty.objects.get_or_create(her_id=her_id)

    def look() -> Told | None:
        assert setting is not None
        register = addresses(setting)
        party = register.party(her_id)
        if party is None:
            return None
        signing, encryption = (register.certificate(her_id, use) for use in (Use.SIGNING, Use.ENCRYPTION))
        return party, signing, encryption

    if setting is None:
        return lambda: None
    try:
        told = tried(Name.ADDRESSES, look, now)
    except NoAnswerError as error:
        return partial(_note_fault, row.pk, str(error), now)
    return partial(_keep_party, row, told, now)


def _note_fault(key: int, fault: str, now: datetime) -> None:
    RegisteredParty.objects.filter(pk=key).update(tried_at=now, fault=fault)


def _keep_party(row: RegisteredParty, told: Told | None, now: datetime) -> None:
    row.answered_at = row.tried_at = now
    row.fault, row.found = "", told is not None
    if told is None:
        log.warning("the address register has no such party", her_id=row.her_id)
    else:
        party, signing, encryption = told
        row.name, row.kind = party.name, party.kind
        row.organisation_her_id, row.organisation_name = party.organisation_her_id, party.organisation_name
        row.organisation_number, row.edi_address = party.organisation_number, party.edi_address
        row.valid_from, row.valid_to = party.valid_from, party.valid_to
        if {_der(signing), _der(encryption)} != {_plain(row.signing), _plain(row.encryption)}:
            enqueue("registry.fetch_lists", {}, now=now, run_at=now, unique="registry.fetch_lists")
        if row.signing is not None and signing is not None and _plain(row.signing) != _der(signing):
            row.former_signing, row.signing_changed_at = row.signing, now
        row.signing, row.encryption = _der(signing), _der(encryption)
        _apply(party)
    row.save()


def _apply(party: PartyAnswer) -> None:
    """Names and addresses of counterparts are the register's (AD2.2, SEND-18); our own are ours to mend there."""
    if party.kind == "organisation":
        Organisation.objects.filter(her_id=party.her_id, hosted=False).update(name=party.name)
        return
    rows = CommunicationParty.objects.filter(her_id=party.her_id, organisation__hosted=False)
    rows.update(name=party.name, **({"edi_address": party.edi_address} if party.edi_address else {}))


def _der(certificate: x509.Certificate | None) -> bytes | None:
    return None if certificate is None else certificate.public_bytes(serialization.Encoding.DER)


def _plain(stored: bytes | memoryview | None) -> bytes | None:
    """PostgreSQL gives a memoryview."""
    return None if stored is None else bytes(stored)


def ask_agreement(running: Running) -> None:
    """Job: ask the CPPA registry for one agreement, by CPAId or pair."""
    asked, now, setting = running.payload["asked"], running.now, configuration().registers
    row, _ = RegisteredAgreement.objects.get_or_create(asked=asked)
    values: dict[str, object] = {"tried_at": now}
    if setting is not None and setting.agreement_url:
        try:
            told = tried(Name.AGREEMENTS, lambda: agreements(setting).of(asked), now)
        except NoAnswerError as error:
            values["fault"] = str(error)
        else:
            values |= {"answered_at": now, "fault": "", "found": told is not None}
            if told is not None:
                values |= {"status": told.status, "document": told.document}
    with transaction.atomic():
        RegisteredAgreement.objects.filter(pk=row.pk).update(**values)
        running.finish()
