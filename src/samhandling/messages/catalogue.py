"""Every message type of the product: code, name, root, namespace, version, transport names, receipt, status, addressee.

A *format* is what the bytes look like: root element, namespace, version. A *message type* is a code of list 8279 in one
format. The format is chosen by namespace, never by type code: the codes are the same in every version (HIS 80704).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MSGHEAD_NAMESPACE = "http://www.kith.no/xmlstds/msghead/2006-05-24"
MSGHEAD_VERSION = "v1.2 2006-05-24"

_KITH = "http://www.kith.no/xmlstds/"

NURSING = "nursing"
CASE_HANDLING = "case_handling"
MUNICIPAL_DOCTOR = "municipal_doctor"
GP = "gp"
HOSPITAL = "hospital"
REPLY = "reply"


@dataclass(frozen=True)
class Format:
    """What a document looks like: its standard, version, root and namespace."""

    standard: str
    version: str
    # Root of the payload inside MsgHead, or of the whole document when it has no MsgHead.
    root: str
    namespace: str
    # Version of the application receipt that answers it (HITS 1168 chapter 8); "" for a receipt itself.
    receipt_version: str
    # Whether the payload is wrapped in MsgHead.
    wrapped: bool = True


@dataclass(frozen=True)
class MessageType:
    """One message type in one format."""

    code: str
    name: str
    format: Format
    # Forsendelsesstatus (list 7309) that we may send (HISD 1154); empty where the standard has none.
    allowed_status: tuple[str, ...] = ()
    # To whom it goes: a service of the municipality, "gp", "hospital", or "reply" (back to who wrote to us).
    addressee: str = REPLY
    # The element of Pasientlogistikk that must be chosen; "" for all other types.
    element: str = ""

    @property
    def standard(self) -> str:
        return self.format.standard

    @property
    def version(self) -> str:
        return self.format.version

    @property
    def namespace(self) -> str:
        return self.format.namespace

    @property
    def root(self) -> str:
        return self.format.root

    @property
    def receipt_version(self) -> str:
        return self.format.receipt_version

    @property
    def service(self) -> str:
        """eb:Service (HISD 1209); the receipt goes back in the same service."""
        return f"S-{self.code}"

    @property
    def action(self) -> str:
        """eb:Action: the type code itself."""
        return self.code

    @property
    def sender_role(self) -> str:
        return f"{self.code}sender"

    @property
    def receiver_role(self) -> str:
        return f"{self.code}receiver"


def _plo(version: str, root: str, part: str = "") -> Format:
    date = {"1.5": "2009-06-30", "1.6": "2012-04-01"}[version]
    receipt = {"1.5": "1.0", "1.6": "1.1"}[version]
    return Format("plo", version, root, f"{_KITH}po/{part or root}/{date}", receipt)


LOGISTICS_15 = _plo("1.5", "Pasientlogistikk")
LOGISTICS_16 = _plo("1.6", "Pasientlogistikk")
DIALOGUE_10 = Format("dialogmelding", "1.0", "Dialogmelding", _KITH + "dialog/2006-10-11", "1.0")
DIALOGUE_11 = Format("dialogmelding", "1.1", "Dialogmelding", _KITH + "dialog/2013-01-23", "1.1")
EPIKRISE_11 = Format("epikrise", "1.1", "Message", _KITH + "epikrise/2006-09-23", "1.0", wrapped=False)
EPIKRISE_12 = Format("epikrise", "1.2", "Message", _KITH + "epikrise/2012-02-15", "1.1", wrapped=False)
HENVISNING_10 = Format("henvisning", "1.0", "Message", _KITH + "henvisning/2005-07-08", "1.0", wrapped=False)
HENVISNING_11 = Format("henvisning", "1.1", "Message", _KITH + "henvisning/2012-02-15", "1.1", wrapped=False)
HENVISNING_20 = Format("henvisning", "2.0", "Henvisning", "http://ehelse.no/xmlstds/henvisning/2017-11-30", "1.1")
SVAR_13 = Format("svarrapport", "1.3", "Message", _KITH + "labsvar/2008-12-01", "1.0", wrapped=False)
SVAR_14 = Format("svarrapport", "1.4", "Message", _KITH + "labsvar/2012-02-15", "1.1", wrapped=False)
APPREC_10 = Format("apprec", "1.0", "AppRec", _KITH + "apprec/2004-11-21", "", wrapped=False)
APPREC_11 = Format("apprec", "1.1", "AppRec", _KITH + "apprec/2012-02-15", "", wrapped=False)

_NC = ("N", "C")
_NMC = ("N", "M", "C")

_LOGISTICS = (
    ("LOG_INNLAGT", "Melding om innlagt pasient", "MeldingInnlagtPasient", NURSING),
    (
        "LOG_UTSKRIVNINGSKLAR",
        "Melding om utskrivningsklar pasient",
        "MeldingUtskrivningsklarPasient",
        CASE_HANDLING,
    ),
    ("LOG_AVMELDING", "Avmelding av utskrivningsklar pasient", "AvmeldingUtskrivningsklarPasient", CASE_HANDLING),
    ("LOG_UTSKREVET", "Melding om utskrevet pasient", "MeldingOmUtskrevetPasient", NURSING),
    ("LOG_DOD", "Orientering om dødsfall", "OrienteringOmDod", NURSING),
)

_TYPES: tuple[MessageType, ...] = (
    *(
        MessageType(code, name, logistics, _NC, addressee, element)
        for logistics in (LOGISTICS_15, LOGISTICS_16)
        for code, name, element, addressee in _LOGISTICS
    ),
    *(
        MessageType("INNLEGGELSESRAPPORT", "Innleggelsesrapport", _plo(v, "Innleggelsesrapport"), _NMC, HOSPITAL)
        for v in ("1.5", "1.6")
    ),
    *(
        MessageType("UTSKRIVNINGSRAPPORT", "Utskrivningsrapport", _plo(v, "TverrfagligEpikrise"), _NMC, NURSING)
        for v in ("1.5", "1.6")
    ),
    *(
        MessageType(
            "ORIENTERING_TJENESTETILBUD",
            "Orientering om tjenestetilbud",
            _plo(v, "OrienteringOmTjenestetilbud"),
            _NC,
            GP,
        )
        for v in ("1.5", "1.6")
    ),
    *(
        MessageType("HELSEOPPL_SOKNAD", name, _plo(v, "HelseopplysningerVedSoknad"), _NMC, CASE_HANDLING)
        for v, name in (("1.5", "Helseopplysninger ved søknad"), ("1.6", "Helseopplysninger"))
    ),
    *(
        MessageType("HELSEOPPLYSNINGER_LEGE", "Helseopplysninger til lege", _plo(v, "Konsultasjon", part), _NC, GP)
        for v, part in (("1.5", "Konsultasjon"), ("1.6", "HelseopplysningerTilLege"))
    ),
    *(
        MessageType(
            "MEDISINSKE_OPPLYSNINGER",
            "Medisinske opplysninger",
            _plo(v, "OverforingMedisinskeOpplysninger", part),
            _NC,
            MUNICIPAL_DOCTOR,
        )
        for v, part in (("1.5", "OverforingMedisinskeOpplysninger"), ("1.6", "MedisinskeOpplysninger"))
    ),
    MessageType("FRAVARSMELDING", "Fraværsmelding", _plo("1.5", "MeldingFravar"), _NC, NURSING),
    MessageType("DIALOG_FORESPORSEL", "Forespørsel", DIALOGUE_10),
    MessageType("DIALOG_SVAR", "Svar på forespørsel", DIALOGUE_10),
    MessageType("DIALOG_AVVIK", "Tilbakemelding om feil i mottatt melding", DIALOGUE_10),
    MessageType("DIALOG_NOTAT", "Notat", DIALOGUE_10),
    MessageType("DIALOG_HELSEFAGLIG", "Helsefaglig dialog", DIALOGUE_11),
    MessageType("DIALOG_STATUS_HENVISNING", "Status på henvisning", DIALOGUE_11),
    MessageType("DIALOG_TIL_ARKIVERING", "Til arkivering i pasientens journal", DIALOGUE_11),
    MessageType("EPIKRISE", "Epikrise", EPIKRISE_11, _NMC, GP),
    MessageType("EPIKRISE", "Epikrise", EPIKRISE_12, _NMC, GP),
    MessageType("HENVISNING", "Henvisning", HENVISNING_10, _NMC, HOSPITAL),
    MessageType("HENVISNING", "Henvisning", HENVISNING_11, _NMC, HOSPITAL),
    MessageType("HENVISNING_NYTILSTAND", "Henvisning ny tilstand", HENVISNING_20, _NMC, HOSPITAL),
    MessageType("HENVISNING_VIDERE", "Viderehenvisning", HENVISNING_20, _NMC, HOSPITAL),
    *(
        MessageType(code, name, answer, _NMC)
        for answer in (SVAR_13, SVAR_14)
        for code, name in (
            ("SVAR_LAB", "Svarrapport-Laboratoriemedisin"),
            ("SVAR_RTG", "Svarrapport-Radiologi"),
            ("SVAR_KKL", "Svarrapport-Klinisk kjemi"),
            ("SVAR_MBIO", "Svarrapport-Medisinsk mikrobiologi"),
            ("SVAR_HIST", "Svarrapport-Histologi"),
            ("SVAR_CYT", "Svarrapport-Cytologi"),
        )
    ),
    MessageType("APPREC", "Applikasjonskvittering", APPREC_10),
    MessageType("APPREC", "Applikasjonskvittering", APPREC_11),
)

_BY_CODE: Mapping[tuple[str, str], MessageType] = {(t.code, t.version): t for t in _TYPES}
_FORMATS: Mapping[str, Format] = {t.namespace: t.format for t in _TYPES}
_NEWEST: Mapping[str, MessageType] = {t.code: t for t in _TYPES}


def all_types() -> tuple[MessageType, ...]:
    """Every message type in every version, older versions first."""
    return _TYPES


def by_code(type_code: str, version: str | None = None) -> MessageType | None:
    """The type of that code of list 8279 in that version; without a version the newest one. None when unknown."""
    code = type_code.strip()
    return _NEWEST.get(code) if version is None else _BY_CODE.get((code, version))


def by_namespace(namespace: str, type_code: str = "") -> MessageType | None:
    """The type that a payload (or bare root) of `namespace` with that type code is.

    None when the code does not belong in the format. Without a code: the type, where the format has only one.
    """
    found = _FORMATS.get(namespace)
    if found is None:
        return None
    if type_code.strip():
        return _BY_CODE.get((type_code.strip(), found.version)) if _same(type_code, found) else None
    types = [t for t in _TYPES if t.format == found]
    return types[0] if len(types) == 1 else None


def _same(type_code: str, wanted: Format) -> bool:
    found = _BY_CODE.get((type_code.strip(), wanted.version))
    return found is not None and found.format == wanted


def format_of(namespace: str) -> Format | None:
    """The format whose payload (or bare root) has that namespace."""
    return _FORMATS.get(namespace)


def logistics_by_element(element: str, version: str) -> MessageType | None:
    """The logistics message whose chosen element is `element` (SEND-50)."""
    for message_type in _TYPES:
        if message_type.element == element and message_type.version == version:
            return message_type
    return None
