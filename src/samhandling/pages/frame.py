"""Rendering a page within the frame: header, menu, banners, messages, footer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from samhandling.access.roles import May
from samhandling.access.scope import Scope, hats
from samhandling.pages import menu
from samhandling.pages.texts import ROLE_NAMES, _, clock_time, date, moment
from samhandling.pages.values import Banner, Status, Tone
from samhandling.store.models import Store
from samhandling.store.services import now as present

LANGUAGES = (("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English"))
_TONES = {"success": Tone.OK, "warning": Tone.WARN, "error": Tone.BAD, "info": Tone.INFO}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the base template shows round every page."""

    language: str
    test_store: bool
    demo_clock: str
    """The simulated time of a test store whose clock does not follow the machine's; else empty."""
    may_set_clock: bool
    may_search: bool
    user_name: str
    role_name: str
    place: str
    several_hats: bool
    menu: tuple[menu.ShownEntry, ...]
    messages: tuple[Status, ...]
    banners: tuple[Banner, ...]
    updated: str
    updated_full: str
    path: str


def frame(request: HttpRequest, scope: Scope | None, now: datetime) -> Frame:
    """The frame for a request; without a scope there is no menu, no search and no name."""
    store = Store.objects.filter(pk=1, test=True).first()
    moved = store is not None and abs(store.clock_offset) >= 60
    return Frame(
        language=get_language() or "nb",
        test_store=store is not None,
        demo_clock=f"{date(now)} {_('kl. %(time)s') % {'time': clock_time(now)}}" if moved else "",
        may_set_clock=scope is not None and store is not None and scope.may(May.SET_CLOCK),
        may_search=scope is not None and (scope.may(May.SEE_PATIENTS) or scope.may(May.SEE_MESSAGES)),
        user_name=scope.user.shown_name if scope else "",
        role_name=_(ROLE_NAMES[scope.role]) if scope else "",
        place=", ".join([scope.organisation.name, *scope.unit_names]) if scope else "",
        several_hats=scope is not None and len(hats(scope.user)) > 1,
        menu=tuple(menu.entries(scope, request.path)) if scope else (),
        messages=tuple(Status(_TONES.get(m.level_tag, Tone.INFO), str(m)) for m in messages.get_messages(request)),
        banners=_banners(scope, now) if scope else (),
        updated=_("kl. %(time)s") % {"time": clock_time(now)},
        updated_full=moment(now),
        path=request.get_full_path() if request.method == "GET" else request.path,
    )


def _banners(scope: Scope, now: datetime) -> tuple[Banner, ...]:
    """What the rooms below have to say across every page (`wiring.BANNERS`)."""
    named: tuple[str, ...] = getattr(import_module(settings.SAMHANDLING_WIRING), "BANNERS", ())
    return tuple(banner for name in named for banner in import_string(name)(scope, now))


def page(
    request: HttpRequest,
    template: str,
    values: dict[str, Any] | None = None,
    *,
    title: str,
    scope: Scope | None = None,
    now: datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    """A whole page. `title` stands in the tab and need not be repeated in `values`; `now` is aware UTC."""
    at = now or present()
    context = {**(values or {}), "frame": frame(request, scope, at), "title": title}
    return HttpResponse(render_to_string(template, context, request), status=status)
