"""A matter (sak): all that belongs together around one message, and what a person says belongs there or does not.

Linked by reference where there is one; proposed by patient, sender and type where there is none (HITS 1218, RECV-50).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.exchange import clearing, linking, steps
from samhandling.exchange.clearing import NotThisMessageError
from samhandling.exchange.models import Apart, Direction, Message
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.jobs.services import publish
from samhandling.tasks.services import close_tasks

PROPOSED_WITHIN = timedelta(days=30)
"""How far apart in time two messages without a reference may be generated to be proposed as one matter."""
PROPOSED_AT_MOST = 20
_HOPS = 50
WHEN = Coalesce("generated_at", "created_at")
"""Order of a matter: generation, not arrival (RECV-53)."""


def root_of(message: Message) -> Message:
    """The message that the matter began with, as far as we have it. References that go in a circle end at one of it."""
    met = {message.pk: message}
    while len(met) <= _HOPS:
        above = message.first or message.refers_to
        if above is None:
            return message
        if above.pk in met:
            return met[min(met)]
        met[above.pk] = message = above
    return message


def members(root: Message) -> QuerySet[Message]:
    """Every message of the matter that began with `root`, sent and received, the newest first."""
    mine = Message.objects.filter(organisation_id=root.organisation_id)
    found = mine.filter(Q(pk=root.pk) | Q(first=root) | Q(refers_to=root) | Q(ref_conversation=root.msg_id))
    return found.order_by(WHEN.desc(), "-pk")


def in_force(root: Message) -> Message | None:
    """The version that counts now: neither withdrawn nor replaced; None when the matter is withdrawn."""
    versions = members(root).filter(type=root.type, direction=root.direction).exclude(status="C")
    gone = (MessageState.CANCELLED, MessageState.REJECTED_BY_US, MessageState.LOCKED, MessageState.REMOVED)
    return versions.filter(cancelled_by__isnull=True, replaced_by__isnull=True).exclude(state__in=gone).first()


def version_before(message: Message) -> Message | None:
    """The version that a change took the place of."""
    at = message.generated_at or message.created_at
    versions = members(root_of(message)).filter(type=message.type, direction=message.direction).exclude(status="C")
    earlier = versions.annotate(at=WHEN).filter(Q(at__lt=at) | Q(at=at, pk__lt=message.pk))
    return earlier.exclude(pk=message.pk).first()


def proposed(root: Message) -> list[Message]:
    """Messages in that refer to nothing we have and may belong here: same patient, same sender, same type.

    Answers and reports of faults that name a message we do not have are proposed whatever they are about.
    """
    same = Q(patient_id=root.patient_id) if root.patient_id else Q(pk__in=())
    if root.patient_key:
        same |= Q(patient_key=root.patient_key)
    named = ~Q(ref_parent="") | Q(type__in=("DIALOG_SVAR", "DIALOG_AVVIK"))
    alike = Q(type=root.type)
    if root.type.startswith("LOG_") and root.status not in ("M", "C"):
        # Each new logistics message tells of an event of its own.
        alike &= Q(status__in=("M", "C"))
    at = root.generated_at or root.created_at
    found = Message.objects.filter(
        same, alike | named, organisation_id=root.organisation_id, direction=Direction.IN, refers_to__isnull=True,
        counterpart_organisation=root.counterpart_organisation, state__in=linking.LIVE,
        generated_at__gte=at - PROPOSED_WITHIN, generated_at__lte=at + PROPOSED_WITHIN,
    )  # fmt: skip
    found = found.exclude(pk__in={root.pk, *linking.apart(root)}).exclude(ref_conversation=root.msg_id)
    if root.subject:
        found = found.filter(Q(subject="") | Q(subject=root.subject))
    alone = found.exclude(Exists(Message.objects.filter(first=OuterRef("pk"))))
    return list(alone.order_by(WHEN.desc(), "-pk")[:PROPOSED_AT_MOST])


@transaction.atomic
def tie(message_id: int, root_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """*Knytt hit*: a person says that a message in belongs to the matter; a held change then takes effect.

    Of two where neither waits for the other, the one generated later follows the earlier. Raises NotFoundError,
    NotThisMessageError for one that refers to something else.
    """
    rows = _pair(message_id, root_id, organisation_id)
    child, above = rows[message_id], rows[root_id]
    waits = above.state == MessageState.HELD or (_at(child) < _at(above) and above.direction == Direction.IN)
    if waits and child.state != MessageState.HELD:
        child, above = above, child
    strangers = None not in (child.patient_id, above.patient_id) and child.patient_id != above.patient_id
    tied = child.refers_to_id is not None or root_of(above).pk == child.pk
    if child.direction != Direction.IN or child.state not in linking.LIVE or tied or strangers:
        raise NotThisMessageError(f"message {message_id} to {root_id}")
    if child.state == MessageState.HELD:
        return clearing.tie(child.pk, above.pk, organisation_id=organisation_id, user=user, now=now)
    child.refers_to, child.first, child.tied = above, root_of(above), "person"
    child.flags = [flag for flag in child.flags if flag != "unlinked"]
    child.save(update_fields=["refers_to", "first", "tied", "flags"])
    _noted("message.tie", "message.tied", child, user, now)
    publish("message.received", {"message": child.pk}, now=now, keys=linking.line(child))
    return child


@transaction.atomic
def part(message_id: int, root_id: int, *, organisation_id: int, user: User, now: datetime) -> Message:
    """*Hører ikke sammen*: never propose the two again, and take back what tying them did.

    A change or cancellation that had been tied waits again; what it replaced or withdrew counts again. Raises
    NotFoundError, NotThisMessageError where the sender itself has named the message.
    """
    rows = _pair(message_id, root_id, organisation_id)
    child = rows[message_id]
    other = child.refers_to or rows[root_id]
    if child.tied == "reference" or child.state not in linking.LIVE or child.direction != Direction.IN:
        raise NotThisMessageError(f"message {message_id} names its own")
    first, second = sorted((child.pk, other.pk))
    Apart.objects.get_or_create(
        first_id=first, second_id=second, defaults={"organisation_id": organisation_id, "user": user, "at": now}
    )
    _noted("message.part", "message.parted", child, user, now)
    if child.tied:
        _loosen(child, now=now)
    return child


def _loosen(child: Message, *, now: datetime) -> None:
    child.refers_to, child.first, child.tied = None, None, ""
    if child.status in ("M", "C"):
        child.cancelled_by, child.replaced_by = None, None
        child.flags = [*child.flags, "unlinked"] if "unlinked" not in child.flags else child.flags
    child.save(update_fields=["refers_to", "first", "tied", "cancelled_by", "replaced_by", "flags"])
    if child.status not in ("M", "C"):
        return
    steps.move_message(child, MessageInEvent.PART, now=now)
    linking.ask_which(child, now=now)
    touched = Message.objects.select_for_update(of=("self",)).filter(
        Q(cancelled_by=child) | Q(replaced_by=child), organisation_id=child.organisation_id
    )
    for target in touched.select_related("organisation").order_by("pk"):
        target.cancelled_by = None if target.cancelled_by_id == child.pk else target.cancelled_by
        target.replaced_by = None if target.replaced_by_id == child.pk else target.replaced_by
        target.save(update_fields=["cancelled_by", "replaced_by"])
        close_tasks(unique_key=f"cancelled:{target.pk}", organisation=target.organisation, how="obsolete", now=now)
        if target.cancelled_by_id is None and target.state in (MessageState.CANCELLED, MessageState.REPLACED):
            steps.move_message(target, MessageInEvent.RESTORE, now=now)
            linking.replace_again(target, now=now)
            publish("message.received", {"message": target.pk}, now=now, keys=linking.line(target))


def _at(message: Message) -> datetime:
    return message.generated_at or message.created_at


def _pair(first_id: int, second_id: int, organisation_id: int) -> dict[int, Message]:
    """Both messages, locked in the order of their ids. Raises NotFoundError."""
    return {pk: clearing.locked(pk, organisation_id, inward=False) for pk in sorted((first_id, second_id))}


def _noted(action: str, event: str, message: Message, user: User, now: datetime) -> None:
    steps.record(event, at=now, message=message, detail=f"user {user.pk}")
    audit.record(
        user, action, now=now, patient=message.patient_id, organisation_id=message.organisation_id,
        subject=f"message:{message.pk}",
    )  # fmt: skip
