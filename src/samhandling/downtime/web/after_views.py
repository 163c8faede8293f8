"""*Etter stansen*: what was sent late, what still waits, and whom the ward still has to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.downtime import undecided
from samhandling.downtime.standstill import delayed
from samhandling.errors import NotFoundError
from samhandling.exchange.models import Message, WithdrawnMatter
from samhandling.exchange.releasing import MatterDecidedError
from samhandling.exchange.services import decide_withdrawn
from samhandling.exchange.web import reading as messages
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import Link
from samhandling.stays.models import Stay
from samhandling.store.services import now as present
from samhandling.tasks.web import reading as tasks

SHOWN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """One matter that was withdrawn before it had left."""

    pk: int
    patient: str
    counterpart: str
    what: tuple[str, ...]
    """Each message with its time, in the order they would go."""
    called: str
    """When the municipality was told by telephone; empty when it was not."""
    href: str


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
        "decide": _undecided(scope, now),
        "may_decide": scope.may(May.REGISTER),
        "late": late,
        "waiting": waiting,
        "groups": tasks.grouped(calls),
        "since": moment(now, now),
    }
    return page(request, "downtime/after.html", values, title=_("Etter stansen"), scope=scope, now=now)


def _undecided(scope: Scope, now: datetime) -> list[ToDecide]:
    """The matters of the scope's own patients about which nobody has said whether both are sent."""
    found = WithdrawnMatter.objects.filter(organisation=scope.organisation, decided_at=None)
    rows = []
    for matter in found.select_related("withdrawal").order_by("pk"):
        if not messages.visible(scope, matter.withdrawal_id):
            continue
        members = Message.objects.filter(deliveries__withdrawn=matter).distinct().order_by("pk")
        shown = messages.rows(scope, list(members.select_related("patient", "organisation")), now)
        called = undecided.told_by_telephone(matter)
        rows.append(ToDecide(
            pk=matter.pk, patient=" ".join(filter(None, (shown[0].patient, shown[0].born))),
            counterpart=shown[0].counterpart,
            what=tuple(f"{row.name}, {row.when}" for row in shown),
            called=moment(called, now) if called is not None else "", href=shown[-1].href,
        ))  # fmt: skip
    return rows


@require_POST
@needs(May.SEE_PATIENTS, May.REGISTER)
def decide(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """*Send begge* or *Send ingen*."""
    now = present()
    matter = WithdrawnMatter.objects.filter(pk=pk, organisation=scope.organisation).first()
    if matter is None or not messages.visible(scope, matter.withdrawal_id):
        raise NotFoundError(f"matter {pk}")
    send = request.POST.get("send", "")
    if send not in ("begge", "ingen"):
        raise NotFoundError(f"decision {send[:10]}")
    try:
        decide_withdrawn(pk, organisation_id=scope.organisation.pk, send=send == "begge", user=scope.user, now=now)
    except MatterDecidedError as error:
        text = texts.error(error.code)
        told.error(request, f"{text.what} {text.do}")
    else:
        audit.record(scope, f"outage.decide.{send}", now=now, subject=f"message:{matter.withdrawal_id}")
        told.success(
            request, _("Begge sendes nå, i riktig rekkefølge.") if send == "begge" else _("Ingen av dem sendes.")
        )
    return HttpResponseRedirect(reverse("downtime:after"))


def offer(scope: Scope, causes: Sequence[str], subjects: Sequence[str]) -> Link | None:
    """The way from the task to the decision (`TASK_ACTIONS`)."""
    if not causes or set(causes) != {undecided.CAUSE} or not scope.may(May.SEE_PATIENTS):
        return None
    return Link(_("Avgjør under «Etter stansen»"), reverse("downtime:after"))


def _rows(scope: Scope, found: list[Message], now: object) -> list[messages.MessageRow]:
    unique = {message.pk: message for message in found}
    full = Message.objects.select_related("patient", "organisation").in_bulk(list(unique))
    return messages.rows(scope, [full[pk] for pk in unique if pk in full], now)  # type: ignore[arg-type]
