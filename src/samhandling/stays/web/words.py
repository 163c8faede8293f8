"""Stays and courses in the words of routines 10."""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandling.clock import oslo
from samhandling.messages import codes
from samhandling.pages.texts import N_, _, language
from samhandling.pages.values import Status, Tone
from samhandling.stays.anomalies import ANOMALIES
from samhandling.stays.rules.courses import CourseState
from samhandling.stays.rules.values import State

STATES: dict[str, str] = {
    State.EXPECTED: N_("Meldt fra kommunen, ikke innlagt ennå"),
    State.IN: N_("Innlagt"),
    State.ACTIVE: N_("Innlagt"),
    State.READY: N_("Utskrivningsklar"),
    State.OUT: N_("Skrevet ut"),
    State.DEAD: N_("Død"),
    State.VOID: N_("Innleggelsen er trukket tilbake"),
}

TOLD: dict[str, str] = {
    "M1": N_("Innlagt"),
    "M3": N_("Tidligmelding"),
    "M4": N_("Endringsmelding"),
    "M5": N_("Endelig helseopplysning"),
    "M6": N_("Utskrivningsklar"),
    "M7": N_("Ikke utskrivningsklar likevel"),
    "M8": N_("Skrevet ut"),
    "M14": N_("Utskrivningsrapport"),
}
"""What each message tells the municipality."""

CLOCKS: dict[str, str] = {
    "F1": N_("Tidligmelding må være mottatt i kommunen"),
    "F2": N_("Innleggelsesrapport ventes fra kommunen"),
    "F3": N_("Meldingen skulle vært sendt"),
    "F4": N_("Kommunens svar: kan den ta imot pasienten?"),
    "F6": N_("Forespørsel: svar ventes"),
    "F8": N_("Meldt fra kommunen: innleggelse ventes"),
    "F7": N_("Melding om utskrevet pasient skal sendes i dag"),
    "F9": N_("Endelig helseopplysning: må sendes før utskriving"),
    "F10": N_("Utskrivningsklar i dag? Bekreft, flytt eller svar ikke lenger."),
    "F11": N_("Ikke vurdert: bruker av kommunale tjenester, og behov etter utskriving"),
}

COURSE_STATES: dict[str, str] = {
    CourseState.UNKNOWN: N_("Ingen melding gjelder lenger"),
    CourseState.ADMITTED: N_("Innlagt"),
    CourseState.READY: N_("Utskrivningsklar"),
    CourseState.OUT: N_("Skrevet ut"),
    CourseState.DEAD: N_("Død"),
}

EVENTS: dict[str, tuple[Tone, str]] = {
    "admitted": (Tone.INFO, N_("Innlagt")),
    "admission_corrected": (Tone.QUIET, N_("Innleggelsestidspunktet er rettet")),
    "user_yes": (Tone.INFO, N_("Bruker av kommunale tjenester: ja")),
    "user_yes_late": (Tone.INFO, N_("Bruker av kommunale tjenester: ja, registrert etter utskrivningsklar")),
    "user_no": (Tone.QUIET, N_("Bruker av kommunale tjenester: nei")),
    "user_mistake": (Tone.WARN, N_("Bruker av kommunale tjenester var registrert ved feil")),
    "need_yes": (Tone.INFO, N_("Behov etter utskriving: ja")),
    "need_no": (Tone.QUIET, N_("Ikke behov etter utskriving")),
    "assessment_undone": (Tone.QUIET, N_("Vurderingen er tatt tilbake")),
    "ready": (Tone.INFO, N_("Utskrivningsklar")),
    "ready_late": (Tone.INFO, N_("Utskrivningsklar, registrert sent")),
    "ready_unasked": (Tone.QUIET, N_("Ventet utskrivningsklar dato er lagret")),
    "ready_expected": (Tone.QUIET, N_("Ventet utskrivningsklar dato er lagret")),
    "ready_asked": (Tone.WAIT, N_("Avdelingen er spurt: utskrivningsklar i dag?")),
    "ready_named": (Tone.QUIET, N_("Beslutningsansvarlig er registrert")),
    "ready_changed": (Tone.INFO, N_("Utskrivningsklar dato er endret")),
    "ready_expected_cleared": (Tone.QUIET, N_("Ventet dato er tatt bort")),
    "ready_cleared": (Tone.WARN, N_("Ikke utskrivningsklar lenger")),
    "ready_mistake": (Tone.WARN, N_("Utskrivningsklar var registrert ved feil")),
    "warning_no_information": (Tone.WARN, N_("Kommunen har ikke fått helseopplysning ennå")),
    "warning_early_open": (Tone.WARN, N_("Tidligmelding er ikke bekreftet mottatt ennå")),
    "discharge_planned": (Tone.QUIET, N_("Utskriving er planlagt")),
    "discharge_plan_off": (Tone.QUIET, N_("Planlagt utskriving er tatt bort")),
    "discharged": (Tone.INFO, N_("Skrevet ut")),
    "without_ready_date": (Tone.QUIET, N_("Skrevet ut uten utskrivningsklar dato")),
    "discharge_corrected": (Tone.INFO, N_("Utskrivingen er rettet")),
    "discharge_undone": (Tone.WARN, N_("Utskrivingen var registrert ved feil; oppholdet fortsetter")),
    "discharge_undone_late": (Tone.WARN, N_("Utskrivingen er opphevet sent; meldingsansvarlig avgjør")),
    "died": (Tone.INFO, N_("Død")),
    "death_told": (Tone.QUIET, N_("Kommunen får beskjed om dødsfallet")),
    "death_undone": (Tone.WARN, N_("Dødsfallet var registrert ved feil")),
    "died_outside": (Tone.QUIET, N_("Død etter utskriving")),
    "admission_cancelled": (Tone.WARN, N_("Innleggelsen er trukket tilbake")),
    "moved": (Tone.QUIET, N_("Flyttet til annen post")),
    "track_changed": (Tone.QUIET, N_("Flyttet mellom somatikk og psykiatri")),
    "leave_started": (Tone.QUIET, N_("Permisjon")),
    "leave_ended": (Tone.QUIET, N_("Tilbake fra permisjon")),
    "identity_ordinary": (Tone.INFO, N_("Fødselsnummer eller D-nummer er registrert")),
    "identity_not_ordinary": (Tone.WARN, N_("Pasienten har ikke lenger ordinært fødselsnummer")),
    "municipality_changed": (Tone.INFO, N_("Kommunen er endret")),
    "agreement_changed": (Tone.QUIET, N_("Avtalen med kommunen er endret")),
    "municipality_was_wrong": (Tone.WARN, N_("Kommunen var feil og er rettet")),
    "municipality_moved": (Tone.QUIET, N_("Pasienten har flyttet til en annen kommune")),
    "information_early": (Tone.OK, N_("Tidligmelding er sendt")),
    "information_change": (Tone.OK, N_("Endringsmelding er sendt")),
    "information_final": (Tone.OK, N_("Endelig helseopplysning er sendt")),
    "information_rejected": (Tone.BAD, N_("Helseopplysningen ble avvist, og teller ikke som sendt")),
    "no_early_notice": (Tone.WARN, N_("Ingen tidligmelding: dette er den første helseopplysningen")),
    "final_expected_again": (Tone.WAIT, N_("Endringsmelding etter den endelige: ny endelig helseopplysning ventes")),
    "late_need": (Tone.INFO, N_("Behovet ble registrert sent: fristen løper fra da")),
    "no_update": (Tone.QUIET, N_("Kommunen har ikke fått nytt på lenge")),
    "report_expected": (Tone.INFO, N_("Innleggelsesrapport mottatt før innleggelsen")),
    "report_attached": (Tone.OK, N_("Innleggelsesrapporten fra før innleggelsen er knyttet til")),
    "report_received": (Tone.OK, N_("Innleggelsesrapport mottatt")),
    "report_again": (Tone.QUIET, N_("Ny innleggelsesrapport mottatt")),
    "report_late": (Tone.INFO, N_("Innleggelsesrapporten kom etter at pasienten ble utskrivningsklar")),
    "no_admission": (Tone.QUIET, N_("Ingen innleggelse: rapporten er lagt bort")),
    "request_received": (Tone.WAIT, N_("Forespørsel fra kommunen: svar ventes")),
    "request_answered": (Tone.OK, N_("Forespørselen er besvart")),
    "place_answered": (Tone.OK, N_("Kommunen har svart på om den kan ta imot pasienten")),
    "objects": (Tone.WARN, N_("Pasienten motsetter seg at opplysninger gis videre")),
    "objects_no_longer": (Tone.INFO, N_("Pasienten motsetter seg ikke lenger at opplysninger gis videre")),
    "breach_untrue": (Tone.QUIET, N_("Bruddet er tatt bort: meldingen var mottatt i tide")),
    "information_withdrawn": (Tone.WARN, N_("Helseopplysningene er trukket tilbake")),
    "dialog_sent": (Tone.INFO, N_("Skrevet til kommunen")),
    "called": (Tone.INFO, N_("Telefonsamtale")),
    "place_answer": (Tone.INFO, N_("Kommunen har svart på utskrivningsklar")),
    "heard_request": (Tone.INFO, N_("Forespørsel fra kommunen")),
    "heard_answer": (Tone.INFO, N_("Svar på forespørsel")),
    "heard_deviation": (Tone.WARN, N_("Avviksmelding fra kommunen")),
    "heard_note": (Tone.INFO, N_("Melding fra kommunen")),
    "heard_information": (Tone.INFO, N_("Melding fra kommunen")),
    "heard_report": (Tone.INFO, N_("Melding fra kommunen")),
    "opened_late": (Tone.QUIET, N_("Innleggelsen ble registrert etterpå")),
    "readmission": (Tone.INFO, N_("Lagt inn igjen kort tid etter forrige opphold")),
    "earlier_stay": (Tone.QUIET, N_("Har vært innlagt her før")),
    "was_user": (Tone.INFO, N_("Var bruker av kommunale tjenester ved forrige opphold")),
    "unknown_unit": (Tone.WARN, N_("Pasientsystemet oppgir en post vi ikke kjenner")),
    "not_applied": (Tone.WARN, N_("En registrering fra pasientsystemet passet ikke med oppholdet")),
    "patients_merged": (Tone.QUIET, N_("To registreringer av pasienten er slått sammen")),
    "sent": (Tone.OK, N_("Melding sendt til kommunen")),
    "not_sent": (Tone.BAD, N_("Meldingen kunne ikke sendes")),
    "expected_from_epj": (Tone.WAIT, N_("Meldingen ventes fra journalsystemet")),
    "epj_refused": (Tone.BAD, N_("Melding fra journalsystemet ble ikke sendt")),
    "resent": (Tone.INFO, N_("Sendt på nytt som ny melding")),
    "withdrawn": (Tone.QUIET, N_("Meldingen skal ikke sendes likevel")),
    "cancelled": (Tone.WARN, N_("Meldingen er trukket tilbake")),
    "not_ours": (Tone.WARN, N_("Meldingen var ikke til oss")),
    "not_this_patient": (Tone.WARN, N_("Meldingen gjelder en annen pasient")),
    "cancelled_by_phone": (Tone.WARN, N_("Meldingen må trekkes tilbake på telefon")),
    "by_phone": (Tone.WARN, N_("Kommunen må ringes: melding kan ikke brukes")),
    "confirmed": (Tone.OK, N_("Bekreftet mottatt i kommunen")),
    "rejected": (Tone.BAD, N_("Avvist av kommunen")),
    "unconfirmed": (Tone.BAD, N_("Ikke bekreftet mottatt")),
    "deadline_missed": (Tone.WARN, N_("Fristen gikk ut")),
    "received_outside": (Tone.WARN, N_("Melding mottatt utenfor oppholdet")),
    "held": (Tone.BAD, N_("Ikke sendt – mangler navn på beslutningsansvarlig")),
}

BREACHES: dict[str, str] = {code: row.title for code, row in ANOMALIES.items()}
"""Titles of breaches; what they mean and what to do stands in `stays.anomalies`."""


def event_words(kind: str) -> tuple[Tone, str]:
    """Tone and words of a line in a timeline; a kind without words by its code."""
    tone, text = EVENTS.get(kind, (Tone.QUIET, kind))
    return tone, _(text)


def told(code: str, values: dict[str, Any]) -> str:
    """What a message tells the municipality, with its date: `Utskrivningsklar 24.11.2026`."""
    day = values.get("ready_date")
    words = _(TOLD.get(code, code))
    return f"{words} {oslo.say_date(date.fromisoformat(day))}" if code == "M6" and isinstance(day, str) else words


def place(code: str) -> str:
    """Where the patient was discharged to, in words (list 8408)."""
    return (codes.text("8408", code, language()) or code) if code else ""


def yes_no(value: bool | None) -> Status:
    """An assessment: yes, no or not made."""
    if value is None:
        return Status(Tone.WARN, _("Ikke vurdert"))
    return Status(Tone.INFO, _("Ja")) if value else Status(Tone.QUIET, _("Nei"))


PLACES: dict[str, str] = {
    "1": N_("Hjem"),
    "11": N_("Sykehjem, aldershjem eller helsehus"),
    "21": N_("Kommunal akutt døgnenhet (KAD)"),
    "3": N_("Annet sykehus eller annen spesialisthelsetjeneste"),
    "10": N_("Pasienthotell"),
    "5": N_("Institusjon i utlandet"),
    "88": N_("Annet sted"),
}
"""Places that a ward discharges to (list 8408), the common ones first."""
