"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """Names the room."""

    name = "samhandling.worklist"
    label = "worklist"
