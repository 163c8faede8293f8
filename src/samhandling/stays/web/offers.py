"""What may be written and registered on a stay now, and of the rest why not (routines 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.pages.texts import N_, _
from samhandling.pages.values import Link
from samhandling.stays import dialogs, informing, reporting
from samhandling.stays.models import Stay
from samhandling.stays.objecting import OBJECTION
from samhandling.stays.policies import policy_of
from samhandling.stays.reporting import Report
from samhandling.stays.rules.allowed import may_send
from samhandling.stays.rules.values import State, StayState
from samhandling.stays.web.registrations import REGISTRATIONS

WRITINGS: tuple[tuple[str, str], ...] = (
    ("tidligmelding", N_("Tidligmelding")),
    ("endringsmelding", N_("Endringsmelding")),
    ("endelig-helseopplysning", N_("Endelig helseopplysning")),
    ("utskrivningsrapport", N_("Utskrivningsrapport")),
    ("utskrivningsrapport-endring", N_("Endre utskrivningsrapporten")),
    ("foresporsel", N_("Forespørsel")),
    ("trekk-tilbake", N_("Trekk tilbake helseopplysning")),
    ("utskrivningsrapport-trekk-tilbake", N_("Trekk tilbake utskrivningsrapporten")),
)
"""What a ward may write about a stay, in the order of the pathway."""
KINDS: dict[str, informing.Kind] = {
    "tidligmelding": "early",
    "endringsmelding": "change",
    "endelig-helseopplysning": "final",
    "trekk-tilbake": "final",
}
STATE_REASONS: dict[State, str] = {
    State.EXPECTED: N_("Pasienten er ikke innlagt ennå."),
    State.IN: N_("Pasienten er ikke registrert som bruker av kommunale tjenester eller med behov etter utskriving."),
    State.ACTIVE: N_("Pasienten er ikke meldt utskrivningsklar."),
    State.READY: N_("Pasienten er meldt utskrivningsklar."),
    State.OUT: N_("Pasienten er skrevet ut. Ring."),
    State.DEAD: N_("Pasienten er død."),
    State.VOID: N_("Innleggelsen er trukket tilbake."),
}
"""Why the state of the stay stands against it, in words that tell what would change it."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that may not be done now, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be done now, and what may not."""

    now: tuple[Link, ...]
    not_now: tuple[Withheld, ...]


def writing(stay: Stay, state: StayState, now: datetime) -> Offers:
    """Messages to the municipality."""
    links, withheld = [], []
    for what, text in WRITINGS:
        reason = _refusal(stay, state, what, now)
        if not reason:
            links.append(Link(_(text), reverse("writing:write", args=["opphold", stay.pk, what])))
        elif _explained(what, reason):
            withheld.append(Withheld(_(text), _why(reason, state)))
    return Offers(tuple(links), tuple(withheld))


def _explained(what: str, reason: str) -> bool:
    """Whether people look for it: not for a change of what was never sent, nor for a report that is not used here."""
    if what.startswith("utskrivningsrapport"):
        return reason not in ("no_series", "series", "not_used")
    return reason != "no_series" or what == "endringsmelding"


LETTERS = (
    ("medisinske-opplysninger", N_("Medisinske opplysninger")),
    ("helsefaglig-dialog", N_("Helsefaglig dialog")),
    ("notat", N_("Notat om pasienten")),
)


def letters(stay: Stay, state: StayState) -> Offers:
    """What may be written about the patient that no step of the routine asks for: nothing while they object (P-01)."""
    if state.objects:
        return Offers((), tuple(Withheld(_(text), _(OBJECTION)) for _what, text in LETTERS))
    links = (Link(_(text), reverse("writing:write", args=["opphold", stay.pk, what])) for what, text in LETTERS)
    return Offers(tuple(links), ())


def _refusal(stay: Stay, state: StayState, what: str, now: datetime) -> str:
    """Stable code of why it may not be written now; empty when it may."""
    if what == "foresporsel":
        answer = may_send("M9", state, policy_of(stay, now), now=now)
    elif what.startswith("utskrivningsrapport"):
        change, withdraw = what.endswith("-endring"), what.endswith("-trekk-tilbake")
        answer = reporting.allowed(Report(stay=stay), now=now, change=change, withdraw=withdraw)
    else:
        answer = informing.allowed(stay, KINDS[what], now=now, withdraw=what == "trekk-tilbake")
    return "" if answer.allowed else answer.reason or "state"


def _why(reason: str, state: StayState) -> str:
    if reason == "state":
        return _(STATE_REASONS.get(state.state, dialogs.REASONS["state"]))
    return _(dialogs.REASONS.get(reason, dialogs.REASONS["state"]))


def registering(scope: Scope, stay: Stay, state: StayState) -> Offers:
    """Forms, in the order of the pathway; of those that the role has, the ones that do not fit now with the reason."""
    links, withheld = [], []
    for name, what in REGISTRATIONS.items():
        if scope.role not in what.roles:
            continue
        if state.state in what.states and _makes_sense(name, state):
            links.append(Link(_(what.title), reverse("stays:register", args=[stay.pk, name])))
        elif name in EXPLAINED:
            withheld.append(Withheld(_(what.title), _(STATE_REASONS.get(state.state, dialogs.REASONS["state"]))))
    return Offers(tuple(links), tuple(withheld))


EXPLAINED = frozenset({"utskrivningsklar", "ikke-klar", "utskrevet"})
"""Forms that people look for; the corrections explain themselves by being there."""


def _makes_sense(name: str, state: StayState) -> bool:
    """A form that the state alone does not rule out, but what is registered does."""
    if name == "ikke-klar":
        return state.ready_date is not None or state.expected_ready is not None
    return True
