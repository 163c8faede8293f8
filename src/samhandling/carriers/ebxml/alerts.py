"""What the line tells people: one task for operations per cause, in the organisation that it concerns."""

from __future__ import annotations

from datetime import datetime

import structlog

from samhandling.carriers.ebxml.cases import Case
from samhandling.carriers.models import Transmission
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty
from samhandling.tasks.services import open_task

log = structlog.get_logger("samhandling.carriers.ebxml")
OPERATIONS = "operations"


def false_duplicate(case: Case) -> None:
    """R3: the sender has used a MessageId for two messages."""
    _open(
        "transport.false_duplicate", case.receiver_her, case.sender_her, case.now, severity="high",
        unique=case.message_id,
        text="har brukt samme meldings-ID på to ulike meldinger. Den andre er ikke tatt inn. Be dem sende den på nytt.",
    )  # fmt: skip


def ignored_signal(case: Case, codes: list[str]) -> None:
    """S5: an answer whose signature or form does not hold changes nothing."""
    _open(
        "transport.signal_ignored", case.receiver_her, case.sender_her, case.now, severity="normal",
        text=f"har svart på en måte vi ikke kan stole på ({', '.join(codes[:3])}). Svaret er ikke brukt. "
        "Kontroller sertifikatet deres, og ta kontakt hvis det fortsetter.",
    )  # fmt: skip


def strange_signal(case: Case) -> None:
    """S6: an answer about a message that was sent to somebody else."""
    _open(
        "transport.signal_strange", case.receiver_her, case.sender_her, case.now, severity="high",
        text="har svart på en melding som var sendt til noen andre. Svaret er ikke brukt. Ta kontakt med dem.",
    )  # fmt: skip


def other_digests(case: Case, sent: Transmission) -> None:
    """S5: the acknowledgment is theirs, but what they say they got is not what we sent."""
    _open(
        "transport.other_digests", sent.sender_her, sent.receiver_her, case.now, severity="normal",
        text="har bekreftet en melding med et annet innhold enn vi sendte. Ring og hør hva de har mottatt.",
        unique=str(sent.transport_id),
    )  # fmt: skip


def late(sent: Transmission, now: datetime) -> None:
    """S7: acknowledged after we had given up."""
    _open(
        "transport.late", sent.sender_her, sent.receiver_her, now, severity="low",
        text="har bekreftet en melding etter at vi hadde gitt den opp. Den er kommet fram. "
        "Er den sendt på nytt i mellomtiden, har de fått den to ganger.",
        unique=str(sent.transport_id),
    )  # fmt: skip


def answer_bounced(sender_her: str, receiver_her: str, now: datetime) -> None:
    """Our acknowledgment or error did not reach them: they will send again."""
    _open(
        "transport.answer_bounced", sender_her, receiver_her, now, severity="normal",
        text="kan ikke få transportkvitteringene våre. Kontroller EDI-adressen deres i Adresseregisteret.",
    )  # fmt: skip


def test_message(case: Case) -> None:
    """R42: a message marked as test on a node that is not for testing."""
    _open(
        "transport.test_message", case.receiver_her, case.sender_her, case.now, severity="normal",
        text="har sendt en testmelding til produksjon. Den er kvittert, men ikke tatt inn. Gi dem beskjed.",
    )  # fmt: skip


def refused_reply(sent: Transmission, codes: list[str], now: datetime) -> None:
    """What stood in an HTTP response cannot be believed; the message goes again."""
    _open(
        "transport.signal_ignored", sent.sender_her, sent.receiver_her, now, severity="normal",
        text=f"har svart på en måte vi ikke kan stole på ({', '.join(codes[:3])}). Svaret er ikke brukt. "
        "Kontroller sertifikatet deres, og ta kontakt hvis det fortsetter.",
    )  # fmt: skip


def _open(
    cause: str, our_her: str, their_her: str, now: datetime, *, severity: str, text: str, unique: str = ""
) -> None:
    organisation = _hosted(our_her)
    if organisation is None:
        log.warning("an alert concerns nobody here", cause=cause)
        return
    party = CommunicationParty.objects.filter(her_id=their_her).first()
    name = f"{party.name} ({their_her})" if party is not None else f"HER-id {their_her}"
    open_task(
        organisation=organisation, kind="technical", cause=cause, severity=severity, now=now,
        subject=f"counterpart:{their_her}", group_key=f"{cause}:{their_her}",
        unique_key=f"{cause}:{their_her}:{unique[:80]}", text=f"{name} {text}", role=OPERATIONS,
    )  # fmt: skip


def _hosted(her_id: str) -> Organisation | None:
    party = CommunicationParty.objects.filter(her_id=her_id, organisation__hosted=True).first()
    return party.organisation if party is not None else None
