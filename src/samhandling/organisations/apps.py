"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Names the room."""

    name = "samhandling.organisations"
    label = "organisations"
