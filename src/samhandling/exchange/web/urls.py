"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.exchange.web import clearing_views, follow_up_views, views

app_name = "exchange"
urlpatterns = [
    path("folg-opp/", follow_up_views.follow_up, name="follow-up"),
    path("folg-opp/send/", follow_up_views.resend, name="resend"),
    path("meldinger/", views.message_list, name="list"),
    path("melding/<int:pk>/", views.message, name="message"),
    path("melding/<int:pk>/pasient/", clearing_views.match, name="match"),
    path("melding/<int:pk>/slett/", clearing_views.remove, name="remove"),
    path("melding/<int:pk>/original/", views.original, name="original"),
    path("melding/<int:pk>/vedlegg/<int:number>/", views.attachment, name="attachment"),
]
