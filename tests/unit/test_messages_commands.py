"""`samhandling validate` and `samhandling roundtrip`."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from samhandling.cli import main
from samhandling.messages import engine
from samhandling.messages.engine.canonical import difference
from tests.unit.messages_samples import message

GOOD = engine.build(message())


@dataclass
class Result:
    exit_code: int
    stdout: str
    stderr: str


class Run(Protocol):
    def __call__(self, name: str, *words: object) -> Result: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command as a person types it, in this process."""

    def _run(name: str, *words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["samhandling", name, *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Result(int(ended.value.code or 0), said.out, said.err)

    return _run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "innlagt.xml"
    file.write_bytes(GOOD)
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "feil.xml"
    file.write_bytes(GOOD.replace(b"1950-01-02", b"1950"))
    return file


def answers(result: Result) -> list[dict[str, Any]]:
    found = json.loads(result.stdout)
    assert isinstance(found, list)
    return found


def test_validate_says_what_a_valid_file_is(run: Run, good: Path) -> None:
    result = run("validate", good, "--json")
    (answer,) = answers(result)
    assert result.exit_code == 0
    assert set(answer) == {"file", "valid", "type", "standard", "version", "problems"}
    assert (answer["file"], answer["valid"]) == (str(good), True)
    assert (answer["type"], answer["standard"], answer["version"]) == ("LOG_INNLAGT", "plo", "1.6")
    assert all(problem["severity"] in ("warning", "note") for problem in answer["problems"])


def test_validate_answers_every_file_in_the_order_given(run: Run, good: Path, bad: Path, tmp_path: Path) -> None:
    result = run("validate", bad, tmp_path / "ingen.xml", tmp_path, good, "--json")
    found = answers(result)
    assert result.exit_code == 1
    assert [answer["valid"] for answer in found] == [False, False, False, True]
    first = found[0]["problems"][0]
    assert (first["code"], first["severity"], first["path"]) == (
        "value.wrong",
        "error",
        "/MsgHead/MsgInfo/Patient/DateOfBirth",
    )
    assert set(first) == {"code", "severity", "path", "line", "text"}
    assert found[1]["problems"][0]["code"] == "file.missing"
    assert found[2]["problems"][0]["code"] == "file.not_a_file"


def test_validate_speaks_to_people(run: Run, bad: Path) -> None:
    result = run("validate", bad)
    assert result.exit_code == 1
    assert "ikke gyldig – plo 1.6 LOG_INNLAGT" in result.stdout
    assert "feil linje" in result.stdout
    assert "DateOfBirth skal være en dato" in result.stdout


def test_profile_findings_are_warnings_or_notes(run: Run, good: Path) -> None:
    (answer,) = answers(run("validate", good, "--json"))
    assert answer["problems"], "the sample has no responsible professional, which the profile remarks"
    assert answer["valid"]


def test_an_unknown_type_code_is_null(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(GOOD.replace(b'V="LOG_INNLAGT"', b'V="TULL"'))
    (answer,) = answers(run("validate", file, "--json"))
    assert answer["type"] is None
    assert answer["valid"]


@pytest.mark.parametrize("name", ["validate", "roundtrip"])
def test_no_files_is_wrong_use(run: Run, name: str) -> None:
    assert run(name).exit_code == 2
    assert run(name, "--ukjent", "x").exit_code == 2


def test_roundtrip_builds_from_the_values(run: Run, good: Path, tmp_path: Path) -> None:
    out = tmp_path / "ny" / "mappe"
    result = run("roundtrip", good, "--out", out, "--json")
    assert result.exit_code == 0
    assert answers(result) == [{"file": str(good), "same": True, "difference": None}]
    assert difference((out / "innlagt.xml").read_bytes(), GOOD) == ""


def test_roundtrip_of_an_invalid_file_is_not_the_same(run: Run, bad: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut"
    result = run("roundtrip", bad, tmp_path / "ingen.xml", "--out", out, "--json")
    assert result.exit_code == 1
    assert [answer["same"] for answer in answers(result)] == [False, False]
    assert "ikke gyldig" in answers(result)[0]["difference"]
    assert list(out.iterdir()) == []


def test_two_files_of_one_name_both_get_a_place(run: Run, good: Path, tmp_path: Path) -> None:
    other = tmp_path / "b" / "innlagt.xml"
    other.parent.mkdir()
    other.write_bytes(GOOD)
    out = tmp_path / "ut"
    assert run("roundtrip", good, other, "--out", out).exit_code == 0
    assert sorted(file.name for file in out.iterdir()) == ["innlagt-2.xml", "innlagt.xml"]


def test_roundtrip_never_writes_over_its_own_files(run: Run, good: Path) -> None:
    result = run("roundtrip", good, "--out", good.parent)
    assert result.exit_code == 2
    assert good.read_bytes() == GOOD


def test_a_profile_that_fails_breaks_neither_the_answer_nor_the_verdict(
    run: Run, good: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("hemmelig innhold")

    monkeypatch.setattr("samhandling.messages.profiles.check", fail)
    # What the command sets up for its own process must not outlive this test.
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    monkeypatch.setattr(root, "level", root.level)
    result = run("validate", good, bad, "--json")
    first, second = answers(result)
    assert (first["valid"], second["valid"], result.exit_code) == (True, False, 1)
    assert [problem["code"] for problem in first["problems"]] == ["profile.failed"]
    assert first["problems"][0]["severity"] == "warning"
    assert "profile.failed" in [problem["code"] for problem in second["problems"]]
    assert "RuntimeError" in result.stderr
    assert "hemmelig" not in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("namespace", "body", "standard", "version", "code"),
    [
        ("http://www.kith.no/xmlstds/epikrise/2006-09-23", "ServRprt", "epikrise", "1.1", "EPIKRISE"),
        ("http://www.kith.no/xmlstds/epikrise/2012-02-15", "ServRprt", "epikrise", "1.2", "EPIKRISE"),
        ("http://www.kith.no/xmlstds/henvisning/2005-07-08", "ServReq", "henvisning", "1.0", "HENVISNING"),
        ("http://www.kith.no/xmlstds/henvisning/2012-02-15", "ServReq", "henvisning", "1.1", "HENVISNING"),
        ("http://www.kith.no/xmlstds/labsvar/2008-12-01", "ServReport", "svarrapport", "1.3", "SVAR_LAB"),
        ("http://www.kith.no/xmlstds/labsvar/2012-02-15", "ServReport", "svarrapport", "1.4", "SVAR_RTG"),
    ],
)
def test_validate_says_what_a_document_without_a_header_is(
    run: Run, tmp_path: Path, namespace: str, body: str, standard: str, version: str, code: str
) -> None:
    file = tmp_path / "melding.xml"
    file.write_text(f'<Message xmlns="{namespace}"><Type V="{code}"/><{body}/></Message>', encoding="utf-8")
    (found,) = answers(run("validate", file, "--json"))
    assert (found["type"], found["standard"], found["version"]) == (code, standard, version)
    assert not found["valid"]
    paths = [problem["path"] for problem in found["problems"] if problem["severity"] == "error"]
    assert f"/Message/{body}" in paths
