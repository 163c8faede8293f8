"""Envelopes beside the official header schema, and the official examples read."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from samhandling.ebxml import cpa, envelope, mime, signals, structure
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import run
from samhandling.ebxml.document import open_document
from samhandling.ebxml.envelope import ErrorEntry, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.names import EB, SOAP
from samhandling.ebxml.packing import Payload, pack
from samhandling.ebxml.signature import verify
from tests.ebxml_agreements import cpa_document
from tests.ebxml_world import MUNICIPALITY, NOW, held, packed, routing
from tests.unit.test_ebxml_signals import acknowledged, answer

# Where the checklist has a rule of its own, or the notes are lenient, our table does not repeat the schema.
LENIENT = ("Timestamp", "TimeToLive")


class Local(etree.Resolver):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self, url, pubid, context):
        path = self.folder / url.rpartition("/")[2]
        return self.resolve_filename(str(path), context) if path.exists() else self.resolve_empty(context)


def schema_of(standards: Path, *names: tuple[str, str]) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False)
    parser.resolvers.add(Local(standards / "schemas"))
    imports = "".join(f'<xs:import namespace="{uri}" schemaLocation="{file}"/>' for uri, file in names)
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(driver, parser, base_url=str(standards / "schemas" / "driver.xsd")))


@pytest.fixture(scope="module")
def schema(standards: Path) -> etree.XMLSchema:
    return schema_of(standards, (SOAP, "envelope.xsd"), (EB, "msg-header-2_0.xsd"))


def assert_valid(schema: etree.XMLSchema, data: bytes) -> None:
    assert schema.validate(etree.fromstring(data)), schema.error_log


def test_all_that_we_write_follows_the_schema(schema):
    full = routing(
        time_to_live=NOW + timedelta(days=3), ref_to_message_id="x@y", service="urn:x:service", description='{"a":"æ"}'
    )
    described = Payload(b"1", schema=("http://www.kith.no/xmlstds/epikrise/2012-02-15", "1.2"), description="Epikrise")
    made = [
        packed(b"one"),
        packed(b"one", b"two"),
        pack(full, (described,), held(MUNICIPALITY, Use.SIGNING).signer, test=True),
        acknowledged(),
        signals.error(
            envelope.read(etree.fromstring(packed().envelope)),
            (
                ErrorEntry("SecurityFailure", "Error", "/SOAP:Envelope", "Signaturen mangler"),
                ErrorEntry("Unknown", "Warning"),
            ),
            answer(),
            held(MUNICIPALITY, Use.SIGNING).signer,
        ),
        signals.pong(
            envelope.read(etree.fromstring(packed().envelope)), answer(), held(MUNICIPALITY, Use.SIGNING).signer
        ),
        signals.fault("MustUnderstand", "x"),
    ]
    for one in made:
        assert_valid(schema, one.envelope)
        tree = etree.fromstring(one.envelope)
        assert structure.faults_of(tree) == ()


def test_our_table_finds_what_the_schema_finds(schema):
    """Envelopes with elements and attributes taken out, doubled and moved."""
    rng = random.Random(20261124)
    originals = [packed(b"one").envelope, acknowledged().envelope]
    missed, invalid = [], 0
    for _ in range(600):
        tree = etree.fromstring(rng.choice(originals))
        element = rng.choice(list(tree.iter(f"{{{EB}}}*")))
        name = element.tag.rpartition("}")[2]
        change = rng.choice(("remove", "double", "attribute", "stranger", "swap"))
        if name == "DuplicateElimination" and change == "stranger":
            continue  # the schema gives it no type at all
        _change(element, change, rng)
        if schema.validate(tree):
            assert structure.faults_of(tree) == (), (change, name)
            continue
        invalid += 1
        checked = run(etree.tostring(tree), Known(), NOW)
        structural = {one.rule.id for one in checked.findings if one.rule.step <= 21 and one.rule.step >= 5}
        structural -= {"digest_wrong", "xml_declaration_missing"}
        if not structural and name not in LENIENT:
            missed.append((change, name, str(schema.error_log.last_error)[-160:]))
    assert invalid > 200
    assert missed == []


def _change(element: etree._Element, change: str, rng: random.Random) -> None:
    parent = element.getparent()
    if change == "remove":
        parent.remove(element)
    elif change == "double":
        parent.insert(parent.index(element), etree.fromstring(etree.tostring(element)))
    elif change == "attribute" and element.attrib:
        del element.attrib[rng.choice(list(element.attrib))]
    elif change == "stranger":
        element.append(etree.Element(f"{{{EB}}}Stranger"))
    elif len(parent) > 1:
        parent.append(parent[0])


def test_the_official_examples_are_read(standards):
    checked = run((standards / "ebxml" / "ebxml-eksempel.xml").read_bytes(), Known(), NOW)
    header = checked.envelope.header
    assert checked.shape is Shape.PAYLOAD
    assert header.message_id == "955536cb-fb9a-49d9-848d-2baca7b116e1"
    assert (header.sender.her, header.receiver.her) == ("987654", "12345")
    assert header.sender.role == "EPIKRISEsender"
    assert checked.envelope.manifest.references[0].href == "cid:ebxmlpayload111@example.com"
    assert checked.signature == "invalid", "the published signature is a placeholder"
    checked = run((standards / "ebxml" / "Acknowledgment.xml").read_bytes(), Known(), NOW)
    assert checked.shape is Shape.ACKNOWLEDGMENT
    assert checked.envelope.acknowledgment.ref_to_message_id == "955536cb-fb9a-49d9-848d-2baca7b116e1"
    assert [one.get("URI") for one in checked.envelope.acknowledgment.references] == [
        "",
        "cid:ebxhmpayload111@example.com",
    ]


def test_the_official_profile_template_is_read(standards):
    read = cpa.read((standards / "ebxml" / "CppTemplate.xml").read_bytes())
    party = read.parties[0]
    assert read.profile
    assert {channel.id: channel.retry_interval for channel in party.channels}["asyncSMTPChannelA2"] == "PT240M"
    (binding, *_) = party.can(send=True, service="S-LOG_INNLAGT", action="LOG_INNLAGT")
    assert (binding.role, binding.encrypted) == ("LOG_INNLAGTsender", True)
    assert party.can(send=False, service="S-LOG_INNLAGT", action="APPREC")


def test_our_test_agreement_follows_the_schema(standards):
    namespace = cpa.NAMESPACE
    schema = schema_of(standards, (namespace, "cpp-cpa-2_0.xsd"))
    assert_valid(schema, cpa_document())


def test_malformed_headers_of_real_mails_end_in_a_fault_and_no_more(standards):
    data = (standards / "ebxml" / "MIME-header.txt").read_bytes()
    checked = run(data, Known(), NOW)
    assert checked.answer == "fault"
    with pytest.raises(mime.MimeError):
        mime.read(data)


def test_a_signature_survives_the_way_through_bytes():
    made = packed(b"one")
    tree = open_document(made.envelope).tree
    node = tree.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature")
    assert verify(tree, node, {made.content_ids[0]: b"one"}).valid
