"""Fill in a form and send it as a person does, without a browser: for the simulated day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Message
from samhandling.writing import drafts
from samhandling.writing.web.finding import piece as find_piece


class NotWrittenError(SamhandlingError):
    """A message of the simulated day does not fit: a field is wrong, or the routine says no."""

    code = "writing.form_refused"


@transaction.atomic
def fill_in(
    scope: Scope, where: str, pk: int, what: str, fields: Mapping[str, str], *, now: datetime, send: bool = True
) -> Message | None:
    """The message written at `skriv/<where>/<pk>/<what>/`: the form as it is shown, with `fields` typed into it.

    `send` False leaves a draft. Raises NotWrittenError with the names of the fields that are wrong.
    """
    piece = find_piece(scope, where, pk, what, now)
    shown = {each.html_name: _typed(each.value()) for each in piece.form(None, None)}
    form = piece.form({name: text for name, text in shown.items() if text} | dict(fields), None)
    right = form.is_valid()
    values = form.values() if right else {}
    open_now = drafts.find(piece.place)
    version = open_now.version if open_now is not None else 0
    draft = drafts.save(piece.place, form.fields_now(), values, version=version, author=scope.user, now=now)
    if not send:
        return None
    if not right or piece.refusal():
        raise NotWrittenError(f"{what}: {', '.join(form.errors) or piece.refusal()}")
    outcome = piece.send(values, scope.user)
    if outcome.message is None:
        raise NotWrittenError(f"{what}: {', '.join(finding.code for finding in outcome.findings)}")
    drafts.sent(draft, outcome.message)
    return outcome.message


def _typed(value: Any) -> str:
    """What stands in the field, as the browser sends it; a box that is not ticked sends nothing."""
    if value is True:
        return "on"
    if isinstance(value, time):
        return f"{value:%H.%M}"
    return oslo.say_date(value) if isinstance(value, date) else str(value or "")
