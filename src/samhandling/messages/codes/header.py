"""Code lists of the message header (HIS 80601)."""

from samhandling.messages.codes.listing import CodeList

LISTS = (
    CodeList(
        "8279",
        "Meldingens funksjon",
        {
            "APPREC": "Applikasjonskvittering",
            "DIALOG": "EPJhode-dialog",
            "DIALOG_AVVIK": "Tilbakemelding om feil i mottatt melding",
            "DIALOG_FORESPORSEL": "Forespørsel",
            "DIALOG_FORSIKRING": "Dialog forsikring",
            "DIALOG_HELSEFAGLIG": "Helsefaglig dialog",
            "DIALOG_INNBYGGER_AVTALEUTSENDING": (
                "Benyttes til prosess der helsepersonell sender en avtale til innbygger. Var tidligere "
                "håndtert i Dialog_Innbygger_Timereservasjon"
            ),
            "DIALOG_INNBYGGER_DIGITALBRUKER": "Dialog med innbygger – digital bruker",
            "DIALOG_INNBYGGER_EKONSULTASJON": "Dialog med innbygger – eKonsultasjon",
            "DIALOG_INNBYGGER_EKONTAKT": "Dialog med innbygger – eKontakt",
            "DIALOG_INNBYGGER_FINN_DOKUMENTER": "Dialog med innbygger – finn dokument",
            "DIALOG_INNBYGGER_HELSEPERSONELL": "Dialog mellom innbygger og helsepersonell",
            "DIALOG_INNBYGGER_HELSEREGISTER": "Dialog mellom innbygger og helseregister",
            "DIALOG_INNBYGGER_HENT_BEHANDLER": "Benyttes til prosess for å hente behandler",
            "DIALOG_INNBYGGER_HENT_DOKUMENTER": "Dialog med innbygger – hent dokument",
            "DIALOG_INNBYGGER_HL7_DOKUMENTNOTIFIKASJON": "Dialog med innbygger – dokumentnotifikasjon",
            "DIALOG_INNBYGGER_HREG_INNSYN_BRUK": "Dialog med innbygger – innsyn bruk",
            "DIALOG_INNBYGGER_HREG_INNSYN_HELSEOPPLYSNINGER": "Dialog med innbygger – innsyn helseopplysninger",
            "DIALOG_INNBYGGER_HREG_INNSYN_UTLEVERING": "Dialog med innbygger – innsyn utlevering",
            "DIALOG_INNBYGGER_HREG_MELDE_FEIL": "Dialog med innbygger – melde feil i helseopplysninger",
            "DIALOG_INNBYGGER_HREG_OPPFORING": "Dialog med innbygger - informasjon om oppføring",
            "DIALOG_INNBYGGER_HREG_SLETTING_ELLER_SPERRING": "Dialog med innbygger – Sletting eller sperring",
            "DIALOG_INNBYGGER_KOORDINATOR": "Dialog mellom innbygger og koordinator",
            "DIALOG_INNBYGGER_MELDINGSFORMIDLING": "Melding eller varsel til innbygger",
            "DIALOG_INNBYGGER_RESEPTFORNYELSE": "Dialog med innbygger – reseptfornyelse",
            "DIALOG_INNBYGGER_SAMTYKKE": (
                "Benyttes for helseaktør som sender en samtykkeforespørsel til innbygger via helsenorge.no"
            ),
            "DIALOG_INNBYGGER_TEST": "Dialog med innbygger – test",
            "DIALOG_INNBYGGER_TIMEONSKE": "Dialog med innbygger – timeønske",
            "DIALOG_INNBYGGER_TIMER": "Dialog med innbygger om timer",
            "DIALOG_INNBYGGER_TIMERESERVASJON": "Dialog med innbygger – timereservasjon",
            "DIALOG_INNBYGGER_TJENESTEOVERSIKT": "Dialog med innbygger- tjenesteoversikt",
            "DIALOG_NOTAT": "Notat",
            "DIALOG_OVERFORING_JOURNAL": "Overføring av journal",
            "DIALOG_STATUS_HENVISNING": "Status på henvisning",
            "DIALOG_SVAR": "Svar på forespørsel",
            "EPIKRISE": "Epikrise",
            "FRAVARSMELDING": "Fraværsmelding",
            "HELSEOPPLYSNINGER_LEGE": "Helseopplysninger til lege",
            "HELSEOPPL_SOKNAD": "Helseopplysninger",
            "HENVISNING": "Henvisning",
            "INNLEGGELSESRAPPORT": "Innleggelsesrapport",
            "LOG_AVMELDING": "Avmelding av utskrivningsklar pasient",
            "LOG_DOD": "Orientering om dødsfall",
            "LOG_INNLAGT": "Melding om innlagt pasient",
            "LOG_UTSKREVET": "Melding om utskrevet pasient",
            "LOG_UTSKRIVNINGSKLAR": "Melding om utskrivningsklar pasient",
            "MEDISINSKE_OPPLYSNINGER": "Medisinske opplysninger",
            "ORIENTERING_TJENESTETILBUD": "Orientering om tjenestetilbud",
            "UTSKRIVNINGSRAPPORT": "Utskrivningsrapport",
            "DIALOG_TIL_ARKIVERING": "Til arkivering i pasientens journal",
            "HENVISNING_NYTILSTAND": "Henvisning ny tilstand",
            "HENVISNING_VIDERE": "Viderehenvisning",
            "SVAR_LAB": "Svarrapport-Laboratoriemedisin",
            "SVAR_RTG": "Svarrapport-Radiologi",
            "SVAR_KKL": "Svarrapport-Klinisk kjemi",
            "SVAR_MBIO": "Svarrapport-Medisinsk mikrobiologi",
            "SVAR_HIST": "Svarrapport-Histologi",
            "SVAR_CYT": "Svarrapport-Cytologi",
        },
        partial=True,
    ),
    CodeList(
        "8113",
        "Prosesstatus",
        {
            "D": "Debugging",
            "P": "Produksjon",
            "T": "Opplæring",
        },
    ),
    CodeList(
        "8115",
        "Ønsket svarprioritet",
        {
            "H": "Høy",
            "L": "Lav",
            "N": "Normal",
        },
    ),
    CodeList(
        "7304",
        "Meldingsbekreftelse",
        {
            "F": "Kun ved feil",
            "J": "Ja",
            "N": "Nei",
        },
    ),
    CodeList(
        "8235",
        "Kommunikasjonsmetode",
        {
            "EDI": "EDI",
            "PST": "Brev",
        },
    ),
    CodeList(
        "8112",
        "Rolle til mottaker",
        {
            "COP": "Kopimottaker",
            "FR": "Mottaker i videresendt melding",
            "OR": "Opprinnelig mottaker",
            "PRIM": "Primærmottaker",
        },
    ),
    CodeList(
        "4702",
        "Dokumenttilknytning",
        {
            "A": "Andre tilleggsdokument",
            "F": "Følgeskriv",
            "FH": "Forside av hoveddokument",
            "H": "Hoveddokument",
        },
    ),
    CodeList(
        "9064",
        "Status for innhenting av pasientens samtykke",
        {
            "1": "Ja, samtykke er innhentet",
            "2": "Pasientens samtykke er ikke påkrevet i dette tilfellet",
            "3": "Svar på forespørsel e.l. som pasienten har gitt samtykke til",
            "4": "Nei, pasienten har ikke gitt sitt samtykke",
        },
    ),
    CodeList(
        "3109",
        "Ja, nei",
        {
            "1": "Ja",
            "2": "Nei",
        },
    ),
    CodeList(
        "8114",
        "Type dokumentreferanse",
        {
            "A": "Vedlegg",
            "REF": "Referanse",
            "XML": "XML-instans",
        },
    ),
    CodeList(
        "1204",
        "Komprimeringsalgoritme",
        {
            "DF": "Deflate",
            "GZ": "Gzip",
            "Z": "Compress",
        },
    ),
)
