"""The official reception cases of Pasientlogistikk 1.5, one by one, with the outcomes of acceptance requirements 2.7."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

GP, COLLEAGUE, NURSING = "369767", "148985", "5078"
CASE1 = "987885e0-dd93-11de-8a39-0800200c9a66"
APPREC_10 = "http://www.kith.no/xmlstds/apprec/2004-11-21"


def receive(*words: str, cwd: Path | None = None) -> tuple[int, list[dict]]:
    """Run `samhandling receive … --json` as a tester would."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLING_", "DJANGO_"))}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "samhandling"), "receive", *words, "--json"],
        capture_output=True,
        env=environment,
        cwd=cwd,
        timeout=120,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="session")
def folder(standards: Path) -> Path:
    return standards / "acceptance" / "pasientlogistikk-1.5"


def case(folder: Path, number: str) -> Path:
    found = list(folder.glob(f"Case{number}-Pasientlogistikk*.xml"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="session")
def each_alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Every case in a store of its own, as the receiver it names; by case number."""
    files = sorted(folder.glob("*.xml"))
    receipts = tmp_path_factory.mktemp("receipts")
    status, results = receive(
        *map(str, files), "--own", f"{GP},{COLLEAGUE},{NURSING}", "--fresh", "--apprec-dir", str(receipts)
    )
    assert status == 1
    assert [r["file"] for r in results] == [str(f) for f in files]
    for file, result in zip(files, results, strict=True):
        for one in result["receivers"]:
            written = receipts / f"{file.stem}.{one['her_id']}.apprec.xml"
            assert written.exists() == (one["apprec"] is not None)
            if one["apprec"]:
                assert written.read_text(encoding="utf-8") == one["apprec"]["xml"]
    return {file.name.removeprefix("Case").split("-Pasient")[0]: r for file, r in zip(files, results, strict=True)}


TAKEN = {
    "1": {"unknown_patient"},
    "11b": {"unknown_patient", "manual_match", "id_mismatch", "h_number"},
    "11c": {"unknown_patient", "manual_match"},
    "12": {"unknown_patient"},
    "16c": {"unknown_patient"},
    "16d": {"unknown_patient", "h_number"},
    "17b": {"unknown_patient"},
    "18": {"unknown_patient", "unknown_service"},
    "21": {"unknown_patient", "unlinked", "cancels"},
}
REJECTED = {
    "2": "T01",
    "11a": "E36",
    "14a": "E36",
    "14b": "E36",
    "15a": "T02",
    "15b": "T02",
    "16a": "E36",
    "16b": "E36",
    "17a": "E36",
    "19": "E36",
    "20a": "E36",
    "20b": "E36",
}


def key(number: str) -> str:
    return number if number == "1" else f"1-{number}"


@pytest.mark.parametrize("number", TAKEN)
def test_taken(each_alone, number):
    result = each_alone[key(number)]
    assert result["verdict"] == "accepted"
    assert set(result["flags"]) == TAKEN[number]
    assert [(r["role"], r["status"], r["apprec"]["errors"]) for r in result["receivers"]] == [("PRIM", "1", [])]


@pytest.mark.parametrize("number", REJECTED)
def test_rejected(each_alone, number):
    result = each_alone[key(number)]
    assert result["verdict"] == "rejected"
    assert {r["status"] for r in result["receivers"]} == {"2"}
    for one in result["receivers"]:
        assert [e["code"] for e in one["apprec"]["errors"]] == [REJECTED[number]]
        assert one["apprec"]["errors"][0]["detail"]


@pytest.mark.parametrize("number", ["13a", "13b"])
def test_no_receipt_when_the_sender_cannot_be_read(each_alone, number):
    result = each_alone[key(number)]
    assert result["verdict"] == "unreceipted"
    assert all(r["apprec"] is None for r in result["receivers"])


def test_every_case_has_an_outcome(each_alone):
    assert {key(number) for number in (*TAKEN, *REJECTED, "13a", "13b")} | {"2", "3", "4", "5"} == set(each_alone)


@pytest.mark.parametrize(
    ("number", "type_code"),
    [("2", "LOG_UTSKREVET"), ("3", "LOG_UTSKRIVNINGSKLAR"), ("4", "LOG_AVMELDING"), ("5", "LOG_INNLAGT")],
)
def test_the_other_logistics_messages_reach_main_and_copy_receiver(each_alone, number, type_code):
    result = each_alone[number]
    assert (result["verdict"], result["type"]) == ("accepted", type_code)
    assert [(r["her_id"], r["role"], r["status"]) for r in result["receivers"]] == [
        (NURSING, "PRIM", "1"),
        (GP, "COP", "1"),
    ]


@pytest.mark.parametrize("number", ["20a", "20b"])
def test_main_and_copy_receiver_answer_one_by_one(each_alone, number):
    result = each_alone[key(number)]
    assert [(r["her_id"], r["role"]) for r in result["receivers"]] == [(GP, "PRIM"), (COLLEAGUE, "COP")]
    assert "copy" in result["flags"]


def test_every_receipt_is_version_1_0_valid_and_mirrors_the_message(each_alone, standards, folder):
    schema = etree.XMLSchema(etree.parse(str(standards / "schemas" / "AppRec-v1-2004-11-21.xsd")))
    count = 0
    for number, result in each_alone.items():
        for one in result["receivers"]:
            assert one["apprec"]["version"] == "1.0"
            document = etree.fromstring(one["apprec"]["xml"].encode())
            assert document.tag == f"{{{APPREC_10}}}AppRec", number
            schema.assertValid(document)
            spaces = {"a": APPREC_10}
            assert document.findtext("a:OriginalMsgId/a:Id", namespaces=spaces) == result["msg_id"]
            assert document.find("a:Status", spaces).get("V") == one["status"]
            errors = [e.get("V") for e in document.findall("a:Error", spaces)]
            assert errors == [e["code"] for e in one["apprec"]["errors"]]
            roles = {"PRIM": {"SPR"}, "COP": {"COP"}}
            assert document.find("a:Sender/a:Role", spaces).get("V") in roles[one["role"]]
            count += 1
    assert count > 25


def test_times_and_ids_of_the_original_are_copied_exactly(each_alone):
    document = etree.fromstring(each_alone["1"]["receivers"][0]["apprec"]["xml"].encode())
    spaces = {"a": APPREC_10}
    original = document.find("a:OriginalMsgId", spaces)
    assert original.findtext("a:IssueDate", namespaces=spaces) == "2007-01-20T04:30:47.0Z"
    assert original.findtext("a:Id", namespaces=spaces) == CASE1
    assert original.find("a:MsgType", spaces).get("V") == "LOG_DOD"
    names = [e.text for e in document.iterfind("a:Receiver/a:HCP/a:Inst/a:Name", spaces)]
    assert names == ["Alvdal Kommune"]


def test_a_message_met_before_is_ignored_whatever_it_now_holds(folder):
    """The fault variants carry the MsgId of Case1: duplicates come before structure checks."""
    wanted = ["1", "1-2", "1-11a", "1-13a", "1-13b", "1-15a"]
    status, results = receive(*(str(case(folder, n)) for n in wanted), "--own", GP)
    assert status == 0
    assert [r["verdict"] for r in results] == ["accepted", *["duplicate"] * 5]
    assert all(one["apprec"] is None and one["status"] is None for r in results[1:] for one in r["receivers"])


def test_a_repeat_of_a_rejected_message_is_ignored_too(folder):
    _, results = receive(str(case(folder, "1-11a")), str(case(folder, "1")), "--own", GP)
    assert [r["verdict"] for r in results] == ["rejected", "duplicate"]


def test_a_cancellation_without_reference_finds_its_original_by_patient_sender_and_type(folder):
    _, results = receive(str(case(folder, "1")), str(case(folder, "1-21")), "--own", GP)
    assert [r["verdict"] for r in results] == ["accepted", "accepted"]
    assert results[1]["flags"] == ["unknown_patient", "cancels"]
    assert "cancelled_before_original" not in results[0]["flags"]


def test_a_cancellation_before_its_original_is_held_and_applied_when_that_comes(folder):
    _, results = receive(str(case(folder, "1-21")), str(case(folder, "1")), "--own", GP)
    assert [r["verdict"] for r in results] == ["accepted", "accepted"]
    assert {"cancels", "unlinked"} <= set(results[0]["flags"])
    assert "cancelled_before_original" in results[1]["flags"]


def test_only_our_own_receiver_answers(folder):
    _, results = receive(str(case(folder, "2")), "--own", GP)
    assert [(r["her_id"], r["role"]) for r in results[0]["receivers"]] == [(GP, "COP")]
    assert "copy" in results[0]["flags"]
    _, results = receive(str(case(folder, "2")), "--own", NURSING)
    assert [(r["her_id"], r["role"]) for r in results[0]["receivers"]] == [(NURSING, "PRIM")]
    assert "copy" not in results[0]["flags"]


def test_a_message_to_others_gets_no_receipt(folder):
    """We are the sender's nursing service: neither level of any receiver is ours."""
    status, results = receive(str(case(folder, "1")), "--own", NURSING)
    assert (status, results[0]["verdict"], results[0]["receivers"]) == (1, "unreceipted", [])
