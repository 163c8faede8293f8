"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.stays.web import (
    assess_views,
    call_views,
    course_views,
    form_views,
    handover_views,
    inbox_views,
    overview_views,
    payment_views,
    reported_views,
    views,
)

app_name = "stays"
urlpatterns = [
    path("opphold/", views.stay_list, name="list"),
    path("opphold/<int:pk>/", views.stay, name="stay"),
    path("opphold/<int:pk>/registrer/<slug:what>/", form_views.register, name="register"),
    path("opphold/<int:pk>/ringekort/", call_views.card, name="call-card"),
    path("opphold/<int:pk>/ringt/", call_views.note, name="call"),
    path("opphold/<int:pk>/svar/", assess_views.answer, name="answer"),
    path("ikke-vurdert/", assess_views.unassessed, name="unassessed"),
    path("ikke-vurdert/nei/", assess_views.all_no, name="all-no"),
    path("ikke-vurdert/angre/", assess_views.take_back, name="take-back"),
    path("meldt-fra-kommunen/", reported_views.report_list, name="reported-list"),
    path("meldt-fra-kommunen/<int:pk>/", reported_views.report, name="reported"),
    path("meldt-fra-kommunen/<int:pk>/knytt/", reported_views.tie, name="report-tie"),
    path("innboks/", inbox_views.inbox, name="inbox"),
    path("innboks/melding/<int:pk>/fordel/", inbox_views.share_message, name="share-message"),
    path("innboks/melding/<int:pk>/ferdig/", inbox_views.finish_message, name="finish-message"),
    path("forlop/<int:pk>/ringt/", call_views.note_course, name="course-call"),
    path("forlop/<int:pk>/fordel/", inbox_views.share, name="share"),
    path("forlop/<int:pk>/tjenester/", inbox_views.hold, name="hold"),
    path("opphold/<int:pk>/hva-na/", overview_views.what_now, name="what-now"),
    path("opphold/<int:pk>/meldeskjema/", overview_views.paper_form, name="paper-form"),
    path("betalingsgrunnlag/", payment_views.show, name="payment"),
    path("rutinen/", overview_views.routine, name="routine"),
    path("motparter/", overview_views.counterparts, name="counterparts"),
    path("vaktrapport/", handover_views.handover, name="handover"),
    path("forlop/meld/<int:pk>/", course_views.announce, name="announce"),
    path("forlop/<int:pk>/", course_views.course, name="course"),
]
