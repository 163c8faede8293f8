"""Organisations, their units, and the municipality numbers of the country through the years."""

from __future__ import annotations

from datetime import date

from django.db import models

FIRST_DAY = date(2000, 1, 1)
"""Validity starts here where nobody said when."""


class Organisation(models.Model):
    """A hospital trust, municipality or other organisation: level 1 of the address register.

    Organisations are found by HER-id, organisation number or municipality number, never by name (C-09).
    """

    class Kind(models.TextChoices):
        """What sort of organisation."""

        HOSPITAL = "hospital", "Sykehus"
        MUNICIPALITY = "municipality", "Kommune"
        GP = "gp", "Fastlegekontor"
        OTHER = "other", "Annen"

    name = models.CharField(max_length=200)
    her_id = models.CharField(max_length=10, unique=True)
    """HER-id of level 1, digits only."""
    organisation_number = models.CharField(max_length=9, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    municipality_number = models.CharField(max_length=4, blank=True, db_index=True)
    """The number in use now (or the last one, for a closed municipality); earlier ones: MunicipalityNumber."""
    hosted = models.BooleanField(default=False)
    """True when this node sends and receives for the organisation."""
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)
    """The last day; empty while it lasts."""
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A ward, service, zone or office of one organisation."""

    class Kind(models.TextChoices):
        """What sort of unit."""

        EMERGENCY = "emergency", "Akuttmottak"
        WARD = "ward", "Sengepost"
        SERVICE = "service", "Tjeneste"
        ZONE = "zone", "Sone"
        OFFICE = "office", "Kontor"

    class Track(models.TextChoices):
        """Which PLO reception of the hospital the unit belongs to."""

        SOMATIC = "SOMATIC", "Somatikk"
        PSYCH = "PSYCH", "Psykiatri"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=40)
    """The code that the patient system uses (PV1-3); unique in the organisation at any one day."""
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    track = models.CharField(max_length=10, choices=Track.choices, default=Track.SOMATIC)
    inpatient = models.BooleanField(default=False)
    """True when a patient here is admitted for an overnight stay (S-31)."""
    phone = models.CharField(max_length=30, blank=True)
    leader = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code", "valid_from"], name="unit_code_from")]

    def __str__(self) -> str:
        return self.name


class MunicipalityNumber(models.Model):
    """One municipality number in one period, and the number that took its place (C-09)."""

    number = models.CharField(max_length=4)
    name = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor_number = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "valid_from"], name="municipality_number_from")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
