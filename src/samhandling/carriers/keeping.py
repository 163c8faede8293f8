"""How long transmissions, answers and raw envelopes are kept (10.2, P-11): by setting, never unfinished."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from samhandling.access import audit
from samhandling.carriers.ebxml import rules
from samhandling.carriers.ebxml_smtp.collecting import KEPT
from samhandling.carriers.models import Answer, Ping, Posted, Received, SetAside, Transmission
from samhandling.configuration import configuration
from samhandling.exchange.models import Original, OriginalPiece
from samhandling.jobs.models import Job
from samhandling.jobs.running import Running

AT_ONCE = 300


def forget(running: Running) -> None:
    """Job, each hour: delete what was settled longer ago than `ebxml.keep_days`."""
    setting = configuration().ebxml
    if setting is not None:
        while delete_old(running.now - timedelta(days=setting.keep_days), now=running.now):
            pass
    with transaction.atomic():
        running.finish()


@transaction.atomic
def delete_old(before: datetime, *, now: datetime) -> int:
    """Delete some of each kind, with their bytes; gives how many. Stands in the log.

    What waits for an answer, was not read yet, or has an answer that has not left, stays whatever its age.
    """
    count = _transmissions(before) + _received(before) + _others(before)
    if count:
        audit.record(None, "transport.deleted", now=now, purpose=f"{count} settled before {before:%Y-%m-%d}")
    return count


def _transmissions(before: datetime) -> int:
    old = Transmission.objects.exclude(state__in=rules.WAITING).filter(answered_at__lt=before).order_by("pk")
    found = list(old.values_list("pk", "content_id")[:AT_ONCE])
    Transmission.objects.filter(pk__in=[pk for pk, _ in found]).delete()
    _bytes(content for _, content in found)
    return len(found)


def _received(before: datetime) -> int:
    """Messages received with their answers. A repeat that comes later still is known by its transport key."""
    unread = Q(arrival__isnull=False, arrival__processed_at__isnull=True)
    old = Received.objects.filter(received_at__lt=before).exclude(unread).exclude(answer__in=_leaving())
    found = list(old.order_by("pk").values_list("pk", "envelope_id")[:AT_ONCE])
    Received.objects.filter(pk__in=[pk for pk, _ in found]).delete()
    _bytes(envelope for _, envelope in found)
    return len(found)


def _leaving() -> list[int]:
    """Answers whose job is not done."""
    payloads = Job.objects.filter(handler="carriers.answer").values_list("payload", flat=True)
    return [int(payload["answer"]) for payload in payloads]


def _others(before: datetime) -> int:
    """Calls to the endpoint, answers that nothing points to any more, Pings, and mails that were set aside."""
    count = 0
    still = Received.objects.filter(answer__isnull=False).values("answer")
    for model, old in (
        (Posted, Posted.objects.filter(received_at__lt=before).exclude(state="waiting")),
        (Answer, Answer.objects.filter(made_at__lt=before).exclude(pk__in=still).exclude(pk__in=_leaving())),
        (Ping, Ping.objects.filter(asked_at__lt=before)),
        (SetAside, SetAside.objects.filter(set_aside_at__lt=before).exclude(reason__in=KEPT)),
    ):
        if model is Answer:
            old = old.exclude(pk__in=Posted.objects.filter(answer__isnull=False).values("answer"))
        found = list(old.order_by("pk").values_list("pk", "content_id")[:AT_ONCE])
        model.objects.filter(pk__in=[pk for pk, _ in found]).delete()
        _bytes(content for _, content in found)
        count += len(found)
    return count


def _bytes(originals: Iterable[int | None]) -> None:
    """The bytes that only the deleted rows had."""
    found = [pk for pk in originals if pk is not None]
    OriginalPiece.objects.filter(original__in=found).delete()
    Original.objects.filter(pk__in=found).delete()
