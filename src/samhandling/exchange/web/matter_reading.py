"""What the page of a matter shows: its messages in the order they were generated, and what changed between versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.exchange import matters, originals
from samhandling.exchange.models import Delivery, Direction, Message, Receipt, Receiver
from samhandling.exchange.rules import MessageState
from samhandling.exchange.web import reading, words
from samhandling.exchange.web.reading import MessageRow
from samhandling.messages import display, engine
from samhandling.messages.display.blocks import Page
from samhandling.messages.display.compare import Change, TooLargeError, changes
from samhandling.pages.texts import _, language, moment
from samhandling.pages.values import Link, Status, Tone

COMPARED_AT_MOST = 5
"""Versions whose changes stand on the page itself; the others are one press away."""
COMPARED_BYTES = 1_000_000
"""A larger document is compared on a page of its own."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What one version says otherwise than the one before it."""

    changes: tuple[Change, ...]
    before: Link
    too_large: bool = False


@dataclass(slots=True)
class Entry:
    """One message of a matter, with those that answer it beneath it."""

    row: MessageRow
    when: str
    """When it was generated; `row` knows when it came."""
    marks: tuple[Status, ...]
    about: Link | None
    receivers: tuple[tuple[str, str, Status], ...]
    compare: str
    """Address of the comparison with the version before; "" where there is none."""
    compared: Compared | None = None
    may_part: bool = False
    children: list[Entry] = field(default_factory=list)


def within(scope: Scope, message: Message) -> QuerySet[Message]:
    """The matter of a message as far as the scope sees it: a ward that part which belongs to the same stay (P-03)."""
    found = scope.rows(matters.members(matters.root_of(message)))
    found = found.select_related("patient", "refers_to", "original")
    if scope.unit_ids is not None and not scope.may(May.SEE_COURSES):
        found = found.filter(subject=message.subject)
    return found


def entries(scope: Scope, messages: Sequence[Message], now: datetime, *, compare: bool) -> list[Entry]:
    """The messages of one page, newest first; an answer stands under what it answers where both are on the page.

    A handful of queries however many there are; `compare`: the newest changes are read and compared too.
    """
    rows = {row.pk: row for row in reading.rows(scope, messages, now)}
    heard = _receivers(messages, now)
    made = {message.pk: _entry(message, rows[message.pk], heard.get(message.pk, ()), now) for message in messages}
    if compare:
        _compare(scope, messages, made, now)
    return _nested(messages, made)


def shown_in_full(messages: Iterable[Message], made: Iterable[Entry]) -> list[Message]:
    """Messages whose content a page of these entries tells something of: their reading is logged (P-05)."""
    open_ones = set()
    waiting = list(made)
    while waiting:
        entry = waiting.pop()
        waiting += entry.children
        if entry.compared is not None:
            open_ones.add(entry.row.pk)
    return [message for message in messages if message.pk in open_ones]


def _entry(message: Message, row: MessageRow, receivers: Sequence[tuple[str, str, Status]], now: datetime) -> Entry:
    about = message.refers_to
    link = None
    if about is not None and message.type != about.type:
        said = _("Gjelder %(name)s") % {"name": words.name(about)}
        link = Link(f"{said}, {moment(_at(about), now)}", reverse("exchange:message", args=[about.pk]))
    is_version = message.status == "M" and not (message.original is None or message.original.closed)
    return Entry(
        row=row,
        when=moment(_at(message), now),
        marks=tuple(_marks(message, about)),
        about=link,
        receivers=tuple(receivers),
        compare=reverse("exchange:changes", args=[message.pk]) if is_version else "",
        may_part=message.tied in ("guess", "person"),
    )


def _at(message: Message) -> datetime:
    return message.generated_at or message.created_at


def _marks(message: Message, about: Message | None) -> Iterable[Status]:
    """What a reader must know of its place in the matter; the text says it, not the colour alone."""
    if message.cancelled_by_id is not None and message.direction == Direction.OUT:
        yield Status(Tone.WARN, _("Trukket tilbake av oss"))
    elif message.replaced_by_id is not None and message.direction == Direction.OUT:
        yield Status(Tone.QUIET, _("Erstattet av en nyere"))
    if message.tied == "guess":
        yield Status(Tone.WARN, _("Koblet uten henvisning: samme pasient, avsender og type. Stemmer det?"))
    elif message.tied == "person":
        yield Status(Tone.INFO, _("Knyttet hit av en person"))
    known = about is not None and None not in (about.patient_id, message.patient_id)
    if known and about is not None and about.patient_id != message.patient_id:
        yield Status(Tone.BAD, _("Viser til en melding om en annen pasient"))


def _receivers(messages: Sequence[Message], now: datetime) -> dict[int, list[tuple[str, str, Status]]]:
    """Message id -> each receiver with its role and how it stands there: theirs of what we sent, ours of what came."""
    found: dict[int, list[tuple[str, str, Status]]] = {}
    sent = {m.pk: m for m in messages if m.direction == Direction.OUT}
    receipts = reading.counted(sent.values())
    deliveries = Delivery.objects.filter(message__in=sent).select_related(*reading.TOLD)
    for delivery in deliveries.order_by("-role", "id"):
        message = sent[delivery.message_id or 0]
        status = words.status_of_delivery(message, delivery, receipts.get((message.pk, delivery.her_id)), now)
        found.setdefault(message.pk, []).append((delivery.name, words.role_and_legs(delivery, now), status))
    came = [m.pk for m in messages if m.direction == Direction.IN]
    ours = Receipt.objects.filter(message__in=came, direction=Direction.OUT)
    answered = {(r.message_id, r.party_her): r for r in ours}
    for receiver in Receiver.objects.filter(message__in=came, own=True).order_by("-role", "id"):
        receipt = answered.get((receiver.message_id, receiver.her_id))
        found.setdefault(receiver.message_id, []).append((receiver.name, _role(receiver.role), _ours(receipt, now)))
    return found


def _role(role: str) -> str:
    return _("Hovedmottaker") if role == "PRIM" else _("Kopimottaker")


def _ours(receipt: Receipt | None, now: datetime) -> Status:
    """Whether we have confirmed it to its sender."""
    if receipt is None:
        return Status(Tone.QUIET, _("Ikke bekreftet av oss"))
    when = moment(receipt.created_at, now)
    if receipt.status == "2":
        return Status(Tone.BAD, _("Vi avviste meldingen %(when)s") % {"when": when})
    return Status(Tone.OK, _("Vi bekreftet mottak %(when)s") % {"when": when})


def _nested(messages: Sequence[Message], made: dict[int, Entry]) -> list[Entry]:
    """Answers under questions; a reference that points forward in time, as in a circle, nests nothing."""
    by_pk = {message.pk: message for message in messages}
    top = []
    for message in messages:
        above = by_pk.get(message.refers_to_id or 0)
        if above is None or above.type == message.type or not _key(above) < _key(message):
            top.append(made[message.pk])
        else:
            made[above.pk].children.insert(0, made[message.pk])
    return top


def _key(message: Message) -> tuple[datetime, int]:
    return (_at(message), message.pk)


def _compare(scope: Scope, messages: Sequence[Message], made: dict[int, Entry], now: datetime) -> None:
    pages: dict[int, Page] = {}
    versions = [m for m in messages if made[m.pk].compare]
    for message in versions[:COMPARED_AT_MOST]:
        before = version_before(scope, message)
        if before is not None and all(_size(each) <= COMPARED_BYTES for each in (before, message)):
            made[message.pk].compared = compared(before, message, now, pages)


def _size(message: Message) -> int:
    return message.original.size if message.original is not None else 0


def version_before(scope: Scope, message: Message) -> Message | None:
    """The version before that the scope may see, with its content; None when there is none to compare with."""
    before = matters.version_before(message)
    if before is None or before.original is None or before.original.closed or not reading.may_see(scope, before):
        return None
    return before


def compared(before: Message, message: Message, now: datetime, pages: dict[int, Page] | None = None) -> Compared:
    """What `message` says otherwise than `before`. Raises ContentRemovedError, ContentLockedError."""
    pages = {} if pages is None else pages
    link = Link(f"{words.name(before)}, {moment(_at(before), now)}", reverse("exchange:message", args=[before.pk]))
    try:
        return Compared(changes(_page(before, pages), _page(message, pages)), link)
    except TooLargeError:
        return Compared((), link, too_large=True)


def _page(message: Message, pages: dict[int, Page]) -> Page:
    if message.pk not in pages:
        assert message.original is not None
        pages[message.pk] = display.page_of(engine.read(originals.read(message.original)), lang=language())
    return pages[message.pk]


def standing(root: Message, now: datetime) -> tuple[Status, Link | None]:
    """What counts now, in words, and where it is."""
    found = matters.in_force(root)
    if found is not None:
        name = _("%(name)s, laget %(when)s") % {"name": words.name(found), "when": moment(_at(found), now)}
        return Status(Tone.OK, _("Dette gjelder nå")), Link(name, reverse("exchange:message", args=[found.pk]))
    if root.state == MessageState.REJECTED_BY_US:
        return Status(Tone.BAD, _("Meldingen er avvist. Ingenting i saken gjelder.")), None
    if root.state == MessageState.HELD:
        return Status(Tone.WAIT, _("Venter på meldingen den gjelder")), None
    return Status(Tone.WARN, _("Saken er trukket tilbake. Ingenting i den gjelder lenger.")), None
