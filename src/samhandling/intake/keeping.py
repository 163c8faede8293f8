"""How long the bytes from the patient system are kept: until they have been used, and some time after (P-11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from samhandling.access import audit
from samhandling.configuration import configuration
from samhandling.intake.life import State
from samhandling.intake.models import AdtOriginal
from samhandling.jobs.running import Running

FINAL = (State.DONE, State.REFUSED)
"""States in which nobody needs the bytes any more, but to look at them. What waits, failed or was set aside is kept."""
AT_ONCE = 1000


def forget(running: Running) -> None:
    """Job, each hour: delete the originals of records that were settled longer ago than `adt_original_days`."""
    while delete_originals(now=running.now, days=configuration().adt_original_days):
        pass
    with transaction.atomic():
        running.finish()


@transaction.atomic
def delete_originals(*, now: datetime, days: int) -> int:
    """Delete at most a thousand of them, and give how many; stands in the log.

    The records stay, so that a repeat is still known.
    """
    old = AdtOriginal.objects.filter(record__state__in=FINAL, record__settled_at__lt=now - timedelta(days=days))
    found = list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if found:
        AdtOriginal.objects.filter(pk__in=found).delete()
        audit.record(None, "adt.originals_deleted", now=now, purpose=f"{len(found)} settled {days} days ago or earlier")
    return len(found)
