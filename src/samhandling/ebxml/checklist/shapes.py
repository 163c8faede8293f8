"""Steps 18 to 22: which message it is, what belongs to it, the manifest and the monitoring."""

from __future__ import annotations

from samhandling.ebxml import monitoring, names
from samhandling.ebxml.checklist.case import Case
from samhandling.ebxml.checklist.envelopes import must_understand
from samhandling.ebxml.envelope import Envelope, Shape
from samhandling.ebxml.mime import cid

_TRUE = {"1", "true"}


def check(case: Case) -> None:
    """Decide the shape and check what goes with it."""
    envelope = case.envelope
    if envelope is None or envelope.header is None:
        return
    mixed = [
        envelope.acknowledgment is not None,
        envelope.error_list is not None,
        envelope.ack_requested is not None or envelope.manifest is not None,
    ]
    if sum(mixed) > 1:
        case.find("shapes_mixed")
    if case.shape is Shape.ACKNOWLEDGMENT:
        _acknowledgment(case, envelope)
    elif case.shape is Shape.ERROR:
        _error_list(case, envelope)
    elif case.shape is Shape.PAYLOAD:
        _payload(case, envelope)
        _manifest(case, envelope)
    else:
        _other(case, envelope)
    _monitoring(case, envelope)


def _other(case: Case, envelope: Envelope) -> None:
    action = envelope.header.action if envelope.header is not None else ""
    if "StatusRequest" in envelope.counts or "StatusResponse" in envelope.counts:
        case.find("status_request")
    elif case.is_signal_service and action in {names.PING, names.PONG}:
        case.find("ping")
    elif case.is_signal_service and action in {names.STATUS_REQUEST, names.STATUS_RESPONSE}:
        case.find("status_request")
    else:
        case.find("shape_unknown")


def _acknowledgment(case: Case, envelope: Envelope) -> None:
    header, receipt = envelope.header, envelope.acknowledgment
    if header is None:
        return
    if header.service != names.SIGNAL_SERVICE:
        case.find("ack_service")
    if header.action != names.ACKNOWLEDGMENT:
        case.find("ack_action")
    if receipt is None or not receipt.ref_to_message_id:
        case.find("ack_ref")
    if header.ref_to_message_id:
        case.find("ack_ref_in_message_data")
    if envelope.error_list is not None:
        case.find("ack_error_list")
    uris = [element.get("URI") for element in receipt.references] if receipt is not None else []
    if "" not in uris:
        case.find("ack_reference_root")
    if not any(cid(uri or "") for uri in uris):
        case.find("ack_reference_payload")


def _error_list(case: Case, envelope: Envelope) -> None:
    header, listed = envelope.header, envelope.error_list
    if header is None:
        return
    if header.service != names.SIGNAL_SERVICE:
        case.find("error_service")
    if header.action != names.MESSAGE_ERROR:
        case.find("error_action")
    if not header.ref_to_message_id:
        case.find("error_ref")
    if envelope.acknowledgment is not None:
        case.find("error_ack")
    if listed is not None:
        severities = {entry.severity for entry in listed.errors}
        if listed.highest != ("Error" if "Error" in severities else "Warning"):
            case.find("error_highest")


def _payload(case: Case, envelope: Envelope) -> None:
    if envelope.sync_reply and not case.http and not case.bare:
        case.find("sync_reply")
    if case.synchronous:
        return
    header, asked = envelope.header, envelope.ack_requested
    if header is not None and not header.duplicate_elimination:
        case.find("duplicate_elimination_missing")
    if asked is None:
        case.find("ack_requested_missing")
        return
    if not must_understand(case, "AckRequested"):
        case.find("ack_requested_must_understand")
    if asked.signed not in _TRUE:
        case.find("ack_requested_signed")


def _manifest(case: Case, envelope: Envelope) -> None:
    """Every part one reference, every reference one part (3.8); the parts of a bare envelope are elsewhere."""
    manifest = envelope.manifest
    if manifest is None:
        case.find("manifest_missing")
        return
    if manifest.version != "2.0":
        case.find("manifest_version")
    if not manifest.references:
        case.find("manifest_reference_missing")
    elif not case.attachments and not case.bare:
        case.find("manifest_part_missing")
    here = set(case.payloads)
    named = {cid(reference.href) for reference in manifest.references}
    for reference in manifest.references:
        content_id = cid(reference.href)
        if not content_id:
            case.find("manifest_href_empty")
        elif content_id not in here and case.attachments:
            case.find("manifest_content_id", reference.href)
    for content_id in sorted(here - named):
        case.find("part_not_in_manifest", f"cid:{content_id}")


def _monitoring(case: Case, envelope: Envelope) -> None:
    """HITS 1210; never a reason to refuse."""
    header = envelope.header
    if header is None:
        return
    for text in header.descriptions[:1]:
        for rule in monitoring.faults_of(text):
            case.find(rule)
    if case.shape is not Shape.PAYLOAD:
        return
    schemas = [
        one for reference in (envelope.manifest.references if envelope.manifest else ()) for one in reference.schemas
    ]
    if bool(schemas) != bool(header.descriptions) or not schemas:
        case.find("monitoring_kinds")
    for location, version in schemas:
        for rule in monitoring.schema_faults(location, version, header.action or ""):
            case.find(rule)
