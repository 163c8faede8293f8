"""Addresses of the carriers' pages."""

from __future__ import annotations

from django.urls import path

from samhandling.carriers.web import endpoint

app_name = "carriers"
urlpatterns = [
    path("ebxml", endpoint.receive, name="endpoint"),
]
