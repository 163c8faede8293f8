"""What the municipality knows of a stay, and whether it arrived: from the expectations and their messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from samhandling.exchange.models import Direction, Message
from samhandling.exchange.web.reading import statuses
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status, Tone
from samhandling.stays.models import Expectation, Stay
from samhandling.stays.rules.expectations import OPEN, ExpectationState
from samhandling.stays.rules.values import StayState
from samhandling.stays.web import words


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the municipality was told, or must be."""

    text: str
    status: Status
    when: str
    href: str
    stands: bool
    """False once withdrawn."""
    failed: bool
    """Left, and was rejected or is not confirmed in time."""


def told(expectations: Iterable[Expectation], by_message: Mapping[int, Status], now: datetime) -> list[Told]:
    """Each message that was due, in order; one that was withdrawn before it left was never told and is left out.

    `by_message`: how their messages stand, from `standing_of_messages`.
    """
    found = [e for e in expectations if e.state != ExpectationState.WITHDRAWN]
    return [_one(e, by_message, now) for e in sorted(found, key=lambda e: e.number)]


def standing_of_messages(expectations: Iterable[Expectation], now: datetime) -> dict[int, Status]:
    """Message id -> where it stands, for all of them at once."""
    return statuses([e.message for e in expectations if e.message is not None], now)


def _one(expectation: Expectation, by_message: Mapping[int, Status], now: datetime) -> Told:
    status = _status(expectation, by_message)
    return Told(
        text=words.told(expectation.message_code, expectation.values),
        status=status,
        when=moment(expectation.sent_at or expectation.due_since, now),
        href=reverse("exchange:message", args=[expectation.message_id]) if expectation.message_id else "",
        stands=expectation.state != ExpectationState.CANCELLED,
        failed=status.tone is Tone.BAD and expectation.state not in {*OPEN, ExpectationState.CANCELLED},
    )


def _status(expectation: Expectation, by_message: Mapping[int, Status]) -> Status:
    state = expectation.state
    if state == ExpectationState.HELD:
        return Status(Tone.BAD, _("Ikke sendt – mangler navn på beslutningsansvarlig"))
    if state == ExpectationState.CANCELLED:
        return Status(Tone.QUIET, _("Trukket tilbake"))
    if state == ExpectationState.DUE:
        if expectation.written_by == "epj":
            return Status(Tone.WARN, _("Ikke sendt fra journalsystemet ennå"))
        return Status(Tone.BAD, _("Ikke sendt"))
    return by_message.get(expectation.message_id or 0, Status(Tone.WAIT, _("Sendes nå")))


INFORMATION = {
    "early": N_("Tidligmelding"),
    "change": N_("Endringsmelding"),
    "final": N_("Endelig helseopplysning"),
    "report": N_("Utskrivningsrapport"),
}
"""Kind of a message that people write -> what the municipality was told."""


def informed(messages: Iterable[Message], by_message: Mapping[int, Status], now: datetime) -> list[Told]:
    """Each Helseopplysning and report written here; a cancellation shows as the withdrawal of what it withdrew."""
    return [_informed(m, by_message, now) for m in messages if m.kind in INFORMATION and m.status != "C"]


def _informed(message: Message, by_message: Mapping[int, Status], now: datetime) -> Told:
    gone = message.cancelled_by_id is not None
    status = by_message.get(message.pk, Status(Tone.WAIT, _("Sendes nå")))
    return Told(
        text=_(INFORMATION[message.kind]),
        status=Status(Tone.QUIET, _("Trukket tilbake")) if gone else status,
        when=moment(message.created_at, now),
        href=reverse("exchange:message", args=[message.pk]),
        stands=not gone,
        failed=status.tone is Tone.BAD and not gone and message.replaced_by_id is None,
    )


def all_told(stay: Stay, now: datetime) -> list[Told]:
    """Everything that the municipality was told of one stay, or must be."""
    expectations = list(stay.expectations.select_related("message"))
    written = Message.objects.filter(
        organisation_id=stay.organisation_id, subject=stay.subject, direction=Direction.OUT, kind__in=INFORMATION
    )
    information = list(written.order_by("created_at", "id"))
    found = told(expectations, standing_of_messages(expectations, now), now)
    return found + informed(information, statuses(information, now), now)


def silence(state: StayState, municipality: str) -> Status:
    """Why the municipality has been told nothing, when it has not."""
    if state.overlay == "O" and state.involved:
        return Status(Tone.WARN, _("Pasienten motsetter seg: ingenting sendes"))
    if state.overlay == "H" and state.involved:
        return Status(Tone.WARN, _("Hjelpenummer: ring, meldinger brukes ikke"))
    if state.overlay == "N" and state.involved:
        if not state.municipality:
            return Status(Tone.WARN, _("Kommunen er ukjent: finn den"))
        return Status(Tone.WARN, _("Ingen avtale med %(municipality)s: ring") % {"municipality": municipality})
    if state.involved:
        return Status(Tone.WAIT, _("Ingenting ennå: tidligmeldingen er den første"))
    if state.user is None or (state.need is None and not state.user):
        return Status(Tone.QUIET, _("Ingenting: ikke vurdert ennå"))
    return Status(Tone.QUIET, _("Ingenting: trenger ikke kommunale tjenester"))
