"""Patients of one organisation, their numbers through time, and merges."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Patient(models.Model):
    """One person as one organisation knows them. Two organisations on a node never share a row (design 3a)."""

    class Protection(models.TextChoices):
        """Marks of the population register for protected addresses (P-10)."""

        NONE = "", "Ingen"
        STRICT = "6", "Strengt fortrolig adresse"
        CONFIDENTIAL = "7", "Fortrolig adresse"

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    name_key = models.CharField(max_length=320, blank=True)
    """The names in lower case, each after a blank: what a search by name looks into, the same on both stores."""
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    """Code of list 3101; empty: not known."""
    municipality_number = models.CharField(max_length=4, blank=True)
    """Where the person lives; empty: not known."""
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    protection = models.CharField(max_length=1, choices=Protection.choices, blank=True, default="")
    provisional = models.BooleanField(default=False)
    """True while the person is known from received messages only: no record system of ours has named them."""
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Set when another row took over (A40); rows of other rooms then point to that one."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "birth_date"], name="patient_born")]

    def __str__(self) -> str:
        return f"patient {self.pk}"


class PatientNumber(models.Model):
    """One number of a patient, encrypted, found through its keyed hash, with the time it was in use (P-09)."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="numbers")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    """Code of list 8116, or `LOCAL` for the patient system's own number."""
    sealed = models.BinaryField()
    index = models.CharField(max_length=64)
    issuer = models.CharField(max_length=100, blank=True)
    valid = models.BooleanField(default=True)
    """False when the number breaks the rules of its kind (check digits, date)."""
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    """When another number replaced it; it stays searchable."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "index", "kind", "issuer"],
                condition=Q(valid_to__isnull=True),
                name="number_in_use_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "index"], name="number_index")]


class PatientMerge(models.Model):
    """That one row took over from another: when, why and by whom. Never undone, never deleted."""

    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    user = models.ForeignKey("access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Empty: the patient system said so (A40)."""
    source = models.CharField(max_length=60, blank=True)
    moved = models.JSONField(default=dict)
    """How many rows of each table followed."""
