"""Rules of the header that no schema holds (HIS 80601, HIS 80704 4.1, HISD 1165, HIS 1153)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from samhandling.messages import catalogue, codes
from samhandling.messages.codes.elements import lists_of
from samhandling.messages.facts import Facts, Party
from samhandling.messages.facts.tree import Element, child, children, local, namespace
from samhandling.messages.profiles.finding import Finding, at
from samhandling.messages.receipts import patients

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_PHONE = re.compile(r"(?:tel|fax):\+?[0-9][0-9/\-]*")
_OTHER_ADDRESS = re.compile(r"(?:mailto|https?):\S+", re.IGNORECASE)
# Content that only holds others, and text that may be markup: what is missing there is found by its own rule.
_MAY_BE_EMPTY = frozenset({"Content", "Base64Container"})
# Signatures and marked-up text have rules of their own.
_FOREIGN = frozenset({"http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/1999/xhtml"})


def check(facts: Facts, root: Element, *, test: bool) -> Iterator[Finding]:
    """Everything about MsgInfo and about the writing of elements in the whole document."""
    info = child(root, "MsgInfo")
    yield from _ids(facts, info)
    yield from _type(facts, root, info)
    yield from _parties(facts, info)
    yield from _patient(facts, info, test=test)
    if child(info, "Ack") is not None:
        yield at(
            child(info, "Ack"),
            "HODE-18",
            "Ack er tatt ut av bruk; applikasjonskvittering sendes alltid.",
            "Utelat elementet.",
            severity="note",
        )
    if facts.is_test:
        yield at(
            child(info, "ProcessingStatus"),
            "HODE-15",
            "Meldingen er merket som opplæring eller test.",
            "Behandle den ikke som en melding om en pasient.",
            severity="note",
            blocks=False,
        )


def check_older(facts: Facts, root: Element, *, test: bool) -> Iterator[Finding]:
    """The same of the families before MsgHead: id, who writes to whom on both levels (AD2.9 to AD2.15), the patient."""
    if not _UUID.fullmatch(facts.msg_id.strip()):
        yield at(child(root, "MsgId"), "HODE-01", "MsgId er ikke en UUID.", "Gi hver melding en ny UUID.")
    yield from _party(facts.sender, None, "Avsender")
    for party in facts.receivers:
        yield from _party(party, None, "Kopimottaker" if party.role == "COP" else "Mottaker")
    yield from _patient(facts, None, test=test)


def _ids(facts: Facts, info: Element | None) -> Iterator[Finding]:
    if not _UUID.fullmatch(facts.msg_id.strip()):
        yield at(child(info, "MsgId"), "HODE-01", "MsgId er ikke en UUID.", "Gi hver melding en ny UUID.")
    if facts.generated.ambiguous:
        yield at(
            child(info, "GenDate"),
            "HODE-09",
            "Tidspunktet kan være sommertid eller vintertid.",
            "Oppgi tidssone.",
            severity="note",
        )
    reference = child(info, "ConversationRef")
    for name in ("RefToParent", "RefToConversation"):
        element = child(reference, name)
        if element is not None and not _UUID.fullmatch((element.text or "").strip()):
            yield at(element, "HODE-19", f"{name} er ikke en UUID.", "Vis til MsgId i den tidligere meldingen.")


def _type(facts: Facts, root: Element, info: Element | None) -> Iterator[Finding]:
    element = child(info, "Type")
    if facts.payload_matches is False:
        yield at(
            element,
            "HODE-12",
            "Meldingstypen passer ikke til innholdet i meldingen.",
            "La typen følge innholdet.",
        )
    found = catalogue.by_namespace(facts.namespace, facts.type)
    if found and facts.status and found.allowed_status and facts.status not in found.allowed_status:
        yield at(
            next(root.iter("{*}Forsendelsesstatus"), None),
            "HODE-13",
            f"Forsendelsesstatus brukes ikke i {found.name}.",
            "Bruk Ny, eller Kansellering og en ny melding.",
        )
    first = child(root, "Document", "RefDoc", "MsgType")
    if first is not None and (first.get("V") or "").strip() != "XML":
        yield at(first, "HODE-10", "Første dokument er ikke XML.", "Legg meldingen selv i første Document.")


def _parties(facts: Facts, info: Element | None) -> Iterator[Finding]:
    yield from _party(facts.sender, child(info, "Sender"), "Avsender")
    elements = [*children(info, "Receiver"), *children(info, "OtherReceiver")]
    for party, element in zip(facts.receivers, elements, strict=False):
        yield from _party(party, element, "Kopimottaker" if party.role == "COP" else "Mottaker")


def _party(party: Party, element: Element | None, whose: str) -> Iterator[Finding]:
    if not party.organisation_her_id:
        yield at(element, "HIS1153-01", f"{whose} mangler HER-id på virksomheten.", "Legg til HER-id på nivå 1.")
    if not party.her_id:
        yield at(
            element, "HIS1153-02", f"{whose} mangler HER-id på tjenesten eller personen.", "Legg til HER-id på nivå 2."
        )
    if not party.organisation.name.strip() or (party.part is not None and not party.part.name.strip()):
        yield at(element, "HIS1153-03", f"{whose} mangler navn.", "Hent navnet fra adresseregisteret.")


def _patient(facts: Facts, info: Element | None, *, test: bool) -> Iterator[Finding]:
    element = child(info, "Patient")
    patient = facts.patient
    if patient is None or not patients.sufficient(patient, accept_h_number=False, test=test):
        yield at(
            element if element is not None else info,
            "HODE-11",
            "Pasienten er ikke tilstrekkelig identifisert.",
            "Oppgi navn og fødselsnummer, D-nummer eller felles hjelpenummer, eller navn, fødselsdato og kjønn.",
        )
    if patient is None:
        return
    if any(not number.valid for number in patient.numbers(test=test)):
        yield at(
            child(element, "Ident"),
            "HODE-16",
            "Et fødselsnummer, D-nummer eller hjelpenummer er ikke gyldig.",
            "Kontroller nummeret.",
        )
    if patients.mismatch(patient, test=test):
        yield at(
            element,
            "HODE-20",
            "Nummer, fødselsdato eller kjønn stemmer ikke overens.",
            "Kontroller hvem pasienten er.",
        )
    if patients.has_h_number(patient, test=test):
        yield at(
            child(element, "Ident"),
            "HODE-21",
            "H-nummer er ikke et fødselsnummer.",
            "Send det bare etter avtale.",
            severity="note",
            blocks=False,
        )
    if patient.birth_date is not None and not patient.sex:
        yield at(
            element, "HODE-17", "Fødselsdato er oppgitt uten kjønn.", "Oppgi kjønn også.", severity="note", blocks=False
        )


def check_writing(root: Element) -> Iterator[Finding]:
    """How elements and attributes are written, in the whole document: codes, empty elements, blanks, telephones."""
    for element in root.iter("{*}*"):
        attributes = element.items()
        name = local(element)
        if not attributes:
            if len(element) == 0 and namespace(element) not in _FOREIGN:
                yield from _bare(element, name)
            continue
        if namespace(element) in _FOREIGN:
            continue
        for attribute, value in attributes:
            if value[:1].isspace() or value[-1:].isspace():
                yield _blanks(element, str(attribute))
        if name == "TeleAddress":
            yield from _phone(element)
        else:
            yield from _code(element, name)


def _bare(element: Element, name: str) -> Iterator[Finding]:
    """A leaf without attributes: empty is never right, and a code must be there where one belongs."""
    if (element.text or "").strip():
        return
    if name not in _MAY_BE_EMPTY:
        yield at(element, "HODE-06", f"{name} er tomt.", "Utelat elementer uten innhold.")


def _blanks(element: Element, attribute: str) -> Finding:
    return at(
        element,
        "HODE-07",
        f"Attributtet {attribute.rpartition('}')[2]} begynner eller slutter med blanktegn.",
        "Fjern blanktegnene.",
        severity="note",
    )


def _phone(element: Element) -> Iterator[Finding]:
    value = element.get("V") or ""
    if not _PHONE.fullmatch(value) and not _OTHER_ADDRESS.fullmatch(value):
        yield at(
            element,
            "HODE-08",
            "Telefonnummeret er ikke skrevet som tel: og sifre.",
            "Skriv for eksempel tel:73555555, uten blanktegn.",
            severity="note",
        )


def _code(element: Element, element_name: str) -> Iterator[Finding]:
    """CS with V and DN, CV with V, S and DN or OT alone, and only codes that the list has (SEND-36 to SEND-39)."""
    value, oid, name = element.get("V"), element.get("S"), element.get("DN")
    if value is None:
        if (oid is not None or name is not None) and element.get("OT") is None:
            yield at(element, "HODE-02", f"{element_name} mangler kode.", "Oppgi kode og tekst.")
        return
    parent = element.getparent()
    expected = lists_of(local(parent) if parent is not None else "", element_name)
    if not expected and oid is None and name is None:
        # A time, a quantity or an address: they have V too.
        return
    if name is None:
        yield at(element, "HODE-03", f"{element_name} har kode uten tekst.", "Oppgi DN sammen med V.")
    if oid is None and _is_cv(element):
        yield at(element, "HODE-04", f"{element_name} har kode uten kodeverk.", "Oppgi S sammen med V.")
    numbers = (codes.list_number(oid),) if oid else expected
    if oid and expected and numbers[0] not in expected and element_name not in _OPEN_LISTS:
        yield at(element, "HODE-05", f"{element_name} viser til et annet kodeverk enn ventet.", "Kontroller S.")
    elif numbers and all(codes.surely_unknown(number, value.strip()) for number in numbers):
        yield at(element, "HODE-05", f"{element_name} har en kode som ikke finnes i kodeverket.", "Rett koden.")
    elif any(codes.withdrawn(number, value.strip()) for number in numbers):
        yield at(
            element,
            "HODE-22",
            f"{element_name} har en kode eller et kodeverk som er utgått.",
            "Bruk koden som har tatt over.",
            severity="note",
        )


# CV elements of the header and the common head; all others with a code are CS (code-lists 1).
_CV = frozenset(
    {"TypeId", "TypeOrganisation", "RoleToPatient", "Consent", "TypeForesp", "Opplysning", "TypeMottaker"}
    | {"Hendelsekode", "UtTil", "Uttilstand", "TypeRelasjon", "TypeInformasjon", "Error", "TypeInnhold"}
    | {"Overskriftskode", "IPLOStjenestetype", "Funksjonsvariabel", "Diagnosekode"}
    | {"TemaKodet", "RolleNotat", "Formål", "KodetOpplysning", "VirkestoffLegemiddel", "KodetVurdering"}
    | {"Funksjonsområde", "IntervensjonTiltakKode", "TypeHendelse", "HjelpemiddelkodeRTV"}
)
_OPEN_LISTS = frozenset(
    {"Overskriftskode", "TypeInnhold", "TypeForesp", "Funksjonsvariabel", "TypeOrganisation", "TemaKodet"}
    | {"Diagnosekode", "KodetVurdering", "Funksjonsområde", "VirkestoffLegemiddel", "HjelpemiddelkodeRTV", "Atc"}
    | {"IntervensjonTiltakKode", "TypeJournalinfo", "KodetOpplysning"}
)


def _is_cv(element: Element) -> bool:
    """In AppRec, TypeId is a CS."""
    return local(element) in _CV and "apprec" not in namespace(element)
