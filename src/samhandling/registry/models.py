"""Whom we may address, what has been agreed with them, and whom to call."""

from __future__ import annotations

from django.db import models

from samhandling.organisations.models import FIRST_DAY, Organisation, Unit


def default_plo_versions() -> list[str]:
    """Both versions in use; the newest is sent."""
    return ["1.6", "1.5"]


class CommunicationParty(models.Model):
    """A service or person that can be addressed: level 2 of the address register (HIS 1153)."""

    class Kind(models.TextChoices):
        """What the HER-id names."""

        SERVICE = "service", "Tjeneste"
        PERSON = "person", "Person"

    class Function(models.TextChoices):
        """What we use the party for; configuration says so, not the service code alone (addressing 3.3)."""

        NURSING = "nursing", "Sykepleietjeneste"
        CASE_HANDLING = "case_handling", "Saksbehandling"
        DOCTOR = "doctor", "Legetjeneste"
        PSYCH_HEALTH = "psych_health", "Psykisk helsetjeneste"
        PLO_RECEPTION = "plo_reception", "PLO meldingsmottak"
        OTHER = "other", "Annen"

    her_id = models.CharField(max_length=10, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The unit whose people see what the party receives; empty: the whole organisation."""
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SERVICE)
    name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    service_list = models.CharField(max_length=4, blank=True)
    """Number of the service-type list (8663, 8666, 8668, or an older one such as 8656)."""
    service_code = models.CharField(max_length=20, blank=True)
    place_function = models.CharField(max_length=100, blank=True)
    """Sted/funksjon: tells parties of the same service type apart (AD3.20)."""
    function = models.CharField(max_length=20, choices=Function.choices, default=Function.OTHER)
    track = models.CharField(max_length=10, choices=Unit.Track.choices, blank=True)
    """For a hospital's PLO reception: whose messages it takes."""
    carrier = models.CharField(max_length=30, default="loopback")
    """Name of the way out, as in wiring.CARRIERS."""
    edi_address = models.CharField(max_length=200, blank=True)
    plo_versions = models.JSONField(default=default_plo_versions)
    """Versions of Pasientlogistikk that the party takes."""
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "function"], name="party_function")]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """That a hospital and a municipality exchange messages, from when to when, and on which terms (S-47, S-48)."""

    hospital = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)
    takes_cancellation = models.BooleanField(default=True)
    """False: a cancellation becomes a telephone task (T19)."""
    name_and_h_number_accepted = models.BooleanField(default=False)
    """A patient given by name and H-number is sufficiently identified (acceptance requirements 2.7)."""
    plo_version = models.CharField(max_length=5, blank=True)
    """Version of Pasientlogistikk to send; empty: the newest that the receiving party takes."""
    ready_is_estimate = models.BooleanField(default=True)
    """Anslag of event 3, ready for discharge: true as in the official examples (C-11)."""
    final_events_are_estimates = models.BooleanField(default=False)
    """Anslag of the events 1, 2, 4 and 13: the literal true of HIS 1149 (C-11)."""
    reference = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hospital", "municipality", "valid_from"], name="agreement_from"),
        ]


class MessageSetting(models.Model):
    """Who writes a message type for an organisation: the node, or the record system (EPJ)."""

    class Writer(models.TextChoices):
        """Who writes the document."""

        NODE = "node", "Skrives av meldingsknuten"
        EPJ = "epj", "Skrives av EPJ"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    message_type = models.CharField(max_length=30)
    """Code of 8279, such as LOG_INNLAGT."""
    written_by = models.CharField(max_length=5, choices=Writer.choices, default=Writer.NODE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "message_type"], name="message_setting")]


class ReceptionSetting(models.Model):
    """How an organisation receives, where the standards leave a choice (acceptance requirements 2.7)."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    reject_unknown_service = models.BooleanField(default=False)
    """True: a message to a service or person we do not know is rejected with E21 (RECV-64)."""
    attachment_formats = models.JSONField(default=list)
    """Media types of attachments that were agreed; another is rejected with T99. Empty: all are taken (HIS 80415)."""


class Language(models.TextChoices):
    """In which notices are written."""

    NB = "nb", "Bokmål"
    NN = "nn", "Nynorsk"
    EN = "en", "English"


class ContactPoint(models.Model):
    """A phone or mailbox of an organisation, when it is staffed, and from when to when it holds (S-06, S-62)."""

    class Kind(models.TextChoices):
        """What one calls it for."""

        COORDINATOR = "coordinator", "Koordinatortelefon"
        NIGHT = "night", "Nattelefon"
        SWITCHBOARD = "switchboard", "Sentralbord"
        ACUTE_STOP = "acute_stop", "Akutt stans"
        PLANNED_STOP = "planned_stop", "Planlagt stans"
        MESSAGE_RESPONSIBLE = "message_responsible", "Meldingsansvarlig"
        LABORATORY = "laboratory", "Svarmeldinger laboratoriemedisin"
        IMAGING = "imaging", "Svarmeldinger bildediagnostikk"
        DISCHARGE_LETTER = "discharge_letter", "Epikriser"
        PLO = "plo", "PLO- og dialogmeldinger"
        REFERRAL = "referral", "Henvisninger"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=200, blank=True)
    """When it is staffed, such as `workdays 08:00-15:30; sat 10:00-14:00`; empty: always."""
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.NB)
    """In which a copy of a notice is written."""
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "kind"], name="contact_kind")]


class ContactGroup(models.Model):
    """One of the groups that are told of downtime (S-64): an address, never a list of persons in a notice."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    email = models.EmailField()
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.NB)
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name", "valid_from"], name="contact_group")]


class ContactGroupMember(models.Model):
    """Who stands behind a contact group: role first, person only where needed (P-17)."""

    group = models.ForeignKey(ContactGroup, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(max_length=100)
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    mobile = models.CharField(max_length=30, blank=True)
    sms = models.BooleanField(default=False)
    """Wishes notices as text messages, too."""
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)


class RoutineDocument(models.Model):
    """A document that the routine refers to, with version and link (S-51, S-74)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    version = models.CharField(max_length=20, blank=True)
    url = models.URLField(blank=True)
    valid_from = models.DateField(default=FIRST_DAY)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code", "valid_from"], name="routine_document")]


class CounterpartFault(models.Model):
    """How a counterpart in a *test* store misbehaves on purpose: the simulators' switch. Real stores hold none."""

    class Mode(models.TextChoices):
        """What goes wrong."""

        SLOW = "slow", "Svarer sent"
        REJECT_E21 = "reject_e21", "Avviser med E21"
        SILENT = "silent", "Kvitterer aldri"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    """The receiving organisation."""
    mode = models.CharField(max_length=20, choices=Mode.choices)
    minutes = models.PositiveIntegerField(default=0)
    """How late a slow counterpart answers."""
    message_type = models.CharField(max_length=30, blank=True)
    """Only this type (8279); empty: all."""
    reason = models.CharField(max_length=200, blank=True)
    """Shown beside what stays unreceipted."""
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)


class _Asked(models.Model):
    """Something that a national register or issuer was asked; what it answered last stands until it answers anew."""

    answered_at = models.DateTimeField(null=True, blank=True)
    """The instant of the answer that is kept: its age. Empty: there has been none."""
    tried_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    """Code of what went wrong at the last try; empty when it answered."""

    class Meta:
        abstract = True


class RegisteredParty(_Asked):
    """A party as Adresseregisteret answered: the cache, kept apart from what the world file says."""

    her_id = models.CharField(max_length=10, unique=True)
    found = models.BooleanField(default=False)
    """False: the register has no such party (any more)."""
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    organisation_her_id = models.CharField(max_length=10, blank=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    organisation_number = models.CharField(max_length=9, blank=True)
    edi_address = models.CharField(max_length=255, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    signing = models.BinaryField(null=True, blank=True)
    """The certificate that it points to, DER."""
    encryption = models.BinaryField(null=True, blank=True)
    former_signing = models.BinaryField(null=True, blank=True)
    """The one before, and when it was replaced: messages that it signed may still be on their way."""
    signing_changed_at = models.DateTimeField(null=True, blank=True)


class RegisteredAgreement(_Asked):
    """What the CPPA registry answered about one CPAId, or about the newest agreement of a pair of parties."""

    asked = models.CharField(max_length=200, unique=True)
    """A CPAId, or `smaller_larger` HER-id of a pair."""
    found = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField(default=0)
    """1 proposed, 2 valid, 3 revoked, 4 expired, 5 valid but not the newest."""
    document = models.BinaryField(null=True, blank=True)


class RevocationList(_Asked):
    """The list of an issuer as it was fetched."""

    url = models.CharField(max_length=500, unique=True)
    content = models.BinaryField(null=True, blank=True)
    next_update = models.DateTimeField(null=True, blank=True)


class CertificateStatus(_Asked):
    """What an issuer answered of one certificate by OCSP."""

    fingerprint = models.CharField(max_length=64, unique=True)
    certificate = models.BinaryField()
    content = models.BinaryField(null=True, blank=True)
    """The signed answer, DER."""


class RegisterSource(_Asked):
    """How a register is: when it last answered at all, and how far its feed of events has been read."""

    class Name(models.TextChoices):
        """Which."""

        ADDRESSES = "addresses", "Adresseregisteret"
        AGREEMENTS = "agreements", "CPPA-registeret"
        REVOCATION = "revocation", "Tilbakekalling"

    name = models.CharField(max_length=20, choices=Name.choices, unique=True)
    sequence = models.BigIntegerField(null=True, blank=True)
