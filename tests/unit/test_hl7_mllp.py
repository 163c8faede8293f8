"""Framing: whole frames, what is none, and that memory stays bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samhandling.hl7.mllp import HEAD_BYTES, Deframer, Fault, Piece, split_file, wrap


def pieces(*chunks: bytes, max_bytes: int = 1000) -> list[Piece]:
    framer = Deframer(max_bytes)
    found = [piece for chunk in chunks for piece in framer.feed(chunk)]
    return found + framer.cut()


def test_a_frame_in_one_write_and_in_single_bytes():
    frame = wrap(b"MSH|1")
    assert pieces(frame) == [Piece(b"MSH|1")]
    assert pieces(*[frame[i : i + 1] for i in range(len(frame))]) == [Piece(b"MSH|1")]


def test_two_frames_in_one_write():
    assert pieces(wrap(b"one") + wrap(b"two")) == [Piece(b"one"), Piece(b"two")]


def test_fs_alone_ends_a_frame_and_line_ends_between_frames_are_nothing():
    assert pieces(b"\x0bone\x1c\x0btwo\x1c\n\r\n ") == [Piece(b"one"), Piece(b"two")]
    assert pieces(b"\x0bone\x1c\x1c\r") == [Piece(b"one")]


def test_bytes_between_frames_come_out_once():
    assert pieces(wrap(b"one") + b"rubbish" + wrap(b"two")) == [
        Piece(b"one"),
        Piece(b"rubbish", Fault.NOT_FRAMED),
        Piece(b"two"),
    ]
    assert pieces(b"MSH|unframed\x1c\r") == [Piece(b"MSH|unframed", Fault.NOT_FRAMED)]


def test_a_half_frame_is_told_of_when_the_next_begins_or_the_line_ends():
    assert pieces(b"\x0bhalf" + wrap(b"whole")) == [Piece(b"half", Fault.CUT_SHORT), Piece(b"whole")]
    assert pieces(b"\x0bhalf") == [Piece(b"half", Fault.CUT_SHORT)]
    assert pieces(b"\x0b") == [Piece(b"", Fault.CUT_SHORT)]


def test_an_empty_frame_is_a_frame():
    assert pieces(wrap(b"")) == [Piece(b"")]


def test_one_byte_too_many_and_the_line_goes_on():
    assert pieces(wrap(b"x" * 1000)) == [Piece(b"x" * 1000)]
    too_long = pieces(b"\x0b" + b"x" * 600, b"x" * 401 + b"\x1c\r", wrap(b"next"))
    assert [p.fault for p in too_long] == [Fault.TOO_LONG, None]
    assert too_long[1].content == b"next"


def test_an_endless_frame_holds_no_more_than_its_head():
    framer = Deframer(20_000)
    for _ in range(100):
        assert framer.feed(b"\x0b" * (not framer.pending) + b"y" * 10_000) == []
    assert len(framer._held) == HEAD_BYTES
    assert [p.fault for p in framer.cut()] == [Fault.TOO_LONG]
    assert not framer.pending


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_how_the_bytes_are_cut_makes_no_difference(chunks):
    whole = b"".join(chunks)
    assert pieces(*chunks) == pieces(whole) == pieces(*[whole[i : i + 1] for i in range(len(whole))])


@given(st.lists(st.binary(max_size=50).filter(lambda b: not set(b) & {0x0B, 0x1C}), max_size=8))
def test_what_is_wrapped_comes_out(contents):
    assert pieces(b"".join(map(wrap, contents))) == [Piece(content) for content in contents]


def test_files_framed_or_not_with_one_or_many_messages():
    assert split_file(wrap(b"MSH|1\r") + wrap(b"MSH|2\r")) == [b"MSH|1\r", b"MSH|2\r"]
    assert split_file(b"MSH|1\nPID|1\n\nMSH|2\nPID|2\n") == [b"MSH|1\rPID|1\r", b"MSH|2\rPID|2\r"]
    assert split_file(b"FHS|^~\\&\rBHS|^~\\&\rMSH|1\rBTS|1\rFTS|1\r") == [b"MSH|1\r"]
    assert split_file(b"hello\rMSH|1") == [b"hello\r", b"MSH|1\r"]
    assert split_file(b"") == split_file(b"\r\n\r\n") == []
