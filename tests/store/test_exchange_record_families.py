"""Epikrise and svarrapport: sent back when nobody here has a record of the patient, taken when somebody has (E35)."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.exchange.models import Message, Receipt
from samhandling.identity import synthetic
from samhandling.messages import engine
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.tasks.models import Task
from tests import payloads
from tests.documents import changed
from tests.store.exchange_world import CASES, NOW, bring, make

pytestmark = pytest.mark.django_db

BORN = date(1969, 11, 13)
KNOWN = synthetic.person_number(BORN, "2")
MSG_ID = "6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1c01"


@pytest.fixture
def world(monkeypatch):
    return make(monkeypatch)


def epikrise(number: str = KNOWN) -> bytes:
    """A summary from the hospital to the municipality's case handling."""
    uri = "http://www.kith.no/xmlstds/epikrise/2012-02-15"

    def party(tag: str, name: str, own: str, part: str) -> str:
        kind = '<TypeId V="HER" DN="HER-id"/>'
        return (
            f"<{tag}><HCP><Inst><Name>{name}</Name><Id>{own}</Id>{kind}<Dept><Name>Del</Name><Id>{part}</Id>{kind}"
            f"</Dept></Inst></HCP></{tag}>"
        )

    return (
        f'<Message xmlns="{uri}"><Type V="EPIKRISE" DN="Epikrise"/><MIGversion>v1.2 2012-02-15</MIGversion>'
        f'<GenDate V="2026-11-21T10:00:00"/><MsgId>{MSG_ID}</MsgId><ServRprt><ServType V="N" DN="Ny"/>'
        '<IssueDate V="2026-11-21"/><Status V="F" DN="Endelig rapport"/><MsgDescr>Sykehusepikrise</MsgDescr>'
        "<ServProvId>1</ServProvId>"
        '<Event><ReportedEvent><StartDateTime V="2026-11-18T09:00:00"/></ReportedEvent><ServType V="N" DN="Ny"/>'
        '<Service><AdmCat V="1" DN="Døgn"/></Service><Comment><Heading V="VU" DN="Vurdering"/>'
        "<TextResultValue>Frisk.</TextResultValue></Comment></Event>"
        f'<Patient><Sex V="2" DN="Kvinne"/><DateOfBirth V="1969-11-13"/><Name>Danser, Line</Name>'
        f'<OffId>{number}</OffId><TypeOffId V="FNR" DN="Fødselsnummer"/></Patient>'
        f"{party('ServProvider', 'Testsykehuset', '8000', '8001')}{party('Requester', 'Kommunen', '8100', CASES)}"
        "</ServRprt></Message>"
    ).encode()


def received() -> Message:
    return Message.objects.get(direction="in", msg_id=MSG_ID)


def answer() -> Receipt:
    return Receipt.objects.get(direction="out", message=received())


def test_a_patient_nobody_here_knows_is_sent_back(world):
    assert engine.read(epikrise()).valid
    bring(epikrise())
    assert received().state == "rejected_by_us"
    assert (answer().status, [e["code"] for e in answer().errors]) == ("2", ["E35"])
    assert not Task.objects.filter(subject=f"message:{received().pk}", cause__startswith="patient.").exists()


def test_a_patient_with_a_record_here_is_taken(world):
    details = PatientDetails(
        numbers=(Number("FNR", KNOWN),), family_name="Danser", given_name="Line", birth_date=BORN, sex="2"
    )
    register(details, organisation_id=world.municipality.pk, now=NOW)
    bring(epikrise())
    assert (received().state, answer().status) == ("taken", "1")
    assert received().patient is not None


def test_a_care_message_about_a_stranger_is_taken_unassigned(world):
    data = payloads.dialogue("DIALOG_NOTAT", payloads.note("7321", "1", "Hei."))
    ours = (("<Id>2021</Id>", f"<Id>{CASES}</Id>"), ("<Id>202</Id>", "<Id>8100</Id>"))
    bring(changed(data, *ours))
    message = Message.objects.get(direction="in")
    assert (message.state, message.patient) == ("taken", None)
    assert "unknown_patient" in message.flags
