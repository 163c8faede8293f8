"""A message of a stay that was sent again under a new id: the stay follows the new one (A-01)."""

from __future__ import annotations

from django.db import transaction

from samhandling.exchange.models import Message
from samhandling.jobs.running import Running
from samhandling.stays import telling
from samhandling.stays.models import Expectation, StayEvent
from samhandling.stays.rules.expectations import ExpectationState
from samhandling.stays.work import lock_stay

FOLLOWS = (ExpectationState.SENT, ExpectationState.UNCONFIRMED, ExpectationState.REJECTED)
"""Not in the municipality's hands for certain: the new message decides."""


def resent(running: Running) -> None:
    """Job on `message.resent`: what the stay expects is told by the new message now."""
    with transaction.atomic():
        by = Message.objects.get(pk=running.payload["by"])
        found = Expectation.objects.filter(message_id=running.payload["message"]).values_list("pk", "stay_id").first()
        if found is not None:
            stay = lock_stay(found[1])
            row = Expectation.objects.select_for_update(of=("self",)).get(pk=found[0])
            if ExpectationState(row.state) in FOLLOWS:
                row.message, row.sent_at = by, running.now
                telling.move(row, "sent")
                StayEvent.objects.create(
                    stay=stay, at=running.now, recorded_at=running.now, kind="resent", message=by,
                    data={"code": row.message_code},
                )  # fmt: skip
        running.finish()
