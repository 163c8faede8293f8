"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class WorldConfig(AppConfig):
    """Names the room."""

    name = "samhandling.world"
    label = "world"
