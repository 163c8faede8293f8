"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Names the room."""

    name = "samhandling.pages"
    label = "pages"
