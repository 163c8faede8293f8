"""*Mitt arbeid*: what each role has to do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access.scope import Scope
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _


@require_safe
@needs()
def my_work(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The front page of the role."""
    return page(request, "worklist/my_work.html", {}, title=_("Mitt arbeid"), scope=scope)
