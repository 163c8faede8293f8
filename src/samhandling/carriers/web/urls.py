"""Addresses of the carriers' pages, and of the endpoint for message servers."""

from __future__ import annotations

from django.urls import path

from samhandling.carriers.web import endpoint, views

app_name = "carriers"
urlpatterns = [
    path("ebxml", endpoint.receive, name="endpoint"),
    path("drift/", views.counterparts, name="counterparts"),
    path("drift/motpart/<str:her_id>/", views.counterpart, name="counterpart"),
    path("drift/motpart/<str:her_id>/prov/", views.try_line, name="try"),
    path("drift/sendt/<int:pk>/", views.sent, name="sent"),
    path("drift/mottatt/<int:pk>/", views.received, name="received"),
]
