"""Every row of routines 2.3, each test named after it, as a scenario from admission on."""

from __future__ import annotations

from tests.scenario.told import (
    ADMITTED,
    DEAD,
    INFORMED,
    OUT,
    READY,
    USER,
    H,
    Z,
    causes,
    clock,
    codes,
    kinds,
    notes,
    sent,
    told,
)


def test_t01_a_report_before_admission_opens_an_expected_stay():
    found = told("16.11 08:00 receive message=M2")
    assert (found["state"], codes(found)) == ("S0", [])
    assert clock(found, "F8")["due"] == "2026-11-18T08:00:00+01:00"


def test_t01_not_for_a_help_number_or_without_agreement():
    assert told("16.11 08:00 receive message=M2", patient=H)["state"] == "none"
    assert told("16.11 08:00 receive message=M2", patient=Z)["state"] == "none"


def test_t02_admission_attaches_the_report_and_asks_for_the_assessment():
    found = told("16.11 08:00 receive message=M2\n16.11 09:30 admit")
    assert found["state"] == "S1"
    assert "report_attached" in notes(found)
    assert clock(found, "F11")["due"] == "2026-11-16T21:30:00+01:00"


def test_t03_day_treatment_is_no_stay():
    assert told("16.11 08:00 admit stay_type=day")["state"] == "none"


def test_t04_user_yes_sends_m1_once_and_starts_f1_from_admission():
    found = told(USER + "16.11 11:00 municipal_user")
    assert (found["state"], sent(found)) == ("S2", ["M1"])
    assert clock(found, "F1")["due"] == "2026-11-17T10:00:00+01:00"
    assert clock(found, "F2")["due"] == "2026-11-17T10:00:00+01:00"


def test_t05_need_alone_asks_for_the_early_notice_and_sends_no_m1():
    found = told(ADMITTED + "16.11 11:00 need")
    assert (found["state"], sent(found)) == ("S2", [])
    assert clock(found, "F1")["state"] == "unsent"


def test_t05_m1_on_need_where_the_policy_says_so():
    found = told(ADMITTED + "16.11 11:00 need", top="policy = {admission_message_on_need = true}")
    assert sent(found) == ["M1"]


def test_t06_only_a_receipt_in_time_meets_f1():
    assert clock(told(USER + "16.11 12:00 send message=M3"), "F1")["state"] == "sent"
    assert clock(told(INFORMED), "F1")["state"] == "met"


def test_t07_a_change_without_early_notice_goes_as_the_first():
    found = told(USER + "16.11 12:00 send message=M4\n16.11 12:01 apprec of=M4")
    (change,) = [m for m in found["messages"] if m["code"] == "M4"]
    assert (change["status"], change["content_type"]) == ("N", 1)
    assert "no_early_notice" in notes(found)
    assert clock(found, "F1")["state"] == "met"


def test_t08_a_change_after_the_final_notice_asks_for_a_new_final_one():
    found = told(READY + "16.11 15:00 send message=M5\n16.11 15:01 apprec of=M5\n16.11 16:00 send message=M4")
    assert "final_expected_again" in notes(found)
    assert "M5" in [m["code"] for m in found["messages"] if m["action"] == "expected"]
    assert "A-21" in codes(told(OUT.replace("17.11 12:00", "17.11 11:00 send message=M4\n17.11 12:00")))


def test_t08_a_rejected_early_notice_does_not_count_as_sent():
    found = told(USER + "16.11 12:00 send message=M3\n16.11 12:01 apprec of=M3 status=negative")
    assert clock(found, "F1")["state"] == "unsent"
    assert codes(found) == ["A-02"]
    again = told(
        USER + "16.11 12:00 send message=M3\n16.11 12:01 apprec of=M3 status=negative\n"
        "16.11 13:00 send message=M3\n16.11 13:01 apprec of=M3"
    )
    assert [m["status"] for m in again["messages"] if m["code"] == "M3"] == ["N", "N"]
    assert clock(again, "F1")["state"] == "met"


def test_t09_ready_today_sends_m6_and_expects_the_answer():
    found = told(READY)
    assert (found["state"], sent(found)[-1]) == ("S3", "M6")
    assert "M13" in [m["code"] for m in found["messages"] if m["action"] == "expected"]


def test_t09_a_missing_name_delays_and_never_drops():
    held = INFORMED + "16.11 14:00 ready by=''\n"
    found = told(held + "16.11 14:10 look")
    assert "M6" not in sent(found)
    assert "stay.name_missing" in causes(found)
    assert clock(told(held + "16.11 14:20 look"), "F3", message="M6")["state"] == "missed"
    assert sent(told(held + "16.11 14:30 ready by='Lise Legesen'"))[-1] == "M6"


def test_t09_the_attending_doctor_stands_in():
    found = told("16.11 10:00 admit attending='Ada Lege'\n16.11 10:20 municipal_user\n16.11 14:00 ready by=''")
    (m6,) = [m for m in found["messages"] if m["code"] == "M6"]
    assert (m6["decided_by"], m6["marked"]) == ("Ada Lege", True)


def test_t10_ready_tomorrow_is_held():
    found = told(INFORMED + "16.11 14:00 ready date=2026-11-17")
    assert (found["state"], "M6" in sent(found)) == ("S2", False)
    assert "send_M4" in kinds(found)


def test_t11_not_ready_is_m7_that_names_m6():
    found = told(READY + "16.11 15:00 not_ready")
    (m7,) = [m for m in found["messages"] if m["code"] == "M7"]
    assert (found["state"], m7["of"]) == ("S2", "M6")


def test_t12_another_date_is_m7_then_m6():
    found = told(READY + "17.11 09:00 ready date=2026-11-17")
    assert (found["state"], sent(found)[-3:]) == ("S3", ["M6", "M7", "M6"])


def test_t13_a_date_ahead_is_m7():
    found = told(READY + "16.11 15:00 ready date=2026-11-18")
    assert (found["state"], sent(found)[-1]) == ("S2", "M7")


def test_t14_discharge_sends_m8_with_place_and_closes_the_clocks():
    found = told(OUT)
    (m8,) = [m for m in found["messages"] if m["code"] == "M8"]
    assert (found["state"], m8["place"]) == ("S4", "1")
    assert codes(found) == []
    assert {d["state"] for d in found["deadlines"] if d["id"] in ("F2", "F4")} <= {"closed", "missed"}


def test_t14_a_request_that_nobody_answered_is_a_call():
    found = told(INFORMED + "16.11 13:00 receive message=M9\n16.11 14:00 discharge to=1")
    assert "stay.request_unanswered" in causes(found)


def test_t14_a_discharge_ahead_waits_for_its_time():
    ahead = INFORMED + "16.11 13:00 discharge to=1 event_at='17.11.2026 12.00'\n"
    assert told(ahead + "17.11 11:59 look")["state"] == "S2"
    assert told(ahead + "17.11 12:01 look")["state"] == "S4"


def test_t15_discharge_of_somebody_nobody_was_told_of():
    found = told(ADMITTED + "16.11 12:00 discharge to=1")
    assert (found["state"], sent(found), codes(found)) == ("S4", [], [])


def test_t16_discharge_without_ready_date():
    found = told(INFORMED + "16.11 13:00 discharge to=1")
    assert "without_ready_date" in notes(found)
    assert found["payment"][0]["days"] == 0


def test_t17_death_waits_five_minutes_and_sends_no_m7():
    assert "M8" not in sent(told(READY + "16.11 16:00 death\n16.11 16:04 look"))
    found = told(DEAD)
    assert (found["state"], sent(found)[-1]) == ("S5", "M8")
    assert "M7" not in sent(found)
    assert codes(found) == []


def test_t17b_death_undone_cancels_m8_and_calls_at_once():
    nothing = told(READY + "16.11 16:00 death\n16.11 16:03 undo_death\n16.11 16:10 look")
    assert (nothing["state"], "M8" in sent(nothing)) == ("S3", False)
    found = told(DEAD + "16.11 17:00 undo_death")
    assert (found["state"], sent(found)[-1]) == ("S3", "M8(C)")
    assert "telephone" in kinds(found)


def test_t18_death_after_discharge_tells_nobody():
    found = told(OUT + "18.11 10:00 death")
    assert (found["state"], sent(found)) == ("S4", sent(told(OUT)))


def test_t19_wrong_patient_takes_back_everything():
    found = told(READY + "16.11 15:00 cancel_admission reason=wrong_patient")
    assert found["state"] == "S6"
    assert sorted(s for s in sent(found) if "(C)" in s) == ["M1(C)", "M3(C)", "M6(C)"]
    assert {"telephone", "privacy_incident"} <= kinds(found)


def test_t19_by_phone_where_the_counterpart_cannot_take_a_cancellation():
    patient = 'municipality = "Mun-A"\ntakes_cancellation = false'
    found = told(READY + "16.11 15:00 cancel_admission", patient=patient)
    assert not [s for s in sent(found) if "(C)" in s]
    assert "telephone" in kinds(found)


def test_t19b_ready_by_mistake_is_cancelled_and_void():
    found = told(READY + "18.11 15:00 not_ready reason=mistake")
    assert (found["state"], sent(found)[-1]) == ("S2", "M6(C)")
    assert "M7" not in sent(found)
    assert [p["days"] for p in found["payment"]] == [0]


def test_t20_discharge_undone_cancels_m8_and_sends_no_new_m1():
    found = told(OUT + "17.11 14:00 undo_discharge")
    assert (found["state"], sent(found)[-1], sent(found).count("M1")) == ("S2", "M8(C)", 1)
    late = told(OUT + "19.11 14:00 undo_discharge")
    assert late["state"] == "S4"
    assert "stay.discharge_undone_late" in causes(late)
    assert told(OUT + "19.11 14:00 undo_discharge confirmed=true")["state"] == "S2"


def test_t21_a_new_admission_is_a_new_stay():
    found = told(OUT + "20.11 08:00 admit\n20.11 08:30 municipal_user")
    assert (found["state"], sent(found).count("M1")) == ("S2", 2)


def test_t22_a_move_within_the_track_sends_nothing():
    found = told(INFORMED + "16.11 15:00 transfer ward=B")
    assert sent(found) == sent(told(INFORMED))
    assert "send_M4" in kinds(found)
    assert "send_M4" not in kinds(told(USER + "16.11 15:00 transfer ward=B"))


def test_t23_another_track_changes_mailbox_and_addressee():
    found = told(ADMITTED + "16.11 10:10 transfer ward=P track=PSYCH\n16.11 10:20 municipal_user")
    (m1,) = [m for m in found["messages"] if m["code"] == "M1"]
    assert (m1["from"], m1["to"]) == ("Psykiatri plo meldingsmottak", "psychiatric health service")


def test_t24_another_trust_is_a_discharge_to_another_hospital():
    found = told(READY + "18.11 10:00 transfer other_trust=true")
    (m8,) = [m for m in found["messages"] if m["code"] == "M8"]
    assert (found["state"], m8["place"]) == ("S4", "3")


def test_t25_leave_sends_nothing_and_prompts_a_call():
    found = told(INFORMED + "16.11 15:00 leave\n")
    assert sent(found) == sent(told(INFORMED))
    assert "stay.leave" in causes(found)
    assert "stay.leave" not in causes(told(INFORMED + "16.11 15:00 leave\n17.11 15:00 leave value=false"))


def test_t26_corrected_takes_back_what_was_sent_and_moved_does_not():
    found = told(INFORMED + "16.11 15:00 municipality to=Mun-B reason=rettet")
    assert sorted(s for s in sent(found) if "(C)" in s) == ["M1(C)", "M3(C)"]
    assert sent(found).count("M1") == 2
    assert "privacy_incident" in kinds(found)
    moved = told(INFORMED + "16.11 15:00 municipality to=Mun-B reason=endret")
    assert not [s for s in sent(moved) if "(C)" in s]
    assert "telephone" in kinds(moved)


def test_t26_the_new_municipality_gets_m1_and_the_remaining_time():
    found = told(INFORMED + "16.11 15:00 municipality to=Mun-B reason=endret")
    assert [m["municipality"] for m in found["messages"] if m["code"] == "M1"] == ["Mun-A", "Mun-B"]
    assert "M3" in [m["code"] for m in found["messages"] if m["action"] == "expected"]
    assert clock(found, "F1")["due"] == "2026-11-17T10:00:00+01:00"


def test_t27_an_ordinary_number_lifts_the_overlay():
    found = told(ADMITTED + "16.11 10:20 municipal_user\n16.11 12:00 identity id_type=FNR", patient=H)
    assert (found["overlay"], sent(found)) == ("", ["M1"])
    assert clock(found, "F1")["due"] == "2026-11-17T10:00:00+01:00"


def test_t28_no_longer_user_is_never_silent():
    asked = told(READY + "16.11 15:00 municipal_user value=false")
    assert "stay.user_question" in causes(asked)
    mistake = told(READY + "16.11 15:00 municipal_user value=false reason=mistake")
    assert {"M1(C)", "M6(C)"} <= set(sent(mistake))
    ended = told(READY + "16.11 15:00 municipal_user value=false reason=no_longer")
    assert sent(ended)[-1] == "M7"
    assert "telephone" in kinds(ended)
