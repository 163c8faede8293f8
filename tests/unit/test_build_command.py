"""`samhandling build` and `samhandling schema`, as people and programs call them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import tomli_w
from typer.testing import CliRunner

from samhandling import cli
from samhandling.messages import compose, engine, facts
from tests.samples import FOLDER, NAMES, data, type_of


def run(command: str, *words: str, stdin: bytes | None = None):
    return CliRunner().invoke(cli.click_command(cli.COMMANDS[command]), list(words), input=stdin)


@pytest.fixture(autouse=True)
def _plain_invoke(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner wants an app of Typer's; what we have is already made into a command."""
    monkeypatch.setattr("typer.testing._get_command", lambda command: command)


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_built(name: str) -> None:
    result = run("build", type_of(name), "--data", str(FOLDER / f"{name}.json"))
    assert result.exit_code == 0, result.stderr
    found = facts.facts(engine.read(result.stdout_bytes))
    assert found is not None
    assert (found.type, found.version) == (type_of(name), compose.versions_of(type_of(name))[-1])


def test_the_version_is_chosen(tmp_path: Path) -> None:
    result = run("build", "HELSEOPPL_SOKNAD", "--version", "1.5", "--data", str(FOLDER / "HELSEOPPL_SOKNAD.json"))
    found = facts.facts(engine.read(result.stdout_bytes))
    assert found is not None
    assert found.version == "1.5"


def test_toml_and_standard_in_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "data.toml"
    sample = data(
        "INNLEGGELSESRAPPORT", msg_id="6f0a3c52-0f3e-4b8c-9d0e-2f6f0c6a1b11", generated_at="2026-11-21T14:05:00"
    )
    file.write_text(tomli_w.dumps(sample), encoding="utf-8")
    from_toml = run("build", "INNLEGGELSESRAPPORT", "--data", str(file))
    from_json = run("build", "INNLEGGELSESRAPPORT", "--data", "-", stdin=json.dumps(sample).encode())
    first = facts.facts(engine.read(from_toml.stdout_bytes))
    assert first is not None
    assert first == facts.facts(engine.read(from_json.stdout_bytes))
    assert first.generated.raw == "2026-11-21T14:05:00+01:00"


def test_errors_stand_on_stderr_and_nothing_on_stdout(tmp_path: Path) -> None:
    file = tmp_path / "data.json"
    file.write_text(json.dumps(data("HELSEOPPL_SOKNAD", expected_course=None)), encoding="utf-8")
    result = run("build", "HELSEOPPL_SOKNAD", "--data", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "expected_course: Antatt forløp mangler. [field.required]\n"
    as_json = run("build", "HELSEOPPL_SOKNAD", "--json", "--data", str(file))
    assert json.loads(as_json.stderr) == [
        {"field": "expected_course", "code": "field.required", "text": "Antatt forløp mangler."}
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b"{"),
        ("x.json", b"\xff\xfe"),
        ("x.toml", b"= 1"),
        ("x.json", b"[" * 100_000),
        ("x.json", b'{"patient": 1e999}'),
    ],
)
def test_a_file_that_cannot_be_read_is_a_found_problem(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("build", "DIALOG_SVAR", "--data", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "[data.unreadable]" in result.stderr or "[field.type]" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("build", "EPIKRISE", "--data", "x.json"),
        ("build", "DIALOG_SVAR", "--version", "1.1", "--data", "x.json"),
        ("build", "DIALOG_SVAR", "--data", "/no/such/file.json"),
        ("build", "DIALOG_SVAR"),
        ("schema", "EPIKRISE"),
        ("schema", "HELSEOPPL_SOKNAD", "--version", "1.7"),
    ],
)
def test_wrong_use_ends_with_2(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_the_list_of_types_names_every_type_that_we_write() -> None:
    lines = run("schema").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(dict.fromkeys(code for code, _ in compose.writable_types()))
    assert len(lines) == 16


@pytest.mark.parametrize(("type_code", "version"), compose.writable_types())
def test_the_schema_names_what_it_refers_to_and_says_everything_in_words(type_code: str, version: str) -> None:
    schema = json.loads(run("schema", type_code, "--version", version).stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"].endswith(f" {version} ({type_code})")
    objects = [schema, *schema["$defs"].values()]
    assert all(one["additionalProperties"] is False for one in objects)
    assert all(field.get("title") for one in objects for field in one["properties"].values())
    text = json.dumps(schema)
    referred = {part.partition('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert referred == set(schema["$defs"])


def test_the_page_names_every_sample_and_every_error() -> None:
    page = (FOLDER.parent / "build-messages.md").read_text(encoding="utf-8")
    assert {part.partition(".json)")[0] for part in page.split("(data/")[1:]} == set(NAMES)
    folder = FOLDER.parents[1] / "src" / "samhandling" / "messages" / "compose"
    sources = "".join(source.read_text(encoding="utf-8") for source in folder.glob("*.py"))
    written = set(re.findall(r'"((?:field|data)\.[a-z_]+)"', sources))
    assert written == set(re.findall(r"^\| `((?:field|data)\.[a-z_]+)` \|", page, re.MULTILINE))
