"""Whether telephone calls are in the record, as the room that files them says (`wiring.CALL_LINES`, P-11)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from samhandling.pages.texts import _
from samhandling.pages.values import Status, Tone
from samhandling.stays.models import Call


def filed(made: Collection[Call], now: datetime) -> dict[int, Status]:
    """Call id -> whether it is in the record; what nothing is known of is not."""
    path: str = getattr(import_module(settings.SAMHANDLING_WIRING), "CALL_LINES", "")
    known: dict[int, Status] = import_string(path)([call.pk for call in made], now) if path and made else {}
    return {call.pk: known.get(call.pk) or Status(Tone.QUIET, _("Ikke journalført")) for call in made}
