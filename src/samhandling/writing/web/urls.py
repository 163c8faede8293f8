"""Addresses of this room: `skriv/opphold/12/tidligmelding/`."""

from __future__ import annotations

from django.urls import path

from samhandling.writing.web import attachments, views

app_name = "writing"
_PLACE = "skriv/<slug:where>/<int:pk>/<slug:what>/"
urlpatterns = [
    path(_PLACE, views.write, name="write"),
    path(f"{_PLACE}utkast/", views.autosave, name="autosave"),
    path(f"{_PLACE}vedlegg/<int:number>/", attachments.file, name="file"),
    path(f"{_PLACE}forkast/", views.discard, name="discard"),
    path(f"{_PLACE}se-over/", views.preview, name="preview"),
]
