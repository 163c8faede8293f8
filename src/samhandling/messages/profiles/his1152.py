"""Forespørsel, svar and notat, and what all dialogue messages share (HIS 1152, HIS 80603, HISD 80903)."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages.codes import list_number
from samhandling.messages.facts import Facts
from samhandling.messages.facts.payload import payload_of
from samhandling.messages.facts.people import roles
from samhandling.messages.facts.tree import Element, attribute, child, children, local
from samhandling.messages.profiles.content import each
from samhandling.messages.profiles.finding import Finding, at

REQUEST, ANSWER, NOTE = "DIALOG_FORESPORSEL", "DIALOG_SVAR", "DIALOG_NOTAT"
_REQUEST_LISTS = ("9152", "9153", "9154", "9065", "8331")
_FREE_TEXT = {("9152", "99"), ("9153", "99"), ("9154", "99"), ("9065", "5"), ("8331", "5")}
_ANSWER_THEME = ("9069", "5")
_NOTE_LISTS = ("7321", "9155")
# Elements that the profile has taken out of use (HISD 80903).
_UNUSED = ("SakstypeKodet", "Sakstype")
_UNUSED_IN_REQUEST = ("Formål", "Begrunnelse", "Hastegrad", "FraDato", "TilDato", "TypeJournalinfo")


def check(facts: Facts, root: Element) -> Iterator[Finding]:
    """The usage goes with the type, and each usage has what it needs."""
    payload = payload_of(root)
    yield from _usage(facts, payload)
    yield from _roles(payload)
    match facts.type:
        case "DIALOG_FORESPORSEL":
            yield from _requests(facts, payload)
        case "DIALOG_SVAR":
            yield from _answers(facts, payload)
        case "DIALOG_NOTAT":
            yield from _notes(facts, payload)
    for name in _UNUSED:
        if child(payload, name) is not None:
            yield _unused(child(payload, name), name)


def _usage(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    wanted = "Foresporsel" if facts.type == REQUEST else "Notat"
    count = len(each(payload, wanted))
    if not count:
        yield at(
            payload,
            "HIS1152-01",
            "Meldingen har ikke det innholdet som meldingstypen sier.",
            "Skriv spørsmålet i Foresporsel, alt annet i Notat.",
        )
    elif count > 1 and facts.type != REQUEST:
        yield at(
            payload,
            "HIS1152-02",
            "Meldingen har flere notater.",
            "Send ett notat i hver melding.",
            severity="note",
        )


def _requests(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    for request, element in zip(facts.requests, each(payload, "Foresporsel"), strict=False):
        kind = child(element, "TypeForesp")
        number = list_number(request.type.oid)
        if request.type.oid and number not in _REQUEST_LISTS:
            yield at(
                kind,
                "HIS1152-03",
                "Type forespørsel er hentet fra et annet kodeverk enn ventet.",
                "Bruk kodeverk 9152, 9153 eller 9154 etter hvem som spør.",
            )
        if (number, request.type.value) in _FREE_TEXT and not request.question:
            yield at(element, "HIS1152-04", "Spørsmålet mangler.", "Skriv hva det spørres om i Sporsmal.")
        if len(facts.requests) > 1 and not request.document_id:
            yield at(
                element,
                "HIS1152-05",
                "Meldingen har flere spørsmål, og spørsmålet har ingen id.",
                "Gi hvert spørsmål en DokIdForesp.",
            )
        for name in _UNUSED_IN_REQUEST:
            if child(element, name) is not None:
                yield _unused(child(element, name), name)


def _answers(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    for note, element in zip(facts.notes, each(payload, "Notat"), strict=False):
        if (list_number(note.theme.oid), note.theme.value) != _ANSWER_THEME:
            yield at(
                child(element, "TemaKodet"),
                "HIS1152-06",
                "Temaet er ikke Svar på forespørsel.",
                "Bruk kode 5 i kodeverk 9069.",
                severity="note",
            )
        if not note.text:
            yield at(element, "HIS1152-07", "Svaret mangler.", "Skriv svaret i TekstNotatInnhold.")
        if note.request is None and facts.version == "1.0":
            yield at(element, "HIS1152-08", "Forespørselen er ikke med i svaret.", "Kopier forespørselen inn i svaret.")


def _notes(facts: Facts, payload: Element | None) -> Iterator[Finding]:
    for note, element in zip(facts.notes, each(payload, "Notat"), strict=False):
        if note.theme.oid and list_number(note.theme.oid) not in _NOTE_LISTS:
            yield at(
                child(element, "TemaKodet"),
                "HIS1152-09",
                "Temaet er hentet fra et annet kodeverk enn ventet.",
                "Bruk kodeverk 7321 eller 9155.",
            )
        if not note.text:
            yield at(element, "HIS1152-10", "Teksten mangler.", "Skriv teksten i TekstNotatInnhold.")


def _roles(payload: Element | None) -> Iterator[Finding]:
    """SEND-71, SEND-72: a role, and who has it."""
    for role in roles(payload):
        person = child(role, "HealthcareProfessional")
        if not any(
            attribute(holder, "V", name)
            for holder, name in ((role, "RolleNotat"), (role, "RoleToPatient"), (person, "RoleToPatient"))
        ):
            yield at(role, "HIS1152-11", "Personen står uten rolle.", "Oppgi RolleNotat eller RoleToPatient.")
        if not any(
            local(item) in ("HealthcareProfessional", "Person", "TilknyttetEnhet") for item in children(role, "*")
        ):
            yield at(
                role,
                "HIS1152-12",
                "Rollen står uten person eller enhet.",
                "Oppgi helsepersonell, eller enheten i versjon 1.1.",
            )


def _unused(element: Element | None, name: str) -> Finding:
    return at(
        element,
        "HIS1152-13",
        f"{name} er tatt ut av bruk.",
        "Utelat elementet.",
        severity="note",
        blocks=False,
    )
