"""The Jinja2 environment of every page."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined


def make(**options: Any) -> Environment:
    """The environment that Django's Jinja2 backend uses: strict about unknown names."""
    options["undefined"] = StrictUndefined
    options["extensions"] = [*options.get("extensions", []), "jinja2.ext.i18n"]
    return Environment(**options)
