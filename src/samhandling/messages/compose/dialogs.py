"""Dialogue messages (HIS 1151, HIS 1152, HIS 1077, HITS 1174 chapter 6): request, answer, deviation, note, dialogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from samhandling.clock.oslo import say_date
from samhandling.messages import codes
from samhandling.messages.compose.about import About
from samhandling.messages.compose.attachments import check_attachments
from samhandling.messages.compose.care_rules import check_request
from samhandling.messages.compose.checking import FieldError, conflict, missing
from samhandling.messages.compose.medical import NewId
from samhandling.messages.compose.parts import clean, cs, cv, given, joined
from samhandling.messages.compose.people import organisation, phone_address, telephone
from samhandling.messages.compose.practicalities import Request
from samhandling.messages.compose.values import Attachment, Envelope, Professional, UnitValues
from samhandling.messages.engine.tables import AnyElement
from samhandling.messages.model import dialogmelding, dialogmelding_10, dialogmelding_11
from samhandling.messages.model import felleskomponent1 as fk1

CONTACT_AT_RECEIVER = "24"
_AUTHOR = "1"
_ANSWER = ("9069", "5")
READY_REPLY = ("9155", "1")
"""What the municipality answers to ready for discharge."""


AnsweredMessage = Annotated[
    str,
    About("Gjelder melding", "Meldings-id til forespørselen som besvares.", required=True, form="uuid"),
]
FaultyMessage = Annotated[
    str,
    About("Gjelder melding", "Meldings-id til meldingen som har feil.", required=True, form="uuid"),
]


@dataclass(frozen=True, kw_only=True, repr=False)
class Wanted:
    """Whom at the receiver the message is meant for: a profession, and a name when it is known."""

    profession: Annotated[str, About("Yrke", required=True, lists=("9060",), example="SP")] = ""
    family_name: Annotated[str, About("Etternavn", form="line", example="Mottaksen")] = ""
    given_name: Annotated[str, About("Fornavn", form="line", example="Mona")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class DialogValues(Envelope):
    """What all dialogue messages have: who answers for it, and attachments."""

    responsible: Annotated[
        Professional | None, About("Ansvarlig helsepersonell", "Med telefonnummer.", required=True)
    ] = None
    consent: Annotated[str, About("Samtykke", lists=("9064",), example="2")] = ""
    attachments: Annotated[tuple[Attachment, ...], About("Vedlegg")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestValues(DialogValues):
    """DIALOG_FORESPORSEL: a question about a patient."""

    asked_by: Annotated[
        Literal["9152", "9153", "9154"],
        About("Hvem spør", "9152 pleie og omsorg, 9153 lege, 9154 sykehus.", required=True, example="9154"),
    ] = "9154"
    request_type: Annotated[
        str, About("Hva spørres det om", required=True, lists=("9152", "9153", "9154"), example="1")
    ] = ""
    question: Annotated[str, About("Spørsmål", example="Hvilke tjenester har pasienten?")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class AnswerValues(DialogValues):
    """DIALOG_SVAR: the answer in words, with the request copied in."""

    parent: AnsweredMessage = ""
    request: Annotated[Request | None, About("Forespørselen", "Som den ble mottatt.", required=True)] = None
    text: Annotated[str, About("Svar", required=True, example="Pasienten har hjemmesykepleie daglig.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class DeviationValues(DialogValues):
    """DIALOG_AVVIK: a message that was received went to the wrong place, or cannot be read."""

    parent: FaultyMessage = ""
    reason: Annotated[
        Literal["wrong_receiver", "technical"],
        About("Hva er feil", "wrong_receiver: feil adressat. technical: teknisk feil.", required=True),
    ] = "wrong_receiver"
    text: Annotated[str, About("Forklaring", required=True, example="Pasienten er ukjent for oss.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class NoteValues(DialogValues):
    """DIALOG_NOTAT: a note about a patient, or the municipality's answer to ready for discharge."""

    theme: Annotated[
        str,
        About("Tema", "Et notat; ikke i bruk når notatet svarer på utskrivningsklar.", lists=("7321",), example="1"),
    ] = ""
    ready_reply: Annotated[
        Literal["can", "from", "cannot"] | None,
        About(
            "Svar på utskrivningsklar",
            "can: kan ta imot meldt dato. from: kan ta imot fra en annen dato. cannot: kan ikke, vet ikke når.",
            example="from",
        ),
    ] = None
    from_day: Annotated[date | None, About("Kan ta imot fra", example="2026-11-23")] = None
    text: Annotated[str, About("Tekst", example="Rommet er klart mandag.")] = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class HealthDialogValues(DialogValues):
    """DIALOG_HELSEFAGLIG: a professional dialogue about one patient (HIS 1077)."""

    subject: Annotated[str, About("Emne", required=True, form="line", example="Spørsmål om blodprøve")] = ""
    text: Annotated[str, About("Tekst", required=True, example="Kan dere ta blodprøve på tirsdag?")] = ""
    contact_at_receiver: Annotated[
        Wanted | None, About("Kontakt hos mottaker", "Må oppgis i den første meldingen i en dialog.")
    ] = None
    unit: Annotated[UnitValues | None, About("Enhet", "Enheten som deltar i dialogen.")] = None


def rules(values: DialogValues, version: str) -> Iterator[FieldError]:
    """What each of the five must have besides its fields (SEND-65, SEND-70 to SEND-76)."""
    if values.responsible is not None and phone_address(values.responsible.phone) == "tel:":
        yield missing("responsible.phone", "Telefonnummer til ansvarlig helsepersonell mangler.")
    yield from check_attachments(values.attachments)
    match values:
        case RequestValues():
            yield from _request_rules(values)
        case AnswerValues():
            if values.request is not None:
                yield from check_request(values.request, "request")
        case NoteValues():
            yield from _note_rules(values)
        case HealthDialogValues():
            if not clean(values.parent) and values.contact_at_receiver is None:
                yield missing("contact_at_receiver", "Kontakt hos mottaker mangler.")


def _request_rules(values: RequestValues) -> Iterator[FieldError]:
    if values.request_type and not codes.known(values.asked_by, values.request_type):
        yield FieldError("request_type", "field.code", "Typen finnes ikke i kodeverket til den som spør.")
    if values.request_type == "99" and not clean(values.question):
        yield missing("question", "Spørsmålet mangler.")


def _note_rules(values: NoteValues) -> Iterator[FieldError]:
    if values.ready_reply is None:
        if values.from_day is not None:
            yield conflict("from_day", "Dato hører bare til svaret på utskrivningsklar.")
        if not values.theme:
            yield missing("theme", "Tema mangler.")
        if not clean(values.text):
            yield missing("text", "Tekst mangler.")
        return
    if values.theme:
        yield conflict("theme", "Velg enten tema eller svar på utskrivningsklar.")
    if not clean(values.parent):
        yield missing("parent", "Meldingen om utskrivningsklar pasient mangler.")
    if values.ready_reply == "from" and values.from_day is None:
        yield missing("from_day", "Datoen kommunen kan ta imot fra, mangler.")
    if values.ready_reply != "from" and values.from_day is not None:
        yield conflict("from_day", "Dato hører bare til «kan ta imot fra».")


def ready_reply_text(values: NoteValues) -> str:
    """The municipality's answer in one sentence; what is written besides stands below."""
    match values.ready_reply:
        case "can":
            answer = "Kommunen kan ta imot pasienten på meldt dato."
        case "from":
            assert values.from_day is not None
            answer = f"Kommunen kan ta imot pasienten fra {say_date(values.from_day)}."
        case _:
            answer = "Kommunen kan ikke ta imot pasienten og vet ennå ikke når. Vi gir ny beskjed straks plass er klar."
    return joined(answer, values.text, by="\n") or answer


_FROM = re.compile(r"Kommunen kan ta imot pasienten fra (\d{2})\.(\d{2})\.(\d{4})\.")


def read_ready_reply(text: str) -> tuple[bool, date | None] | None:
    """(can receive, from which other day) of an answer as `ready_reply_text` writes it; None for other words."""
    first = text.strip().partition("\n")[0].strip()
    if first.startswith("Kommunen kan ta imot pasienten på meldt dato."):
        return True, None
    if first.startswith("Kommunen kan ikke ta imot pasienten"):
        return False, None
    found = _FROM.match(first)
    try:
        return (True, date(int(found[3]), int(found[2]), int(found[1]))) if found else None
    except ValueError:
        return None


def payload(
    values: DialogValues, version: str, new_id: NewId
) -> dialogmelding_10.Dialogmelding | dialogmelding_11.Dialogmelding:
    """The document of values that have passed the rules."""
    match values:
        case RequestValues():
            return dialogmelding_10.Dialogmelding(Foresporsel=[_foresporsel(values)])
        case HealthDialogValues():
            return dialogmelding_11.Dialogmelding(Notat=[_dialogue(values)])
        case _:
            return dialogmelding_10.Dialogmelding(Notat=[_notat(values)])


def _foresporsel(values: RequestValues) -> dialogmelding_10.Foresporsel:
    return dialogmelding_10.Foresporsel(
        TypeForesp=cv(values.asked_by, values.request_type),
        Sporsmal=given(values.question),
        RollerRelatertNotat=[_responsible_10(values)],
    )


def _notat(values: DialogValues) -> dialogmelding_10.Notat:
    theme, text, copied = _theme_and_text(values)
    return dialogmelding_10.Notat(
        TemaKodet=cv(*theme),
        TekstNotatInnhold=_text(dialogmelding_10.NAMESPACE, text),
        Foresporsel=copied,
        RollerRelatertNotat=[_responsible_10(values)],
    )


def _theme_and_text(
    values: DialogValues,
) -> tuple[tuple[str, str], str, dialogmelding_10.Foresporsel | None]:
    match values:
        case AnswerValues():
            assert values.request is not None
            return _ANSWER, values.text, _copied(values.request)
        case DeviationValues():
            if values.reason == "technical":
                return ("8117", "9"), f"Teknisk feil i meldingen: {clean(values.text)}", None
            return ("8117", "1"), values.text, None
        case NoteValues() if values.ready_reply is not None:
            return READY_REPLY, ready_reply_text(values), None
        case NoteValues():
            return ("7321", values.theme), values.text, None
        case _:
            raise TypeError(f"{type(values).__name__} is no note of version 1.0")


def _copied(request: Request) -> dialogmelding_10.Foresporsel:
    """The request as it came (SEND-70)."""
    return dialogmelding_10.Foresporsel(
        TypeForesp=cv(request.asked_by, request.type),
        Sporsmal=given(request.question),
        DokIdForesp=given(request.document_id),
    )


def _text(namespace: str, text: str) -> AnyElement:
    """Plain text in an element where anything may stand."""
    return AnyElement(tag=f"{{{namespace}}}TekstNotatInnhold", items=[clean(text)])


def _responsible_10(values: DialogValues) -> dialogmelding_10.RollerRelatertNotat:
    assert values.responsible is not None
    return dialogmelding_10.RollerRelatertNotat(
        RolleNotat=cv("9057", _AUTHOR),
        RoleToPatient=cv("9034", values.responsible.role),
        HealthcareProfessional=_professional(values.responsible),
    )


def _dialogue(values: HealthDialogValues) -> dialogmelding_11.Notat:
    assert values.responsible is not None
    roles = [
        dialogmelding_11.RollerRelatertNotat(
            RolleNotat=cv("9057", _AUTHOR),
            RoleToPatient=cv("9034", values.responsible.role),
            HealthcareProfessional=_professional(values.responsible),
        )
    ]
    if values.unit is not None:
        unit = dialogmelding_11.TilknyttetEnhet(Kontaktenhet=organisation(values.unit))
        roles.append(dialogmelding_11.RollerRelatertNotat(RolleNotat=cv("9057", _AUTHOR), TilknyttetEnhet=unit))
    if values.contact_at_receiver is not None:
        roles.append(
            dialogmelding_11.RollerRelatertNotat(
                RoleToPatient=cv("9034", CONTACT_AT_RECEIVER),
                HealthcareProfessional=_wanted(values.contact_at_receiver),
            )
        )
    return dialogmelding_11.Notat(
        TemaKodet=cv("7322", "6"),
        Tema=given(values.subject),
        TekstNotatInnhold=_text(dialogmelding_11.NAMESPACE, values.text),
        RollerRelatertNotat=roles,
    )


def _professional(person: Professional) -> dialogmelding.HealthcareProfessional:
    """The dialogue's own professional: an identifier only when there is one."""
    number = clean(person.hpr_number)
    return dialogmelding.HealthcareProfessional(
        TypeHealthcareProfessional=cs("9060", person.profession),
        FamilyName=given(person.family_name),
        GivenName=given(person.given_name),
        Ident=[fk1.Ident(Id=number, TypeId=cv("8116", "HPR"))] if number else [],
        TeleCom=telephone("WP", person.phone),
    )


def _wanted(person: Wanted) -> dialogmelding.HealthcareProfessional:
    return dialogmelding.HealthcareProfessional(
        TypeHealthcareProfessional=cs("9060", person.profession),
        FamilyName=given(person.family_name),
        GivenName=given(person.given_name),
    )
