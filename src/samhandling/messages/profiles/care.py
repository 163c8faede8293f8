"""Rules common to all PLO messages (HIS 80704, HISD 1154)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from samhandling.messages.codes import list_number
from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.tree import Element, attribute, child, children, local
from samhandling.messages.profiles.content import answers_request, content_lists, is_full
from samhandling.messages.profiles.finding import Finding, at

_PROFESSIONALS = {"AnsvarForRapport": "AnsvarligRapport", "KontaktpersonHelsepersonell": "Kontaktperson"}
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_META = "{http://www.kith.no/xmlstds/epj/meta/2008-02-20}"
# Component -> its OID (HIS 80704 4.5).
_COMPONENTS: Mapping[str, str] = {
    "Cave": "2.16.578.1.12.4.1.6.14.50001.0",
    "SakshodeCave": "2.16.578.1.12.4.1.6.13.10028.0",
    "Allerginotat": "2.16.578.1.12.4.1.6.13.11036.1",
    "GenereltJournalnotat": "2.16.578.1.12.4.1.6.13.11009.0",
    "Legemiddelinfo": "2.16.578.1.12.4.1.6.13.10301.0",
    "LegemidlerAdministrertVedOverforing": "2.16.578.1.12.4.1.6.13.10302.0",
}
_CONTENT_LISTS = {"HELSEOPPL_SOKNAD": "9140", "MEDISINSKE_OPPLYSNINGER": "9138", "UTSKRIVNINGSRAPPORT": "9139"}
_HEAD = frozenset(
    {
        "InformasjonOmForsendelsen",
        "TilleggsopplysningPasient",
        "ParorendeForesatt",
        "TilknyttetEnhet",
        "KontaktpersonHelsepersonell",
        "AnsvarForRapport",
        "SendtDokument",
        "TypeInnholdIMelding",
        "InnholdKonsultasjon",
        "OpplysningOpphold",
    }
)
# Headings that another element of the message takes: list -> where it belongs.
_NURSING = "9141"
_SICK_LEAVE = ("9142", "SYKM")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """Professions, events, components, answers, headings, and that the message says anything."""
    payload = payload_of(root)
    for wrapper, inner in _PROFESSIONALS.items():
        for found in children(payload, wrapper):
            professional = child(found, inner)
            if not attribute(professional, "V", "TypeHealthcareProfessional"):
                yield at(
                    professional,
                    "PLO-01",
                    "Helsepersonell står uten yrkesgruppe.",
                    "Oppgi TypeHealthcareProfessional.",
                )
    yield from _events(payload)
    yield from _components(payload)
    yield from _answer(payload)
    yield from _headings(facts, payload)
    yield from _content(facts, payload)


def _events(payload: Element | None) -> Iterator[Finding]:
    if payload is None:
        return
    for event in payload.iter("{*}TidsfestetHendelse"):
        code = child(event, "Hendelsekode")
        if code is None and child(event, "BeskrivelseAvHendelse") is None:
            yield at(event, "PLO-05", "Hendelsen har verken kode eller beskrivelse.", "Oppgi hendelseskode.")


def _components(payload: Element | None) -> Iterator[Finding]:
    """SEND-63: each component has its own id and the OID of its kind."""
    if payload is None:
        return
    seen: set[str] = set()
    for element in payload.iter(*(f"{{*}}{name}" for name in _COMPONENTS)):
        kind, own = element.get(f"{_META}komponenttype"), (element.get("komponentID") or "").strip()
        if kind is not None and kind.strip() != _COMPONENTS[local(element)]:
            yield at(
                element,
                "PLO-06",
                f"{local(element)} har feil komponenttype.",
                "Bruk OID-en som standarden gir komponenten.",
                severity="note",
            )
        if own and not _GUID.fullmatch(own):
            yield at(
                element, "PLO-07", "komponentID er ikke en GUID.", "Gi hver komponent en ny GUID.", severity="note"
            )
        if own and own.lower() in seen:
            yield at(
                element,
                "PLO-08",
                "To komponenter har samme komponentID.",
                "Gi hver komponent en ny GUID.",
                severity="note",
                blocks=False,
            )
        seen.add(own.lower())


def _answer(payload: Element | None) -> Iterator[Finding]:
    """SEND-65: an answer copies the request."""
    information = child(payload, "InformasjonOmForsendelsen")
    copied = child(information, "Foresporsel") is not None
    if answers_request(payload) and not copied:
        yield at(
            information,
            "PLO-09",
            "Meldingen er svar på en forespørsel, men forespørselen er ikke med.",
            "Kopier forespørselen inn i svaret.",
        )
    elif copied and not answers_request(payload):
        yield at(
            information,
            "PLO-10",
            "Forespørselen er med, men meldingen sier ikke at den er et svar.",
            "Sett SvarPaaForesporsel til true.",
            severity="note",
        )


def _headings(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    """Section 14 of HIS 80704: which headings stand where."""
    if payload is None or facts.version == "1.5":
        return
    for element in payload.iter("{*}Overskriftskode"):
        number, value = list_number(element.get("S") or ""), (element.get("V") or "").strip()
        if (number, value) == _SICK_LEAVE:
            yield at(
                element, "PLO-11", "Sykmelding er ikke en overskrift i denne meldingen.", "Bruk en annen overskrift."
            )
        elif number == "9145" and facts.type != "HELSEOPPL_SOKNAD":
            yield at(
                element,
                "PLO-12",
                "Overskriften hører til Helseopplysninger.",
                "Bruk en overskrift fra 9141 eller 9142.",
            )
        elif number == "9142" and _inside(element, "Sykepleierdokumentasjon"):
            yield at(
                element,
                "PLO-13",
                "Medisinskfaglig overskrift står under sykepleie.",
                "Flytt teksten til medisinskfaglige opplysninger.",
                severity="note",
                blocks=False,
            )


def _inside(element: Element, name: str) -> bool:
    return any(local(above) == name for above in element.iterancestors())


def _content(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    wanted, written = _CONTENT_LISTS.get(facts.type), content_lists(payload)
    if wanted and written and written != wanted:
        yield at(
            child(payload, "TypeInnholdIMelding", "TypeInnhold"),
            "PLO-14",
            "Type innhold er hentet fra kodeverket til en annen melding.",
            f"Bruk kodeverk {wanted}.",
        )
    if is_full(facts) and payload is not None and not any(local(item) not in _HEAD for item in payload):
        yield at(payload, "PLO-15", "Meldingen sier ikke noe om pasienten.", "Skriv det meldingen gjelder.")
