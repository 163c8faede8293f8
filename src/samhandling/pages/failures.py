"""The pages that say what went wrong: code, what it means, what to do, whom to call."""

from __future__ import annotations

import sys

import structlog
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from samhandling.access.scope import ForbiddenError, NoRoleError, scope_of
from samhandling.errors import NotFoundError, SamhandlingError, StoreError
from samhandling.logs import told
from samhandling.pages import texts
from samhandling.pages.frame import frame
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present

log = structlog.get_logger("samhandling.pages")

PAGE_NOT_FOUND = "page.not_found"
PAGE_CSRF = "page.csrf"
PAGE_CODES = (PAGE_NOT_FOUND, PAGE_CSRF)
"""Codes of pages that no error class of ours stands behind; the catalogues have texts for them too."""

_STATUS = {
    NotFoundError.code: 404,
    ForbiddenError.code: 403,
    "exchange.content_removed": 410,
    "exchange.content_locked": 410,
}


def failure(request: HttpRequest, error: SamhandlingError) -> HttpResponse:
    """The page for an error of ours: 404 and 403 for what is not there or not allowed, 503 when waiting can help."""
    status = _STATUS.get(error.code, 503 if error.retryable else 500)
    if status >= 500:
        log.error("page_failed", code=error.code, detail=error.detail, path=request.path)
    return _page(request, error.code, status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no page has this address."""
    return _page(request, PAGE_NOT_FOUND, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 from Django itself."""
    return _page(request, ForbiddenError.code, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 from Django itself: a wrong host name or a form too large."""
    return _page(request, SamhandlingError.code, 400, bare=True)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the log-in, or came from another site."""
    return _page(request, PAGE_CSRF, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the store is what failed: leans on as little as can be."""
    if isinstance(sys.exc_info()[1], DatabaseError):
        return _page(request, StoreError.code, 503, bare=True)
    return _page(request, SamhandlingError.code, 500, bare=True)


def _page(request: HttpRequest, code: str, status: int, *, bare: bool = False) -> HttpResponse:
    """The error page within the frame where that can be had, else on its own."""
    text = texts.error(code)
    if not bare:
        try:
            try:
                scope = scope_of(request)
            except NoRoleError:
                scope = None
            context = {"frame": frame(request, scope, present()), "title": text.what, "error": text, "status": status}
            return HttpResponse(render_to_string("pages/error.html", context, request), status=status)
        except DatabaseError as error:
            log.error("error_page_without_store", error=told(error))
    context = {"error": text, "status": status, "language": get_language() or "nb", "test_store": _test_store()}
    return HttpResponse(render_to_string("pages/error_bare.html", context, request), status=status)


def _test_store() -> bool:
    try:
        return is_test_store()
    except DatabaseError:
        return False
