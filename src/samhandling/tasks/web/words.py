"""What tasks are called in lists: a short title for each cause, because the text of a task is a whole instruction."""

from __future__ import annotations

from samhandling.pages.texts import N_, _
from samhandling.tasks.models import Task
from samhandling.tasks.services import KINDS

TITLES: dict[str, str] = {
    "A-01": N_("Ikke bekreftet mottatt"),
    "A-02": N_("Avvist av mottakeren"),
    "A-03": N_("To ulike kvitteringer"),
    "A-17": N_("Tilbaketrekking uten kjent melding"),
    "not_delivered": N_("Kom ikke frem"),
    "resend.approval": N_("Sende på nytt en gang til?"),
    "resend.answered": N_("Svar: sende på nytt"),
    "receipt_not_delivered": N_("Kvittering kom ikke frem"),
    "transport.false_duplicate": N_("Samme meldings-ID på to meldinger"),
    "transport.signal_ignored": N_("Svar vi ikke kan stole på"),
    "transport.signal_strange": N_("Svar på en annens melding"),
    "transport.other_digests": N_("Bekreftet med annet innhold"),
    "transport.late": N_("Bekreftet etter at vi ga opp"),
    "transport.answer_bounced": N_("Motparten får ikke kvitteringene våre"),
    "transport.test_message": N_("Testmelding i produksjon"),
    "receipt_unmatched": N_("Kvittering uten kjent melding"),
    "message.withdrawn": N_("Melding trukket tilbake: ring"),
    "message.not_ours": N_("Meldingen var ikke til oss"),
    "patient.no_relation": N_("Til avklaring: er meldingen til oss?"),
    "patient.unconfirmed": N_("Bekreft hvem meldingen gjelder"),
    "message.cancelled": N_("Avsenderen har trukket meldingen"),
    "message.status_not_allowed": N_("Status som ikke er avtalt"),
    "message.unknown_service": N_("Ukjent tjeneste hos oss"),
    "outage_call": N_("Meldingene er nede: ring kommunen"),
    "register_review": N_("Stemmer dette fortsatt?"),
    "outage_expiring": N_("Sertifikat eller avtale går ut"),
    "outage_unapproved": N_("Godkjenn varselet om stans"),
    "outage_withdrawn": N_("Trukket tilbake mens den ventet: avgjør om begge sendes"),
    "outage_suspected": N_("Mulig stans: ring og avgjør"),
    "outage_reported": N_("Noen melder at noe er nede"),
    "outage_unconfirmed": N_("Er stansen over?"),
    "outage_group_without_address": N_("Gruppe uten adresse: ring"),
    "outage_mail_refused": N_("Varsel om stans kom ikke fram: ring"),
    "outage_mail_bounced": N_("Varsel om stans kom i retur: ring"),
    "outage_mail_unplaced": N_("E-post om stans som må leses"),
    "unreadable": N_("Melding som ikke kan leses"),
    "unreceipted": N_("Melding uten kvittering fra oss"),
    "stay.h_number.form": N_("Meldeskjema på papir"),
    "stay.h_number": N_("Hjelpenummer: ring kommunen"),
    "stay.no_agreement": N_("Ingen avtale: ring kommunen"),
    "stay.no_municipality.find": N_("Finn kommunen"),
    "stay.name_missing": N_("Mangler beslutningsansvarlig"),
    "stay.not_sent": N_("Skulle vært sendt"),
    "stay.not_sent_today": N_("Melding om utskrevet mangler"),
    "stay.ready_today": N_("Utskrivningsklar i dag?"),
    "stay.ready_unanswered": N_("Utskrivningsklar i dag?"),
    "stay.change_notice": N_("Send endringsmelding"),
    "stay.contact_changed": N_("Ny post: oppdater telefon/enhet"),
    "stay.early_missed": N_("Tidligmelding: fristen gikk ut"),
    "stay.information_missing": N_("Endelig helseopplysning mangler"),
    "stay.user_question": N_("Feilregistrert bruker?"),
    "stay.call.discharge_corrected": N_("Utskriving rettet: ring kommunen"),
    "stay.call": N_("Ring kommunen"),
    "stay.municipality_question": N_("Er kommunen rettet eller endret?"),
    "stay.discharge_undone_late": N_("Utskriving opphevet sent"),
    "stay.privacy": N_("Vurder personvernhendelse"),
    "stay.identity_lost": N_("Kontroller hvem pasienten er"),
    "stay.leave": N_("På permisjon"),
    "stay.two_open": N_("To opphold samtidig"),
    "stay.not_applied": N_("Registrering som ikke passer"),
    "stay.message_outside": N_("Melding etter utskriving"),
    "stay.epj_refused": N_("Ikke sendt fra journalsystemet"),
    "stay.objection": N_("Pasienten motsetter seg: avgjør hva kommunen får vite"),
    "stay.place_unanswered": N_("Kommunen har ikke svart om plass"),
    "stay.request_overdue": N_("Forespørsel ikke besvart i tide"),
    "stay.request_unanswered": N_("Ubesvart forespørsel ved utskriving – ring"),
    "stay.message_after_death": N_("Melding etter dødsfall"),
    "stay.no_update": N_("Lenge siden kommunen fikk nytt"),
    "stay.request": N_("Forespørsel fra kommunen"),
    "stay.answer": N_("Svar på forespørsel"),
    "stay.deviation": N_("Avviksmelding fra kommunen"),
    "stay.place_answer": N_("Svar på utskrivningsklar"),
    "course.request": N_("Forespørsel fra sykehuset"),
    "stay.note": N_("Melding om pasienten"),
    "course.note": N_("Melding om pasienten"),
    "course.answer": N_("Svar på forespørsel"),
    "course.deviation": N_("Avviksmelding fra sykehuset"),
    "message.loose": N_("Melding uten forløp"),
    "message.loose.doctor": N_("Melding til legen"),
    "message.loose.doctor_request": N_("Forespørsel til legen"),
    "message.loose.doctor_deviation": N_("Avviksmelding til legen"),
    "course.place": N_("Gi ny beskjed straks plass er klar"),
    "course.order": N_("Meldinger som ikke passer sammen"),
}
"""Cause code, or what it begins with, -> title."""

KIND_WORDS = (
    N_("Ring"),
    N_("Registrer"),
    N_("Finn opplysning"),
    N_("Avgjør"),
    N_("Koble til pasient"),
    N_("Skriv og send"),
    N_("Les"),
    N_("Svar"),
    N_("Vurder personvernhendelse"),
    N_("Teknisk feil"),
)
"""The words of `services.KINDS`, marked for the catalogues."""


def title(task: Task) -> str:
    """The title of the cause, of the part before its last dot, else the kind of work."""
    for cause in (task.cause, task.cause.rpartition(".")[0]):
        if cause in TITLES:
            return _(TITLES[cause])
    return _(KINDS.get(task.kind, task.kind))
