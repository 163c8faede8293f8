"""What a mail to the desk is: bounces of several mail servers, automatic replies, people, garbage (RFC 3464, 3834)."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandling.downtime.rules.incoming import TEXT, read

OURS = f"stans.7.{'0a' * 16}@samhandling.invalid"
NUMBER = "15076500565"
"""A person number that is nobody's."""


def bounce(
    *, action: str = "failed", status: str = "5.1.1", envelope: str = "", returned: str = OURS, extra: str = ""
) -> bytes:
    """A delivery status notification as Postfix writes it."""
    own = f"Original-Envelope-Id: {envelope}\r\n" if envelope else ""
    part = (
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{returned}>\r\nSubject: Stans\r\n"
        if returned
        else ("Content-Type: text/plain\r\n\r\n\r\n")
    )
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\nTo: stans@sykehuset.invalid\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n{extra}MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        "--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n{own}\r\n"
        f"Final-Recipient: rfc822; borte@sykehuset.invalid\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n--B\r\n{part}\r\n--B--\r\n"
    ).encode()


def words(text: str, subject: str = "Nede", **headers: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = headers.pop("From", "Kari Vakt <vakt@kommune.invalid>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def test_it_works() -> None:
    mail = read(bounce())
    assert (mail.kind, mail.notice, mail.address) == ("failed", f"<{OURS}>", "borte@sykehuset.invalid")
    assert (mail.status, mail.reason) == ("5.1.1", "550 5.1.1 No such user")


def test_the_envelope_id_is_enough() -> None:
    assert read(bounce(envelope=OURS, returned="")).notice == f"<{OURS}>"


@pytest.mark.parametrize(
    ("action", "kind"), [("failed", "failed"), ("delayed", "delayed"), ("relayed", "delivered"), ("nonsense", "failed")]
)
def test_what_happened_to_it(action: str, kind: str) -> None:
    assert read(bounce(action=action)).kind == kind


def test_a_bounce_that_is_marked_as_automatic_is_still_a_bounce() -> None:
    assert read(bounce(extra="Precedence: bulk\r\n")).kind == "failed"


def test_a_bounce_of_something_else() -> None:
    mail = read(bounce(returned="abc@example.org"))
    assert (mail.kind, mail.notice) == ("failed", "")


def test_a_bounce_before_the_standard_names_the_notice_in_its_words() -> None:
    text = f"Hi. This is the qmail-send program.\n<borte@x.invalid>:\nno mailbox here\n\nMessage-ID: <{OURS}>"
    mail = read(words(text, "failure notice", Return_Path="<>"))
    assert (mail.kind, mail.notice) == ("failed", f"<{OURS}>")
    assert read(words("no mailbox here", "failure notice", Return_Path="<>")).kind == "returned"


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Ferie", {"Auto_Submitted": "auto-replied"}),
        ("Ferie", {"Auto_Submitted": "auto-generated; owner=x"}),
        ("Ferie", {"X_Autoreply": "yes"}),
        ("Ferie", {"Precedence": "bulk"}),
        ("Automatisk svar: Akutt stans", {}),
        ("Out of Office: stans", {}),
        ("Fraværsmelding", {}),
    ],
)
def test_automatic_replies_are_no_bounces_and_no_reports(subject: str, headers: dict[str, str]) -> None:
    mail = read(words("Jeg er på ferie.", subject, In_Reply_To=f"<{OURS}>", **headers))
    assert (mail.kind, mail.notice) == ("automatic", f"<{OURS}>")


def test_a_person_writes() -> None:
    mail = read(words("Vi får ikke sendt meldinger siden kl. 9.", Auto_Submitted="no"))
    assert (mail.kind, mail.name, mail.sender) == ("words", "Kari Vakt", "vakt@kommune.invalid")
    assert mail.text == "Vi får ikke sendt meldinger siden kl. 9."


def test_what_looks_like_a_person_number_is_taken_out_wherever_it_stands() -> None:
    for text in (NUMBER, "150765 00565", "150765-00565", "150765  00565"):
        mail = read(words(f"Gjelder {text} på avd. 3", subject=f"Pasient {text}"))
        assert mail.masked
        told = f"{mail.subject}{mail.text}"
        assert "00565" not in told
        assert "avd. 3" in told
    assert not read(words("Ring 60 10 31 07 eller 60 10 31 08")).masked


def test_only_plain_text_is_left_of_markup_and_of_what_hides() -> None:
    message = EmailMessage()
    message["From"] = "a@b.invalid"
    message.set_content(
        "<html><head><style>p{}</style></head><body><script>steal()</script><p>Nede &amp; borte</p>"
        '<a href="http://x.invalid">klikk</a></body></html>', subtype="html",
    )  # fmt: skip
    assert read(message.as_bytes()).text == "Nede & borte klikk"
    assert read(words("a\u202eb\x07c")).text == "a b c"


def test_long_words_are_cut() -> None:
    mail = read(words("nede " * 100_000))
    assert len(mail.text) <= TEXT
    assert mail.text.endswith("…")


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff" * 500, b"\r\n\r\n", b"Content-Type: multipart/mixed; boundary=\r\n\r\n--"]
)
def test_garbage_is_unreadable(data: bytes) -> None:
    assert read(data).kind == "unreadable"


def test_nested_without_end() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(3000)
    )
    assert read(b"From: a@b.invalid\r\n" + deep + b"x").kind in ("unreadable", "words")


@given(st.binary(max_size=400), st.sampled_from(["From", "Subject", "Content-Type", "Auto-Submitted", "Return-Path"]))
def test_any_bytes_in_any_header(data: bytes, header: str) -> None:
    mail = read(header.encode() + b": " + data + b"\r\nFrom: x@y.invalid\r\n\r\nord\r\n")
    assert len(mail.text) <= TEXT


@given(st.binary(max_size=600))
def test_any_bytes_within_a_report(data: bytes) -> None:
    start = bounce()
    cut = start.index(b"Final-Recipient")
    read(start[:cut] + data + start[cut:])
