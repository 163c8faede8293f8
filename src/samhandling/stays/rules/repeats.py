"""What the patient system repeats in every message: a value that it has said before is no news (docs/adt-feed.md).

Without this a ready date that people have withdrawn, or a municipality that they have corrected, would come back with
the next message about something else, and a ready date in the future would confirm itself on its day (C-08, F10).
"""

from __future__ import annotations

from typing import Any

import msgspec

from samhandling.stays import events
from samhandling.stays.events import Event
from samhandling.stays.rules.step import named
from samhandling.stays.rules.values import Said


def is_repeat(said: Said, event: Event) -> bool:
    """True when the feed has said so before; what an event leaves open (a name, a mistake or not) is no difference."""
    match event:
        case events.MunicipalUserSet():
            return said.user is event.value and event.by_mistake in (None, said.user_mistake)
        case events.NeedAssessed():
            return said.need is event.value
        case events.ReadySet():
            same_name = not named(event.decided_by) or event.decided_by == said.ready_by
            return said.ready == event.ready_date and same_name
        case events.ReadyCleared():
            return said.cleared and event.by_mistake in (False, said.cleared_mistake)
        case events.Died(standing=True):
            return said.dead is True
        case events.DeathUndone(standing=True):
            return said.dead is False
        case _:
            return False


def remember(said: Said, event: Event) -> Said:
    """What the feed has said, once it has said this too; the same object when that is no news."""
    changes = {} if is_repeat(said, event) else _news(said, event)
    number = event.about.patient.municipality_number
    if number and number != said.municipality:
        changes["municipality"] = number
    return msgspec.structs.replace(said, **changes) if changes else said


def _news(said: Said, event: Event) -> dict[str, Any]:
    match event:
        case events.MunicipalUserSet():
            return {"user": event.value, "user_mistake": event.by_mistake}
        case events.NeedAssessed():
            return {"need": event.value}
        case events.ReadySet():
            keeps = said.ready == event.ready_date and not named(event.decided_by)
            by = said.ready_by if keeps else event.decided_by
            return {"ready": event.ready_date, "ready_by": by, "cleared": False, "cleared_mistake": False}
        case events.ReadyCleared():
            return {"ready": None, "ready_by": None, "cleared": True, "cleared_mistake": event.by_mistake}
        case events.Died():
            return {"dead": True}
        case events.DeathUndone():
            return {"dead": False}
        case _:
            return {}
