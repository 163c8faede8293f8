"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.worklist.web import my_work, search

app_name = "worklist"
urlpatterns = [
    path("", my_work.my_work, name="my-work"),
    path("sok/", search.search, name="search"),
]
