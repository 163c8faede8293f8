"""*Etter stansen*: what was sent late, what still waits, and whom the ward still has to call."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.downtime.standstill import delayed
from samhandling.exchange.models import Message
from samhandling.exchange.web import reading as messages
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.stays.models import Stay
from samhandling.store.services import now as present
from samhandling.tasks.web import reading as tasks

SHOWN = timedelta(days=3)


@require_safe
@needs(May.SEE_PATIENTS)
def after(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The messages of the scope's own patients that an outage of the last three days delayed."""
    now = present()
    found = [(each, each.message) for each in delayed(scope.organisation.pk, now - SHOWN) if each.message is not None]
    mine = {f"stay:{pk}" for pk in scope.rows(Stay.objects.all(), unit="unit").values_list("pk", flat=True)}
    found = [(each, message) for each, message in found if scope.unit_ids is None or message.subject in mine]
    late = _rows(scope, [message for each, message in found if each.handed_at is not None], now)
    waiting = _rows(scope, [message for each, message in found if each.handed_at is None], now)
    calls = [task for task in tasks.open_rows(scope, now) if task.cause == "outage_call"]
    audit.record_reading(scope, "outage.after.read", now=now)
    values = {
        "late": late,
        "waiting": waiting,
        "groups": tasks.grouped(calls, tasks.group_keys(calls)),
        "since": moment(now, now),
    }
    return page(request, "downtime/after.html", values, title=_("Etter stansen"), scope=scope, now=now)


def _rows(scope: Scope, found: list[Message], now: object) -> list[messages.MessageRow]:
    unique = {message.pk: message for message in found}
    full = Message.objects.select_related("patient", "organisation").in_bulk(list(unique))
    return messages.rows(scope, [full[pk] for pk in unique if pk in full], now)  # type: ignore[arg-type]
