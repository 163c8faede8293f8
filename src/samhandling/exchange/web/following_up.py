"""What the message responsible sees of messages that are not safely delivered, to one counterpart: whom to call, what
to say, and how each may be sent again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange import approving
from samhandling.exchange.models import Delivery, Direction, Message, MessageEvent
from samhandling.exchange.resending import RESEND_OF, RESENT, prospect
from samhandling.exchange.web import reading, words
from samhandling.exchange.web.reading import MessageRow
from samhandling.pages.texts import _, moment, ngettext
from samhandling.pages.values import Link
from samhandling.registry.services import party, staffed_phone
from samhandling.tasks.models import Task

AT_MOST = 500


@dataclass(frozen=True, slots=True)
class FollowedRow:
    """One message that is followed up, and how it may be sent again."""

    row: MessageRow
    msg_id: str
    same: bool
    same_approval: bool
    new: bool
    new_approval: bool


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Who is at the other end."""

    name: str
    phone: str
    why: str


def messages(scope: Scope, asked: Iterable[str]) -> list[Message]:
    """The asked messages of ours within the scope, oldest first."""
    numbers = [int(pk) for pk in list(asked)[:AT_MOST] if pk.isdecimal()]
    found = reading.within(scope).filter(pk__in=numbers, direction=Direction.OUT).select_related("original")
    return list(found.order_by("created_at", "id"))


def rows(scope: Scope, found: Sequence[Message], now: datetime) -> list[FollowedRow]:
    """The messages as the page lists them."""
    shown = {row.pk: row for row in reading.rows(scope, found, now)}
    result = []
    for message in found:
        same, new = prospect(message, "same"), prospect(message, "new")
        result.append(
            FollowedRow(
                shown[message.pk], message.msg_id_written, same.allowed, same.needs_approval, new.allowed,
                new.needs_approval,
            )
        )  # fmt: skip
    return result


def sent_before(message: Message, now: datetime) -> list[str]:
    """When it was sent again, in words, oldest first."""
    kinds = {RESENT["same"]: _("som samme melding"), RESENT["new"]: _("som ny melding"), RESEND_OF: _("som ny melding")}
    events = MessageEvent.objects.filter(message=message, kind__in=kinds).order_by("pk")
    return [f"{moment(event.at, now)} {kinds[event.kind]}" for event in events]


def counterpart(found: Sequence[Message], now: datetime) -> Counterpart | None:
    """Whom to call, when all of the messages went to one organisation; else None."""
    whole = {message.counterpart_organisation for message in found}
    if len(whole) != 1:
        return None
    first = found[0]
    there = party(first.counterpart_her, oslo.day(now))
    phone = staffed_phone(there.organisation, now) if there is not None else None
    name = there.organisation.name if there is not None else first.counterpart_name
    return Counterpart(name, phone.phone if phone else "", _(phone.why_text) if phone else "")


def call_text(scope: Scope, found: Sequence[Message], now: datetime) -> str:
    """What to say on the telephone or write in a mail: message ids and times, nothing about a patient (P-08)."""
    states = {d.name for d in Delivery.objects.filter(message__in=list(found)).order_by("id")}
    count = len(found)
    first, last = moment(found[0].created_at), moment(found[-1].created_at)
    kinds = sorted({words.name(message) for message in found})
    lines = [
        _("Hei, det er %(by)s, meldingsansvarlig ved %(place)s.")
        % {"by": scope.user.shown_name, "place": scope.organisation.name},
        ngettext(
            "Vi mangler applikasjonskvittering (AppRec), eller har fått avvist, %(num)s melding til %(to)s.",
            "Vi mangler applikasjonskvittering (AppRec), eller har fått avvist, %(num)s meldinger til %(to)s.",
            count,
        )
        % {"num": count, "to": ", ".join(sorted(states))},
        _("Sendt %(first)s.") % {"first": first}
        if count == 1
        else _("Sendt fra %(first)s til %(last)s.") % {"first": first, "last": last},
        _("Type: %(kinds)s.") % {"kinds": ", ".join(kinds)},
        _("Er meldingene kommet inn hos dere? Hvis ikke: er sertifikat, adresse eller EDI-mottak endret?"),
        _("Kan dere sende en kvittering nå, eller en testmelding til HER-id %(her)s?") % {"her": found[0].own_her},
        _("MsgId: %(ids)s") % {"ids": ", ".join(message.msg_id_written for message in found[:20])},
    ]
    return "\n".join(lines)


def offer(scope: Scope, causes: Sequence[str], subjects: Sequence[str]) -> Link | None:
    """The way from tasks about messages that did not arrive to this page; None for other tasks (`TASK_ACTIONS`)."""
    if scope.may(May.RESEND) and set(causes) == {approving.CAUSE}:
        first = Task.objects.filter(organisation=scope.organisation, cause=approving.CAUSE, subject__in=subjects)
        task = first.filter(closed_at=None).order_by("opened_at").first()
        return Link(_("Se på og svar"), reverse("exchange:approve", args=[task.pk])) if task is not None else None
    if not scope.may(May.RESEND) or not causes or not set(causes) <= {"A-01", "A-02", "not_delivered"}:
        return None
    numbers = [subject.partition(":")[2] for subject in subjects if subject.startswith("message:")]
    if not numbers:
        return None
    query = urlencode([("melding", number) for number in dict.fromkeys(numbers[:AT_MOST])])
    return Link(_("Ring eller send på nytt"), f"{reverse('exchange:follow-up')}?{query}")
