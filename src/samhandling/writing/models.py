"""Messages that are being written, and how far each message is on its way into the record."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from samhandling.access.models import User
from samhandling.exchange.models import Message
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.stays.models import Call
from samhandling.writing.rules import FilingState


class Filing(models.Model):
    """The hand-over of one message, or of one telephone call, to the organisation's record."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """PROTECT: a message row never goes while the question whether it is filed hangs on it."""
    call = models.OneToOneField(Call, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default=FilingState.WAITING.value)
    document_id = models.UUIDField(unique=True, default=uuid4)
    """What the journal document is called at the record, the same at every try: by it the record sees a repeat."""
    replaces = models.UUIDField(null=True, blank=True)
    """The journal document whose place this one takes, where the patient was corrected after filing."""
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Whose record it was last meant for."""
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """When it should be filed at the latest; empty while held, or while the organisation has no record set up."""
    handed_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    """Stable code of the last trouble."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message__isnull=False, call__isnull=True)
                | models.Q(message__isnull=True, call__isnull=False),
                name="filing_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "due_at"], name="filing_state")]


class Draft(models.Model):
    """A message that somebody is writing. Its values lie sealed, apart from what lists show; one open per `place`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=60)
    """What is written, and where: `stay:12:early`, `message:34:DIALOG_SVAR`."""
    message_type = models.CharField(max_length=40)
    """Code of 8279."""
    kind = models.CharField(max_length=10, blank=True)
    """`early`, `change` or `final` for Helseopplysninger."""
    subject = models.CharField(max_length=40, blank=True)
    """The stay or course that it belongs to."""
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The message that it changes, withdraws or answers."""
    sealed = models.BinaryField()
    """What stands in the form and what it means, as JSON, sealed."""
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who saved it last."""
    version = models.PositiveIntegerField(default=1)
    """Counts the savings, so that nobody saves on top of what they have not seen."""
    page = models.CharField(max_length=32, blank=True)
    """The opened page that saved it last: what a page saved by itself is not unseen by its own button."""
    saved_at = models.DateTimeField()
    sent = models.ForeignKey(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """What became of it. A draft that was thrown away has neither content nor row."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "place"], condition=models.Q(sent__isnull=True), name="draft_open_once"
            )
        ]
        indexes = [models.Index(fields=["sent"], name="draft_sent")]


class DraftFile(models.Model):
    """An attachment of a message that is being written; the row goes when the message is sent or thrown away."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    """Its place in the message."""
    sealed_name = models.BinaryField()
    """What the receiver will see it called: it may say what it shows, so it lies sealed as well."""
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    """Bytes."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draft_file_number")]


class DraftFilePiece(models.Model):
    """At most 1 MB of an attachment, sealed."""

    file = models.ForeignKey(DraftFile, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="draft_file_piece")]
