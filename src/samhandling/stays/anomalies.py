"""The anomalies of routines 2.6: whose each is, what it means and what to do, in plain bokmål.

Three kinds of deviation are kept apart: *Avviksmelding* (M11, a message), *Brudd på rutine* (what stands here: found by
the system, never sent as a message) and *Meldt på eget skjema*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samhandling.pages.texts import N_

Owner = Literal["anomaly", "responsible", "nobody"]
"""`anomaly`: the message responsible in office hours, else the ward; `nobody`: only counted."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One row of 2.6."""

    owner: Owner
    found_in: Literal["exchange", "stays", "patients", "downtime"]
    """The room that detects it."""
    title: str
    means: str
    do: str
    """What to do about it."""


ANOMALIES: dict[str, Anomaly] = {
    "A-01": Anomaly(
        "anomaly", "exchange", N_("Ikke bekreftet mottatt"),
        N_("Kommunens system har ikke bekreftet at meldingen er kommet fram."),
        N_("Ring kommunen. Send på nytt bare som ny melding, eller gi opplysningene på telefon."),
    ),
    "A-02": Anomaly(
        "anomaly", "exchange", N_("Avvist av mottakeren"),
        N_("Kommunens system tok ikke imot meldingen, og sier hvorfor."),
        N_("Les begrunnelsen, rett det den peker på og send en ny melding. Ring når det haster."),
    ),
    "A-03": Anomaly(
        "responsible", "exchange", N_("To ulike kvitteringer"),
        N_("Kommunens system har svart to forskjellige ting om samme melding. Det første svaret gjelder."),
        N_("Ring kommunen og meld feilen i deres system."),
    ),
    "A-04": Anomaly(
        "nobody", "exchange", N_("Samme melding mottatt to ganger"),
        N_("Den samme meldingen kom en gang til. Den er talt én gang."), N_("Ingenting haster."),
    ),
    "A-05": Anomaly(
        "responsible", "stays", N_("Samme melding to ganger"),
        N_("To meldinger av samme slag med ulik id er kommet. Den som gjelder det seneste tidspunktet, rår."),
        N_("Ring avsenderen og spør hva som gjelder."),
    ),
    "A-06": Anomaly(
        "responsible", "exchange", N_("Feil adressat"),
        N_("Meldingen gjelder en pasient som vi ikke har noe med. Innholdet er låst."),
        N_("Avgjør under Til avklaring, og send avviksmelding: feil adressat."),
    ),
    "A-07": Anomaly(
        "anomaly", "stays", N_("Melding utenfor opphold"),
        N_("Meldingen er sendt eller mottatt mens pasienten ikke er innlagt. Det er ikke etter rutinen."),
        N_("Les meldingen og ring kommunen."),
    ),
    "A-08": Anomaly(
        "responsible", "stays", N_("Meldinger i feil rekkefølge"),
        N_("En melding er kommet uten den som skulle gått foran, og den har ikke kommet etter heller."),
        N_("Ring avsenderen og spør hva som gjelder."),
    ),
    "A-09": Anomaly(
        "anomaly", "stays", N_("Fristen for tidligmelding ble brutt"),
        N_("Kommunen hadde ikke fått tidligmeldingen innen fristen."), N_("Send den likevel, og ring kommunen."),
    ),
    "A-10": Anomaly(
        "anomaly", "stays", N_("Hjelpenummer i melding"),
        N_("Pasienten har hjelpenummer, og da skal PLO-meldinger ikke brukes."),
        N_("Ring kommunen, og bruk meldeskjema på papir ved behov."),
    ),
    "A-11": Anomaly(
        "anomaly", "stays", N_("Ukjent kommune eller ingen avtale"),
        N_("Kommunen får ingen elektronisk melding."), N_("Finn kommunen, eller ring den og noter samtalen."),
    ),
    "A-12": Anomaly(
        "responsible", "stays", N_("Melding etter dødsfall"),
        N_("Meldingen er skrevet etter at pasienten døde."), N_("Les den og ring kommunen."),
    ),
    "A-13": Anomaly(
        "anomaly", "stays", N_("Skrevet ut uten helseopplysning"),
        N_("Kommunen har ikke fått noen helseopplysning om pasienten."), N_("Ring kommunen nå, og send i dag."),
    ),
    "A-14": Anomaly(
        "anomaly", "stays", N_("Utskrivningsklar før tidligmelding var mottatt"),
        N_("Pasienten ble meldt utskrivningsklar før kommunen hadde tidligmeldingen. Betalingen kan bli omtvistet."),
        N_("Send tidligmeldingen nå."),
    ),
    "A-15": Anomaly(
        "responsible", "stays", N_("Avviksmelding uten avtalt grunn eller uten referanse"),
        N_("Avviksmeldingen viser ikke til én melding, eller har en grunn som ikke er avtalt."),
        N_("Veiled avsenderen: forespørsel når noe mangler, eget skjema ved brudd på rutine."),
    ),
    "A-16": Anomaly(
        "responsible", "stays", N_("Dialogmelding fra eller til feil tjeneste"),
        N_("Dialogmeldinger går bare mellom kommunens helsetjenester og sykehusets PLO-mottak."),
        N_("Les meldingen, ring avsenderen og si hvor den skal sendes."),
    ),
    "A-17": Anomaly(
        "responsible", "exchange", N_("Tilbaketrekking uten kjent melding"),
        N_("Meldingen som trekkes tilbake, er ikke kommet. Kommer den, trekkes den tilbake da."),
        N_("Vis hvilken melding den gjelder, hvis den er her under et annet navn."),
    ),
    "A-18": Anomaly(
        "responsible", "patients", N_("Ulike numre på samme pasient"),
        N_("Pasienten er kjent under ulike numre hos oss og hos kommunen. Ingenting er slått sammen."),
        N_("Kontroller hvem det gjelder. To personer bekrefter."),
    ),
    "A-19": Anomaly(
        "nobody", "downtime", N_("Kommunen er meldt nede"),
        N_("Varsler om manglende bekreftelse venter til en time etter stansen. Fristene løper."),
        N_("Ring i stedet for å vente på meldingen."),
    ),
    "A-20": Anomaly(
        "nobody", "exchange", N_("Klokken hos avsenderen går feil"),
        N_("Meldingen har et tidspunkt som ikke kan stemme. Tidspunktet for mottak er brukt."),
        N_("Si fra til avsenderen når det gjentar seg."),
    ),
    "A-21": Anomaly(
        "anomaly", "stays", N_("Skrevet ut uten endelig helseopplysning"),
        N_("Kommunen mangler den endelige helseopplysningen, eller den er eldre enn siste endring."),
        N_("Send i dag, eller ring kommunen."),
    ),
    "status": Anomaly(
        "responsible", "stays", N_("Logistikkmelding sendt som endring"),
        N_("Innlagt, utskrivningsklar, avmelding og utskrevet kan bare være nye eller trukket tilbake. "
           "Meldingen er tatt imot, men ikke brukt."),
        N_("Ring avsenderen og spør hva som gjelder."),
    ),
}  # fmt: skip
"""Code -> row. `status` is scenario 38. How grave each is stands in `causes.BREACH_SEVERITY`."""
