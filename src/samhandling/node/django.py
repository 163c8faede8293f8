"""Set Django up from code that runs before or without it."""

from __future__ import annotations

import os


def start(level: str = "warning") -> None:
    """Set Django up once, with logs on stderr from `level` on."""
    import django
    from django.apps import apps

    from samhandling.logs import configure

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandling.settings")
    if not apps.ready:
        configure(level)
        django.setup()
