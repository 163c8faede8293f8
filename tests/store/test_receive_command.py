"""The command `receive`: what an EPJ tester meets in it besides the official cases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tests.harness import on_postgres
from tests.store.exchange_world import CASES, MINUTE, NOW, NURSING, document

pytestmark = pytest.mark.skipif(on_postgres(), reason="the command has a store of its own")

ID = "00000000-0000-4000-8000-00000000000{}".format
ALLOWED = {
    "unknown_patient", "manual_match", "id_mismatch", "h_number", "copy", "unknown_service", "unlinked", "cancels",
    "replaces", "cancelled_before_original", "unknown_code", "estimate_of_past", "test_message",
}  # fmt: skip


def run(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLING_", "DJANGO_"))}
    # A node's settings in the environment are none of the command's business.
    environment |= {
        "SAMHANDLING_HOME": str(cwd / "a-real-node"),
        "SAMHANDLING_DATABASE": "postgresql://nobody@127.0.0.1:1/x",
    }
    return subprocess.run(
        [str(Path(sys.executable).parent / "samhandling"), "receive", *map(str, words)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        timeout=120,
    )


def write(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_the_answer_is_one_array_and_nothing_else(tmp_path):
    first = write(tmp_path, "a.xml", document(msg_id=ID(1)))
    hostile = write(tmp_path, "b.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    unknown = document(msg_id=ID(2)).replace(b"Pasientlogistikk/2012-04-01", b"Pasientlogistikk/2099-01-01")
    done = run(first, hostile, write(tmp_path, "c.xml", unknown), write(tmp_path, "d.xml", b""),
               "--own", f"{NURSING[0]}.{NURSING[1:]}", "--json", "--apprec-dir", tmp_path / "out", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 1
    results = json.loads(done.stdout)
    assert [set(r) for r in results] == [{"file", "verdict", "type", "msg_id", "receivers", "flags"}] * 4
    taken, refused, unsupported, empty = results
    assert (taken["file"], taken["verdict"], taken["type"], taken["msg_id"]) == (
        str(first), "accepted", "LOG_INNLAGT", ID(1),
    )  # fmt: skip
    assert [set(r) for r in taken["receivers"]] == [{"her_id", "role", "status", "apprec"}]
    assert taken["receivers"][0]["apprec"]["version"] == "1.1"
    assert (refused["verdict"], refused["type"], refused["receivers"]) == ("unreceipted", None, [])
    assert [e["code"] for e in unsupported["receivers"][0]["apprec"]["errors"]] == ["T10"]
    assert empty["verdict"] == "unreceipted"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        f"a.{NURSING}.apprec.xml",
        f"c.{NURSING}.apprec.xml",
    ]
    assert etree.parse(tmp_path / "out" / f"a.{NURSING}.apprec.xml").getroot().tag.endswith("}AppRec")
    assert not (tmp_path / "a-real-node").exists()


def test_one_store_remembers_and_fresh_ones_do_not(tmp_path):
    files = [write(tmp_path, f"{n}.xml", document(msg_id=ID(1))) for n in "ab"]
    together = json.loads(run(*files, "--own", NURSING, "--json", cwd=tmp_path).stdout)
    assert [r["verdict"] for r in together] == ["accepted", "duplicate"]
    assert together[1]["receivers"] == [{"her_id": NURSING, "role": "PRIM", "status": None, "apprec": None}]
    alone = json.loads(run(*files, "--own", NURSING, "--fresh", "--json", cwd=tmp_path).stdout)
    assert [r["verdict"] for r in alone] == ["accepted", "accepted"]


def test_flags_of_series_codes_and_tests_are_those_of_the_contract(tmp_path):
    original = document("LOG_AVMELDING", msg_id=ID(1))
    cancellation = document("LOG_AVMELDING", msg_id=ID(2), status="C", parent=ID(1), generated_at=NOW + MINUTE)
    changed = document("LOG_AVMELDING", msg_id=ID(3), parent=ID(1), generated_at=NOW + 2 * MINUTE)
    changed = changed.replace(b'V="N" DN="Ny"', b'V="M" DN="Endring"').replace(b'V="XX"', b'V="ZZ"')
    estimate = document(msg_id=ID(4)).replace(b"<po:Anslag>false", b"<po:Anslag>true")
    end = estimate.index(b"</MsgId>") + len(b"</MsgId>")
    estimate = estimate[:end] + b'<ProcessingStatus V="T" DN="Opplaering"/>' + estimate[end:]
    files = [write(tmp_path, f"{n}.xml", d) for n, d in enumerate([cancellation, original, changed, estimate])]
    found = json.loads(run(*files, "--own", f"{NURSING},{CASES}", "--json", cwd=tmp_path).stdout)
    flags = [set(r["flags"]) for r in found]
    assert all(each <= ALLOWED for each in flags)
    assert {"cancels", "unlinked"} <= flags[0]
    assert "cancelled_before_original" in flags[1]
    assert {"replaces", "unknown_code"} <= flags[2]
    assert {"estimate_of_past", "test_message"} <= flags[3]
    assert [r["verdict"] for r in found] == ["accepted"] * 4


def test_a_world_says_who_we_are_and_whom_we_know(tmp_path):
    addressed = document(msg_id=ID(1), receiver=("98310700", "98310701"))
    elsewhere = document(msg_id=ID(2), receiver=("6000", "6001"))
    files = [write(tmp_path, "a.xml", addressed), write(tmp_path, "b.xml", elsewhere)]
    found = json.loads(run(*files, "--world", "liten", "--json", cwd=tmp_path).stdout)
    assert [r["verdict"] for r in found] == ["accepted", "unreceipted"]
    assert [r["her_id"] for r in found[0]["receivers"]] == ["98310701"]


def test_in_words_for_people(tmp_path):
    file = write(tmp_path, "a.xml", document(msg_id=ID(1), number=None).replace(b'<Sex V="1" DN="Mann"/>', b""))
    done = run(file, "--own", NURSING, cwd=tmp_path)
    assert done.returncode == 1
    assert "avvist" in done.stdout
    assert "E36" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("a.xml",),
        ("a.xml", "--own", "1", "--world", "liten"),
        ("a.xml", "--own", "hei"),
        ("missing.xml", "--own", "1"),
        ("a.xml", "--world", "nowhere"),
        ("--own", "1"),
    ],
)
def test_wrong_use_is_said_on_stderr(tmp_path, words):
    write(tmp_path, "a.xml", b"<a/>")
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
