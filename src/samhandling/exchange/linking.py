"""Series: which message a new one follows, changes or withdraws, whatever order they come in (RECV-50 to 54, A-17)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from samhandling.exchange import steps
from samhandling.exchange.desks import desk_of
from samhandling.exchange.models import Apart, Direction, Message
from samhandling.exchange.rules import MessageInEvent, MessageState
from samhandling.exchange.series import Member, settle_series
from samhandling.jobs.services import lock_key, publish
from samhandling.messages import catalogue
from samhandling.store.prepared import prepared
from samhandling.tasks.services import close_tasks, open_task

LIVE = (MessageState.TAKEN, MessageState.HELD, MessageState.REPLACED, MessageState.CANCELLED)
"""States of messages in that a change or cancellation may touch: neither rejected nor removed."""


def lock_series(organisation_id: int, *names: str) -> None:
    """Let no other message of the same series or patient be taken in until the caller's transaction ends."""
    for name in sorted({name for name in names if name}):
        lock_key(f"series:{organisation_id}:{name}"[:200])


def find_references(message: Message) -> None:
    """Set what the message refers to, in or out, and the first of its series, as far as we know them."""
    names = [name for name in (message.ref_parent, message.ref_conversation) if name]
    if not names:
        return
    known = {m.msg_id: m for m in Message.objects.filter(organisation=message.organisation, msg_id__in=names)}
    parent, conversation = known.get(message.ref_parent), known.get(message.ref_conversation)
    nearest = conversation or parent
    message.refers_to = parent or conversation
    message.first = (nearest.first or nearest) if nearest is not None else None
    message.tied = "reference" if nearest is not None else ""


def _adopt(message: Message) -> None:
    """Messages that came before this one and name it: answers and questions too, which change nothing in it."""
    earlier = Message.objects.select_for_update(of=("self",)).filter(
        Q(ref_conversation=message.msg_id) | Q(ref_parent=message.msg_id),
        organisation_id=message.organisation_id, direction=Direction.IN, refers_to__isnull=True,
    )  # fmt: skip
    # Two that name each other make no circle: what the new one refers to itself stays first.
    above = [pk for pk in (message.pk, message.refers_to_id, message.first_id) if pk is not None]
    for child in earlier.exclude(pk__in=above).exclude(state=MessageState.HELD).iterator(chunk_size=200):
        child.refers_to, child.first, child.tied = message, message.first or message, "reference"
        child.flags = [flag for flag in child.flags if flag != "unlinked"]
        child.save(update_fields=["refers_to", "first", "tied", "flags"])


def status_allowed(message: Message) -> bool:
    """Whether the type may have that Forsendelsesstatus; an M of a logistics message is taken and not applied."""
    kind = catalogue.by_code(message.type, message.version)
    return kind is None or not message.status or not kind.allowed_status or message.status in kind.allowed_status


def settle(message: Message, *, now: datetime) -> list[str]:
    """Apply what the new message changes or withdraws, and what earlier arrivals mean for it; gives flags.

    The message has its row, in state taken. The caller holds the series' lock.
    """
    if message.status in {"M", "C"} and not status_allowed(message):
        _ask_about_status(message, now=now)
        return ["status_not_allowed"]
    if not _anything_to_settle(message):
        return []
    _adopt(message)
    series = _series_of(message)
    guessed = False
    if message.status in {"M", "C"} and not _has_original(message):
        guess = _guess_original(message)
        if guess is None:
            return _hold(message, now=now)
        message.refers_to, guessed = guess, True
        message.first, message.tied = guess.first or guess, "guess"
        message.save(update_fields=["refers_to", "first", "tied"])
        series = [guess, message]
    elif message.status not in {"M", "C"}:
        waiting = _guess_waiting(message)
        if waiting is not None:
            series.append(waiting)
            guessed = True
    return _apply(message, series, guessed=guessed, now=now)


def _anything_to_settle(message: Message) -> bool:
    """False for the ordinary case: a new message that nothing which came earlier refers to."""
    if message.status in {"M", "C"} or message.ref_parent or message.ref_conversation:
        return True
    return bool(_earlier(message.organisation_id, message.type, message.msg_id, message.patient_key))


@prepared
def _earlier(organisation_id: int, message_type: str, msg_id: str, patient_key: str) -> QuerySet[Message, int]:
    """What came earlier and names it, of any type, or waits for one of its type."""
    named = Q(ref_conversation=msg_id) | Q(ref_parent=msg_id)
    waiting = Q(state=MessageState.HELD, patient_key=patient_key, type=message_type)
    mine = Message.objects.filter(organisation_id=organisation_id, direction=Direction.IN)
    return mine.filter(named | waiting).values_list("pk", flat=True)[:1]


def _same_source(message: Message) -> Q:
    """Messages of the same type from the same organisation: nobody else may change or withdraw them."""
    return Q(
        organisation_id=message.organisation_id,
        direction=Direction.IN,
        type=message.type,
        counterpart_organisation=message.counterpart_organisation,
        state__in=LIVE,
    )


def _in_series(message: Message) -> QuerySet[Message]:
    """Every live message of the series and type, the new one included, the newest first; rows locked."""
    root = message.ref_conversation or message.ref_parent or message.msg_id
    rows = Message.objects.select_for_update(of=("self",)).filter(
        _same_source(message),
        Q(msg_id=root) | Q(ref_conversation=root) | Q(msg_id=message.ref_parent or root) | Q(pk=message.pk),
    )
    return rows.order_by(Coalesce("generated_at", "created_at").desc(), "-pk")


def _series_of(message: Message) -> list[Message]:
    """Those of the series whom the new message may touch, or that may touch it; in their order of arrival.

    What was replaced before stays so, whatever comes but a cancellation: a series of ten thousand changes is not read
    through for each of them.
    """
    rows = _in_series(message)
    found = {message.pk: message}
    wanted = [
        rows.exclude(status="C").filter(state__in=(MessageState.TAKEN, MessageState.HELD)),
        rows.filter(status="M")[:1],
        rows.filter(status="C")[:1],
    ]
    if message.status == "C":
        wanted.append(rows.exclude(status="C").filter(state=MessageState.REPLACED))
    else:
        wanted.append(rows.filter(state=MessageState.HELD))
    for part in wanted:
        for row in part:
            found.setdefault(row.pk, row)
    return [found[pk] for pk in sorted(found)]


def _has_original(message: Message) -> bool:
    """Whether anything of the series is there that a change or cancellation can mean."""
    return _in_series(message).exclude(pk=message.pk).exclude(status="C").exists()


def apart(message: Message) -> set[int]:
    """Messages of which a person has said that they do not belong to this one."""
    pairs = Apart.objects.filter(Q(first=message) | Q(second=message)).values_list("first_id", "second_id")
    return {pk for pair in pairs for pk in pair if pk != message.pk}


def _guess_original(message: Message) -> Message | None:
    """For a change or cancellation without any reference: the one message of that type about that patient."""
    if message.ref_parent or message.ref_conversation or not message.patient_key or message.generated_at is None:
        return None
    rows = list(
        Message.objects.select_for_update(of=("self",))
        .filter(
            _same_source(message),
            patient_key=message.patient_key,
            counterpart_her=message.counterpart_her,
            generated_at__lte=message.generated_at,
            state__in=(MessageState.TAKEN, MessageState.REPLACED),
        )
        .exclude(pk__in={message.pk, *apart(message)})
        .exclude(status="C")[:2]
    )
    return rows[0] if len(rows) == 1 else None


def _guess_waiting(message: Message) -> Message | None:
    """For an original: a held change or cancellation without reference that can only mean it."""
    if not message.patient_key or message.generated_at is None:
        return None
    rows = list(
        Message.objects.select_for_update(of=("self",)).filter(
            _same_source(message),
            patient_key=message.patient_key,
            counterpart_her=message.counterpart_her,
            generated_at__gte=message.generated_at,
            state=MessageState.HELD,
            ref_parent="",
            ref_conversation="",
        )[:2]
    )
    return rows[0] if len(rows) == 1 else None


def _hold(message: Message, *, now: datetime) -> list[str]:
    message.state = MessageState.HELD
    message.save(update_fields=["state"])
    steps.record("message.hold", at=now, message=message)
    ask_which(message, now=now)
    return ["unlinked"]


def ask_which(message: Message, *, now: datetime) -> None:
    """A person may know which message a held change or cancellation means (A-17)."""
    what = "Tilbaketrekkingen" if message.status == "C" else "Endringen"
    desk = desk_of(message.organisation, message.type, now)
    open_task(
        organisation=message.organisation, kind="decide", cause="A-17", severity="low", now=now,
        patient=message.patient, subject=f"message:{message.pk}", unique_key=f"A-17:{message.pk}",
        unit=desk.unit, role=desk.role, anomaly="A-17",
        text=(
            f"{what} gjelder en melding vi ikke har. Den tas i bruk når meldingen kommer. "
            "Koble den for hånd om du vet hvilken."
        ),
    )  # fmt: skip


def _apply(message: Message, series: list[Message], *, guessed: bool, now: datetime) -> list[str]:
    """Carry out what `settle_series` decides for the series; gives the new message's own flags."""
    by_id = {m.pk: m for m in series}
    flags: list[str] = []
    members = [Member(m.pk, m.status, m.generated_at or m.created_at, m.pk) for m in series if status_allowed(m)]
    if len(members) > 1 and message.status != "C":
        for held in [m for m in series if m.state == MessageState.HELD and m.pk != message.pk]:
            _link(held, message, now=now)
    for settled in settle_series(members):
        target, by = by_id[settled.id], by_id[settled.by]
        before = target.state
        if settled.event is MessageInEvent.CANCEL:
            target.cancelled_by = by
        else:
            target.replaced_by = by
        target.save(update_fields=["cancelled_by", "replaced_by"])
        if before == MessageState.CANCELLED or (before == MessageState.REPLACED and target.pk != message.pk
                                                and settled.event is MessageInEvent.REPLACE):  # fmt: skip
            continue
        steps.move_message(target, settled.event, now=now, detail=by.msg_id)
        if settled.event is MessageInEvent.CANCEL:
            _tell_cancelled(target, by, guessed=guessed, now=now)
            if target.pk == message.pk:
                flags.append("cancelled_before_original")
        elif target.pk == message.pk:
            flags.append("replaced_before_original")
    return flags


def replace_again(message: Message, *, now: datetime) -> None:
    """A message counts again: what else of its series has taken its place or withdrawn it still does."""
    _apply(message, _series_of(message), guessed=False, now=now)


def line(message: Message) -> tuple[str, ...]:
    """Messages about one patient are judged in the order they were taken in."""
    return (message.patient_key,) if message.patient_key else ()


def take_effect(held: Message, original: Message, *, now: datetime) -> None:
    """Let a change or cancellation that a person has tied do what it says to its message, whatever the times say."""
    if held.status == "C":
        original.cancelled_by = held
        original.save(update_fields=["cancelled_by"])
        steps.move_message(original, MessageInEvent.CANCEL, now=now, detail=held.msg_id)
        _tell_cancelled(original, held, guessed=False, now=now)
    else:
        original.replaced_by = held
        original.save(update_fields=["replaced_by"])
        steps.move_message(original, MessageInEvent.REPLACE, now=now, detail=held.msg_id)


def _link(held: Message, message: Message, *, now: datetime) -> None:
    """The original of a held message has come."""
    named = message.msg_id in (held.ref_parent, held.ref_conversation)
    held.refers_to = held.refers_to or message
    held.first = held.first or (message.first if message.first_id not in (None, held.pk) else message)
    held.tied = held.tied or ("reference" if named or held.ref_conversation else "guess")
    held.flags = [flag for flag in held.flags if flag != "unlinked"]
    held.save(update_fields=["refers_to", "first", "tied", "flags"])
    steps.move_message(held, MessageInEvent.LINK, now=now, detail=message.msg_id)
    close_tasks(
        unique_key=f"A-17:{held.pk}", organisation=held.organisation, how="resolved", now=now,
        note="Meldingen som den gjelder, er kommet.",
    )  # fmt: skip


def _tell_cancelled(target: Message, by: Message, *, guessed: bool, now: datetime) -> None:
    """RECV-50, RECV-54: the reader is told, running work on the message ends, its content stays readable."""
    close_tasks(subject=f"message:{target.pk}", organisation=target.organisation, how="obsolete", now=now)
    ask = " Avsenderen har ikke oppgitt hvilken melding. Sjekk at det er riktig." if guessed else ""
    desk = desk_of(target.organisation, target.type, now)
    open_task(
        organisation=target.organisation, kind="read", cause="message.cancelled",
        severity="high" if guessed else "medium", now=now, patient=target.patient,
        subject=f"message:{target.pk}", unique_key=f"cancelled:{target.pk}",
        text=f"{target.counterpart_name} har trukket tilbake en melding.{ask}{desk.told}",
        unit=desk.unit, role=desk.role,
    )  # fmt: skip
    steps.record("message.cancelled_by", at=now, message=target, detail="guessed" if guessed else by.msg_id)
    publish("message.cancelled", {"message": target.pk}, now=now, keys=(f"message:{target.pk}",))


def _ask_about_status(message: Message, *, now: datetime) -> None:
    """Scenario 38: a status that the type may not have is taken, shown and not applied."""
    steps.record("message.status_not_allowed", at=now, message=message, detail=message.status)
    desk = desk_of(message.organisation, message.type, now)
    open_task(
        organisation=message.organisation, kind="decide", cause="message.status_not_allowed", severity="normal",
        now=now, patient=message.patient, subject=f"message:{message.pk}", unique_key=f"status:{message.pk}",
        unit=desk.unit, role=desk.role,
        text=(
            "Meldingen er sendt som endring, men denne meldingstypen kan ikke endres. "
            "Ring avsenderen og spør hva som gjelder."
        ),
    )  # fmt: skip
