"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class WritingConfig(AppConfig):
    """Names the room."""

    name = "samhandling.writing"
    label = "writing"
