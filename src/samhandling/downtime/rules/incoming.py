"""What a mail to the desk is: a notice that did not arrive, an automatic reply, or words of a person. Pure.

Bounces are delivery status notifications (RFC 3464); automatic replies tell themselves (RFC 3834). Whatever a mail
holds, reading it raises nothing, gives at most TEXT characters, and takes out what looks like a person number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Literal

from samhandling.downtime.rules.number_filter import masked

Kind = Literal["failed", "delayed", "delivered", "automatic", "returned", "words", "unreadable"]
TEXT = 2000
"""Characters of a mail's words that are kept."""
_RAW = 200_000
"""Characters of a part that are looked at."""
_OURS = re.compile(r"stans\.\d{1,12}\.[0-9a-f]{32}@samhandling\.invalid")
_ACTIONS: dict[str, Kind] = {
    "failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered",
}  # fmt: skip
_BOUNCERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
_REPLIES = ("automatisk svar", "autosvar", "fraværsmelding", "fråværsmelding", "automatic reply", "out of office",
            "auto:", "autoreply")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail tells."""

    kind: Kind
    """`returned`: it looks like a bounce but does not say of what; `words`: a person wrote it."""
    notice: str = ""
    """The Message-ID of the notice of ours that it is about."""
    address: str = ""
    """Of a bounce: whom it did not reach."""
    status: str = ""
    """Of a bounce: RFC 3463, such as `5.1.1`."""
    reason: str = ""
    """Of a bounce: what the other mail server said."""
    sender: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    masked: bool = False
    """Held what looked like a person number."""


def read(data: bytes) -> Mail:
    """What that mail is. Never raises."""
    try:
        message = message_from_bytes(data, policy=default)
        return _read(message)
    except Exception:  # the parser stumbles in many ways over what is no mail
        return Mail(kind="unreadable")


def _read(message: Message) -> Mail:
    name, sender = parseaddr(_header(message, "From"))
    clean = [masked(_plain(each)) for each in (name, sender, _header(message, "Subject"), _words(message))]
    told = _Told(
        name=clean[0].text[:100], sender=clean[1].text[:254], subject=clean[2].text[:200],
        text=_short(clean[3].text), masked=any(each.hits for each in clean),
    )  # fmt: skip
    ours = _notice_of(message)
    report = _status_report(message)
    if report is not None:
        kind = _ACTIONS.get(_first(report, "Action").lower(), "failed")
        reason = _plain(_first(report, "Diagnostic-Code").partition(";")[2] or _first(report, "Diagnostic-Code"))
        return told.mail(
            kind, notice=ours, status=_plain(_first(report, "Status"))[:20], reason=masked(reason).text[:250],
            address=_address(_first(report, "Final-Recipient") or _first(report, "Original-Recipient")),
        )  # fmt: skip
    if _is_automatic(message):
        return told.mail("automatic", notice=ours)
    empty_path = _header(message, "Return-Path").replace(" ", "") == "<>"
    if empty_path or sender.partition("@")[0].lower() in _BOUNCERS:
        return told.mail("failed" if ours else "returned", notice=ours, reason=told.text[:250])
    if not told.sender:
        return Mail(kind="unreadable")
    return told.mail("words", notice=ours)


@dataclass(frozen=True, slots=True)
class _Told:
    name: str
    sender: str
    subject: str
    text: str
    masked: bool

    def mail(self, kind: Kind, **more: str) -> Mail:
        return Mail(
            kind=kind, sender=self.sender, name=self.name, subject=self.subject, text=self.text, masked=self.masked,
            **more,
        )  # fmt: skip


def _header(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())[:_RAW]
    except Exception:  # a header may hold anything
        return ""


def _status_report(message: Message) -> list[Message] | None:
    """The groups of lines of a delivery status notification: of the message, then of each recipient (RFC 3464, 2.1)."""
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status":
            found = part.get_payload()
            return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []
    return None


def _first(groups: Iterable[Message], name: str) -> str:
    return next((found for each in groups if (found := _header(each, name))), "")


def _address(text: str) -> str:
    """`rfc822; nobody@example.org` -> `nobody@example.org`."""
    found = _plain(text.rpartition(";")[2].strip().strip("<>"))
    return masked(found).text[:254]


def _notice_of(message: Message) -> str:
    """The one notice of ours that the mail names: in its status report, its headers, or what it returns of ours."""
    for part in _parts(message):
        places = [_header(part, name) for name in ("Original-Envelope-Id", "In-Reply-To", "References")]
        if part is not message:
            places.append(_header(part, "Message-ID"))
        if part.get_content_type() == "message/delivery-status":
            places += [_header(each, "Original-Envelope-Id") for each in _status_report(part) or []]
        if part.get_content_maintype() == "text":
            places.append(_content(part))
        for place in places:
            if match := _OURS.search(place):
                return f"<{match[0]}>"
    return ""


def _is_automatic(message: Message) -> bool:
    """Whether nobody wrote it (RFC 3834, 5), by what the common programs say besides."""
    said = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if said:
        return said != "no"
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond"):
        return True
    if _header(message, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list"):
        return True
    return _header(message, "Subject").lower().startswith(_REPLIES)


def _parts(message: Message) -> list[Message]:
    return list(message.walk())[:200]


def _words(message: Message) -> str:
    """What a person reads of it: its first plain text, else its HTML without what is not text."""
    texts = [each for each in _parts(message) if each.get_content_maintype() == "text" and not _is_attached(each)]
    plain = next((each for each in texts if each.get_content_type() == "text/plain"), None)
    if plain is not None:
        return _content(plain)
    return _without_markup(_content(texts[0])) if texts else ""


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Message) -> str:
    try:
        if isinstance(part, EmailMessage):
            return str(part.get_content())[:_RAW]
    except Exception:  # noqa: S110  # an unknown or false character set: read as it stands
        pass
    data = part.get_payload(decode=True)
    return data[:_RAW].decode("utf-8", "replace") if isinstance(data, bytes) else ""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "head")
        self.found.append("\n" if tag in ("p", "br", "div", "tr", "li") else " ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "head") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def _without_markup(text: str) -> str:
    reader = _Text()
    reader.feed(text)
    return "".join(reader.found)


def _plain(text: str) -> str:
    """Only letters, digits, signs and line breaks: nothing that steers a screen or hides (controls, bidi marks)."""
    shown = "".join(char if char == "\n" or char.isprintable() else " " for char in text.replace("\r\n", "\n"))
    lines = [" ".join(line.split()) for line in shown.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _short(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 2].rstrip() + " …"
