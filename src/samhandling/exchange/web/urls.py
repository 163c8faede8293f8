"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.exchange.web import clearing_views, follow_up_views, matter_views, views

app_name = "exchange"
urlpatterns = [
    path("folg-opp/", follow_up_views.follow_up, name="follow-up"),
    path("folg-opp/send/", follow_up_views.resend, name="resend"),
    path("godkjenn/<int:pk>/", follow_up_views.approve, name="approve"),
    path("godkjenn/<int:pk>/svar/", follow_up_views.decide, name="decide"),
    path("meldinger/", views.message_list, name="list"),
    path("melding/<int:pk>/", views.message, name="message"),
    path("melding/<int:pk>/pasient/", clearing_views.match, name="match"),
    path("melding/<int:pk>/bekreft/", clearing_views.confirm, name="confirm"),
    path("melding/<int:pk>/ikke-oss/", clearing_views.not_ours, name="not-ours"),
    path("melding/<int:pk>/likevel/", clearing_views.ours_after_all, name="ours-after-all"),
    path("melding/<int:pk>/slett/", clearing_views.remove, name="remove"),
    path("melding/<int:pk>/sak/", matter_views.matter, name="matter"),
    path("melding/<int:pk>/sak/knytt/", matter_views.tie, name="tie"),
    path("melding/<int:pk>/sak/skill/", matter_views.part, name="part"),
    path("melding/<int:pk>/endringer/", matter_views.changes, name="changes"),
    path("melding/<int:pk>/original/", views.original, name="original"),
    path("melding/<int:pk>/vedlegg/<int:number>/", views.attachment, name="attachment"),
]
