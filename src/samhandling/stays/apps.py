"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class StaysConfig(AppConfig):
    """Names the room."""

    name = "samhandling.stays"
    label = "stays"
