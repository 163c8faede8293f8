"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.tasks.web import views

app_name = "tasks"
urlpatterns = [
    path("oppgaver/", views.task_list, name="list"),
    path("oppgaver/samlet/", views.close_group, name="close-group"),
    path("oppgave/<int:pk>/", views.task, name="task"),
    path("oppgave/<int:pk>/gjor/", views.act, name="act"),
]
