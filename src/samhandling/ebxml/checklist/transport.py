"""Steps 1 to 4: mail headers, content type, the SOAP part and the parts beside it."""

from __future__ import annotations

from samhandling.ebxml import mime, names
from samhandling.ebxml.checklist.case import Case
from samhandling.ebxml.mime import Headers, MimeError, Part

_SOAP_ENCODINGS = {"8bit", "binary", "quoted-printable", "base64"}
_PLAIN = {"application/xml", "text/xml"}
_PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}


def read(case: Case, data: bytes) -> None:
    """Read the bytes and check what can be seen before the XML is opened."""
    if len(data) > mime.MOST_BYTES:
        case.find("mime_too_large")
        return
    try:
        if mime.looks_bare(data):
            case.message = mime.read(data)
            return
        headers, begin, http = mime.read_headers(data)
        if not http:
            http = _is_http(headers)
        if _is_bounce(headers):
            case.find("bounce")
            return
        if not http:
            _mail(case, headers)
        if not _top(case, headers):
            return
        case.message = mime.read_body(headers, data, begin, http=http)
    except MimeError:
        case.find("mime_unreadable")
        return
    _start(case)
    _soap_part(case)
    _attachments(case)


def _is_http(headers: Headers) -> bool:
    """Headers without a start line: a mail has an id, a sender or a date; what HTTP brings has a length or a host."""
    mail = any(headers.get(name) is not None for name in ("From", "To", "Date", "Message-ID", "Received"))
    web = any(headers.get(name) is not None for name in ("Host", "Content-Length", "User-Agent"))
    return not mail and (web or headers.get("MIME-Version") is None)


def _is_bounce(headers: Headers) -> bool:
    return headers.content_type.value == "multipart/report"


def _mail(case: Case, headers: Headers) -> None:
    for name, rule in (("From", "from"), ("To", "to"), ("Message-ID", "id"), ("Date", "date")):
        value = headers.get(name)
        if value is None:
            case.find(f"mail_{rule}_missing")
        elif not value.strip("<> "):
            case.find(f"mail_{rule}_empty")


def _top(case: Case, headers: Headers) -> bool:
    """Whether the content type is one that can be read on."""
    version = headers.get("MIME-Version")
    if version is None:
        if not case.http and not _is_http(headers):
            case.find("mime_version_missing")
    elif version.split("(")[0].strip() != "1.0":
        case.find("mime_version_wrong")
    action = headers.get("SOAPAction")
    if action is None:
        case.find("soap_action_missing")
    elif action != '"ebXML"':
        case.find("soap_action_style" if action.strip('"').lower() == "ebxml" else "soap_action_wrong")
    kind = headers.content_type
    if kind.value in {"", "text/plain"}:
        case.find("content_type_missing")
        return False
    if kind.value not in {"multipart/related", "text/xml"}:
        case.find("content_type_wrong")
        return False
    inner = kind.parameters.get("type", "text/xml")
    if kind.value == "multipart/related" and inner.lower().split(";")[0].strip() != "text/xml":
        case.find("content_type_parameter")
    return True


def _start(case: Case) -> None:
    message = case.message
    if message is None or message.headers is None or not message.multipart:
        return
    start = message.headers.content_type.parameters.get("start", "").strip().strip("<>")
    if start and message.soap.headers.content_id != start:
        case.find("start_unknown")


def _soap_part(case: Case) -> None:
    if case.message is None:
        return
    part = case.message.soap
    kind = part.headers.content_type
    if part.broken == "unknown":
        case.find("soap_part_encoding_illegal")
        return
    if part.broken:
        case.find("soap_part_broken")
        return
    if not part.data.strip():
        case.find("soap_part_missing")
        return
    if kind.value != "text/xml":
        case.find("soap_part_type")
    if kind.parameters.get("charset", "").lower() != "utf-8":
        case.find("soap_part_charset")
    if not part.headers.encoding:
        case.find("soap_part_encoding_missing")
    elif part.headers.encoding not in _SOAP_ENCODINGS:
        case.find("soap_part_encoding_illegal")


def _attachments(case: Case) -> None:
    seen: set[str] = set()
    for part in case.attachments:
        _attachment(case, part)
        content_id = part.headers.content_id
        if not content_id:
            case.find("attachment_id_missing")
        elif content_id in seen:
            case.find("attachment_id_twice", f"cid:{content_id}")
        seen.add(content_id)


def _attachment(case: Case, part: Part) -> None:
    place = f"cid:{part.headers.content_id}" if part.headers.content_id else ""
    if part.broken:
        case.find("attachment_broken" if part.broken == "base64" else "attachment_encoding", place)
    elif part.headers.encoding != "base64":
        case.find("attachment_encoding_http" if case.http else "attachment_encoding", place)
    if part.headers.content_type.value not in _PKCS7 | _PLAIN:
        case.find("attachment_type", place)


def is_plain(part: Part) -> bool:
    """Whether a part says that it is XML and not CMS."""
    return part.headers.content_type.value in _PLAIN


def is_test(case: Case) -> bool:
    """Whether the preamble or the envelope carries the test mark."""
    marked = case.message is not None and case.message.preamble == names.TEST_MARK
    return marked or (case.envelope is not None and case.envelope.test)
