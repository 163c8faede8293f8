"""Building an AppRec that answers a document for one receiver (HIS 80415, HIS 1153 AD2.12 to AD2.15)."""

from __future__ import annotations

from datetime import datetime

from samhandling import __version__
from samhandling.clock.oslo import xml_time
from samhandling.messages import catalogue, codes
from samhandling.messages.engine.simple import is_date_time
from samhandling.messages.facts import Code, Facts, Identifier, Level, Party
from samhandling.messages.model import apprec, apprec_10, apprec_11, kith
from samhandling.messages.receipts.values import Answer

SOFTWARE_NAME = "Samhandling"

# Roles that the code list does not have: version 1.0 names the main receiver after what it is (HIS 80415:2004).
_ROLES = {
    ("1.0", "PRIM"): ("SPR", "Tjenesteyter"),
    ("1.0", "COP"): ("COP", "Kopimottaker"),
    ("1.0", "to"): ("RECEIVER", "Mottaker"),
    ("1.1", "PRIM"): ("PRIM", "Primærmottaker"),
    ("1.1", "COP"): ("COP", "Kopimottaker"),
    ("1.1", "to"): ("AVS", "Avsender"),
}


def version_for(facts: Facts) -> str:
    """The receipt version that answers the document (HITS 1168 chapter 8).

    For an unknown payload the type code decides, and where that is unknown too the newest version.
    """
    found = catalogue.format_of(facts.namespace)
    if found and found.receipt_version:
        return found.receipt_version
    by_code = catalogue.by_code(facts.type)
    return by_code.receipt_version if by_code and by_code.receipt_version else "1.1"


def build(facts: Facts, answer: Answer, *, receipt_id: str, generated_at: datetime) -> apprec.AppRec:
    """The AppRec of one own receiver for a document.

    `receipt_id` is a new UUID, `generated_at` aware UTC. The original's id, type and time are copied exactly; where
    the time is missing or no xs:dateTime at all, our own time stands in its place, since a receipt without it would
    be invalid. Raises ValueError for an answer without status: nothing is to be sent then.
    """
    if answer.status is None:
        raise ValueError("an answer without status is never sent")
    version = version_for(facts)
    now = xml_time(generated_at)
    issued = facts.generated.raw
    root = apprec_10.AppRec if version == "1.0" else apprec_11.AppRec
    return root(
        MsgType=_cs("8279", "APPREC"),
        SoftwareName=SOFTWARE_NAME,
        SoftwareVersion=__version__,
        GenDate=now,
        Id=receipt_id,
        Sender=apprec.Sender(Role=_role(version, answer.role), HCP=_hcp(answer.party)),
        Receiver=apprec.Receiver(Role=_role(version, "to"), HCP=_hcp(facts.sender)),
        Status=_cs("8258", answer.status),
        Error=[
            kith.CV(V=fault.code, S=fault.oid or None, DN=fault.text or None, OT=fault.detail or None)
            for fault in answer.errors
        ],
        OriginalMsgId=apprec.OriginalMsgId(
            MsgType=kith.CS(V=facts.type or None, DN=facts.type_name or None),
            IssueDate=issued if is_date_time(issued) else now,
            Id=facts.msg_id,
        ),
    )


def _cs(code_list: str, value: str) -> kith.CS:
    found = codes.coded(code_list, value)
    return kith.CS(V=found.V, DN=found.DN)


def _role(version: str, role: str) -> kith.CS:
    value, name = _ROLES[(version, role)]
    return kith.CS(V=value, DN=name)


def _hcp(party: Party) -> apprec.HCP:
    """The whole address mirrored: organisation, and the service or person below it."""
    if party.person is not None and not party.organisation.identifiers and not party.organisation.name:
        alone = party.part or Level()
        first, others = _identifiers(alone)
        return apprec.HCP(
            HCProf=apprec.HCProf(
                Name=alone.name or None, Id=_id(first), TypeId=_type(first), AdditionalId=_additional(others)
            )
        )
    first, others = _identifiers(party.organisation)
    return apprec.HCP(
        Inst=apprec.Inst(
            Name=party.organisation.name or None,
            Id=_id(first),
            TypeId=_type(first),
            Dept=[_dept(party.part)] if party.part and party.person is None else [],
            AdditionalId=_additional(others),
            HCPerson=[_hc_person(party.part)] if party.part and party.person is not None else [],
        )
    )


def _dept(level: Level) -> apprec.Dept:
    first, others = _identifiers(level)
    return apprec.Dept(Name=level.name or None, Id=_id(first), TypeId=_type(first), AdditionalId=_additional(others))


def _hc_person(level: Level) -> apprec.HCPerson:
    first, others = _identifiers(level)
    return apprec.HCPerson(
        Name=level.name or None, Id=_id(first), TypeId=_type(first), AdditionalId=_additional(others)
    )


def _identifiers(level: Level) -> tuple[Identifier | None, list[Identifier]]:
    """The HER-id first when there is one, then the others; empty ones are left out."""
    given = [identifier for identifier in level.identifiers if identifier.id.strip()]
    if not given:
        return None, []
    first = next((identifier for identifier in given if identifier.kind == "HER"), given[0])
    return first, [identifier for identifier in given if identifier is not first]


def _id(identifier: Identifier | None) -> str | None:
    return identifier.id if identifier else None


def _type(identifier: Identifier | None) -> kith.CS | None:
    return _type_cs(identifier.type) if identifier and (identifier.type.value or identifier.type.name) else None


def _type_cs(written: Code) -> kith.CS:
    return kith.CS(V=written.value or None, DN=written.name or None)


def _additional(identifiers: list[Identifier]) -> list[apprec.AdditionalId]:
    return [apprec.AdditionalId(Id=identifier.id, Type=_type_cs(identifier.type)) for identifier in identifiers]
