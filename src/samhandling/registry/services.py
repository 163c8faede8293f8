"""Looking up parties, agreements, settings and phones, each as it stands on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from samhandling.clock import oslo
from samhandling.organisations.models import Organisation
from samhandling.organisations.rules import valid_on
from samhandling.organisations.services import valid
from samhandling.registry import rules
from samhandling.registry.models import (
    Agreement,
    CommunicationParty,
    ContactPoint,
    CounterpartFault,
    MessageSetting,
    ReceptionSetting,
    RoutineDocument,
)
from samhandling.registry.rules import PhoneLine, StaffedPhone
from samhandling.store.memo import remembered
from samhandling.store.prepared import first, prepared
from samhandling.store.services import is_test_store


@remembered
def party(her_id: str, day: date | None = None) -> CommunicationParty | None:
    """The communication party (level 2) with that HER-id, in force on `day` when a day is given."""
    return first(_party(her_id) if day is None else _party_on(her_id, day))


@prepared
def _party(her_id: str) -> QuerySet[CommunicationParty]:
    return CommunicationParty.objects.select_related("organisation", "unit").filter(her_id=her_id).order_by("pk")


@prepared
def _party_on(her_id: str, day: date) -> QuerySet[CommunicationParty]:
    rows = CommunicationParty.objects.select_related("organisation", "unit")
    return rows.filter(valid(day), her_id=her_id).order_by("pk")


def parties_of(organisation: Organisation, day: date) -> list[CommunicationParty]:
    """All parties of the organisation in force on `day`, by HER-id."""
    rows = CommunicationParty.objects.select_related("unit").filter(valid(day), organisation=organisation)
    return list(rows.order_by("her_id"))


def _best(rows: Iterable[CommunicationParty]) -> CommunicationParty | None:
    """Of several parties with one function: the one without Sted/funksjon serves the whole organisation (AD3.20)."""
    ordered = sorted(rows, key=lambda row: (row.place_function != "", len(row.her_id), row.her_id))
    return ordered[0] if ordered else None


@remembered
def _with_function(
    organisation: Organisation, function: str, day: date, track: str | None = None
) -> CommunicationParty | None:
    rows = _services(organisation, function, day)
    return _best(row for row in rows if track in (None, row.track))


@prepared
def _services(organisation: Organisation, function: str, day: date) -> QuerySet[CommunicationParty]:
    rows = CommunicationParty.objects.select_related("organisation", "unit")
    service = CommunicationParty.Kind.SERVICE
    return rows.filter(valid(day), organisation=organisation, function=function, kind=service)


def sender_for(hospital: Organisation, track: str, day: date) -> CommunicationParty | None:
    """The hospital's PLO reception of that track on `day`: who sends, and where answers come (S-26)."""
    return _with_function(hospital, rules.PLO_RECEPTION, day, track=track)


def addressee_for(message_type: str, municipality: Organisation, track: str, day: date) -> CommunicationParty | None:
    """The municipality's party that takes a message of that type (8279) in a course of that track (2.2).

    None when the type has no default addressee, or the municipality has no such party on `day`.
    """
    for function in rules.functions_for(message_type, track):
        found = _with_function(municipality, function, day)
        if found is not None:
            return found
    return None


def attachment_formats(organisation: Organisation) -> frozenset[str]:
    """Media types of attachments that the organisation takes; empty where it takes all (T99)."""
    row = ReceptionSetting.objects.filter(organisation=organisation).first()
    return frozenset(kind.lower() for kind in row.attachment_formats) if row is not None else frozenset()


def address_book(message_type: str, own: Organisation, day: date) -> list[CommunicationParty]:
    """Everybody outside our own organisation who takes a message of that type, by organisation and name."""
    rows = CommunicationParty.objects.select_related("organisation").filter(valid(day)).exclude(organisation=own)
    found = [row for row in rows if rules.takes(message_type, row.organisation.kind, row.function)]
    return sorted(found, key=lambda row: (row.organisation.name, row.name, row.her_id))


def copy_book(message_type: str, own: Organisation, day: date) -> list[CommunicationParty]:
    """Everybody outside our own organisation who may be sent a copy of such a message, by organisation and name.

    Between a hospital and a municipality there must be an agreement, as for the message itself (S-48).
    """
    rows = CommunicationParty.objects.select_related("organisation").filter(valid(day)).exclude(organisation=own)
    found = [row for row in rows if rules.takes_copy(message_type, row.organisation.kind, row.function)]
    agreements = Agreement.objects.filter(valid(day)).filter(Q(hospital=own) | Q(municipality=own))
    agreed = {each for pair in agreements.values_list("hospital_id", "municipality_id") for each in pair}
    across = {"hospital": "municipality", "municipality": "hospital"}.get(own.kind, "")
    open_to = [row for row in found if row.organisation.kind != across or row.organisation_id in agreed]
    return sorted(open_to, key=lambda row: (row.organisation.name, row.name, row.her_id))


def writer_of(
    message_type: str, own: Organisation, day: date, *, prefer: str = "", person: tuple[str, str] = ("", "")
) -> CommunicationParty | None:
    """Which of our own parties sends a message of that type: the writer where we have an address of `person` (given
    name, family name), as of a doctor; else by the rule of the type, else the preferred function, else any.
    """
    mine = parties_of(own, day)
    named = [p for p in mine if p.kind == CommunicationParty.Kind.PERSON and (p.given_name, p.family_name) == person]
    if named:
        return named[0]
    for function in (*rules.WRITERS.get(message_type, ()), prefer):
        found = next((party for party in mine if party.function == function), None)
        if found is not None:
            return found
    return mine[0] if mine else None


@remembered
def agreement_between(hospital: Organisation, municipality: Organisation, day: date) -> Agreement | None:
    """Their agreement on `day`; None means no electronic exchange (S-48)."""
    return first(_agreements(hospital, municipality, day))


@prepared
def _agreements(hospital: Organisation, municipality: Organisation, day: date) -> QuerySet[Agreement]:
    rows = Agreement.objects.select_related("hospital", "municipality")
    return rows.filter(valid(day), hospital=hospital, municipality=municipality).order_by("-valid_from")


def plo_version(agreement: Agreement | None, receiver: CommunicationParty, *copies: CommunicationParty) -> str | None:
    """Version of PLO to send to `receiver`, and to those who get a copy; None when none fits all sides."""
    taken = [v for v in receiver.plo_versions if all(v in copy.plo_versions for copy in copies)]
    return rules.plo_version(agreement.plo_version if agreement else "", taken)


@remembered
def written_by(organisation: Organisation, message_type: str) -> str:
    """`node` or `epj`: who writes that message type (8279) for the organisation; the node unless set otherwise."""
    row = first(_message_settings(organisation, message_type))
    return row.written_by if row is not None else MessageSetting.Writer.NODE.value


@prepared
def _message_settings(organisation: Organisation, message_type: str) -> QuerySet[MessageSetting]:
    return MessageSetting.objects.filter(organisation=organisation, message_type=message_type)


def rejects_unknown_service(organisation: Organisation) -> bool:
    """True when the organisation answers E21 for a service or person it does not know (RECV-64)."""
    return ReceptionSetting.objects.filter(organisation=organisation, reject_unknown_service=True).exists()


@remembered
def staffed_phone(municipality: Organisation | None, instant: datetime) -> StaffedPhone | None:
    """The phone to call at `instant` (aware) and why it is this one; None when there is no number (4.4)."""
    if municipality is None:
        return None
    rows = ContactPoint.objects.filter(
        organisation=municipality, kind__in=["coordinator", "night", "switchboard"]
    ).order_by("pk")
    lines = [PhoneLine(r.kind, r.name, r.phone, r.hours, r.valid_from, r.valid_to) for r in rows]
    return rules.choose_phone(lines, instant)


def phones_of(municipality: Organisation, day: date) -> list[ContactPoint]:
    """The numbers that one may call the municipality on, in force on `day`: coordinator, night, switchboard."""
    kinds = ("coordinator", "night", "switchboard")
    rows = ContactPoint.objects.filter(valid(day), organisation=municipality, kind__in=kinds).exclude(phone="")
    return sorted(rows, key=lambda row: (kinds.index(row.kind), row.pk))


def contact_points(organisation: Organisation, kind: str, day: date) -> list[ContactPoint]:
    """The organisation's contact points of that kind on `day`."""
    rows = ContactPoint.objects.filter(valid(day), organisation=organisation, kind=kind).select_related("unit")
    return list(rows.order_by("pk"))


def routine_document(code: str, organisations: Iterable[Organisation | None], day: date) -> RoutineDocument | None:
    """The document of the routine with that code: of the first of the organisations that has a link to one (S-74)."""
    for organisation in organisations:
        rows = RoutineDocument.objects.filter(valid(day), organisation=organisation, code=code).exclude(url="")
        found = rows.order_by("-valid_from").first() if organisation is not None else None
        if found is not None:
            return found
    return None


def fault_of(organisation: Organisation, message_type: str, now: datetime) -> CounterpartFault | None:
    """How the receiving organisation misbehaves on purpose with that type at `now`; always None in a real store."""
    for row in _faults(organisation, message_type):
        if (row.starts_at is None or row.starts_at <= now) and (row.ends_at is None or now < row.ends_at):
            return row if is_test_store() else None
    return None


@prepared
def _faults(organisation: Organisation, message_type: str) -> QuerySet[CounterpartFault]:
    rows = CounterpartFault.objects.filter(Q(message_type="") | Q(message_type=message_type))
    return rows.filter(organisation=organisation).order_by("-message_type", "pk")


def agreements_on(hospital: Organisation, instant: datetime) -> list[Agreement]:
    """The hospital's agreements in force on the local day of `instant`, by municipality name."""
    day = oslo.local(instant).date()
    rows = Agreement.objects.select_related("municipality").filter(hospital=hospital)
    return sorted(
        (row for row in rows if valid_on(row.valid_from, row.valid_to, day)), key=lambda row: row.municipality.name
    )


@remembered
def family_contact(message_type: str, organisation: Organisation, day: date) -> ContactPoint | None:
    """Whom the organisation's table of contacts names for that message type on `day` (S-08 to S-12).

    A family without a contact of its own is the message responsible's. The same table is the page *Kontaktpunkter*.
    """
    kinds = (rules.contact_kind(message_type), "message_responsible")
    found = [row for kind in kinds for row in contact_points(organisation, kind, day)]
    return found[0] if found else None


def desks(organisation: Organisation, day: date) -> dict[int, ContactPoint]:
    """The units that are the desk of a message family on `day`: unit id -> its contact point."""
    rows = ContactPoint.objects.filter(valid(day), organisation=organisation, kind__in=rules.FAMILY_CONTACTS)
    return {row.unit_id: row for row in rows.exclude(unit=None).select_related("unit").order_by("-pk") if row.unit_id}
