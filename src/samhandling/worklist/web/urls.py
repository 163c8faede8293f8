"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from samhandling.worklist.web import dead_job_views, figures_views, my_work, patient_views, register_views, search

app_name = "worklist"
urlpatterns = [
    path("", my_work.my_work, name="my-work"),
    path("tall/", figures_views.show, name="figures"),
    path("avvik/", register_views.register, name="register"),
    path("avvik/folg-opp/", register_views.follow, name="follow"),
    path("avvik/skjema/", register_views.report, name="report"),
    path("stoppet/", dead_job_views.dead_job_list, name="dead-jobs"),
    path("stoppet/<int:pk>/", dead_job_views.dead_job, name="dead-job"),
    path("stoppet/<int:pk>/avgjor/", dead_job_views.settle, name="settle-job"),
    path("pasient/<int:pk>/", patient_views.patient, name="patient"),
    path("sok/", search.search, name="search"),
]
