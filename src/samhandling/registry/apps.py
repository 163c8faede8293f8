"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Names the room."""

    name = "samhandling.registry"
    label = "registry"
