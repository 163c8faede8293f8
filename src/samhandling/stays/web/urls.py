"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.stays.web import call_views, course_views, form_views, views

app_name = "stays"
urlpatterns = [
    path("opphold/", views.stay_list, name="list"),
    path("opphold/<int:pk>/", views.stay, name="stay"),
    path("opphold/<int:pk>/registrer/<slug:what>/", form_views.register, name="register"),
    path("opphold/<int:pk>/ringekort/", call_views.card, name="call-card"),
    path("opphold/<int:pk>/ringt/", call_views.note, name="call"),
    path("forlop/<int:pk>/", course_views.course, name="course"),
]
