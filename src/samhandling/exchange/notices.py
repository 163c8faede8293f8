"""Work for people that messages give: texts in plain bokmål, one task per cause, grouped by counterpart (A-01)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from samhandling.clock.oslo import say_time
from samhandling.exchange.desks import RESPONSIBLE, desk_of
from samhandling.exchange.models import Arrival, Delivery, Message, Receipt
from samhandling.exchange.values import Draft, Finding
from samhandling.messages import codes
from samhandling.organisations.models import Organisation
from samhandling.registry.services import staffed_phone
from samhandling.store.prepared import prepared
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

OPERATIONS = "operations"


def _group(delivery: Delivery) -> str:
    """The counterpart: its organisation where we know it."""
    party = delivery.party
    return party.organisation.her_id if party is not None else delivery.organisation_her or delivery.her_id


def _phone(delivery: Delivery, now: datetime) -> str:
    found = staffed_phone(delivery.party.organisation, now) if delivery.party is not None else None
    return found.phone if found is not None else ""


def _subject(message: Message) -> str:
    return f"message:{message.pk}"


def unconfirmed(delivery: Delivery, *, severity: str, expired: bool, now: datetime) -> None:
    """A-01: no receipt yet; at 96 hours (F5) the message counts as not taken in."""
    message = delivery.message
    assert message is not None
    desk = desk_of(message.organisation, message.type, now)
    if expired:
        close_tasks(
            unique_key=f"A-01:{delivery.pk}:waiting", organisation=message.organisation, how="obsolete", now=now
        )
        text = (
            f"Ikke bekreftet mottatt hos {delivery.name} innen 96 timer. "
            "Ring, og send opplysningene som ny melding eller på annen måte."
        )
    else:
        text = f"Ikke bekreftet mottatt hos {delivery.name}. Ring for å høre om meldingen er kommet fram."
    open_task(
        organisation=message.organisation, kind="call", cause="A-01", severity=severity, now=now,
        patient=message.patient, subject=_subject(message), group_key=f"A-01:{_group(delivery)}{desk.group}",
        unique_key=f"A-01:{delivery.pk}:{'expired' if expired else 'waiting'}", text=text + desk.told,
        phone=_phone(delivery, now), unit=desk.unit, role=desk.role, anomaly="A-01",
    )  # fmt: skip


def rejected(delivery: Delivery, receipt: Receipt, *, now: datetime) -> None:
    """A-02: rejected, with code and free text."""
    message = delivery.message
    assert message is not None
    desk = desk_of(message.organisation, message.type, now)
    reasons = "; ".join(say_error(error) for error in receipt.errors) or "ingen begrunnelse"
    open_task(
        organisation=message.organisation, kind="decide", cause="A-02", severity="high", now=now,
        patient=message.patient, subject=_subject(message), group_key=f"A-02:{_group(delivery)}{desk.group}",
        unique_key=f"A-02:{delivery.pk}",
        text=f"Avvist av {delivery.name}: {reasons}. Rett feilen og send som ny melding, eller ring.{desk.told}",
        phone=_phone(delivery, now), unit=desk.unit, role=desk.role, anomaly="A-02",
    )  # fmt: skip


def say_error(error: dict[str, str]) -> str:
    """An AppRec error in words: code, text and, always, the free text (OT)."""
    text = " ".join(part for part in (error.get("code", ""), error.get("text", "")) if part)
    detail = error.get("detail", "")
    return f"{text} ({detail})" if detail and text else detail or text


def contradictory(receipt: Receipt, *, now: datetime) -> None:
    """A-03: a second receipt that says something else; the first stands."""
    assert receipt.message is not None
    desk = desk_of(receipt.organisation, receipt.message.type, now)
    open_task(
        organisation=receipt.organisation, kind="technical", cause="A-03", severity="high", now=now,
        patient=receipt.message.patient, subject=_subject(receipt.message),
        unique_key=f"A-03:{receipt.message_id}:{receipt.party_her}",
        text="Mottakeren har kvittert to ganger med ulikt svar. Den første gjelder. Meld feilen til mottakeren."
        + desk.told,
        unit=desk.unit, role=desk.role, anomaly="A-03",
    )  # fmt: skip


def unmatched_receipt(receipt: Receipt, *, now: datetime) -> None:
    """A receipt for a message that we do not know: kept, and somebody looks (test cases 14 and 15)."""
    open_task(
        organisation=receipt.organisation, kind="technical", cause="receipt_unmatched", severity="normal", now=now,
        subject=f"receipt:{receipt.pk}", group_key=f"receipt_unmatched:{receipt.counterpart_her}",
        unique_key=f"receipt_unmatched:{receipt.pk}",
        text="Kvittering for en melding vi ikke kjenner. Finn meldingen den gjelder.", role=RESPONSIBLE,
    )  # fmt: skip


def not_delivered(delivery: Delivery, *, now: datetime) -> None:
    """The carrier gave up: the message has not left."""
    message = delivery.message
    assert message is not None
    desk = desk_of(message.organisation, message.type, now)
    open_task(
        organisation=message.organisation, kind="call", cause="not_delivered", severity="high", now=now,
        patient=message.patient, subject=_subject(message), group_key=f"not_delivered:{_group(delivery)}{desk.group}",
        unique_key=f"not_delivered:{delivery.pk}",
        text=f"Meldingen kom ikke fram til {delivery.name}: {why_not(delivery.reason)}{desk.told}",
        phone=_phone(delivery, now), unit=desk.unit, role=desk.role,
    )  # fmt: skip


def why_not(reason: str) -> str:
    """Why a message did not get through, and what is proposed: to the one who calls, and to operations."""
    found = next((text for start, text in NOT_DELIVERED if reason.startswith(start)), "noe stanset den.")
    return f"{found} Ring mottakeren, og be IKT om hjelp. Meldingen kan sendes på nytt når feilen er rettet ({reason})."


def receipt_not_delivered(delivery: Delivery, *, now: datetime) -> None:
    """A receipt of ours could not be handed over: the sender will think that we did not get the message."""
    assert delivery.receipt is not None
    open_task(
        organisation=delivery.organisation, kind="technical", cause="receipt_not_delivered", severity="normal",
        now=now, subject=f"receipt:{delivery.receipt_id}", group_key=f"receipt_not_delivered:{delivery.her_id}",
        unique_key=f"not_delivered:{delivery.pk}",
        text=f"Kvitteringen kom ikke fram til {delivery.name or delivery.her_id} ({delivery.reason}).",
        role=OPERATIONS,
    )  # fmt: skip


def close(delivery: Delivery, *, now: datetime, note: str = "") -> None:
    """Close what was asked about this delivery: it has come right, and the task says since when (2.6)."""
    keys = [
        f"A-01:{delivery.pk}:waiting",
        f"A-01:{delivery.pk}:expired",
        f"A-02:{delivery.pk}",
        f"not_delivered:{delivery.pk}",
    ]
    if not note and delivery.receipted_at is not None:
        note = f"Kvittering kom {say_time(delivery.receipted_at)}."
    for key in _open_keys(delivery.organisation_id, keys):
        close_tasks(unique_key=key, organisation=delivery.organisation, how="resolved", now=now, note=note)


@prepared
def _open_keys(organisation_id: int, keys: list[str]) -> QuerySet[Task, str]:
    waiting = Task.objects.filter(organisation_id=organisation_id, unique_key__in=keys, closed_at__isnull=True)
    return waiting.values_list("unique_key", flat=True)


def not_sent(draft: Draft, findings: Iterable[Finding], *, phone: str, now: datetime) -> Task:
    """Something stands in the way of sending: a person must put it right or call."""
    desk = desk_of(draft.organisation, draft.message_type, now)
    blocking = [finding for finding in findings if finding.blocks]
    name = (codes.text("8279", draft.message_type) or draft.message_type) if draft.message_type else "Meldingen"
    return open_task(
        organisation=draft.organisation, kind="send" if phone else "decide", cause=f"not_sent.{blocking[0].code}",
        severity="high", now=now, patient=draft.patient, subject=draft.subject, due_at=draft.due_at,
        unique_key=not_sent_key(draft), phone=phone, role=desk.role,
        unit=draft.content.unit if draft.content is not None else desk.unit,
        text=f"{name} er ikke sendt. " + " ".join(finding.text for finding in blocking) + desk.told,
    )  # fmt: skip


def not_sent_key(draft: Draft) -> str:
    """One open task per subject and type; sending at last closes it."""
    patient = draft.patient.pk if draft.patient is not None else ""
    return f"not_sent:{draft.subject or patient}:{draft.message_type}"


def unreceipted(arrival: Arrival, organisation: Organisation, *, now: datetime) -> None:
    """A document that gets no receipt: addressed to nobody here, or its sender cannot be read."""
    open_task(
        organisation=organisation, kind="technical", cause="unreceipted", severity="normal", now=now,
        subject=f"arrival:{arrival.pk}", group_key=f"unreceipted:{arrival.reason}",
        unique_key=f"unreceipted:{arrival.pk}",
        text=f"Mottatt {say_time(arrival.received_at)} uten å kunne kvitteres: {REASONS[arrival.reason]}",
        role=OPERATIONS,
    )  # fmt: skip


def unreadable(arrival: Arrival, organisation: Organisation, *, now: datetime) -> None:
    """A document that stopped the worker: set aside."""
    open_task(
        organisation=organisation, kind="technical", cause="unreadable", severity="high", now=now,
        subject=f"arrival:{arrival.pk}", unique_key=f"unreadable:{arrival.pk}",
        text=(
            f"En melding mottatt {say_time(arrival.received_at)} kan ikke leses av systemet og er lagt til side. "
            "Avsenderen har ikke fått kvittering. Ring avsenderen, og be IKT se på meldingen."
        ),
        role=OPERATIONS,
    )  # fmt: skip


NOT_DELIVERED = (
    ("transport.bounce", "e-posten kom i retur. IKT må kontrollere mottakerens EDI-adresse i Adresseregisteret."),
    ("transport.fault", "mottakerens meldingstjener kunne ikke lese den. IKT må kontrollere oppsettet mot mottakeren."),
    (
        "transport.no_answer",
        "mottakerens meldingstjener har ikke svart. IKT må høre om den er nede.",
    ),
    ("transport.SecurityFailure", "signatur eller sertifikat ble ikke godtatt. IKT må kontrollere sertifikatene."),
    ("transport.TimeToLiveExpired", "den kom fram for sent til å bli tatt imot."),
    ("transport.", "mottakerens meldingstjener avviste den. IKT må sammenligne avtale og adresser med mottakeren."),
    ("carrier.refused", "den kunne ikke sendes. IKT må kontrollere adresse, avtale og sertifikat for mottakeren."),
)
"""How a reason begins, and what is said: bokmål, the proposed action with it."""

REASONS = {
    "not_for_us": "den er ikke adressert til noen her.",
    "sender_unreadable": "avsenderen kan ikke leses.",
    "message_id_missing": "den mangler meldingsid.",
    "unreadable": "den kan ikke leses.",
    "unknown_root": "det er ikke en melding vi kjenner.",
    "party_mismatch": "adressen i forsendelsen og i dokumentet stemmer ikke.",
    "receipt": "det er en kvittering som ikke kan leses.",
}
"""Why there is no receipt: stable reason code and bokmål text."""
