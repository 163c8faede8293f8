"""Every row of routines 2.6, each test named after it: detected, graded, and somebody's."""

from __future__ import annotations

from typing import Any

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
    sent,
    told,
)


def breach(found: dict[str, Any], code: str) -> dict[str, Any]:
    return next(row for row in found["breaches"] if row["code"] == code)


def when(found: dict[str, Any], code: str) -> str:
    return breach(found, code)["at"][5:16].replace("T", " ")


def test_a01_no_receipt_by_message():
    ready = READY.replace("16.11 14:01 apprec of=M6\n", "")
    assert codes(told(ready + "16.11 14:29 look")) == []
    found = told(ready + "16.11 14:31 look")
    assert (when(found, "A-01"), breach(found, "A-01")["severity"]) == ("11-16 14:30", "high")
    early = told(USER + "16.11 12:00 send message=M3\n16.11 16:01 look")
    assert (when(early, "A-01"), breach(early, "A-01")["severity"]) == ("11-16 16:00", "high")
    near = told(USER + "17.11 05:00 send message=M3\n17.11 08:01 look")
    assert when(near, "A-01") == "11-17 08:00"
    other = told(
        ADMITTED + "16.11 10:20 municipal_user\n16.11 12:00 send message=M3\n16.11 12:01 apprec of=M3\n17.11 10:21 look"
    )
    assert (when(other, "A-01"), breach(other, "A-01")["severity"]) == ("11-17 10:20", "normal")


def test_a02_a_negative_receipt_keeps_code_and_text():
    found = told(
        USER + "16.11 12:00 send message=M3\n16.11 12:01 apprec of=M3 status=negative reason='E21 ukjent adresse'"
    )
    assert (breach(found, "A-02")["severity"], breach(found, "A-02")["note"]) == ("high", "E21 ukjent adresse")


def test_a03_the_first_of_two_receipts_stands():
    found = told(INFORMED + "16.11 13:00 apprec of=M3 status=negative")
    assert codes(found) == ["A-03"]
    assert [m["receipt"] for m in found["messages"] if m["code"] == "M3"] == ["positive"]
    assert codes(told(INFORMED + "16.11 13:00 apprec of=M3")) == []


def test_a04_the_same_message_twice_counts_once():
    found = told(INFORMED + "16.11 13:00 receive message=M9 id=x\n16.11 13:01 receive message=M9 id=x")
    assert (codes(found), breach(found, "A-04")["severity"]) == (["A-04"], "low")
    assert len([m for m in found["messages"] if m["code"] == "M9" and m["action"] == "received"]) == 1


def test_a05_the_same_type_twice_with_other_ids():
    twice = INFORMED + "16.11 13:00 receive message=M1 id=a\n16.11 13:01 receive message=M1 id=b\n"
    assert codes(told(twice + "16.11 13:10 look")) == []
    assert codes(told(twice + "16.11 13:20 look")) == ["A-05"]


def test_a07_outside_the_stay_is_taken_and_stands_with_somebody():
    found = told(OUT + "17.11 12:30 receive message=M9")
    assert (codes(found), breach(found, "A-07")["severity"]) == (["A-07"], "medium")
    assert "read_and_telephone" in kinds(found)
    assert [m["receipt"] for m in found["messages"] if m["code"] == "M9"] == ["positive"]


def test_a08_wrong_order_is_flagged_after_the_wait_for_overtaking():
    change = USER + "16.11 12:00 send message=M4\n16.11 12:01 apprec of=M4\n"
    assert codes(told(change + "16.11 12:14 look")) == []
    assert codes(told(change + "16.11 12:16 look")) == ["A-08"]
    assert codes(told(change + "16.11 12:05 send message=M3\n16.11 12:06 apprec of=M3\n16.11 12:16 look")) == []
    withdrawal = INFORMED + "16.11 13:00 receive message=M1 id=a\n16.11 13:01 receive message=M7 id=b\n16.11 13:20 look"
    assert codes(told(withdrawal)) == ["A-08"]


def test_a09_is_a_breach_and_never_a_message():
    found = told(USER + "17.11 10:01 look")
    assert (when(found, "A-09"), breach(found, "A-09")["severity"]) == ("11-17 10:00", "high")
    assert sent(found) == ["M1"]
    assert "send_M3" in kinds(found)


def test_a10_a_help_number_is_refused_outgoing_and_flagged_incoming():
    found = told(ADMITTED + "16.11 10:20 municipal_user\n16.11 11:00 send message=M3", patient=H)
    assert [m["reason"] for m in found["messages"] if m["action"] == "refused"] == ["overlay_h"]
    incoming = told(ADMITTED + "16.11 11:00 receive message=M9", patient=H)
    assert (codes(incoming), "telephone" in kinds(incoming)) == (["A-10"], True)


def test_a11_no_agreement_is_a_call():
    found = told(ADMITTED + "16.11 10:20 municipal_user", patient=Z)
    assert (codes(found), sent(found), kinds(found)) == (["A-11"], [], {"telephone"})


def test_a12_after_death_nothing_goes_and_what_comes_is_for_the_message_responsible():
    found = told(DEAD + "16.11 17:00 send message=M4\n16.11 17:10 receive message=M9")
    assert [m["reason"] for m in found["messages"] if m["action"] == "refused"] == ["state"]
    assert breach(found, "A-12")["severity"] == "high"
    assert "stay.message_after_death" in causes(found)


def test_a13_discharged_without_any_helseopplysning():
    found = told(USER + "16.11 12:00 discharge to=1")
    assert codes(found) == ["A-21", "A-13"]
    assert "send_M5" in kinds(found)


def test_a14_ready_while_the_early_notice_is_open():
    found = told(USER + "16.11 12:00 ready")
    assert (codes(found), breach(found, "A-14")["severity"]) == (["A-14"], "medium")
    assert codes(told(READY)) == []


def test_a14_makes_the_payment_disputed():
    late = told(
        USER + "16.11 12:00 ready\n16.11 12:01 apprec of=M6\n18.11 12:00 discharge to=1", top="prices = {2026 = 6000}"
    )
    assert (late["payment"][0]["days"], late["payment"][0]["outcome"]) == (2, "DISPUTED")


def test_a15_an_avviksmelding_without_reference_or_agreed_reason():
    assert codes(told(INFORMED + "16.11 13:00 receive message=M11 reason='feil adressat'")) == ["A-15"]
    assert codes(told(INFORMED + "16.11 13:00 receive message=M11 of=M3 reason='mangelfulle opplysninger'")) == ["A-15"]
    assert codes(told(INFORMED + "16.11 13:00 receive message=M11 of=M3 reason='teknisk feil'")) == []


def test_a16_an_address_outside_the_agreed_pairs():
    assert codes(told(INFORMED + "16.11 13:00 receive message=M9 from=fastlege")) == ["A-16"]
    assert codes(told(INFORMED + "16.11 13:00 receive message=M9 from='case handling'")) == []
    found = told(INFORMED + "16.11 13:00 send message=M9 to=fastlege")
    assert [m["reason"] for m in found["messages"] if m["action"] == "refused"] == ["address"]


def test_a17_a_cancellation_before_its_original_waits_for_it():
    found = told(INFORMED + "16.11 13:00 receive message=C of=x\n16.11 13:05 receive message=M9 id=x")
    assert codes(found) == ["A-17"]
    (question,) = [m for m in found["messages"] if m["code"] == "M9"]
    assert question["cancelled"] is True
    assert not [d for d in found["deadlines"] if d["id"] == "F6"]


def test_a18_the_same_patient_by_other_numbers():
    assert codes(told(INFORMED + "16.11 13:00 receive message=M9 id_type=HNR")) == ["A-18", "A-10"]


def test_a19_alarms_are_muted_while_the_counterpart_is_announced_down():
    ready = READY.replace("16.11 14:01 apprec of=M6\n", "")
    down = ready.replace("16.11 14:00 ready", "16.11 13:00 outage to='16.11.2026 16.00'\n16.11 14:00 ready")
    assert codes(told(down + "16.11 16:59 look")) == []
    assert when(told(down + "16.11 17:01 look"), "A-01") == "11-16 17:00"
    assert codes(told(down + "16.11 16:30 apprec of=M6\n16.11 18:00 look")) == []
    assert clock(told(down), "F9")["affected_by_downtime"] is True


def test_a20_a_message_from_the_future():
    assert codes(told(INFORMED + "16.11 13:00 receive message=M9 generated='16.11.2026 13.04'")) == []
    assert codes(told(INFORMED + "16.11 13:00 receive message=M9 generated='16.11.2026 13.06'")) == ["A-20"]


def test_a21_discharged_without_the_final_notice_or_with_an_older_one():
    assert codes(told(INFORMED + "16.11 13:00 discharge to=1")) == ["A-21"]
    older = OUT.replace(
        "17.11 12:00 discharge", "17.11 11:00 send message=M4\n17.11 11:01 apprec of=M4\n17.11 12:00 discharge"
    )
    assert codes(told(older)) == ["A-21"]
    assert codes(told(OUT)) == []
