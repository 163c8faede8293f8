"""Work for people: one row per thing that somebody must do, and what was done about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Severity(models.TextChoices):
    """How much it hurries; the order is the order of lists."""

    LOW = "low"
    NORMAL = "normal"
    MEDIUM = "medium"
    HIGH = "high"


SEVERITY_ORDER: dict[str, int] = {"high": 0, "medium": 1, "normal": 2, "low": 3}


class Task(models.Model):
    """One piece of work. It never disappears: it is closed, with how, when and by whom."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisations.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The ward or service whose work it is; empty: the organisation's message responsible."""
    role = models.CharField(max_length=30, blank=True)
    """Role whose desk it also stands on, when the unit alone does not say it (`message_responsible`, `operations`)."""
    patient = models.ForeignKey("patients.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    """What the person does: see `services.KINDS`."""
    cause = models.CharField(max_length=60)
    """Stable code of why it exists, for grouping, statistics and texts: `stay.h_number`, `A-11` …"""
    anomaly = models.CharField(max_length=10, blank=True)
    """A-01 … A-21 of routines 2.6 when it tells of a condition that lasts: it is reminded of until that is over."""
    severity = models.CharField(max_length=10, choices=Severity.choices)
    subject = models.CharField(max_length=60, blank=True)
    """What it is about: `stay:12`, `message:34`, `adt:56`."""
    due_at = models.DateTimeField(null=True, blank=True)
    group_key = models.CharField(max_length=120, blank=True)
    """Tasks with the same key are one row in lists (A-01: one counterpart, one cause)."""
    unique_key = models.CharField(max_length=160, blank=True)
    """At most one open task has it: opening again changes nothing but what has become more urgent."""
    text = models.TextField(blank=True)
    """What to do, in bokmål. No identity numbers and no message content."""
    phone = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey("access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_how = models.CharField(max_length=60, blank=True)
    """Stable code: `done`, `resolved` (the cause went away by itself), `obsolete`, `called` …"""
    closing_note = models.TextField(blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    """When it is reminded of next, while the condition lasts."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveIntegerField(default=0)
    acknowledged_by = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who knows of it until `remind_at`; empty: nobody has said so, or the time is over."""
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "unique_key"],
                condition=Q(closed_at__isnull=True) & ~Q(unique_key=""),
                name="task_unique_while_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "unit", "due_at"], condition=Q(closed_at__isnull=True), name="task_open"
            ),
            models.Index(fields=["organisation", "subject"], name="task_subject"),
            models.Index(fields=["patient"], name="task_patient"),
            models.Index(fields=["organisation", "opened_at"], name="task_opened"),
            models.Index(
                fields=["organisation", "closed_at"],
                condition=Q(closed_at__isnull=False) & ~Q(anomaly=""),
                name="task_anomaly_over",
            ),
        ]


class TaskStep(models.Model):
    """What happened with a task, appended only."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    user = models.ForeignKey("access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Empty: the node itself."""
    kind = models.CharField(max_length=20)
    """`taken`, `given`, `released`, `noted`, `raised`, `acknowledged`, `reminded`, `closed`."""
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
