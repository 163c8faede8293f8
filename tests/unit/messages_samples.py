"""A small valid document for the tests of the engine, as structs."""

from __future__ import annotations

from samhandling.messages.model import felleskomponent1 as fk1
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import kith, pasientlogistikk_16, xmldsig
from samhandling.messages.model import pasientlogistikk as pl
from samhandling.messages.model import po_komponent as po

HER = "2.16.578.1.12.4.1.1.9051"


def her(number: str) -> mh.Ident:
    return mh.Ident(Id=number, TypeId=kith.CV(V="HER", S=HER, DN="HER-id"))


def organisation(name: str, number: str, part: str, part_number: str) -> mh.Organisation:
    inner = mh.Organisation(OrganisationName=part, Ident=[her(part_number)])
    return mh.Organisation(OrganisationName=name, Ident=[her(number)], Organisation=inner)


def event(**more: object) -> po.TidsfestetHendelse:
    return po.TidsfestetHendelse(TidspunktForHendelse=kith.TS(V="2026-11-21T10:00:00"), Anslag="false", **more)  # type: ignore[arg-type]


def logistics(**more: object) -> pasientlogistikk_16.Pasientlogistikk:
    return pasientlogistikk_16.Pasientlogistikk(
        InformasjonOmForsendelsen=po.InformasjonOmForsendelsen(Forsendelsesstatus=kith.CS(V="N", DN="Ny")),
        **{"MeldingInnlagtPasient": pl.MeldingInnlagtPasient(TidsfestetHendelse=event()), **more},  # type: ignore[arg-type]
    )


def message(payload: object = None, signature: xmldsig.Signature | None = None) -> mh.MsgHead:
    content = mh.Content(elements=[payload or logistics()])  # type: ignore[list-item]
    return mh.MsgHead(
        MsgInfo=mh.MsgInfo(
            Type=kith.CS(V="LOG_INNLAGT", DN="Melding om innlagt pasient"),
            GenDate="2026-11-21T14:05:00+01:00",
            MsgId="5f2a0c1e-5d0b-4a7e-9a52-0d6f4c1b7a11",
            Sender=mh.Sender(Organisation=organisation("Sykehuset", "100", "Avdelingen", "101")),
            Receiver=mh.Receiver(Organisation=organisation("Kommunen", "200", "Tjenesten", "201")),
            Patient=mh.Patient(FamilyName="Prøve", GivenName="Åse", DateOfBirth="1950-01-02", Sex=kith.CS(V="2")),
        ),
        Document=[mh.Document(RefDoc=mh.RefDoc(MsgType=kith.CS(V="XML", DN="XML-instans"), Content=content))],
        Signature=signature,
    )


def next_of_kin(**more: object) -> po.ParorendeForesatt:
    return po.ParorendeForesatt(Referanseperson=fk1.Person(GivenName="Kari"), **more)  # type: ignore[arg-type]
