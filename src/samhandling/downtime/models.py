"""Outages, what is planned because of them, and the ledger of who was told what (routines 4.1, 4.4).

No row here holds anything about a patient.
"""

from __future__ import annotations

from django.db import models

from samhandling.access.models import User
from samhandling.downtime.rules.life import OVER, State
from samhandling.organisations.models import Organisation, Unit


class Outage(models.Model):
    """A stop of the exchange, or of access to the messages (S-54), seen from one hosted organisation."""

    class Kind(models.TextChoices):
        """Known beforehand or not."""

        PLANNED = "planned", "Planlagt"
        ACUTE = "acute", "Akutt"

    class Affects(models.TextChoices):
        """What does not work."""

        EXCHANGE = "exchange", "Sending og mottak"
        ACCESS = "access", "Lesing av mottatte meldinger"
        BOTH = "both", "Begge deler"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    affects = models.CharField(max_length=10, choices=Affects.choices, default=Affects.EXCHANGE)
    families = models.JSONField(default=list)
    """Message families: `plo dialogmelding epikrise henvisning svarrapport`."""
    municipalities = models.JSONField(default=list)
    """Municipality numbers; none is all that have an agreement."""
    own_side = models.BooleanField(default=True)
    """The stop is the organisation's own, not the counterpart's."""
    copies = models.BooleanField(default=True)
    """The municipalities get a copy of the notices, where the stop is the organisation's own."""
    cause = models.CharField(max_length=200, blank=True)
    """Why, in words that every reader of a notice may see."""
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    """The estimated end."""
    next_update = models.DateTimeField(null=True, blank=True)
    """When more is told, while the end is not known (S-60)."""
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was over, or cancelled."""
    reported_by = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=30, blank=True)
    """How the report came: `phone mail page node`."""
    state = models.CharField(max_length=20, default=State.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    """Grows with each change of times; what was planned for an older one lapses."""
    announce_anyway = models.BooleanField(default=False)
    together = models.BooleanField(default=False)
    """It must be announced because of the outages that it overlaps (D-19)."""
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The second person who has read what will be sent, where the policy asks for one."""
    approved_at = models.DateTimeField(null=True, blank=True)
    announced = models.BooleanField(default=False)
    told_start = models.DateTimeField(null=True, blank=True)
    told_end = models.DateTimeField(null=True, blank=True)
    told_extended = models.BooleanField(default=False)
    published_until = models.DateTimeField(null=True, blank=True)
    published = models.BooleanField(default=False)
    texts = models.JSONField(default=dict)
    """What a person has changed: notice -> {subject, body}."""
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"], name="outage_state")]

    @property
    def subject(self) -> str:
        """How tasks and the log name it."""
        return f"outage:{self.pk}"

    @property
    def over(self) -> bool:
        """Finished or cancelled."""
        return self.state in OVER


class PlannedAction(models.Model):
    """One thing that shall happen at a time, and what became of it."""

    class State(models.TextChoices):
        """What became of it."""

        PLANNED = "planned", "Planlagt"
        DONE = "done", "Utført"
        LAPSED = "lapsed", "Gjelder ikke lenger"
        MISSED = "missed", "Ikke utført"

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="actions")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    rule = models.CharField(max_length=10)
    notice = models.CharField(max_length=20, blank=True)
    round = models.PositiveSmallIntegerField(null=True, blank=True)
    recipients = models.JSONField(default=list)
    until = models.DateTimeField(null=True, blank=True)
    if_ongoing = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    settled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    """Why it lapsed or was missed."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outage", "version", "kind", "rule", "at"], name="planned_action_once")
        ]


class Notice(models.Model):
    """One notice to one recipient by one channel: the ledger's proof (issued once, its Message-ID stored first)."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", "Venter på å bli sendt"
        SENDING = "sending", "Sendes"
        SENT = "sent", "Sendt"
        REFUSED = "refused", "Avvist"
        BOUNCED = "bounced", "Kom i retur"
        LAPSED = "lapsed", "Gjelder ikke lenger"

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="notices")
    action = models.ForeignKey(PlannedAction, on_delete=models.PROTECT, related_name="notices")
    channel = models.CharField(max_length=20)
    recipient = models.CharField(max_length=100)
    """Name of the group, or of the municipality."""
    address = models.CharField(max_length=254)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    possibly_twice = models.BooleanField(default=False)
    """A connection died between the content and its answer: the same Message-ID was sent again."""
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    """What the mail server said, or why nothing was sent."""
    returned_at = models.DateTimeField(null=True, blank=True)
    """When the mail server's word that it did not arrive, or is late, was read."""
    returned = models.CharField(max_length=300, blank=True)
    """What it said: status of RFC 3463 and words."""
    followed_at = models.DateTimeField(null=True, blank=True)
    followed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    followed_how = models.CharField(max_length=200, blank=True)
    """How the recipient was told all the same."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "channel", "recipient", "address"], name="notice_once"),
        ]


class OutageEntry(models.Model):
    """One line of the ledger: what was done, when, by whom (S-57, 4.4). Never changed."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    what = models.CharField(max_length=30)
    rule = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")


class ChecklistTick(models.Model):
    """A step of the checklist that a person has done (S-49)."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="ticks")
    step = models.CharField(max_length=30)
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outage", "step"], name="tick_once")]


class OutageReport(models.Model):
    """That somebody has reported trouble: who, when, by which channel (S-05)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    who = models.CharField(max_length=100)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=254, blank=True)
    """Of a mail: its sender, as the mail says."""
    known_as = models.CharField(max_length=200, blank=True)
    """Whose address that is in the register of contacts; empty: nobody's."""
    text = models.TextField()
    masked = models.BooleanField(default=False)
    """Held what looked like a person number; it was taken out before anything was stored."""
    channel = models.CharField(max_length=20)
    """`page phone mail`."""
    outage = models.ForeignKey(Outage, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    """The outage that came of it."""
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="outage_report_at")]


class IncomingMail(models.Model):
    """A mail in one of the desk's mailboxes, kept before it is deleted there; never looked at twice."""

    class Kind(models.TextChoices):
        """What it was."""

        FAILED = "failed", "Varsel som ikke kom fram"
        DELAYED = "delayed", "Varsel som er forsinket"
        DELIVERED = "delivered", "Varsel som kom fram"
        AUTOMATIC = "automatic", "Automatisk svar"
        REPORT = "report", "Melding om stans"
        UNKNOWN = "unknown", "Retur som ikke kan plasseres"
        OTHER = "other", "Annen e-post"
        UNREADABLE = "unreadable", "Kan ikke leses"
        TOO_LARGE = "too_large", "For stor"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mailbox = models.CharField(max_length=200)
    mail_key = models.CharField(max_length=100)
    """The mail server's own id of it."""
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    size = models.PositiveBigIntegerField()
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    """Its words, where a person must look at it; what looks like a person number is taken out."""
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Which notice it is about."""
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "mail_key"], name="incoming_mail_once")]
        indexes = [models.Index(fields=["organisation", "at"], name="incoming_mail_at")]


class SuspicionMute(models.Model):
    """A person has said that what looked like an outage is none: nothing is proposed for a while."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    counterpart_her = models.CharField(max_length=20, blank=True)
    """Level-1 HER-id; empty: ourselves."""
    reason = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "until"], name="suspicion_mute_until")]


class EmergencyPrint(models.Model):
    """One ward's print-outs for emergencies: the pass phrase that opens them, and when one was last made."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    pass_phrase = models.BinaryField()
    """Sealed."""
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)


class RegisterEntry(models.Model):
    """Who added, changed or confirmed a contact, group or document, and when it came up for review. Never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """Who keeps the register."""
    table = models.CharField(max_length=10)
    """`kontakt gruppe medlem dokument`."""
    row = models.BigIntegerField()
    what = models.CharField(max_length=10)
    """`seen added changed confirmed asked`."""
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "table", "row"], name="register_entry_row")]


class DowntimePolicyChange(models.Model):
    """Where an organisation's procedure differs from the shipped one, from a day on."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    valid_from = models.DateField()
    changes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "valid_from"], name="downtime_policy_from")]
