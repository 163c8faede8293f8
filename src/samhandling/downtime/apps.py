"""Django's name for the room."""

from __future__ import annotations

from django.apps import AppConfig


class DowntimeConfig(AppConfig):
    """Outages and their notices."""

    name = "samhandling.downtime"
    verbose_name = "Nedetid"
