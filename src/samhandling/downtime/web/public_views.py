"""The pages that need no log-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from samhandling.downtime import public
from samhandling.store.services import now as present


def _files() -> public.Files:
    return public.Files(
        stylesheet=static("pages/samhandling.css"), status=reverse("downtime:status"),
        contacts=reverse("downtime:contacts"), feed=reverse("downtime:atom"), calendar=reverse("downtime:calendar"),
        live=True,
    )  # fmt: skip


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What is down, for everybody."""
    return HttpResponse(public.status_page(_files(), present()))


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom to call about messages."""
    return HttpResponse(public.contacts_page(_files(), present()))


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The status as a feed."""
    address = request.build_absolute_uri(reverse("downtime:status"))
    return HttpResponse(public.atom_feed(address, present()), content_type="application/atom+xml; charset=utf-8")


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The status as a calendar."""
    return HttpResponse(public.calendar_file(present()), content_type="text/calendar; charset=utf-8")
