"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Names the room."""

    name = "samhandling.intake"
    label = "intake"
