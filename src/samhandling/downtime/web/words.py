"""Words for states, notices and steps of outages."""

from __future__ import annotations

from samhandling.downtime.rules.life import State
from samhandling.pages.texts import N_
from samhandling.pages.values import Tone

STATES: dict[str, tuple[str, Tone]] = {
    State.DRAFT: (N_("Utkast: ingen er varslet, og ingenting er satt i verk"), Tone.QUIET),
    State.SCHEDULED: (N_("Planlagt"), Tone.INFO),
    State.ANNOUNCED_1: (N_("Varslet, første runde"), Tone.INFO),
    State.ANNOUNCED_2: (N_("Varslet, begge runder"), Tone.INFO),
    State.ONGOING: (N_("Pågår"), Tone.BAD),
    State.EXTENDED: (N_("Pågår, varer lenger enn ventet"), Tone.BAD),
    State.FINISHED: (N_("Ferdig"), Tone.OK),
    State.FINISHED_EARLY: (N_("Ferdig før planlagt tid"), Tone.OK),
    State.CANCELLED: (N_("Avlyst"), Tone.QUIET),
}

NOTICES: dict[str, str] = {
    "planned_first": N_("Varsel, første runde"),
    "planned_second": N_("Påminnelse"),
    "planned_combined": N_("Varsel, samlet"),
    "acute": N_("Varsel om akutt stans"),
    "acute_repeated": N_("Varsel til dagvakten"),
    "extended": N_("Varer lenger"),
    "end_unknown": N_("Slutten er ikke kjent"),
    "finished_early": N_("I drift igjen, før planlagt tid"),
    "finished": N_("I drift igjen"),
    "cancelled": N_("Avlyst"),
    "moved": N_("Ny tid"),
    "publish": N_("Publisert på intranettet"),
    "unpublish": N_("Tatt ned fra intranettet"),
}

KINDS: dict[str, str] = {
    "mail": N_("E-post"),
    "publish": N_("Publiseres på driftsstatus"),
    "unpublish": N_("Tas ned fra driftsstatus"),
    "ask": N_("Spør om stansen er over"),
}

GROUPS: dict[str, str] = {
    "ressurspersoner": N_("PLO-ressurspersoner"),
    "seksjonsledere": N_("PLO-seksjonsledere og stedfortredere"),
    "avdelingsradgivere": N_("PLO-avdelingsrådgivere"),
    "andre": N_("PLO andre"),
    "avdelingssjefer": N_("PLO-avdelingssjefer"),
    "meldingsansvarlig": N_("meldingsansvarlig"),
    "stedfortreder": N_("stedfortreder"),
}

ENTRIES: dict[str, str] = {
    "registered": N_("Registrert"),
    "scheduled": N_("Satt i verk"),
    "begun": N_("Stansen begynte"),
    "announced_anyway": N_("Varslet selv om det ikke kreves"),
    "extended": N_("Ny anslått slutt"),
    "moved": N_("Flyttet til ny tid"),
    "finished": N_("Meldt ferdig"),
    "cancelled": N_("Avlyst"),
    "text_changed": N_("Teksten i et varsel er endret"),
    "together": N_("Overlapper en annen stans: regnes sammen"),
    "approved": N_("Varslene er godkjent av en til"),
    "not_approved": N_("Gikk uten godkjenning, fordi tiden var inne"),
    "published": N_("Publisert på driftsstatus"),
    "unpublished": N_("Tatt ned fra driftsstatus"),
    "asked": N_("Spurt om stansen er over"),
    "followed_up": N_("Varsel som ikke kom fram, er fulgt opp"),
    "called": N_("Varslet på telefon"),
    "number_removed": N_("Et tall som så ut som et fødselsnummer, ble fjernet fra varselet"),
}

SETTLED: dict[str, tuple[str, Tone]] = {
    "planned": (N_("Venter"), Tone.WAIT),
    "done": (N_("Utført"), Tone.OK),
    "lapsed": (N_("Gjelder ikke lenger"), Tone.QUIET),
    "missed": (N_("Ikke utført"), Tone.WARN),
}

SENT: dict[str, tuple[str, Tone]] = {
    "waiting": (N_("Venter på å bli sendt"), Tone.WAIT),
    "sending": (N_("Sendes"), Tone.WAIT),
    "sent": (N_("Sendt"), Tone.OK),
    "refused": (N_("Ikke sendt"), Tone.BAD),
    "bounced": (N_("Kom ikke fram"), Tone.BAD),
    "lapsed": (N_("Gjelder ikke lenger"), Tone.QUIET),
}

CHANNELS: dict[str, str] = {"email": N_("E-post"), "sms": N_("SMS"), "intranet": N_("Intranett")}

CHECKLIST: tuple[tuple[str, str, str], ...] = (
    ("known", N_("Stansen er registrert med hvem som meldte den, og når"), "registered"),
    ("mail_first", N_("Varsel er sendt til alle fem gruppene"), "mail"),
    ("published", N_("Driftsstatus er publisert"), "published"),
    ("phones", N_("Telefonnumrene til kommunene er sjekket"), ""),
    ("routine", N_("Avdelingene har nødrutinen på papir"), ""),
    ("told_municipality", N_("Kommunen er orientert på telefon"), ""),
    ("supplier", N_("Leverandør eller IKT er varslet, med saksnummer"), ""),
    ("finished", N_("Alle er orientert om at meldingene virker igjen"), "finished"),
    ("after", N_("Listen «Etter stansen» er gått gjennom på avdelingene"), ""),
)
"""Steps of the checklist (S-49): code, words, and what in the ledger ticks it by itself."""

REPORTED_BY: dict[str, str] = {"page": N_("Fra siden Meld stans"), "phone": N_("Telefon"), "mail": N_("E-post")}
"""How a report came."""

UNPLACED: dict[str, tuple[str, str]] = {
    "unknown": (
        N_("Retur som ikke kan plasseres"),
        N_("En e-postserver sier at noe ikke kom fram, men ikke hvilket varsel. Se hvem det gjelder, og ring."),
    ),
    "other": (
        N_("Noen har svart på et varsel"),
        N_("Svar er ikke lovet på denne adressen, men les det: kanskje noen trenger hjelp."),
    ),
    "unreadable": (
        N_("E-post som ikke kan leses"),
        N_("Den ligger fortsatt i postkassen. Se på den der, og slett den."),
    ),
    "too_large": (
        N_("For stor e-post"),
        N_("Den ligger fortsatt i postkassen. Se på den der, og slett den."),
    ),
}
"""Mails that a person must look at: what it is, and what to do."""
