"""Who a document of ours is from, to and about: addresses, the patient, units and professionals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, NamedTuple

from samhandling.messages.compose.about import About


@dataclass(frozen=True, kw_only=True)
class AddressLevel:
    """An organisation, or a service below it, as Adresseregisteret names it."""

    name: Annotated[
        str, About("Navn", "Som i Adresseregisteret.", required=True, form="line", example="Saksbehandling")
    ]
    her_id: Annotated[str, About("HER-id", required=True, form="her_id", example="2022")]
    # Sent beside the HER-id when known (SEND-43).
    organisation_number: Annotated[
        str, About("Organisasjonsnummer", "Sendes ved siden av HER-id.", form="token", example="999888777")
    ] = ""


@dataclass(frozen=True, kw_only=True)
class AddressPerson:
    """Level 2 as a person: a general practitioner."""

    family_name: Annotated[str, About("Etternavn", required=True, form="line", example="Legesen")]
    given_name: Annotated[str, About("Fornavn", form="line", example="Lise")]
    her_id: Annotated[str, About("HER-id", required=True, form="her_id", example="3033")]
    hpr_number: Annotated[str, About("HPR-nummer", form="token", example="9999998")] = ""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A sender or receiver on its two levels (HIS 1153)."""

    organisation: Annotated[AddressLevel, About("Virksomhet", "Kommune, helseforetak, legekontor.", required=True)]
    part: Annotated[
        AddressLevel | AddressPerson,
        About("Tjeneste eller person", "Den som skal ha meldingen, i virksomheten.", required=True),
    ]


class PersonIdentifier(NamedTuple):
    """A number that a person is known by, and its kind (list 8116)."""

    kind: Annotated[
        str,
        About(
            "Type",
            required=True,
            lists=("8116",),
            only=("FNR", "DNR", "FHN", "HNR", "DUF", "PNR", "UID", "SEF", "DKF", "SSN", "FPN", "XXX"),
            example="FNR",
        ),
    ]
    number: Annotated[str, About("Nummer", required=True, form="person_number", example="13116900216")]


@dataclass(frozen=True, kw_only=True)
class PatientValues:
    """The patient of the header. Values stay out of the repr (P-08)."""

    family_name: Annotated[str, About("Etternavn", required=True, form="line", example="Prøvesen")] = field(repr=False)
    given_name: Annotated[str, About("Fornavn", required=True, form="line", example="Åse")] = field(repr=False)
    middle_name: Annotated[str, About("Mellomnavn", form="line")] = field(default="", repr=False)
    # (Code of list 8116, number), the most official first.
    identifiers: Annotated[
        tuple[PersonIdentifier | tuple[str, str], ...],
        About("Numre", "Fødselsnummer, D-nummer, felles hjelpenummer; det mest offisielle først."),
    ] = field(default=(), repr=False)
    birth_date: Annotated[date | None, About("Fødselsdato", example="1969-11-13")] = field(default=None, repr=False)
    # Code of list 3101; "" when not known.
    sex: Annotated[str, About("Kjønn", lists=("3101",), example="2")] = ""


@dataclass(frozen=True, kw_only=True)
class UnitValues:
    """The responsible unit: the ward, with the telephone that is answered."""

    name: Annotated[str, About("Enhet", required=True, form="line", example="Sengepost 3")]
    phone: Annotated[
        str, About("Telefon", "Nummeret som blir besvart.", required=True, form="phone", example="69860000")
    ]
    # The ward's code in the patient system, sent as a local identifier (list 9051).
    identifier: Annotated[str, About("Kode", "Enhetens kode hos avsender.", required=True, form="line", example="SP3")]
    identifier_kind: Annotated[str, About("Type kode", lists=("9051",), example="LAV")] = "LAV"


@dataclass(frozen=True, kw_only=True)
class Professional:
    """A responsible or deciding health professional."""

    family_name: Annotated[str, About("Etternavn", required=True, form="line", example="Ansvarsen")]
    given_name: Annotated[str, About("Fornavn", form="line", example="Gro")] = ""
    # Code of list 9060.
    profession: Annotated[str, About("Yrke", required=True, lists=("9060",), example="SP")] = "XX"
    # Code of list 9034.
    role: Annotated[str, About("Rolle", required=True, lists=("9034",), example="21")] = "21"
    hpr_number: Annotated[str, About("HPR-nummer", form="token", example="9999999")] = ""
    # User id in the sending system; stands in when there is no HPR number, since an Ident is required.
    local_id: Annotated[
        str, About("Bruker-id", "Brukes når HPR-nummer mangler.", form="line", example="gro.ansvarsen")
    ] = ""
    phone: Annotated[str, About("Telefon", form="phone", example="69860001")] = ""


@dataclass(frozen=True, kw_only=True)
class ContactPerson(Professional):
    """A professional to contact about the patient: general practitioner, attending doctor, contact at the receiver."""

    remark: Annotated[str, About("Merknad")] = ""


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """A person without a profession."""

    family_name: Annotated[str, About("Etternavn", required=True, form="line", example="Prøvesen")] = field(
        default="", repr=False
    )
    given_name: Annotated[str, About("Fornavn", form="line", example="Ola")] = field(default="", repr=False)
    phone: Annotated[str, About("Telefon", form="phone", example="91000000")] = field(default="", repr=False)
