"""Figures as text for Prometheus, counted from the store at each request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from samhandling.jobs.figures import figures
from samhandling.store.services import now


class _Collector:
    """Asks the store; rooms add their own by `METRICS` in the wiring: functions that give metric families."""

    def collect(self) -> Iterable[Metric]:
        """Every family."""
        yield from _jobs()
        for path in getattr(import_module(settings.SAMHANDLING_WIRING), "METRICS", ()):
            yield from import_string(path)()


def _jobs() -> Iterable[Metric]:
    found = figures(machine_now=datetime.now(UTC))
    counts = GaugeMetricFamily("samhandling_jobs", "Jobs by queue and state.", labels=["queue", "state"])
    for (queue, state), count in sorted(found.counts.items()):
        counts.add_metric([queue, state], count)
    yield counts
    late = (now() - found.oldest_run_at).total_seconds() if found.oldest_run_at else 0.0
    yield GaugeMetricFamily("samhandling_jobs_late_seconds", "How long the oldest due job has waited.", max(0.0, late))
    yield GaugeMetricFamily("samhandling_workers", "Worker processes alive.", found.workers)


def text() -> str:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return generate_latest(registry).decode()


def page(request: HttpRequest) -> HttpResponse:
    """`/metrics`, to this machine only."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"} or "HTTP_X_FORWARDED_FOR" in request.META:
        return HttpResponseForbidden()
    return HttpResponse(text(), content_type="text/plain; version=0.0.4; charset=utf-8")
