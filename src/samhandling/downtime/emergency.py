"""*Nødrutiner – utskrift*: for each ward one encrypted PDF with what it needs when nothing works (S-50, S-54).

Its patients with municipal services, what was last told, what is due, whom to call, and blank forms. The pass phrase is
the ward's own; the file opens in any PDF reader without the node. The last three versions are kept.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q

from samhandling.access.models import User
from samhandling.clock import oslo
from samhandling.configuration import configuration
from samhandling.downtime.models import EmergencyPrint
from samhandling.errors import SamhandlingError
from samhandling.messages.display.blocks import Page, Row, Section
from samhandling.organisations.models import Organisation, Unit
from samhandling.organisations.services import municipality, valid
from samhandling.pages.texts import _, language, moment
from samhandling.patients.services import vault
from samhandling.registry.models import ContactGroup, ContactGroupMember
from samhandling.registry.services import agreements_on, phones_of
from samhandling.registry.wording import say_hours
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import INPATIENT
from samhandling.stays.web.reading import StayRow, rows
from samhandling.store.services import is_test_store
from samhandling.store.services import now as present
from samhandling.writing.pdf import Particulars, make

KEPT = 3
SHORTEST = 12
BLANK_FORMS = 4


class PassPhraseTooShortError(SamhandlingError):
    """A pass phrase that could be guessed."""

    code = "downtime.pass_phrase_too_short"


class NoPassPhraseError(SamhandlingError):
    """The ward's print-out has no pass phrase yet, and is never made without one."""

    code = "downtime.no_pass_phrase"


def wards(organisation: Organisation, now: datetime) -> list[Unit]:
    """The wards with inpatients that are in use."""
    found = Unit.objects.filter(valid(oslo.day(now)), organisation=organisation, inpatient=True)
    return list(found.order_by("name", "pk"))


def set_pass_phrase(unit: Unit, phrase: str, *, user: User, now: datetime) -> None:
    """Give a ward's print-outs their pass phrase; older files keep theirs. Raises PassPhraseTooShortError."""
    if len(phrase.strip()) < SHORTEST:
        raise PassPhraseTooShortError
    sealed = {"pass_phrase": vault().seal(phrase.strip()), "set_by": user, "set_at": now, "made_at": None}
    EmergencyPrint.objects.update_or_create(unit=unit, defaults=sealed)


def document(unit: Unit, now: datetime) -> bytes:
    """The ward's print-out, encrypted. Raises NoPassPhraseError."""
    row = EmergencyPrint.objects.filter(unit=unit).first()
    if row is None:
        raise NoPassPhraseError(f"unit {unit.pk}")
    particulars = Particulars(
        facts=(),
        running_head=_("%(unit)s, %(when)s. Er dette eldre enn ett døgn, ring kommunen for det som er nytt.")
        % {"unit": unit.name, "when": moment(now)},
        mark="SYNTETISK" if is_test_store() else "",
        made_at=now,
    )
    return make(content(unit, now), particulars, pass_phrase=vault().open(bytes(row.pass_phrase)))


def content(unit: Unit, now: datetime) -> Page:
    """What stands in the print-out."""
    inpatients = Stay.objects.filter(unit=unit, state__in=[state.value for state in INPATIENT])
    found = sorted(rows(inpatients.select_related("patient", "unit"), now), key=lambda row: (row.name, row.pk))
    # Whoever has been assessed, is no user and needs nothing is nobody the municipality must hear of.
    found = [row for row in found if row.knows or row.questions or row.next or row.marks]
    return Page(
        title=_("Nødrutiner: %(unit)s") % {"unit": unit.name},
        lang=language(),
        notices=[_("Bruk dette når meldingene eller systemet er nede. Ring kommunen, og skriv ned hvem, når og hva.")],
        sections=[
            Section(
                _("Pasienter (%(count)s)") % {"count": len(found)},
                [_patient(row) for row in found] or [Row("", _("Ingen pasienter her som kommunen skal vite om nå."))],
            ),
            Section(_("Telefon til kommunene"), _phones(unit, now)),
            Section(_("Telefoner på sykehuset"), _own_phones(unit.organisation, now)),
            *[_form(number) for number in range(1, BLANK_FORMS + 1)],
        ],
    )


def _patient(row: StayRow) -> Section:
    knows = [f"{told.text} ({told.status.text}{', ' + told.when if told.when else ''})" for told in row.knows]
    due = [
        " ".join(part for part in (step.title, step.due.text if step.due else "", step.phone) if part)
        for step in row.steps
    ]
    items = [
        Row(_("Innlagt"), row.since),
        Row(_("Kommune"), row.municipality),
        Row(_("Kommunen vet"), "\n".join(knows) or (row.silence.text if row.silence else _("Ingenting"))),
        Row(_("Må gjøres"), "\n".join(due) or _("Ingenting haster nå.")),
        *[Row("", mark.text, "critical") for mark in row.marks],
    ]
    return Section(f"{row.name}, {row.born}", list(items))


def _phones(unit: Unit, now: datetime) -> list[Row | Section]:
    day = oslo.day(now)
    numbers = set(
        Stay.objects.filter(unit=unit, state__in=[state.value for state in INPATIENT]).values_list(
            "municipality_number", flat=True
        )
    )
    named = {each.pk: each for each in (municipality(number, day) for number in numbers if number) if each}
    named |= {row.municipality.pk: row.municipality for row in agreements_on(unit.organisation, now)}
    found: list[Row | Section] = []
    for each in sorted(named.values(), key=lambda each: each.name):
        lines = [
            f"{_(str(p.get_kind_display()))}: {p.phone} {say_hours(p.hours) if p.hours else ''}".strip()
            for p in phones_of(each, day)
        ]
        found.append(Row(each.name, "\n".join(lines) or _("Nummer mangler: bruk opplysningen."), "phone"))
    return found


def _own_phones(organisation: Organisation, now: datetime) -> list[Row | Section]:
    units = Unit.objects.filter(~Q(phone=""), valid(oslo.day(now)), organisation=organisation).order_by("name")
    wards: list[Row | Section] = [Row(each.name, f"{each.phone} {each.leader}".strip(), "phone") for each in units]
    persons = ContactGroupMember.objects.filter(
        valid(oslo.day(now)), group__in=ContactGroup.objects.filter(valid(oslo.day(now)), organisation=organisation),
        group__name__icontains="ressurspersoner",
    ).exclude(mobile="")  # fmt: skip
    return wards + [
        Row(" ".join(filter(None, (each.role, each.name))), each.mobile, "phone")
        for each in persons.order_by("role", "pk")
    ]


def _form(number: int) -> Section:
    """A blank form for what would have been a message."""
    line = "_" * 42
    labels = (
        _("Pasient, fødselsdato"), _("Ringt til, kommune"), _("Snakket med"), _("Dato og klokkeslett"),
        _("Innlagt / utskrivningsklar / utskrevet"), _("Behov for hjelp"), _("Avtalt"), _("Ringt av"),
    )  # fmt: skip
    return Section(_("Skjema %(number)s") % {"number": number}, [Row(label, line) for label in labels])


def write(unit: Unit, folder: Path, now: datetime) -> Path:
    """Write the ward's print-out into the folder and keep the last three. Raises NoPassPhraseError, OSError."""
    content_of_file = document(unit, now)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"nodrutine-{unit.organisation.her_id}-{unit.code or unit.pk}"
    path = folder / f"{name}-{oslo.local(now):%Y%m%d-%H%M%S}.pdf"
    beside = path.with_name(f".{path.name}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content_of_file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    for old in sorted(folder.glob(f"{name}-[0-9]*.pdf"))[:-KEPT]:
        old.unlink(missing_ok=True)
    EmergencyPrint.objects.filter(unit=unit).update(made_at=now)
    return path


def print_now() -> int:
    """Make the print-outs that are due, for the worker to call again and again; gives how many."""
    folder = configuration().emergency_folder
    if folder is None:
        return 0
    now = present()
    due = now - timedelta(hours=configuration().emergency_hours)
    waiting = EmergencyPrint.objects.filter(Q(made_at__isnull=True) | Q(made_at__lte=due)).select_related(
        "unit__organisation"
    )
    made = 0
    for row in waiting:
        write(row.unit, folder, now)
        made += 1
    return made
