"""What the ebXML carriers keep: transmissions of ours, messages received with their answers, mails, what was set aside.

Bytes lie with the exchange's originals; no row here holds content.
"""

from __future__ import annotations

from django.db import models

from samhandling.exchange.models import Arrival, Original


def no_references() -> list[list[str]]:
    """An empty list of references."""
    return []


class Transmission(models.Model):
    """One ebXML message of ours: signed once, the same bytes at every try (10.1)."""

    transport_id = models.UUIDField(unique=True)
    """The exchange's id of the delivery; eb:MessageId is the same."""
    carrier = models.CharField(max_length=30)
    sender_her = models.CharField(max_length=20)
    receiver_her = models.CharField(max_length=20)
    cpa_id = models.CharField(max_length=200)
    conversation_id = models.CharField(max_length=200)
    service = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    sender_address = models.CharField(max_length=200)
    receiver_address = models.CharField(max_length=200)
    content = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="+")
    sync = models.CharField(max_length=20, blank=True)
    """What must come in the HTTP response: `signal`, `reply`, or nothing ("": the answer comes by itself)."""
    references = models.JSONField(default=no_references)
    """[URI, digest] of each signed reference: what an acknowledgment must repeat."""
    state = models.CharField(max_length=20)
    tries = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField()
    interval_seconds = models.PositiveIntegerField()
    prepared_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_code = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_at"], name="transmission_state"),
            models.Index(fields=["sender_her", "prepared_at"], name="transmission_by"),
        ]


class Answer(models.Model):
    """An acknowledgment, error signal or fault of ours, kept so that a repeat gets the same one (10.2)."""

    kind = models.CharField(max_length=20)
    carrier = models.CharField(max_length=30)
    sender_address = models.CharField(max_length=200)
    receiver_address = models.CharField(max_length=200)
    about_mail = models.CharField(max_length=300, blank=True)
    """Message-ID of the mail that a SOAP Fault answers."""
    content = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()


class Received(models.Model):
    """One ebXML message of others whose signature held, and the answer it was given."""

    message_id = models.CharField(max_length=200)
    """Lower-cased."""
    sender_her = models.CharField(max_length=20)
    receiver_her = models.CharField(max_length=20)
    cpa_id = models.CharField(max_length=200, blank=True)
    conversation_id = models.CharField(max_length=200, blank=True)
    service = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    """Over all its signed digests: the same id with another one is a false duplicate."""
    envelope = models.ForeignKey(Original, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    """Headers and SOAP envelope as text, without the payload."""
    arrival = models.ForeignKey(Arrival, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="+")
    """None for what was itself the answer in an HTTP response (9.2)."""
    received_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender_her", "message_id"], name="received_once")]
        indexes = [models.Index(fields=["receiver_her", "received_at"], name="received_by")]


class Ping(models.Model):
    """A Ping of ours: whether the counterpart's message server answers."""

    message_id = models.UUIDField(unique=True)
    carrier = models.CharField(max_length=30)
    sender_her = models.CharField(max_length=20)
    receiver_her = models.CharField(max_length=20)
    sender_address = models.CharField(max_length=200)
    receiver_address = models.CharField(max_length=200)
    content = models.ForeignKey(Original, null=True, on_delete=models.PROTECT, related_name="+")
    """None until a worker has signed it."""
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=60, blank=True)
    """Why it did not leave, or what came instead of a Pong."""


class Posted(models.Model):
    """What was sent to our HTTP endpoint: stored by a web process, judged and answered by a worker, which has keys."""

    content = models.ForeignKey(Original, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=20)
    waits = models.BooleanField()
    """Whether the caller waits for the answer in the response."""
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()


class Mailing(models.Model):
    """One transmission over the line, by mail or HTTP: bounces and faults name a mail by its Message-ID."""

    mail_id = models.CharField(max_length=200, unique=True)
    transmission = models.ForeignKey(
        Transmission, null=True, blank=True, on_delete=models.CASCADE, related_name="mailings"
    )
    answer = models.ForeignKey(Answer, null=True, blank=True, on_delete=models.CASCADE, related_name="mailings")
    ping = models.ForeignKey(Ping, null=True, blank=True, on_delete=models.CASCADE, related_name="mailings")
    sent_at = models.DateTimeField()
    outcome = models.CharField(max_length=60, blank=True)
    """What the other end said to it: `taken`, `http 202`, `carrier.trouble`, `bounce 5.1.1`; "" while nobody knows."""


class SetAside(models.Model):
    """A mail that is none of ours to read, or waits for a person; the same one is not looked at twice."""

    mailbox = models.CharField(max_length=200)
    mail_key = models.CharField(max_length=100)
    """The mail server's own id of it."""
    reason = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    content = models.ForeignKey(Original, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    set_aside_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "mail_key"], name="set_aside_once")]
