"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Names the room."""

    name = "samhandling.patients"
    label = "patients"
