"""The receive cases R1 to R42 of the interoperability notes, as far as they need no store and no register server."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samhandling.ebxml import canonical, mime, names, packing, pki, signature
from samhandling.ebxml.certificates import Trust, Use
from samhandling.ebxml.checklist import Checked, Outcome, Policy, run
from samhandling.ebxml.cpa import Agreement, Binding, Party
from samhandling.ebxml.document import open_document
from samhandling.ebxml.encryption import Decrypter, encrypt
from samhandling.ebxml.envelope import Shape
from samhandling.ebxml.known import Known, KnownAgreement, RegisterParty
from samhandling.ebxml.names import ds, soap
from samhandling.ebxml.packing import Payload, as_mail, pack
from tests.ebxml_world import (
    HOSPITAL,
    HOSPITAL_HER,
    MUNICIPALITY,
    MUNICIPALITY_HER,
    NOW,
    held,
    routing,
    the_pki,
)

DOCUMENT = b'<?xml version="1.0" encoding="UTF-8"?><MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"/>'
CPA = "3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001"


def known(**changes: object) -> Known:
    issuers = the_pki()
    mine = held(MUNICIPALITY, Use.ENCRYPTION)
    parties = {
        HOSPITAL_HER: RegisterParty(
            HOSPITAL_HER,
            "Somatikk plo meldingsmottak",
            "service",
            HOSPITAL,
            "lillevik@edi.example.no",
            signing=(held(HOSPITAL, Use.SIGNING).certificate,),
        ),
        MUNICIPALITY_HER: RegisterParty(
            MUNICIPALITY_HER, "Sykepleietjeneste", "service", MUNICIPALITY, "storvik@edi.example.no", ours=True
        ),
        "98000100": RegisterParty("98000100", "Lillevik sykehus HF", "organisation", HOSPITAL),
    }
    values: dict[str, object] = {
        "parties": parties,
        "agreements": {},
        "trust": Trust(
            (issuers.root.certificate, issuers.issuer.certificate),
            (issuers.crl(), issuers.crl(by=issuers.root)),
        ),
        "decrypters": (Decrypter(mine.key, mine.certificate),),
        **changes,
    }
    return Known(**values)  # type: ignore[arg-type]


@cache
def sealed(data: bytes = DOCUMENT) -> Payload:
    return Payload(encrypt(data, held(MUNICIPALITY, Use.ENCRYPTION).certificate))


def mail(*payloads: Payload, signer: packing.Signer | None = None, **changes: object) -> bytes:
    signer = signer or held(HOSPITAL, Use.SIGNING).signer
    return mailed(pack(routing(**changes), payloads or (sealed(),), signer).content)


def mailed(content: bytes) -> bytes:
    made = packing.Packed(content, b"", "")
    return as_mail(made, sender="lillevik@edi.example.no", receiver="storvik@edi.example.no", mail_id="m1@x", now=NOW)


def resigned(change, *payloads: Payload) -> bytes:
    """A mail whose envelope was changed as text before it was signed."""
    payloads = payloads or (sealed(),)
    made = pack(routing(), payloads, held(HOSPITAL, Use.SIGNING).signer)
    text = change(re.sub(r"<ds:Signature.*</ds:Signature>", "", made.envelope.decode(), flags=re.DOTALL))
    tree = open_document(text if isinstance(text, bytes) else text.encode()).tree
    assert tree is not None
    head = tree.find(soap("Header"))
    signer = held(HOSPITAL, Use.SIGNING).signer
    parts = {name: payload.data for name, payload in zip(made.content_ids, payloads, strict=True)}
    signature.sign(tree, head, parts, signer.key, signer.certificate)
    return mailed(swap_envelope(made.content, packing.write_tree(tree)))


def swap_envelope(content: bytes, envelope: bytes) -> bytes:
    message = mime.read(content)
    old = mime.write_part(message.soap.headers.lines[:2], message.soap.data)
    assert old in content
    return content.replace(old, mime.write_part(message.soap.headers.lines[:2], envelope))


def tampered(data: bytes, old: bytes, new: bytes) -> bytes:
    message = mime.read(data)
    assert old in message.soap.data
    return swap_envelope(data, message.soap.data.replace(old, new))


def judged(data: bytes, known_here: Known | None = None, **changes: object) -> Checked:
    return run(data, known_here or known(), NOW, **changes)  # type: ignore[arg-type]


def errors(checked: Checked) -> list[str]:
    return [one.rule.id for one in checked.findings if one.rule.severity == "error"]


def ids(checked: Checked) -> list[str]:
    return [one.rule.id for one in checked.findings]


def assert_rejected(checked: Checked, rule: str, code: str, outcome: Outcome = Outcome.ERROR) -> None:
    found = {one.rule.id: one.rule.code for one in checked.findings}
    assert found.get(rule) == code, found
    assert checked.answer is outcome
    assert checked.documents == ()


def test_r1_valid_payload_is_acknowledged_and_its_document_brought_out():
    checked = judged(mail())
    assert errors(checked) == []
    assert (checked.shape, checked.answer, checked.signature) == (Shape.PAYLOAD, Outcome.ACKNOWLEDGMENT, "valid")
    assert [data for _, data in checked.documents] == [DOCUMENT]
    assert len(checked.references) == 2


def test_r4_one_change_of_the_envelope_is_seen():
    checked = judged(tampered(mail(), b"LOG_INNLAGTsender", b"LOG_INNLAGTsendes"))
    assert checked.signature == "invalid"
    assert_rejected(checked, "digest_wrong", "SecurityFailure")


def test_r5_one_change_of_the_payload_is_seen_and_not_decrypted():
    data = mail()
    message = mime.read(data)
    cms = message.attachments[0].data
    changed = cms[:-1] + bytes([cms[-1] ^ 1])
    old = mime.write_part((), cms)[-200:]
    data = data.replace(old, mime.write_part((), changed)[-200:])
    checked = judged(data)
    assert_rejected(checked, "digest_wrong", "SecurityFailure")
    assert "decryption" not in ids(checked)


def test_r6_a_stranger_s_valid_certificate_is_not_the_sender_s():
    checked = judged(mail(signer=held("311000020", Use.SIGNING).signer))
    assert checked.signature == "valid"
    assert_rejected(checked, "certificate_differs", "SecurityFailure")


@pytest.mark.parametrize(
    ("doubt", "make"),
    [
        ("expired", lambda issuers: issuers.issue("X", HOSPITAL, Use.SIGNING, valid=(-100, -1))),
        ("not_yet_valid", lambda issuers: issuers.issue("X", HOSPITAL, Use.SIGNING, valid=(1, 100))),
        ("wrong_use", lambda issuers: issuers.issue("X", HOSPITAL, Use.ENCRYPTION)),
        ("untrusted", lambda issuers: issuers.self_signed("X", HOSPITAL, Use.SIGNING)),
        ("untrusted", lambda issuers: pki.Pki.issue(other_pki(), "X", HOSPITAL, Use.SIGNING)),
    ],
)
def test_r8_certificates_that_are_not_good(doubt, make):
    bad = make(the_pki())
    here = known()
    sender = replace(here.parties[HOSPITAL_HER], signing=(bad.certificate,))
    checked = judged(mail(signer=bad.signer), replace(here, parties={**here.parties, HOSPITAL_HER: sender}))
    assert_rejected(checked, f"certificate_{doubt}", "SecurityFailure")


def other_pki():
    return pki.make(NOW, key_size=2048)


def test_r8_a_revoked_certificate_is_refused():
    issuers = the_pki()
    crls = (issuers.crl((held(HOSPITAL, Use.SIGNING).certificate,)), issuers.crl(by=issuers.root))
    checked = judged(mail(), known(trust=Trust((issuers.root.certificate, issuers.issuer.certificate), crls)))
    assert_rejected(checked, "certificate_revoked", "SecurityFailure")


@pytest.mark.parametrize("crls", [(), "old"])
def test_r9_without_a_revocation_list_there_is_no_answer_yet(crls):
    issuers = the_pki()
    lists = (issuers.crl(valid=(-60, -30)), issuers.crl(by=issuers.root)) if crls else ()
    checked = judged(mail(), known(trust=Trust((issuers.root.certificate, issuers.issuer.certificate), lists)))
    assert checked.answer is Outcome.NONE
    assert checked.waits
    assert checked.documents == ()


def without_signature(data: bytes) -> bytes:
    return swap_envelope(
        data, re.sub(rb"<ds:Signature.*</ds:Signature>", b"", mime.read(data).soap.data, flags=re.DOTALL)
    )


def test_r10_no_signature():
    checked = judged(without_signature(mail()))
    assert checked.signature == "absent"
    assert_rejected(checked, "signature_missing", "SecurityFailure")


def test_r10_two_signatures():
    data = mime.read(mail()).soap.data
    found = re.search(rb"<ds:Signature.*</ds:Signature>", data, flags=re.DOTALL)
    assert found
    checked = judged(swap_envelope(mail(), data.replace(found[0], found[0] * 2)))
    assert_rejected(checked, "signature_many", "SecurityFailure")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b'<ds:Reference URI="">', b'<ds:Reference URI="#here">', "reference_uri_strange"),
        (b'<ds:Reference URI="">', b'<ds:Reference URI="http://127.0.0.1:1/x">', "reference_uri_strange"),
        (b'<ds:Reference URI="">', b"<ds:Reference>", "reference_uri_missing"),
        (b'<ds:Reference URI="cid:payload-1', b'<ds:Reference URI="cid:payload-2', "reference_without_part"),
        (b"</ds:KeyInfo>", b"</ds:KeyInfo><ds:Object/>", "signature_object"),
        (b"rsa-sha256", b"rsa-sha512", "signature_method"),
        (b"xmlenc#sha256", b"xmlenc#sha512", "digest_method"),
        (b"soap/actor/next", b"soap/actor/xxxx", "reference_xpath"),
        (b"<ds:X509Data>", b"<ds:KeyName>x</ds:KeyName><ds:X509Data><ds:X509Certificate/>", "x509_certificate_many"),
        (b"enveloped-signature", b"base64", "reference_transforms"),
    ],
)
def test_r10_references_that_are_not_of_the_profile(old, new, rule):
    checked = judged(tampered(mail(), old, new))
    assert checked.signature == "invalid"
    assert_rejected(checked, rule, "SecurityFailure")


def test_r10_a_payload_that_nobody_signed():
    made = pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer)
    message = mime.read(made.content)
    extra = mime.write_part((("Content-ID", "<more@x>"), ("Content-Type", "application/pkcs7-mime")), sealed().data)
    boundary = message.headers.content_type.parameters["boundary"].encode()
    end = b"--" + boundary + b"--"
    data = mailed(made.content.replace(end, b"--" + boundary + b"\r\n" + extra + end))
    checked = judged(data)
    assert_rejected(checked, "payload_not_signed", "SecurityFailure")
    assert "part_not_in_manifest" in ids(checked)


@pytest.mark.parametrize("place", ["body", "sibling", "nested", "wrapped", "next"])
def test_r11_wrapping_in_five_forms(place):
    """The signed header is moved aside and another one stands where it is read."""
    data = mime.read(mail()).soap.data.decode()
    header = re.search(r"<eb:MessageHeader.*</eb:MessageHeader>", data, flags=re.DOTALL)[0]
    forged = header.replace(HOSPITAL_HER, "66666666")
    if place == "body":
        data = data.replace(header, forged).replace("<SOAP:Body>", f"<SOAP:Body><old>{header}</old>")
    elif place == "sibling":
        data = data.replace(header, forged + header)
    elif place == "nested":
        data = data.replace(
            header, forged.replace("</eb:MessageHeader>", f"<w xmlns='urn:w'>{header}</w></eb:MessageHeader>")
        )
    elif place == "wrapped":
        whole = data[data.index("<SOAP:Envelope") :]
        data = whole.replace(header, forged).replace("<SOAP:Body>", "<SOAP:Body><w xmlns='urn:w'>" + whole + "</w>")
    else:  # what is addressed to *next* is not signed
        forged = forged.replace(
            "<eb:MessageHeader ", '<eb:MessageHeader SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" '
        )
        data = data.replace(header, forged + header)
    checked = judged(swap_envelope(mail(), data.encode()))
    assert checked.answer in {Outcome.ERROR, Outcome.FAULT}
    assert checked.documents == ()


def test_r11_a_header_for_next_is_not_taken_for_signed():
    """With the signature intact: what the XPath leaves out must not be read as if it were signed."""
    data = mime.read(mail()).soap.data.decode()
    header = re.search(r"<eb:AckRequested[^>]*>", data)[0]
    extra = '<eb:SyncReply SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" SOAP:mustUnderstand="1" eb:version="2.0"/>'
    checked = judged(swap_envelope(mail(), data.replace(header, header + extra).encode()))
    assert checked.signature == "valid"
    moved = header.replace(
        "<eb:AckRequested ", '<eb:AckRequested SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" '
    )
    checked = judged(swap_envelope(mail(), data.replace(header, moved).encode()))
    assert checked.signature == "invalid"
    party = '<eb:Role SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next">forged</eb:Role><eb:Role>LOG_INNLAGTs'
    checked = judged(swap_envelope(mail(), data.replace("<eb:Role>LOG_INNLAGTs", party).encode()))
    assert checked.signature == "valid"
    assert_rejected(checked, "unsigned_block", "SecurityFailure")


def test_r11_an_unsigned_block_for_next_decides_nothing():
    made = judged(resigned(lambda text: re.sub(r"<eb:AckRequested[^>]*>", "", text)))
    assert "ack_requested_missing" in ids(made)
    extra = (
        '<eb:AckRequested SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" SOAP:mustUnderstand="1"'
        ' eb:version="2.0" eb:signed="true"/>'
    )
    data = resigned(lambda text: re.sub(r"<eb:AckRequested[^>]*>", "", text))
    text = mime.read(data).soap.data.decode()
    checked = judged(swap_envelope(data, text.replace("<ds:Signature", extra + "<ds:Signature", 1).encode()))
    assert checked.answer is Outcome.ERROR
    assert "unsigned_block" in ids(checked)


def test_r12_sha1_by_policy():
    data = sha1_signed()
    assert judged(data).answer is Outcome.ACKNOWLEDGMENT
    assert "signature_sha1" in ids(judged(data))
    assert_rejected(judged(data, policy=Policy(accept_sha1=False)), "signature_sha1_refused", "SecurityFailure")


def sha1_signed() -> bytes:
    data = mail()
    tree = open_document(
        mime.read(data)
        .soap.data.replace(b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1")
        .replace(b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1")
    ).tree
    node = tree.find(f".//{ds('Signature')}")
    parts = mime.read(data)
    for reference in node.iter(ds("Reference")):
        if reference.get("URI"):
            value = hashlib.sha1(parts.attachments[0].data).digest()
        else:
            value = hashlib.sha1(canonical.canonical_document(tree, node, drop_next=True)).digest()
        reference.find(ds("DigestValue")).text = base64.b64encode(value).decode()
    info = node.find(ds("SignedInfo"))
    key = held(HOSPITAL, Use.SIGNING).key
    node.find(ds("SignatureValue")).text = base64.b64encode(
        key.sign(canonical.canonical_subset(info), padding.PKCS1v15(), hashes.SHA1())
    ).decode()
    return swap_envelope(data, packing.write_tree(tree))


def test_r14_encrypted_for_another_key():
    stranger = Payload(encrypt(DOCUMENT, held("311000020", Use.ENCRYPTION).certificate))
    assert_rejected(judged(mail(stranger)), "decryption", "SecurityFailure")


def test_r14_the_old_key_still_opens():
    old = held("311000039", Use.ENCRYPTION)
    here = known()
    both = (*here.decrypters, Decrypter(old.key, old.certificate))
    checked = judged(mail(Payload(encrypt(DOCUMENT, old.certificate))), replace(here, decrypters=both))
    assert [data for _, data in checked.documents] == [DOCUMENT]


@pytest.mark.parametrize(
    "wrapped",
    [
        DOCUMENT,
        gzip.compress(DOCUMENT, mtime=0),
        b"Content-Type: application/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n" + DOCUMENT,
    ],
)
def test_r15_plain_gzip_and_mime(wrapped):
    checked = judged(mail(sealed(wrapped)))
    assert checked.answer is Outcome.ACKNOWLEDGMENT
    assert [data for _, data in checked.documents] == [DOCUMENT]


def test_r16_a_mail_of_60_mb_and_a_bomb():
    assert_rejected(judged(b"From: x\r\n\r\n" + b"x" * 60_000_000), "mime_too_large", "Client", Outcome.FAULT)
    bomb = gzip.compress(b"<a>" + b" " * 70_000_000 + b"</a>")
    assert_rejected(judged(mail(sealed(bomb))), "decryption", "SecurityFailure")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]>',
    ],
)
def test_r17_a_doctype_in_the_envelope(doctype):
    data = mime.read(mail()).soap.data.replace(b"?>\n", b"?>\n" + doctype.encode(), 1)
    assert_rejected(judged(swap_envelope(mail(), data)), "xml_doctype", "Client", Outcome.FAULT)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_r17_a_billion_laughs_in_the_payload(pack):
    names = b"abcdefghijklm"
    entities = b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % before * 10) for before, name in pairwise(names)
    )  # fmt: skip
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + entities + b"]><l>&m;</l>"
    checked = judged(mail(sealed(pack(laughs))))
    assert_rejected(checked, "payload_doctype", "OtherXml")
    assert checked.documents == ()


@pytest.mark.parametrize(
    ("envelope", "rule", "code"),
    [
        (b"hello", "xml_unreadable", "Client"),
        (b"<x/>", "envelope_missing", "Client"),
        (b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>', "envelope_version", "VersionMismatch"),
        (b"<a>" * 100 + b"</a>" * 100, "xml_too_large", "Client"),
        (b"", "soap_part_missing", "Client"),
    ],
)
def test_r18_what_is_no_envelope(envelope, rule, code):
    assert_rejected(judged(swap_envelope(mail(), envelope)), rule, code, Outcome.FAULT)


def recoded(encoding: str, charset: str) -> bytes:
    """The envelope in another encoding, signed as such."""
    made = pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer)
    text = made.envelope.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    content = swap_envelope(made.content, text.encode(encoding))
    return mailed(content.replace(b'text/xml; charset="UTF-8"', f'text/xml; charset="{charset}"'.encode()))


def test_r19_latin_1_is_taken_with_a_warning():
    checked = judged(recoded("ISO-8859-1", "ISO-8859-1"))
    assert checked.signature == "valid"
    assert checked.answer is Outcome.ERROR
    assert {entry.severity for entry in checked.entries()} == {"Warning"}
    assert [data for _, data in checked.documents] == [DOCUMENT]


def test_r20_encodings_that_contradict_and_xml_1_1():
    assert_rejected(judged(recoded("ISO-8859-1", "UTF-8")), "xml_encoding_contradicts", "OtherXml")
    data = mime.read(mail()).soap.data.replace(b"LOG_INNLAGTsender", "LOG_INNLÅGT".encode("latin-1"))
    assert_rejected(judged(swap_envelope(mail(), data)), "xml_encoding_wrong", "Client", Outcome.FAULT)
    data = mime.read(mail()).soap.data.replace(b'version="1.0"', b'version="1.1"', 1)
    assert_rejected(judged(swap_envelope(mail(), data)), "xml_version", "Client", Outcome.FAULT)


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (b"", Outcome.FAULT),
        (b'SOAPACTION: "ebxml"\r\n', Outcome.ACKNOWLEDGMENT),
        (b"SOAPAction: ebXML\r\n", Outcome.ACKNOWLEDGMENT),
        (b'SOAPAction: "other"\r\n', Outcome.FAULT),
    ],
)
def test_r21_soap_action(line, outcome):
    assert judged(mail().replace(b'SOAPAction: "ebXML"\r\n', line)).answer is outcome


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (b"text/plain", "content_type_missing"),
        (b"multipart/mixed", "content_type_wrong"),
        (b"multipart/related; type=text/html", "content_type_parameter"),
    ],
)
def test_r22_other_content_types(kind, rule):
    checked = judged(mail().replace(b'multipart/related; type="text/xml"', kind))
    assert_rejected(checked, rule, "Client", Outcome.FAULT)


def test_r23_a_bounce_is_not_answered():
    data = b"From: <>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b--"
    checked = judged(data)
    assert (checked.answer, ids(checked)) == (Outcome.NONE, ["bounce"])


def test_r24_start_names_the_second_part():
    made = pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer)
    message = mime.read(made.content)
    boundary = b"--" + message.headers.content_type.parameters["boundary"].encode()
    head, first, second, end = made.content.split(boundary)
    assert judged(mailed(boundary.join([head, second, first, end]))).answer is Outcome.ACKNOWLEDGMENT
    wrong = made.content.replace(b'start="<envelope', b'start="<nothing')
    assert_rejected(judged(mailed(wrong)), "start_unknown", "Client", Outcome.FAULT)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('xlink:href="cid:payload-1', 'xlink:href="cid:payload-9', "manifest_content_id"),
        (r'xlink:href="[^"]*"', 'xlink:href=""', "manifest_href_empty"),
        (r"<eb:Reference.*</eb:Manifest>", "</eb:Manifest>", "manifest_reference_missing"),
        (r"<eb:Manifest.*</eb:Manifest>", "", "manifest_missing"),
    ],
)
def test_r25_manifest_and_parts(old, new, rule):
    checked = judged(resigned(lambda text: re.sub(old, new, text, flags=re.DOTALL)))
    assert checked.signature == "valid"
    assert_rejected(checked, rule, "MimeProblem")


@pytest.mark.parametrize(
    ("old", "new", "rule", "code", "outcome"),
    [
        (
            "</eb:PartyId><eb:Role>LOG_INNLAGTs",
            '</eb:PartyId><eb:PartyId eb:type="HER">7</eb:PartyId><eb:Role>LOG_INNLAGTs',
            "from_her_many",
            "Inconsistent",
            Outcome.ERROR,
        ),
        (f">{HOSPITAL_HER}<", ">98x<", "from_her_digits", "Client", Outcome.FAULT),
        (f'eb:type="HER">{HOSPITAL_HER}<', 'eb:type="ENH">311000004<', "from_her_missing", "Client", Outcome.FAULT),
        (f">{MUNICIPALITY_HER}<", "><", "to_party_empty", "Inconsistent", Outcome.ERROR),
        (
            f'eb:type="HER">{MUNICIPALITY_HER}<',
            'eb:type="ENH">311000012<',
            "to_her_missing",
            "Inconsistent",
            Outcome.ERROR,
        ),
    ],
)
def test_r26_parties_that_are_not_one_her_id(old, new, rule, code, outcome):
    assert_rejected(judged(resigned(lambda text: text.replace(old, new, 1))), rule, code, outcome)


def test_r27_to_r29_what_the_register_says():
    here = known()
    strange = {**here.parties, MUNICIPALITY_HER: replace(here.parties[MUNICIPALITY_HER], ours=False)}
    strange["1"] = replace(here.parties[MUNICIPALITY_HER], her_id="1")
    assert_rejected(judged(mail(), replace(here, parties=strange)), "receiver_not_ours", "ValueNotRecognized")
    gone = {key: one for key, one in here.parties.items() if key != HOSPITAL_HER}
    assert_rejected(judged(mail(), replace(here, parties=gone)), "sender_unknown", "Client", Outcome.FAULT)
    level_1 = mail(sender_her="98000100", cpa_id=f"98000100_{MUNICIPALITY_HER}")
    assert_rejected(judged(level_1), "sender_kind", "ValueNotRecognized")


def agreement(**changes: object) -> Agreement:
    def side(her: str, role: str, sends: bool) -> Party:
        binding = Binding(role, "S-LOG_INNLAGT", "LOG_INNLAGT", sends, ("a",), True)
        return Party(her, (("HER", her),), "a", (), (), (binding,))

    values: dict[str, object] = {
        "cpa_id": CPA,
        "status": "proposed",
        "start": NOW - timedelta(days=10),
        "end": NOW + timedelta(days=10),
        "parties": (
            side(HOSPITAL_HER, "LOG_INNLAGTsender", True),
            side(MUNICIPALITY_HER, "LOG_INNLAGTreceiver", False),
        ),
        **changes,
    }
    return Agreement(**values)  # type: ignore[arg-type]


def with_agreement(one: Agreement, status: int = 2) -> Known:
    return known(agreements={CPA: KnownAgreement(one, status)})


def test_r30_agreements():
    data = mail(cpa_id=CPA)
    assert judged(data, with_agreement(agreement())).answer is Outcome.ACKNOWLEDGMENT
    assert judged(data, with_agreement(agreement(), 5)).answer is Outcome.ACKNOWLEDGMENT
    assert_rejected(judged(data), "cpa_unknown", "ValueNotRecognized")
    for status in (1, 3, 4):
        assert_rejected(judged(data, with_agreement(agreement(), status)), "cpa_status", "ValueNotRecognized")
    early, late = agreement(start=NOW + timedelta(1)), agreement(end=NOW - timedelta(1))
    assert_rejected(judged(data, with_agreement(early)), "cpa_not_yet", "Inconsistent")
    assert_rejected(judged(data, with_agreement(late)), "cpa_ended", "Inconsistent")
    others = agreement(parties=tuple(replace(one, ids=(("HER", "5"),)) for one in agreement().parties))
    assert_rejected(judged(data, with_agreement(others)), "cpa_sender", "Inconsistent")


@pytest.mark.parametrize(
    ("cpa_id", "rule", "outcome"),
    [
        (f"{HOSPITAL_HER}_{MUNICIPALITY_HER}_3", "", Outcome.ACKNOWLEDGMENT),
        (f"{MUNICIPALITY_HER}_{HOSPITAL_HER}", "cpa_id_order", Outcome.ACKNOWLEDGMENT),
        ("1_2", "cpa_id_parties", Outcome.ERROR),
        ("KITH-GenericCPAId", "cpa_id_format", Outcome.ERROR),
    ],
)
def test_r31_cpa_ids_of_two_parties(cpa_id, rule, outcome):
    checked = judged(mail(cpa_id=cpa_id))
    assert checked.answer is outcome
    assert not rule or rule in ids(checked)


def test_r32_service_action_and_role():
    one = with_agreement(agreement())
    assert_rejected(judged(mail(cpa_id=CPA, action="LOG_DOD"), one), "cpa_action", "ValueNotRecognized")
    assert_rejected(judged(mail(cpa_id=CPA, sender_role="other"), one), "cpa_role", "ValueNotRecognized")
    assert_rejected(judged(mail(action="LOG_DOD")), "service_action", "ValueNotRecognized")
    warned = judged(mail(sender_role=""))
    assert [(entry.code, entry.severity) for entry in warned.entries()] == [("ValueNotRecognized", "Warning")]
    assert warned.documents


def test_r33_what_is_asked_for():
    no_elimination = judged(resigned(lambda text: text.replace("<eb:DuplicateElimination/>", "")))
    assert no_elimination.answer is Outcome.ACKNOWLEDGMENT
    assert "duplicate_elimination_missing" in ids(no_elimination)
    for change in (
        lambda text: re.sub(r"<eb:AckRequested[^>]*>", "", text),
        lambda text: text.replace('eb:signed="true"', 'eb:signed="false"'),
    ):
        checked = judged(resigned(change))
        assert checked.answer is Outcome.ERROR
        assert {entry.severity for entry in checked.entries()} == {"Warning"}
        assert checked.documents


def test_r34_time_to_live():
    data = mail(time_to_live=NOW - timedelta(seconds=1))
    assert_rejected(judged(data), "time_to_live_expired", "TimeToLiveExpired")
    assert judged(mail(time_to_live=NOW + timedelta(hours=1))).answer is Outcome.ACKNOWLEDGMENT


def test_r35_unknown_header_blocks():
    block = '<SOAP:Header><x:y xmlns:x="urn:x" SOAP:mustUnderstand="{}"/>'
    must = judged(resigned(lambda text: text.replace("<SOAP:Header>", block.format(1))))
    assert_rejected(must, "must_understand_unknown", "MustUnderstand", Outcome.FAULT)
    may = judged(resigned(lambda text: text.replace("<SOAP:Header>", block.format(0))))
    assert may.answer is Outcome.ACKNOWLEDGMENT


def test_r36_two_shapes_in_one():
    block = (
        '<eb:Acknowledgment SOAP:mustUnderstand="1" eb:version="2.0"><eb:Timestamp>2026-11-24T12:00:00Z</eb:Timestamp>'
        "<eb:RefToMessageId>x</eb:RefToMessageId></eb:Acknowledgment><eb:AckRequested"
    )
    checked = judged(resigned(lambda text: text.replace("<eb:AckRequested", block)))
    assert checked.shape is Shape.PAYLOAD
    assert_rejected(checked, "shapes_mixed", "Inconsistent")


def test_r37_sync_reply_on_mail_is_a_warning():
    block = (
        '<eb:SyncReply SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" SOAP:mustUnderstand="1"'
        ' eb:version="2.0"/></SOAP:Header>'
    )
    checked = judged(resigned(lambda text: text.replace("</SOAP:Header>", block)))
    assert checked.signature == "valid"
    assert checked.answer is Outcome.ERROR
    assert checked.documents


def test_r41_monitoring_never_refuses():
    checked = judged(mail(description='{"MSH-system":"X",}'))
    assert checked.answer is Outcome.ACKNOWLEDGMENT
    assert {"monitoring_json", "monitoring_kinds"} <= set(ids(checked))


def test_r42_test_mark_is_recognised():
    made = pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer, test=True)
    checked = judged(mailed(made.content))
    assert checked.test
    assert "test_marked" in ids(checked)
    assert not judged(mail()).test
    assert b"\r\n\r\nTEST. TEST. Sendt i test\xc3\xb8yemed." in made.content


def test_with_nothing_known_it_says_what_was_left_out():
    checked = judged(mail(cpa_id=CPA), Known())
    assert checked.answer is Outcome.ACKNOWLEDGMENT
    left = {"left_out_register", "left_out_agreements", "left_out_certificates", "left_out_decryption"}
    assert left <= set(ids(checked))
    assert checked.signature == "valid"


def test_a_bare_envelope_is_checked_without_its_parts():
    made = pack(routing(), (sealed(),), held(HOSPITAL, Use.SIGNING).signer)
    checked = judged(made.envelope)
    assert (checked.signature, checked.answer) == ("valid", Outcome.ACKNOWLEDGMENT)
    assert "left_out_parts" in ids(checked)
    assert judged(made.envelope.replace(b"LOG_", b"XOG_")).signature == "invalid"


def test_with_nothing_known_the_certificate_s_own_time_is_checked():
    old = the_pki().issue("X", HOSPITAL, Use.SIGNING, valid=(-100, -1))
    assert_rejected(judged(mail(signer=old.signer), Known()), "certificate_expired", "SecurityFailure")


def test_r38_ping_and_status():
    ping = judged(resigned_signal("Ping", ""))
    assert (ping.answer, ping.shape) == (Outcome.NONE, Shape.OTHER)
    assert "ping" in ids(ping)
    request = '<eb:StatusRequest eb:version="2.0"><eb:RefToMessageId>x</eb:RefToMessageId></eb:StatusRequest>'
    assert_rejected(judged(resigned_signal("StatusRequest", request)), "status_request", "NotSupported")


def resigned_signal(action: str, body: str) -> bytes:
    """A signed envelope of the service of signals with this action and body, as a mail of one part."""
    made = pack(routing(service=names.SIGNAL_SERVICE, action=action), (), held(HOSPITAL, Use.SIGNING).signer)
    text = re.sub(r"<ds:Signature.*</ds:Signature>|<eb:AckRequested[^>]*>", "", made.envelope.decode(), flags=re.DOTALL)
    text = re.sub(r"<eb:Manifest.*?/>", body, text)
    tree = open_document(text.encode()).tree
    assert tree is not None
    head = tree.find(soap("Header"))
    return mailed(packing.single(tree, head, held(HOSPITAL, Use.SIGNING).signer, "x").content)


def test_a_synchronous_call_over_http_asks_for_no_receipt():
    """9.2: SyncReply is left out of the digest, the payload may be plain, and no receipt is given."""
    block = (
        '<eb:SyncReply SOAP:actor="http://schemas.xmlsoap.org/soap/actor/next" SOAP:mustUnderstand="1"'
        ' eb:version="2.0"/></SOAP:Header>'
    )

    def change(text: str) -> str:
        text = re.sub(r"<eb:AckRequested[^>]*>|<eb:DuplicateElimination/>", "", text)
        return text.replace("</SOAP:Header>", block).replace(f"{HOSPITAL_HER}_{MUNICIPALITY_HER}", "nav:12345")

    data = resigned(change, Payload(DOCUMENT, "application/xml"))
    content = data[data.index(b"MIME-Version") :]
    checked = judged(b"POST /ebxml HTTP/1.1\r\nHost: x\r\n" + content, Known())
    assert (checked.signature, checked.answer, errors(checked)) == ("valid", Outcome.NONE, [])
    assert [one for _, one in checked.documents] == [DOCUMENT]
    assert_rejected(judged(data, Known()), "payload_not_encrypted", "SecurityFailure")
