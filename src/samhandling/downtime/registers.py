"""The contact register and the document register that notices lean on (S-51, S-64, S-74, S-75).

Rows stay the registry's own; here stands who changed or confirmed them, and when. Once a year each contact and group
comes up for review: a task that only a person's *Bekreft at dette stemmer*, or a change, closes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Model

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.downtime.models import RegisterEntry
from samhandling.errors import NotFoundError
from samhandling.jobs.running import Running
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations, valid
from samhandling.pages.texts import N_
from samhandling.registry.models import Agreement, ContactGroup, ContactGroupMember, ContactPoint, RoutineDocument
from samhandling.tasks.services import close_tasks, open_task

YEAR = timedelta(days=365)
SOON = timedelta(days=30)
CAUSE = "register_review"
TABLES: dict[str, type[Model]] = {
    "kontakt": ContactPoint, "gruppe": ContactGroup, "medlem": ContactGroupMember, "dokument": RoutineDocument,
}  # fmt: skip
REVIEWED = ("kontakt", "gruppe")

KINDS: tuple[tuple[str, str], ...] = (
    ("acute_stop", N_("Akutt stans")), ("planned_stop", N_("Planlagt stans")),
    ("message_responsible", N_("Meldingsansvarlig")), ("plo", N_("PLO- og dialogmeldinger")),
    ("discharge_letter", N_("Epikriser")), ("laboratory", N_("Svarmeldinger laboratoriemedisin")),
    ("imaging", N_("Svarmeldinger bildediagnostikk")), ("referral", N_("Henvisninger")),
    ("coordinator", N_("Koordinatortelefon")), ("night", N_("Nattelefon")), ("switchboard", N_("Sentralbord")),
)  # fmt: skip
"""What one calls a contact for, in the order of S-05 to S-12."""

DOCUMENTS: tuple[tuple[str, str, str], ...] = (
    ("F/3.4-02", N_("PLO – innlagte pasienter med kommunale tjenester: samhandling og nødrutine"), "S-74"),
    ("F/3.4-01", N_("PLO- og dialogmeldinger i journalsystemet"), "S-74"),
    ("F/3.4-04", N_("PLO – feilsøking og avvikshåndtering"), "S-74"),
    ("SJEKKLISTE", N_("Sjekkliste for varsling av planlagt nedetid"), "S-49"),
    ("DRIFTSAVTALE", N_("Driftsavtale for pasientrelatert meldingsutveksling"), "S-50"),
    ("F/16.1.2.9-09", N_("Vedlegg 1: PLO-ressurspersoner"), "S-75"),
    ("F/3.1-41", N_("Vedlegg 2: kontaktinformasjon i kommunene"), "S-75"),
    ("KOMMUNIKASJONSPARTER", N_("Elektroniske meldinger – eksterne kommunikasjonsparter"), "S-51"),
    ("OVERSIKT", N_("Skjematisk oversikt"), "S-51"),
    ("SAMARBEIDSAVTALE-IKT", N_("Samarbeidsavtale IKT"), "S-51"),
    ("RETNINGSLINJE-9", N_("Retningslinje 9"), "S-51"),
    ("HISD-80806", N_("Nasjonal veileder: pleie- og omsorgsmeldinger i pasientforløp"), "S-46"),
)
"""The documents that the routine refers to, by the code they are registered under; the emergency routine first."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the routine, as it stands on a day."""

    code: str
    title: str
    requirement: str
    row: RoutineDocument | None
    state: str
    """`valid soon expired coming missing`."""


def documents(organisation: Organisation, day: date) -> list[Document]:
    """What the routine refers to, and whatever else is registered; of several versions the one that counts now."""
    rows: dict[str, RoutineDocument] = {}
    for row in RoutineDocument.objects.filter(organisation=organisation).order_by("valid_from", "pk"):
        if row.code not in rows or row.valid_from <= day:
            rows[row.code] = row
    known = [Document(code, title, needs, rows.get(code), _state(rows.get(code), day))
             for code, title, needs in DOCUMENTS]  # fmt: skip
    codes = {each.code for each in known}
    others = [Document(code, row.title, "", row, _state(row, day)) for code, row in rows.items() if code not in codes]
    return known + others


def _state(row: RoutineDocument | None, day: date) -> str:
    if row is None:
        return "missing"
    if row.valid_from > day:
        return "coming"
    if row.valid_to is not None and row.valid_to < day:
        return "expired"
    return "soon" if row.valid_to is not None and row.valid_to < day + SOON else "valid"


def maintained(organisation: Organisation, now: datetime) -> list[Organisation]:
    """Whose contacts are kept here: one's own, and those of counterparts that keep none on this node themselves."""
    partners = Agreement.objects.filter(valid(oslo.day(now)), hospital=organisation, municipality__hosted=False)
    others = Organisation.objects.filter(pk__in=partners.values("municipality")).order_by("name")
    return [organisation, *others]


def counterparts_here(organisation: Organisation, now: datetime) -> list[Organisation]:
    """Counterparts that this node hosts: they keep their own contacts, which we may see."""
    partners = Agreement.objects.filter(valid(oslo.day(now)), hospital=organisation, municipality__hosted=True)
    return list(Organisation.objects.filter(pk__in=partners.values("municipality")).order_by("name"))


def row_of(table: str, pk: int, organisation: Organisation, now: datetime) -> Model:
    """The row, if it is kept here. Raises NotFoundError."""
    model = TABLES.get(table)
    found = model._default_manager.filter(pk=pk).first() if model is not None else None
    if found is None or owner_of(found) not in {each.pk for each in maintained(organisation, now)}:
        raise NotFoundError(f"{table} {pk}")
    return found


def owner_of(row: Model) -> int:
    """The organisation whose row it is."""
    whose: int = row.group.organisation_id if isinstance(row, ContactGroupMember) else row.organisation_id  # type: ignore[attr-defined]
    return whose


@transaction.atomic
def note(organisation: Organisation, table: str, pk: int, what: str, *, user: User | None, now: datetime) -> None:
    """Who `added`, `changed` or `confirmed` a row; the review is done with it."""
    RegisterEntry.objects.create(organisation=organisation, table=table, row=pk, what=what, user=user, at=now)
    if table == "medlem":
        table, pk = "gruppe", ContactGroupMember.objects.values_list("group_id", flat=True).get(pk=pk)
    close_tasks(unique_key=_key(table, pk), organisation=organisation, how="done", now=now, user=user)


def entries(organisation: Organisation, whats: Iterable[str]) -> dict[tuple[str, int], RegisterEntry]:
    """The last entry of those kinds for each row."""
    rows = RegisterEntry.objects.filter(organisation=organisation, what__in=list(whats)).select_related("user")
    return {(row.table, row.row): row for row in rows.order_by("at", "pk")}


def review(running: Running) -> None:
    """Job, each hour: ask about what nobody has looked at for a year, once a year for each contact and group."""
    with transaction.atomic():
        for organisation in hosted_organisations("hospital"):
            _review(organisation, running.now)
        running.finish()


def _review(organisation: Organisation, now: datetime) -> None:
    seen = entries(organisation, ("seen", "added", "changed", "confirmed", "asked"))
    whose = {each.pk: each for each in maintained(organisation, now)}
    for table in REVIEWED:
        rows = TABLES[table]._default_manager.filter(valid(oslo.day(now)), organisation__in=list(whose))
        for row in rows.order_by("pk"):
            last = seen.get((table, row.pk))
            if last is None:
                RegisterEntry.objects.create(organisation=organisation, table=table, row=row.pk, what="seen", at=now)
            elif last.at <= now - YEAR:
                RegisterEntry.objects.create(organisation=organisation, table=table, row=row.pk, what="asked", at=now)
                open_task(
                    organisation=organisation, kind="decide", cause=CAUSE, severity="low", now=now,
                    due_at=now + SOON, role="message_responsible", group_key=CAUSE, unique_key=_key(table, row.pk),
                    text=f"{whose[owner_of(row)].name}: {name_of(row)}",
                )  # fmt: skip


def name_of(row: Model) -> str:
    """What a row is called in tasks and lists."""
    if isinstance(row, ContactPoint):
        return row.name or ContactPoint.Kind(row.kind).label
    return str(getattr(row, "name", "") or getattr(row, "title", "") or getattr(row, "role", ""))


def _key(table: str, pk: int) -> str:
    return f"register:{table}:{pk}"
