"""The line about the record on the page of a message: *Journalført kl. …* or *Ikke journalført* (P-11, routines 10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from samhandling.exchange.models import Message
from samhandling.exchange.rules import MessageState
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Status, Tone
from samhandling.writing import rules
from samhandling.writing.models import Filing
from samhandling.writing.records import setting_of
from samhandling.writing.rules import FilingState


def filed(message: Message, now: datetime) -> Status | None:
    """Where the message stands on its way into the record; None for one that does not belong there."""
    if not rules.belongs_in_record(message.standard, message.state):
        return None
    filing = Filing.objects.select_related("organisation").filter(message=message).first()
    if filing is not None and filing.state == FilingState.FILED and filing.filed_at is not None:
        return Status(Tone.OK, _("Journalført %(when)s") % {"when": moment(filing.filed_at, now)})
    if message.state == MessageState.REMOVED:
        return Status(Tone.QUIET, _("Ikke journalført"), _("Innholdet er slettet."))
    if filing is not None and filing.state == FilingState.HELD:
        return Status(
            Tone.WARN,
            _("Til avklaring (ikke journalført)"),
            _("Meldingen journalføres når noen har avgjort hvem den gjelder."),
        )
    return Status(_tone(filing, now), _("Ikke journalført"), _why(filing))


def calls_filed(calls: Collection[int], now: datetime) -> dict[int, Status]:
    """Telephone call id -> where its note stands on its way into the record (`wiring.CALL_LINES`)."""
    found = {}
    for filing in Filing.objects.select_related("organisation").filter(call__in=list(calls)):
        if filing.state == FilingState.FILED and filing.filed_at is not None:
            status = Status(Tone.OK, _("Journalført %(when)s") % {"when": moment(filing.filed_at, now)})
        else:
            status = Status(_tone(filing, now), _("Ikke journalført"), _why_call(filing))
        found[filing.call_id or 0] = status
    return found


def _why_call(filing: Filing) -> str:
    if filing.state == FilingState.HELD:
        return _("Samtalen journalføres når noen har avgjort hvem den gjelder.")
    if filing.state == FilingState.HANDED:
        return _("Samtalen er gitt til journalsystemet, som ikke har bekreftet den ennå.")
    if setting_of(filing.organisation) is None:
        return _("Noden er ikke satt opp med et journalsystem.")
    return _("Samtalen venter på å bli gitt til journalsystemet.")


def _tone(filing: Filing | None, now: datetime) -> Tone:
    if filing is None or filing.state == FilingState.DROPPED or filing.due_at is None:
        return Tone.QUIET
    return Tone.BAD if filing.due_at <= now else Tone.WAIT


def _why(filing: Filing | None) -> str:
    if filing is None:
        return ""
    if filing.state == FilingState.DROPPED:
        return _("Innholdet er slettet.")
    if filing.state == FilingState.HANDED:
        return _("Meldingen er gitt til journalsystemet, som ikke har bekreftet den ennå.")
    if setting_of(filing.organisation) is None:
        return _("Noden er ikke satt opp med et journalsystem.")
    return _("Meldingen venter på å bli gitt til journalsystemet.")
