"""What came from the patient system: one row a message, its bytes apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from samhandling.intake.life import State


class AdtRecord(models.Model):
    """One message that was taken in, or refused. Holds no content: only what names it and what became of it.

    Life cycle: `life.TABLE`.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Found through `adt_received`."""
    line = models.CharField(max_length=40)
    """Name of the line it came on; `file` for files."""
    sending_application = models.CharField(max_length=100, blank=True)
    """MSH-3."""
    sending_facility = models.CharField(max_length=100, blank=True)
    """MSH-4."""
    control_id = models.CharField(max_length=100, blank=True)
    """MSH-10."""
    trigger = models.CharField(max_length=20, blank=True)
    """MSH-9, as `ADT^A01`."""
    repeat_key = models.CharField(max_length=64, null=True)
    """Hash of MSH-3, MSH-4 and MSH-10; with an empty MSH-10 of the bytes too."""
    charset = models.CharField(max_length=20)
    """What an empty MSH-18 meant on the line."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the bytes."""
    size = models.IntegerField()
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=2)
    """What was answered: AA or AR."""
    answer = models.BinaryField()
    """The answer itself: a repeat gets the same bytes."""
    patient_key = models.CharField(max_length=200, blank=True)
    """Job key of the first identifier: a keyed hash."""
    visit_index = models.CharField(max_length=64, blank=True)
    """Keyed hash of the visit number."""
    state = models.CharField(max_length=10, default=State.WAITING.value)
    error_code = models.CharField(max_length=80, blank=True, default="")
    """Stable code of why it was refused, failed or was set aside; of a done one, what was doubtful in it."""
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "repeat_key"], name="adt_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "received_at"], name="adt_received"),
            models.Index(fields=["state"], condition=~Q(state=State.DONE.value), name="adt_open"),
            models.Index(fields=["patient_key"], name="adt_patient"),
        ]


class AdtOriginal(models.Model):
    """The bytes of one record as they came, sealed: they hold identity numbers. Deleted alone."""

    record = models.OneToOneField(AdtRecord, primary_key=True, on_delete=models.CASCADE, related_name="original")
    sealed = models.BinaryField()
