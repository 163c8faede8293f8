"""Who it is about, as every page shows it (P-04, P-09, P-10)."""

from __future__ import annotations

from samhandling.clock import oslo
from samhandling.identity.persons import classify, format_person_number
from samhandling.pages.texts import _
from samhandling.pages.values import PatientStrip, Status, Tone
from samhandling.patients.models import Patient
from samhandling.patients.services import numbers_in_use, opened


def full_name(patient: Patient) -> str:
    """`Kari Anne Olsen`; a patient without a name says so."""
    names = (patient.given_name, patient.middle_name, patient.family_name)
    return " ".join(name for name in names if name) or _("Navn ukjent")


def strip(patient: Patient, *, test: bool) -> PatientStrip:
    """Name, birth date, number and marks. `test` tells whether the store is marked *test* (P-15)."""
    number, synthetic, marks = "", False, []
    rows = [row for row in numbers_in_use(patient) if row.kind != "LOCAL"]
    if rows:
        row = rows[0]
        value = opened(row).value
        number = format_person_number(value)
        synthetic = classify(value, row.kind, test=test).synthetic
        if row.kind in {"HNR", "FHN"}:
            issuer = f" ({row.issuer})" if row.issuer else ""
            marks.append(Status(Tone.WARN, _("Hjelpenummer, ikke fødselsnummer") + issuer))
        elif row.kind == "DNR":
            marks.append(Status(Tone.QUIET, _("D-nummer")))
        if not row.valid:
            marks.append(Status(Tone.WARN, _("Nummeret er ikke gyldig")))
    else:
        marks.append(Status(Tone.WARN, _("Uten fødselsnummer")))
    if patient.protection:
        marks.append(Status(Tone.WARN, _("Fortrolig adresse: oppgi aldri hvor pasienten bor")))
    if patient.provisional:
        marks.append(Status(Tone.QUIET, _("Kjent bare fra mottatte meldinger")))
    if synthetic:
        marks.append(Status(Tone.QUIET, "SYNTETISK"))
    born = oslo.say_date(patient.birth_date) if patient.birth_date else ""
    return PatientStrip(full_name(patient), born, number, synthetic, tuple(marks))


def short(patient: Patient) -> tuple[str, str]:
    """Name and birth date: what stands in a list."""
    return full_name(patient), oslo.say_date(patient.birth_date) if patient.birth_date else ""
