"""Acknowledgments, error signals, faults and Pong: what they say, and that a checker takes them."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from samhandling.ebxml import envelope, mime, names, signals
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import Outcome, run
from samhandling.ebxml.envelope import ErrorEntry, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.names import ds
from samhandling.ebxml.packing import Packed, as_mail
from samhandling.ebxml.signals import Answer
from tests.ebxml_world import HOSPITAL_HER, MESSAGE_ID, MUNICIPALITY, MUNICIPALITY_HER, NOW, held, packed

SIGNAL_ID = "7d1a3a52-2f0f-4e0f-8c39-1d8f0a3a7f99"


def answer() -> Answer:
    return Answer(SIGNAL_ID, NOW, '{"MSH-system":"Samhandling","MSH-versjon":"0.1.0"}')


def signer():
    return held(MUNICIPALITY, Use.SIGNING).signer


def acknowledged() -> Packed:
    checked = run(packed(b"\x30\x82").content, Known(), NOW)
    assert checked.signature == "valid"
    return signals.acknowledgment(checked.envelope, checked.references, answer(), signer())


def test_an_acknowledgment_repeats_the_references_and_swaps_the_parties():
    made = acknowledged()
    checked = run(made.content, Known(), NOW)
    assert (checked.shape, checked.signature, checked.answer) == (Shape.ACKNOWLEDGMENT, "valid", Outcome.NONE)
    assert [one.rule.id for one in checked.findings if one.rule.severity == "error"] == []
    header = checked.envelope.header
    assert (header.sender.her, header.receiver.her) == (MUNICIPALITY_HER, HOSPITAL_HER)
    assert (header.service, header.action) == (names.SIGNAL_SERVICE, "Acknowledgment")
    assert header.message_id == SIGNAL_ID
    assert header.ref_to_message_id is None
    receipt = checked.envelope.acknowledgment
    assert receipt.ref_to_message_id == MESSAGE_ID
    sent = etree.fromstring(packed(b"\x30\x82").envelope)
    copied = [etree.tostring(one, method="c14n", exclusive=True) for one in receipt.references]
    ours = sent.iterfind(f".//{ds('SignedInfo')}/{ds('Reference')}")
    assert copied == [etree.tostring(one, method="c14n", exclusive=True) for one in ours]
    paths = [one.find(f".//{ds('XPath')}") for one in receipt.references]
    assert paths[0] is not None
    assert paths[0].nsmap["SOAP-ENV"] == names.SOAP, "the prefix of the XPath must still mean something"


def test_an_error_names_the_message_and_its_highest_severity():
    source = envelope.read(etree.fromstring(packed().envelope))
    entries = (
        ErrorEntry("OtherXml", "Warning", "", "w"),
        ErrorEntry("SecurityFailure", "Error", "/x", "Signaturen mangler"),
    )
    checked = run(signals.error(source, entries, answer(), signer()).content, Known(), NOW)
    assert (checked.shape, checked.signature, checked.answer) == (Shape.ERROR, "valid", Outcome.NONE)
    listed = checked.envelope.error_list
    assert (listed.highest, listed.errors) == ("Error", entries)
    assert checked.envelope.header.ref_to_message_id == MESSAGE_ID
    assert not listed.only_warnings
    checked = run(signals.error(source, entries[:1], answer(), signer()).content, Known(), NOW)
    assert checked.envelope.error_list.highest == "Warning"
    assert checked.envelope.error_list.only_warnings
    with pytest.raises(ValueError, match="errors or warnings"):
        signals.error(source, (), answer(), signer())


def test_what_the_checklist_found_can_be_sent():
    broken = packed().envelope.replace(b"LOG_INNLAGTsender", b"x")
    checked = run(broken, Known(), NOW)
    made = signals.error(checked.envelope, checked.entries(), answer(), signer())
    told = run(made.content, Known(), NOW).envelope.error_list
    assert [entry.code for entry in told.errors] == ["SecurityFailure"]


def test_a_fault_is_not_answered():
    made = signals.fault("Client", "MIME-Version mangler")
    mail = as_mail(made, sender="a@x", receiver="b@x", mail_id="1@x", now=NOW, about="<m1@y>")
    checked = run(mail, Known(), NOW)
    assert (checked.shape, checked.answer) == (Shape.OTHER, Outcome.NONE)
    assert mime.read(mail).headers.get("In-Reply-To") == "<m1@y>"


def test_a_pong_is_recognised():
    source = envelope.read(etree.fromstring(packed().envelope))
    checked = run(signals.pong(source, answer(), signer()).content, Known(), NOW)
    assert "ping" in [one.rule.id for one in checked.findings]
    assert checked.answer is Outcome.NONE


def test_the_same_message_in_a_new_mail_has_the_same_body():
    made = packed()
    mails = [as_mail(made, sender="a@x", receiver="b@x", mail_id=name, now=NOW) for name in ("1@x", "2@x")]
    assert mails[0] != mails[1]
    assert all(mail.endswith(made.content) for mail in mails)


def test_headers_cannot_be_smuggled_in():
    for bad in ("a@x\r\nBcc: b@x", "å@x", "a\x00@x"):
        with pytest.raises(mime.MimeError):
            as_mail(packed(), sender=bad, receiver="b@x", mail_id="1@x", now=NOW)


def test_the_soap_part_is_base64_of_utf_8():
    message = mime.read(packed(b"one").content)
    assert message.soap.headers.encoding == "base64"
    assert message.soap.data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert base64.b64encode(b"one") in packed(b"one").content
