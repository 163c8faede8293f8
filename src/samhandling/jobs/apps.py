"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Names the room."""

    name = "samhandling.jobs"
    label = "jobs"
