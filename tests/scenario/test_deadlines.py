"""Every row of routines 2.5 and the clocks of C-01 and C-02, each test named after its deadline."""

from __future__ import annotations

from tests.scenario.told import ADMITTED, INFORMED, OUT, READY, USER, causes, clock, codes, notes, told


def events_of(found: dict, name: str) -> list[tuple[str, str]]:
    return [
        (line["event"], line["at"][11:16]) for line in found["timeline"]
        if line["kind"] == "deadline" and line["id"] == name
    ]  # fmt: skip


def test_f1_is_due_24_hours_after_admission_and_warns_on_the_way():
    found = told(USER + "17.11 11:00 look")
    assert clock(found, "F1")["state"] == "missed"
    assert clock(found, "F1")["late_seconds"] == 3600
    assert [e for e in events_of(found, "F1") if e[0] in ("warning", "missed")] == [
        ("warning", "22:00"), ("warning", "06:00"), ("warning", "09:00"), ("missed", "10:00"),
    ]  # fmt: skip
    assert codes(found) == ["A-09"]


def test_f1_unacknowledged_for_half_an_hour_is_said():
    found = told(USER + "16.11 12:00 send message=M3\n16.11 12:40 look")
    assert ("unacknowledged", "12:30") in events_of(found, "F1")


def test_f1_a_receipt_at_the_very_deadline_is_in_time():
    found = told(USER + "17.11 09:00 send message=M3\n17.11 10:00 apprec of=M3\n17.11 10:01 look")
    assert (clock(found, "F1")["state"], "A-09" in codes(found)) == ("met", False)


def test_f1_the_receipts_own_time_counts_when_it_comes_late_to_us():
    found = told(USER + "17.11 09:00 send message=M3\n17.11 10:20 apprec of=M3 generated='17.11.2026 09.05'")
    assert (clock(found, "F1")["state"], "A-09" in codes(found)) == ("met", False)


def test_f1_a_receipts_time_before_our_sending_is_not_believed():
    found = told(USER + "17.11 09:00 send message=M3\n17.11 10:20 apprec of=M3 generated='17.11.2026 08.05'")
    assert (clock(found, "F1")["state"], clock(found, "F1")["late_seconds"]) == ("missed", 1200)


def test_f1_c01_need_late_in_the_stay_runs_from_the_need():
    found = told(ADMITTED + "18.11 12:00 need")
    assert clock(found, "F1")["due"] == "2026-11-19T12:00:00+01:00"
    assert (clock(found, "F1")["reason"], "late_need" in notes(found)) == ("late_need", True)


def test_f1_c01_both_clocks_are_shown():
    found = told(ADMITTED + "16.11 20:00 need")
    assert clock(found, "F1")["due"] == "2026-11-17T10:00:00+01:00"
    assert clock(found, "F1")["due_from_need"] == "2026-11-17T20:00:00+01:00"


def test_f1_c01_only_no_need_stops_it():
    found = told(USER + "16.11 12:00 need value=false\n18.11 12:00 look")
    assert (clock(found, "F1")["state"], codes(found)) == ("closed", [])


def test_f1_is_closed_by_discharge():
    assert clock(told(USER + "16.11 12:00 discharge to=1\n18.11 12:00 look"), "F1")["state"] == "closed"


def test_f2_is_met_by_the_report_and_disturbs_nobody_when_it_is_missing():
    assert clock(told(USER + "16.11 15:00 receive message=M2"), "F2")["state"] == "met"
    found = told(INFORMED + "17.11 11:00 look")
    assert clock(found, "F2")["state"] == "missed"
    assert (codes(found), causes(found)) == ([], set())


def test_f3_automatic_messages_go_at_once():
    found = told(OUT)
    assert {d["message"]: d["state"] for d in found["deadlines"] if d["id"] == "F3"} == {"M1": "met", "M8": "met"}


def test_f3_what_the_epj_does_not_write_is_asked_for_after_15_minutes():
    found = told(USER.replace("16.11 10:21 apprec of=M1\n", "") + "16.11 10:36 look", top='epj_writes = ["M1"]')
    assert clock(found, "F3")["due"] == "2026-11-16T10:35:00+01:00"
    assert (clock(found, "F3")["state"], "stay.not_sent" in causes(found)) == ("missed", True)
    late = told(ADMITTED + "16.11 10:20 municipal_user\n16.11 10:50 send message=M1", top='epj_writes = ["M1"]')
    assert (clock(late, "F3")["state"], clock(late, "F3")["late_seconds"]) == ("missed", 900)
    assert "stay.not_sent" not in causes(late)


def test_f4_the_answer_is_due_two_office_hours_after_m6_is_acknowledged():
    found = told(READY)
    assert (clock(found, "F4")["state"], clock(found, "F4")["due"]) == ("unsent", "2026-11-17T08:01:00+01:00")
    assert clock(told(READY + "16.11 14:30 receive message=M13 answer=can"), "F4")["state"] == "met"
    assert clock(told(READY + "16.11 14:30 not_ready"), "F4")["state"] == "closed"
    missed = told(READY + "17.11 09:00 look")
    assert (clock(missed, "F4")["state"], "stay.place_unanswered" in causes(missed)) == ("missed", True)


def test_f5_no_receipt_in_96_hours_is_a_failure_and_a_later_one_is_taken():
    silent = USER + "16.11 12:00 send message=M3\n"
    found = told(silent + "20.11 12:01 look")
    assert clock(found, "F5", message="M3")["state"] == "missed"
    assert [m["receipt"] for m in found["messages"] if m["code"] == "M3"] == ["failed"]
    later = told(silent + "20.11 13:00 apprec of=M3")
    assert [m["receipt"] for m in later["messages"] if m["code"] == "M3"] == ["positive"]
    assert clock(later, "F5", message="M3")["late_seconds"] == 3600


def test_f6_an_answer_is_due_four_office_hours_after_the_request_is_there():
    theirs = told(INFORMED + "16.11 13:00 receive message=M9")
    assert (clock(theirs, "F6")["state"], clock(theirs, "F6")["due"]) == ("unsent", "2026-11-17T09:00:00+01:00")
    answered = told(INFORMED + "16.11 13:00 receive message=M9\n16.11 13:30 send message=M10")
    assert clock(answered, "F6")["state"] == "met"
    ours = INFORMED + "16.11 13:00 send message=M9\n"
    assert not [d for d in told(ours)["deadlines"] if d["id"] == "F6"]
    assert clock(told(ours + "16.11 13:05 apprec of=M9"), "F6")["due"] == "2026-11-17T09:05:00+01:00"
    late = told(ours + "16.11 13:05 apprec of=M9\n17.11 10:00 look")
    assert (clock(late, "F6")["state"], "stay.request_overdue" in causes(late)) == ("missed", True)


def test_f7_m8_goes_on_the_day_of_discharge():
    assert (clock(told(OUT), "F7")["state"], clock(told(OUT), "F7")["due"]) == ("met", "2026-11-18T00:00:00+01:00")
    late = told(OUT.replace("17.11 12:01 apprec of=M8\n", "18.11 08:00 look\n"), top='epj_writes = ["M8"]')
    assert (clock(late, "F7")["state"], "stay.not_sent_today" in causes(late)) == ("missed", True)


def test_f8_a_report_without_admission_is_put_away_and_is_no_breach():
    found = told("16.11 08:00 receive message=M2\n18.11 08:01 look")
    assert (found["state"], clock(found, "F8")["state"], codes(found)) == ("S6", "closed", [])
    assert clock(told("16.11 08:00 receive message=M2\n16.11 09:00 admit"), "F8")["state"] == "met"


def test_f9_the_final_notice_is_in_their_hands_before_the_discharge():
    assert clock(told(READY), "F9")["state"] == "unsent"
    in_time = READY + "16.11 15:00 send message=M5\n"
    assert clock(told(in_time), "F9")["state"] == "sent"
    assert clock(told(in_time + "16.11 15:01 apprec of=M5"), "F9")["state"] == "met"
    assert clock(told(in_time + "16.11 15:30 discharge to=1"), "F9")["state"] == "missed"
    assert clock(told(READY + "16.11 15:30 discharge to=1"), "F9")["state"] == "missed"


def test_f10_the_ward_is_asked_at_half_past_seven_and_it_is_urgent_at_ten():
    asked = INFORMED + "16.11 14:00 ready date=2026-11-17\n"
    assert "stay.ready_today" not in causes(told(asked + "17.11 07:29 look"))
    assert "stay.ready_today" in causes(told(asked + "17.11 07:31 look"))
    found = told(asked + "17.11 10:01 look")
    assert (clock(found, "F10")["state"], "stay.ready_unanswered" in causes(found)) == ("missed", True)
    assert clock(told(asked + "17.11 08:00 ready date=2026-11-17"), "F10")["state"] == "met"


def test_f11_both_questions_are_answered_within_twelve_hours():
    assert clock(told(ADMITTED), "F11")["due"] == "2026-11-16T22:00:00+01:00"
    assert clock(told(ADMITTED + "16.11 11:00 need\n16.11 12:00 municipal_user value=false"), "F11")["state"] == "met"
    found = told(ADMITTED + "16.11 23:00 look")
    assert (clock(found, "F11")["state"], codes(found), causes(found)) == ("missed", [], set())


def test_clocks_count_elapsed_hours_over_both_changes_of_the_clock():
    autumn = told("24.10 14:00 admit\n24.10 14:10 municipal_user")
    assert clock(autumn, "F1")["due"] == "2026-10-25T13:00:00+01:00"
    spring = told("28.03 14:00 admit\n28.03 14:10 municipal_user")
    assert clock(spring, "F1")["due"] == "2026-03-29T15:00:00+02:00"


def test_a_time_that_comes_twice_is_the_earlier_one_and_is_marked():
    found = told("25.10 02:30 admit")
    assert found["at"] == "2026-10-25T02:30:00+02:00"
    assert "ambiguous_time" in notes(found)
