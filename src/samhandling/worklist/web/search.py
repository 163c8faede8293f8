"""Search by name, number, stay or MsgId: always by POST, so that no number stands in an address (P-08)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from samhandling.access.scope import Scope
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _


@require_http_methods(["GET", "POST"])
@needs()
def search(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Results for what was typed."""
    return page(request, "worklist/search.html", {}, title=_("Søk"), scope=scope)
