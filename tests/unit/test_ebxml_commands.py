"""`samhandling pki demo`, `ebxml pack|check|unpack` and `cpa show`, as a tester of an EPJ would use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samhandling.cli import COMMANDS, click_command
from samhandling.world.reading import parse, write
from tests.documents import changed, message
from tests.ebxml_agreements import cpa_document
from tests.ebxml_world import HOSPITAL_HER, MUNICIPALITY_HER

AT = "2026-11-24T13:00"


def samhandling(*words: object, ok: int = 0) -> Result:
    """One command in this process: what it wrote, after looking at its exit status."""
    result = CliRunner().invoke(click_command(COMMANDS[str(words[0])]), [str(word) for word in words[1:]])
    assert result.exit_code == ok, (result.output, result.exception)
    return result


@pytest.fixture(scope="module")
def pki(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pki") / "made"
    samhandling("pki", "demo", folder, "--world", "liten", "--at", "2026-11-20T08:00:00", "--bits", 2048)
    return folder


@pytest.fixture(scope="module")
def document(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "innlagt.xml"
    path.write_bytes(changed(message(), (">1011<", f">{HOSPITAL_HER}<"), (">2021<", f">{MUNICIPALITY_HER}<")))
    return path


def packed(pki: Path, document: Path, out: Path, *more: object) -> dict[str, object]:
    words = ["ebxml", "pack", document, "--world", pki / "world.toml", "--at", AT, "--out", out, "--json", *more]
    (result,) = json.loads(samhandling(*words).stdout)
    assert result["problem"] == ""
    return result["envelopes"][0]


def test_pack_check_unpack_gives_the_same_document(pki, document, tmp_path):
    sent = packed(pki, document, tmp_path / "sent")
    world = pki / "world.toml"
    (checked,) = json.loads(
        samhandling(
            "ebxml", "check", sent["path"], "--world", world, "--at", AT, "--out", tmp_path / "in", "--json"
        ).stdout
    )
    assert list(checked) == ["file", "shape", "answer", "findings", "signature", "message", "document"]
    assert (checked["shape"], checked["answer"], checked["signature"]) == ("payload", "acknowledgment", "valid")
    assert checked["findings"] == []
    assert checked["message"] == {
        "message_id": sent["message_id"],
        "conversation_id": sent["conversation_id"],
        "cpa_id": f"{HOSPITAL_HER}_{MUNICIPALITY_HER}",
        "from": HOSPITAL_HER,
        "to": MUNICIPALITY_HER,
        "service": "S-LOG_INNLAGT",
        "action": "LOG_INNLAGT",
    }
    assert Path(checked["document"]).read_bytes() == document.read_bytes()
    samhandling("ebxml", "unpack", sent["path"], "--world", world, "--out", tmp_path / "parts")
    names = sorted(path.name.split(".", 1)[1] for path in (tmp_path / "parts").iterdir())
    assert names == ["envelope.xml", "part-1.document.xml", "part-1.p7m"]


def test_without_a_world_it_says_what_was_left_out(pki, document, tmp_path):
    sent = packed(pki, document, tmp_path, "--gzip")
    (checked,) = json.loads(samhandling("ebxml", "check", sent["path"], "--world", "none", "--at", AT, "--json").stdout)
    assert checked["signature"] == "valid"
    assert checked["document"] is None
    assert {finding["rule"] for finding in checked["findings"]} == {
        "ebxml.left_out_register",
        "ebxml.left_out_certificates",
        "ebxml.left_out_decryption",
    }
    assert {tuple(finding) for finding in checked["findings"]} == {("rule", "hits", "code", "severity", "text")}


def test_a_changed_mail_ends_with_1_and_says_why(pki, document, tmp_path):
    path = Path(packed(pki, document, tmp_path)["path"])
    lines = path.read_bytes().split(b"\r\n")
    place = len(lines) - 8
    lines[place] = lines[place][:-1] + (b"A" if lines[place][-1:] != b"A" else b"B")
    path.write_bytes(b"\r\n".join(lines))
    words = ["ebxml", "check", path, "--world", pki / "world.toml", "--at", AT, "--json"]
    (checked,) = json.loads(samhandling(*words, ok=1).stdout)
    assert (checked["answer"], checked["signature"]) == ("error", "invalid")
    (finding,) = (one for one in checked["findings"] if one["severity"] == "error")
    assert (finding["rule"], finding["hits"], finding["code"]) == ("ebxml.digest_wrong", "50", "SecurityFailure")


def test_after_the_revocation_lists_ran_out_there_is_no_answer(pki, document, tmp_path):
    sent = packed(pki, document, tmp_path)
    words = ["ebxml", "check", sent["path"], "--world", pki / "world.toml", "--at", "2027-02-01T12:00", "--json"]
    (checked,) = json.loads(samhandling(*words).stdout)
    assert checked["answer"] == "none"
    assert "ebxml.certificate_revocation_unknown" in {finding["rule"] for finding in checked["findings"]}


@pytest.mark.parametrize("bad", ["expired", "not-yet-valid", "revoked", "wrong-use", "self-signed", "other-issuer"])
def test_each_bad_certificate_is_refused(pki, document, tmp_path, bad):
    source = parse((pki / "world.toml").read_bytes()).world
    for key in source.transport.key:
        if (key.her_id, key.use) == ("98000100", "signing"):
            key.file, key.certificate = f"bad/{bad}.key", f"bad/{bad}.pem"
    other = pki / f"signs-with-{bad}.toml"
    other.write_bytes(write(source))
    words = ["ebxml", "pack", document, "--world", other, "--at", AT, "--out", tmp_path, "--json"]
    (result,) = json.loads(samhandling(*words).stdout)
    path = result["envelopes"][0]["path"]
    checked = samhandling("ebxml", "check", path, "--world", pki / "world.toml", "--at", AT, "--json", ok=1)
    rules = {finding["rule"] for finding in json.loads(checked.stdout)[0]["findings"]}
    assert "ebxml.certificate_differs" in rules
    expected = {"self-signed": "untrusted", "other-issuer": "untrusted", "wrong-use": "wrong_use"}
    assert f"ebxml.certificate_{expected.get(bad, bad.replace('-', '_'))}" in rules


def test_who_cannot_sign_is_told(pki, document, tmp_path):
    words = ["ebxml", "pack", document, "--world", "none", "--out", tmp_path]
    assert "no signing key" in samhandling(*words, ok=1).stdout


def test_cpa_show(tmp_path):
    path = tmp_path / "avtale.xml"
    path.write_bytes(cpa_document())
    (shown,) = json.loads(samhandling("cpa", "show", path, "--json").stdout)
    assert list(shown) == ["file", "cpa_id", "status", "valid_from", "valid_to", "parties"]
    assert (shown["cpa_id"], shown["status"]) == ("3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001", "agreed")
    assert shown["valid_from"] == "2026-01-01T00:00:00+00:00"
    first = shown["parties"][0]
    assert (first["her_id"], first["name"]) == (HOSPITAL_HER, "Lillevik sykehus HF")
    assert (first["retries"], first["retry_interval"], first["persist_duration"]) == (4, "PT720M", "P4D")
    assert {one["use"] for one in first["certificates"]} == {"signing", "encryption"}
    assert first["channels"][0]["endpoint"] == "mailto:lillevik@edi.example.no"
    (tmp_path / "wrong.xml").write_text("<x/>")
    done = samhandling("cpa", "show", path, tmp_path / "wrong.xml", "--json", ok=1)
    assert [one["cpa_id"] for one in json.loads(done.stdout)] == [shown["cpa_id"], None]


def test_wrong_use_ends_with_2(tmp_path):
    samhandling("ebxml", "check", tmp_path / "missing.eml", ok=2)
    (tmp_path / "x").write_text("x")
    samhandling("ebxml", "check", tmp_path / "x", "--world", "nowhere", ok=2)
    samhandling("ebxml", "check", tmp_path / "x", "--at", "yesterday", ok=2)
    samhandling("ebxml", "check", tmp_path / "x", "--world", "none", ok=1)
