"""Steps 12 to 14, and 11 as far as agreements decide it: the register, the agreement, addresses of the mail."""

from __future__ import annotations

from email.utils import parseaddr

from samhandling.ebxml.checklist.case import PAIR, Case
from samhandling.ebxml.envelope import Shape
from samhandling.ebxml.known import VALID_STATUS

_CPA = "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:CPAId"
_FROM = "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:From"
_TO = "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:To"
_SERVICE = "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:Service"


def check(case: Case) -> None:
    """Compare the header with what is known of its parties."""
    if case.header is None:
        return
    _register(case)
    _agreement(case)
    _addresses(case)


def _register(case: Case) -> None:
    if case.known.parties is None:
        case.find("left_out_register")
        return
    sender, receiver = case.known.party(case.sender_her), case.known.party(case.receiver_her)
    if case.sender_her and sender is None:
        case.find("sender_unknown", _FROM)
    elif sender is not None and sender.kind not in {"service", "person"}:
        case.find("sender_kind", _FROM)
    if case.receiver_her and receiver is None:
        case.find("receiver_unknown", _TO)
    elif receiver is not None and receiver.kind not in {"service", "person"}:
        case.find("receiver_kind", _TO)
    elif receiver is not None and not receiver.ours and any(one.ours for one in case.known.parties.values()):
        case.find("receiver_not_ours", _TO)


def _agreement(case: Case) -> None:
    header = case.header
    if header is None or not header.cpa_id:
        return
    roles = (header.sender.role if header.sender else "", header.receiver.role if header.receiver else "")
    if case.shape is Shape.PAYLOAD and not all(roles):
        case.find("role_missing")
    if PAIR.fullmatch(header.cpa_id):
        _standard(case)
        return
    if case.known.agreements is None:
        case.find("left_out_agreements")
        return
    found = case.known.agreement(header.cpa_id)
    if found is None:
        case.find("cpa_unknown", _CPA)
        return
    agreement = found.agreement
    if found.status not in VALID_STATUS:
        case.find("cpa_status", _CPA)
    at = case.timestamp
    if at is not None and agreement.start is not None and at.at < agreement.start:
        case.find("cpa_not_yet", _CPA)
    if at is not None and agreement.end is not None and at.at > agreement.end:
        case.find("cpa_ended", _CPA)
    if case.sender_her and agreement.party(case.sender_her) is None:
        case.find("cpa_sender", _CPA)
    if case.receiver_her and agreement.party(case.receiver_her) is None:
        case.find("cpa_receiver", _CPA)
    if case.shape is Shape.PAYLOAD:
        fault = agreement.faults_of(
            case.sender_her, case.receiver_her, header.service or "", header.action or "", roles
        )
        if fault in {"service", "role"}:
            case.find("cpa_action" if fault == "service" else "cpa_role", _SERVICE)


def _standard(case: Case) -> None:
    """Without an agreement Service and Action follow the document: `S-M` with `M` or `APPREC` (HISD 1209)."""
    header = case.header
    if header is None or case.shape is not Shape.PAYLOAD or not header.service or not header.action:
        return
    message = header.service.removeprefix("S-")
    if message == header.service or header.action not in {message, "APPREC"}:
        case.find("service_action", _SERVICE)


def _addresses(case: Case) -> None:
    """Mail addresses beside those of the register; someone may send for another, so only noted."""
    message = case.message
    if message is None or message.headers is None or message.http:
        return
    for name, her_id, rule in (
        ("From", case.sender_her, "mail_from_address"),
        ("To", case.receiver_her, "mail_to_address"),
    ):
        party = case.known.party(her_id)
        written = parseaddr((message.headers.get(name) or "").removeprefix("mailto:"))[1]
        if party is not None and party.edi_address and written.lower() != party.edi_address.lower():
            case.find(rule)
