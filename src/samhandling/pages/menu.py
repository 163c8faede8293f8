"""The menu: entries stand in the wiring, because the pages they lead to stand below this room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.urls import reverse

from samhandling.access.scope import Scope
from samhandling.pages.texts import _


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A menu entry as the page shows it."""

    text: str
    href: str
    current: bool


def entries(scope: Scope, path: str) -> list[ShownEntry]:
    """The menu of that scope's role; the entry that leads to `path`, or to a page above it, is the current one."""
    menu: Iterable[tuple[str, str, tuple[str, ...]]] = import_module(settings.SAMHANDLING_WIRING).MENU
    shown = [(text, reverse(name)) for text, name, roles in menu if scope.role.value in roles]
    above = [href for _text, href in shown if path == href or (href != "/" and path.startswith(href))]
    best = max(above, key=len, default="")
    return [ShownEntry(_(text), href, href == best) for text, href in shown]
