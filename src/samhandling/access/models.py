"""Users, the roles they hold, failed log-ins, and the log of what people read and did."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models

from samhandling.access.roles import Role
from samhandling.organisations.models import Organisation, Unit


class User(AbstractUser):
    """A person who logs in."""

    demo = models.BooleanField(default=False)
    """A made-up person of a demo world; never gets in on a store that is not marked *test*."""
    language = models.CharField(max_length=2, blank=True)
    """The person's own choice (`nb nn en`); empty: the node's. On the row, because ward machines are shared."""

    @property
    def shown_name(self) -> str:
        """First and last name, else the log-in name."""
        return self.get_full_name() or self.username


class Membership(models.Model):
    """One role of one user in one organisation, for one unit or (without unit) for all of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "unit", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(unit__isnull=True),
                name="membership_everywhere_once",
            ),
        ]


class LoginFailure(models.Model):
    """A refused log-in: what slows down guessing. Names and addresses only as keyed hashes; rows live for a day."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="login_failure_key")]


class AuditEntry(models.Model):
    """One act of one person: reading, writing, sending, exporting, configuring, or an access that was refused (P-05).

    Appended in the transaction of the act itself, never changed. `user_id`, `patient_id` and `organisation_id` are
    plain numbers: the entry outlives what it speaks of, and the log stands above the patients in the order of rooms.
    """

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=24, blank=True)
    organisation_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    """Code of the act, such as `stay.read`, `stay.register`, `message.read`, `access.refused`."""
    patient_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=60, blank=True)
    """`stay:12`, `message:34`, `task:56`."""
    purpose = models.CharField(max_length=200, blank=True)
    """Why, where that is asked for; never content, never an identity number."""

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "at"], name="audit_organisation_at"),
            models.Index(fields=["patient_id", "at"], name="audit_patient_at"),
            models.Index(fields=["user_id", "at"], name="audit_user_at"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append; an entry that stands is never written again."""
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        from samhandling.access.audit import AuditIsFinalError

        raise AuditIsFinalError
