"""Acknowledgments, read back with python-hl7."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import hl7 as oracle
from hypothesis import given
from hypothesis import strategies as st

from samhandling.hl7 import ack, reader

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
FRAME = b"MSH|^~\\&|DIPS|S\xd8|NODE|HF|20261116100000||ADT^A01^ADT_A01|ID-\xe5|P|2.4||||||8859/1\rPID|1\r"


def test_an_accept_mirrors_the_header():
    read = oracle.parse(ack.accept(reader.read_header(FRAME), answer_id="77", now=NOW).decode("latin-1"))
    msh = read.segment("MSH")
    assert [str(msh(n)) for n in (3, 4, 5, 6)] == ["NODE", "HF", "DIPS", "SØ"]
    assert str(msh(7)) == "20261116100000+0100"
    assert str(msh(9)) == "ACK^A01^ACK"
    assert [str(msh(n)) for n in (10, 11, 12, 18)] == ["77", "P", "2.4", "8859/1"]
    assert [str(read.segment("MSA")(n)) for n in (1, 2)] == ["AA", "ID-å"]
    assert "ERR" not in {str(s[0]) for s in read}


def test_a_reject_says_why():
    answer = ack.reject(
        FRAME, answer_id="1", now=NOW, condition="103", code="hl7.unknown_charset", place="MSH^1^18", text="a|b"
    )
    read = reader.read(answer)
    assert read.value("MSA-1") == "AR"
    assert [read.value(f"ERR-2.{n}") for n in (1, 2, 3)] == ["MSH", "1", "18"]
    assert [read.value("ERR-3.1"), read.value("ERR-3.3"), read.value("ERR-4"), read.value("ERR-5"), read.value("ERR-8")] == [
        "103", "HL70357", "E", "hl7.unknown_charset", "a|b"]  # fmt: skip


def test_a_transient_error_asks_to_try_again():
    read = reader.read(ack.error(FRAME, answer_id="1", now=NOW, code="store.unreachable", transient=True))
    assert (read.value("MSA-1"), read.value("ERR-4"), read.value("ERR-3.1")) == ("AE", "T", "207")
    assert (
        reader.read(ack.error(FRAME, answer_id="1", now=NOW, code="unexpected", transient=False)).value("ERR-4") == "E"
    )


def test_what_has_no_header_is_answered_with_the_usual_separators():
    read = reader.read(ack.reject(b"GET / HTTP/1.1", answer_id="1", now=NOW, condition="100", code="hl7.no_header"))
    assert (read.value("MSA-1"), read.value("MSA-2"), read.value("MSH-9.1"), read.value("MSH-12")) == (
        "AR",
        "",
        "ACK",
        "2.5",
    )


def test_other_separators_are_kept():
    read = reader.read(ack.accept(reader.read_header(b"MSH#*~!$#A#B#C#D#1##ADT*A08#9\r"), answer_id="x", now=NOW))
    assert (read.value("MSA-1"), read.value("MSA-2"), read.value("MSH-9.2")) == ("AA", "9", "A08")


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda b: b"MSH|^~\\&|" + b)))
def test_hostile_frames_are_answered(frame):
    answers = [
        ack.reject(frame, answer_id="1", now=NOW, condition="100", code="x"),
        ack.error(frame, answer_id="1", now=NOW, code="x", transient=True),
    ]
    with suppress(reader.NoHeaderError):
        answers.append(ack.accept(reader.read_header(frame), answer_id="1", now=NOW))
    for answer in answers:
        assert answer.startswith(b"MSH")
        assert b"\rMSA" in answer
