"""The version that stands of a message that people write: what the next one changes, or what a cancellation takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from samhandling.exchange.models import Delivery, Direction, Message, Role
from samhandling.exchange.rules import DeliveryState
from samhandling.organisations.models import Organisation


def standing_version(organisation: Organisation, subject: str, message_type: str) -> Message | None:
    """The message of that type that stands in that stay or course: sent from here, not withdrawn.

    Nor rejected by its main receiver: what only a copy receiver rejected stands.
    """
    refused = Delivery.objects.filter(message=OuterRef("pk"), role=Role.PRIM, state=DeliveryState.REJECTED)
    return (
        Message.objects.filter(
            organisation=organisation, direction=Direction.OUT, type=message_type, subject=subject, cancelled_by=None
        )
        .exclude(status="C")
        .exclude(Exists(refused))
        .order_by("generated_at", "pk")
        .last()
    )


def status_of(values: Mapping[str, Any], last: Message | None) -> str:
    """Forsendelsesstatus: a cancellation where that was asked for, a change of what stands, else new (HISD 1154)."""
    return "C" if values.get("status") == "C" else "M" if last is not None else "N"
