"""MIME of mails and HTTP: what is taken leniently, and what could be read in two ways and is refused."""

from __future__ import annotations

import pytest

from samhandling.ebxml import mime
from samhandling.ebxml.mime import MimeError

TOP = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/xml"; boundary="b1"\r\n\r\n'
SOAP = b"--b1\r\nContent-Type: text/xml\r\nContent-ID: <s@x>\r\n\r\n<a/>\r\n"
PART = b"--b1\r\nContent-ID: <p@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
END = b"--b1--\r\n"


def test_a_multipart_is_taken_apart():
    message = mime.read(TOP + b"hello\r\n" + SOAP + PART + END + b"after")
    assert message.soap.data == b"<a/>"
    assert message.preamble == "hello"
    (part,) = message.attachments
    assert (part.headers.content_id, part.data) == ("p@x", b"\x00\x01\x02")


@pytest.mark.parametrize(
    "data",
    [
        TOP.replace(b"\r\n", b"\n") + (SOAP + PART + END).replace(b"\r\n", b"\n"),
        TOP.replace(b'"b1"', b"b1") + SOAP + PART + END.rstrip(),
        TOP.replace(b"; boundary", b";\r\n\tboundary") + SOAP + PART + END,
        b"From me Mon Nov 23 2026\n" + TOP + SOAP + PART + END,
        TOP + SOAP.replace(b"Content-ID", b"Content-Id") + PART + END,
        TOP.replace(b"boundary", b"BOUNDARY") + SOAP + PART + b"--b1-- \r\n",
        b"by a folded line: that lost its blank\r\nX\xe2\x80\x90Mailer: x\r\n" + TOP + SOAP + PART + END,
    ],
)
def test_what_real_mails_do_is_taken(data):
    message = mime.read(data)
    assert message.soap.data.strip() == b"<a/>"
    assert message.attachments[0].data == b"\x00\x01\x02"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no headers at all", "end of the headers"),
        (b"A: " + b"x" * 200_000 + b"\r\n\r\n", "end of the headers"),
        (TOP.replace(b'boundary="b1"', b""), "boundary"),
        (TOP.replace(b'"b1"', b'""') + SOAP, "boundary"),
        (TOP.replace(b'"b1"', b'"' + b"b" * 300 + b'"') + SOAP, "boundary"),
        (TOP.replace(b'"b1"', b'"b1"; boundary="b2"') + SOAP + END, "twice"),
        (b"Content-Type: text/xml\r\n" + TOP + SOAP + END, "twice"),
        (TOP + SOAP, "does not end"),
        (TOP + b"nothing here", "nowhere"),
        (TOP + END, "no parts"),
        (TOP + (b"--b1\r\n\r\nx\r\n" * 30) + END, "more than"),
        (TOP + SOAP.replace(b"\r\n\r\n", b"\r\nContent-ID: <t@x>\r\n\r\n") + END, "twice"),
        (TOP.replace(b"type=", b'start="<s@x>"; type=') + SOAP + SOAP + END, "two parts"),
    ],
)
def test_what_has_two_readings_is_refused(data, why):
    with pytest.raises(MimeError, match=why):
        mime.read(data)


def test_a_boundary_within_a_line_is_none():
    message = mime.read(TOP + SOAP.replace(b"<a/>", b"<a>--b1 --b1--</a>\r\n--b10\r\n --b1") + END)
    assert message.soap.data == b"<a>--b1 --b1--</a>\r\n--b10\r\n --b1"


@pytest.mark.parametrize("text", [b"AAE", b"AAEC=", b"AA=EC", b"AAEC====", b"AA!C", b"AA==AA==", "ÆÆÆÆ".encode()])
def test_base64_is_read_in_one_way_only(text):
    message = mime.read(TOP + SOAP + PART.replace(b"AAEC", text) + END)
    assert (message.attachments[0].broken, message.attachments[0].data) == ("base64", b"")


@pytest.mark.parametrize("text", [b"AAEC", b"A\r\nA\r\nE C\t", b" AAEC\r\n\r\n"])
def test_blanks_in_base64_mean_nothing(text):
    message = mime.read(TOP + SOAP + PART.replace(b"AAEC", text) + END)
    assert message.attachments[0].data == b"\x00\x01\x02"


def test_other_encodings():
    quoted = TOP + SOAP + PART.replace(b"base64", b"Quoted-Printable").replace(b"AAEC", b"a=3Db=\r\nc") + END
    assert mime.read(quoted).attachments[0].data == b"a=bc"
    assert mime.read(TOP + SOAP + PART.replace(b"base64", b"x-uuencode") + END).attachments[0].broken == "unknown"


def test_http_is_told_from_mail():
    message = mime.read(b"POST /ebxml HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n\r\n<a/>")
    assert message.http
    assert message.soap.data == b"<a/>"
    assert mime.read(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<a/>").http


def test_cid_uris():
    assert mime.cid("cid:a%40b") == "a@b"
    assert mime.cid("CID:a@b") == "a@b"
    assert mime.cid("http://x") == ""


def test_a_large_mail_of_few_lines_is_read_once():
    big = b"A" * 4_000_000
    message = mime.read(TOP + SOAP + PART.replace(b"AAEC", big) + END)
    assert len(message.attachments[0].data) == 3_000_000
