"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Names the room."""

    name = "samhandling.store"
    label = "store"
