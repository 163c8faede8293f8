"""Work for people that passing on and filing give, in plain bokmål."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from samhandling.errors import redact
from samhandling.messages import codes
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.tasks.services import close_tasks, open_task
from samhandling.writing.models import Filing

RESPONSIBLE, OPERATIONS = "message_responsible", "operations"


def refused_key(msg_id: str, data: bytes) -> str:
    """One open task for each document: by its MsgId, or by its bytes where it has none."""
    name = msg_id.strip().lower()
    return f"pass_on:{sha256(name.encode() or data).hexdigest()[:32]}"


def refused(
    organisation: Organisation, *, key: str, message_type: str, texts: Iterable[str], patient: Patient | None,
    now: datetime,
) -> None:  # fmt: skip
    """A finished document of the EPJ was not sent: the message responsible must see to it."""
    name = (codes.text("8279", message_type) if message_type else None) or "En melding"
    open_task(
        organisation=organisation, kind="decide", cause="pass_on.refused", severity="high", now=now, patient=patient,
        unique_key=key, role=RESPONSIBLE,
        text=redact(f"{name} fra journalsystemet er ikke sendt. {' '.join(list(texts)[:5])}"),
    )  # fmt: skip


def passed_on(organisation: Organisation, *, key: str, now: datetime) -> None:
    """What was asked about the document is answered: it is sent."""
    close_tasks(unique_key=key, organisation=organisation, how="resolved", now=now)


def _pick_up_key(organisation: Organisation) -> str:
    return f"pick_up:{organisation.pk}"


def pick_up_trouble(organisation: Organisation, *, reason: str, now: datetime) -> None:
    """The folder where the EPJ lays its documents cannot be used."""
    open_task(
        organisation=organisation, kind="technical", cause="pass_on.folder", severity="high", now=now,
        unique_key=_pick_up_key(organisation), role=OPERATIONS,
        text=(
            f"Mappen der journalsystemet legger meldinger, kan ikke brukes ({reason}). Meldinger blir ikke sendt "
            "derfra. Se om disken er full, om mappen er borte, og om noden har tilgang."
        ),
    )  # fmt: skip


def pick_up_works(organisation: Organisation, *, now: datetime) -> None:
    """The folder can be used again."""
    close_tasks(unique_key=_pick_up_key(organisation), organisation=organisation, how="resolved", now=now)


def _record_key(organisation_id: int) -> str:
    return f"record:{organisation_id}"


def record_trouble(organisation: Organisation, *, reason: str, now: datetime) -> None:
    """The record takes nothing: its folder is full or gone."""
    open_task(
        organisation=organisation, kind="technical", cause="record.unavailable", severity="high", now=now,
        unique_key=_record_key(organisation.pk), role=OPERATIONS,
        text=(
            f"Meldinger kommer ikke inn i journalen: journalmappen kan ikke brukes ({reason}). Ingenting er tapt, og "
            "det prøves igjen. Se om disken er full, om mappen er borte, og om noden har tilgang."
        ),
    )  # fmt: skip


def record_works(organisation: Organisation, *, now: datetime) -> None:
    """The record takes documents again."""
    close_tasks(unique_key=_record_key(organisation.pk), organisation=organisation, how="resolved", now=now)


def _unfiled_key(filing: Filing) -> str:
    return f"unfiled:{filing.pk}"


def unfiled(filing: Filing, *, now: datetime) -> None:
    """P-11: a message is not in the record an hour after it should have been given to it."""
    subject = f"message:{filing.message_id}" if filing.message_id else filing.call.subject if filing.call else ""
    open_task(
        organisation=filing.organisation, kind="technical", cause="record.unfiled", severity="medium", now=now,
        patient=filing.patient, subject=subject, group_key=f"unfiled:{filing.organisation_id}",
        unique_key=_unfiled_key(filing), role=RESPONSIBLE,
        text=(
            "Meldingen er ikke journalført innen en time. Les den her så lenge, og be IKT se om journalsystemet "
            "henter fra mappen."
        ),
    )  # fmt: skip


def filed(filing: Filing, *, now: datetime) -> None:
    """The message is in the record after all."""
    close_tasks(unique_key=_unfiled_key(filing), organisation=filing.organisation, how="resolved", now=now)
