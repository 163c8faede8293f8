"""Django's entry to this room."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Names the room."""

    name = "samhandling.exchange"
    label = "exchange"
