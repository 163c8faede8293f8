"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class CarriersConfig(AppConfig):
    """Names the room."""

    name = "samhandling.carriers"
    label = "carriers"
