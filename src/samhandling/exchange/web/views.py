"""The list of messages, the page of one, and its original bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.exchange import matters, originals
from samhandling.exchange.matching import OPEN_FLAGS
from samhandling.exchange.models import Direction, Message, NotOurs, Original
from samhandling.exchange.not_ours import DELETED_AFTER
from samhandling.exchange.rules import MessageState
from samhandling.exchange.web import answering, explaining, reading, words
from samhandling.exchange.web.clearing_views import may_clear
from samhandling.exchange.web.document import NOTHING, opened_document
from samhandling.messages import attachments
from samhandling.pages import subjects
from samhandling.pages.files import inert
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import paged
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

PAGE_SIZE = 50
CHOICES: dict[str, tuple[str, ...]] = {
    "inn": (),
    "ut": (),
    "ubekreftet": (MessageState.WAITING, MessageState.SENT, MessageState.UNCONFIRMED, MessageState.FAILED),
    "avvist": (MessageState.REJECTED, MessageState.REJECTED_BY_US),
}


@require_safe
@needs(May.SEE_MESSAGES)
def message_list(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The organisation's messages, newest first: metadata only."""
    now = present()
    wanted = request.GET.get("vis", "")
    found = reading.within(scope).order_by("-created_at", "-id")
    if wanted in {"inn", "ut"}:
        found = found.filter(direction=Direction.IN if wanted == "inn" else Direction.OUT)
    elif wanted in CHOICES:
        found = found.filter(state__in=CHOICES[wanted])
    if scope.unit_ids is not None:
        visible = [m.pk for m in found[:500] if reading.may_see(scope, m)]
        found = found.filter(pk__in=visible)
    query = f"vis={wanted}&" if wanted in CHOICES else ""
    shown, first, last = paged(found.count(), request.GET.get("side"), PAGE_SIZE, query)
    audit.record_reading(scope, "message.list", now=now)
    values = {
        "rows": reading.rows(scope, found[first:last], now),
        "page": shown,
        "show": wanted,
        "choices": [
            ("", _("Alle")),
            ("ubekreftet", _("Ikke bekreftet")),
            ("avvist", _("Avvist")),
            ("inn", _("Inn")),
            ("ut", _("Ut")),
        ],
        "since": moment(now, now),
    }
    return page(request, "exchange/list.html", values, title=_("Meldinger"), scope=scope, now=now)


@require_safe
@needs()
def message(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One message: where it stands, receipts and history; the document by an explicit act for those who see all."""
    now = present()
    found = reading.one(scope, pk)
    may_read = scope.may(May.READ_CONTENT)
    # P-03: the message responsible sees metadata first; whoever came from a stay has asked for this document.
    opened = may_read and (not scope.may(May.SEE_MESSAGES) or request.GET.get("innhold") == "1")
    removed = found.original is None or found.original.closed
    why = reading.why(scope, found, now) if opened and not removed else ""
    with transaction.atomic():
        action = "message.read" if opened else "message.metadata"
        audit.record_reading(scope, action, now=now, patient=found.patient_id, subject=f"message:{pk}", purpose=why)
    inward = found.direction == Direction.IN
    sees_patients = scope.may(May.SEE_PATIENTS)
    document = opened_document(found) if opened else NOTHING
    values = {
        "message": reading.rows(scope, [found], now)[0],
        "patient": strip(found.patient, test=is_test_store()) if found.patient and sees_patients else None,
        "receivers": [] if inward else reading.receivers(found, now),
        "received_help": "" if inward else words.received_help(reading.deliveries_of(found)),
        "receipts": reading.receipts(found, now),
        "lines": reading.lines(found, now),
        "history": reading.history(found, now),
        "explanations": explaining.of_messages([found], now) if sees_patients else [],
        "document": document.html,
        "attachments": document.attachments,
        "has_attachments": found.has_attachments and not removed,
        "may_match": _needs_patient(found) and not removed and may_clear(scope, found),
        "removed": removed and found.state != MessageState.LOCKED,
        "not_ours": _not_ours(scope, found, now),
        "unconfirmed": bool(reading.unconfirmed(found)) and may_read,
        "may_undo": found.matched_by_id is not None and found.patient_id is not None and may_read,
        "may_clear": may_clear(scope, found) and not removed,
        "may_open": may_read and not opened and not removed,
        "may_download": may_read and not removed,
        "stay": subjects.link(found.subject) if subjects.visible(scope, found.subject) else "",
        "generated": moment(found.generated_at) if found.generated_at else "–",
        "msg_id": found.msg_id_written,
        "series": found.ref_conversation,
        "size": found.original.size if found.original else 0,
        "refers_to": _related(scope, found.refers_to),
        "cancelled_by": _related(scope, found.cancelled_by),
        "replaced_by": _related(scope, _newest(found)),
        "about": reading.about(scope, found, now),
        "answers": answering.links(found) if may_read else [],
        "duplicates": found.duplicates,
        "written_by_epj": found.written_by == "epj",
    }
    return page(request, "exchange/message.html", values, title=words.name(found), scope=scope, now=now)


@require_safe
@needs(May.READ_CONTENT)
def original(request: HttpRequest, scope: Scope, pk: int) -> StreamingHttpResponse:
    """The document's bytes exactly as they came or went. Raises NotFoundError, ContentRemovedError."""
    now = present()
    found = reading.one(scope, pk)
    original = _original(found)
    why = reading.why(scope, found, now)
    audit.record(scope, "message.download", now=now, patient=found.patient_id, subject=f"message:{pk}", purpose=why)
    return inert(originals.stream(original), name=f"melding-{found.pk}.xml", size=original.size)


@require_safe
@needs(May.READ_CONTENT)
def attachment(request: HttpRequest, scope: Scope, pk: int, number: int) -> StreamingHttpResponse:
    """One attachment: shown where a browser can do so safely, else saved. Raises NotFoundError, ContentRemovedError."""
    now = present()
    found = reading.one(scope, pk)
    original = _original(found)
    why = reading.why(scope, found, now)
    content = attachments.content(originals.read(original), number)
    if content is None:
        raise NotFoundError(f"attachment {number} of message {pk}")
    audit.record_reading(
        scope,
        "message.attachment",
        now=now,
        patient=found.patient_id,
        subject=f"message:{pk}:{number}",
        purpose=why,
    )
    kind = content.attached.kind
    return inert(
        content.pieces,
        name=f"vedlegg-{pk}-{number}.{kind.ending}",
        size=content.attached.size,
        media_type=kind.media_type,
        shown=kind.shown,
    )


def _original(message: Message) -> Original:
    """Where the document lies. Raises NotFoundError, ContentRemovedError, ContentLockedError."""
    if message.original is None:
        raise NotFoundError(f"original of message {message.pk}")
    originals.require_open(message.original)
    return message.original


def _newest(message: Message) -> Message | None:
    """The version that has taken its place at last; None where nothing has."""
    if message.replaced_by is None:
        return None
    return matters.in_force(matters.root_of(message)) or message.replaced_by


@dataclass(frozen=True, slots=True)
class NotOursView:
    """That a message was not for us: who decided, and what this person may do about it."""

    text: str
    may_take_back: bool
    may_delete: bool


def _not_ours(scope: Scope, message: Message, now: datetime) -> NotOursView | None:
    """The decision that a message was not for us, as it stands."""
    found = NotOurs.objects.select_related("decided_by", "removed_by").filter(message=message).first()
    if found is None:
        return None
    who, when = found.decided_by.get_full_name() or found.decided_by.username, moment(found.decided_at, now)
    text = _("%(who)s avgjorde %(when)s at meldingen ikke var til oss: %(why)s")
    said = text % {"who": who, "when": when, "why": found.reason}
    if found.removed_by is not None and found.removed_at is not None:
        deleted = _("Slettet av %(who)s %(when)s.")
        other = found.removed_by.get_full_name() or found.removed_by.username
        return NotOursView(f"{said}. {deleted % {'who': other, 'when': moment(found.removed_at, now)}}", False, False)
    later = found.decided_at + DELETED_AFTER
    waits = _("Innholdet er låst, og kan slettes av en annen fra %(when)s.") % {"when": moment(later, now)}
    mine = may_clear(scope, message)
    return NotOursView(f"{said}. {waits}", mine, mine and now >= later and found.decided_by_id != scope.user.pk)


def _needs_patient(message: Message) -> bool:
    """Whether a person must say who the message is about."""
    return message.patient_id is None or not OPEN_FLAGS.isdisjoint(message.flags)


def _related(scope: Scope, other: Message | None) -> tuple[str, str] | None:
    """Name and page of another message of the same organisation."""
    if other is None or other.organisation_id != scope.organisation.pk:
        return None
    row = reading.rows(scope, [other], present())[0]
    return row.name, row.href
