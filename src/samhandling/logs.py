"""Logs: one JSON line an event on stderr, with a correlation id, and private data hidden at one point.

Ours (structlog) and the libraries' (logging) go through the same steps. An exception is told by its class and where it
was raised, never by its text, which can hold content. What is then left that looks like a person number becomes stars:
`errors.redact` on the finished line.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from samhandling.errors import SamhandlingError, redact

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_Event = MutableMapping[str, Any]


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (stderr) from `level` on. May be called again."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _tell_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _RedactingFormatter(
            foreign_pre_chain=[*shared[:2], structlog.stdlib.ExtraAdder(), *shared[2:]],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _hide,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, _RedactingFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(_LEVELS[level])
    # One line a page or statement says nothing that our own lines do not.
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)
    logging.getLogger("django.server").setLevel(logging.WARNING)


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes our events and the libraries' alike; also tells our handler from others."""

    def format(self, record: logging.LogRecord) -> str:
        if not isinstance(record.msg, dict):
            # A library's exception text is not ours to print.
            error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
            record.exc_info, record.exc_text = None, None
            if error is not None:
                record.__dict__["error"] = told(error)
        return super().format(record)


def told(error: BaseException) -> str:
    """What a log may say of an exception: code or class, and where; never its text."""
    name = error.code if isinstance(error, SamhandlingError) else type(error).__name__
    return f"{name} at {where(error.__traceback__)}"


def where(trace: TracebackType | None) -> str:
    """The last lines of a traceback, innermost last: `file.py:12 function`."""
    frames = traceback.extract_tb(trace)[-6:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)


def _tell_exception(_logger: Any, _method: str, event: _Event) -> _Event:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["error"] = told(given)
    return event


def _hide(_logger: Any, _method: str, event: _Event) -> _Event:
    """The one redaction point: every key and value of a line passes it."""
    # What libraries attach for their own use, such as the whole request.
    return {redact(key): _hidden(value) for key, value in event.items() if key not in {"request", "stack_info"}}


def _hidden(value: Any) -> Any:
    """`value` as it may be written; an object is told by its class, because its text can hold content."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, int):
        text = redact(str(value))
        return value if text == str(value) else text
    if isinstance(value, dict):
        return {redact(str(key)): _hidden(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(held) for held in value]
    return f"<{type(value).__name__}>"
