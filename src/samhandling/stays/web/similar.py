"""*Lik navn: sjekk fødselsdato* (P-04): on the ward's list, on the stay's page, and where one writes and sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from samhandling.pages.texts import _
from samhandling.pages.values import PatientStrip, Status, Tone
from samhandling.patients.alike import Named, alike
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import INPATIENT


def _named(stay: Stay) -> Named:
    patient = stay.patient
    return Named(stay.pk, stay.unit_id or 0, patient.family_name, patient.given_name, patient.birth_date)


def among(stays: Iterable[Stay]) -> set[int]:
    """Ids of the stays whose patient may be mixed up with another one's in the same unit."""
    return alike(_named(stay) for stay in stays)


def marked(shown: PatientStrip, stay: Stay) -> PatientStrip:
    """Who it is about, with the mark of a name that another one in the unit has, or nearly."""
    return replace(shown, marks=(*mark(stay), *shown.marks))


def mark(stay: Stay) -> tuple[Status, ...]:
    """The mark of a stay whose patient has a name like that of another one who lies in the unit now."""
    if stay.unit_id is None:
        return ()
    others = Stay.objects.filter(
        organisation_id=stay.organisation_id, unit_id=stay.unit_id, state__in=[state.value for state in INPATIENT]
    )
    people = [stay, *others.exclude(patient_id=stay.patient_id).select_related("patient")]
    return (Status(Tone.WARN, _("Lik navn: sjekk fødselsdato")),) if stay.pk in among(people) else ()
