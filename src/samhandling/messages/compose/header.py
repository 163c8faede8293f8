"""MsgHead for every family: type, ids, two-level addresses, patient, and the payload as first Document."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock.oslo import xml_time
from samhandling.identity.organisations import normal_her_id, normal_organisation_number
from samhandling.identity.persons import normal_person_number
from samhandling.messages.compose.attachments import documents
from samhandling.messages.compose.parts import clean, cs, cv, given, optional_cv
from samhandling.messages.compose.values import Address, AddressLevel, AddressPerson, Attachment, PatientValues
from samhandling.messages.engine.tables import Node
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import kith


def message_head(
    *,
    type_code: str,
    type_name: str,
    msg_id: str,
    generated_at: datetime,
    issued_at: datetime,
    sender: Address,
    receiver: Address,
    copies: tuple[Address, ...],
    patient: PatientValues,
    parent: str,
    conversation: str,
    payload: Node,
    consent: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> mh.MsgHead:
    """The finished document. Instants are aware UTC and written in Oslo time with their offset."""
    reference = None
    if parent and conversation:
        reference = mh.ConversationRef(RefToParent=parent, RefToConversation=conversation)
    return mh.MsgHead(
        MsgInfo=mh.MsgInfo(
            Type=kith.CS(V=type_code, DN=type_name),
            GenDate=xml_time(generated_at),
            MsgId=msg_id,
            ConversationRef=reference,
            Sender=mh.Sender(Organisation=_organisation(sender)),
            Receiver=mh.Receiver(Organisation=_organisation(receiver)),
            OtherReceiver=[
                mh.OtherReceiver(RoleReceiver=cs("8112", "COP"), Organisation=_organisation(copy)) for copy in copies
            ],
            Patient=_patient(patient),
        ),
        Document=[
            mh.Document(
                Consent=optional_cv("9064", consent),
                RefDoc=mh.RefDoc(
                    IssueDate=kith.TS(V=xml_time(issued_at)),
                    MsgType=cs("8114", "XML"),
                    Content=mh.Content(elements=[payload]),
                ),
            ),
            *documents(attachments),
        ],
    )


def _organisation(address: Address) -> mh.Organisation:
    part = address.part
    level_1 = address.organisation
    return mh.Organisation(
        OrganisationName=clean(level_1.name),
        Ident=_level_identifiers(level_1),
        Organisation=(
            mh.Organisation(OrganisationName=clean(part.name), Ident=_level_identifiers(part))
            if isinstance(part, AddressLevel)
            else None
        ),
        HealthcareProfessional=_professional(part) if isinstance(part, AddressPerson) else None,
    )


def _level_identifiers(level: AddressLevel) -> list[mh.Ident]:
    found = [mh.Ident(Id=normal_her_id(level.her_id), TypeId=cv("9051", "HER"))]
    number = normal_organisation_number(level.organisation_number)
    if number:
        found.append(mh.Ident(Id=number, TypeId=cv("9051", "ENH")))
    return found


def _professional(person: AddressPerson) -> mh.HealthcareProfessional:
    identifiers = [mh.Ident(Id=normal_her_id(person.her_id), TypeId=cv("9051", "HER"))]
    if given(person.hpr_number):
        identifiers.append(mh.Ident(Id=clean(person.hpr_number), TypeId=cv("8116", "HPR")))
    return mh.HealthcareProfessional(
        FamilyName=given(person.family_name), GivenName=given(person.given_name), Ident=identifiers
    )


def _patient(patient: PatientValues) -> mh.Patient:
    return mh.Patient(
        FamilyName=given(patient.family_name),
        MiddleName=given(patient.middle_name),
        GivenName=given(patient.given_name),
        DateOfBirth=patient.birth_date.isoformat() if patient.birth_date else None,
        Sex=cs("3101", patient.sex) if patient.sex else None,
        Ident=[
            mh.Ident(Id=normal_person_number(number), TypeId=cv("8116", kind))
            for kind, number in patient.identifiers
            if normal_person_number(number)
        ],
    )
