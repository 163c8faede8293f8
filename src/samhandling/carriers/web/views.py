"""How the lines to counterparts stand, one counterpart's transmissions, one transmission with its envelope."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from samhandling.access import audit
from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.carriers.ebxml import trying
from samhandling.carriers.models import Received, Transmission
from samhandling.carriers.web import reading
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.models import Delivery
from samhandling.exchange.ports import CarrierRefusedError
from samhandling.jobs.services import enqueue
from samhandling.pages.frame import page
from samhandling.pages.guard import needs
from samhandling.pages.texts import _, moment
from samhandling.pages.values import paged
from samhandling.registry.models import CommunicationParty
from samhandling.store.services import is_test_store, require_test_store
from samhandling.store.services import now as present

PAGE_SIZE = 50


@require_safe
@needs(May.WATCH_NETWORK)
def counterparts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """One row per counterpart."""
    now = present()
    audit.record_reading(scope, "transport.list", now=now)
    values = {"lines": reading.lines(scope, now), "since": moment(now, now)}
    return page(request, "carriers/list.html", values, title=_("Forbindelser"), scope=scope, now=now)


def _party(scope: Scope, her_id: str) -> CommunicationParty:
    found = reading.counterparts(scope).get(her_id)
    if found is None:
        raise NotFoundError(f"party {her_id}")
    return found


@require_safe
@needs(May.WATCH_NETWORK)
def counterpart(request: HttpRequest, scope: Scope, her_id: str) -> HttpResponse:
    """What went to and came from one counterpart, newest first."""
    now = present()
    party = _party(scope, her_id)
    inward = request.GET.get("vis") == "inn"
    ours = reading.own_hers(scope, now)
    out = Transmission.objects.filter(sender_her__in=ours, receiver_her=her_id).order_by("-pk")
    came = Received.objects.filter(receiver_her__in=ours, sender_her=her_id).select_related("answer").order_by("-pk")
    total = came.count() if inward else out.count()
    shown, first, last = paged(total, request.GET.get("side"), PAGE_SIZE, "vis=inn&" if inward else "")
    audit.record_reading(scope, "transport.counterpart", now=now, subject=f"counterpart:{her_id}")
    values = {
        "party": party,
        "name": f"{party.organisation.name}, {party.name}",
        "rows": reading.rows_in(came[first:last], now) if inward else reading.rows_out(out[first:last], now),
        "inward": inward,
        "page": shown,
        "pings": reading.pings(ours, her_id, now),
        "may_test": is_test_store(),
        "since": moment(now, now),
    }
    return page(request, "carriers/counterpart.html", values, title=party.name, scope=scope, now=now)


@require_safe
@needs(May.WATCH_NETWORK)
def sent(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One message of ours: each transmission and the envelope as it went. The payload is ciphertext and not shown."""
    now = present()
    mine = Transmission.objects.filter(sender_her__in=reading.own_hers(scope, now)).select_related("content")
    one = mine.filter(pk=pk).first()
    if one is None:
        raise NotFoundError(f"transmission {pk}")
    audit.record_reading(scope, "transport.read", now=now, subject=f"transmission:{pk}")
    delivery = Delivery.objects.filter(transport_id=one.transport_id).first()
    values = {
        "row": reading.rows_out([one], now)[0],
        "one": one,
        "legs": reading.legs(one.mailings.order_by("pk"), now),
        "answered": moment(one.answered_at, now) if one.answered_at else "",
        "next": moment(one.next_at, now) if one.next_at else "",
        "raw": reading.raw(originals.read(one.content)),
        "message": delivery.message_id if delivery is not None and scope.may(May.SEE_MESSAGES) else None,
        "back": reverse("carriers:counterpart", args=[one.receiver_her]),
    }
    return page(request, "carriers/sent.html", values, title=_("Forsendelse"), scope=scope, now=now)


@require_safe
@needs(May.WATCH_NETWORK)
def received(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """One message of others: its envelope and our answer with each transmission of it."""
    now = present()
    mine = Received.objects.filter(receiver_her__in=reading.own_hers(scope, now))
    one = mine.select_related("answer__content", "envelope").filter(pk=pk).first()
    if one is None:
        raise NotFoundError(f"received {pk}")
    audit.record_reading(scope, "transport.read", now=now, subject=f"received:{pk}")
    answer = one.answer
    values = {
        "row": reading.rows_in([one], now)[0],
        "one": one,
        "raw": reading.raw_received(originals.read(one.envelope)) if one.envelope is not None else None,
        "answer": reading.raw(originals.read(answer.content)) if answer is not None else None,
        "legs": reading.legs(answer.mailings.order_by("pk") if answer is not None else (), now),
        "back": reverse("carriers:counterpart", args=[one.sender_her]) + "?vis=inn",
    }
    return page(request, "carriers/received.html", values, title=_("Mottatt forsendelse"), scope=scope, now=now)


@require_POST
@needs(May.WATCH_NETWORK)
def try_line(request: HttpRequest, scope: Scope, her_id: str) -> HttpResponse:
    """*Ping*, or on a test node *Send testmelding*."""
    now = present()
    party = _party(scope, her_id)
    back = HttpResponseRedirect(reverse("carriers:counterpart", args=[her_id]))
    sender = reading.sender_of(scope, party, now)
    if sender is None:
        messages.error(request, _("Ingen av våre kommunikasjonsparter har EDI-adresse."))
        return back
    whole = request.POST.get("hva") == "testmelding"
    try:
        with transaction.atomic():
            if whole:
                require_test_store()
                payload = {"sender": sender.pk, "receiver": party.pk, "transport_id": str(uuid4())}
                enqueue("carriers.test_message", payload, now=now)
            else:
                trying.ask(sender, party, now=now)
            action = "transport.test_message" if whole else "transport.ping"
            audit.record(scope, action, now=now, subject=f"counterpart:{her_id}")
    except CarrierRefusedError:
        messages.error(request, _("Motparten har ingen EDI-adresse."))
    else:
        said = _("Testmeldingen sendes. Se listen.") if whole else _("Ping sendes. Svaret vises her når det kommer.")
        messages.success(request, said)
    return back
