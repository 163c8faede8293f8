"""What the pages of the lines show: figures per counterpart, and transmissions. No content, no keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from django.db.models import Count, Max, Min, Q
from django.urls import reverse

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.carriers.ebxml import knowing, rules
from samhandling.carriers.models import Mailing, Ping, Received, Transmission
from samhandling.configuration import configuration
from samhandling.ebxml import mime
from samhandling.ebxml.cpa import Agreement
from samhandling.ebxml.files import Loaded
from samhandling.ebxml.mime import MimeError
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Delivery
from samhandling.exchange.rules import DeliveryState
from samhandling.pages.texts import N_, _, date, duration, moment
from samhandling.pages.values import Status, Tone
from samhandling.registry import registered
from samhandling.registry.models import CommunicationParty
from samhandling.registry.registered import PartyEntry
from samhandling.registry.services import parties_of

LOOKED_BACK = timedelta(days=7)
SOON = timedelta(days=30)
LONG = timedelta(hours=24)
"""An acknowledgment that is missing for so long is worth a word; what is sent again is so after 12 hours."""

STATES: dict[str, tuple[Tone, str]] = {
    rules.State.PREPARED: (Tone.WAIT, N_("Klar, ikke sendt ennå")),
    rules.State.SENT: (Tone.WAIT, N_("Sendt, venter på transportkvittering")),
    rules.State.ACKNOWLEDGED: (Tone.OK, N_("Transportkvittering mottatt")),
    rules.State.WARNED: (Tone.WARN, N_("Transportkvittering med advarsel")),
    rules.State.REJECTED: (Tone.BAD, N_("Avvist av motpartens meldingstjener")),
    rules.State.FAULTED: (Tone.BAD, N_("Motparten kunne ikke lese den")),
    rules.State.BOUNCED: (Tone.BAD, N_("Kom i retur")),
    rules.State.ABANDONED: (Tone.BAD, N_("Ingen svar, gitt opp")),
    rules.State.LATE: (Tone.WARN, N_("Transportkvittering kom sent")),
}
ANSWERS: dict[str, tuple[Tone, str]] = {
    "acknowledgment": (Tone.OK, N_("Vi sendte transportkvittering")),
    "error": (Tone.BAD, N_("Vi avviste den")),
    "pong": (Tone.OK, N_("Vi svarte på Ping")),
}


OUTCOMES = (
    ("taken", N_("tatt imot")),
    ("bounce", N_("kom i retur")),
    ("delayed", N_("forsinket")),
    ("fault", N_("kunne ikke leses av motparten")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One counterpart in the list."""

    her_id: str
    name: str
    href: str
    standing: Status
    sent: str
    """Last time something of ours was acknowledged; "" for never."""
    received: str
    queue: int
    oldest: str
    """How long the oldest has waited for its acknowledgment; "" when none waits."""
    errors: str
    certificate: Status | None
    agreement: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message on the line, either way."""

    href: str
    inward: bool
    direction: str
    action: str
    message_id: str
    when: str
    at: datetime
    status: Status
    tries: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One transmission over the line."""

    when: str
    mail_id: str
    outcome: str


def legs(mailings: Iterable[Mailing], now: datetime) -> list[Leg]:
    """Each transmission, with what the other end said to it."""
    return [Leg(moment(each.sent_at, now), each.mail_id, _outcome(each.outcome)) for each in mailings]


def _outcome(said: str) -> str:
    for start, text in OUTCOMES:
        if said == start or said.startswith(f"{start} "):
            return " ".join((_(text), said.removeprefix(start).strip())).strip()
    return said


@dataclass(frozen=True, slots=True)
class PartView:
    """A part beside the envelope: what it is, never what it says."""

    content_id: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as text: headers and envelope, and what stands beside it."""

    headers: str
    envelope: str
    parts: tuple[PartView, ...] = ()


def own_hers(scope: Scope, now: datetime) -> list[str]:
    """HER-ids of the parties of the scope's organisation, also of those that have ended."""
    return list(CommunicationParty.objects.filter(organisation=scope.organisation).values_list("her_id", flat=True))


def sender_of(scope: Scope, receiver: CommunicationParty, now: datetime) -> CommunicationParty | None:
    """The party of ours that speaks to a counterpart: the one that did last, else any with an address."""
    ours = [one for one in parties_of(scope.organisation, now.date()) if one.edi_address]
    last = Transmission.objects.filter(receiver_her=receiver.her_id, sender_her__in=[one.her_id for one in ours])
    latest = last.order_by("-pk").values_list("sender_her", flat=True).first()
    return next((one for one in ours if one.her_id == latest), next(iter(ours), None))


def counterparts(scope: Scope) -> dict[str, CommunicationParty]:
    """Parties of others that are spoken to by ebXML, by HER-id."""
    rows = CommunicationParty.objects.filter(carrier__startswith="ebxml").exclude(organisation=scope.organisation)
    return {row.her_id: row for row in rows.select_related("organisation").order_by("organisation__name", "name")}


def visible(scope: Scope, her_id: int) -> bool:
    """Whether the scope may look at the line to that party."""
    return scope.may(May.WATCH_NETWORK) and str(her_id) in counterparts(scope)


def lines(scope: Scope, now: datetime) -> list[Line]:
    """How the line to each counterpart stands; a handful of queries however many there are."""
    ours = own_hers(scope, now)
    since = now - LOOKED_BACK
    waiting, failed = Q(state__in=rules.WAITING), Q(state__in=rules.FAILED, answered_at__gte=since)
    out: dict[str, Mapping[str, object]] = {
        row["receiver_her"]: row
        for row in Transmission.objects.filter(sender_her__in=ours).order_by().values("receiver_her").annotate(
            last=Max("answered_at", filter=Q(state__in=rules.DELIVERED)),
            open=Count("pk", filter=waiting), oldest=Min("prepared_at", filter=waiting),
            failed=Count("pk", filter=failed), settled=Count("pk", filter=Q(answered_at__gte=since)),
        )
    }  # fmt: skip
    came = dict(
        Received.objects.filter(receiver_her__in=ours).order_by().values_list("sender_her").annotate(Max("received_at"))
    )
    queued = dict(
        Delivery.objects.filter(organisation=scope.organisation, state__in=(DeliveryState.QUEUED, DeliveryState.ABOUT))
        .order_by().values_list("her_id").annotate(Count("pk"))
    )  # fmt: skip
    known = _known(now)
    return [
        _line(party, out.get(her_id, {}), came.get(her_id), queued.get(her_id, 0), known, ours, now)
        for her_id, party in counterparts(scope).items()
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """Certificates and agreements as the registers and the settings' files have them; no keys."""

    files: Loaded
    parties: Mapping[str, PartyEntry]
    agreements: tuple[Agreement, ...]

    def certificates(self, party: CommunicationParty) -> list[x509.Certificate]:
        """Of a party, or of its organisation."""
        told = self.parties.get(party.her_id)
        if told is not None and told.found:
            return [*told.signing, *told.encryption]
        hers = (party.her_id, party.organisation.her_id)
        return [one for use in ("signing", "encryption") for one in self.files.certificates(use, *hers)]


def _known(now: datetime) -> _Known | None:
    try:
        found = knowing.public()
    except SamhandlingError:
        return None
    agreed = [one.agreement for one in found.agreements.values()]
    if configuration().registers is None:
        return _Known(found, {}, tuple(agreed))
    agreed += [one.agreement for one in registered.agreements().values() if one.agreement is not None]
    return _Known(found, registered.parties(now), tuple(agreed))


def _line(
    party: CommunicationParty, out: Mapping[str, object], came: datetime | None, queued: int, known: _Known | None,
    ours: list[str], now: datetime,
) -> Line:  # fmt: skip
    last, oldest = out.get("last"), out.get("oldest")
    failed, settled = int(str(out.get("failed", 0))), int(str(out.get("settled", 0)))
    since = now - oldest if isinstance(oldest, datetime) else None
    certificate = _certificate(party, known, now)
    standing = Status(Tone.OK, _("Virker"))
    if failed and failed == settled:
        standing = Status(Tone.BAD, _("Ingenting kommer fram"))
    elif since is not None and since > LONG:
        standing = Status(Tone.BAD, _("Svarer ikke"))
    elif failed or (certificate is not None and certificate.tone is not Tone.QUIET):
        standing = Status(Tone.WARN, _("Se på denne"))
    elif last is None and came is None:
        standing = Status(Tone.QUIET, _("Ikke brukt ennå"))
    return Line(
        her_id=party.her_id,
        name=f"{party.organisation.name}, {party.name}",
        href=reverse("carriers:counterpart", args=[party.her_id]),
        standing=standing,
        sent=moment(last, now) if isinstance(last, datetime) else "",
        received=moment(came, now) if came is not None else "",
        queue=queued + int(str(out.get("open", 0))),
        oldest=duration(since) if since is not None else "",
        errors=f"{failed} / {settled}" if settled else "",
        certificate=certificate,
        agreement=_agreement(party, known, ours),
    )


def _certificate(party: CommunicationParty, known: _Known | None, now: datetime) -> Status | None:
    """When the first of its certificates ends."""
    if known is None:
        return None
    found = known.certificates(party)
    if not found:
        return None
    ends = min(one.not_valid_after_utc for one in found)
    if ends <= now:
        return Status(Tone.BAD, _("Utløpt %(day)s") % {"day": date(ends)})
    return Status(Tone.WARN if ends - now < SOON else Tone.QUIET, _("Til %(day)s") % {"day": date(ends)})


def _agreement(party: CommunicationParty, known: _Known | None, ours: list[str]) -> str:
    for one in known.agreements if known is not None else ():
        if one.party(party.her_id) and any(one.party(own) for own in ours):
            return _("Til %(day)s") % {"day": date(one.end)} if one.end else _("Uten sluttdato")
    return ""


def rows_out(found: Iterable[Transmission], now: datetime) -> list[Row]:
    """Messages of ours."""
    return [
        Row(
            href=reverse("carriers:sent", args=[one.pk]),
            inward=False,
            direction=_("Ut"),
            action=one.action,
            message_id=str(one.transport_id),
            when=moment(one.prepared_at, now),
            at=one.prepared_at,
            status=status_out(one),
            tries=one.tries,
        )
        for one in found
    ]


def status_out(one: Transmission) -> Status:
    """How far a transmission of ours has come."""
    tone, text = STATES.get(one.state, (Tone.QUIET, one.state))
    return Status(tone, _(text) + (f" ({one.answer_code})" if one.answer_code else ""))


def rows_in(found: Iterable[Received], now: datetime) -> list[Row]:
    """Messages of others."""
    return [
        Row(
            href=reverse("carriers:received", args=[one.pk]),
            inward=True,
            direction=_("Inn"),
            action=one.action,
            message_id=one.message_id,
            when=moment(one.received_at, now),
            at=one.received_at,
            status=status_in(one),
            tries=one.repeats + 1,
        )
        for one in found
    ]


def status_in(one: Received) -> Status:
    """How we answered."""
    kind = one.answer.kind if one.answer is not None else ""
    tone, text = ANSWERS.get(kind, (Tone.QUIET, N_("Svar på en forespørsel fra oss")))
    return Status(tone, _(text))


def pings(ours: list[str], her_id: str, now: datetime) -> list[tuple[str, Status]]:
    """The last Pings to a counterpart."""
    found = []
    for one in Ping.objects.filter(sender_her__in=ours, receiver_her=her_id).order_by("-pk")[:5]:
        if one.answered_at is not None:
            how = Status(Tone.OK, _("Svar %(when)s") % {"when": moment(one.answered_at, now)})
        elif one.fault:
            how = Status(Tone.BAD, _("Ikke sendt: %(why)s") % {"why": one.fault})
        else:
            how = Status(Tone.WAIT, _("Venter på svar"))
        found.append((moment(one.asked_at, now), how))
    return found


def raw(content: bytes) -> Raw:
    """A stored message of ours as text; payloads are named, never shown."""
    block, _blank, _body = content.partition(b"\r\n\r\n")
    headers = block.decode("utf-8", errors="replace")
    try:
        message = mime.read(content)
    except MimeError:
        return Raw(headers, "")
    parts = (
        PartView(part.headers.content_id, part.headers.content_type.value, len(part.data))
        for part in message.attachments
    )
    return Raw(headers, message.soap.data.decode("utf-8", errors="replace"), tuple(parts))


def raw_received(content: bytes) -> Raw:
    """What was kept of a message of others."""
    headers, _blank, text = content.partition(b"\r\n\r\n")
    return Raw(headers.decode("utf-8", errors="replace"), text.decode("utf-8", errors="replace"))
