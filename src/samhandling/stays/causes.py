"""The work that the routine asks of people: kind, severity, who, and what to do, in plain bokmål (routines 2.6, 10).

`{kommune}` is the municipality's name or *kommunen*, `{nummer}` the phone that is staffed now or nothing. No text names
a patient: the task does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Owner = Literal["ward", "anomaly", "responsible"]
"""`ward`: the ward; `anomaly`: the message responsible in office hours, else the ward, and always on the ward's row too
(2.6); `responsible`: the message responsible."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of work."""

    kind: str
    severity: str
    owner: Owner
    text: str
    anomaly: str = ""
    """A-01 … A-21 where the work is that of a condition that lasts (`anomalies`)."""


_H = (
    "Pasienten har hjelpenummer, ikke fødselsnummer. PLO-meldinger skal ikke brukes. "
    "Ring {kommune} {nummer} og bruk meldeskjema på papir ved behov."
)
_N = "Vi har ikke avtale om elektroniske meldinger med {kommune}. Ring {nummer}."
_WHAT = {
    "m1": "Fortell at pasienten er innlagt.",
    "m6": "Fortell at pasienten er utskrivningsklar.",
    "m7": "Fortell at pasienten ikke lenger er utskrivningsklar.",
    "m8": "Fortell at pasienten er skrevet ut.",
}

CAUSES: dict[str, Cause] = {
    **{f"stay.h_number.{m}": Cause("call", "medium", "ward", f"{_H} {what}", "A-10") for m, what in _WHAT.items()},
    **{f"stay.no_agreement.{m}": Cause("call", "medium", "ward", f"{_N} {what}", "A-11") for m, what in _WHAT.items()},
    "stay.h_number.form": Cause(
        "register", "medium", "ward",
        "Fyll ut meldeskjema på papir om behov etter utskriving, og send det til {kommune}.",
    ),
    "stay.no_municipality.find": Cause(
        "find", "medium", "anomaly",
        "Vi vet ikke hvilken kommune pasienten hører til. Finn kommunen og registrer den, så sendes det som er ventet.",
        "A-11",
    ),
    "stay.name_missing": Cause(
        "register", "medium", "ward",
        "Ikke sendt – mangler navn på beslutningsansvarlig. Registrer hvem som har bestemt at pasienten er "
        "utskrivningsklar.",
    ),
    "stay.not_sent": Cause(
        "send", "high", "anomaly", "{melding} skulle vært sendt. Send den nå, eller ring {kommune} {nummer}.",
    ),
    "stay.not_sent_today": Cause(
        "call", "high", "anomaly", "{melding} ble ikke sendt på utskrivingsdagen. Ring {kommune} {nummer}.",
    ),
    "stay.ready_today": Cause(
        "decide", "medium", "ward", "Utskrivningsklar i dag? Bekreft, flytt eller svar ikke lenger.",
    ),
    "stay.ready_unanswered": Cause(
        "decide", "high", "ward", "Utskrivningsklar i dag? Bekreft, flytt eller svar ikke lenger.",
    ),
    "stay.change_notice": Cause(
        "send", "normal", "ward", "Ventet utskrivingsdato er registrert. Send endringsmelding til {kommune}.",
    ),
    "stay.no_update": Cause(
        "send", "low", "ward",
        "{kommune} har ikke fått nytt om pasienten på lenge. Send endringsmelding hvis noe er endret.",
    ),
    "stay.contact_changed": Cause(
        "send", "low", "ward", "Pasienten har byttet post. Oppdater telefon/enhet i en endringsmelding.",
    ),
    "stay.early_missed": Cause(
        "send", "high", "anomaly", "Fristen for tidligmelding er gått ut. Send likevel, og ring {kommune} {nummer}.",
        "A-09",
    ),
    "stay.information_missing": Cause(
        "send", "high", "anomaly",
        "Pasienten er skrevet ut uten endelig helseopplysning. Send i dag, eller ring {kommune} {nummer}.",
        "A-21",
    ),
    "stay.user_question": Cause(
        "decide", "high", "ward",
        "Pasienten er ikke lenger registrert som bruker av kommunale tjenester. "
        "Feilregistrert, eller ikke lenger behov?",
    ),
    "stay.objection": Cause(
        "decide", "high", "ward",
        "Pasienten motsetter seg at opplysninger gis videre, så kommunen har ikke fått beskjed. Avgjør med den "
        "ansvarlige legen hva loven krever at kommunen får vite.",
    ),
    "stay.place_unanswered": Cause(
        "call", "medium", "ward",
        "{kommune} har ikke svart på om den kan ta imot pasienten. Ring {nummer} og noter svaret.",
    ),
    "stay.request_overdue": Cause(
        "call", "medium", "ward", "En forespørsel er ikke besvart i tide. Ring {kommune} {nummer}.",
    ),
    "stay.request_unanswered": Cause(
        "call", "high", "ward", "Ubesvart forespørsel ved utskriving – ring {kommune} {nummer}.",
    ),
    "stay.call.withdrawn": Cause(
        "call", "high", "ward", "En melding er trukket tilbake. Ring {kommune} {nummer} og si fra.",
    ),
    "stay.call.help_number": Cause(
        "call", "high", "ward", _H, "A-10",
    ),
    "stay.message_after_death": Cause(
        "read", "high", "responsible",
        "Kommunen har sendt en melding etter at pasienten døde. Les den, og ring {kommune} {nummer}.",
        "A-12",
    ),
    "stay.call.after_discharge": Cause(
        "call", "high", "ward",
        "Pasienten er skrevet ut. Dette regnes som avvik fra avtalt rutine. Ring {kommune} {nummer} først.",
        "A-07",
    ),
    "stay.call.user": Cause(
        "call", "high", "ward", "Pasienten er ikke bruker av kommunale tjenester likevel. Ring {kommune} {nummer}.",
    ),
    "stay.call.user_ended": Cause(
        "call", "medium", "ward", "Pasienten trenger ikke lenger kommunale tjenester. Ring {kommune} {nummer}.",
    ),
    "stay.call.ready_mistake": Cause(
        "call", "high", "ward", "Utskrivningsklar var registrert ved feil. Ring {kommune} {nummer} og si fra.",
    ),
    "stay.call.cancelled": Cause(
        "call", "high", "ward", "Innleggelsen er trukket tilbake. Ring {kommune} {nummer} og si fra.",
    ),
    "stay.call.discharge_undone": Cause(
        "call", "high", "ward", "Utskrivingen var registrert ved feil. Ring {kommune} {nummer} og si fra.",
    ),
    "stay.call.discharge_corrected": Cause(
        "call", "medium", "ward",
        "Utskrivingen er rettet etter at {kommune} fikk melding om den. Ring {kommune} {nummer} og si hva som gjelder.",
    ),
    "stay.call.death_undone": Cause(
        "call", "high", "ward",
        "Dødsfallet var registrert ved feil. Ring {kommune} {nummer} nå, både sykepleietjenesten og saksbehandling.",
    ),
    "stay.call.municipality_changed": Cause(
        "call", "medium", "ward", "Pasienten har flyttet til en annen kommune. Ring {gammel} og si fra.",
    ),
    "stay.municipality_question": Cause(
        "decide", "high", "anomaly",
        "Pasientens kommune er endret fra {gammel} til {kommune}. Var den feil (rettet), eller har pasienten flyttet "
        "(endret)?",
    ),
    "stay.discharge_undone_late": Cause(
        "decide", "high", "responsible",
        "Utskrivingen er opphevet mer enn et døgn etterpå. Avgjør om meldingen skal trekkes tilbake.",
    ),
    "stay.privacy": Cause(
        "privacy", "high", "responsible",
        "Opplysninger om pasienten er sendt feil. Vurder personvernhendelse og følg rutinen for det.",
    ),
    "stay.identity_lost": Cause(
        "decide", "high", "anomaly",
        "Pasientens fødselsnummer er tatt bort etter at meldinger er sendt. Kontroller hvem pasienten er, og ring "
        "{kommune} {nummer}.",
    ),
    "stay.leave": Cause(
        "call", "low", "ward", "Pasienten er på permisjon. Ring {kommune} {nummer} om de må vite det.",
    ),
    "stay.not_applied": Cause(
        "decide", "medium", "anomaly",
        "Noe ble registrert i pasientsystemet som ikke passer med oppholdet. Kontroller registreringen.",
    ),
    "stay.number_conflict": Cause(
        "match", "high", "responsible",
        "Samme nummer er registrert på to pasienter. Kontroller hvem det gjelder; ingenting er slått sammen.",
    ),
    "stay.two_open": Cause(
        "decide", "high", "anomaly",
        "To pasienter er slått sammen, og pasienten har nå to opphold samtidig. Finn ut hvilket som gjelder, og trekk "
        "tilbake det andre i pasientsystemet.",
    ),
    "stay.unknown_unit": Cause(
        "find", "medium", "responsible",
        "Pasientsystemet oppgir en post vi ikke kjenner. Legg den inn i registeret.",
    ),
    "stay.unknown_visit": Cause(
        "find", "medium", "responsible",
        "Noe ble registrert på et opphold vi ikke har fått innleggelsen til. Be om innleggelsen på nytt.",
    ),
    "stay.unknown_patient": Cause(
        "find", "medium", "responsible",
        "Pasientsystemet sendte en registrering uten navn og nummer vi kan bruke.",
    ),
    "stay.synthetic_number": Cause(
        "technical", "high", "responsible", "Et syntetisk fødselsnummer kom inn i et lager for virkelige pasienter.",
    ),
    "stay.epj_refused": Cause(
        "decide", "high", "anomaly",
        "{melding} fra journalsystemet er ikke sendt, fordi den ikke passer med oppholdet. Kontroller registreringen.",
    ),
    "stay.message_outside": Cause(
        "read", "medium", "anomaly", "Melding etter utskriving – les og ring {nummer}.", "A-07",
    ),
    "stay.request": Cause(
        "answer", "medium", "ward", "Kommunen har sendt en forespørsel. Svar på den, eller ring {nummer}.",
    ),
    "stay.answer": Cause("read", "normal", "ward", "Kommunen har svart på en forespørsel. Les svaret."),
    "stay.deviation": Cause(
        "read", "high", "ward",
        "Kommunen har sendt avviksmelding: en melding er feilsendt eller kan ikke leses. Les den, og ring {nummer}.",
    ),
    "stay.place_answer": Cause(
        "read", "normal", "ward", "Kommunen har svart på om den kan ta imot pasienten. Les svaret.",
    ),
    "stay.note": Cause(
        "read", "normal", "ward", "Kommunen har skrevet om pasienten. Les meldingen, og svar om det trengs.",
    ),
    "course.note": Cause(
        "read", "normal", "ward", "Sykehuset har skrevet om pasienten. Les meldingen, og svar om det trengs.",
    ),
    "patient.no_relation": Cause(
        "match", "high", "responsible",
        "Meldingen gjelder en pasient som ikke har vært innlagt her på over 30 dager. Avgjør om den er til oss: koble "
        "den til pasienten, eller lås innholdet og send avviksmelding.",
        "A-06",
    ),
    "course.request": Cause(
        "answer", "medium", "ward", "Sykehuset har sendt en forespørsel. Svar på den, eller ring {nummer}.",
    ),
    "course.answer": Cause("read", "normal", "ward", "Sykehuset har svart på en forespørsel. Les svaret."),
    "course.deviation": Cause(
        "read", "high", "ward",
        "Sykehuset har sendt avviksmelding: en melding er feilsendt eller kan ikke leses. Les den, og ring {nummer}.",
    ),
    "message.loose.read": Cause(
        "read", "normal", "ward", "En melding til tjenesten hører ikke til noe forløp. Les den, og svar om det trengs.",
    ),
    "message.loose.request": Cause(
        "answer", "medium", "ward", "En forespørsel til tjenesten hører ikke til noe forløp. Les den, og svar.",
    ),
    "message.loose.deviation": Cause(
        "read", "high", "ward",
        "En avviksmelding hører ikke til noe forløp: en melding er feilsendt eller kan ikke leses. Les den.",
    ),
    "message.loose.doctor": Cause("read", "normal", "ward", "Les meldingen, og svar om det trengs."),
    "message.loose.doctor_request": Cause("answer", "medium", "ward", "Les forespørselen, og svar."),
    "message.loose.doctor_deviation": Cause(
        "read", "high", "ward", "En melding er feilsendt eller kan ikke leses. Les avviksmeldingen.",
    ),
    "course.place": Cause("answer", "medium", "ward", "Gi ny beskjed straks plass er klar."),
    "course.order": Cause(
        "decide", "medium", "responsible",
        "Meldingene fra sykehuset passer ikke sammen. Ring sykehuset og spør hva som gjelder.",
    ),
}  # fmt: skip
"""Cause code -> the work."""

BREACH_SEVERITY: dict[str, str] = {
    "A-01": "normal",
    "A-02": "high",
    "A-03": "high",
    "A-04": "low",
    "A-05": "medium",
    "A-06": "high",
    "A-07": "medium",
    "A-08": "medium",
    "A-09": "high",
    "A-10": "high",
    "A-11": "medium",
    "A-12": "high",
    "A-13": "high",
    "A-14": "medium",
    "A-15": "medium",
    "A-16": "medium",
    "A-17": "low",
    "A-18": "high",
    "A-19": "info",
    "A-20": "low",
    "A-21": "high",
    "status": "low",
}
"""How grave each anomaly of routines 2.6 is; its words stand in `stays.anomalies`."""
