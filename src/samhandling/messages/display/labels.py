"""What each element is called for a reader: (bokmål, nynorsk, English).

Three kinds of element: those named here, those that only hold others and get no heading (`THROUGH`), and all the rest,
whose own name is taken apart into words so that nothing is ever dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from samhandling.messages.display import labels_care, labels_reports

LANGUAGES = ("nb", "nn", "en")

NEVER = frozenset({"DokIdForesp", "RefDokIdForesp", "DokIdNotat"})
"""Internal ids that are never shown, not even among the technical particulars (HISD 80903)."""

TECHNICAL = frozenset(
    {
        "MsgId",
        "MIGversion",
        "RefToParent",
        "RefToConversation",
        "OidRef",
        "EnquiryRefId",
        "SoftwareName",
        "SoftwareVersion",
    }
)
"""Text for technicians: goes into the closed part."""

TECHNICAL_IN = frozenset({("AppRec", "Id"), ("OriginalMsgId", "Id"), ("RefDoc", "Id"), ("RefDoc", "MsgType")})

THROUGH = frozenset(
    {
        "MsgHead",
        "MsgInfo",
        "ConversationRef",
        "Document",
        "RefDoc",
        "Content",
        "Message",
        "AppRec",
        "HCP",
        "Kontaktenhet",
        "Kontaktperson",
        "Referanseperson",
        "AnsvarligRapport",
        "InfoInformasjonGitt",
        "StedForHendelse",
        "Pasientlogistikk",
        "HelseopplysningerVedSoknad",
        "Innleggelsesrapport",
        "Konsultasjon",
        "OrienteringOmTjenestetilbud",
        "OverforingMedisinskeOpplysninger",
        "TverrfagligEpikrise",
        "MeldingFravar",
        "Dialogmelding",
        "Henvisning",
        "ServReport",
        "ServRprt",
        "GenereltJournalnotat",
        "InfoFraSykepleier",
        "ForenkletForskrivning",
        "Forskrivningsinfo",
        "SakshodeCave",
        "StikkordCave",
        "Allergi",
        "TypeInnholdIMelding",
        "InnholdKonsultasjon",
        "OpplysningOpphold",
        "TidligereSykdomFragment",
        "AvtaleOmAdmLegemidler",
        "InnholdVurdering",
        "InnholdMaaldokument",
        "Hjelpemiddelbeskrivelse",
        "InfoReservasjon",
        "InformasjonOmTime",
        "InformasjonOmTentativTime",
        "KontrolltimeBestill",
        "AssistertKommunikasjon",
        "CodedDescr",
        "Investigation",
        "RefInterval",
        "CollectedSample",
        "NumResult",
        "TextResult",
        "DateResult",
        "Observation",
        "Medication",
        "ReportedEvent",
    }
)
"""Elements without a heading of their own."""

THROUGH_IN = frozenset(
    {
        ("Sender", "Organisation"),
        ("Receiver", "Organisation"),
        ("OtherReceiver", "Organisation"),
        ("OtherReceiver", "HealthcareProfessional"),
        ("OtherReceiver", "Person"),
        ("OtherReceiver", "Patient"),
        ("HCP", "Inst"),
        ("HCP", "HCProf"),
        ("MeldingInnlagtPasient", "TidsfestetHendelse"),
        ("OrienteringOmDod", "TidsfestetHendelse"),
        ("RollerRelatertNotat", "HealthcareProfessional"),
        ("RollerRelatertNotat", "Person"),
        ("Document", "FellesAdministrativeOpplysninger"),
    }
)

_HEADER: Mapping[str, tuple[str, str, str]] = {
    "MsgInfo/Type": ("Melding", "Melding", "Message"),
    "GenDate": ("Sendt", "Sendt", "Sent"),
    "ProcessingStatus": ("Behandles som", "Blir handsama som", "Processed as"),
    "RequestedPriority": ("Ønsket prioritet", "Ønskt prioritet", "Requested priority"),
    "Ack": ("Ønsker kvittering", "Ønskjer kvittering", "Wants receipt"),
    "MsgId": ("Meldings-id", "Meldings-id", "Message id"),
    "MIGversion": ("Versjon", "Versjon", "Version"),
    "RefToParent": ("Viser til melding", "Viser til melding", "Refers to message"),
    "RefToConversation": ("Første melding i serien", "Første melding i serien", "First message of the series"),
    "Sender": ("Avsender", "Avsendar", "Sender"),
    "Receiver": ("Mottaker", "Mottakar", "Receiver"),
    "OtherReceiver": ("Annen mottaker", "Annan mottakar", "Other receiver"),
    "RoleReceiver": ("Mottatt som", "Motteken som", "Received as"),
    "ComMethod": ("Sendes som", "Blir sendt som", "Sent by"),
    "Organisation": ("Tjeneste eller avdeling", "Teneste eller avdeling", "Service or department"),
    "OrganisationName": ("Navn", "Namn", "Name"),
    "TypeOrganisation": ("Type virksomhet", "Type verksemd", "Type of organisation"),
    "HealthcareProfessional": ("Helsepersonell", "Helsepersonell", "Health professional"),
    "TypeHealthcareProfessional": ("Yrkesgruppe", "Yrkesgruppe", "Profession"),
    "RoleToPatient": ("Rolle for pasienten", "Rolle for pasienten", "Role to the patient"),
    "Patient": ("Pasient", "Pasient", "Patient"),
    "Person": ("Person", "Person", "Person"),
    "Name": ("Navn", "Namn", "Name"),
    "FamilyName": ("Etternavn", "Etternamn", "Family name"),
    "MiddleName": ("Mellomnavn", "Mellomnamn", "Middle name"),
    "GivenName": ("Fornavn", "Fornamn", "Given name"),
    "DateOfBirth": ("Fødselsdato", "Fødselsdato", "Date of birth"),
    "Sex": ("Kjønn", "Kjønn", "Sex"),
    "Nationality": ("Nasjonalitet", "Nasjonalitet", "Nationality"),
    "Address": ("Adresse", "Adresse", "Address"),
    "Ident": ("Identifikator", "Identifikator", "Identifier"),
    "TypeId": ("Type identifikator", "Type identifikator", "Type of identifier"),
    "Address/Type": ("Type adresse", "Type adresse", "Type of address"),
    "TypeTelecom": ("Type telefon", "Type telefon", "Type of telephone"),
    "TeleCom": ("Telefon", "Telefon", "Telephone"),
    "TeleAddress": ("Telefon", "Telefon", "Telephone"),
    "DocumentConnection": ("Dokumentets plass", "Plassen til dokumentet", "Place of the document"),
    "ContentType": ("Type innhold", "Type innhald", "Type of content"),
    "ContentDescription": ("Om innholdet", "Om innhaldet", "About the content"),
    "ContentCategory": ("Kategori", "Kategori", "Category"),
    "Consent": ("Samtykke", "Samtykke", "Consent"),
    "Annotation": ("Merknad", "Merknad", "Remark"),
    "FromDate": ("Fra", "Frå", "From"),
    "ToDate": ("Til", "Til", "To"),
    "IssueDate": ("Skrevet", "Skriven", "Written"),
    "RefDoc/MsgType": ("Dokumenttype", "Dokumenttype", "Document type"),
    "MimeType": ("Format", "Format", "Format"),
    "Description": ("Beskrivelse", "Skildring", "Description"),
    "Compression": ("Komprimering", "Komprimering", "Compression"),
    "FileReference": ("Ligger på", "Ligg på", "Located at"),
    "Base64Container": ("Vedlegg", "Vedlegg", "Attachment"),
}

_CARE: Mapping[str, tuple[str, str, str]] = {
    "InformasjonOmForsendelsen": ("Om forsendelsen", "Om forsendinga", "About the message"),
    "Forsendelsesstatus": ("Status", "Status", "Status"),
    "ForbeholdOmVideresending": (
        "Pasienten har forbehold mot videresending",
        "Pasienten har atterhald mot vidaresending",
        "Patient has reservations against forwarding",
    ),
    "SvarPaaForesporsel": ("Svar på forespørsel", "Svar på førespurnad", "Answer to a request"),
    "Foresporsel": ("Forespørsel", "Førespurnad", "Request"),
    "TypeForesp": ("Spør om", "Spør om", "Asks for"),
    "Formål": ("Formål", "Føremål", "Purpose"),
    "Hastegrad": ("Hastegrad", "Hastegrad", "Urgency"),
    "TypeJournalinfo": ("Type journalinformasjon", "Type journalinformasjon", "Type of record information"),
    "Sporsmal": ("Spørsmål", "Spørsmål", "Question"),
    "Begrunnelse": ("Begrunnelse", "Grunngiving", "Reason"),
    "FraDato": ("Fra dato", "Frå dato", "From date"),
    "TilDato": ("Til dato", "Til dato", "To date"),
    "TilleggsopplysningPasient": ("Mer om pasienten", "Meir om pasienten", "More about the patient"),
    "SivilStatus": ("Sivilstatus", "Sivilstatus", "Civil status"),
    "BorAlene": ("Bor alene", "Bur åleine", "Lives alone"),
    "Sprak": ("Språk", "Språk", "Language"),
    "ParorendeForesatt": ("Pårørende eller foresatt", "Pårørande eller føresett", "Next of kin or guardian"),
    "Slektskap": ("Slektskap", "Slektskap", "Relationship"),
    "Omsorgsfunksjon": ("Omsorgsfunksjon", "Omsorgsfunksjon", "Caring role"),
    "FodselsarMindrearigParorende": ("Fødselsår", "Fødselsår", "Year of birth"),
    "Merknad": ("Merknad", "Merknad", "Remark"),
    "TilknyttetEnhet": ("Ansvarlig enhet", "Ansvarleg eining", "Responsible unit"),
    "KontaktpersonHelsepersonell": ("Kontaktperson", "Kontaktperson", "Contact person"),
    "AnsvarForRapport": ("Ansvarlig for meldingen", "Ansvarleg for meldinga", "Responsible for the message"),
    "GodkjentDato": ("Godkjent", "Godkjend", "Approved"),
    "TypeRelasjon": ("Ansvarlig som", "Ansvarleg som", "Responsible as"),
    "SendtDokument": ("Sendt dokument", "Sendt dokument", "Document sent"),
    "Opplysning": ("Dokument", "Dokument", "Document"),
    "JaNei": ("Er sendt", "Er sendt", "Has been sent"),
    "DatoSendt": ("Sendt dato", "Sendt dato", "Date sent"),
    "TypeMottaker": ("Sendt til", "Sendt til", "Sent to"),
    "NavnMottaker": ("Navn på mottaker", "Namn på mottakar", "Name of receiver"),
    "MeldingInnlagtPasient": ("Pasienten er innlagt", "Pasienten er innlagd", "The patient is admitted"),
    "MeldingUtskrivningsklarPasient": (
        "Pasienten er utskrivningsklar",
        "Pasienten er utskrivingsklar",
        "The patient is ready for discharge",
    ),
    "AvmeldingUtskrivningsklarPasient": (
        "Pasienten er ikke lenger utskrivningsklar",
        "Pasienten er ikkje lenger utskrivingsklar",
        "The patient is no longer ready for discharge",
    ),
    "MeldingOmUtskrevetPasient": ("Pasienten er utskrevet", "Pasienten er utskriven", "The patient is discharged"),
    "OrienteringOmDod": ("Pasienten er død", "Pasienten er død", "The patient is dead"),
    "TidsfestetHendelse": ("Hendelse", "Hending", "Event"),
    "Hendelsekode": ("Hendelse", "Hending", "Event"),
    "BeskrivelseAvHendelse": ("Beskrivelse", "Skildring", "Description"),
    "TidspunktForHendelse": ("Tidspunkt", "Tidspunkt", "Time"),
    "Anslag": ("Anslag", "Anslag", "Estimate"),
    "StedHendelse": ("Sted", "Stad", "Place"),
    "UtskrevetTil": ("Utskrevet til", "Utskriven til", "Discharged to"),
    "Uttilstand": ("Tilstand ved utskriving", "Tilstand ved utskriving", "State at discharge"),
    "UtTil": ("Utskrevet til", "Utskriven til", "Discharged to"),
    "InformasjonGitt": ("Informasjon som er gitt", "Informasjon som er gjeven", "Information given"),
    "TypeInformasjon": ("Informasjon om", "Informasjon om", "Information about"),
    "BeskrivelseInformasjon": ("Informasjon", "Informasjon", "Information"),
    "MuntligInformasjon": ("Gitt muntlig", "Gjeven munnleg", "Given orally"),
    "InformasjonGittTil": ("Gitt til", "Gjeven til", "Given to"),
    "InformasjonGittDato": ("Gitt dato", "Gjeven dato", "Date given"),
    "InformasjonGittAv": ("Gitt av", "Gjeven av", "Given by"),
}

_RECEIPT: Mapping[str, tuple[str, str, str]] = {
    "AppRec/MsgType": ("Melding", "Melding", "Message"),
    "AppRec/Status": ("Status", "Status", "Status"),
    "AppRec/Id": ("Kvitteringens id", "Id-en til kvitteringa", "Receipt id"),
    "AppRec/Sender": ("Kvittering fra", "Kvittering frå", "Receipt from"),
    "AppRec/Receiver": ("Kvittering til", "Kvittering til", "Receipt to"),
    "Role": ("Rolle", "Rolle", "Role"),
    "Dept": ("Tjeneste eller avdeling", "Teneste eller avdeling", "Service or department"),
    "HCPerson": ("Helsepersonell", "Helsepersonell", "Health professional"),
    "MedSpeciality": ("Spesialitet", "Spesialitet", "Speciality"),
    "Error": ("Feil", "Feil", "Fault"),
    "OriginalMsgId": ("Meldingen det kvitteres for", "Meldinga det blir kvittert for", "The message receipted"),
    "OriginalMsgId/MsgType": ("Melding", "Melding", "Message"),
    "OriginalMsgId/IssueDate": ("Sendt", "Sendt", "Sent"),
    "OriginalMsgId/Id": ("Id for den opprinnelige meldingen", "Id for den opphavlege meldinga", "Original message id"),
    "SoftwareName": ("Program", "Program", "Software"),
    "SoftwareVersion": ("Programversjon", "Programversjon", "Software version"),
}

_ADDRESS: Mapping[str, tuple[str, str, str]] = {
    "StreetAdr": ("Gateadresse", "Gateadresse", "Street"),
    "PostalCode": ("Postnummer", "Postnummer", "Postal code"),
    "City": ("Poststed", "Poststad", "Town"),
    "Postbox": ("Postboks", "Postboks", "Post box"),
    "County": ("Kommune", "Kommune", "Municipality"),
    "CityDistr": ("Bydel", "Bydel", "City district"),
    "Country": ("Land", "Land", "Country"),
    "Type": ("Type", "Type", "Type"),
    "Id": ("Id", "Id", "Id"),
    "OidRef": ("Dokumentets OID", "OID-en til dokumentet", "OID of the document"),
    "EnquiryRefId": ("Viser til forespørsel", "Viser til førespurnad", "Refers to request"),
    "CaseNo": ("Saksnummer", "Saksnummer", "Case number"),
    "PatientReport": ("Rapport om pasienten", "Rapport om pasienten", "Report on the patient"),
    "Signature": ("Digital signatur", "Digital signatur", "Digital signature"),
}

# Later tables give way to earlier ones where a name means the same in several families.
LABELS: Mapping[str, tuple[str, str, str]] = {
    **labels_reports.LABELS,
    **labels_care.LABELS,
    **_RECEIPT,
    **_ADDRESS,
    **_CARE,
    **_HEADER,
}

WORDS: Mapping[str, tuple[str, str, str]] = {
    "yes": ("Ja", "Ja", "Yes"),
    "no": ("Nei", "Nei", "No"),
    "estimate": ("anslag", "anslag", "estimate"),
    "technical": ("Tekniske opplysninger", "Tekniske opplysningar", "Technical particulars"),
    "text": ("Tekst", "Tekst", "Text"),
    "summary": ("Kort fortalt", "Kort fortalt", "In short"),
    "contact": ("Kontakt", "Kontakt", "Contact"),
    "phone": ("Telefon", "Telefon", "Telephone"),
    "email": ("E-post", "E-post", "E-mail"),
    "name": ("Navn", "Namn", "Name"),
    "copy_receiver": ("Kopimottaker", "Kopimottakar", "Copy receiver"),
    "us": ("oss", "oss", "us"),
    "namespace": ("Navnerom", "Namnerom", "Namespace"),
    "not_given": ("ikke oppgitt", "ikkje oppgitt", "not given"),
    "signed": ("Digital signatur", "Digital signatur", "Digital signature"),
    "attachment": ("Vedlegg", "Vedlegg", "Attachment"),
    "message": ("Melding", "Melding", "Message"),
    "about_message": ("Om meldingen", "Om meldinga", "About the message"),
    "about_document": ("Om dokumentet", "Om dokumentet", "About the document"),
    "read_as_final": (
        "har skjedd, leses som endelig",
        "har skjedd, blir lese som endeleg",
        "has happened, read as final",
    ),
    "cancellation": (
        "Meldingen er en kansellering: den trekker tilbake en tidligere melding.",
        "Meldinga er ei kansellering: ho trekkjer tilbake ei tidlegare melding.",
        "This message is a cancellation: it withdraws an earlier message.",
    ),
    "change": (
        "Meldingen er en endring: den erstatter en tidligere melding.",
        "Meldinga er ei endring: ho erstattar ei tidlegare melding.",
        "This message is a change: it replaces an earlier message.",
    ),
    "copy_to_us": (
        "Vi er kopimottaker av denne meldingen.",
        "Vi er kopimottakar av denne meldinga.",
        "We are copy receiver of this message.",
    ),
    "test_message": (
        "Meldingen er merket som opplæring eller test.",
        "Meldinga er merkt som opplæring eller test.",
        "This message is marked as training or test.",
    ),
    "h_number": (
        "Pasienten er oppgitt med H-nummer. Det er ikke et fødselsnummer.",
        "Pasienten er oppgitt med H-nummer. Det er ikkje eit fødselsnummer.",
        "The patient is given with an H-number. It is not a national identity number.",
    ),
    "not_a_real_number": ("ikke et fødselsnummer", "ikkje eit fødselsnummer", "not a national identity number"),
    "not_valid": (
        "Meldingen følger ikke standarden. Noe kan mangle eller stå feil.",
        "Meldinga følgjer ikkje standarden. Noko kan mangle eller stå feil.",
        "This message does not follow the standard. Something may be missing or wrong.",
    ),
    "unreadable": (
        "Meldingen kan ikke leses.",
        "Meldinga kan ikkje lesast.",
        "This message cannot be read.",
    ),
    "rejected": (
        "Meldingen ble avvist av mottakeren.",
        "Meldinga vart avvist av mottakaren.",
        "The message was rejected by the receiver.",
    ),
    "kilobyte": ("kB", "kB", "kB"),
    "megabyte": ("MB", "MB", "MB"),
    "size": ("Størrelse", "Storleik", "Size"),
    "not_base64": (
        "vedlegget kan ikke leses",
        "vedlegget kan ikkje lesast",
        "the attachment cannot be read",
    ),
    "unknown_code": ("ukjent kode", "ukjend kode", "unknown code"),
    "withdrawn_code": ("utgått kode", "utgått kode", "withdrawn code"),
    "stopped": ("seponert", "seponert", "stopped"),
    "medication": ("Legemidler", "Legemiddel", "Medication"),
    "services": ("Tjenester", "Tenester", "Services"),
    "needed_services": ("Behov for tjenester", "Behov for tenester", "Needed services"),
    "main_diagnosis": ("Hoveddiagnose", "Hovuddiagnose", "Main diagnosis"),
    "critical": ("Kritisk informasjon", "Kritisk informasjon", "Critical information"),
    "formatting_dropped": (
        "Noe av innholdet (for eksempel bilder, lenker eller skript) vises ikke av sikkerhetsgrunner.",
        "Noko av innhaldet (til dømes bilete, lenkjer eller skript) blir ikkje vist av tryggleiksgrunnar.",
        "Some of the content (such as images, links or scripts) is not shown for safety.",
    ),
}

_CAPITALS = re.compile(r"(?<=[a-zæøå0-9])(?=[A-ZÆØÅ])")


def word(key: str, lang: str) -> str:
    """A word or sentence of ours in the language."""
    return WORDS[key][_index(lang)]


def label(parent: str, name: str, lang: str) -> str:
    """What an element inside `parent` is called; the words of its own name when we have no better."""
    found = LABELS.get(f"{parent}/{name}") or LABELS.get(name)
    if found:
        return found[_index(lang)]
    words = _CAPITALS.sub(" ", name)
    return words[:1].upper() + words[1:].lower()


def _index(lang: str) -> int:
    return LANGUAGES.index(lang) if lang in LANGUAGES else 0
