"""Values of what surrounds the patient: family, services, aids, information, reservations, appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from samhandling.messages.compose.about import About
from samhandling.messages.compose.parties import PersonName, Professional


@dataclass(frozen=True, kw_only=True, repr=False)
class NextOfKin(PersonName):
    """Next of kin, or guardian."""

    relation: Annotated[str, About("Slektskap", lists=("9033",), example="SO")] = ""
    function: Annotated[str, About("Omsorgsfunksjon", lists=("9050",))] = ""
    remark: Annotated[str, About("Merknad", example="Nærmeste pårørende. Informert.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Child(PersonName):
    """A child under 18 whom the patient cares for."""

    birth_year: Annotated[int | None, About("Fødselsår", required=True, least=1990, most=2199, example=2018)] = None
    relation: Annotated[str, About("Slektskap", lists=("9033",), example="DA")] = ""
    follow_up: Annotated[str, About("Behov for oppfølging", example="Bor hos tante.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class SentDocument:
    """Another document that was, or was not, sent."""

    document: Annotated[str, About("Dokument", required=True, lists=("8329",), example="4")] = ""
    sent: Annotated[bool | None, About("Sendt", required=True, example=True)] = None
    sent_on: Annotated[date | None, About("Sendt dato")] = None
    receiver_kind: Annotated[str, About("Sendt til", lists=("8330",), example="2")] = ""
    receiver_name: Annotated[str, About("Navn på mottaker", form="line")] = ""
    remark: Annotated[str, About("Merknad")] = ""


RequestList = Literal["9152", "9153", "9154"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Request:
    """What was asked for: the list tells who asks (9152 municipality, 9153 doctor, 9154 hospital)."""

    asked_by: Annotated[
        RequestList,
        About("Kodeverk", "9152 pleie og omsorg, 9153 lege, 9154 sykehus spør.", required=True, example="9152"),
    ] = "9152"
    type: Annotated[str, About("Type forespørsel", required=True, lists=("9152", "9153", "9154"), example="8")] = ""
    question: Annotated[str, About("Spørsmål", example="Når regner dere med utskriving?")] = ""
    document_id: Annotated[str, About("Spørsmålets id", "Når forespørselen hadde flere spørsmål.", form="line")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Service:
    """A municipal or private service that the patient has."""

    type: Annotated[str, About("Tjeneste", "IPLOS tjenestetype.", lists=("9151",), example="15")] = ""
    name: Annotated[str, About("Betegnelse", form="line", example="Hjemmesykepleie")] = ""
    private: Annotated[bool, About("Privat tjeneste")] = False
    provider: Annotated[str, About("Leveres av", form="line", example="Hjemmetjenesten sone nord")] = ""
    text: Annotated[str, About("Om tjenesten", example="Daglig tilsyn.")] = ""
    amount: Annotated[float | None, About("Antall enheter", least=0, most=1e6, example=3)] = None
    amount_unit: Annotated[str, About("Enhet", form="line", example="Timer per uke")] = ""
    from_day: Annotated[date | None, About("Fra dato", example="2026-01-06")] = None
    to_day: Annotated[date | None, About("Til dato")] = None
    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceNeed:
    """A service that the patient is thought to need."""

    type: Annotated[str, About("Tjeneste", "IPLOS tjenestetype.", lists=("9151",), example="15")] = ""
    name: Annotated[str, About("Betegnelse", form="line", example="Hjemmesykepleie")] = ""
    text: Annotated[str, About("Beskrivelse", example="Hjelp til stell morgen og kveld.")] = ""
    institution: Annotated[str, About("Ved institusjon", form="line")] = ""
    amount: Annotated[float | None, About("Antall enheter", least=0, most=1e6)] = None
    amount_unit: Annotated[str, About("Enhet", form="line")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Aid:
    """An aid and whether it is there."""

    name: Annotated[str, About("Hjelpemiddel", required=True, form="line", example="Rullator")] = ""
    status: Annotated[str, About("Status", required=True, lists=("8230",), example="6")] = "6"


@dataclass(frozen=True, kw_only=True, repr=False)
class InformationGiven:
    """What someone was told."""

    text: Annotated[str, About("Informasjon", example="Informert om innleggelsen.")] = ""
    type: Annotated[str, About("Type", lists=("9502",))] = ""
    to: Annotated[PersonName | None, About("Gitt til", required=True)] = None
    on: Annotated[date | None, About("Dato", required=True, example="2026-11-21")] = None
    by: Annotated[Professional | None, About("Gitt av", required=True)] = None
    spoken: Annotated[bool, About("Muntlig")] = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Communication:
    """Help that the patient needs to communicate."""

    language: Annotated[str, About("Tolk i språk", lists=("3303",), example="PL")] = ""
    hearing: Annotated[bool, About("Hørselsvikt")] = False
    sight: Annotated[bool, About("Synsvikt")] = False
    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Reservation:
    """A reservation or wish of the patient."""

    concerns: Annotated[str, About("Gjelder", required=True, example="Ønsker ikke blodoverføring.")] = ""
    by: Annotated[PersonName | None, About("Framsatt av", required=True)] = None
    on: Annotated[date | None, About("Dato", required=True, example="2026-11-21")] = None
    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Appointment:
    """A follow-up: booked for a time, tentative (in words), or to be booked by the patient or family."""

    at: Annotated[datetime | None, About("Tidspunkt", "Når timen er bestilt.", example="2026-12-01T10:00:00+01:00")] = (
        None
    )
    about_when: Annotated[str, About("Omtrent når", "Når timen ikke er bestilt.", form="line", example="Uke 50")] = ""
    by_patient: Annotated[bool, About("Pasient eller pårørende bestiller")] = False
    minutes: Annotated[int | None, About("Varighet i minutter", least=1, most=1440, example=30)] = None
    place: Annotated[str, About("Sted", form="line", example="Ortopedisk poliklinikk")] = ""
    patient_informed: Annotated[bool | None, About("Pasienten er informert")] = None
    family_informed: Annotated[bool | None, About("Pårørende er informert")] = None
    remark: Annotated[str, About("Merknad")] = ""
