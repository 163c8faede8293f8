"""Follow up messages that are not safely delivered: what to say to the counterpart, and send again with preview."""

from __future__ import annotations

from typing import Literal

from django.contrib import messages as said
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.models import User
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange.resending import resend as send_again
from samhandling.exchange.web import explaining, following_up
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, ngettext
from samhandling.store.services import now as present

KINDS: dict[str, Literal["same", "new"]] = {"samme": "same", "ny": "new"}


@require_safe
@needs(May.SEE_MESSAGES, May.RESEND)
def follow_up(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The asked messages, oldest first: whom to call, the words for it, and the two ways of sending again."""
    now = present()
    found = following_up.messages(scope, request.GET.getlist("melding"))
    if not found:
        raise NotFoundError("messages to follow up")
    rows = following_up.rows(scope, found, now)
    audit.record_reading(scope, "message.list", now=now)
    values = {
        "rows": rows,
        "counterpart": following_up.counterpart(found, now),
        "text": following_up.call_text(scope, found, now),
        "explanations": explaining.of_messages(found, now),
        "same": [r for r in rows if r.same],
        "new": [r for r in rows if r.new],
        "approval": any(r.same_approval or r.new_approval for r in rows),
        "approvers": following_up.approvers(scope),
    }
    return page(request, "exchange/follow_up.html", values, title=_("Ring eller send på nytt"), scope=scope, now=now)


@require_POST
@needs(May.SEE_MESSAGES, May.RESEND)
def resend(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Send the ticked messages again, oldest first, all in the one way that the button names.

    One that may not go does not stop the others; it is counted and said.
    """
    now = present()
    kind = KINDS.get(request.POST.get("hvordan", ""))
    if kind is None:
        raise NotFoundError("way of sending again")
    found = following_up.messages(scope, request.POST.getlist("melding"))
    approved_by = _approver(request, scope)
    sent, refused = [], ""
    for message in found:
        try:
            with transaction.atomic():
                sent.append(
                    send_again(
                        message.pk, kind, organisation_id=scope.organisation.pk, user=scope.user,
                        approved_by=approved_by, now=now,
                    )
                )  # fmt: skip
        except SamhandlingError as error:
            refused = error.code
    if sent:
        words = ngettext("%(num)s melding er sendt på nytt.", "%(num)s meldinger er sendt på nytt.", len(sent))
        said.success(request, words % {"num": len(sent)} + " " + _("Oppgaven om å ringe står til du lukker den."))
    if refused:
        text = texts.error(refused)
        words = ngettext("%(num)s ble ikke sendt.", "%(num)s ble ikke sendt.", len(found) - len(sent))
        said.error(request, f"{words % {'num': len(found) - len(sent)}} {text.what} {text.do}")
    return HttpResponseRedirect(reverse("tasks:list") if sent else reverse("worklist:my-work"))


def _approver(request: HttpRequest, scope: Scope) -> User | None:
    wanted = request.POST.get("godkjent", "")
    return next((user for user in following_up.approvers(scope) if str(user.pk) == wanted), None)
