"""Code lists of Pasientlogistikk and the common head of the care messages (HIS 80704, HIS 1149)."""

from samhandling.messages.codes.listing import CodeList

LISTS = (
    CodeList(
        "7309",
        "Tjenestetype (Forsendelsesstatus)",
        {
            "A": "Tillegg",
            "C": "Kansellering",
            "H": "Historikk",
            "M": "Endring",
            "N": "Ny",
            "O": "Oppdatert og erstatter tidligere mottatt melding",
            "X": "Annet",
        },
    ),
    CodeList(
        "9121",
        "Hendelseskode for logistikkopplysninger",
        {
            "1": "Pasient innlagt",
            "2": "Pasient utskrevet",
            "3": "Pasient utskrivningsklar",
            "4": "Avmelding av utskrivningsklar pasient",
            "13": "Pasienten er død",
            "5": "Forventet utskrivningsklar dato",
        },
    ),
    CodeList(
        "8408",
        "Sted",
        {
            "1": "Bosted/arbeidssted",
            "2": "Skade- eller funnsted",
            "3": "Annen helseinstitusjon innen spesialisthelsetjenesten",
            "5": "Institusjon i utlandet",
            "7": "Annen (somatisk) enhet ved egen helseinstitusjon",
            "8": "Annen enhet (ikke somatikk) ved egen helseinstitusjon",
            "10": "Pasienthotell",
            "11": "Sykehjem/aldershjem/helsehus",
            "21": "Kommunal akutt døgnenhet (KAD)",
            "88": "Annet",
            "98": "Ukjent",
            "99": "Sted identifisert ved rapportering av attributt Til/Fra institusjon",
        },
    ),
    CodeList(
        "8431",
        "Uttilstand",
        {
            "1": "Som levende",
            "2": "Som død",
            "3": "Suicid",
        },
    ),
    CodeList(
        "8329",
        "Dokumenttype",
        {
            "1": "Egensøknad",
            "2": "Tidligmelding",
            "3": "Resept",
            "4": "Epikrise",
            "5": "Tverrfaglig epikrise",
        },
    ),
    CodeList(
        "8330",
        "Adressat",
        {
            "1": "Pasient",
            "2": "Fastlege",
            "3": "Tilsynslege",
            "4": "Apotek",
        },
    ),
    CodeList(
        "9152",
        "Type opplysning ved pasientsamhandling - fra Pleie- og omsorg",
        {
            "1": "Helseopplysninger",
            "4": "Legemiddelopplysninger",
            "6": "Fornye resept(er).",
            "7": "Time til undersøkelse/behandling",
            "8": "Status/plan for utskrivning",
            "99": "Annen henvendelse",
        },
    ),
    CodeList(
        "9153",
        "Type opplysninger ved pasientsamhandling - fra lege",
        {
            "3": "Tjenestetilbud",
            "5": "Tilstandsvurdering",
            "99": "Annen henvendelse",
        },
    ),
    CodeList(
        "9154",
        "Type opplysning ved pasientsamhandling - fra sykehus",
        {
            "1": "Helseopplysninger",
            "4": "Legemiddelopplysninger",
            "8": "Status/plan om utskrivning",
            "99": "Annen henvendelse",
        },
    ),
    CodeList(
        "9502",
        "Typer av informasjon til pasient",
        {
            "A": "Annet",
            "G": "Generelt om samtykke (til behandling)",
            "I": "Innsynsrett i journal",
            "K": "Klageadgang",
            "O": "Rutiner for overføring av journalinformasjon",
            "R": (
                "Retten til å motsette seg at helsepersonell får tilgang til informasjon i journalen uten "
                "eksplisitt samtykke"
            ),
        },
    ),
)
