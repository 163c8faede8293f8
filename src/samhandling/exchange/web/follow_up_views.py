"""Follow up messages that are not safely delivered: what to say to the counterpart, and send again with preview."""

from __future__ import annotations

from typing import Literal

from django.contrib import messages as said
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.exchange import approving
from samhandling.exchange.approving import ask
from samhandling.exchange.resending import NotResendableError, SameApproverError, prospect
from samhandling.exchange.resending import resend as send_again
from samhandling.exchange.web import explaining, following_up
from samhandling.pages import texts
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment, ngettext
from samhandling.store.services import now as present
from samhandling.tasks.services import NoteMissingError, TaskClosedError

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
        "approvers": approving.approvers(scope.organisation, but=scope.user),
    }
    return page(request, "exchange/follow_up.html", values, title=_("Ring eller send på nytt"), scope=scope, now=now)


@require_POST
@needs(May.SEE_MESSAGES, May.RESEND)
def resend(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Send the ticked messages again, oldest first, all in the one way that the button names.

    One that was sent again before waits for somebody else's leave; one that may not go does not stop the others.
    """
    now = present()
    kind = KINDS.get(request.POST.get("hvordan", ""))
    if kind is None:
        raise NotFoundError("way of sending again")
    found = following_up.messages(scope, request.POST.getlist("melding"))
    sent, asked, refused = 0, 0, ""
    for message in found:
        try:
            with transaction.atomic():
                if prospect(message, kind).needs_approval:
                    ask(
                        message.pk, kind, organisation_id=scope.organisation.pk, user=scope.user,
                        reason=request.POST.get("begrunnelse", ""), now=now,
                    )  # fmt: skip
                    asked += 1
                else:
                    send_again(message.pk, kind, organisation_id=scope.organisation.pk, user=scope.user, now=now)
                    sent += 1
        except SamhandlingError as error:
            refused = error.code
    _say(request, sent, asked, len(found) - sent - asked, refused)
    return HttpResponseRedirect(reverse("tasks:list") if sent or asked else reverse("worklist:my-work"))


def _say(request: HttpRequest, sent: int, asked: int, left: int, refused: str) -> None:
    if sent:
        words = ngettext("%(num)s melding er sendt på nytt.", "%(num)s meldinger er sendt på nytt.", sent)
        said.success(request, words % {"num": sent} + " " + _("Oppgaven om å ringe står til du lukker den."))
    if asked:
        words = _("%(num)s venter på at en annen godkjenner. Du får svaret som en oppgave.")
        said.info(request, words % {"num": asked})
    if refused:
        text = texts.error(refused)
        words = ngettext("%(num)s ble ikke sendt.", "%(num)s ble ikke sendt.", left)
        said.error(request, f"{words % {'num': left}} {text.what} {text.do}")


@require_safe
@needs(May.SEE_MESSAGES, May.RESEND)
def approve(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """What somebody asks leave for: the message without its content, why, and what was sent before."""
    now = present()
    try:
        found = approving.waiting(pk, organisation_id=scope.organisation.pk)
    except TaskClosedError:
        return _decided(request)
    values = {
        "found": found,
        "row": following_up.rows(scope, [found.message], now)[0],
        "as_new": found.kind == "new",
        "asked": moment(found.task.opened_at, now),
        "own": found.asked_by.pk == scope.user.pk,
        "possible": prospect(found.message, found.kind).allowed,
        "before": following_up.sent_before(found.message, now),
    }
    audit.record_reading(scope, "message.list", now=now, subject=f"message:{found.message.pk}")
    return page(request, "exchange/approve.html", values, title=_("Sende på nytt en gang til?"), scope=scope, now=now)


@require_POST
@needs(May.SEE_MESSAGES, May.RESEND)
def decide(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Yes or no, once; whoever asked gets the answer as a task."""
    answer = request.POST.get("svar", "")
    if answer not in ("ja", "nei"):
        raise NotFoundError("answer")
    try:
        approving.decide(
            pk, approve=answer == "ja", organisation_id=scope.organisation.pk, user=scope.user,
            note=request.POST.get("merknad", ""), now=present(),
        )  # fmt: skip
    except TaskClosedError:
        return _decided(request)
    except (NoteMissingError, NotResendableError, SameApproverError) as error:
        text = texts.error(error.code)
        said.error(request, f"{text.what} {text.do}")
        return HttpResponseRedirect(reverse("exchange:approve", args=[pk]))
    said.success(request, _("Godkjent og sendt.") if answer == "ja" else _("Avslått. Den som spurte, får beskjed."))
    return HttpResponseRedirect(reverse("tasks:list"))


def _decided(request: HttpRequest) -> HttpResponse:
    said.info(request, _("Det er svart på dette alt."))
    return HttpResponseRedirect(reverse("tasks:list"))
