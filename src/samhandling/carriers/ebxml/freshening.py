"""When what we know may be too old: a register is asked by a job, and the message waits for its answer (10.3).

Nothing here waits: what cannot be decided now is taken up again, a mail at the next look in the mailbox, a message of
ours when its job is tried again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from samhandling.carriers.ebxml.cases import Case
from samhandling.configuration import configuration
from samhandling.ebxml.certificates import Doubt
from samhandling.ebxml.checklist.case import PAIR
from samhandling.ebxml.known import Known
from samhandling.ebxml.times import instant
from samhandling.exchange.ports import CarrierError, CarrierRefusedError, Envelope
from samhandling.registry import ages, asking, registered, revoking
from samhandling.registry.models import RegisteredAgreement, RegisteredParty

log = structlog.get_logger("samhandling.carriers.ebxml")

_SENDER = frozenset({"sender_unknown", "sender_kind", "certificate_unknown", "certificate_differs"})
_AGREEMENT = frozenset({"cpa_unknown", "cpa_status", "cpa_ended", "certificate_unknown", "certificate_differs"})
_DECRYPTION = "decryption"


def waits(case: Case) -> bool:
    """Whether a message in waits for a register that may know better than our copy (R6, R7, R28, R30).

    Asked once: an answer that is younger than the message is as good as any. Only a message that is signed with a
    certificate of an issuer we trust makes us ask; nobody else can set us to it.
    """
    header = case.checked.envelope.header if case.checked.envelope is not None else None
    found = {finding.rule.id for finding in case.checked.findings}
    if f"certificate_{Doubt.REVOCATION_UNKNOWN.value}" in found and case.checked.certificate is not None:
        revoking.want_status(case.checked.certificate, now=case.now)
    vouched_for = case.checked.signature == "valid" and f"certificate_{Doubt.UNTRUSTED.value}" not in found
    if configuration().registers is None or header is None or not vouched_for:
        return False
    at = instant(header.timestamp) if header.timestamp else None
    written_at = at.at if at is not None else case.now
    if _DECRYPTION in found and _older(RegisteredParty, "her_id", case.receiver_her, written_at, case.now):
        asking.want_party(case.receiver_her, now=case.now)  # whether it points to a key of ours: for whoever looks
    waiting = False
    if found & _SENDER and _older(RegisteredParty, "her_id", case.sender_her, written_at, case.now):
        waiting = asking.want_party(case.sender_her, now=case.now)
    cpa_id = header.cpa_id or ""
    asks = found & _AGREEMENT and PAIR.fullmatch(cpa_id) is None
    if asks and _older(RegisteredAgreement, "asked", cpa_id, written_at, case.now):
        waiting = asking.want_agreement(cpa_id, now=case.now) or waiting
    return waiting


def _older(
    model: type[RegisteredParty | RegisteredAgreement], by: str, key: str, written_at: datetime, now: datetime
) -> bool:
    row = model._default_manager.filter(**{by: key}).first()
    return ages.worth_asking(row.answered_at if row is not None else None, written_at, now)


def require_answers(here: Known, envelope: Envelope, now: datetime) -> None:
    """That the registers have been asked about the two parties of a message out.

    Raises CarrierError while an answer is awaited, CarrierRefusedError when there is no such receiver. A register that
    does not answer stops nothing that files or older answers know enough of.
    """
    if configuration().registers is None:
        return
    entry = registered.parties(now, [envelope.receiver_her]).get(envelope.receiver_her)
    party = here.party(envelope.receiver_her)
    awaited = []
    if entry is None and (party is None or not party.encryption):
        asking.want_party(envelope.receiver_her, now=now)
        awaited.append("the address register")
    if entry is not None and not entry.found:
        raise CarrierRefusedError("the address register has no such receiver")
    if entry is not None and ages.stale(entry.answered_at, now):
        log.warning("an old answer of the address register is used", her_id=entry.her_id, since=str(entry.answered_at))
    pair = registered.pair_of(envelope.sender_her, envelope.receiver_her)
    row = RegisteredAgreement.objects.filter(asked=pair).first()
    # Down and never asked: standard parameters are what most parties have.
    never = row is None or (row.answered_at is None and not row.fault)
    if never and asking.want_agreement(pair, now=now):
        awaited.append("the agreement registry")
    if awaited:
        raise CarrierError(f"not answered yet: {', '.join(awaited)}")


def receiver_may_have_changed(her_id: str, now: datetime) -> None:
    """Their mail server or message handler refused: their address or certificate may be another by now."""
    row = RegisteredParty.objects.filter(her_id=her_id).first()
    if configuration().registers is not None and (
        row is None or row.answered_at is None or now - row.answered_at > timedelta(minutes=1)
    ):
        asking.want_party(her_id, now=now)
