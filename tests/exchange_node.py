"""Programs that tests and benchmarks run inside a node: a small world, and messages sent in it."""

from __future__ import annotations

WORLD = """
from datetime import UTC, date, datetime
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CommunicationParty
from samhandling.identity import synthetic
hospital = Organisation.objects.create(name="Testsykehuset", her_id="8000", kind="hospital", hosted=host in ("hospital", "both"))
municipality = Organisation.objects.create(
    name="Testby kommune", her_id="8100", kind="municipality", municipality_number="3101", hosted=host in ("municipality", "both"))
Unit.objects.create(organisation=hospital, code="ORT1", name="Ortopedi", kind="ward", inpatient=True, phone="69860001")
for owner, her_id, function, track in (
    (hospital, "8001", "plo_reception", "SOMATIC"), (municipality, "8101", "nursing", ""),
    (municipality, "8102", "case_handling", "")):
    CommunicationParty.objects.create(
        organisation=owner, her_id=her_id, name=function, function=function, track=track)
Agreement.objects.create(hospital=hospital, municipality=municipality)
now = datetime.now(UTC)
for own in Organisation.objects.filter(hosted=True):
    for index in range(4):
        born = date(1950, 1, 1 + index)
        register(PatientDetails(
            numbers=(Number("FNR", synthetic.person_number(born, "1")),), family_name="Nordmann", given_name="Ola",
            birth_date=born, sex="1"), organisation_id=own.pk, now=now)
"""

SEND = """
from datetime import UTC, datetime
from samhandling.exchange.services import Draft, LogisticsContent, Responsible, send
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.models import Patient
now = datetime.now(UTC)
hospital = Organisation.objects.get(her_id="8000")
patients = list(Patient.objects.filter(organisation=hospital).order_by("pk"))
for number in range(count):
    patient = patients[number % len(patients)]
    outcome = send(Draft(
        organisation=hospital, message_type="LOG_INNLAGT", patient=patient,
        content=LogisticsContent(admitted_at=now, unit=Unit.objects.get(),
                                 responsible=Responsible(family_name="Legesen", given_name="Lise", hpr="9144897")),
        municipality=Organisation.objects.get(her_id="8100"), subject=f"stay:{patient.pk}"), now=now)
    assert outcome.message is not None, outcome.findings
"""
