"""The routine in tables for people, made from the policy: who sends what, when, to which service (routines 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samhandling.clock import oslo
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import municipality
from samhandling.pages.texts import N_, _
from samhandling.pages.values import Status, Tone
from samhandling.registry.rules import functions_for
from samhandling.registry.services import addressee_for
from samhandling.stays import dialogs, informing
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.policy import Policy
from samhandling.stays.policy_check import COLUMNS
from samhandling.stays.rules.allowed import Answer, may_send, table_word
from samhandling.stays.rules.values import StayState
from samhandling.stays.web.offers import STATE_REASONS

OUT, IN, BOTH = N_("Sykehus til kommune"), N_("Kommune til sykehus"), N_("Begge veier")


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the routine."""

    code: str
    name: str
    way: str
    type: str
    when: str


LINES: tuple[Line, ...] = (
    Line(
        "M1",
        N_("Melding om innlagt pasient"),
        OUT,
        "LOG_INNLAGT",
        N_("Går av seg selv når «Bruker av kommunale tjenester: ja» registreres"),
    ),
    Line(
        "M2",
        N_("Innleggelsesrapport"),
        IN,
        "INNLEGGELSESRAPPORT",
        N_("Skrives når pasienten er lagt inn, eller er på vei"),
    ),
    Line(
        "M3",
        N_("Tidligmelding"),
        OUT,
        "HELSEOPPL_SOKNAD",
        N_("Skrives når pasienten har eller kan få behov for kommunen"),
    ),
    Line("M4", N_("Endringsmelding"), OUT, "HELSEOPPL_SOKNAD", N_("Skrives når noe er nytt eller endret")),
    Line("M5", N_("Endelig helseopplysning"), OUT, "HELSEOPPL_SOKNAD", N_("Skrives før pasienten skrives ut")),
    Line(
        "M6",
        N_("Melding om utskrivningsklar"),
        OUT,
        "LOG_UTSKRIVNINGSKLAR",
        N_("Går av seg selv når utskrivningsklar dato er i dag"),
    ),
    Line("M13", N_("Svar på utskrivningsklar"), IN, "DIALOG_NOTAT", N_("Svares med en gang")),
    Line(
        "M7",
        N_("Avmelding"),
        OUT,
        "LOG_AVMELDING",
        N_("Går av seg selv når pasienten likevel ikke er utskrivningsklar"),
    ),
    Line(
        "M8",
        N_("Melding om utskrevet pasient"),
        OUT,
        "LOG_UTSKREVET",
        N_("Går av seg selv når pasienten er skrevet ut"),
    ),
    Line(
        "M9", N_("Forespørsel"), BOTH, "DIALOG_FORESPORSEL", N_("Gjelder planlegging av utskriving. Haster det, ring")
    ),
    Line("M10", N_("Svar på forespørsel"), BOTH, "DIALOG_SVAR", N_("Svar på en forespørsel, til den som spurte")),
    Line(
        "M11",
        N_("Avviksmelding"),
        BOTH,
        "DIALOG_AVVIK",
        N_("Bare når en mottatt melding er feilsendt eller ikke kan leses"),
    ),
    Line("M14", N_("Utskrivningsrapport"), OUT, "UTSKRIVNINGSRAPPORT", N_("Skrives når pasienten skrives ut")),
)
"""The messages of routines 2.2, in the order of the pathway."""

FUNCTIONS = {
    "nursing": N_("Sykepleietjeneste"),
    "case_handling": N_("Saksbehandling"),
    "doctor": N_("Legetjeneste"),
    "psych_health": N_("Psykisk helsetjeneste"),
    "plo_reception": N_("PLO meldingsmottak"),
    "other": N_("Annen tjeneste"),
}
STATES = {
    "S0": N_("Meldt, ikke innlagt"),
    "S1": N_("Innlagt, ikke kommunens"),
    "S2": N_("Innlagt, kommunens"),
    "S3": N_("Utskrivningsklar"),
    "S4": N_("Skrevet ut"),
    "S5": N_("Død"),
    "S6": N_("Trukket tilbake"),
    "HN": N_("Hjelpenummer eller ingen avtale"),
}
"""The columns of 2.4 in words."""
SIGNS = {
    "yes": Status(Tone.OK, N_("ja")),
    "warn": Status(Tone.WARN, N_("med advarsel")),
    "no": Status(Tone.QUIET, N_("nei")),
}


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One message in the schematic overview."""

    line: Line
    name: str
    way: str
    when: str
    to: str
    deadline: str
    allowed: tuple[Status, ...]


def columns() -> list[str]:
    """The states, in words."""
    return [_(STATES[column]) for column in COLUMNS]


def rows(policy: Policy) -> list[OverviewRow]:
    """Every message that the policy knows and does not shut out everywhere."""
    found = []
    for line in LINES:
        if line.code not in policy.allowed:
            continue
        signs = tuple(_sign(table_word(line.code, column, policy)) for column in COLUMNS)
        if any(sign.tone is not Tone.QUIET for sign in signs):
            found.append(
                OverviewRow(line, _(line.name), _(line.way), _(line.when), to(line), deadline(line, policy), signs)
            )
    return found


def _sign(word: str) -> Status:
    sign = SIGNS[word]
    return Status(sign.tone, _(sign.text))


def to(line: Line) -> str:
    """Which service takes it; in a psychiatric course where that differs."""
    if line.way == IN:
        return _("Somatikk eller psykiatri PLO meldingsmottak")
    if line.code in ("M10", "M11"):
        return _("Tilbake til avsenderen")
    somatic, psych = functions_for(line.type, "SOMATIC"), functions_for(line.type, "PSYCH")
    first = _(FUNCTIONS[somatic[0]]) if somatic else ""
    if psych and psych[0] != (somatic[0] if somatic else ""):
        return _("%(first)s; i psykiatrien %(second)s") % {"first": first, "second": _(FUNCTIONS[psych[0]])}
    return first


def deadline(line: Line, policy: Policy) -> str:
    """By when, by the policy's own numbers."""
    hours = {
        "M2": (N_("innen %(n)g timer etter innleggelsen"), policy.admission_report_hours),
        "M3": (N_("mottatt i kommunen innen %(n)g timer etter innleggelsen"), policy.early_notice_hours),
        "M9": (N_("svar innen %(n)g timer i kontortid"), policy.request_answer_office_hours),
        "M13": (N_("straks; purres etter %(n)g timer i kontortid"), policy.place_answer_office_hours),
    }.get(line.code)
    if hours is not None:
        return _(hours[0]) % {"n": hours[1]}
    if line.code in ("M1", "M6", "M7", "M8"):
        return _("straks; varsel etter %(n)g min") % {"n": policy.automatic_alarm_minutes}
    return _("før utskriving") if line.code == "M5" else ""


@dataclass(frozen=True, slots=True)
class NowRow:
    """One message, seen from one stay at this moment."""

    name: str
    way: str
    when: str
    to: str
    answer: Status
    why: str


def now_rows(stay: Stay, state: StayState, now: datetime) -> list[NowRow]:
    """*Hva sender jeg nå?*: every message of the hospital's, whether it may go now and to whom; what may go first."""
    policy, found = policy_of(stay, now), []
    town = municipality(stay.municipality_number, oslo.day(now)) if stay.municipality_number else None
    for line in LINES:
        if line.way == IN or line.code not in policy.allowed:
            continue
        answer = _answer(line, stay, state, policy, now)
        if answer.reason == "state" and all(table_word(line.code, column, policy) == "no" for column in COLUMNS):
            continue
        found.append(
            NowRow(_(line.name), _(line.way), _(line.when), _service(line, town, state, now) or to(line),
                   _sign(answer.word), _why(answer.reason, state))
        )  # fmt: skip
    order = (Tone.OK, Tone.WARN, Tone.QUIET)
    return sorted(found, key=lambda row: order.index(row.answer.tone))


INFORMATION: dict[str, informing.Kind] = {"M3": "early", "M4": "change", "M5": "final"}


def _answer(line: Line, stay: Stay, state: StayState, policy: Policy, now: datetime) -> Answer:
    """Whether it may go now; a Helseopplysning also as the earlier ones of the stay let it."""
    if line.code in INFORMATION:
        return informing.allowed(stay, INFORMATION[line.code], now=now)
    return may_send(line.code, state, policy, now=now)


def _service(line: Line, town: Organisation | None, state: StayState, now: datetime) -> str:
    there = addressee_for(line.type, town, state.track, oslo.day(now)) if town is not None else None
    return f"{there.name}, {there.organisation.name}" if there is not None else ""


def _why(reason: str, state: StayState) -> str:
    if not reason:
        return ""
    if reason == "duplicate":
        return _("Den er sendt.")
    if reason in ("state", "order"):
        return _(STATE_REASONS.get(state.state, dialogs.REASONS["state"]))
    return _({**dialogs.REASONS, **informing.REFUSED}.get(reason, dialogs.REASONS["state"]))
