"""Opening attachments: judged by their bytes, decoded piece by piece, and nothing that a browser would run."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.messages import engine
from samhandling.messages.attachments import attached, content, decoded, kind_of
from samhandling.messages.facts.attached import measure
from tests.unit.test_engine_large import with_attachment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def base(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("data", "declared", "code", "ending"),
    [
        (b"%PDF-1.7\n" + bytes(20), "text/html", "pdf", "pdf"),
        (PNG, "application/pdf", "image", "png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "", "image", "jpg"),
        (b"GIF89a" + bytes(20), "", "image", "gif"),
        ("Blåbær og rødgrøt".encode(), "application/pdf", "text", "txt"),
        (b"<html><script>alert(1)</script></html>", "text/html", "text", "txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml", "text", "txt"),
        (b"PK\x03\x04" + bytes(20), DOCX, "other", "docx"),
        (b"PK\x03\x04" + bytes(20), "application/pdf", "other", "zip"),
        (b"{\\rtf1 hei}", "application/rtf", "other", "rtf"),
        (bytes(range(256)), "image/png", "other", "bin"),
        (b"MZ" + bytes(20), "application/pdf", "program", "bin"),
        (b"\x7fELF" + bytes(20), "image/png", "program", "bin"),
    ],
)
def test_what_an_attachment_is_its_bytes_say(data: bytes, declared: str, code: str, ending: str) -> None:
    kind = kind_of(base(data), declared)
    assert (kind.code, kind.ending) == (code, ending)
    assert kind.shown == (code in {"pdf", "image", "text"})
    assert kind.shown or kind.media_type == "application/octet-stream"


def test_text_says_its_encoding() -> None:
    assert kind_of(base(("Blåbær" * 5_000).encode())).media_type.endswith("utf-8")
    assert kind_of(base("Blåbær".encode("latin-1"))).media_type.endswith("windows-1252")
    assert kind_of(base("Blåbær".encode("utf-16"))).media_type.endswith("utf-16")


@settings(max_examples=200)
@given(data=st.binary(max_size=400), every=st.integers(1, 80))
def test_decoding_gives_the_bytes_back(data: bytes, every: int) -> None:
    written = base(data)
    broken_up = "\n ".join(written[i : i + every] for i in range(0, len(written), every))
    assert b"".join(decoded(broken_up)) == data


@settings(max_examples=300)
@given(text=st.text("AQgw+/= \n!æ-", max_size=16))
def test_whatever_is_found_readable_decodes(text: str) -> None:
    if measure(text).readable:
        assert len(b"".join(decoded(text))) == measure(text).size
    kind_of(text)


def test_attachments_are_counted_as_they_stand_and_others_are_not_there() -> None:
    data = engine.build(with_attachment(400))
    tree = engine.read(data).tree
    assert tree is not None
    [one] = attached(tree)
    assert (one.number, one.size, one.kind.code) == (1, 300, "other")
    found = content(data, 1)
    assert found is not None
    assert b"".join(found.pieces) == bytes(300)
    assert content(data, 0) is None
    assert content(data, 2) is None
    assert content(b"not XML", 1) is None


def test_broken_base64_is_marked_and_never_handed_out() -> None:
    data = engine.build(with_attachment(400)).replace(b"AAAA", b"A*AA", 1)
    tree = engine.read(data).tree
    assert tree is not None
    assert [each.kind.code for each in attached(tree)] == ["unreadable"]
    assert content(data, 1) is None


MEASURED = """
import json, pathlib, re, sys
from samhandling.messages import attachments, engine
from tests.unit.test_engine_large import with_attachment
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
assert attachments.content(engine.build(with_attachment(4000)), 1)
with open(sys.argv[1], "rb") as file:
    data = file.read()
before = peak()
given = sum(len(piece) for piece in attachments.content(data, 1).pieces)
print(json.dumps({"bytes": len(data), "given": given, "extra": peak() - before}))
"""


def test_opening_one_of_35_mb_takes_at_most_three_times_as_much_memory(tmp_path: Path) -> None:
    file = tmp_path / "stor.xml"
    file.write_bytes(engine.build(with_attachment(35_000_000)))
    words = [sys.executable, "-c", MEASURED, str(file)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    found = json.loads(ran.stdout)
    assert found["given"] == 26_250_000
    assert 10_000_000 < found["extra"] <= 3 * found["bytes"], found
