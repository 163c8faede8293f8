"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.downtime.web import (
    after_views,
    emergency_views,
    mail_views,
    phone_views,
    public_views,
    register_views,
    report_views,
    suspicion_views,
    views,
)

app_name = "downtime"
urlpatterns = [
    path("nedetid/", views.outages, name="list"),
    path("nedetid/kontakter/", register_views.contacts, name="contact-register"),
    path("nedetid/dokumenter/", register_views.documents, name="documents"),
    path("nedetid/register/<slug:table>/ny/", register_views.edit, name="register-new"),
    path("nedetid/register/<slug:table>/<int:pk>/", register_views.edit, name="register-edit"),
    path("nedetid/register/<slug:table>/<int:pk>/bekreft/", register_views.confirm, name="register-confirm"),
    path("nedetid/mulig/", suspicion_views.suspects, name="suspects"),
    path("nedetid/mulig/<slug:her_id>/", suspicion_views.none, name="no-outage"),
    path("nedetid/etter/", after_views.after, name="after"),
    path("nedetid/etter/<int:pk>/", after_views.decide, name="decide"),
    path("nedetid/meldt/", mail_views.incoming, name="incoming"),
    path("nedetid/meldt/<int:pk>/", mail_views.settle_report, name="settle-report"),
    path("nedetid/meldt/e-post/<int:pk>/", mail_views.settle_mail, name="settle-mail"),
    path("nedetid/<int:pk>/varsel/<int:notice>/", mail_views.followed_up, name="follow-up"),
    path("nedetid/<int:pk>/telefonliste/", phone_views.phones, name="phones"),
    path("nedetid/utskrift/", emergency_views.prints, name="prints"),
    path("nedetid/utskrift/<int:pk>/", emergency_views.print_out, name="print"),
    path("nedetid/utskrift/<int:pk>/passord/", emergency_views.pass_phrase, name="pass-phrase"),
    path("nedetid/rapport/", report_views.year, name="year"),
    path("nedetid/akutt/", views.acute, name="acute"),
    path("nedetid/planlagt/", views.planned, name="planned"),
    path("nedetid/<int:pk>/", views.outage, name="outage"),
    path("nedetid/<int:pk>/tekst/<slug:notice>/", views.text, name="text"),
    path("nedetid/<int:pk>/endre/<slug:what>/", views.change, name="change"),
    path("nedetid/<int:pk>/<slug:what>/", views.act, name="act"),
    path("driftsstatus/", public_views.status, name="status"),
    path("driftsstatus/meld/", public_views.report, name="report"),
    path("driftsstatus/stans.atom", public_views.atom, name="atom"),
    path("driftsstatus/stans.ics", public_views.calendar, name="calendar"),
    path("driftsstatus/kontaktpunkter/", public_views.contacts, name="contacts"),
]
