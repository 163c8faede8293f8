"""What the pages show of messages, within a scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from samhandling.access import purpose
from samhandling.access.models import User
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.exchange.matching import UNCONFIRMED
from samhandling.exchange.models import Delivery, Direction, Message, Receipt, Receiver
from samhandling.exchange.notices import say_error
from samhandling.exchange.web import words
from samhandling.exchange.web.answering import DIALOGUE
from samhandling.pages import subjects
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, TimelineEntry, Tone
from samhandling.patients.web.strip import short


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message in a list."""

    pk: int
    href: str
    name: str
    technical: str
    direction: str
    inward: bool
    counterpart: str
    at: datetime
    when: str
    status: Status
    patient: str
    born: str
    attachments: bool
    mark: Status | None = None
    """What a reader must know before relying on it: another patient's, perhaps."""
    matter: str = ""
    """Address of its matter, where it has followed or been followed by others."""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt as the message responsible and IT see it."""

    title: str
    tone: Tone
    who: str
    """Whose it is, by name where we know it."""
    party: str
    when: str
    errors: tuple[str, ...]
    version: str
    standing: str


def within(scope: Scope) -> QuerySet[Message]:
    """Every message of the scope's organisation; which of them a ward may see is asked of the subject."""
    return scope.rows(Message.objects.select_related("patient"))


def one(scope: Scope, pk: int) -> Message:
    """The message, if the scope may see it. Raises NotFoundError."""
    found = within(scope).filter(pk=pk).first()
    if found is None or not may_see(scope, found):
        raise NotFoundError(f"message {pk}")
    return found


def visible(scope: Scope, pk: int) -> bool:
    """Whether the message is within the scope."""
    found = within(scope).filter(pk=pk).first()
    return found is not None and may_see(scope, found)


def may_see(scope: Scope, message: Message) -> bool:
    """Whoever sees all of the organisation sees its messages; a ward those of its own stays (P-03).

    A municipality's services follow the same patient, so a unit does not narrow what they see (as for courses).
    """
    if scope.unit_ids is None or scope.may(May.SEE_COURSES):
        return scope.may(May.SEE_MESSAGES) or scope.may(May.READ_CONTENT)
    return bool(message.subject) and subjects.visible(scope, message.subject)


ABOUT_AT_MOST = 20
"""Of more messages about one the page of the matter shows the rest."""
STEPS_AT_MOST = 200
"""Steps of one message that its page shows: the same document may come again ten thousand times."""


def about(scope: Scope, message: Message, now: datetime) -> list[MessageRow]:
    """Requests, answers, deviations and other messages about this one, oldest first."""
    found = within(scope).filter(refers_to=message).order_by("-created_at", "-id")
    if message.type != DIALOGUE:
        # A later version of a series is shown elsewhere; the next message of a dialogue is an answer.
        found = found.exclude(type=message.type)
    return rows(scope, list(found[:ABOUT_AT_MOST])[::-1], now)


def rows(scope: Scope, messages: Iterable[Message], now: datetime) -> list[MessageRow]:
    """Messages as a list shows them; two queries for all of them."""
    found = list(messages)
    status = statuses(found, now)
    shows_patient = scope.may(May.SEE_PATIENTS)
    result = []
    for message in found:
        name, born = short(message.patient) if message.patient and shows_patient else ("", "")
        inward = message.direction == Direction.IN
        result.append(
            MessageRow(
                pk=message.pk,
                href=reverse("exchange:message", args=[message.pk]),
                name=words.name(message),
                technical=words.technical_name(message),
                direction=_("Inn") if inward else _("Ut"),
                inward=inward,
                counterpart=message.counterpart_name,
                at=message.created_at,
                when=moment(message.created_at, now),
                status=status[message.pk],
                patient=name,
                born=born,
                attachments=message.has_attachments,
                mark=unconfirmed(message),
                matter=_matter(message),
            )
        )
    return result


def _matter(message: Message) -> str:
    """The page of its matter, for one that is known to stand in one."""
    tied = (message.refers_to_id, message.first_id, message.replaced_by_id, message.cancelled_by_id)
    return reverse("exchange:matter", args=[message.pk]) if any(tied) else ""


def unconfirmed(message: Message) -> Status | None:
    """The mark of a message whose patient one person has matched and nobody else confirmed; it is read all the same."""
    if UNCONFIRMED not in message.flags:
        return None
    return Status(Tone.WARN, _("Ikke bekreftet samme pasient"), _("Nummer eller navn i meldingen er et annet."))


TOLD = ("hold", "withdrawn", "party__organisation")
"""What the standing of a delivery is told from, besides its row."""


def statuses(messages: Iterable[Message], now: datetime) -> dict[int, Status]:
    """Message id -> where it stands; of several receivers the one that most needs a person."""
    found = list(messages)
    out = [m for m in found if m.direction == Direction.OUT]
    result = {m.pk: words.status_in(m) for m in found if m.direction == Direction.IN}
    deliveries: dict[int, list[Delivery]] = {}
    for delivery in Delivery.objects.filter(message__in=out).select_related(*TOLD).order_by("id"):
        deliveries.setdefault(delivery.message_id or 0, []).append(delivery)
    receipts = counted(out)
    order = (Tone.BAD, Tone.WARN, Tone.WAIT, Tone.OK, Tone.INFO, Tone.QUIET)
    for message in out:
        each = [
            words.status_of_delivery(message, d, receipts.get((message.pk, d.her_id)), now)
            for d in deliveries.get(message.pk, [])
        ]
        each.sort(key=lambda s: order.index(s.tone))
        result[message.pk] = each[0] if each else Status(Tone.BAD, _("Ikke sendt"))
    return result


def counted(messages: Iterable[Message]) -> dict[tuple[int, str], Receipt]:
    """(message id, HER-id) -> the receipt that counts."""
    rows = Receipt.objects.filter(message__in=list(messages), direction=Direction.IN, standing=Receipt.Standing.COUNTED)
    return {(r.message_id or 0, r.party_her): r for r in rows}


def receivers(message: Message, now: datetime) -> list[tuple[str, str, Status]]:
    """Name, role and standing of each receiver of a message that we sent."""
    receipts = counted([message])
    return [
        (
            delivery.name,
            words.role_and_legs(delivery, now),
            words.status_of_delivery(message, delivery, receipts.get((message.pk, delivery.her_id)), now),
        )
        for delivery in deliveries_of(message)
    ]


def deliveries_of(message: Message) -> QuerySet[Delivery]:
    """One per receiver, the main one first."""
    return message.deliveries.select_related(*TOLD).order_by("-role", "-id")


def receipts(message: Message, now: datetime) -> list[ReceiptView]:
    """Every receipt of the message, ours or theirs, oldest first (P-06)."""
    result = []
    names = dict(message.deliveries.values_list("her_id", "name"))
    names |= dict(Receiver.objects.filter(message=message).values_list("her_id", "name"))
    for receipt in message.receipts.order_by("id"):
        good = receipt.status == "1"
        result.append(
            ReceiptView(
                title=_("Mottatt") if good else _("Mottatt med merknad") if receipt.status == "3" else _("Avvist"),
                tone=Tone.OK if good else Tone.WARN if receipt.status == "3" else Tone.BAD,
                who=names.get(receipt.party_her, ""),
                party=receipt.party_her,
                when=moment(receipt.created_at, now),
                errors=tuple(say_error(error) for error in receipt.errors),
                version=receipt.version,
                standing=_(Receipt.Standing(receipt.standing).label),
            )
        )
    return result


def lines(message: Message, now: datetime) -> list[Status]:
    """What rooms below say of the message, as that it is in the record (`wiring.MESSAGE_LINES`)."""
    paths: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "MESSAGE_LINES", ())
    found = [import_string(path)(message, now) for path in paths]
    return [line for line in found if line is not None]


def history(message: Message, now: datetime) -> list[TimelineEntry]:
    """Every step of the message, newest first."""
    names = {d.pk: d.name for d in message.deliveries.all()}
    found = list(message.events.order_by("-id")[:STEPS_AT_MOST])
    people = _people(event.detail for event in found)
    entries = []
    for event in found:
        tone, title = words.event_words(event.kind)
        whom = names.get(event.delivery_id or 0, "")
        text = " · ".join(part for part in (whom, people.get(event.detail, event.detail)) if part)
        entries.append(TimelineEntry(event.at, moment(event.at, now), title, text, tone))
    return entries


def _people(details: Iterable[str]) -> dict[str, str]:
    """`user 12` -> the name of who did it, for those that are named so."""
    ids = {detail.removeprefix("user ") for detail in details if detail.startswith("user ")}
    users = User.objects.filter(pk__in=[pk for pk in ids if pk.isdecimal()])
    return {f"user {user.pk}": user.get_full_name() or user.username for user in users}


def why(scope: Scope, message: Message, now: datetime) -> str:
    """Why this person reads it: what was said of the message, or of its stay. Raises PurposeNeededError (P-04)."""
    about = message.subject if subjects.visible(scope, message.subject) else ""
    return purpose.require(scope, about, f"message:{message.pk}", now=now)
