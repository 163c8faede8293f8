"""Every rule of the validation checklist (section 8): our stable id, the id of HITS 1172 beside it, and the answer.

HITS ids are not unique and do not cover every check, so ours stand first. The errorCodes are our mapping: HITS 1172
has none. `docs/ebxml-rules.md` is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a broken rule leads to; the first of these that is met decides (7.1)."""

    FAULT = "fault"
    """SOAP Fault: nothing else can be addressed."""
    ERROR = "error"
    """Signed MessageError: the message is rejected."""
    WAIT = "wait"
    """No answer yet: it cannot be judged now."""
    WARNING = "warning"
    """Signed MessageError of warnings alone: the message is taken."""
    LOG = "log"
    """Noted, nothing else."""


class Severity(StrEnum):
    """How a finding is shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    id: str
    hits: str
    """Id in HITS 1172; "" where it has none."""
    answer: Answer
    code: str
    """errorCode of ebXML, or faultcode of SOAP; "" for what is only logged."""
    text: str
    """In bokmål, for whoever has to put it right."""
    step: int
    """Step of the checklist."""

    @property
    def severity(self) -> Severity:
        """Error when it rejects; a warning when it is answered as one, or should be answered so (74)."""
        if self.answer in {Answer.FAULT, Answer.ERROR}:
            return Severity.ERROR
        if self.answer in {Answer.WARNING, Answer.WAIT} or self.id in _LOUD:
            return Severity.WARNING
        return Severity.NOTE


_LOUD = {
    "duplicate_elimination_missing",
    "signature_sha1",
    "test_marked",
    "ack_reference_root",
    "ack_reference_payload",
}
"""Only logged, but a fault of the sender that somebody should hear of."""

_F, _E, _W, _L = Answer.FAULT, Answer.ERROR, Answer.WARNING, Answer.LOG
_CLIENT, _MUST = "Client", "MustUnderstand"
_VALUE, _INCONSISTENT, _XML, _SUPPORT = "ValueNotRecognized", "Inconsistent", "OtherXml", "NotSupported"
_SECURITY, _MIME, _TTL = "SecurityFailure", "MimeProblem", "TimeToLiveExpired"

_TABLE: tuple[tuple[int, str, str, Answer, str, str], ...] = (
    (1, "mail_from_missing", "18", _L, "", "E-posten mangler From."),
    (1, "mail_from_empty", "80", _L, "", "From i e-posten er tom."),
    (1, "mail_to_missing", "19", _L, "", "E-posten mangler To."),
    (1, "mail_to_empty", "81", _L, "", "To i e-posten er tom."),
    (1, "mail_id_missing", "250", _L, "", "E-posten mangler Message-ID."),
    (1, "mail_id_empty", "251", _L, "", "Message-ID i e-posten er tom."),
    (1, "mail_date_missing", "20", _L, "", "E-posten mangler Date."),
    (1, "mail_date_empty", "83", _L, "", "Date i e-posten er tom."),
    (2, "mime_unreadable", "", _F, _CLIENT, "Meldingen er ikke en MIME-melding som kan leses på én måte."),
    (2, "mime_too_large", "", _F, _CLIENT, "Meldingen er større enn det som kan sendes på e-post."),
    (2, "mime_version_missing", "21", _F, _CLIENT, "MIME-Version mangler."),
    (2, "mime_version_wrong", "82", _F, _CLIENT, "MIME-Version skal være 1.0."),
    (2, "soap_action_missing", "22", _F, _CLIENT, "SOAPAction mangler."),
    (2, "soap_action_wrong", "51", _F, _CLIENT, 'SOAPAction skal være "ebXML".'),
    (2, "soap_action_style", "51", _L, "", 'SOAPAction er skrevet på en annen måte enn "ebXML"; godtatt.'),
    (2, "content_type_missing", "252", _F, _CLIENT, "Content-Type mangler eller er text/plain."),
    (2, "content_type_wrong", "66", _F, _CLIENT, "Content-Type skal være multipart/related eller text/xml."),
    (2, "content_type_parameter", "253", _F, _CLIENT, "Parameteren type i Content-Type skal være text/xml."),
    (2, "start_unknown", "", _F, _CLIENT, "start i Content-Type viser ikke til noen del av meldingen."),
    (3, "soap_part_missing", "67", _F, _CLIENT, "SOAP-delen mangler eller er tom."),
    (3, "soap_part_type", "255", _F, _CLIENT, "SOAP-delen skal være text/xml."),
    (3, "soap_part_charset", "256", _L, "", "SOAP-delen oppgir ikke tegnsettet UTF-8; godtatt."),
    (3, "soap_part_encoding_missing", "257", _L, "", "SOAP-delen mangler Content-Transfer-Encoding; godtatt."),
    (3, "soap_part_encoding_illegal", "258", _F, _CLIENT, "Content-Transfer-Encoding på SOAP-delen er ikke lovlig."),
    (3, "soap_part_broken", "", _F, _CLIENT, "SOAP-delen kan ikke pakkes ut med den kodingen som er oppgitt."),
    (4, "attachment_encoding", "259", _E, _MIME, "Vedlegget skal ha Content-Transfer-Encoding base64."),
    (4, "attachment_encoding_http", "259", _L, "", "Vedlegget er ikke kodet som base64; godtatt over HTTP."),
    (4, "attachment_type", "260", _E, _MIME, "Vedlegget har en Content-Type som ikke brukes."),
    (4, "attachment_broken", "", _E, _MIME, "Vedlegget kan ikke pakkes ut med den kodingen som er oppgitt."),
    (4, "attachment_id_missing", "", _E, _MIME, "Vedlegget mangler Content-ID."),
    (4, "attachment_id_twice", "", _E, _MIME, "To vedlegg har samme Content-ID."),
    (5, "xml_declaration_missing", "78", _L, "", "XML-deklarasjonen mangler; godtatt."),
    (5, "xml_encoding_other", "68", _W, _XML, "Konvolutten er ikke i UTF-8, men kan leses."),
    (5, "xml_encoding_contradicts", "68", _E, _XML, "Tegnsettet i Content-Type og i XML-deklarasjonen er ulike."),
    (5, "xml_encoding_wrong", "68", _F, _CLIENT, "Tegnsettet som er oppgitt, stemmer ikke eller støttes ikke."),
    (5, "xml_version", "", _F, _CLIENT, "XML-versjonen skal være 1.0."),
    (5, "xml_doctype", "", _F, _CLIENT, "Konvolutten har en dokumenttype (DOCTYPE). Det godtas aldri."),
    (5, "xml_too_large", "", _F, _CLIENT, "Konvolutten er for stor eller har for mange nivåer."),
    (5, "xml_unreadable", "", _F, _CLIENT, "Konvolutten er ikke velformet XML."),
    (5, "ebxml_namespace", "86", _F, _CLIENT, "ebXML-elementene har feil navnerom."),
    (5, "soap_schema", "16", _F, _CLIENT, "Konvolutten følger ikke skjemaet for SOAP."),
    (5, "ebxml_schema", "17", _E, _XML, "Konvolutten følger ikke skjemaet for ebXML."),
    (6, "envelope_missing", "43", _F, _CLIENT, "Rotelementet er ikke en SOAP 1.1-konvolutt."),
    (6, "envelope_version", "43", _F, "VersionMismatch", "Konvolutten er en annen versjon av SOAP enn 1.1."),
    (6, "header_missing", "2", _F, _CLIENT, "SOAP:Header mangler."),
    (6, "body_missing", "3", _F, _CLIENT, "SOAP:Body mangler."),
    (6, "must_understand_unknown", "100", _F, _MUST, "Konvolutten har et ukjent element som må forstås."),
    (6, "body_block_unknown", "101", _F, _CLIENT, "SOAP:Body har et ukjent element."),
    (7, "message_header_missing", "4", _F, _CLIENT, "eb:MessageHeader mangler."),
    (7, "version_missing", "8", _E, _SUPPORT, "eb:version mangler på eb:MessageHeader."),
    (7, "version_wrong", "70", _E, _SUPPORT, "eb:version skal være 2.0."),
    (7, "must_understand_missing", "7", _E, _SUPPORT, "SOAP:mustUnderstand mangler på eb:MessageHeader."),
    (7, "must_understand_wrong", "69", _E, _SUPPORT, "SOAP:mustUnderstand skal være 1."),
    (8, "message_id_missing", "76", _E, _XML, "eb:MessageId mangler."),
    (8, "message_id_format", "102", _E, _XML, "eb:MessageId skal være en UUID eller ha formen venstre@høyre."),
    (8, "timestamp_missing", "77", _E, _XML, "eb:Timestamp mangler."),
    (8, "timestamp_wrong", "77", _E, _XML, "eb:Timestamp er ikke et tidspunkt."),
    (8, "timestamp_zone", "", _L, "", "eb:Timestamp mangler tidssone; lest som UTC."),
    (8, "conversation_id_missing", "", _E, _XML, "eb:ConversationId mangler."),
    (8, "time_to_live_wrong", "", _E, _XML, "eb:TimeToLive er ikke et tidspunkt."),
    (8, "time_to_live_expired", "", _E, _TTL, "Meldingen kom fram etter at levetiden var ute."),
    (9, "cpa_id_missing", "11", _E, _VALUE, "eb:CPAId mangler."),
    (9, "cpa_id_format", "12", _E, _VALUE, "eb:CPAId har ingen kjent form."),
    (9, "cpa_id_creator", "12", _L, "", "eb:CPAId er gitt av en annen enn registeret."),
    (9, "cpa_id_order", "", _L, "", "HER-id-ene i eb:CPAId står ikke med den minste først; godtatt."),
    (
        9,
        "cpa_id_organisations",
        "",
        _L,
        "",
        "eb:CPAId er satt sammen av organisasjonsnumre og ikke HER-id-er; godtatt.",
    ),
    (9, "cpa_id_parties", "", _E, _INCONSISTENT, "HER-id-ene i eb:CPAId er ikke partenes."),
    (10, "from_missing", "10", _F, _CLIENT, "eb:From mangler."),
    (10, "to_missing", "9", _E, _INCONSISTENT, "eb:To mangler."),
    (10, "from_party_missing", "58", _F, _CLIENT, "eb:From mangler eb:PartyId."),
    (10, "to_party_missing", "59", _E, _INCONSISTENT, "eb:To mangler eb:PartyId."),
    (10, "from_party_empty", "25", _F, _CLIENT, "eb:PartyId i eb:From er tom."),
    (10, "to_party_empty", "55", _E, _INCONSISTENT, "eb:PartyId i eb:To er tom."),
    (10, "from_her_missing", "60", _F, _CLIENT, "eb:From mangler HER-id."),
    (10, "to_her_missing", "61", _E, _INCONSISTENT, "eb:To mangler HER-id."),
    (10, "from_her_many", "14", _E, _INCONSISTENT, "eb:From har flere enn én HER-id."),
    (10, "to_her_many", "13", _E, _INCONSISTENT, "eb:To har flere enn én HER-id."),
    (10, "from_her_digits", "31", _F, _CLIENT, "HER-id i eb:From skal bare ha sifre."),
    (10, "to_her_digits", "56", _E, _INCONSISTENT, "HER-id i eb:To skal bare ha sifre."),
    (11, "service_missing", "47", _E, _VALUE, "eb:Service mangler."),
    (11, "service_empty", "71", _E, _VALUE, "eb:Service er tom."),
    (11, "action_missing", "48", _E, _VALUE, "eb:Action mangler."),
    (11, "action_empty", "72", _E, _VALUE, "eb:Action er tom."),
    (11, "service_action", "", _E, _VALUE, "eb:Service og eb:Action hører ikke sammen."),
    (11, "role_missing", "", _W, _VALUE, "eb:Role mangler."),
    (12, "sender_unknown", "29", _F, _CLIENT, "Avsenderens HER-id er ikke kjent i adresseregisteret."),
    (12, "sender_kind", "30", _E, _VALUE, "Avsenderen er ikke en tjeneste eller person i adresseregisteret."),
    (12, "receiver_unknown", "54", _E, _VALUE, "Mottakerens HER-id er ikke kjent i adresseregisteret."),
    (12, "receiver_kind", "54", _E, _VALUE, "Mottakeren er ikke en tjeneste eller person i adresseregisteret."),
    (12, "receiver_not_ours", "", _E, _VALUE, "Mottakerens HER-id hører ikke til her."),
    (13, "cpa_unknown", "110", _E, _VALUE, "Avtalen (CPA) er ikke kjent."),
    (13, "cpa_status", "", _E, _VALUE, "Avtalen (CPA) er ikke i bruk lenger, eller er ikke gyldig ennå."),
    (13, "cpa_sender", "111", _E, _INCONSISTENT, "Avsenderen er ikke part i avtalen (CPA)."),
    (13, "cpa_receiver", "112", _E, _INCONSISTENT, "Mottakeren er ikke part i avtalen (CPA)."),
    (13, "cpa_not_yet", "113", _E, _INCONSISTENT, "Avtalen (CPA) gjaldt ikke ennå da meldingen ble laget."),
    (13, "cpa_ended", "114", _E, _INCONSISTENT, "Avtalen (CPA) var utløpt da meldingen ble laget."),
    (13, "cpa_action", "", _E, _VALUE, "eb:Service og eb:Action er ikke med i avtalen (CPA)."),
    (13, "cpa_role", "", _E, _VALUE, "eb:Role er ikke med i avtalen (CPA)."),
    (14, "mail_from_address", "261", _L, "", "From i e-posten er ikke avsenderens EDI-adresse i adresseregisteret."),
    (14, "mail_to_address", "262", _L, "", "To i e-posten er ikke mottakerens EDI-adresse i adresseregisteret."),
    (15, "certificate_unknown", "79", _E, _SECURITY, "Avsenderens signeringssertifikat er ikke kjent."),
    (
        15,
        "certificate_differs",
        "44",
        _E,
        _SECURITY,
        "Signert med et annet sertifikat enn det avsenderen har registrert.",
    ),
    (16, "signature_missing", "45", _E, _SECURITY, "Signaturen mangler."),
    (16, "signature_many", "52", _E, _SECURITY, "Konvolutten har flere enn én signatur."),
    (16, "signature_place", "45", _E, _SECURITY, "Signaturen står ikke rett under SOAP:Header."),
    (16, "unsigned_block", "", _E, _SECURITY, "Noe som skal være signert, er unntatt fra signaturen."),
    (16, "signed_info_missing", "363", _E, _SECURITY, "ds:SignedInfo mangler."),
    (16, "signature_value_missing", "42", _E, _SECURITY, "ds:SignatureValue mangler eller kan ikke leses."),
    (16, "key_info_missing", "32", _E, _SECURITY, "ds:KeyInfo mangler."),
    (16, "signature_object", "", _E, _SECURITY, "Signaturen har et ds:Object. Det er ikke tillatt."),
    (16, "signature_canonicalization", "", _E, _SECURITY, "Kanoniseringen av signaturen er ikke tillatt."),
    (16, "signature_references_missing", "39", _E, _SECURITY, "Signaturen har ingen referanser, eller for mange."),
    (16, "reference_root_missing", "40", _E, _SECURITY, "Signaturen dekker ikke konvolutten."),
    (16, "reference_uri_missing", "85", _E, _SECURITY, "En referanse i signaturen mangler URI."),
    (
        16,
        "reference_uri_strange",
        "34",
        _E,
        _SECURITY,
        "En referanse viser til noe annet enn konvolutten og vedleggene.",
    ),
    (16, "reference_twice", "", _E, _SECURITY, "To referanser i signaturen gjelder det samme."),
    (16, "reference_without_part", "34", _E, _SECURITY, "Signaturen viser til et vedlegg som ikke er her."),
    (16, "payload_not_signed", "", _E, _SECURITY, "Et vedlegg er ikke dekket av signaturen."),
    (16, "digest_method", "33", _E, _SECURITY, "Metoden for kontrollsum i signaturen er ikke tillatt."),
    (16, "digest_value_missing", "64", _E, _SECURITY, "En kontrollsum i signaturen mangler eller kan ikke leses."),
    (16, "reference_transforms", "38", _E, _SECURITY, "En referanse har omforminger som ikke er tillatt."),
    (16, "reference_xpath", "36", _E, _SECURITY, "XPath-uttrykket i signaturen er et annet enn det som er bestemt."),
    (16, "transform_xpath_missing", "38", _L, "", "Signaturen har to omforminger og ikke tre; godtatt."),
    (
        16,
        "transform_order",
        "38",
        _L,
        "",
        "Omformingene i signaturen er andre, eller står i en annen rekkefølge; godtatt.",
    ),
    (16, "signature_exclusive", "", _L, "", "Signaturen bruker eksklusiv kanonisering; godtatt."),
    (16, "x509_data_missing", "41", _E, _SECURITY, "ds:X509Data mangler."),
    (16, "x509_certificate_missing", "103", _E, _SECURITY, "ds:X509Certificate mangler."),
    (16, "x509_certificate_many", "65", _E, _SECURITY, "Det er flere enn ett sertifikat i signaturen."),
    (16, "x509_certificate_unreadable", "46", _E, _SECURITY, "Sertifikatet i signaturen kan ikke leses."),
    (17, "certificate_not_yet_valid", "104", _E, _SECURITY, "Sertifikatet gjaldt ikke ennå da meldingen ble laget."),
    (17, "certificate_expired", "105", _E, _SECURITY, "Sertifikatet var utløpt da meldingen ble laget."),
    (17, "certificate_wrong_use", "", _E, _SECURITY, "Sertifikatet er ikke til å signere med."),
    (17, "certificate_weak", "", _E, _SECURITY, "Nøkkelen i sertifikatet er for svak eller av feil slag."),
    (17, "certificate_untrusted", "", _E, _SECURITY, "Sertifikatet er ikke utstedt av noen som vi stoler på."),
    (17, "certificate_revoked", "", _E, _SECURITY, "Sertifikatet er trukket tilbake."),
    (
        17,
        "certificate_wrong_organisation",
        "",
        _E,
        _SECURITY,
        "Sertifikatet tilhører en annen virksomhet enn avsenderen.",
    ),
    (
        17,
        "certificate_revocation_unknown",
        "",
        Answer.WAIT,
        "",
        "Det kan ikke avgjøres nå om sertifikatet er trukket tilbake.",
    ),
    (17, "signature_method", "84", _E, _SECURITY, "Signaturmetoden er ikke tillatt."),
    (17, "signature_sha1", "84", _L, "", "Signaturen bruker SHA-1, som ikke skal brukes lenger; godtatt."),
    (17, "signature_sha1_refused", "84", _E, _SECURITY, "Signaturen bruker SHA-1, som ikke skal brukes lenger."),
    (17, "digest_wrong", "50", _E, _SECURITY, "Meldingen er endret etter at den ble signert."),
    (17, "signature_wrong", "50", _E, _SECURITY, "Signaturen er ikke laget med nøkkelen til sertifikatet."),
    (18, "shape_unknown", "", _E, _INCONSISTENT, "Konvolutten er verken melding, kvittering eller feilmelding."),
    (18, "body_many", "", _E, _INCONSISTENT, "SOAP:Body har flere enn ett element."),
    (18, "ping", "", _L, "", "Dette er en Ping eller Pong."),
    (18, "status_request", "", _E, _SUPPORT, "Spørsmål om status støttes ikke."),
    (19, "shapes_mixed", "", _E, _INCONSISTENT, "Melding, kvittering og feilmelding er blandet sammen."),
    (19, "block_twice", "", _E, _INCONSISTENT, "Et element som skal stå én gang, står flere ganger."),
    (20, "ack_service", "106", _L, "", "Kvitteringen har feil eb:Service."),
    (20, "ack_action", "107", _L, "", "Kvitteringen har feil eb:Action."),
    (20, "ack_ref", "108", _L, "", "Kvitteringen sier ikke hvilken melding den gjelder."),
    (20, "ack_ref_in_message_data", "109", _L, "", "Kvitteringen har eb:RefToMessageId i eb:MessageData; godtatt."),
    (20, "ack_error_list", "115", _L, "", "Kvitteringen har også en eb:ErrorList."),
    (20, "ack_reference_root", "116", _L, "", "Kvitteringen gjentar ikke kontrollsummen av konvolutten."),
    (20, "ack_reference_payload", "117", _L, "", "Kvitteringen gjentar ikke kontrollsummen av vedleggene."),
    (20, "error_service", "120", _L, "", "Feilmeldingen har feil eb:Service."),
    (20, "error_action", "121", _L, "", "Feilmeldingen har feil eb:Action."),
    (20, "error_ref", "122", _L, "", "Feilmeldingen sier ikke hvilken melding den gjelder."),
    (20, "error_ack", "123", _L, "", "Feilmeldingen har også en eb:Acknowledgment."),
    (20, "error_highest", "", _L, "", "eb:highestSeverity stemmer ikke med feilene i listen."),
    (20, "duplicate_elimination_missing", "74", _L, "", "eb:DuplicateElimination mangler; godtatt."),
    (20, "ack_requested_missing", "75", _W, _XML, "Meldingen ber ikke om kvittering (eb:AckRequested mangler)."),
    (20, "ack_requested_must_understand", "", _W, _XML, "SOAP:mustUnderstand på eb:AckRequested skal være 1."),
    (20, "ack_requested_signed", "94", _W, _XML, "eb:signed på eb:AckRequested skal være true."),
    (20, "sync_reply", "", _W, _SUPPORT, "eb:SyncReply brukes ikke på e-post."),
    (21, "manifest_missing", "", _E, _MIME, "eb:Manifest mangler."),
    (21, "manifest_version", "5", _E, _MIME, "eb:version på eb:Manifest skal være 2.0."),
    (21, "manifest_reference_missing", "6", _E, _MIME, "eb:Manifest har ingen eb:Reference."),
    (21, "manifest_part_missing", "27", _E, _MIME, "Meldingen har ingen vedlegg, men eb:Manifest viser til ett."),
    (21, "manifest_href_empty", "", _E, _MIME, "xlink:href i eb:Manifest er tom eller ikke en cid."),
    (21, "manifest_content_id", "23", _E, _MIME, "eb:Manifest viser til et vedlegg som ikke er her."),
    (21, "part_not_in_manifest", "", _E, _MIME, "Et vedlegg står ikke i eb:Manifest."),
    (22, "monitoring_schema_empty", "265", _L, "", "eb:Schema mangler eller er tom."),
    (22, "monitoring_schema_version_invalid", "266", _L, "", "Versjonen i eb:Schema er ugyldig."),
    (22, "monitoring_schema_unknown", "267", _L, "", "eb:Schema viser til en ukjent standard."),
    (22, "monitoring_schema_version", "268", _L, "", "Versjonen i eb:Schema stemmer ikke med standarden."),
    (22, "monitoring_schema_action", "269", _L, "", "eb:Schema stemmer ikke med eb:Service og eb:Action."),
    (22, "monitoring_document", "270", _L, "", "Dokumentet er et annet enn det eb:Schema sier."),
    (22, "monitoring_json", "", _L, "", "eb:Description er ikke JSON som kan leses."),
    (22, "monitoring_system_missing", "271", _L, "", "MSH-system mangler i eb:Description."),
    (22, "monitoring_version_missing", "272", _L, "", "MSH-versjon mangler i eb:Description."),
    (22, "monitoring_system_empty", "273", _L, "", "MSH-system i eb:Description er tom."),
    (22, "monitoring_version_empty", "274", _L, "", "MSH-versjon i eb:Description er tom."),
    (22, "monitoring_kinds", "279", _L, "", "Meldingen skal ha både eb:Schema og eb:Description til overvåking."),
    (24, "payload_not_cms", "263", _E, _SECURITY, "Vedlegget er ikke kryptert slik det skal være (CMS)."),
    (24, "payload_not_encrypted", "", _E, _SECURITY, "Vedlegget er ikke kryptert."),
    (24, "payload_plain", "", _L, "", "Vedlegget er ikke kryptert; godtatt for denne avtalen."),
    (24, "decryption", "", _E, _SECURITY, "Vedlegget kan ikke dekrypteres."),
    (24, "payload_doctype", "", _E, _XML, "Dokumentet har en dokumenttype (DOCTYPE). Den kan skjule angrep."),
    (
        24,
        "content_type_inner_missing",
        "264",
        _L,
        "",
        "Det krypterte innholdet mangler Content-Transfer-Encoding; godtatt.",
    ),
    (25, "test_marked", "", _L, "", "Meldingen er merket som test og skal ikke leveres til et fagsystem i drift."),
    (25, "bounce", "", _L, "", "Dette er en melding fra e-posttjeneren om at en e-post ikke kom fram."),
    (25, "soap_fault", "", _L, "", "Dette er en SOAP Fault fra motparten."),
    (25, "left_out_parts", "", _L, "", "Ikke kontrollert: vedleggene er ikke med i filen."),
    (25, "left_out_register", "", _L, "", "Ikke kontrollert: partene i adresseregisteret."),
    (25, "left_out_agreements", "", _L, "", "Ikke kontrollert: avtalen (CPA)."),
    (
        25,
        "left_out_certificates",
        "",
        _L,
        "",
        "Ikke kontrollert: om sertifikatet er avsenderens, til å stole på og ikke trukket tilbake.",
    ),
    (
        25,
        "left_out_decryption",
        "",
        _L,
        "",
        "Ikke kontrollert: det krypterte innholdet, for vi har ingen nøkkel til det.",
    ),
)

RULES: dict[str, Rule] = {
    name: Rule(name, hits, answer, code, text, step) for step, name, hits, answer, code, text in _TABLE
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken, and where: an XPath, a cid, or "" for the message as a whole."""

    rule: Rule
    location: str = ""

    @property
    def code(self) -> str:
        """Our stable id in full."""
        return f"ebxml.{self.rule.id}"


def page() -> str:
    """`docs/ebxml-rules.md`, made from the table."""
    lines = [
        "# Rules of the ebXML checklist",
        "",
        "For testers and integrators. `samhandling ebxml check` judges every mail by these rules, in this order.",
        "*HITS* is the id in HITS 1172. The answer is what the sender gets: `fault` a SOAP Fault, `error` a signed",
        "MessageError that rejects, `warning` a MessageError of warnings alone (the message is taken), `wait` no",
        "answer yet, `log` nothing. Made from `samhandling/ebxml/rules.py` by `python -m samhandling.ebxml.rules`.",
        "",
        "| Step | Rule | HITS | Answer | Code | Text |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {rule.step} | ebxml.{rule.id} | {rule.hits} | {rule.answer.value} | {rule.code} | {rule.text} |"
        for rule in RULES.values()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
