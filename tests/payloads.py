"""Care reports and dialogue messages of our own for tests, written as text so that each fault can be put in by hand."""

from __future__ import annotations

import re

from tests.documents import EARLIER, message

OID = "2.16.578.1.12.4.1.1."
_PO = "http://www.kith.no/xmlstds/po/"
_ROOTS = {
    "INNLEGGELSESRAPPORT": ("Innleggelsesrapport", "Innleggelsesrapport"),
    "HELSEOPPL_SOKNAD": ("HelseopplysningerVedSoknad", "HelseopplysningerVedSoknad"),
    "HELSEOPPLYSNINGER_LEGE": ("Konsultasjon", "HelseopplysningerTilLege"),
    "ORIENTERING_TJENESTETILBUD": ("OrienteringOmTjenestetilbud", "OrienteringOmTjenestetilbud"),
    "MEDISINSKE_OPPLYSNINGER": ("OverforingMedisinskeOpplysninger", "MedisinskeOpplysninger"),
    "UTSKRIVNINGSRAPPORT": ("TverrfagligEpikrise", "TverrfagligEpikrise"),
}
UNIT = (
    "<TilknyttetEnhet><Kontaktenhet><fk1:OrganisationName>Sengepost 3</fk1:OrganisationName>"
    f'<fk1:Ident><fk1:Id>SP3</fk1:Id><fk1:TypeId V="LAV" S="{OID}9051" DN="Lokal identifikator for avdelinger"/>'
    '</fk1:Ident><fk1:TeleCom><fk1:TeleAddress V="tel:69860000"/></fk1:TeleCom></Kontaktenhet></TilknyttetEnhet>'
)
_IDS = (f"3f2a0c1e-5d0b-4a7e-9a52-0d6f4c1b7{number:03}" for number in range(1000))


def heading(code_list: str, code: str, text: str, name: str = "Overskrift") -> str:
    """A Journaltekst with its heading."""
    return (
        f'<epj2:Journaltekst><epj2:Overskriftskode V="{code}" S="{OID}{code_list}" DN="{name}"/>'
        f"<epj2:Notat>{text}</epj2:Notat></epj2:Journaltekst>"
    )


def component(tag: str, oid: str, inside: str, basic: str = "EPJ dokument", own: str = "") -> str:
    """An EPJ component with the attributes that its standard demands."""
    return (
        f'<{tag} komponentID="{own or next(_IDS)}" m1:komponenttype="2.16.578.1.12.4.1.6.{oid}" '
        f'm1:basiskomponenttype="{basic}">{inside}</{tag}>'
    )


def medical(*texts: str) -> str:
    """MedisinskfagligeOpplysninger with texts in one note."""
    note = component("epj2:GenereltJournalnotat", "13.11009.0", "".join(texts))
    return f"<MedisinskfagligeOpplysninger>{note}</MedisinskfagligeOpplysninger>"


def nursing(*texts: str) -> str:
    """Sykepleierdokumentasjon with texts."""
    inside = f"<InfoFraSykepleier>{''.join(texts)}</InfoFraSykepleier>"
    return f"<Sykepleierdokumentasjon>{inside}</Sykepleierdokumentasjon>"


def drug(name: str = "Burinex") -> str:
    """One drug."""
    info = f'<epj3:Navn>{name}</epj3:Navn><epj3:Styrke V="1" U="mg"/>'
    inside = f"<epj3:Forskrivningsinfo>{info}</epj3:Forskrivningsinfo>"
    return component(
        "epj3:Legemiddelinfo", "13.10301.0", f"<epj3:ForenkletForskrivning>{inside}</epj3:ForenkletForskrivning>"
    )


def kind(code_list: str, code: str, name: str = "Innhold") -> str:
    """TypeInnholdIMelding."""
    coded = f'<TypeInnhold V="{code}" S="{OID}{code_list}" DN="{name}"/>'
    return f"<TypeInnholdIMelding>{coded}</TypeInnholdIMelding>"


def event(code: str, when: str, estimate: str = "true", name: str = "Pasient utskrivningsklar") -> str:
    """OpplysningOpphold with an event."""
    inside = (
        f'<Hendelsekode V="{code}" S="{OID}9121" DN="{name}"/><TidspunktForHendelse V="{when}"/>'
        f"<Anslag>{estimate}</Anslag>"
    )
    return f"<OpplysningOpphold><TidsfestetHendelse>{inside}</TidsfestetHendelse></OpplysningOpphold>"


def report(type_code: str, content: str, *, status: str = "N", unit: str = UNIT, version: str = "1.6") -> bytes:
    """A care report with the head of ours, a responsible unit and the content given."""
    root, part = _ROOTS[type_code]
    if version == "1.5":
        part = root
    date = {"1.5": "2009-06-30", "1.6": "2012-04-01"}[version]
    names = {"N": "Ny", "M": "Endring", "C": "Kansellering"}
    payload = (
        f'<p:{root} xmlns:p="{_PO}{part}/{date}" xmlns="{_PO}poKomponent/{date}" '
        'xmlns:fk1="http://www.kith.no/xmlstds/felleskomponent1" xmlns:m1="http://www.kith.no/xmlstds/epj/meta/2008-02-20" '
        'xmlns:epj1="http://www.kith.no/xmlstds/epj/epj1/2008-02-20" '
        'xmlns:epj2="http://www.kith.no/xmlstds/epj/epj2/2008-02-20" '
        'xmlns:epj3="http://www.kith.no/xmlstds/epj/epj3/2008-02-20">'
        f'<InformasjonOmForsendelsen><Forsendelsesstatus V="{status}" DN="{names[status]}"/>'
        f"</InformasjonOmForsendelsen>{unit}{content}</p:{root}>"
    )
    return wrapped(type_code, payload, linked=status != "N")


PROFESSIONAL = (
    '<TypeHealthcareProfessional V="SP" DN="Sykepleier"/><FamilyName>Ansvarsen</FamilyName><GivenName>Gro</GivenName>'
    '<TeleCom><fk1:TeleAddress V="tel:69860000"/></TeleCom>'
)


def role(code: str = "21", name: str = "Helsefaglig kontakt", person: str = PROFESSIONAL) -> str:
    """RollerRelatertNotat with a professional."""
    return (
        f'<RollerRelatertNotat><RoleToPatient V="{code}" S="{OID}9034" DN="{name}"/>'
        f"<HealthcareProfessional>{person}</HealthcareProfessional></RollerRelatertNotat>"
    )


def note(code_list: str, code: str, text: str, *, before: str = "", after: str = "") -> str:
    """A Notat with theme, text and a responsible professional."""
    written = f"<TekstNotatInnhold>{text}</TekstNotatInnhold>" if text else ""
    theme = f'<TemaKodet V="{code}" S="{OID}{code_list}" DN="Tema"/>'
    return f"<Notat>{theme}{before}{written}{after}{role()}</Notat>"


def request(code_list: str = "9152", code: str = "1", question: str = "Hva nå?", after: str = "") -> str:
    """A Foresporsel with a responsible professional."""
    asked = f"<Sporsmal>{question}</Sporsmal>" if question else ""
    kind_of = f'<TypeForesp V="{code}" S="{OID}{code_list}" DN="Helseopplysninger"/>'
    return f"<Foresporsel>{kind_of}{asked}{after}{role()}</Foresporsel>"


def dialogue(type_code: str, content: str, *, version: str = "1.0", linked: bool = False) -> bytes:
    """A dialogue message with the head of ours."""
    date = {"1.0": "2006-10-11", "1.1": "2013-01-23"}[version]
    payload = (
        f'<Dialogmelding xmlns="http://www.kith.no/xmlstds/dialog/{date}" '
        f'xmlns:fk1="http://www.kith.no/xmlstds/felleskomponent1">{content}</Dialogmelding>'
    )
    return wrapped(type_code, payload, linked=linked)


def attachment(content: str, mime: str = "application/pdf", description: str = "Prøvesvar", marked: str = "A") -> str:
    """A Document with base64."""
    told = (f"<MimeType>{mime}</MimeType>" if mime else "") + (
        f"<Description>{description}</Description>" if description else ""
    )
    return (
        f'<Document><RefDoc><MsgType V="{marked}" DN="Vedlegg"/>{told}<Content>'
        f'<Base64Container xmlns="http://www.kith.no/xmlstds/base64container">{content}</Base64Container>'
        "</Content></RefDoc></Document>"
    )


def wrapped(type_code: str, payload: str, *, linked: bool = False) -> bytes:
    """The payload in a head of ours; `linked` gives it a reference to an earlier message."""
    text = message().decode()
    text = re.sub(r"<Content>.*</Content>", lambda _: f"<Content>{payload}</Content>", text, flags=re.DOTALL)
    text = re.sub(r'<Type V="[^"]*" DN="[^"]*"/>', f'<Type V="{type_code}" DN="Melding"/>', text, count=1)
    if linked:
        refs = f"<RefToParent>{EARLIER}</RefToParent><RefToConversation>{EARLIER}</RefToConversation>"
        text = text.replace("</MsgId>", f"</MsgId><ConversationRef>{refs}</ConversationRef>", 1)
    return text.encode()


def with_attachments(data: bytes, *documents: str) -> bytes:
    """The message with more Documents at its end."""
    return data.replace(b"</MsgHead>", "".join(documents).encode() + b"</MsgHead>")
