"""The receiver's algorithm: verdict, errors and flags, in the order of acceptance requirements 2.7."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from samhandling.messages import facts as reading_facts
from samhandling.messages import profiles
from samhandling.messages.compose.logistics import Address, AddressLevel, PatientValues
from samhandling.messages.receipts import JudgeSettings, OwnParties, Verdict, build, judge
from samhandling.messages.receipts.values import Answer
from tests.documents import CASES, EARLIER, MSG_ID, NOW, NURSING, VALUES, between, changed, message, read
from tests.payloads import attachment, with_attachments

OWN = OwnParties.of(["20 21"], ["202"], ["888 777 666"])


def verdict_of(data: bytes, own: OwnParties = OWN, **options) -> Verdict:
    reading = read(data)
    return judge(reading, reading_facts.facts(reading), own, **options)


def errors(verdict: Verdict) -> list[list[str]]:
    return [[e.code for e in answer.errors] for answer in verdict.receivers]


def patient(**changes):
    return replace(VALUES.patient, **changes)


def test_it_works():
    verdict = verdict_of(message())
    assert verdict.verdict == "accepted"
    assert [(a.her_id, a.role, a.status, a.errors, a.known) for a in verdict.receivers] == [
        ("2021", "PRIM", "1", (), True)
    ]
    assert (verdict.flags, verdict.reason) == ((), "")


class TestDuplicates:
    def test_a_message_met_before_is_a_duplicate(self):
        verdict = verdict_of(message(), seen={MSG_ID}.__contains__)
        assert verdict.verdict == "duplicate"
        assert [(a.her_id, a.status) for a in verdict.receivers] == [("2021", None)]

    def test_message_ids_are_compared_without_case(self):
        data = changed(message(), (MSG_ID, MSG_ID.upper()))
        assert verdict_of(data, seen={MSG_ID}.__contains__).verdict == "duplicate"

    def test_it_comes_before_the_structure(self):
        data = between(message(), "<po:Forsendelsesstatus", "/>")
        assert verdict_of(data).verdict == "rejected"
        assert verdict_of(data, seen={MSG_ID}.__contains__).verdict == "duplicate"

    def test_also_of_a_torn_document(self):
        data = message().replace(b"</MsgInfo>", b"")
        assert verdict_of(data, seen={MSG_ID}.__contains__).verdict == "duplicate"

    def test_an_empty_id_is_never_a_duplicate(self):
        data = changed(message(), (f"<MsgId>{MSG_ID}</MsgId>", "<MsgId/>"))
        assert verdict_of(data, seen=lambda _: True).verdict == "rejected"


class TestStructure:
    def test_not_well_formed_with_all_to_be_read(self):
        verdict = verdict_of(message().replace(b"</Document>", b""))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["T01"]])
        assert verdict.receivers[0].errors[0].detail

    def test_not_well_formed_before_the_receiver(self):
        data = message()
        verdict = verdict_of(data[: data.index(b"<Receiver>")])
        assert (verdict.verdict, verdict.reason) == ("unreceipted", "not_for_us")

    @pytest.mark.parametrize("data", [b"", b"   ", b"hello", b"\x00\x01\x02", b"<!DOCTYPE a><a/>"])
    def test_what_cannot_be_read_at_all(self, data):
        verdict = verdict_of(data)
        assert verdict.verdict == "unreceipted"
        assert verdict.receivers == ()

    def test_an_unknown_root(self):
        verdict = verdict_of(b"<Melding/>")
        assert (verdict.verdict, verdict.reason) == ("unreceipted", "unknown_root")

    def test_an_unknown_payload(self):
        data = changed(message(), ("po/Pasientlogistikk/2012-04-01", "po/Pasientlogistikk/2031-01-01"))
        verdict = verdict_of(data)
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["T10"]])

    def test_no_payload(self):
        verdict = verdict_of(between(message(), "<Content>", "</Content>"))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["T10"]])

    def test_schema_invalid(self):
        verdict = verdict_of(between(message(), "<po:Forsendelsesstatus", "/>"))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["T02"]])
        assert "Forsendelsesstatus" in verdict.receivers[0].errors[0].detail

    def test_schema_invalid_without_message_id(self):
        verdict = verdict_of(between(message(), "<MsgId>", "</MsgId>"))
        assert (verdict.verdict, verdict.reason) == ("unreceipted", "message_id_missing")

    def test_structure_is_answered_alone(self):
        data = between(message(), "<po:Forsendelsesstatus", "/>")
        data = between(data, "<Patient>", "</Patient>")
        assert errors(verdict_of(data)) == [["T02"]]


class TestAddresses:
    def test_a_sender_without_identifier(self):
        data = between(message(), "<Sender>", "</Sender>", "<Sender><Organisation/></Sender>")
        verdict = verdict_of(data)
        assert (verdict.verdict, verdict.reason) == ("unreceipted", "sender_unreadable")

    def test_misaddressed(self):
        verdict = verdict_of(message(), OwnParties.of(["7777"], ["777"]))
        assert (verdict.verdict, verdict.reason) == ("unreceipted", "not_for_us")

    def test_our_organisation_and_an_unknown_service_is_taken(self):
        verdict = verdict_of(message(receiver=CASES))
        assert (verdict.verdict, verdict.flags) == ("accepted", ("unknown_service",))
        assert verdict.receivers[0].known is False

    def test_or_refused_by_setting(self):
        verdict = verdict_of(message(receiver=CASES), settings=JudgeSettings(reject_unknown_service=True))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["E21"]])

    def test_the_setting_concerns_only_the_receiver_that_is_unknown(self):
        verdict = verdict_of(message(copies=(CASES,)), settings=JudgeSettings(reject_unknown_service=True))
        assert verdict.verdict == "accepted"
        assert [(a.her_id, a.role, a.status) for a in verdict.receivers] == [
            ("2021", "PRIM", "1"),
            ("2022", "COP", "2"),
        ]

    def test_our_service_under_an_organisation_that_is_not_named_as_ours(self):
        assert verdict_of(message(), OwnParties.of(["2021"])).verdict == "accepted"

    def test_our_organisation_by_its_number_alone(self):
        receiver = replace(
            NURSING, organisation=AddressLevel(name="Prøvevik", her_id="999", organisation_number="888777666")
        )
        assert verdict_of(message(receiver=receiver), OwnParties.of([], [], ["888 777 666"])).verdict == "accepted"

    def test_an_organisation_without_number_is_not_ours_by_having_none(self):
        assert verdict_of(message(), OwnParties.of([""], [""], [""])).verdict == "unreceipted"

    def test_main_and_copy_receiver_of_ours(self):
        verdict = verdict_of(message(copies=(CASES,)), OwnParties.of(["2021", "2022"], ["202"]))
        assert [(a.her_id, a.role, a.status) for a in verdict.receivers] == [
            ("2021", "PRIM", "1"),
            ("2022", "COP", "1"),
        ]
        assert verdict.flags == ("copy",)

    def test_only_the_copy_is_ours(self):
        other = Address(
            organisation=AddressLevel(name="Annen", her_id="404"), part=AddressLevel(name="Tjeneste", her_id="4041")
        )
        verdict = verdict_of(message(receiver=other, copies=(NURSING,)))
        assert [(a.her_id, a.role) for a in verdict.receivers] == [("2021", "COP")]
        assert verdict.flags == ("copy",)

    def test_the_same_address_twice_is_answered_once(self):
        verdict = verdict_of(message(copies=(NURSING,)))
        assert [(a.her_id, a.role) for a in verdict.receivers] == [("2021", "PRIM")]

    def test_her_ids_are_compared_without_dots(self):
        data = changed(message(), ("<Id>2021</Id>", "<Id>2.021</Id>"))
        assert verdict_of(data).verdict == "accepted"


class TestMessageId:
    @pytest.mark.parametrize("wrong", ["", "123", f"{MSG_ID}0", "4c661458-c412-4c14-baae-8f092g54f6e2"])
    def test_not_a_uuid(self, wrong):
        verdict = verdict_of(changed(message(), (f"<MsgId>{MSG_ID}</MsgId>", f"<MsgId>{wrong}</MsgId>")))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["E10"]])

    def test_told_together_with_an_unidentified_patient(self):
        data = changed(message(), (f"<MsgId>{MSG_ID}</MsgId>", "<MsgId>1</MsgId>"))
        data = between(data, "<Patient>", "</Patient>")
        assert errors(verdict_of(data)) == [["E10", "E36"]]


HNR, OTHER_HNR, DNR, FNR = "13516900216", "25436000305", "55076500559", "13116900216"
BORN = date(1969, 11, 13)


class TestPatients:
    @pytest.mark.parametrize(
        ("identifiers", "birth", "sex"),
        [
            ((("FNR", FNR),), None, ""),
            ((("DNR", DNR),), None, ""),
            ((("FHN", "80000000179"),), None, ""),
            ((), BORN, "2"),
            ((("FNR", FNR), ("HNR", HNR)), None, ""),
            ((("HNR", HNR),), BORN, "2"),
        ],
    )
    def test_sufficient(self, identifiers, birth, sex):
        from samhandling.messages.receipts.patients import sufficient

        written = patient(identifiers=identifiers, birth_date=birth, sex=sex)
        data = message_of(written)
        found = reading_facts.facts(read(data)).patient
        if identifiers and identifiers[0][0] == "FHN":
            assert found.numbers()[0].kind == "FHN"
        assert sufficient(found, accept_h_number=False, test=False)
        assert verdict_of(data).verdict == "accepted"

    @pytest.mark.parametrize(
        ("identifiers", "birth", "sex"),
        [
            ((), None, ""),
            ((), BORN, ""),
            ((), None, "2"),
            ((), BORN, "0"),
            ((("FNR", "g18"),), None, ""),
            ((("FNR", "1311690021"),), None, ""),
            ((("FNR", HNR),), None, ""),
            ((("HNR", HNR),), None, ""),
            ((("HNR", HNR),), BORN, ""),
            ((("PNR", "N1234567"),), None, ""),
        ],
    )
    def test_insufficient(self, identifiers, birth, sex):
        verdict = verdict_of(message_of(patient(identifiers=identifiers, birth_date=birth, sex=sex)))
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["E36"]])
        assert verdict.receivers[0].errors[0].detail
        assert "manual_match" not in verdict.flags

    def test_a_number_whose_check_digits_fail_is_taken_and_found_by_the_profile(self):
        """RECV-33: E31 is not used, and the number finds no record."""
        data = message_of(patient(identifiers=(("FNR", "13116900217"),), birth_date=None, sex=""))
        assert (verdict_of(data).verdict, errors(verdict_of(data))) == ("accepted", [[]])
        reading = read(data)
        codes = {f.code for f in profiles.check(reading_facts.facts(reading), reading.tree)}
        assert "HODE-16" in codes

    def test_an_attachment_in_a_format_that_was_not_agreed(self):
        data = with_attachments(message(), attachment("QUFB", mime="application/x-dicom"))
        assert verdict_of(data).verdict == "accepted"
        settings = JudgeSettings(attachment_formats=frozenset({"application/pdf"}))
        verdict = verdict_of(data, settings=settings)
        assert (verdict.verdict, errors(verdict)) == ("rejected", [["T99"]])
        assert "application/x-dicom" in verdict.receivers[0].errors[0].detail
        fine = with_attachments(message(), attachment("QUFB", mime="Application/PDF"))
        assert verdict_of(fine, settings=settings).verdict == "accepted"

    def test_base64_that_is_none_breaks_the_standard(self):
        data = with_attachments(message(), attachment("ikke base64 !!"))
        assert errors(verdict_of(data)) == [["T02"]]

    def test_an_unknown_patient_is_no_reason_to_reject_a_care_message(self):
        verdict = verdict_of(message(), settings=JudgeSettings(reject_unknown_patient=True))
        assert (verdict.verdict, errors(verdict)) == ("accepted", [[]])

    def test_without_a_name(self):
        data = between(message(), "<FamilyName>Prøvesen", "</GivenName>")
        assert errors(verdict_of(data)) == [["E36"]]

    def test_without_a_patient(self):
        assert errors(verdict_of(between(message(), "<Patient>", "</Patient>"))) == [["E36"]]

    def test_name_and_h_number_by_agreement(self):
        data = message_of(patient(identifiers=(("HNR", HNR),), birth_date=None, sex=""))
        verdict = verdict_of(data, settings=JudgeSettings(accept_h_number=True))
        assert (verdict.verdict, verdict.flags) == ("accepted", ("manual_match", "h_number"))

    def test_birth_date_and_sex_alone_are_matched_by_hand(self):
        assert verdict_of(message_of(patient(identifiers=()))).flags == ("manual_match",)

    def test_an_h_number_of_someone_else(self):
        verdict = verdict_of(message_of(patient(identifiers=(("HNR", OTHER_HNR),))))
        assert verdict.flags == ("manual_match", "id_mismatch", "h_number")

    def test_a_number_and_a_birth_date_that_disagree(self):
        verdict = verdict_of(message_of(patient(birth_date=date(1970, 1, 1))))
        assert (verdict.verdict, verdict.flags) == ("accepted", ("id_mismatch",))

    def test_a_number_and_a_sex_that_disagree(self):
        assert verdict_of(message_of(patient(sex="1"))).flags == ("id_mismatch",)


def message_of(values: PatientValues) -> bytes:
    """Written even where a message of ours would be stopped."""
    return message(patient=values)


class TestFlags:
    def test_a_cancellation(self):
        assert verdict_of(message(status="C", parent=EARLIER, conversation=EARLIER)).flags == ("cancels",)

    def test_a_change(self):
        assert verdict_of(changed(message(), ('V="N" DN="Ny"', 'V="M" DN="Endring"'))).flags == ("replaces",)

    def test_a_code_that_its_list_does_not_have(self):
        data = changed(message(), ('<po:Hendelsekode V="1"', '<po:Hendelsekode V="77"'))
        verdict = verdict_of(data)
        assert (verdict.verdict, verdict.flags) == ("accepted", ("unknown_code",))

    def test_a_missing_text_is_no_fault(self):
        assert verdict_of(changed(message(), (' DN="Ny"', ""))).flags == ()

    def test_an_estimate_of_what_has_happened(self):
        assert verdict_of(message(literal_estimates=True)).flags == ("estimate_of_past",)

    def test_an_estimate_of_what_is_to_come(self):
        data = message(type="LOG_UTSKREVET", discharged_at=date(2026, 11, 30), literal_estimates=True)
        assert verdict_of(data).flags == ()

    def test_a_ready_date_is_no_estimate_of_the_past(self):
        assert verdict_of(message(type="LOG_UTSKRIVNINGSKLAR", ready_on=date(2026, 11, 1))).flags == ()

    @pytest.mark.parametrize("status", ["T", "D"])
    def test_a_test_message(self, status):
        data = changed(message(), ("</MsgId>", f'</MsgId><ProcessingStatus V="{status}"/>'))
        assert verdict_of(data).flags == ("test_message",)

    def test_production_is_no_test(self):
        data = changed(message(), ("</MsgId>", '</MsgId><ProcessingStatus V="P"/>'))
        assert verdict_of(data).flags == ()


def test_a_receipt_is_never_receipted():
    from samhandling.messages import engine

    facts = reading_facts.facts(read(message()))
    answer = Answer(facts.receivers[0], "PRIM", "1")
    receipt = engine.build(build(facts, answer, receipt_id=EARLIER, generated_at=NOW))
    verdict = verdict_of(receipt, OwnParties.of(["1011"], ["101"]))
    assert (verdict.verdict, verdict.reason) == ("unreceipted", "receipt")
