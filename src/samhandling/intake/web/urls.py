"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.intake.web import views

app_name = "intake"
urlpatterns = [
    path("pasientsystem/", views.record_list, name="list"),
    path("pasientsystem/<int:pk>/", views.record, name="record"),
    path("pasientsystem/<int:pk>/igjen/", views.again, name="again"),
]
