"""Whether a patient objects to information being given (P-01), for messages that no step of the routine asks for."""

from __future__ import annotations

from samhandling.organisations.models import Organisation
from samhandling.pages.texts import N_
from samhandling.patients.models import Patient
from samhandling.stays.models import Stay
from samhandling.stays.resolving import OPEN_STATES
from samhandling.stays.work import load_state

OBJECTION = N_(
    "Pasienten motsetter seg at opplysninger gis videre, så meldingen sendes ikke. Du kan trekke tilbake det som er "
    "sendt, og melde fra om en melding som er feilsendt eller ikke kan leses. Avklar resten med ansvarlig lege."
)
"""Why it may not go, and what may."""


def objects(organisation: Organisation, patient: Patient | None, subject: str = "") -> bool:
    """Whether the objection stands: of the stay that the message belongs to, else of the patient's stay now."""
    kind, _, number = subject.partition(":")
    mine = Stay.objects.filter(organisation=organisation)
    if kind == "stay" and number.isdecimal():
        stay = mine.filter(pk=int(number)).first()
    elif patient is None:
        return False
    else:
        mine = mine.filter(patient=patient).order_by("admitted_at", "pk")
        stay = mine.filter(state__in=OPEN_STATES).last() or mine.last()
    return stay is not None and load_state(stay).objects
