"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Names the room."""

    name = "samhandling.tasks"
    label = "tasks"
