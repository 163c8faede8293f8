"""Envelopes of the national network: pack, judge, answer, and verify beside python-xmlsec with the same transforms.

Keys are RSA-3072. The peer verifies the same bytes with the same three transforms; it cannot fetch payload parts, so
both verify an envelope whose only reference is the document. Parsing is in both figures.
"""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime

from lxml import etree

from benchmarks import Result, rate
from samhandling.ebxml import pki, signals
from samhandling.ebxml.certificates import Trust, Use
from samhandling.ebxml.checklist import run as judge
from samhandling.ebxml.document import open_document
from samhandling.ebxml.encryption import Decrypter, encrypt
from samhandling.ebxml.known import Known, RegisterParty
from samhandling.ebxml.names import ds
from samhandling.ebxml.packing import Packed, Payload, Routing, as_mail, pack
from samhandling.ebxml.signals import Answer
from samhandling.ebxml.signature import verify

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOCUMENT = b'<?xml version="1.0" encoding="UTF-8"?><MsgHead>' + b"<V>0123456789</V>" * 600 + b"</MsgHead>"


def run() -> list[Result]:
    """All figures."""
    made = pki.make(NOW)
    sender = made.issue("Sykehuset", "311000004", Use.SIGNING)
    receiver = made.issue("Kommunen", "311000012", Use.ENCRYPTION)
    known = Known(
        parties={
            "101": RegisterParty("101", "A", "service", "311000004", signing=(sender.certificate,)),
            "202": RegisterParty("202", "B", "service", "311000012", ours=True),
        },
        agreements={},
        trust=Trust((made.root.certificate, made.issuer.certificate), (made.crl(), made.crl(by=made.root))),
        decrypters=(Decrypter(receiver.key, receiver.certificate),),
    )
    routing = Routing(
        sender_her="101",
        receiver_her="202",
        cpa_id="101_202",
        conversation_id="c",
        service="S-LOG_INNLAGT",
        action="LOG_INNLAGT",
        message_id="0b2c7a52-6f0e-4f0e-9c39-5d8f0a3a7f01",
        timestamp=NOW,
        sender_role="LOG_INNLAGTsender",
        receiver_role="LOG_INNLAGTreceiver",
    )

    def out(document: bytes = DOCUMENT) -> Packed:
        return pack(routing, (Payload(encrypt(document, receiver.certificate)),), sender.signer)

    mail = mailed(out())
    answer = Answer("7d1a3a52-2f0f-4e0f-8c39-1d8f0a3a7f99", NOW)

    def taken() -> Packed:
        checked = judge(mail, known, NOW)
        assert checked.answer == "acknowledgment", checked.findings
        return signals.acknowledgment(checked.envelope, checked.references, answer, sender.signer)

    signed = signals.acknowledgment(
        judge(mail, known, NOW).envelope, judge(mail, known, NOW).references, answer, sender.signer
    ).envelope
    ours, theirs = beside(signed)
    return [
        Result("RSA-3072 signatures (calibration)", rate(lambda: sign(sender)), "1/s"),
        Result("encrypt, sign and pack", rate(out), "1/s", goal=250),
        Result("judge, decrypt and acknowledge", rate(taken), "1/s", goal=150),
        Result("verify", ours, "1/s", peer="python-xmlsec", peer_value=theirs, note="goal: 5 times the peer"),
        *large(out, known),
    ]


def sign(held: pki.Held) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return held.key.sign(b"x", padding.PKCS1v15(), hashes.SHA256())


def mailed(packed: Packed) -> bytes:
    return as_mail(packed, sender="a@x", receiver="b@x", mail_id="1@x", now=NOW)


def beside(data: bytes) -> tuple[float, float]:
    """Verifications a second, ours and python-xmlsec's, in turns."""
    import xmlsec

    def ours() -> None:
        tree = open_document(data).tree
        assert tree is not None
        node = next(tree.iter(ds("Signature")))
        assert verify(tree, node, {}).valid

    def theirs() -> None:
        tree = etree.fromstring(data)
        node = next(tree.iter(ds("Signature")))
        text = node.findtext(f".//{ds('X509Certificate')}").strip()
        context = xmlsec.SignatureContext()
        pem = f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
        context.verify(node)

    best = [0.0, 0.0]
    for _ in range(4):
        for place, work in enumerate((ours, theirs)):
            best[place] = max(best[place], rate(work, seconds=0.5))
    return best[0], best[1]


def large(out, known: Known) -> list[Result]:
    """An 18 MB attachment: seconds, and what Python holds beside the mail at the most."""
    document = b"<MsgHead>" + b"QUJD" * 4_500_000 + b"</MsgHead>"
    began = time.perf_counter()
    mail = mailed(out(document))
    packing = time.perf_counter() - began
    tracemalloc.start()
    began = time.perf_counter()
    checked = judge(mail, known, NOW)
    judging = time.perf_counter() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert checked.answer == "acknowledgment", checked.findings
    return [
        Result("pack 18 MB", packing, "s", lower_is_better=True),
        Result("judge 18 MB", judging, "s", lower_is_better=True),
        Result("memory to judge 18 MB, of the mail's size", peak / len(mail), "times", goal=4, lower_is_better=True),
    ]
