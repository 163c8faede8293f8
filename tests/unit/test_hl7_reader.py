"""The HL7 v2 reader: separators, segments, escapes, character sets, and that nothing hostile gets through as a crash."""

from __future__ import annotations

import hl7 as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.errors import SamhandlingError
from samhandling.hl7 import reader
from samhandling.hl7.charsets import UnknownCharsetError
from samhandling.hl7.reader import NULL, BadPathError, NoHeaderError, Separators, UndecodableError

MSH = "MSH|^~\\&|DIPS|SO|NODE|SO|20261116100000||ADT^A01^ADT_A01|1|P|2.5||||||{charset}"


def message(*segments: str, charset: str = "", end: str = "\r") -> bytes:
    text = end.join([MSH.format(charset=charset), *segments]) + end
    return text.encode("utf-8" if "UTF" in charset else "latin-1")


def test_it_works():
    read = reader.read(message("PID|1||15076500565^^^FREG^FNR~99^^^DIPS^PI||Gundersen^Roland||19650715|M"))
    assert read.value("MSH-1") == "|"
    assert read.value("MSH-2") == "^~\\&"
    assert read.value("MSH-9.2") == "A01"
    assert read.value("PID-5.1") == "Gundersen"
    assert read.value("PID-3") == "15076500565"
    assert [r.component(5) for r in read.repetitions("PID-3")] == ["FNR", "PI"]
    assert read.value("PID-99") == read.value("ZZZ-1") == read.value("PID-5.9") == ""
    assert "15076500565" not in repr(read)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_cr_lf_or_both_end_a_segment(end):
    read = reader.read(message("PID|1", "ZPL|Y", end=end))
    assert [s.name for s in read.segments] == ["MSH", "PID", "ZPL"]
    assert read.value("ZPL-1") == "Y"


def test_a_line_that_is_no_segment_continues_the_one_before():
    read = reader.read(message("ZPL|||||||||first", "second line", "PV1|1|I"))
    assert read.value("ZPL-9") == "first\nsecond line"
    assert read.value("PV1-2") == "I"


def test_other_separators():
    read = reader.read(b"MSH#*~!$#A#B\rPID#1##1*2$3*4\r")
    assert read.separators == Separators("#", "*", "~", "!", "$")
    assert (read.value("PID-3.2"), read.value("PID-3.2.2"), read.value("PID-3.3")) == ("2", "3", "4")


def test_repetitions_components_and_subcomponents():
    read = reader.read(message("PID|1||A^B&C&D~E"))
    assert read.value("PID-3.2.3") == "D"
    assert read.value("PID-3.2.4") == ""
    assert len(read.repetitions("PID-3")) == 2


def test_an_explicitly_empty_field_is_not_an_absent_one():
    read = reader.read(message('ZPL|""||Y'))
    assert read.value("ZPL-1") == NULL
    assert read.value("ZPL-1.2") == NULL
    assert read.value("ZPL-2") == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"line\.br\next", "line\nnext"),
        (r"two\.sp2\down", "two\n\ndown"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"\XC3B8\ and \XE5\ ", "ø and å "),
        (r"\Xzz\ \Q\ unknown", r"\Xzz\ \Q\ unknown"),
        (r"trailing \ ", r"trailing \ "),
        ("bell\x07 and nul\x00", "bell and nul"),
    ],
)
def test_escape_sequences(written, meant):
    assert reader.read(message(f"ZPL|{written}")).value("ZPL-1") == meant


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("8859/1", "latin-1"),
        ("UNICODE UTF-8", "utf-8"),
        ("8859/15", "iso8859-15"),
        ("", "latin-1"),
        ("8859/1~UNICODE UTF-8", "latin-1"),
    ],
)
def test_character_sets(charset, codec):
    frame = (MSH.format(charset=charset) + "\rPID|1||||Bjørnåsen^Ærlig\r").encode(codec)
    assert reader.read(frame, "8859/1").value("PID-5.1") == "Bjørnåsen"


def test_an_empty_msh_18_means_what_the_line_says():
    frame = (MSH.format(charset="") + "\rPID|1||||Bjørnåsen\r").encode()
    assert reader.read(frame, "UNICODE UTF-8").value("PID-5") == "Bjørnåsen"


def test_unknown_and_wrong_character_sets_have_their_own_errors():
    with pytest.raises(UnknownCharsetError):
        reader.read(message(charset="KLINGON"))
    with pytest.raises(UndecodableError):
        reader.read(MSH.format(charset="UNICODE UTF-8").encode() + b"\rPID|1||||Bj\xf8rn\r")
    with pytest.raises(UndecodableError):
        reader.read(MSH.format(charset="ASCII").encode() + b"\rPID|1||||Bj\xf8rn\r")


@pytest.mark.parametrize(
    "frame", [b"", b"MSH", b"PID|1", b"MSHA^~", b"MSH\r", b"GET / HTTP/1.1\r\n", "MSH|^~\\&|".encode("utf-16")]
)
def test_without_a_header_there_is_no_message(frame):
    with pytest.raises(NoHeaderError):
        reader.read(frame)


def test_blanks_and_a_byte_order_mark_before_the_header_do_no_harm():
    assert reader.read(b"\r\n \xef\xbb\xbf" + message("PID|7")).value("PID-1") == "7"


@pytest.mark.parametrize("place", ["", "PID", "PID-", "PID-0", "pid-1", "PID-1.0", "PID-1.2.3.4"])
def test_a_place_that_is_none(place):
    with pytest.raises(BadPathError):
        reader.read(message()).value(place)


letters = st.text("abcæøåABC 123-,./\\^&~|ÆØÅ", max_size=12)


@given(letters)
def test_what_is_escaped_is_read_back(text):
    marks = Separators()
    assert reader.unescape(reader.escape(text, marks), marks) == text


field = st.text("abcæøå123^&~-.", max_size=15)  # python-hl7 strips blanks at the end of a message


@given(st.lists(st.lists(field, min_size=1, max_size=8), min_size=1, max_size=5))
def test_fields_repetitions_and_components_agree_with_python_hl7(rows):
    segments = ["|".join([f"ZA{n}", *row]) for n, row in enumerate(rows)]
    text = "\r".join([MSH.format(charset="UNICODE UTF-8"), *segments]) + "\r"
    ours = reader.read(text.encode())
    theirs = oracle.parse(text)
    for n, row in enumerate(rows):
        for number in range(1, len(row) + 1):
            expected = theirs.segment(f"ZA{n}")(number)
            assert ours.segment(f"ZA{n}").field(number) == str(expected)
            for component in range(1, 4):
                for sub in range(1, 3):
                    theirs_value = _oracle_value(expected, component, sub)
                    if not str(expected).startswith("~"):
                        assert ours.value(f"ZA{n}-{number}.{component}.{sub}") == theirs_value


def _oracle_value(expected, component, sub):
    first = expected(1) if isinstance(expected, oracle.Field) and len(expected) else expected
    try:
        found = first(component) if isinstance(first, oracle.Repetition) else (first if component == 1 else "")
        if isinstance(found, oracle.Component):
            found = found(sub)
        elif sub > 1:
            found = ""
    except IndexError:
        return ""
    return str(found)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda b: b"MSH|^~\\&|" + b),
        st.binary(max_size=200).map(lambda b: b"MSH" + b),
    )
)
def test_hostile_bytes_give_a_named_error_or_a_message(frame):
    try:
        read = reader.read(frame)
    except SamhandlingError:
        return
    for segment in read.segments:
        for number in range(1, 20):
            for repetition in segment.repetitions(number):
                assert not set(repetition.component(1)) & set(map(chr, range(9)))
    assert read.value("PID-3.1.2") is not None


def test_a_megabyte_of_separators_is_read_in_reasonable_steps():
    frame = message("ZPL|" + "^~&\\|" * 190_000)
    read = reader.read(frame)
    assert read.value("ZPL-1.5") == ""
