"""What `stay:12` or `message:34` leads to, and who may see it: told by the wiring, because those rooms stand below."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from django.conf import settings
from django.urls import reverse

from samhandling.access.scope import Scope


def _known(subject: str) -> tuple[str, str, int] | None:
    """Page name, dotted path of the function that knows who may see it, and row id; None for a subject without page."""
    kind, _, number = subject.partition(":")
    subjects: dict[str, tuple[str, str]] = import_module(settings.SAMHANDLING_WIRING).SUBJECTS
    if kind not in subjects or not number.isdecimal():
        return None
    return (*subjects[kind], int(number))


def link(subject: str) -> str:
    """The address of the subject's page, or nothing."""
    known = _known(subject)
    return reverse(known[0], args=[known[2]]) if known else ""


def visible(scope: Scope, subject: str) -> bool:
    """Whether the subject is within the scope; a subject without page is for those who see all of the organisation."""
    known = _known(subject)
    if known is None:
        return scope.unit_ids is None
    module, _, name = known[1].partition(":")
    return cast(bool, getattr(import_module(module), name)(scope, known[2]))
