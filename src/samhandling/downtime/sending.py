"""Notices on their way: stored before sending, sent until the other side has answered, proof kept.

A notice has one id for ever. When a process or connection dies between the content and its answer it is sent again
with the same id and marked *possibly twice*; in every other case it is sent exactly once.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from samhandling.downtime.follow_up import not_told
from samhandling.downtime.models import Notice
from samhandling.downtime.ports import Channel, ChannelBusyError, ChannelRefusedError, Letter
from samhandling.jobs.handlers import retry_with
from samhandling.jobs.rules import Retry
from samhandling.jobs.running import Running

TELLS_THE_END = frozenset({"finished", "finished_early", "cancelled"})


def channel(name: str) -> Channel:
    """The channel of that name (`wiring.CHANNELS`), as the settings now are."""
    made: Channel = import_string(import_module(settings.SAMHANDLING_WIRING).CHANNELS[name])()
    return made


@retry_with(Retry(attempts=500, factor=2.0, longest=timedelta(seconds=60)))
def send(running: Running) -> None:
    """Job: hand one notice over."""
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("outage__organisation")
            .filter(pk=running.payload["notice"])
            .first()
        )
        if notice is None or notice.state not in (Notice.State.WAITING, Notice.State.SENDING):
            running.finish()
            return
        if notice.state == Notice.State.WAITING and lapsed(notice):
            notice.state, notice.answer = Notice.State.LAPSED, "Stansen var over før varselet kom av sted."
            notice.save(update_fields=["state", "answer"])
            running.finish()
            return
        # Found as *sending*: the one who tried before us died without telling how far he came.
        notice.possibly_twice = notice.possibly_twice or notice.state == Notice.State.SENDING
        notice.state, notice.attempts = Notice.State.SENDING, notice.attempts + 1
        notice.save(update_fields=["possibly_twice", "state", "attempts"])
    letter = Letter(
        id=notice.message_id, kind=notice.kind, address=notice.address, subject=notice.subject, body=notice.body
    )
    try:
        answer = channel(notice.channel).hand_over(letter, now=running.now)
    except ChannelRefusedError as error:
        with transaction.atomic():
            _refused(running, notice, error.detail)
            running.finish()
        return
    except ChannelBusyError as error:
        with transaction.atomic():
            # Nothing left this house: the next attempt is the first.
            notice.state, notice.answer = Notice.State.WAITING, error.detail[:300]
            notice.save(update_fields=["state", "answer"])
        raise
    with transaction.atomic():
        notice.state, notice.sent_at, notice.answer = Notice.State.SENT, running.now, answer[:300]
        notice.save(update_fields=["state", "sent_at", "answer"])
        running.finish()


def lapsed(notice: Notice) -> bool:
    """Whether a notice that has not left tells of what is over by now: a mail server was down so long (4.4)."""
    return notice.outage.over and notice.kind not in TELLS_THE_END and notice.channel != "intranet"


def _refused(running: Running, notice: Notice, why: str) -> None:
    notice.state, notice.answer = Notice.State.REFUSED, why[:300]
    notice.save(update_fields=["state", "answer"])
    not_told(notice, "outage_mail_refused", why, running.now)
