"""Applikasjonskvittering: what versions 1.0 and 1.1 share, which is everything but the namespace."""

from __future__ import annotations

import samhandling.messages.model.apprec as ar  # a field may bear the name of its type
from samhandling.messages.engine.simple import DateTime, String
from samhandling.messages.engine.tables import Family, Node, element, local
from samhandling.messages.model import kith

APPREC = Family("ar")


class AdditionalId(Node):
    """A further identifier on the same level."""

    xml = element(APPREC)
    Id: String
    Type: kith.CS


class Address(Node):
    """Address and electronic addresses of the party."""

    xml = element(APPREC)
    Type: kith.CS
    StreetAdr: String | None = None
    PostalCode: String | None = None
    City: String | None = None
    County: kith.CS | None = None
    Country: kith.CS | None = None
    CityDistr: kith.CS | None = None
    TeleAddress: list[kith.URL] = []


class HCPerson(Node):
    """Level 2 as a person."""

    xml = element(APPREC)
    Name: String | None = None
    Id: String | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[ar.AdditionalId] = []


class Dept(Node):
    """Level 2 as a service or department."""

    xml = element(APPREC)
    Type: kith.CS | None = None
    Name: String | None = None
    Id: String | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[ar.AdditionalId] = []


class Inst(Node):
    """Level 1: the organisation. Mind the order: Dept before AdditionalId before HCPerson."""

    xml = element(APPREC)
    Name: String | None = None
    Id: String | None = None
    TypeId: kith.CS | None = None
    Dept: list[ar.Dept] = []
    AdditionalId: list[ar.AdditionalId] = []
    HCPerson: list[ar.HCPerson] = []


class HCProf(Node):
    """A professional without an organisation."""

    xml = element(APPREC)
    Type: kith.CS | None = None
    Name: String | None = None
    Id: String | None = None
    TypeId: kith.CS | None = None
    AdditionalId: list[ar.AdditionalId] = []


class HCP(Node):
    """A party: an organisation or a professional, one of them."""

    xml = element(APPREC, content="(Inst | HCProf), MedSpeciality?, Address?")
    Inst: ar.Inst | None = None
    HCProf: ar.HCProf | None = None
    MedSpeciality: kith.CV | None = None
    Address: ar.Address | None = None


class Sender(Node):
    """Who receipts: the receiver of the original."""

    xml = local(APPREC)
    Role: kith.CS | None = None
    HCP: ar.HCP


class Receiver(Node):
    """Who gets the receipt: the sender of the original."""

    xml = local(APPREC)
    Role: kith.CS | None = None
    HCP: ar.HCP


class OriginalMsgId(Node):
    """The message that is receipted."""

    xml = element(APPREC)
    MsgType: kith.CS
    IssueDate: DateTime
    Id: String


class AppRec(Node):
    """The receipt. Build one of the versions: `apprec_10.AppRec` or `apprec_11.AppRec`."""

    xml = element(APPREC)
    MsgType: kith.CS
    MIGversion: String
    SoftwareName: String | None = None
    SoftwareVersion: String | None = None
    GenDate: DateTime
    Id: String
    Sender: ar.Sender
    Receiver: ar.Receiver
    Status: kith.CS
    Error: list[kith.CV] = []
    OriginalMsgId: ar.OriginalMsgId
