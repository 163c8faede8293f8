"""Every page address; each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from samhandling.node.metrics import page as metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("samhandling.pages.web.urls")),
    path("", include("samhandling.worklist.web.urls")),
    path("", include("samhandling.tasks.web.urls")),
    path("", include("samhandling.exchange.web.urls")),
    path("", include("samhandling.carriers.web.urls")),
    path("", include("samhandling.stays.web.urls")),
    path("", include("samhandling.intake.web.urls")),
    path("", include("samhandling.writing.web.urls")),
    path("", include("samhandling.downtime.web.urls")),
    path("metrics", metrics),
]

handler400 = "samhandling.pages.failures.bad_request"
handler403 = "samhandling.pages.failures.forbidden"
handler404 = "samhandling.pages.failures.not_found"
handler500 = "samhandling.pages.failures.server_error"
