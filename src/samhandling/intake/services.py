"""Take messages in from files and simulators, and try again what was set aside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from samhandling.hl7 import reader
from samhandling.hl7.mllp import Piece
from samhandling.intake import life, storing
from samhandling.intake.life import Event, State
from samhandling.intake.lines import file_line, mapping_of
from samhandling.intake.models import AdtRecord
from samhandling.intake.reception import Line, keys_of, receive
from samhandling.intake.storing import Stored
from samhandling.jobs import services as jobs
from samhandling.jobs.wake import wake_after_commit
from samhandling.organisations.models import Organisation
from samhandling.patients.services import patient_key, vault
from samhandling.tasks.services import close_tasks


def take_in(content: bytes, *, organisation: Organisation, now: datetime, line: Line | None = None) -> Stored:
    """Store one message as the listener does, and give its answer; `now` is aware UTC.

    `line` says how the feed is read; without it as files are. The job that applies it runs in the worker. Never raises
    for what the message holds.
    """
    under = line or file_line(organisation)
    stored = storing.store([(receive(Piece(content), under, now=now), under)])[0]
    wake_after_commit()
    return stored


@transaction.atomic
def try_again(record_id: int, *, organisation: Organisation, now: datetime) -> None:
    """Put a record that was set aside in line again, when its cause has been removed.

    Raises AdtRecord.DoesNotExist for one of another organisation, WrongStateError for one that is not set aside.
    """
    record = AdtRecord.objects.select_for_update().get(pk=record_id, organisation=organisation)
    record.state = life.step(State(record.state), Event.AGAIN)
    record.error_code = ""
    record.settled_at = None
    record.save(update_fields=["state", "error_code", "settled_at"])
    close_tasks(subject=f"adt:{record.pk}", how="tried_again", now=now)
    message = reader.read(storing.original(record.pk), record.charset)
    keys = keys_of(
        message,
        mapping_of(record.line),
        organisation.pk,
        patient_key=patient_key,
        index=lambda text: vault().index(text),
    )
    jobs.enqueue(storing.APPLY, {"record": record.pk}, now=now, keys=keys)
