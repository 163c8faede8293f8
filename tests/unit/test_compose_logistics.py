"""The five logistics messages from values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from samhandling.messages import display, engine
from samhandling.messages.compose.logistics import (
    Address,
    AddressLevel,
    AddressPerson,
    Composed,
    PatientValues,
    Professional,
    UnitValues,
    compose,
)
from samhandling.messages.compose.parties import ContactPerson
from samhandling.messages.compose.practicalities import Child, NextOfKin, SentDocument
from tests.documents import CASES, EARLIER, HOSPITAL, VALUES, values

TYPES = ("LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD")


def codes_of(composed: Composed) -> set[str]:
    return {finding.code for finding in composed.findings if finding.blocks_sending}


@pytest.mark.parametrize("version", ["1.5", "1.6"])
@pytest.mark.parametrize("type_code", TYPES)
def test_it_works(type_code, version):
    composed = compose(values(type=type_code, version=version))
    assert composed.sendable
    assert composed.findings == ()
    facts = composed.facts
    assert (facts.type, facts.version, facts.status, facts.msg_id) == (type_code, version, "N", VALUES.msg_id)
    assert facts.payload_matches
    assert (facts.sender.her_id, facts.sender.organisation_her_id) == ("1011", "101")
    assert facts.sender.organisation_number == "999888777"
    assert [(r.role, r.her_id) for r in facts.receivers] == [("PRIM", "2021")]
    assert facts.generated_at == VALUES.generated_at


@pytest.mark.parametrize(
    ("type_code", "events"),
    [
        ("LOG_INNLAGT", [("1", False)]),
        ("LOG_UTSKRIVNINGSKLAR", [("1", False), ("3", True)]),
        ("LOG_AVMELDING", [("1", False), ("3", True), ("4", False)]),
        ("LOG_UTSKREVET", [("2", False)]),
        ("LOG_DOD", [("13", False)]),
    ],
)
def test_events_and_estimates_as_in_the_official_examples(type_code, events):
    """C-11: false for what has happened, true for the ready date."""
    composed = compose(values(type=type_code))
    assert [(e.code, e.estimate) for e in composed.facts.events] == events


@pytest.mark.parametrize(
    ("type_code", "switch", "expected"),
    [
        ("LOG_UTSKRIVNINGSKLAR", {"ready_is_final": True}, [False, False]),
        ("LOG_INNLAGT", {"literal_estimates": True}, [True]),
        ("LOG_UTSKREVET", {"literal_estimates": True}, [True]),
        ("LOG_DOD", {"literal_estimates": True}, [True]),
        ("LOG_AVMELDING", {"literal_estimates": True}, [True, True, False]),
    ],
)
def test_estimates_as_a_counterpart_wants_them(type_code, switch, expected):
    """C-11: both readings of Anslag are switches per counterpart."""
    composed = compose(values(type=type_code, **switch))
    assert composed.sendable
    assert [e.estimate for e in composed.facts.events] == expected


def test_the_admission_has_a_time_and_the_ready_date_is_a_day():
    composed = compose(values(type="LOG_UTSKRIVNINGSKLAR"))
    admitted, ready = composed.facts.events
    assert admitted.at.instant == VALUES.admitted_at
    assert admitted.at.raw == "2026-11-20T10:30:00+01:00"
    assert (ready.at.raw, ready.at.instant) == ("2026-11-21", None)


def test_a_cancellation_refers_to_its_series_and_says_why():
    composed = compose(
        values(status="C", parent=EARLIER, conversation=EARLIER, cancel_reason="Registrert på feil pasient")
    )
    assert composed.sendable
    assert (composed.facts.status, composed.facts.parent, composed.facts.conversation) == ("C", EARLIER, EARLIER)
    assert composed.facts.events[0].description == "Kansellering: Registrert på feil pasient"


def test_a_cancellation_without_series_is_not_written():
    composed = compose(values(status="C"))
    assert composed.document is None
    assert codes_of(composed) == {"PLO-04"}


def test_discharge_to_place_and_in_what_state():
    composed = compose(values(type="LOG_UTSKREVET", discharge_place="11", discharge_state="1"))
    discharge = composed.facts.discharge
    assert (discharge.place.value, discharge.place.name) == ("11", "Sykehjem/aldershjem/helsehus")
    assert (discharge.state.value, discharge.state.name) == ("1", "Som levende")


def test_death_in_hospital_needs_no_place():
    composed = compose(values(type="LOG_UTSKREVET", discharge_place="", discharge_state="2"))
    assert composed.sendable
    assert (composed.facts.discharge.state.value, composed.facts.discharge.place.value) == ("2", "88")


def test_a_copy_to_a_general_practitioner_by_name():
    practice = Address(
        organisation=AddressLevel(name="Legesenteret", her_id="303"),
        part=AddressPerson(family_name="Fastlegesen", given_name="Ola", her_id="3031", hpr_number="8888888"),
    )
    composed = compose(values(copies=(practice,)))
    copy = composed.facts.copies[0]
    assert composed.sendable
    assert (copy.role, copy.her_id, copy.organisation_her_id) == ("COP", "3031", "303")
    assert copy.person.name == "Ola Fastlegesen"


@pytest.mark.parametrize(
    ("type_code", "changes", "code"),
    [
        ("LOG_INNLAGT", {"admitted_at": None}, "HIS1149-01"),
        ("LOG_UTSKRIVNINGSKLAR", {"ready_on": None}, "HIS1149-03"),
        ("LOG_AVMELDING", {"withdrawn_on": None}, "HIS1149-05"),
        ("LOG_UTSKREVET", {"discharged_at": None}, "HIS1149-06"),
        ("LOG_UTSKREVET", {"discharge_place": ""}, "HIS1149-07"),
        ("LOG_DOD", {"died_at": None}, "HIS1149-08"),
        ("LOG_UTSKRIVNINGSKLAR", {"responsible": None}, "HIS1149-04"),
        ("LOG_AVMELDING", {"responsible": Professional(family_name=" ")}, "HIS1149-04"),
        ("LOG_INNLAGT", {"unit": None, "responsible": None}, "HITS1174-01"),
        ("LOG_INNLAGT", {"unit": UnitValues(name="Post", phone="ring", identifier="P")}, "HITS1174-01"),
        ("LOG_INNLAGT", {"unit": UnitValues(name=" ", phone="12345678", identifier="P")}, "PLO-02"),
        (
            "LOG_UTSKRIVNINGSKLAR",
            {"unit": None, "responsible": Professional(family_name="Navnesen", phone="12345678")},
            "PLO-03",
        ),
        ("LOG_INNLAGT", {"receiver": replace(CASES, part=AddressLevel(name="", her_id="2022"))}, "HIS1153-01"),
        ("LOG_INNLAGT", {"sender": replace(HOSPITAL, organisation=AddressLevel(name="S", her_id=""))}, "HIS1153-01"),
        ("LOG_UTSKREVET", {"discharge_place": "4711"}, "HODE-05"),
        ("LOG_INNLAGT", {"patient": PatientValues(family_name="Prøvesen", given_name="Åse")}, "HODE-11"),
        (
            "LOG_INNLAGT",
            {"patient": replace(VALUES.patient, identifiers=(("FNR", "13116900217"),))},
            "HODE-16",
        ),
        ("LOG_INNLAGT", {"msg_id": "not-a-uuid"}, "HODE-01"),
    ],
)
def test_what_is_missing_or_wrong_stops_the_message_with_a_finding(type_code, changes, code):
    composed = compose(values(type=type_code, **changes))
    assert not composed.sendable
    assert code in codes_of(composed)
    finding = next(f for f in composed.findings if f.code == code)
    assert finding.text
    assert finding.advice


@pytest.mark.parametrize("msg_id", ["a\x00b", "\ud800", ""])
def test_values_that_no_xml_can_hold_give_findings(msg_id):
    composed = compose(values(msg_id=msg_id))
    assert not composed.sendable
    assert codes_of(composed) & {"STRUKTUR-01", "HODE-01"}


def test_several_missing_things_are_all_told():
    composed = compose(values(type="LOG_UTSKRIVNINGSKLAR", admitted_at=None, ready_on=None, responsible=None))
    assert codes_of(composed) == {"HIS1149-01", "HIS1149-03", "HIS1149-04"}


def test_a_deciding_professional_without_hpr_number_is_found_through_the_unit():
    composed = compose(
        values(type="LOG_UTSKRIVNINGSKLAR", responsible=Professional(family_name="Legesen", profession="LE"))
    )
    assert composed.sendable
    person = composed.facts.responsible[0]
    assert (person.name, person.profession.value) == ("Legesen", "LE")
    assert (person.identifiers[0].id, person.identifiers[0].kind) == ("SP3", "LAV")


def test_text_is_trimmed_escaped_and_kept_whole():
    text = ' Ble "innlagt" <av> Ola & Kari\r\nmed drosje \x00\x07'
    composed = compose(values(descriptions={"1": text}, remarks={"1": " \n "}))
    assert composed.sendable
    event = composed.facts.events[0]
    assert event.description == 'Ble "innlagt" <av> Ola & Kari\nmed drosje'
    assert b"Merknad" not in composed.data


def test_a_summer_time_is_written_with_its_offset():
    composed = compose(values(admitted_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC)))
    assert composed.facts.events[0].at.raw == "2026-07-02T00:30:00+02:00"
    assert composed.facts.events[0].at.day == date(2026, 7, 2)


def test_bytes_and_document_are_the_same():
    composed = compose(values())
    assert engine.build(composed.document) == composed.data
    assert composed.data.startswith(b"<?xml")
    assert b"\xc3\x85se" in composed.data


@pytest.mark.parametrize("status", ["N", "C"])
@pytest.mark.parametrize("version", ["1.5", "1.6"])
@pytest.mark.parametrize("type_code", TYPES)
def test_family_contacts_and_documents_go_along(type_code, version, status):
    """SEND-02: all six parts of the head, in the place that the schema has for each, and in no repr (P-08)."""
    made = values(
        type=type_code, version=version, status=status, **({"parent": EARLIER, "conversation": EARLIER} if status == "C" else {}),
        contacts=(ContactPerson(family_name="Fastlegesen", profession="LE", role="6", hpr_number="9144889", phone="1"),),
        next_of_kin=(NextOfKin(family_name="Pårørendesen", given_name="Pia", relation="DA", phone="91000000"),),
        children=(Child(family_name="Barnesen", birth_year=2018),),
        lives_alone=True, civil_status="2", language="PL",
        sent_documents=(SentDocument(document="3", sent=True, remark="Resept sendt."),),
    )  # fmt: skip
    composed = compose(made)
    assert composed.sendable, composed.findings
    reading = engine.read(composed.data)
    assert reading.valid, reading.problems
    shown = display.text(reading)
    for said in ("Fastlegesen", "Pårørendesen", "Barnesen", "2018", "polsk", "Resept sendt."):
        assert said.casefold() in shown.casefold(), said
    assert "Pårørendesen" not in repr(made)
