"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.worklist.web import my_work, register_views, search

app_name = "worklist"
urlpatterns = [
    path("", my_work.my_work, name="my-work"),
    path("avvik/", register_views.register, name="register"),
    path("avvik/folg-opp/", register_views.follow, name="follow"),
    path("avvik/skjema/", register_views.report, name="report"),
    path("sok/", search.search, name="search"),
]
