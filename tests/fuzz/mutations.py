"""Small faults, and harmless changes, made at random in a valid document.

Every mutation takes the tree and a random source, changes the tree in place and says what it did.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from lxml import etree

Tree = etree._Element
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XS = "http://www.w3.org/2001/XMLSchema"

# Values near the edges of the simple types, and some from another type.
VALUES = (
    "", " ", "x", "true", "false", "0", "1", "2", "TRUE", " true ", "\ttrue\n", "2018-01-29", "2018-02-29", "2016-02-29",
    "1900-02-29", "2000-02-29", "2018-13-01", "2018-1-29", "18-01-29", "2018-01-29Z", "2018-01-29+14:00",
    "2018-01-29+14:01", "2018-01-29-13:59", "-2018-01-29", "0000-01-01", "02018-01-29", "12018-01-29", "-0001-01-01",
    "-0004-02-29", "-0005-02-29", "2018-01-29T10:11:54", "2018-01-29T10:11", "2018-01-29T24:00:00",
    "2018-01-29T24:00:01", "2018-01-29T10:60:00", "2018-01-29T10:11:60", "2018-01-29T10:11:54.123", "2018-01-29T10:11:54.",
    "2018-01-29T10:11:54Z", "2018-01-29T10:11:54+01:00", "2018-01-29 10:11:54", "2018", "2018Z", "2018-01", "2018-00",
    "10:11:54", "24:00:00", "10:11", "20180129", " 2018-01-29", "2018-01-29 ", "2018-01-29T10:11:54 ", " 2018 ",
    "1.5", "-1", "+1", "1e3", "1E", ".5", "5.", ".", "INF", "-INF", "+INF", "NaN", "1,5", "--1", "1_000",
    "2.16.578.1.12.4.1.1.9051", "2..16", "2.16.", ".2", "2.16 ", " 2.16", "2 16", "tel:73555555", "tel:73 55 55 55",
    "mailto:a@b.no", "http://[::1]/", "http://[x", "%zz", "%20", "a%2", "#a#b", "a b", "http://a:port/", "\\\\server\\x", "://",
    ":a", "1:a", "a:b:c", "http://a b/", "http://æøå.no/", "v1.2 2006-05-24", "v1.2  2006-05-24", " v1.2 2006-05-24",
    "QUJD", "QUI=", "QQ==", "QQ=", "Q", "QUJ", "Q Q = =", "QR==", "æøå", "\u00a0", "\u2003x", "a\tb", "a\nb", "a\rb", "<&>",
)  # fmt: skip
ATTRIBUTES = ("V", "S", "DN", "OT", "U", "X", "Id", "kode", "v", "URI", "Algorithm")
NAMES = (
    "Id",
    "Ident",
    "Organisation",
    "Merknad",
    "V",
    "Ukjent",
    "TypeId",
    "Type",
    "DateOfBirth",
    "Person",
    "HCP",
    "Role",
    "ServReq",
    "Inst",
    "Dept",
    "AdditionalId",
    "Event",
    "ResultItem",
    "TextResultValue",
    "Comment",
    "Status",
    "Content",
)
NAMESPACES = (
    "",
    "http://www.kith.no/xmlstds/msghead/2006-05-24",
    "http://www.kith.no/xmlstds/felleskomponent1",
    "http://www.kith.no/xmlstds",
    "http://www.kith.no/xmlstds/po/poKomponent/2009-06-30",
    "http://www.kith.no/xmlstds/po/poKomponent/2012-04-01",
    "http://www.kith.no/xmlstds/po/Pasientlogistikk/2009-06-30",
    "http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01",
    "http://www.kith.no/xmlstds/apprec/2004-11-21",
    "http://www.kith.no/xmlstds/apprec/2012-02-15",
    "http://www.kith.no/xmlstds/epikrise/2006-09-23",
    "http://www.kith.no/xmlstds/epikrise/2012-02-15",
    "http://www.kith.no/xmlstds/henvisning/2005-07-08",
    "http://www.kith.no/xmlstds/henvisning/2012-02-15",
    "http://ehelse.no/xmlstds/henvisning/2017-11-30",
    "http://ehelse.no/xmlstds/po/poKomponent/2017-11-30",
    "http://www.kith.no/xmlstds/labsvar/2008-12-01",
    "http://www.kith.no/xmlstds/labsvar/2012-02-15",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.kith.no/xmlstds/base64container",
    "urn:ukjent",
)
TYPES = (
    "kith:CS", "kith:CV", "kith:TS", "kith:URL", "kith:ST", "kith:INT", "kith:BL", "kith:PQ", "xs:string", "xs:token", "xs:date", "xs:boolean", "fk1:Person",
    "fk1:Ident", "mh:Ident", "mh:Address", "xs:integer", "xs:int", "xs:anyType", "xs:NCName", "x:y", "",
)  # fmt: skip
_PREFIXES = {
    "kith": "http://www.kith.no/xmlstds",
    "xs": XS,
    "fk1": "http://www.kith.no/xmlstds/felleskomponent1",
    "mh": "http://www.kith.no/xmlstds/msghead/2006-05-24",
}


def _elements(tree: Tree) -> list[Tree]:
    return [node for node in tree.iter() if isinstance(node.tag, str)]


def _pick(tree: Tree, rng: random.Random, *, inner: bool = False) -> Tree:
    nodes = _elements(tree)
    return rng.choice(nodes[1:] if inner and len(nodes) > 1 else nodes)


def drop(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng, inner=True)
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
    return f"drop {node.tag}"


def double(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng, inner=True)
    node.addnext(copy.deepcopy(node))
    return f"double {node.tag}"


def swap(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng, inner=True)
    following = node.getnext()
    if following is not None:
        following.addnext(node)
    return f"swap {node.tag}"


def move(tree: Tree, rng: random.Random) -> str:
    node, target = _pick(tree, rng, inner=True), _pick(tree, rng)
    made = copy.deepcopy(node)
    target.insert(rng.randint(0, len(target)), made)
    return f"move {node.tag} into {target.tag}"


def rename(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    other = rng.choice([*NAMES, etree.QName(_pick(tree, rng)).localname])
    node.tag = etree.QName(etree.QName(node).namespace, other).text
    return f"rename to {other}"


def replace_namespace(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    uri = rng.choice([*NAMESPACES, etree.QName(_pick(tree, rng)).namespace])
    node.tag = etree.QName(uri or None, etree.QName(node).localname).text
    return f"namespace {uri}"


def insert(tree: Tree, rng: random.Random) -> str:
    target, model = _pick(tree, rng), _pick(tree, rng)
    made = etree.Element(
        model.tag if rng.random() < 0.5 else etree.QName(etree.QName(target).namespace, rng.choice(NAMES)).text
    )
    if rng.random() < 0.5:
        made.text = rng.choice(VALUES)
    if rng.random() < 0.3:
        made.set("V", rng.choice(VALUES))
    target.insert(rng.randint(0, len(target)), made)
    return f"insert {made.tag}"


def change_text(tree: Tree, rng: random.Random) -> str:
    leaves = [node for node in _elements(tree) if not len(node)]
    node = rng.choice(leaves or [tree])
    node.text = rng.choice(VALUES)
    return f"text {node.tag} = {node.text!r}"


def change_text_of_typed(tree: Tree, rng: random.Random) -> str:
    names = ("GenDate", "DateOfBirth", "Anslag", "IssueDate", "BorAlene", "JaNei", "DatoSendt", "MIGversion", "OidRef",
             "FodselsarMindrearigParorende", "GodkjentDato", "FileReference", "InformasjonGittDato", "Base64Container",
             "StartDateTime", "EndDateTime", "ConsentDate", "ReqDate", "Dato", "FrittSykehusvalg", "RettTilHelsehjelp",
             "NarmesteParorende", "Number", "Integer", "Index", "Person", "Id", "InvDate", "DateResultValue")  # fmt: skip
    nodes = [node for node in _elements(tree) if etree.QName(node).localname in names and not node.attrib]
    if not nodes:
        return change_text(tree, rng)
    node = rng.choice(nodes)
    node.text = rng.choice(VALUES)
    return f"text {node.tag} = {node.text!r}"


def stray_text(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    value = rng.choice(VALUES)
    if rng.random() < 0.5 or node.getparent() is None:
        node.text = value
    else:
        node.tail = value
    return f"stray text {node.tag} {value!r}"


def change_attribute(tree: Tree, rng: random.Random) -> str:
    nodes = [node for node in _elements(tree) if node.attrib]
    if not nodes:
        return "nothing"
    node = rng.choice(nodes)
    name = rng.choice(list(node.attrib))
    node.set(name, rng.choice(VALUES))
    return f"attribute {node.tag}/@{name} = {node.get(name)!r}"


def add_attribute(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    name = rng.choice(ATTRIBUTES)
    if rng.random() < 0.2:
        name = f"{{{rng.choice(NAMESPACES[1:])}}}{name}"
    node.set(name, rng.choice(VALUES))
    return f"add attribute {node.tag}/@{name} = {node.get(name)!r}"


def drop_attribute(tree: Tree, rng: random.Random) -> str:
    nodes = [node for node in _elements(tree) if node.attrib]
    if not nodes:
        return "nothing"
    node = rng.choice(nodes)
    name = rng.choice(list(node.attrib))
    del node.attrib[name]
    return f"drop attribute {node.tag}/@{name}"


def xsi(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    name = rng.choice(("nil", "type", "schemaLocation", "noNamespaceSchemaLocation", "ukjent"))
    if name == "type":
        value = rng.choice(TYPES)
        parent = node.getparent()
        if parent is not None:
            made = etree.Element(node.tag, dict(node.attrib), nsmap=_PREFIXES)
            made.text, made.tail = node.text, node.tail
            made.extend(copy.deepcopy(child) for child in node)
            parent.replace(node, made)
            node = made
    else:
        value = rng.choice(("true", "false", "1", "x", "", "urn:a urn-a.xsd", "urn:a"))
    node.set(f"{{{XSI}}}{name}", value)
    return f"xsi:{name}={value!r} on {node.tag}"


def comment(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    made = etree.Comment("x") if rng.random() < 0.5 else etree.ProcessingInstruction("x", "y")
    if node.text and rng.random() < 0.5:
        made.tail, node.text = node.text[1:], node.text[:1]
    node.insert(0, made)
    return f"comment in {node.tag}"


def empty(tree: Tree, rng: random.Random) -> str:
    node = _pick(tree, rng)
    for child in list(node):
        node.remove(child)
    node.text = rng.choice((None, " ", "\n", "x"))
    return f"empty {node.tag}"


MUTATIONS: tuple[Callable[[Tree, random.Random], str], ...] = (
    drop, drop, double, double, swap, swap, move, move, rename, replace_namespace, insert, insert, change_text,
    change_text_of_typed, change_text_of_typed, change_text_of_typed, stray_text, change_attribute, change_attribute,
    change_attribute, add_attribute, drop_attribute, xsi, comment, empty,
)  # fmt: skip


def mutate(tree: Tree, rng: random.Random) -> tuple[Tree, list[str]]:
    """A changed copy of the tree, and what was done: mostly one change, sometimes two or three."""
    made = copy.deepcopy(tree)
    steps: list[str] = []
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        try:
            steps.append(rng.choice(MUTATIONS)(made, rng))
        except (ValueError, TypeError):
            # A value that no XML can hold, a name that is none, or a sibling of the root: nothing was changed.
            continue
    return made, steps
