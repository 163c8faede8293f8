"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.pages.web import clock, login, purpose

app_name = "pages"
urlpatterns = [
    path("inn/", login.log_in, name="log-in"),
    path("ut/", login.log_out, name="log-out"),
    path("rolle/", login.hat, name="hat"),
    path("sprak/", login.language, name="language"),
    path("formal/", purpose.purpose, name="purpose"),
    path("klokke/", clock.clock, name="clock"),
]
