"""The three forms of what was encrypted, and what is none of them."""

from __future__ import annotations

import base64
import gzip

import pytest

from samhandling.ebxml import content
from samhandling.ebxml.content import ContentError, open_content

XML = '<?xml version="1.0" encoding="UTF-8"?><MsgHead>æøå</MsgHead>'.encode()
WRAPPED = b"Content-Id: <a@b>\r\nContent-Type: application/xml\r\nContent-Transfer-Encoding: "


def zipped(data: bytes) -> bytes:
    """Without the time, so that the cases are named alike at every collection."""
    return gzip.compress(data, mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        XML,
        b"\xef\xbb\xbf" + XML,
        b"\r\n " + XML,
        zipped(XML),
        WRAPPED + b"8bit\r\n\r\n" + XML,
        WRAPPED.replace(b"\r\n", b"\n") + b"binary\n\n" + XML,
        WRAPPED + b"base64\r\n\r\n" + base64.encodebytes(XML),
        WRAPPED + b"quoted-printable\r\n\r\n" + XML.replace(b"=", b"=3D").replace("æ".encode(), b"=C3=A6"),
        WRAPPED + b"base64\r\n\r\n" + base64.encodebytes(zipped(XML)),
        b"Content-Type: application/xml\r\n\r\n" + XML,
    ],
)
def test_the_document_comes_out(data):
    assert open_content(data).data.strip().removeprefix(b"\xef\xbb\xbf") == XML


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        zipped(b"hello"),
        zipped(XML)[:-4],
        zipped(XML) + b"more",
        zipped(zipped(XML)),
        WRAPPED + b"base64\r\n\r\n!!!!",
        WRAPPED + b"uuencode\r\n\r\n" + XML,
        WRAPPED + b"8bit\r\n\r\n" + WRAPPED + b"8bit\r\n\r\n" + XML,
        b"Subject: x\r\n\r\n" + XML,
    ],
)
def test_all_else_is_refused(data):
    with pytest.raises(ContentError):
        open_content(data)


def test_a_bomb_is_bounded(monkeypatch):
    monkeypatch.setattr(content, "MOST_BYTES", 1_000_000)
    with pytest.raises(ContentError):
        open_content(zipped(b"<a>" + b" " * 5_000_000 + b"</a>"))
