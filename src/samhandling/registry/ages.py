"""How old what the registers told may be, and when to ask again (addressing 7). Pure.

An answer past its age is still used while the register does not answer: it is shown and logged as old. It is never
used once the register has answered otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta

MOST = timedelta(hours=12)
"""Parties, certificates and agreements."""
RENEW = timedelta(hours=11)
"""Asked anew within the hour before that: the work of an hourly job."""
AGAIN = timedelta(minutes=1)
"""Younger than this it is as fresh as asking could make it."""
SKEW = timedelta(minutes=5)
"""How far clocks of others may be ahead."""
CHANGE = timedelta(hours=84)
"""How long an old certificate is met after a change: what may be cached, and a message's life (HISD 1177)."""
PAUSE = timedelta(minutes=2)
"""A register that did not answer is left alone so long: a slow one must not keep the workers."""
LIST_MOST = timedelta(hours=12)
"""A revocation list is fetched anew this often, though it may hold for days."""
LIST_EARLY = timedelta(hours=3)
"""And so long before it runs out."""


def due(answered_at: datetime | None, now: datetime) -> bool:
    """Whether the hourly work asks again."""
    return answered_at is None or now - answered_at >= RENEW


def stale(answered_at: datetime | None, now: datetime) -> bool:
    """Whether what was answered is older than it should be."""
    return answered_at is None or now - answered_at > MOST


def worth_asking(answered_at: datetime | None, written_at: datetime, now: datetime) -> bool:
    """Whether a message that does not fit what we know may be right: our copy is older than it. Asked once (10.3).

    A message from the future tells nothing of our copy.
    """
    if answered_at is None:
        return True
    return answered_at < written_at <= now + SKEW and now - answered_at > AGAIN


def former(changed_at: datetime | None, now: datetime) -> bool:
    """Whether the certificate before the present one may still be met: in messages that were signed with it (10.3)."""
    return changed_at is not None and now - changed_at <= CHANGE


def may_try(tried_at: datetime | None, fault: str, now: datetime) -> bool:
    """False shortly after a register did not answer."""
    return not fault or tried_at is None or now - tried_at >= PAUSE


def list_due(answered_at: datetime | None, next_update: datetime | None, now: datetime) -> bool:
    """Whether a revocation list is to be fetched."""
    if answered_at is None or next_update is None or now - answered_at >= LIST_MOST:
        return True
    return next_update - now <= LIST_EARLY and now - answered_at >= LIST_EARLY / 3
