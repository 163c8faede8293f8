"""Canonical XML of an envelope and of a part of it, and what *next* takes out of the signature."""

from __future__ import annotations

import copy
from typing import Any, cast

from lxml import etree

from samhandling.ebxml import names
from samhandling.ebxml.document import Tree
from samhandling.ebxml.names import ds

_addressed_to_next = etree.XPath(
    "//*[@s:actor=$msh or @s:actor=$any]", namespaces={"s": names.SOAP}, smart_strings=False
)


def left_unsigned(tree: Tree, head: Tree | None) -> list[Tree]:
    """What is addressed to *next* and therefore not signed, though somebody reads it (wrapping).

    eb:SyncReply may be left out, and header blocks of other namespaces, which nobody here reads.
    """
    found = cast("list[Tree]", _addressed_to_next(tree, msh=names.NEXT_MSH, any=names.NEXT))
    harmless = {names.eb("SyncReply")}
    return [
        one
        for one in found
        if one.getparent() is not head
        or (str(one.tag).startswith((f"{{{names.EB}}}", f"{{{names.DS}}}")) and one.tag not in harmless)
    ]


def canonical_document(
    tree: Tree,
    without: Tree | None,
    *,
    drop_next: bool,
    exclusive: bool = False,
    prefixes: tuple[str, ...] = (),
) -> bytes:
    """The document as its root reference digests it: without the signature and, if asked, blocks for *next*.

    Elements are taken out of a copy: lxml drops declarations of namespaces when one is put back.
    """
    copied = copy.deepcopy(tree.getroottree())
    gone = []
    if without is not None:
        place = list(tree.iter(ds("Signature"))).index(without)
        gone.append(list(copied.iter(ds("Signature")))[place])
    if drop_next:
        found = cast("list[Tree]", _addressed_to_next(copied, msh=names.NEXT_MSH, any=names.NEXT))
        gone += [one for one in found if one not in gone]
    for element in gone:
        _take_out(element)
    return _c14n(copied, exclusive, prefixes)


def canonical_subset(element: Tree, *, exclusive: bool = False, prefixes: tuple[str, ...] = ()) -> bytes:
    """One element as it stands, with the namespaces and `xml:` attributes that inclusive C14N takes from its ancestors.

    It becomes a document of its own first: C14N of an element within its tree forgets the attributes and, under a
    default namespace, writes `xmlns=""` where none belongs.
    """
    alone = etree.fromstring(etree.tostring(element, with_tail=False), _parser())
    if not exclusive:
        for ancestor in element.iterancestors():
            for name, text in ancestor.items():
                if str(name).startswith(f"{{{names.XML}}}") and name not in alone.attrib:
                    alone.set(name, text)
    return _c14n(alone.getroottree(), exclusive, prefixes)


def _parser() -> etree.XMLParser:
    """For what we have just written ourselves."""
    return etree.XMLParser(resolve_entities=False, no_network=True, collect_ids=False, strip_cdata=False)


def _c14n(what: Any, exclusive: bool, prefixes: tuple[str, ...]) -> bytes:
    return etree.tostring(
        what,
        method="c14n",
        with_comments=False,
        exclusive=exclusive,
        inclusive_ns_prefixes=list(prefixes) if exclusive and prefixes else None,
    )


def _take_out(element: Tree) -> None:
    """Remove an element and leave the text after it. The root itself cannot go: there would be nothing to sign."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)
