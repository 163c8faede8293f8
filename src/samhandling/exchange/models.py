"""Messages in and out, their deliveries and receipts, and every step of them.

Content stands apart from metadata: no row here but `OriginalPiece` holds what a document says, and lists never join it
(design 3b). Every row with content belongs to one hosted organisation.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from samhandling.access.models import User
from samhandling.errors import SamhandlingError
from samhandling.exchange.rules import ArrivalState, DeliveryState, MessageState
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.registry.models import CommunicationParty


class AppendOnlyError(SamhandlingError):
    """Somebody tried to change or delete a row of a log that only grows."""

    code = "exchange.append_only"


def no_flags() -> list[str]:
    """An empty list of flags."""
    return []


def no_errors() -> list[dict[str, str]]:
    """An empty list of receipt errors."""
    return []


class Direction(models.TextChoices):
    """Which way a message went, seen from the organisation of its row."""

    IN = "in", "Inn"
    OUT = "out", "Ut"


class Role(models.TextChoices):
    """Role of a receiver."""

    PRIM = "PRIM", "Hovedmottaker"
    COP = "COP", "Kopimottaker"


class Original(models.Model):
    """A document's bytes exactly as they came or went; the bytes themselves lie in pieces."""

    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Whose it is; empty only for an arrival that belongs to nobody we host, or is not read yet."""
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    """When the content was deleted (P-07, P-11); digest and size stay."""
    locked_at = models.DateTimeField(null=True, blank=True)
    """When a person decided that it was not for us: until it is deleted nobody reads it (C-06)."""

    @property
    def closed(self) -> bool:
        """Whether its content can no longer be read."""
        return self.removed_at is not None or self.locked_at is not None


class OriginalPiece(models.Model):
    """At most 1 MB of an original, compressed by itself."""

    original = models.ForeignKey(Original, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["original", "number"], name="original_piece_number")]


class Arrival(models.Model):
    """Bytes that a carrier brought: transaction 1 of a message in. Kept whatever the bytes turn out to be."""

    carrier = models.CharField(max_length=30)
    transport_key = models.CharField(max_length=200)
    """What the carrier calls this transmission; the same key again is the same transmission."""
    sender_her = models.CharField(max_length=20, blank=True)
    receiver_her = models.CharField(max_length=20, blank=True)
    """Level-2 HER-ids of the transport envelope; empty where the carrier knows none."""
    service = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=100, blank=True)
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, default=ArrivalState.ARRIVED.value)
    type = models.CharField(max_length=40, blank=True)
    msg_id = models.CharField(max_length=100, blank=True)
    """Lower-cased MsgId, once read."""
    reason = models.CharField(max_length=60, blank=True)
    """Stable code of why there is no receipt, or why it could not be read."""
    flags = models.JSONField(default=no_flags)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "transport_key"], name="arrival_transport_key")]
        indexes = [
            models.Index(fields=["state", "received_at"], name="arrival_state"),
            models.Index(fields=["msg_id"], name="arrival_msg_id"),
        ]


class Message(models.Model):
    """One document, sent or received by one hosted organisation; no content, no patient data but a reference."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    msg_id = models.CharField(max_length=100)
    """MsgId lower-cased: what we compare."""
    msg_id_written = models.CharField(max_length=100)
    """MsgId as the sender wrote it: what we echo."""
    type = models.CharField(max_length=40, blank=True)
    """Code of 8279; empty where it could not be read."""
    standard = models.CharField(max_length=20, blank=True)
    version = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=5, blank=True)
    """Forsendelsesstatus 7309: N, M, C; empty where the standard has none."""
    kind = models.CharField(max_length=10, blank=True)
    """`early`, `change` or `final` for Helseopplysninger: the wire cannot tell them apart (C-10)."""
    generated_at = models.DateTimeField(null=True, blank=True)
    generated_written = models.CharField(max_length=40, blank=True)
    """GenDate as written."""
    ref_parent = models.CharField(max_length=100, blank=True)
    ref_conversation = models.CharField(max_length=100, blank=True)
    """ConversationRef, lower-cased."""
    first = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The first message of the series; empty when this is the first."""
    refers_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The message this one is about or answers, in or out."""
    tied = models.CharField(max_length=10, blank=True)
    """How that was found, of a message in: `reference`, `guess` (same patient, sender and type) or `person`."""
    own_her = models.CharField(max_length=20, blank=True)
    """Our level-2 party: the sender of a message out, the main own receiver of one in."""
    counterpart_her = models.CharField(max_length=20, blank=True)
    counterpart_organisation = models.CharField(max_length=20, blank=True)
    """Level 1 of the counterpart: its HER-id, else its organisation number."""
    counterpart_name = models.CharField(max_length=300, blank=True)
    """Service and organisation at the other end, as in the document."""
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    patient_key = models.CharField(max_length=80, blank=True)
    """Keyed hash of the patient's number in this organisation: ties messages together before a person has matched."""
    matched_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Who said whose message it is, of a message in; where numbers differ somebody else must confirm it."""
    subject = models.CharField(max_length=40, blank=True)
    """What it belongs to, such as `stay:12`."""
    event_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """When it must be received at the latest, where the routine sets a deadline (F1)."""
    written_by = models.CharField(max_length=5, default="node")
    """`node` or `epj`."""
    state = models.CharField(max_length=20)
    cancelled_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    flags = models.JSONField(default=no_flags)
    has_attachments = models.BooleanField(default=False)
    duplicates = models.PositiveIntegerField(default=0)
    """How often the same MsgId has come again (A-04)."""
    original = models.ForeignKey(Original, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    arrival = models.ForeignKey(Arrival, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    """When we sent it or took it in."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "direction", "msg_id"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "direction", "-created_at"], name="message_list"),
            models.Index(fields=["organisation", "subject"], name="message_subject"),
            models.Index(fields=["organisation", "patient_key", "type"], name="message_patient_key"),
            models.Index(fields=["organisation", "ref_conversation"], name="message_conversation"),
            models.Index(fields=["state"], name="message_state"),
        ]

    @property
    def refused(self) -> bool:
        """Whether the main receiver of a message out has rejected it; a copy receiver's rejection undoes nothing."""
        main = self.deliveries.filter(role=Role.PRIM, state=DeliveryState.REJECTED)
        return self.state == MessageState.REJECTED and main.exists()


class Receiver(models.Model):
    """One receiver of a message in: ours, or another whom the sender also wrote to."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="receivers")
    her_id = models.CharField(max_length=20, blank=True)
    organisation_her = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=4, choices=Role.choices)
    own = models.BooleanField()
    party = models.ForeignKey(CommunicationParty, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class Apart(models.Model):
    """A person has said that two messages in do not belong together; nothing proposes or ties them again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    """The one of the lower id."""
    second = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="apart_once")]


class NotOurs(models.Model):
    """Somebody has decided that a message in was not for us; kept after its content is deleted (C-06, P-07)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="not_ours")
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)


class Receipt(models.Model):
    """An AppRec: ours for a message in, or a counterpart's for a message out."""

    class Standing(models.TextChoices):
        """What a receipt counts for."""

        OWN = "own", "Sendt av oss"
        COUNTED = "counted", "Gjeldende"
        REPEATED = "repeated", "Gjentatt"
        CONTRADICTORY = "contradictory", "Motstridende"
        UNMATCHED = "unmatched", "Uten kjent melding"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    standing = models.CharField(max_length=15, choices=Standing.choices)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts")
    receipt_id = models.CharField(max_length=100, blank=True)
    original_msg_id = models.CharField(max_length=100, blank=True)
    party_her = models.CharField(max_length=20, blank=True)
    """The receiver that answers: our own party going out, the counterpart's coming in."""
    counterpart_her = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=2)
    """8258: 1 OK, 2 Avvist, 3 OK, feil i delmelding."""
    errors = models.JSONField(default=no_errors)
    """`code`, `system`, `text` (DN) and `detail` (OT) of each error."""
    version = models.CharField(max_length=5)
    generated_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    """Came (or was made) more than 96 hours after the message's GenDate."""
    original = models.ForeignKey(Original, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    arrival = models.ForeignKey(Arrival, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "party_her"], condition=models.Q(direction="out"), name="receipt_once"
            ),
            models.UniqueConstraint(
                fields=["message", "party_her"],
                condition=models.Q(direction="in", standing="counted"),
                name="receipt_counted_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "original_msg_id"], name="receipt_original")]


class Hold(models.Model):
    """That messages to a counterpart wait, or go unread, while something is down (design 3)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    """Why, such as `outage:12`."""
    counterpart_her = models.CharField(max_length=20, blank=True)
    """Level-1 HER-id; empty: every counterpart."""
    keeps = models.BooleanField()
    """Messages wait for the release; else they go, and nobody reads them there."""
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    first = models.JSONField(default=no_flags)
    """Subjects whose final information goes before other stays' messages at the release: they leave today."""
    per_minute = models.PositiveIntegerField(default=60)
    """How many messages a counterpart gets a minute after the release."""
    drained_at = models.DateTimeField(null=True, blank=True)
    """When nothing of it waited any more."""

    class Meta:
        indexes = [models.Index(fields=["organisation", "drained_at"], name="hold_standing")]


class WithdrawnMatter(models.Model):
    """A message and its withdrawal that both still waited when an outage ended: a person says whether they go."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    withdrawal = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent = models.BooleanField(null=True)
    """*Send begge*, or *send ingen*; empty while nobody has decided."""

    class Meta:
        indexes = [models.Index(fields=["organisation", "decided_at"], name="matter_undecided")]


class Delivery(models.Model):
    """One document on its way to one receiver: of a message, or of a receipt of ours."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    receipt = models.ForeignKey(Receipt, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    party = models.ForeignKey(CommunicationParty, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    her_id = models.CharField(max_length=20)
    organisation_her = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=4, choices=Role.choices, default=Role.PRIM)
    carrier = models.CharField(max_length=30)
    transport_id = models.UUIDField(unique=True)
    """What we call the transmission, the same at every try: by it the other side sees a repeat."""
    service = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=20, default=DeliveryState.QUEUED.value)
    reason = models.CharField(max_length=60, blank=True)
    """Stable code of the last trouble."""
    attempts = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    about_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    receipted_at = models.DateTimeField(null=True, blank=True)
    """When the receiver had it: the AppRec's GenDate if plausible, else our reception (C-02)."""
    deadline_at = models.DateTimeField(null=True, blank=True)
    """GenDate + 96 hours (F5); empty for a receipt."""
    warned_at = models.DateTimeField(null=True, blank=True)
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    """The outage that delayed it, or during which it went."""
    let_go_at = models.DateTimeField(null=True, blank=True)
    """When its turn came after the release."""
    held_job = models.BigIntegerField(null=True, blank=True)
    """The job that keeps its place in the line, so that it can be woken when its turn comes."""
    withdrawn = models.ForeignKey(
        WithdrawnMatter, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message__isnull=False, receipt__isnull=True)
                | models.Q(message__isnull=True, receipt__isnull=False),
                name="delivery_of_one_thing",
            ),
            models.UniqueConstraint(fields=["message", "her_id"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="delivery_state"),
            models.Index(
                fields=["hold", "organisation_her"],
                condition=models.Q(state="queued", let_go_at=None, hold__isnull=False),
                name="delivery_held",
            ),
        ]


class MessageEvent(models.Model):
    """One step of a message, delivery, receipt or arrival. Only ever added to."""

    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    receipt = models.ForeignKey(Receipt, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    arrival = models.ForeignKey(Arrival, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    """Codes and HER-ids only."""

    class Meta:
        indexes = [
            models.Index(fields=["message", "id"], name="event_message"),
            # What *Siden sist* counts.
            models.Index(
                fields=["at"],
                condition=models.Q(kind__in=["delivery.unconfirmed", "delivery.deadline", "delivery.receipt_rejected"]),
                name="event_trouble",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row. Raises AppendOnlyError for one that exists."""
        if self.pk is not None:
            raise AppendOnlyError("message event")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never: raises AppendOnlyError."""
        raise AppendOnlyError("message event")
