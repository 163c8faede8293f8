"""ADT events read through the documented default mapping and through one of a feed's own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.errors import ConfigurationError, SamhandlingError
from samhandling.hl7 import adt, reader
from samhandling.hl7.mapping import DEFAULT, EVENTS, from_table

PID = (
    "PID|1||15076500565^^^FREG&2.16.578.1.12.4.1.4.1&ISO^FNR~4711^^^DIPS&1.2.3&ISO^PI||Gundersen^Roland^Einar^^^^L"
    "||19650715|M|||Storgata 1^^Sarpsborg^^1706^NOR^H^^3105||69 10 00 00^PRN^PH"
)
PV1 = (
    "PV1|1|I|MED2^12^1^SOK|||KIR1|1234567^Lege^Lise^^^^^^HPR|||||||||||V-100"
    + "|" * 17
    + "3^20261118^x|"
    + "|" * 6
    + "20261116100000|20261118130000"
)


def event(*segments: str, trigger: str = "A01", mapping=DEFAULT) -> adt.AdtEvent:
    msh = f"MSH|^~\\&|DIPS|SO|NODE|SO|20261116102500||ADT^{trigger}^ADT_A01|42|P|2.5||||||UNICODE UTF-8"
    return adt.read(reader.read("\r".join([msh, *segments]).encode()), mapping)


def oslo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def pv1(**at: str) -> str:
    numbers = {"klass": 2, "ward": 3, "visit": 19, "disposition": 36, "place": 37, "admitted": 44, "discharged": 45}
    fields = [""] * 46
    for name, value in at.items():
        fields[numbers[name]] = value
    return "PV1" + "|".join(fields)


def test_an_admission_tells_patient_visit_and_times():
    read = event(
        "EVN|A01|20261116102000|||USER|20261116100000",
        PID,
        pv1(klass="I", ward="MED2^12^1", visit="V-100", admitted="20261116100000"),
    )
    assert (read.message_type, read.trigger, read.control_id) == ("ADT", "A01", "42")
    assert (read.sent_at, read.recorded_at, read.occurred_at) == (
        oslo(2026, 11, 16, 9, 25),
        oslo(2026, 11, 16, 9, 20),
        oslo(2026, 11, 16, 9, 0),
    )
    patient = read.patient
    assert [(i.value, i.kind, i.issuer) for i in patient.identifiers] == [
        ("15076500565", "FNR", "2.16.578.1.12.4.1.4.1"),
        ("4711", "LOCAL", "1.2.3"),
    ]
    assert (patient.family_name, patient.given_name, patient.middle_name) == ("Gundersen", "Roland", "Einar")
    assert (patient.birth_date, patient.sex, patient.municipality_number) == (date(1965, 7, 15), "1", "3105")
    assert (patient.street, patient.postal_code, patient.city, patient.phone) == (
        "Storgata 1",
        "1706",
        "Sarpsborg",
        "69 10 00 00",
    )
    assert (read.visit.number, read.visit.ward, read.visit.inpatient, read.visit.admitted_at) == (
        "V-100",
        "MED2",
        True,
        oslo(2026, 11, 16, 9, 0),
    )
    assert read.problems == ()
    assert "Gundersen" not in repr(read)
    assert "15076500565" not in repr(read)


def test_the_municipal_segment():
    read = event(PID, "ZPL|Y|3107|N|202611161015|20261118|Lege^Lise|LE|1234567|D||N|6", trigger="A08")
    told = read.municipal
    assert (told.user, told.need, told.need_assessed_at, told.ready_date) == (
        True,
        False,
        oslo(2026, 11, 16, 9, 15),
        date(2026, 11, 18),
    )
    assert told.decided_by == adt.AdtProfessional(family_name="Lege", given_name="Lise", hpr="1234567", profession="LE")
    assert (told.ready_cleared, told.by_mistake) == (False, False)
    assert (read.patient.municipality_number, read.patient.protection, read.visit.inpatient) == ("3107", "6", True)


def test_a_ready_date_that_is_explicitly_empty_is_cleared_and_an_absent_one_says_nothing():
    cleared = event('ZPL|||||""|||||ny infeksjon|Y', trigger="A08").municipal
    assert (cleared.ready_date, cleared.ready_cleared, cleared.by_mistake, cleared.not_ready_reason) == (
        None,
        True,
        True,
        "ny infeksjon",
    )
    assert not event("ZPL|Y", trigger="A08").municipal.ready_cleared


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [
        ("Lege^Lise", "Lege", "Lise"),
        ("Lise Lege", "Lege", "Lise"),
        ("Lege, Lise", "Lege", "Lise"),
        ("Lege", "Lege", ""),
    ],
)
def test_the_deciding_professional_as_feeds_write_the_name(written, family, given):
    who = event(f"ZPL||||||{written}").municipal.decided_by
    assert (who.family_name, who.given_name, who.profession) == (family, given, "LE")


def test_the_attending_doctor_has_an_hpr_number_only_where_the_feed_says_that_it_is_one():
    assert event("PV1|1|I|||||991^Lege^Lise").visit.attending == adt.AdtProfessional(
        family_name="Lege", given_name="Lise", profession="LE"
    )
    both = event("PV1|1|I|||||991^Lege^L~1234567^Lege^Lise^^^^^^HPR").visit.attending
    assert (both.hpr, both.given_name) == ("1234567", "Lise")


def test_a_discharge_tells_when_and_where_to():
    read = event(pv1(klass="I", place="11^20261118", discharged="20261118130000"), trigger="A03")
    assert (read.visit.discharge_place, read.visit.discharged_at, read.visit.other_trust) == (
        "11",
        oslo(2026, 11, 18, 12, 0),
        False,
    )
    assert event(pv1(place="3"), trigger="A03").visit.other_trust
    assert event(pv1(disposition="20"), trigger="A03").visit.discharged_dead
    strange = event(pv1(place="Hjem"), trigger="A03")
    assert strange.visit.discharge_place == ""
    assert adt.AdtProblem("unknown_code", "PV1-37") in strange.problems


@pytest.mark.parametrize(
    ("klass", "stay_type", "inpatient"),
    [("I", "", True), ("O", "", False), ("X", "", None), ("", "", None), ("I", "G", False), ("O", "D", True)],
)
def test_inpatient_by_stay_type_first_and_patient_class_second(klass, stay_type, inpatient):
    assert event(pv1(klass=klass), f"ZPL|||||||||{stay_type}").visit.inpatient is inpatient


def test_death():
    assert event(f"{PID}{'|' * 17}20261118").patient.dead is None  # one field short: PID-30 is not PID-29
    fields = PID.split("|") + [""] * 17
    fields[29], fields[30] = "202611181500", "Y"
    read = event("|".join(fields), trigger="A08")
    assert (read.patient.dead, read.patient.died_at) == (True, oslo(2026, 11, 18, 14, 0))


def test_identifier_types_and_authorities():
    read = event(
        "PID|1||15076500565~55076500559^^^&2.16.578.1.12.4.1.4.2&ISO~25436000305^^^SO^HNR~A1^^^DIPS~P99^^^X^PPN~7^^^Y^ZZ"
    )
    assert [i.kind for i in read.patient.identifiers] == ["", "DNR", "HNR", "LOCAL", "PNR", "LOCAL"]


def test_a_merge_tells_both():
    read = event(PID, "MRG|25436000305^^^SO^HNR~99^^^DIPS^PI", trigger="A40")
    assert [i.value for i in read.merged] == ["25436000305", "99"]
    message = reader.read("\r".join(["MSH|^~\\&|A|B|||||ADT^A40|1", PID, "MRG|99^^^DIPS^PI"]).encode())
    assert adt.numbers(message) == ["15076500565", "4711", "99"]


def test_the_trigger_may_stand_in_evn():
    message = reader.read(b"MSH|^~\\&|A|B|||||ADT|1\rEVN|A08|20261116\r")
    assert adt.read(message).trigger == "A08"


def test_what_cannot_be_read_is_absent_and_told():
    read = event("PID|1||1||||19651399|Q", pv1(admitted="soon", discharged="202610250230"), "ZPL|maybe")
    assert read.patient.birth_date is None
    assert read.municipal.user is None
    assert set(read.problems) == {
        adt.AdtProblem("unreadable_time", "PID-7"),
        adt.AdtProblem("unknown_code", "PID-8"),
        adt.AdtProblem("unreadable_time", "PV1-44"),
        adt.AdtProblem("ambiguous_time", "PV1-45"),
        adt.AdtProblem("unknown_code", "ZPL-1"),
    }
    assert read.visit.discharged_at == oslo(2026, 10, 25, 0, 30)


def test_two_messages_in_one_frame_are_told():
    assert adt.AdtProblem("several_messages", "MSH") in event("MSH|^~\\&|A|B|||||ADT^A01|2").problems


def test_a_feed_of_its_own():
    mapping = from_table(
        {
            "places": {"municipal_user": "ZXX-3.2", "municipality": "", "visit": "PV1-50"},
            "patient_classes": {"DØGN": "yes"},
            "discharge_places": {"SYKEHJEM": "11"},
            "events": {"Z01": "A08"},
            "yes": ["AKTIV"],
        }
    )
    read = event(
        "PV1|1|døgn" + "|" * 35 + "Sykehjem" + "|" * 13 + "V7",
        "ZXX|||a^aktiv",
        "ZPL|N|3107",
        trigger="Z01",
        mapping=mapping,
    )
    assert (read.trigger, read.municipal.user, read.patient.municipality_number) == ("A08", True, "")
    assert (read.visit.inpatient, read.visit.discharge_place, read.visit.number) == (True, "11", "V7")


@pytest.mark.parametrize(
    "table",
    [
        {"unknown": {}},
        {"places": {"unknown": "PID-1"}},
        {"places": {"visit": "PV1"}},
        {"places": "x"},
        {"patient_classes": {"I": "perhaps"}},
        {"discharge_places": {"I": "77"}},
        {"events": {"Z01": "A99"}},
        {"yes": "Y"},
    ],
)
def test_a_wrong_mapping_stops_the_start(table):
    with pytest.raises(ConfigurationError):
        from_table(table)


values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)
hostile = st.lists(
    st.tuples(st.sampled_from(["PID", "PV1", "ZPL", "EVN", "MRG", "MSH", "PV2"]), st.lists(values, max_size=46)),
    max_size=5,
)


@settings(max_examples=200)
@given(hostile, st.sampled_from([*EVENTS, "A99", ""]))
def test_hostile_messages_never_raise(segments, trigger):
    text = "\r".join(
        [
            "MSH|^~\\&|A|B|||x||ADT^" + trigger + "|1||||||||UNICODE UTF-8",
            *["|".join([name, *row]) for name, row in segments],
        ]
    )
    message = reader.read(text.encode())
    read = adt.read(message)
    assert read.message_type == "ADT"
    assert all(adt.numbers(message))


@given(st.binary(max_size=300))
def test_hostile_bytes_never_raise(body):
    try:
        message = reader.read(b"MSH|^~\\&|A|B|||x||ADT^A01|1\r" + body)
    except SamhandlingError:
        return
    assert adt.read(message).control_id == "1"
