"""Envelopes for the comparisons with other programs: what a rewriter may do to one, and how to sign it as we do."""

from __future__ import annotations

from lxml import etree

from samhandling.ebxml import names, signature
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.document import open_document
from samhandling.ebxml.names import ds, soap
from tests.ebxml_world import HOSPITAL, held

# Insignificant to a reader and significant to canonicalisation: what a rewriter may put round and into an envelope.
QUIRKS = [
    lambda text: text,
    lambda text: text.replace("<SOAP:Header>", "<SOAP:Header>\n\t<!-- comment -->\n\t"),
    lambda text: text.replace("<SOAP:Body>", "<?keep this?>\r\n<SOAP:Body xml:lang='no'  \n>"),
    lambda text: text.replace(
        "<SOAP:Envelope ", "<SOAP:Envelope xml:space='preserve' xml:lang='nb' xmlns:un='urn:un' "
    ),
    lambda text: text.replace("<eb:Role>", "<eb:Role><![CDATA[&<æ]]>", 1),
    lambda text: text.replace("<SOAP:Header>", "<SOAP:Header xmlns='urn:default' xmlns:eb2='urn:eb2'>"),
    lambda text: text + "<!-- after --><!-- all -->\n",
    lambda text: text.replace(
        "<SOAP:Header>",
        f'<SOAP:Header><eb:SyncReply SOAP:actor="{names.NEXT}" SOAP:mustUnderstand="1" eb:version="2.0"/>tail',
    ),
    lambda text: text.replace("<SOAP:Header>", f'<SOAP:Header><x xmlns="urn:x" SOAP:actor="{names.NEXT_MSH}"><y/></x>'),
]


def ours(data: bytes, payloads: dict[str, bytes]) -> signature.Verdict:
    tree = open_document(data).tree
    assert tree is not None
    node = tree.find(f".//{ds('Signature')}")
    assert node is not None
    return signature.verify(tree, node, payloads)


def unsigned(envelope: bytes) -> str:
    tree = etree.fromstring(envelope)
    node = tree.find(f".//{ds('Signature')}")
    node.getparent().remove(node)
    return etree.tostring(tree, encoding="unicode")


def signed_by_us(text: str, payloads: dict[str, bytes]) -> bytes:
    tree = open_document(text.encode()).tree
    assert tree is not None
    head = tree.find(soap("Header"))
    signer = held(HOSPITAL, Use.SIGNING).signer
    signature.sign(tree, head, payloads, signer.key, signer.certificate)
    return etree.tostring(tree.getroottree(), encoding="UTF-8", xml_declaration=True)
