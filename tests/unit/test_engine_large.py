"""Large documents: attachments are taken, bombs are refused, and both within a known memory."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from samhandling.messages import engine
from samhandling.messages.engine import simple
from samhandling.messages.engine.canonical import difference
from samhandling.messages.model import base64container, hodemelding
from tests.unit.messages_samples import message

HEAD = b'<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">'
FEW = engine.Limits(elements=2_000)
MEASURED = """
import json, pathlib, re, sys
from samhandling.messages import engine
from tests.unit.messages_samples import message
def peak():
    # Not getrusage: that starts with what the parent process had.
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
assert engine.read(engine.build(message())).valid
with open(sys.argv[1], "rb") as file:
    data = file.read()
before = peak()
reading = engine.read(data)
print(json.dumps({"valid": reading.valid, "bytes": len(data), "extra": peak() - before}))
"""


def with_attachment(size: int) -> hodemelding.MsgHead:
    document = message()
    container = base64container.Base64Container(text=base64.b64encode(bytes(size * 3 // 4)).decode())
    part = hodemelding.RefDoc(
        MsgType=document.Document[0].RefDoc.MsgType, Content=hodemelding.Content(elements=[container])
    )
    document.Document.append(hodemelding.Document(RefDoc=part))
    return document


def test_an_attachment_of_35_mb_is_read_and_comes_back_the_same() -> None:
    document = with_attachment(35_000_000)
    data = engine.build(document)
    reading = engine.read(data)
    assert reading.valid
    assert reading.document == document
    assert difference(data, engine.build(reading.document)) == ""


def test_reading_35_mb_takes_at_most_four_times_as_much_memory(tmp_path: Path) -> None:
    file = tmp_path / "stor.xml"
    file.write_bytes(engine.build(with_attachment(35_000_000)))
    words = [sys.executable, "-c", MEASURED, str(file)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    found = json.loads(ran.stdout)
    assert found["valid"]
    assert found["bytes"] > 35_000_000
    assert 30_000_000 < found["extra"] <= 4 * found["bytes"]


def test_more_than_the_limit_is_refused_unread() -> None:
    reading = engine.read(b" " * 60_000_001 + b"<MsgHead/>")
    assert [problem.code for problem in reading.problems] == ["xml.too_large"]


@pytest.mark.parametrize(
    "inside",
    [
        b"<a/>" * 120_000,
        b"<a " + b" ".join(b'a%d="b"' % number for number in range(60_000)) + b"/>",
        b"<a " + b" ".join(b'a%d=">"' % number for number in range(60_000)) + b"/>",
        (b"<a " + b" ".join(b'a%d="b"' % number for number in range(1_000)) + b"/>") * 60,
        b"<a " + b" ".join(b'xmlns:a%d="b"' % number for number in range(60_000)) + b"/>",
    ],
    ids=["elements", "attributes", "attributes with >", "both", "namespaces"],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1"])
def test_crowded_documents_are_refused_before_they_are_built(inside: bytes, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + (HEAD + inside + b"</MsgHead>").decode()
    began = time.perf_counter()
    reading = engine.read(text.encode(encoding), limits=FEW)
    assert [problem.code for problem in reading.problems] == ["xml.too_many_elements"]
    assert reading.tree is None
    assert time.perf_counter() - began < 10


def test_what_only_looks_crowded_is_read() -> None:
    """Comments, instructions and marked sections cost nothing once they are read."""
    inside = b"<!--<a/>-->" * 40_000 + b"<?a b=''?>" * 20_000
    reading = engine.read(HEAD + inside + b"</MsgHead>", limits=FEW)
    assert {problem.code for problem in reading.problems} == {"element.missing"}


@pytest.mark.parametrize("depth", [300, 3_000, 90_000])
def test_deep_nesting_is_refused_also_beside_a_long_text(depth: int) -> None:
    data = HEAD + b"<a>" * depth + b"x" * 9_500_000 + b"</a>" * depth + b"</MsgHead>"
    reading = engine.read(data)
    assert [problem.code for problem in reading.problems] == ["xml.too_deep"]
    assert reading.tree is None or reading.recovered


def test_a_crowded_document_that_is_broken_is_not_read_further() -> None:
    reading = engine.read(HEAD + b"<a></b>" + b"<a/>" * 120_000 + b"</MsgHead>", limits=FEW)
    assert [problem.code for problem in reading.problems] == ["xml.not_well_formed"]
    assert reading.tree is None


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0" encoding="UTF-7"?>' + b"+ADw-a+AD4-" + b"+ADw-a/+AD4-" * 60_000 + b"+ADw-/a+AD4-",
        b'<?xml version="1.0"' + b" " * 500 + b'encoding="UTF-7"?>' + b"+ADw-a/+AD4-" * 60_000,
        ('<?xml version="1.0" encoding="IBM037"?>' + "<a/>" * 120_000).encode("cp037"),
        ('<?xml version="1.0" encoding="UTF-32"?>' + "<a/>" * 120_000).encode("utf-32"),
    ],
    ids=["UTF-7", "UTF-7 far away", "EBCDIC", "UTF-32"],
)
def test_large_documents_in_encodings_nobody_can_count_in_are_refused(data: bytes) -> None:
    assert [problem.code for problem in engine.read(data).problems] == ["xml.encoding_unknown"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_a_doctype_is_found_in_wide_encodings(encoding: str) -> None:
    text = '<!-- x --><!DOCTYPE a [<!ENTITY b "c">]><MsgHead>&b;</MsgHead>'
    assert [problem.code for problem in engine.read(text.encode(encoding)).problems] == ["xml.doctype"]


@pytest.mark.parametrize(
    "check",
    [
        simple.is_oid,
        simple.is_uri,
        simple.is_id,
        simple.is_double,
        simple.is_date_time,
        simple.is_base64,
        simple.is_year,
    ],
    ids=lambda check: check.__name__,
)
@pytest.mark.parametrize("piece", ["1", "1.", " 1", "a/", "a b", "%20", "A= ", "-", "\u00e6"])
def test_a_value_of_megabytes_is_judged_in_no_time(check: Callable[[str], bool], piece: str) -> None:
    text = piece * 5_000_000
    tracemalloc.start()
    began = time.process_time()
    check(text)
    assert time.process_time() - began < 3
    assert tracemalloc.get_traced_memory()[1] < 3 * len(text)
    tracemalloc.stop()


@pytest.mark.parametrize("inside", [b"<!---->", b" <?x?>"], ids=["comments", "instructions"])
def test_a_doctype_far_behind_is_found_within_the_memory(inside: bytes) -> None:
    data = inside * 3_000_000 + b"<!DOCTYPE a><a/>"
    tracemalloc.start()
    assert [problem.code for problem in engine.read(data).problems] == ["xml.doctype"]
    assert tracemalloc.get_traced_memory()[1] < len(data)
    tracemalloc.stop()
