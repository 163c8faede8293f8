"""Steps 15 to 17: the signature, and whose certificate it was made with."""

from __future__ import annotations

from cryptography import x509

from samhandling.ebxml import canonical, certificates, signature
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist.case import Case
from samhandling.ebxml.envelope import Shape

_PLACE = "/SOAP:Envelope/SOAP:Header/ds:Signature"


def check(case: Case) -> None:
    """Verify, then judge the certificate."""
    envelope = case.envelope
    if envelope is None or envelope.head is None:
        return
    for element in canonical.left_unsigned(envelope.tree, envelope.head):
        case.find("unsigned_block", str(element.tag).rpartition("}")[2])
    found = signature.find(envelope.tree, envelope.head)
    if not found:
        case.signature = "absent"
        case.find("signature_missing", _PLACE)
        return
    if len(found) > 1 or found[0].getparent() is not envelope.head:
        case.signature = "invalid"
        case.find("signature_many" if len(found) > 1 else "signature_place", _PLACE)
        return
    parts_are_here = not case.bare or case.shape is not Shape.PAYLOAD
    if not parts_are_here:
        case.find("left_out_parts")
    verdict = signature.verify(
        envelope.tree, found[0], case.payloads if parts_are_here else None, accept_sha1=case.policy.accept_sha1
    )
    case.signature = "valid" if verdict.valid else "invalid"
    case.references, case.certificate = verdict.references, verdict.certificate
    for fault in (*verdict.faults, *verdict.remarks):
        case.find(fault.rule, _PLACE)
    if verdict.certificate is not None:
        _certificate(case, verdict.certificate)


def _certificate(case: Case, certificate: x509.Certificate) -> None:
    """Whether it is the sender's (79, 44), and good (104, 105 and what goes with them)."""
    trust = case.known.trust
    registered = _registered(case) if trust is not None else ()
    party = case.known.party(case.sender_her)
    if trust is None:
        case.find("left_out_certificates")
    elif not registered:
        case.find("certificate_unknown", _PLACE)
    elif certificate not in registered:
        case.find("certificate_differs", _PLACE)
    at = case.timestamp
    doubts = certificates.judge(
        certificate,
        use=Use.SIGNING,
        signed_at=at.at if at is not None else case.now,
        now=case.now,
        trust=trust,
        organisation=party.organisation_number if party is not None and trust is not None and not registered else "",
    )
    for doubt in doubts:
        case.find(f"certificate_{doubt.value}", f"{_PLACE}/ds:KeyInfo")


def _registered(case: Case) -> tuple[x509.Certificate, ...]:
    """Signing certificates that the agreement or the register names for the sender."""
    header = case.header
    found = case.known.agreement(header.cpa_id) if header is not None and header.cpa_id else None
    party = found.agreement.party(case.sender_her) if found is not None else None
    agreed = party.certificates_for(Use.SIGNING) if party is not None else ()
    registered = case.known.party(case.sender_her)
    return (*agreed, *(registered.signing if registered is not None else ()))
