"""What belongs to the desks themselves: when one was staffed, what was reported elsewhere, how it is followed."""

from __future__ import annotations

from django.db import models

from samhandling.access.models import User
from samhandling.organisations.models import Organisation


class DeskWatch(models.Model):
    """One span in which somebody of a role was at the desk: begins after the desk has stood empty for a while."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    empty_since = models.DateTimeField(null=True, blank=True)
    """When the desk was left before this span; empty for the first."""

    class Meta:
        indexes = [models.Index(fields=["organisation", "role", "-last_at"], name="desk_watch_last")]


class FormReport(models.Model):
    """*Meldt på eget skjema* (S-42): that a breach of routine or agreement was reported outside the exchange."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reported_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    """The number that the form's own system gave."""
    counterpart = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=300)
    """What it is about, without names and numbers of patients."""
    subject = models.CharField(max_length=60, blank=True)
    """What it reports, such as `breach:12`."""
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "reported_on"], name="form_report_list")]


class FollowUp(models.Model):
    """One step in following up an avviksmelding, a breach or a report; the last one tells where it stands."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "Følges opp"
        DONE = "done", "Ferdig"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    """`message:34`, `breach:12` or `report:5`."""
    state = models.CharField(max_length=5, choices=State.choices)
    note = models.CharField(max_length=300)
    """What was done, without names and numbers of patients."""
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "subject", "id"], name="follow_up_subject")]
