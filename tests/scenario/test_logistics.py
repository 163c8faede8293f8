"""Scenarios of routines 2.7 that need admissions, forms and the four logistics messages only; numbered as there."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from samhandling.clock import oslo
from samhandling.exchange import originals
from samhandling.exchange.models import Message, Receipt
from samhandling.exchange.services import arrive
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.patients.values import Number
from samhandling.registry.models import MessageSetting
from samhandling.stays import events
from samhandling.stays.models import Course, CourseEvent, Stay
from samhandling.stays.services import register
from tests.scenario.ward import DOCTOR, Person, Ward, fnr, on

pytestmark = pytest.mark.django_db


def facts_of(message: Message) -> Facts:
    found = read_facts(engine.read(originals.read(message.original)))
    assert found is not None
    return found


@pytest.fixture
def p1(ward: Ward) -> Person:
    return ward.person()


@pytest.fixture
def active(ward: Ward, p1: Person) -> Stay:
    """P1 in S2: admitted 10:00, user of municipal services 10:20."""
    stay = ward.admit(p1, "16.11.2026 10.00")
    ward.flag(p1, "16.11.2026 10.20")
    assert stay is not None
    return stay


@pytest.fixture
def ready(ward: Ward, p1: Person, active: Stay) -> Stay:
    """P1 in S3 since 11:00."""
    ward.ready(p1, "16.11.2026 11.00", "16.11.2026")
    return active


def test_1_m1_goes_when_the_patient_is_registered_as_user_not_at_admission(ward, p1):
    stay = ward.admit(p1, "16.11.2026 10.00")
    assert ward.sent(stay) == []
    ward.flag(p1, "16.11.2026 10.20")
    (m1,) = ward.messages(stay)
    assert m1.type == "LOG_INNLAGT"
    assert m1.created_at == on("16.11.2026 10.20")
    assert ward.delivered(m1).name == "Sykepleietjeneste, Kommune A"
    assert facts_of(m1).event("1").at.instant == on("16.11.2026 10.00")
    assert ward.expected(stay) == [("M1", "confirmed")]
    assert ward.clock(stay, "F1").due_at == on("17.11.2026 10.00")
    assert ward.course().state == "admitted"
    assert ward.course().admitted_at == on("16.11.2026 10.00")


def test_8_m6_goes_to_case_handling_with_the_doctors_name(ward, p1, active):
    ward.ready(p1, "16.11.2026 11.00", "16.11.2026")
    _, m6 = ward.messages(active)
    assert (m6.type, m6.created_at) == ("LOG_UTSKRIVNINGSKLAR", on("16.11.2026 11.00"))
    assert ward.delivered(m6).name == "Saksbehandling, Kommune A"
    told = facts_of(m6)
    assert told.event("3").at.day == date(2026, 11, 16)
    assert told.responsible[0].name == "Lise Legesen"
    assert ward.state(active) == "S3"
    assert (ward.course().state, ward.course().ready_date) == ("ready", date(2026, 11, 16))


def test_9_cleared_and_set_again_is_m6_m7_m6_in_that_order_and_one_matter(ward, p1, ready):
    ward.says(p1, events.ReadyCleared, "16.11.2026 15.00")
    assert ward.state(ready) == "S2"
    assert ward.course().state == "admitted"
    ward.ready(p1, "16.11.2026 16.30", "16.11.2026")
    assert ward.sent(ready) == ["INNLAGT", "UTSKRIVNINGSKLAR", "AVMELDING", "UTSKRIVNINGSKLAR"]
    _, first, withdrawal, second = ward.messages(ready)
    assert withdrawal.ref_parent == first.msg_id
    assert (second.ref_parent, second.ref_conversation) == ("", "")
    assert ward.state(ready) == "S3"
    assert ward.course().state == "ready"
    assert {m.subject for m in ward.messages(ready)} == {f"stay:{ready.pk}"}


def test_10_a_ready_date_tomorrow_is_held_and_the_ward_is_asked_in_the_morning(ward, p1, active):
    ward.ready(p1, "16.11.2026 11.00", "17.11.2026")
    assert ward.sent(active) == ["INNLAGT"]
    assert ward.state(active) == "S2"
    assert "stay.change_notice" in ward.causes(active)
    ward.until("17.11.2026 07.29")
    assert "stay.ready_today" not in ward.causes(active)
    ward.until("17.11.2026 07.30")
    asked = ward.task("stay.ready_today")
    assert (asked.severity, asked.due_at) == ("medium", on("17.11.2026 10.00"))
    ward.until("17.11.2026 10.00")
    assert ward.task("stay.ready_today").severity == "high"
    assert ward.sent(active) == ["INNLAGT"]
    register(
        active,
        events.ReadySet(at=ward.now, ready_date=date(2026, 11, 17), decided_by=DOCTOR),
        user=ward.user(),
        now=ward.now,
    )
    ward.work()
    assert ward.sent(active) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    assert "stay.ready_today" not in ward.causes(active)


def test_11_a_ready_date_moved_ahead_is_m7_and_no_m6_until_that_day_is_confirmed(ward, p1, ready):
    ward.ready(p1, "16.11.2026 14.00", "18.11.2026")
    assert ward.sent(ready)[1:] == ["UTSKRIVNINGSKLAR", "AVMELDING"]
    assert ward.state(ready) == "S2"
    ward.until("18.11.2026 08.00")
    assert ward.sent(ready)[1:] == ["UTSKRIVNINGSKLAR", "AVMELDING"]
    ward.ready(p1, "18.11.2026 08.15", "18.11.2026")  # the feed repeats what it said, which confirms nothing
    assert ward.sent(ready)[1:] == ["UTSKRIVNINGSKLAR", "AVMELDING"]
    confirmed = events.ReadySet(at=ward.now, ready_date=date(2026, 11, 18), decided_by=DOCTOR)
    register(ready, confirmed, user=ward.user(), now=ward.now)
    ward.work()
    assert ward.sent(ready)[1:] == ["UTSKRIVNINGSKLAR", "AVMELDING", "UTSKRIVNINGSKLAR"]


def test_12_discharged_without_ready_date(ward, p1, active):
    ward.discharge(p1, "16.11.2026 13.00", to="11")
    m8 = ward.messages(active)[-1]
    told = facts_of(m8)
    assert (m8.type, told.discharge.place.value) == ("LOG_UTSKREVET", "11")
    assert ward.delivered(m8).name == "Sykepleietjeneste, Kommune A"
    assert "without_ready_date" in ward.timeline(active)
    assert ward.breaches(active) == ["A-13", "A-21"]
    assert "stay.information_missing" in ward.causes(active)
    assert (ward.course().state, ward.course().discharged_to) == ("out", "11")


def test_14_a_help_number_gives_phone_and_paper_with_due_times_and_no_message(ward):
    p7 = ward.person(kind="HNR")
    stay = ward.admit(p7, "16.11.2026 10.00")
    ward.flag(p7, "16.11.2026 10.20")
    assert ward.everything_sent() == []
    assert ward.causes(stay) == ["stay.h_number.form", "stay.h_number.m1"]
    call, form = ward.task("stay.h_number.m1"), ward.task("stay.h_number.form")
    assert call.due_at == on("16.11.2026 11.20")
    assert form.due_at == on("17.11.2026 10.00")
    assert "Pasienten har hjelpenummer, ikke fødselsnummer." in call.text
    assert "Ring Kommune A 69000000" in call.text
    assert ward.state(stay) == "S2"


def test_15_an_ordinary_number_lifts_the_overlay_and_extends_the_early_notice(ward):
    p7 = ward.person(kind="HNR")
    stay = ward.admit(p7, "16.11.2026 10.00")
    ward.flag(p7, "16.11.2026 10.20")
    p7.numbers = (*p7.numbers, Number("FNR", fnr(50)))
    ward.says(p7, events.PatientUpdated, "17.11.2026 16.00")
    assert ward.sent(stay) == ["INNLAGT"]
    early = ward.clock(stay, "F1")
    assert (early.due_at, early.reason) == (on("17.11.2026 20.00"), "identity")
    assert "stay.h_number.m1" not in ward.causes(stay)
    assert "stay.h_number.form" not in ward.causes(stay)


def test_16_unknown_municipality(ward):
    p8 = ward.person(municipality="")
    stay = ward.admit(p8, "16.11.2026 10.00")
    ward.flag(p8, "16.11.2026 10.20")
    assert ward.everything_sent() == []
    assert ward.breaches(stay) == ["A-11"]
    assert ward.causes(stay) == ["stay.no_municipality.find"]
    p8.municipality = "9901"
    ward.says(p8, events.PatientUpdated, "16.11.2026 12.00")
    assert ward.sent(stay) == ["INNLAGT"]
    assert ward.causes(stay) == []


def test_17_municipality_without_agreement(ward):
    p9 = ward.person(municipality="9903")
    stay = ward.admit(p9, "16.11.2026 10.00")
    ward.flag(p9, "16.11.2026 10.20")
    assert ward.everything_sent() == []
    assert ward.breaches(stay) == ["A-11"]
    assert ward.causes(stay) == ["stay.no_agreement.m1"]
    text = ward.task("stay.no_agreement.m1").text
    assert text.startswith("Vi har ikke avtale om elektroniske meldinger med Kommune Z. Ring 69000000.")


def test_18_a_move_within_the_track_sends_nothing_and_hints_at_the_phone(ward, p1, active):
    ward.says(p1, events.InformationSent, "16.11.2026 12.00", kind="early", received_at=on("16.11.2026 12.02"))
    due = ward.clock(active, "F1").due_at
    ward.says(p1, events.Transferred, "16.11.2026 13.00", about={"unit_code": "KIR"})
    assert ward.sent(active) == ["INNLAGT"]
    assert ward.causes(active) == ["stay.contact_changed"]
    active.refresh_from_db()
    assert (active.unit.code, active.state) == ("KIR", "S2")
    assert ward.clock(active, "F1").due_at == due


def test_21_early_notice_over_the_end_of_summer_time(ward):
    p11 = ward.person()
    ward.now = on("24.10.2026 13.00")
    stay = ward.admit(p11, "24.10.2026 14.00")
    ward.flag(p11, "24.10.2026 14.05")
    assert oslo.local(ward.clock(stay, "F1").due_at).strftime("%d.%m.%Y %H.%M") == "25.10.2026 13.00"


def test_24_a_short_stay_over_midnight_is_a_stay(ward):
    p14 = ward.person()
    stay = ward.admit(p14, "18.11.2026 23.50")
    ward.flag(p14, "18.11.2026 23.55")
    ward.discharge(p14, "19.11.2026 00.40")
    assert ward.sent(stay) == ["INNLAGT", "UTSKREVET"]
    assert ward.clock(stay, "F1").state == "closed"
    ward.until("20.11.2026 12.00")
    assert ward.clock(stay, "F1").state == "closed"
    assert "A-09" not in ward.breaches(stay)


def test_29_wrong_patient_cancels_and_tells_people(ward):
    p15 = ward.person()
    stay = ward.admit(p15, "16.11.2026 10.00")
    ward.flag(p15, "16.11.2026 10.20")
    ward.says(p15, events.AdmissionCancelled, "16.11.2026 11.00", wrong_patient=True)
    assert ward.state(stay) == "S6"
    assert ward.sent(stay) == ["INNLAGT", "INNLAGT(C)"]
    assert ward.expected(stay) == [("M1", "cancelled")]
    causes = ward.causes(stay)
    assert "stay.privacy" in causes
    assert "message.withdrawn" in causes
    assert ward.course().state == "unknown"
    assert CourseEvent.objects.filter(kind="cancelled").count() == 1


def test_30_readmission_is_a_new_stay_with_its_own_m1_and_deadline(ward, p1):
    first = ward.admit(p1, "16.11.2026 10.00")
    ward.flag(p1, "16.11.2026 10.20")
    ward.discharge(p1, "17.11.2026 12.00")
    second = ward.admit(p1, "18.11.2026 08.00")
    assert ward.sent(second) == []
    ward.flag(p1, "18.11.2026 08.10")
    assert second.pk != first.pk
    assert ward.sent(second) == ["INNLAGT"]
    assert ward.clock(second, "F1").due_at == on("19.11.2026 08.00")
    assert second.previous_id == first.pk
    assert "readmission" in ward.timeline(second)
    assert Course.objects.filter(organisation=ward.mun_a).count() == 2


def test_34_the_same_m6_twice_is_one_entry_and_one_receipt(ward, p1, ready):
    m6 = ward.messages(ready)[-1]
    arrive(originals.read(m6.original), carrier="loopback", transport_key=str(uuid4()), now=ward.now)
    ward.work()
    got = Message.objects.get(organisation=ward.mun_a, direction="in", type="LOG_UTSKRIVNINGSKLAR")
    assert got.duplicates == 1
    assert Receipt.objects.filter(message=got, direction="out").count() == 1
    assert ward.course().messages.filter(kind="LOG_UTSKRIVNINGSKLAR").count() == 1


def test_36_day_surgery_is_no_stay(ward):
    person = ward.person()
    assert ward.admit(person, "16.11.2026 08.00", "DAG", inpatient=False) is None
    done = ward.flag(person, "16.11.2026 08.10", about={"unit_code": "DAG", "inpatient": False})
    assert done.outcome == "no_stay"
    assert ward.everything_sent() == []
    assert ward.causes() == []
    assert not Stay.objects.exists()


def test_38_a_withdrawal_sent_as_change_is_taken_flagged_and_not_applied(ward, p1, ready):
    m6 = ward.messages(ready)[-1]
    ward.says(p1, events.ReadyCleared, "16.11.2026 12.00")
    m7 = ward.messages(ready)[-1]
    ward.ready(p1, "16.11.2026 13.00", "16.11.2026")
    changed = originals.read(m7.original).replace(b'V="N" DN="Ny"', b'V="M" DN="Endring"')
    changed = changed.replace(m7.msg_id_written.encode(), str(uuid4()).encode())
    assert changed != originals.read(m7.original)
    arrive(changed, carrier="loopback", transport_key=str(uuid4()), now=ward.now)
    ward.work()
    got = Message.objects.get(organisation=ward.mun_a, direction="in", type="LOG_AVMELDING", status="M")
    assert Receipt.objects.get(message=got, direction="out").status == "1"
    assert "status_not_allowed" in got.flags
    assert (ward.course().state, m6.type) == ("ready", "LOG_UTSKRIVNINGSKLAR")
    assert CourseEvent.objects.filter(kind="not_applied").count() == 1


# Beyond the numbered ones: what the issue names besides --------------------------------------------------------------


def test_t09_a_missing_name_delays_and_never_drops(ward, p1, active):
    ward.ready(p1, "16.11.2026 11.00", "16.11.2026", by=None)
    assert ward.sent(active) == ["INNLAGT"]
    assert ward.expected(active)[-1] == ("M6", "held")
    assert ward.task("stay.name_missing").severity == "medium"
    ward.until("16.11.2026 11.15")
    assert ward.task("stay.name_missing").severity == "high"
    ward.ready(p1, "16.11.2026 11.20", "16.11.2026")
    assert ward.sent(active) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    assert ward.causes(active) == []


def test_t09_the_attending_doctor_stands_in_and_is_marked(ward, p1, active):
    ward.says(p1, events.PatientUpdated, "16.11.2026 10.40", about={"attending": DOCTOR})
    ward.ready(p1, "16.11.2026 11.00", "16.11.2026", by=None)
    assert facts_of(ward.messages(active)[-1]).responsible[0].name == "Lise Legesen"
    active.refresh_from_db()
    assert active.facts["ready_marked"] is True


def test_t12_a_new_date_is_m7_then_m6_at_the_municipality_too(ward, p1, ready):
    ward.ready(p1, "17.11.2026 11.00", "17.11.2026")
    assert ward.sent(ready)[1:] == ["UTSKRIVNINGSKLAR", "AVMELDING", "UTSKRIVNINGSKLAR"]
    assert (ward.course().state, ward.course().ready_date) == ("ready", date(2026, 11, 17))
    ward.until("17.11.2026 12.00")
    assert not ward.course().breaches.exists()


def test_t17_death_waits_five_minutes_and_can_be_undone(ward, p1, ready):
    ward.says(p1, events.Died, "16.11.2026 15.00")
    assert ward.state(ready) == "S5"
    assert "UTSKREVET" not in ward.sent(ready)
    ward.says(p1, events.DeathUndone, "16.11.2026 15.04")
    ward.until("16.11.2026 16.00")
    assert ward.sent(ready) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    assert ward.state(ready) == "S3"
    ward.says(p1, events.Died, "16.11.2026 17.00")
    ward.until("16.11.2026 17.05")
    assert ward.sent(ready) == ["INNLAGT", "UTSKRIVNINGSKLAR", "UTSKREVET"]
    assert facts_of(ward.messages(ready)[-1]).discharge.state.value == "2"
    assert ward.course().dead
    ward.says(p1, events.DeathUndone, "16.11.2026 17.30")
    assert ward.sent(ready)[-1] == "UTSKREVET(C)"
    assert "stay.call.death_undone" in ward.causes(ready)
    assert ward.course().state == "ready"


def test_t19b_ready_by_mistake_is_cancelled_not_withdrawn(ward, p1, ready):
    ward.says(p1, events.ReadyCleared, "16.11.2026 11.30", by_mistake=True)
    assert ward.sent(ready)[-1] == "UTSKRIVNINGSKLAR(C)"
    assert (ward.state(ready), ward.course().state) == ("S2", "admitted")


def test_t20_discharge_undone_cancels_m8_and_the_stay_goes_on(ward, p1, ready):
    ward.discharge(p1, "16.11.2026 13.00")
    ward.says(p1, events.DischargeUndone, "16.11.2026 14.00")
    assert ward.sent(ready)[-1] == "UTSKREVET(C)"
    assert (ward.state(ready), ward.course().state) == ("S3", "ready")
    assert ward.clock(ready, "F1").state == "due"
    ward.discharge(p1, "16.11.2026 15.00")
    assert ward.sent(ready)[-2:] == ["UTSKREVET(C)", "UTSKREVET"]


def test_t26_a_corrected_municipality_is_told_and_the_wrong_one_is_cancelled(ward, p1, active):
    ward.says(p1, events.MunicipalityChanged, "16.11.2026 12.00", municipality_number="9902", was_wrong=True)
    assert ward.sent(active) == ["INNLAGT", "INNLAGT(C)", "INNLAGT"]
    _, cancellation, m1 = ward.messages(active)
    assert ward.delivered(cancellation).name == "Sykepleietjeneste, Kommune A"
    assert ward.delivered(m1).name == "Sykepleietjeneste, Kommune B"
    assert "stay.privacy" in ward.causes(active)


def test_t26_the_feed_does_not_say_why_so_a_person_is_asked(ward, p1, active):
    p1.municipality = "9902"
    ward.says(p1, events.PatientUpdated, "16.11.2026 12.00")
    assert ward.sent(active) == ["INNLAGT", "INNLAGT"]
    assert "stay.municipality_question" in ward.causes(active)
    answer = events.MunicipalityChanged(at=ward.now, municipality_number="9902", was_wrong=False)
    register(active, answer, user=ward.user(), now=ward.now)
    ward.work()
    assert ward.sent(active) == ["INNLAGT", "INNLAGT"]
    assert ward.causes(active) == ["stay.call.municipality_changed"]


def test_t28_no_longer_user_is_never_silent(ward, p1, ready):
    ward.flag(p1, "16.11.2026 12.00", value=False)
    assert ward.causes(ready) == ["stay.user_question"]
    assert ward.sent(ready) == ["INNLAGT", "UTSKRIVNINGSKLAR"]
    mistake = events.MunicipalUserSet(at=ward.now, value=False, by_mistake=True)
    register(ready, mistake, user=ward.user(), now=ward.now)
    ward.work()
    assert ward.sent(ready)[2:] == ["UTSKRIVNINGSKLAR(C)", "INNLAGT(C)"]
    assert ward.state(ready) == "S1"


def test_the_epj_writes_and_is_reminded(ward, p1):
    MessageSetting.objects.create(organisation=ward.hospital, message_type="LOG_INNLAGT", written_by="epj")
    stay = ward.admit(p1, "16.11.2026 10.00")
    ward.flag(p1, "16.11.2026 10.20")
    assert ward.sent(stay) == []
    ward.until("16.11.2026 10.34")
    assert ward.causes(stay) == []
    ward.until("16.11.2026 10.35")
    assert ward.causes(stay) == ["stay.not_sent"]
    assert "skulle vært sendt" in ward.task("stay.not_sent").text


def test_registered_twice_is_sent_once(ward, p1, active):
    for _ in range(3):
        ward.flag(p1)
    assert ward.flag(p1).outcome == "repeated"
    assert ward.sent(active) == ["INNLAGT"]


def test_the_ready_date_before_the_flag_goes_out_with_the_flag_in_order(ward, p1):
    stay = ward.admit(p1, "16.11.2026 10.00")
    ward.ready(p1, "16.11.2026 10.10", "16.11.2026")
    assert ward.sent(stay) == []
    ward.flag(p1, "16.11.2026 10.20")
    assert ward.sent(stay) == ["INNLAGT", "UTSKRIVNINGSKLAR"]


def test_two_patients_become_one(ward):
    kept, gone = ward.person(), ward.person(kind="HNR")
    stay = ward.admit(gone, "16.11.2026 10.00")
    ward.flag(gone, "16.11.2026 10.20")
    assert ward.sent(stay) == []
    ward.says(kept, events.PatientsMerged, "16.11.2026 11.00", other=gone.details().numbers)
    stay.refresh_from_db()
    assert stay.patient.family_name == "Prøvesen"
    assert ward.sent(stay) == ["INNLAGT"]
    assert stay.patient.numbers.count() == 4


def test_early_notice_missed_is_a_breach_and_never_a_message(ward, p1, active):
    ward.until("17.11.2026 10.00")
    assert ward.clock(active, "F1").state == "missed"
    assert ward.breaches(active) == ["A-09"]
    assert ward.sent(active) == ["INNLAGT"]


def test_an_address_that_is_missing_is_tried_again_before_a_person_is_asked(ward, p1):
    from samhandling.registry.models import CommunicationParty

    party = CommunicationParty.objects.get(her_id="8101")
    CommunicationParty.objects.filter(pk=party.pk).update(function="other")
    stay = ward.admit(p1, "16.11.2026 10.00")
    ward.flag(p1, "16.11.2026 10.20")
    assert ward.expected(stay) == [("M1", "due")]
    CommunicationParty.objects.filter(pk=party.pk).update(function="nursing")
    ward.until("16.11.2026 10.35")
    assert ward.sent(stay) == ["INNLAGT"]
    assert ward.causes(stay) == []
