"""Log in and out, choose a role, choose a language. All of it works without script."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from samhandling.access import audit, services
from samhandling.access.models import User
from samhandling.access.scope import NoRoleError, choose, hats, scope_of
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.texts import ROLE_NAMES, _
from samhandling.store.services import now as present


class LogInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("Brukernavn"),
        max_length=150,
        error_messages={"required": gettext_lazy("Skriv brukernavnet ditt.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Passord"),
        strip=False,
        max_length=1000,
        error_messages={"required": gettext_lazy("Skriv passordet ditt.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page (P-03)."""
    follow = _next(request)
    if isinstance(request.user, User):
        return HttpResponseRedirect(follow)
    form = LogInForm(request.POST or None)
    now = present()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = services.log_in(
                    request, form.cleaned_data["username"], form.cleaned_data["password"], _address(request), now=now
                )
            except (services.LoginRefusedError, services.TooManyFailuresError) as error:
                text = texts.error(error.code)
                form.add_error(None, f"{text.what} {text.do}")
                status = 429 if error.retryable else 422
            else:
                with transaction.atomic():
                    auth.login(request, user)
                    audit.record(user, "access.login", now=now)
                return HttpResponseRedirect(follow)
    return page(
        request, "pages/log_in.html", {"form": form, "next": follow}, title=_("Logg inn"), now=now, status=status
    )


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        with transaction.atomic():
            audit.record(request.user, "access.logout", now=present())
            auth.logout(request)
    return HttpResponseRedirect(reverse("pages:log-in"))


@never_cache
@require_http_methods(["GET", "POST"])
def hat(request: HttpRequest) -> HttpResponse:
    """Choose one of several roles; the only one is put on by itself."""
    if not isinstance(request.user, User):
        return HttpResponseRedirect(reverse("pages:log-in"))
    follow = _next(request)
    now = present()
    if request.method == "POST":
        try:
            choose(request, request.POST.get("hat", ""))
        except NoRoleError:
            return HttpResponseRedirect(reverse("pages:hat"))
        audit.record(scope_of(request), "access.role", now=now)
        return HttpResponseRedirect(reverse("worklist:my-work"))
    held = [(h.key, _(ROLE_NAMES[h.role]), ", ".join([h.organisation.name, *h.unit_names])) for h in hats(request.user)]
    values = {"hats": held, "next": follow, "user_name": request.user.shown_name}
    return page(request, "pages/hat.html", values, title=_("Velg rolle"), now=now)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages: for the user for good, before log-in in a cookie."""
    chosen = request.POST.get("language", "")
    response = HttpResponseRedirect(_next(request))
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            request.user.language = chosen
            request.user.save(update_fields=["language"])
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, secure=settings.SESSION_COOKIE_SECURE,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return response


def _next(request: HttpRequest) -> str:
    """Where to go on to: an address of our own, never another site's."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else "/"


def _address(request: HttpRequest) -> str:
    """The address that the connection came from; headers that the sender may write himself do not count."""
    return str(request.META.get("REMOTE_ADDR", ""))
