"""Which code list an element takes when the document does not say so itself (CS elements, and CV without S)."""

from __future__ import annotations

from collections.abc import Mapping

PERSONS_AND_UNITS = ("8116", "9051")

ELEMENT_LISTS: Mapping[str, tuple[str, ...]] = {
    "AdmStatus": ("9083",),
    "AnafylaktiskeReaksjoner": ("1103",),
    "Atc": ("7180",),
    "BehovTolkSprak": ("3303",),
    "Blodtype": ("9160",),
    "Briller": ("9113",),
    "Bruk": ("9101",),
    "ComMethod": ("8235",),
    "Compression": ("1204",),
    "Consent": ("9064", "3109"),
    "Country": ("9043",),
    "County": ("3402",),
    "Diagnosekode": ("7110", "7170", "7171"),
    "DocumentConnection": ("4702",),
    "Error": ("8221",),
    "FasteUkedager": ("9082",),
    "Formål": ("9068",),
    "Forsendelsesstatus": ("7309",),
    "Funksjonsområde": ("9536",),
    "Funksjonsvariabel": ("9111", "9115"),
    "Hastegrad": ("9067",),
    "Hendelsekode": ("9121",),
    "HjelpemiddelHorsel": ("9114",),
    "HjelpemiddelkodeRTV": ("8151",),
    "IPLOStjenestetype": ("9151",),
    "InngaarIMultidose": ("9103",),
    "IntervensjonTiltakKode": ("9132",),
    "KategoriHelsepersonell": ("9060",),
    "KodetOpplysning": ("8324",),
    "KodetVurdering": ("7150", "7140", "7130", "7250"),
    "Kontakttype": ("8432",),
    "Legemiddelform": ("7448",),
    "Nationality": ("9043",),
    "Omsorgsfunksjon": ("9050",),
    "Opplysning": ("8329",),
    "Overskriftskode": ("9141", "9142", "9143", "9145"),
    "ProcessingStatus": ("8113",),
    "Relation": ("8254",),
    "RequestedPriority": ("8115",),
    "Rhesusgruppe": ("9161",),
    "RoleReceiver": ("8112",),
    "RoleToPatient": ("9034",),
    "RolleNotat": ("9057",),
    "SarskilteTiltak": ("9136",),
    "ServType": ("7309",),
    "Sex": ("3101",),
    "SivilStatus": ("8724",),
    "Slektskap": ("9033",),
    "Sprak": ("3303",),
    "StatusTilForskrivningen": ("9104",),
    "StedForKontaktepisode": ("8434",),
    "TemaKodet": ("9069", "8117", "7321", "9155", "7322", "9148"),
    "TypeForesp": ("9152", "9153", "9154", "9065", "8331"),
    "TypeHealthcareProfessional": ("9060",),
    "TypeHendelse": ("9131",),
    "TypeId": PERSONS_AND_UNITS,
    "TypeInformasjon": ("9502",),
    "TypeInnhold": ("9138", "9139", "9140"),
    "TypeInnholdKonsultasjon": ("9137",),
    "TypeJournalinfo": ("9066",),
    "TypeMottaker": ("8330",),
    "TypeOffId": ("8116",),
    "TypeOrganisation": ("9040",),
    "TypeRelasjon": ("8254",),
    "TypeTelecom": ("9061",),
    "UtTil": ("8408",),
    "Utleveringsform": ("9135",),
    "Uttilstand": ("8431",),
    "VirkestoffLegemiddel": ("7180",),
}
"""Element name -> the lists it may take, by the profiles."""

_IN_PARENT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("MsgInfo", "Type"): ("8279",),
    ("MsgInfo", "Ack"): ("7304",),
    ("AppRec", "MsgType"): ("8279",),
    ("AppRec", "Status"): ("8258",),
    ("OriginalMsgId", "MsgType"): ("8279",),
    ("RefDoc", "MsgType"): ("8114",),
    ("Address", "Type"): ("3401",),
    ("AdditionalId", "Type"): PERSONS_AND_UNITS,
    ("StatusHjelpemiddel", "Status"): ("8230",),
    # The families before MsgHead, as far as their lists are ours.
    ("Message", "Type"): ("8279",),
    ("Message", "Ack"): ("7304",),
    ("HCProf", "Type"): ("9060",),
}


def lists_of(parent: str, element: str) -> tuple[str, ...]:
    """The lists that `element` inside `parent` (local names) may take; empty when the profiles name none."""
    return _IN_PARENT.get((parent, element)) or ELEMENT_LISTS.get(element, ())
