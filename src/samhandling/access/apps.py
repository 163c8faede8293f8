"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Names the room."""

    name = "samhandling.access"
    label = "access"
