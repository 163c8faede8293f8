"""Who gets into a view: log-in, role, permission; what is refused stands in the log (P-03, P-05)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.access.purpose import PurposeNeededError
from samhandling.access.roles import May
from samhandling.access.scope import ForbiddenError, NoRoleError, Scope, scope_of
from samhandling.errors import NotFoundError
from samhandling.store.services import now as present

P = ParamSpec("P")
ScopedView = Callable[Concatenate[HttpRequest, Scope, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def needs(*permissions: May) -> Callable[[ScopedView[P]], View[P]]:
    """Let a view in only with a scope that may do all of that; the view gets the scope after the request.

    Nobody goes to the log-in page, a user without chosen role to the choice. ForbiddenError and NotFoundError are
    logged as refused access and become the pages 403 and 404. PurposeNeededError leads to the question and back.
    """

    def wrap(view: ScopedView[P]) -> View[P]:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _to(request, "pages:log-in")
            try:
                scope = scope_of(request)
            except NoRoleError:
                return _to(request, "pages:hat")
            try:
                for permission in permissions:
                    scope.require(permission)
                return view(request, scope, *args, **kwargs)
            except PurposeNeededError as needed:
                return _to(request, "pages:purpose", about=needed.subject)
            except (ForbiddenError, NotFoundError) as error:
                # The path, not the query: an address of ours holds row ids only.
                audit.record(scope, "access.refused", now=present(), subject=request.path, purpose=error.code)
                raise

        return guarded

    return wrap


def _to(request: HttpRequest, name: str, **words: str) -> HttpResponse:
    """To that page, and back here afterwards. A live part of a page makes the whole page go."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse(name) + (f"?{urlencode(words)}" if words else "")
        return response
    if request.method == "GET" and request.path != "/":
        words["next"] = request.get_full_path()
    address = reverse(name) + (f"?{urlencode(words)}" if words else "")
    return HttpResponseRedirect(address)
