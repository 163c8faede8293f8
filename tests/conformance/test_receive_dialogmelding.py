"""The official reception cases of Dialogmelding 1.0, one by one, with the outcomes of acceptance requirements 2.7."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.conformance.test_receive_pasientlogistikk import APPREC_10, receive

AUGUST, RITA = "369767", "258521"
CASE1 = "4c661458-c412-4c14-baae-7b096f64f6e7"


@pytest.fixture(scope="session")
def folder(standards: Path) -> Path:
    return standards / "acceptance" / "dialogmelding-1.0"


@pytest.fixture(scope="session")
def each_alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Every case in a store of its own, as the receiver it names; by case number."""
    files = sorted(folder.glob("*.xml"))
    assert len(files) == 14
    receipts = tmp_path_factory.mktemp("receipts")
    status, results = receive(*map(str, files), "--own", f"{AUGUST},{RITA}", "--fresh", "--apprec-dir", str(receipts))
    assert status == 1
    for file, result in zip(files, results, strict=True):
        for one in result["receivers"]:
            if one["her_id"] and one["apprec"]:
                written = receipts / f"{file.stem}.{one['her_id']}.apprec.xml"
                assert written.read_text(encoding="utf-8") == one["apprec"]["xml"]
    return {file.stem.removeprefix("Case"): r for file, r in zip(files, results, strict=True)}


# Case -> flags; 2 is taken alone here, so the request it answers is not there.
TAKEN = {
    "1": {"unknown_patient"},
    "1-14b": {"unknown_patient", "manual_match", "id_mismatch", "h_number"},
    "1-14c": {"unknown_patient", "manual_match"},
    "1-15": {"unknown_patient"},
    "2": {"unknown_patient", "unlinked"},
}
REJECTED = {"1-2": "T01", "1-14a": "E36", "1-17a": "E36", "1-17b": "T02", "3": "E10"}
NO_SENDER = ("1-16a", "1-16b", "1-16c")


@pytest.mark.parametrize("number", TAKEN)
def test_taken(each_alone, number):
    result = each_alone[number]
    assert result["verdict"] == "accepted"
    assert set(result["flags"]) == TAKEN[number]
    assert [(r["role"], r["status"], r["apprec"]["errors"]) for r in result["receivers"]] == [("PRIM", "1", [])]


@pytest.mark.parametrize("number", REJECTED)
def test_rejected(each_alone, number):
    """RECV-46: the MsgId of case 3 is not hexadecimal."""
    result = each_alone[number]
    assert result["verdict"] == "rejected"
    (one,) = result["receivers"]
    assert one["status"] == "2"
    assert [e["code"] for e in one["apprec"]["errors"]] == [REJECTED[number]]
    assert one["apprec"]["errors"][0]["detail"]


@pytest.mark.parametrize("number", NO_SENDER)
def test_no_receipt_when_the_sender_cannot_be_read(each_alone, number):
    result = each_alone[number]
    assert result["verdict"] == "unreceipted"
    assert all(r["apprec"] is None for r in result["receivers"])


def test_every_case_has_an_outcome(each_alone):
    assert {*TAKEN, *REJECTED, *NO_SENDER, "4"} == set(each_alone)


def test_the_old_avviksmelding_is_for_nobody_here_and_names_no_patient(folder):
    """Case 4 goes to an organisation by its number alone, without patient: E36 to the letter (HIS 80415)."""
    _, results = receive(str(folder / "Case4.xml"), "--own", "12471")
    assert (results[0]["verdict"], results[0]["type"]) == ("rejected", "DIALOG_AVVIK")
    assert [e["code"] for e in results[0]["receivers"][0]["apprec"]["errors"]] == ["E36"]


def test_every_receipt_is_version_1_0_valid_and_mirrors_the_message(each_alone, standards):
    schema = etree.XMLSchema(etree.parse(str(standards / "schemas" / "AppRec-v1-2004-11-21.xsd")))
    count = 0
    for number, result in each_alone.items():
        for one in result["receivers"]:
            if one["apprec"] is None:
                continue
            document = etree.fromstring(one["apprec"]["xml"].encode())
            assert (one["apprec"]["version"], document.tag) == ("1.0", f"{{{APPREC_10}}}AppRec"), number
            schema.assertValid(document)
            spaces = {"a": APPREC_10}
            assert document.findtext("a:OriginalMsgId/a:Id", namespaces=spaces) == result["msg_id"]
            assert document.find("a:OriginalMsgId/a:MsgType", spaces).get("V") == result["type"]
            assert document.find("a:Sender/a:Role", spaces).get("V") == "SPR"
            count += 1
    assert count >= 10


def test_the_doctor_is_answered_at_the_office(each_alone):
    """RECV-61: both levels are mirrored, the doctor as a person with the name of the message."""
    document = etree.fromstring(each_alone["1"]["receivers"][0]["apprec"]["xml"].encode())
    names = [e.text for e in document.iterfind(".//a:Name", {"a": APPREC_10})]
    assert names == ["Kattskinnet legesenter", "August September", "Vassenden legekontor", "Rita Lin"]


def test_an_answer_to_what_its_receiver_never_sent_is_taken_and_said_to_be_unlinked(folder):
    """RECV-09: the office that gets case 2 has not sent case 1 here, and no office sees what another received."""
    _, results = receive(str(folder / "Case1.xml"), str(folder / "Case2.xml"), "--own", f"{AUGUST},{RITA}")
    assert [r["verdict"] for r in results] == ["accepted", "accepted"]
    assert "unlinked" in results[1]["flags"]


def test_an_answer_finds_the_request_in_the_same_office(folder, tmp_path):
    """RECV-09: the request readdressed to the office of the answer, so that both stand there."""
    request = (folder / "Case1.xml").read_text(encoding="utf-8")
    start, end = request.index("<Receiver>"), request.index("</Receiver>")
    answer = (folder / "Case2.xml").read_text(encoding="utf-8")
    readdressed = answer[answer.index("<Receiver>") : answer.index("</Receiver>")]
    moved = tmp_path / "request.xml"
    moved.write_text(request[:start] + readdressed + request[end:], encoding="utf-8")
    _, results = receive(str(moved), str(folder / "Case2.xml"), "--own", RITA)
    assert [r["verdict"] for r in results] == ["accepted", "accepted"]
    assert "unlinked" not in results[1]["flags"]


def test_fault_variants_repeat_the_id_of_case_1(folder):
    wanted = ["1", "1-2", "1-14a", "1-16a", "1-17b"]
    status, results = receive(*(str(folder / f"Case{n}.xml") for n in wanted), "--own", AUGUST)
    assert status == 0
    assert [r["verdict"] for r in results] == ["accepted", *["duplicate"] * 4]


def test_an_epikrise_or_svarrapport_about_an_unknown_patient_is_sent_back(standards: Path) -> None:
    """E35 is for these two families alone, in the receipt version of each (HITS 1168 chapter 8)."""
    files = sorted([*standards.glob("examples/epikrise-1.2/*.xml"), *standards.glob("examples/svarrapport-1.4/*.xml")])
    _, results = receive(*map(str, files), "--own", "91439,258521,95136", "--fresh")
    for result in results:
        assert result["verdict"] == "rejected"
        assert {e["code"] for r in result["receivers"] for e in r["apprec"]["errors"]} == {"E35"}
        assert {r["apprec"]["version"] for r in result["receivers"]} == {"1.1"}
