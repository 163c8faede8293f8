"""Code lists of the application receipt (HIS 80415)."""

from samhandling.messages.codes.listing import CodeList

LISTS = (
    CodeList(
        "8258",
        "Status for mottak av melding",
        {
            "1": "OK",
            "2": "Avvist",
            "3": "OK, feil i delmelding",
        },
    ),
    CodeList(
        "8221",
        "Feilmeldinger for applikasjonskvittering – Generelle",
        {
            "E10": "Ugyldig meldingsidentifikator",
            "E20": "Lege finnes ikke",
            "E21": "Mottaker finnes ikke",
            "E30": "Pasientens fødselsnummer mangler",
            "E31": "Pasientens fødselsnummer er feil",
            "E32": "Pasientens navn mangler",
            "E33": "Pasientens etternavn mangler",
            "E34": "Pasientens fornavn mangler",
            "E35": "Pasienten finnes ikke i mottakersystemet",
            "E36": "Pasientopplysninger er utilstrekkelige",
            "E53": "Pasientens fødselsnummer eller D-nummer finnes ikke registrert i Folkeregisteret.",
            "E54": "Pasientens fødselsnummer er ikke registrert i mottagersystemet",
            "S01": "Feil på signatur",
            "S02": "Ugyldig sertifikat",
            "S03": "Tilbaketrukket sertifikat",
            "S99": "Annen feil på signatur eller sertifikat",
            "T01": "Ikke XML / ikke 'well formed' / uleselig",
            "T02": "XML validerer ikke",
            "T10": "Støtter ikke meldingsformatet",
            "T99": "Annen feil på format",
            "X99": "Annen feil",
            "E40": "Mottaker er ikke korrekt",
        },
        withdrawn=frozenset(["E20", "E33", "E34", "E40"]),
    ),
)
