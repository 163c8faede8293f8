"""Reference data that one job has looked up already: asked of the store once, not once for each time it is needed.

Only for what a job reads and never writes (parties, agreements, units, policies, the store's own row). It lives as long
as the job: nothing is remembered from one job to the next, and nothing at all outside jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """What is looked up within is remembered until the end of it."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def recall(*key: object) -> object:
    """What `keep` was told under that key in this job; None when nothing."""
    known = _known.get()
    return None if known is None else known.get(key)


def keep(value: object, *key: object) -> None:
    """Let `recall` give `value` for the rest of this job; nothing outside jobs."""
    known = _known.get()
    if known is not None:
        known[key] = value


def remembered(look_up: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a look-up whose arguments can be keys of a dictionary; rows count as the same by their id."""

    @wraps(look_up)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _known.get()
        if known is None:
            return look_up(*args, **kwargs)
        key = (look_up, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = look_up(*args, **kwargs)
        found: R = known[key]
        return found

    return ask
