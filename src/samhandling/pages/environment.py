"""The Jinja2 environment of every page."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined


def make(**options: Any) -> Environment:
    """The environment that Django's Jinja2 backend uses: strict about unknown names, texts from the catalogues."""
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    options["extensions"] = [*options.get("extensions", []), "jinja2.ext.i18n"]
    environment = Environment(**options)  # noqa: S701 - autoescape is switched on in the settings
    environment.policies["ext.i18n.trimmed"] = True
    install: Any = environment
    install.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    environment.globals.update(url=_url, static=static)
    return environment


def _url(name: str, *args: Any) -> str:
    """The address of a named page."""
    return reverse(name, args=args)
