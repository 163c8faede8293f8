"""Hunt: mails, envelopes, CMS and agreements that were broken on purpose. Nothing raises, nothing takes long, and no
mail whose envelope or payload was changed is acknowledged.
"""

from __future__ import annotations

import contextlib
import random
import time
import traceback

from samhandling.ebxml import cpa, mime, packing
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import Outcome, run
from samhandling.ebxml.content import ContentError, open_content
from samhandling.ebxml.encryption import DecryptionError, decrypt
from tests.ebxml_agreements import cpa_document
from tests.ebxml_world import HOSPITAL, NOW, held, routing
from tests.fuzz.fuzz_engine import SLOW_SECONDS, Counterexample
from tests.unit.test_ebxml_checklist import DOCUMENT, known, mailed, sealed, swap_envelope

_PIECES = (
    b"<!--x-->", b"<![CDATA[x]]>", b"&#10;", b"&x;", b"<?x y?>", b'<!DOCTYPE a [<!ENTITY b "c">]>', b'xmlns=""',
    b' SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next"', b"--=_", b"\r\n\r\n", b"\x00", b"\xff\xfe",
    b"Content-Type: multipart/related; boundary=x\r\n", b"=\r\n", b"<eb:From>", b"</SOAP:Header>", b"cid:", b"\x30\x80",
)  # fmt: skip


def fuzz(seed: int, stop_at: float) -> list[Counterexample]:
    """Hunt until `stop_at` (monotonic seconds)."""
    rng = random.Random(seed)
    made = packing.pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer)
    agreement = cpa_document()
    found: list[Counterexample] = []
    while time.monotonic() < stop_at:
        what = rng.choice(("mail", "envelope", "payload", "cms", "content", "cpa"))
        if what == "mail":
            data = broken(mailed(made.content), rng)
        elif what == "envelope":
            data = mailed(swap_envelope(made.content, broken(made.envelope, rng)))
        elif what == "payload":
            part = mime.read(made.content).attachments[0]
            old = mime.write_part(part.headers.lines[:2], part.data)
            new = mime.write_part(part.headers.lines[:2], broken(part.data, rng))
            data = mailed(made.content.replace(old, new))
        elif what == "cms":
            data = broken(sealed().data, rng)
        elif what == "content":
            data = broken(b"Content-Type: application/xml\r\n\r\n<a>b</a>", rng)
        else:
            data = broken(agreement, rng)
        began = time.monotonic()
        reason = check(data)
        if not reason and time.monotonic() - began > SLOW_SECONDS:
            reason = f"took {time.monotonic() - began:.1f} s"
        if reason:
            found.append(Counterexample(data, f"{what}: {reason}"))
    return found


def broken(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to four things done to them."""
    for _ in range(rng.randint(1, 4)):
        place, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        change = rng.randrange(6)
        if change == 0:
            data = data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]
        elif change == 1:
            data = data[:place] + data[min(end, place + 200) :]
        elif change == 2:
            data = data[:place] + rng.choice(_PIECES) + data[place:]
        elif change == 3:
            data = data[:end] + data[place : min(end, place + 2000)] + data[end:]
        elif change == 4:
            data = data[:place] if rng.random() < 0.2 else data
        else:
            lines = data.split(b"\r\n")
            rng.shuffle(lines) if len(lines) < 12 else lines.insert(rng.randrange(len(lines)), rng.choice(lines))
            data = b"\r\n".join(lines)
        data = data or b"x"
    return data


def check(data: bytes) -> str:
    """What is wrong with how these bytes are read, as a mail, as CMS, as content and as an agreement; "" when nothing."""
    try:
        return mail_fault(data) or cms_fault(data) or content_fault(data) or cpa_fault(data)
    except Exception:
        return traceback.format_exc()


def mail_fault(data: bytes) -> str:
    """A mail is acknowledged only when what was signed came through as it was."""
    checked = run(data, known(), NOW)
    if checked.answer is not Outcome.ACKNOWLEDGMENT:
        return "" if not checked.documents or checked.answer is Outcome.ERROR else "documents without an answer"
    header = checked.envelope.header
    expected = routing()
    same = (header.message_id, header.conversation_id, header.service, header.sender.her) == (
        expected.message_id, expected.conversation_id, expected.service, expected.sender_her,
    )  # fmt: skip
    whole = [one for _, one in checked.documents] == [DOCUMENT]
    return "" if same and whole and checked.signature == "valid" else "acknowledged though it was changed"


def cms_fault(data: bytes) -> str:
    try:
        decrypt(data, known().decrypters)
    except DecryptionError as error:
        return "" if error.detail == "" and error.__cause__ is None else "the fault says why"
    return ""


def content_fault(data: bytes) -> str:
    with contextlib.suppress(ContentError):
        open_content(data)
    return ""


def cpa_fault(data: bytes) -> str:
    with contextlib.suppress(cpa.CpaError):
        cpa.read(data)
    return ""
