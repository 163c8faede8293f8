"""What the record must know of a journal document, as values for its metadata file (docs/epj-folders.md)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.messages import catalogue
from samhandling.messages.facts.values import Facts, Party
from samhandling.patients.models import Patient
from samhandling.patients.services import identifiers, numbers_in_use, opened
from samhandling.stays.models import Call, Stay
from samhandling.writing.models import Filing

FORMAT = "samhandling-journaldokument"


def metadata(
    filing: Filing, message: Message, facts: Facts | None, *, pdf: bytes, original: bytes, test: bool
) -> dict[str, Any]:
    """Everything in the metadata file. Identity numbers stand in it, since the record finds the patient by them."""
    return {
        **_head(filing, test=test),
        "message": _message(message, facts),
        "sender": _party(facts.sender) if facts is not None else None,
        "receivers": [_party(party) for party in facts.receivers] if facts is not None else [],
        "patient": _patient(message.patient, facts),
        "visit": _visit(message),
        "files": _files(filing, pdf, original),
    }


def of_call(filing: Filing, call: Call, *, pdf: bytes, original: bytes, test: bool) -> dict[str, Any]:
    """The metadata file of a telephone call: no message, no parties of one, but the call."""
    return {
        **_head(filing, test=test),
        "message": None,
        "call": {
            "at": _time(call.at),
            "recorded_at": _time(call.recorded_at),
            "counterpart": call.counterpart,
            "phone": call.phone,
            "by": call.user.shown_name,
        },
        "sender": None,
        "receivers": [],
        "patient": _patient(call.patient, None),
        "visit": call.stay.visit if call.stay is not None else "",
        "files": _files(filing, pdf, original),
    }


def _head(filing: Filing, *, test: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": 1,
        "document_id": str(filing.document_id),
        "replaces": str(filing.replaces) if filing.replaces is not None else None,
        "synthetic": test,
        "organisation": _level(filing.organisation.name, filing.organisation.her_id),
    }


def _files(filing: Filing, pdf: bytes, original: bytes) -> dict[str, Any]:
    return {
        "pdf": _file(f"{filing.document_id}.pdf", pdf),
        "xml": _file(f"{filing.document_id}.xml", original),
    }


def _message(message: Message, facts: Facts | None) -> dict[str, Any]:
    kind = catalogue.by_code(message.type, message.version)
    return {
        "msg_id": message.msg_id_written,
        "type": message.type,
        "type_name": kind.name if kind is not None else "",
        "standard": message.standard,
        "version": message.version,
        "status": message.status,
        "kind": message.kind,
        "direction": "in" if message.direction == Direction.IN else "out",
        "written_by": message.written_by or "counterpart",
        "generated_at": _time(message.generated_at),
        "sent_or_received_at": _time(message.created_at),
        "refers_to": message.refers_to.msg_id_written if message.refers_to is not None else "",
        "conversation": facts.conversation if facts is not None else message.ref_conversation,
        "attachments": len(facts.attachments) if facts is not None else 0,
    }


def _patient(patient: Patient | None, facts: Facts | None) -> dict[str, Any] | None:
    """The patient as this node knows them; of a document of the EPJ about somebody we do not know, as it says."""
    if patient is not None:
        local = [opened(row).value for row in numbers_in_use(patient) if row.kind == "LOCAL"]
        return {
            "identifiers": [{"kind": n.kind, "value": n.value} for n in identifiers(patient)],
            "local_ids": local,
            "family_name": patient.family_name,
            "given_name": patient.given_name,
            "middle_name": patient.middle_name,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        }
    told = facts.patient if facts is not None else None
    if told is None:
        return None
    return {
        "identifiers": [{"kind": i.kind, "value": i.id.strip()} for i in told.identifiers if i.id.strip()],
        "local_ids": [],
        "family_name": told.family_name,
        "given_name": told.given_name,
        "middle_name": told.middle_name,
        "birth_date": told.birth_date.isoformat() if told.birth_date else None,
    }


def _visit(message: Message) -> str:
    """The patient system's number of the stay that the message belongs to; "" where there is none."""
    kind, _, number = message.subject.partition(":")
    if kind != "stay" or not number.isdigit():
        return ""
    stays = Stay.objects.filter(pk=int(number), organisation_id=message.organisation_id)
    return stays.values_list("visit", flat=True).first() or ""


def _party(party: Party) -> dict[str, Any]:
    part = party.part
    return {
        "role": party.role,
        "organisation": _level(party.organisation.name, party.organisation_her_id),
        "service_or_person": _level(part.name, part.her_id) if part is not None else None,
    }


def _level(name: str, her_id: str) -> dict[str, str]:
    return {"name": name, "her_id": her_id}


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _time(instant: datetime | None) -> str | None:
    """Oslo time with its offset, to the second."""
    return oslo.local(instant).isoformat(timespec="seconds") if instant is not None else None
