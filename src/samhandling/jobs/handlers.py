"""Handlers by name, and how each wants to be retried."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

from samhandling.errors import SamhandlingError
from samhandling.jobs.rules import DEFAULT_RETRY, Retry

if TYPE_CHECKING:
    from samhandling.jobs.running import Running

Handler = Callable[["Running"], None]
_H = TypeVar("_H", bound=Handler)


class UnknownHandlerError(SamhandlingError):
    """A job names a handler that this version of the program does not have."""

    code = "job.unknown_handler"


def retry_with(policy: Retry) -> Callable[[_H], _H]:
    """Decorator: this handler is retried by `policy` instead of the default."""

    def mark(handler: _H) -> _H:
        handler.retry_policy = policy  # type: ignore[attr-defined]
        return handler

    return mark


def at_once(handler: _H) -> _H:
    """Decorator: a running job that asks for this handler may do it within its own transaction (see `jobs.at_once`)."""
    handler.at_once = True  # type: ignore[attr-defined]
    return handler


def is_at_once(name: str) -> bool:
    """Whether the handler of that name is marked so; False for one that is not there."""
    try:
        return getattr(handler(name), "at_once", False)
    except UnknownHandlerError:
        return False


def policy_of(name: str) -> Retry:
    """The retry policy of the handler of that name; the default for a handler that is not there."""
    try:
        return getattr(handler(name), "retry_policy", DEFAULT_RETRY)
    except UnknownHandlerError:
        return DEFAULT_RETRY


def handler(name: str) -> Handler:
    """The function behind a handler name. Raises UnknownHandlerError."""
    return _handler(settings.SAMHANDLING_WIRING, name)


@lru_cache(maxsize=256)
def _handler(wiring: str, name: str) -> Handler:
    path = getattr(import_module(wiring), "HANDLERS", {}).get(name)
    if path is None:
        raise UnknownHandlerError(name)
    found: Handler = import_string(path)
    return found


def load_all() -> None:
    """Import the code of every handler. Raises what a broken one raises: better now than at its first job."""
    for name in getattr(import_module(settings.SAMHANDLING_WIRING), "HANDLERS", {}):
        handler(name)


def subscribers(event: str) -> tuple[str, ...]:
    """Names of the handlers that want to hear of `event`."""
    names: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "SUBSCRIBERS", {}).get(event, ())
    return names
