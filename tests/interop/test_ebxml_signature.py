"""Our signer and verifier beside two independent ones: python-xmlsec and the program xmlsec1."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
import xmlsec
from lxml import etree

from samhandling.ebxml import mime, names, signature
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.document import open_document
from samhandling.ebxml.names import ds, soap
from tests.conftest import missing
from tests.ebxml_world import HOSPITAL, held, packed, the_pki
from tests.interop.envelopes import QUIRKS, ours, signed_by_us, unsigned


def xmlsec_verifies(data: bytes, payloads: dict[str, bytes]) -> bool:
    """python-xmlsec with the root reference; the digests of attachments are compared as it cannot fetch them."""
    tree = etree.fromstring(data)
    node = tree.find(f".//{ds('Signature')}")
    context = xmlsec.SignatureContext()
    certificate = node.find(f".//{ds('X509Certificate')}").text.strip()
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
    info = node.find(ds("SignedInfo"))
    if any(reference.get("URI") for reference in info.findall(ds("Reference"))):
        raise AssertionError("python-xmlsec has no way to the parts")
    try:
        context.verify(node)
    except xmlsec.Error:
        return False
    return True


PROFILE = ("Enveloped", "XPath", "InclC14N")


def signed_by_xmlsec(text: str, transforms: tuple[str, ...] = PROFILE, canonical: str = "InclC14N") -> bytes:
    tree = etree.fromstring(text.encode())
    head = tree.find(soap("Header"))
    method = getattr(xmlsec.constants, f"Transform{canonical}")
    node = xmlsec.template.create(tree, method, xmlsec.constants.TransformRsaSha256)
    head.append(node)
    reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha256, uri="")
    for name in transforms:
        added = xmlsec.template.add_transform(reference, getattr(xmlsec.constants, f"Transform{name}"))
        if name == "XPath":
            etree.SubElement(added, ds("XPath"), nsmap={"SOAP-ENV": names.SOAP}).text = signature.EXPRESSION
    data = xmlsec.template.ensure_key_info(node)
    xmlsec.template.add_x509_data(data)
    etree.SubElement(data[0], ds("X509Certificate"))
    tree = etree.fromstring(etree.tostring(tree.getroottree()))
    node = tree.find(f".//{ds('Signature')}")
    context = xmlsec.SignatureContext()
    mine = held(HOSPITAL, Use.SIGNING)
    context.key = xmlsec.Key.from_memory(mine.key_pem(), xmlsec.constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(mine.certificate_pem(), xmlsec.constants.KeyDataFormatCertPem)
    context.sign(node)
    return etree.tostring(tree.getroottree(), encoding="UTF-8", xml_declaration=True)


@pytest.mark.parametrize("quirk", QUIRKS)
def test_what_we_sign_python_xmlsec_verifies(quirk):
    data = signed_by_us(quirk(unsigned(packed().envelope)), {})
    assert xmlsec_verifies(data, {})
    assert ours(data, {}).valid


@pytest.mark.parametrize("quirk", QUIRKS)
def test_what_python_xmlsec_signs_we_verify(quirk):
    data = signed_by_xmlsec(quirk(unsigned(packed().envelope)))
    verdict = ours(data, {})
    assert verdict.faults == ()
    assert verdict.remarks == ()


@pytest.mark.parametrize(
    ("transforms", "canonical", "remarks"),
    [
        (("Enveloped", "InclC14N"), "InclC14N", {"transform_xpath_missing"}),
        (("Enveloped", "ExclC14N"), "ExclC14N", {"transform_xpath_missing", "signature_exclusive"}),
        (("XPath", "Enveloped", "InclC14N"), "InclC14N", {"transform_order"}),
        (("Enveloped", "XPath", "ExclC14N"), "InclC14N", {"transform_order"}),
    ],
)
@pytest.mark.parametrize("quirk", [QUIRKS[0], QUIRKS[3], QUIRKS[5]])
def test_r13_other_transforms_are_taken_if_the_digests_hold(quirk, transforms, canonical, remarks):
    data = signed_by_xmlsec(quirk(unsigned(packed().envelope)), transforms, canonical)
    verdict = ours(data, {})
    assert verdict.faults == ()
    assert {remark.rule for remark in verdict.remarks} == remarks
    assert not ours(data.replace(b"LOG_INNLAGTsender", b"LOG_INNLAGTsendes"), {}).valid


@pytest.mark.parametrize("transforms", [("InclC14N",), ("Enveloped",), ("Enveloped", "InclC14NWithComments")])
def test_other_sets_of_transforms_are_refused(transforms):
    data = signed_by_xmlsec(unsigned(packed().envelope), transforms)
    assert "reference_transforms" in {fault.rule for fault in ours(data, {}).faults}


def test_both_say_the_same_of_changed_envelopes():
    rng = random.Random(20261124)
    data = signed_by_xmlsec(QUIRKS[3](unsigned(packed().envelope)))
    begin = data.index(b"<SOAP:Header>")
    certificate, certificate_end = data.index(b"<X509Certificate>"), data.index(b"</X509Certificate>")
    agreed = {True: 0, False: 0}
    for _ in range(400):
        place = rng.randrange(begin, len(data))
        if certificate < place < certificate_end:
            continue  # whoever made it is judged elsewhere
        changed = data[:place] + bytes([rng.choice(b" \tae<>\"'1")]) + data[place + 1 :]
        opened = open_document(changed).tree
        if opened is None or opened.find(f".//{ds('Signature')}") is None:
            continue
        verdict = ours(changed, {})
        try:
            theirs = xmlsec_verifies(changed, {})
        except (AttributeError, xmlsec.Error, AssertionError, TypeError):
            theirs = False
        if verdict.valid:  # blanks in base64 may change
            assert theirs, changed[max(place - 60, 0) : place + 60]
        agreed[verdict.valid] += 1
    assert agreed[False] > 100


def test_the_program_xmlsec1_verifies_ours(tmp_path):
    program = shutil.which("xmlsec1")
    if program is None:
        missing("xmlsec1 is not installed")
    root = tmp_path / "root.pem"
    root.write_bytes(the_pki().root.certificate_pem())
    (tmp_path / "issuer.pem").write_bytes(the_pki().issuer.certificate_pem())
    for number, quirk in enumerate(QUIRKS):
        file = tmp_path / f"ours-{number}.xml"
        file.write_bytes(signed_by_us(quirk(unsigned(packed().envelope)), {}))
        assert run_xmlsec1("--verify", root, file), number
        file.write_bytes(file.read_bytes().replace(b"LOG_INNLAGTsender", b"LOG_INNLAGTsendes"))
        assert not run_xmlsec1("--verify", root, file), number


def run_xmlsec1(word: str, root: Path, file: Path) -> bool:
    done = subprocess.run(
        [
            "xmlsec1",
            word,
            "--trusted-pem",
            str(root),
            "--trusted-pem",
            str(root.parent / "issuer.pem"),
            "--verification-time",
            "2026-11-24 12:00:00",
            "--enabled-reference-uris",
            "empty",
            str(file),
        ],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode == 0


def test_payload_parts_are_signed_as_their_decoded_bytes():
    made = packed(b"\x30\x82one", b"two")
    message = mime.read(made.content)
    payloads = {part.headers.content_id: part.data for part in message.attachments}
    assert list(payloads.values()) == [b"\x30\x82one", b"two"]
    assert ours(message.soap.data, payloads).valid
    changed = dict(payloads)
    changed[made.content_ids[0]] = b"\x30\x82onf"
    assert [fault.rule for fault in ours(message.soap.data, changed).faults] == ["digest_wrong"]
    assert [fault.rule for fault in ours(message.soap.data, {**payloads, "more@x": b""}).faults] == [
        "payload_not_signed"
    ]
