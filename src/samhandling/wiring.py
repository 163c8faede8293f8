"""The one place that ties job handlers, subscribers, carriers and menu entries to names.

Everything is a dotted path, loaded on first use, so that a room never imports a room below it.
"""

from __future__ import annotations

HANDLERS: dict[str, str] = {}
"""Job handler name -> function `(running: samhandling.jobs.running.Running) -> None`."""

SUBSCRIBERS: dict[str, tuple[str, ...]] = {}
"""Event name -> handler names, one job each."""

CARRIERS: dict[str, str] = {}
"""Carrier name -> class that fulfils `samhandling.exchange.ports.Carrier`."""
