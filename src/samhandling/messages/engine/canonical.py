"""Whether two documents say the same: canonical XML 2.0 after removing what carries no content.

Removed from both: comments, processing instructions, `xsi:schemaLocation`, and white space between elements, except
in the few elements whose content the standards leave wholly open (anyType), where white space may be text.
"""

from __future__ import annotations

from typing import cast
from xml.etree.ElementTree import canonicalize

from lxml import etree

from samhandling.messages.engine.parse import Limits, parse
from samhandling.messages.engine.problems import Element, Tree, local_name, path_of
from samhandling.messages.engine.simple import XML_SPACE
from samhandling.messages.engine.xsi import SCHEMA_LOCATION, TYPE

# The elements of type anyType in PLO, dialogue, epikrise, henvisning and svarrapport.
ANY_TYPE = frozenset({"TekstNotatInnhold", "Sporsmal", "TextResultValue", "Description", "FunksjonsbeskrivelseTekst"})


def difference(first: bytes, second: bytes) -> str:
    """Where two well-formed documents differ, in words without content; "" if they say the same."""
    trees = [_stripped(data) for data in (first, second)]
    if trees[0] is None or trees[1] is None:
        return "Et av dokumentene kan ikke leses."
    if _canonical(trees[0]) == _canonical(trees[1]):
        return ""
    return _where(trees[0], trees[1]) or "Dokumentene er ulike i navnerom eller prefikser."


def _stripped(data: bytes) -> Tree | None:
    parsed = parse(data, Limits())
    if parsed.tree is None or parsed.recovered:
        return None
    _strip(parsed.tree)
    return parsed.tree


def _strip(tree: Tree) -> None:
    for element in tree.iter():
        element.attrib.pop(SCHEMA_LOCATION, "")
    queue = [tree]
    while queue:
        element = queue.pop()
        if local_name(element.tag) in ANY_TYPE or not len(element):
            continue
        if element.text is not None and not element.text.strip(XML_SPACE):
            element.text = None
        for child in element:
            if child.tail is not None and not child.tail.strip(XML_SPACE):
                child.tail = None
            queue.append(child)


def _canonical(tree: Tree) -> str:
    text = etree.tostring(tree, encoding="unicode", with_tail=False)
    return canonicalize(text, rewrite_prefixes=True, qname_aware_attrs={TYPE})


def _where(first: Tree, second: Tree) -> str:
    """The first place where the trees differ."""
    stack = [(first, second)]
    while stack:
        one, other = stack.pop()
        path = path_of(cast(Element, one))
        if one.tag != other.tag:
            return f"{path}: elementet er et annet."
        if sorted(one.items()) != sorted(other.items()):
            return f"{path}: attributtene er ulike."
        if (one.text or "") != (other.text or ""):
            return f"{path}: teksten er ulik."
        if len(one) != len(other):
            return f"{path}: antall elementer er ulikt."
        if any((a.tail or "") != (b.tail or "") for a, b in zip(one, other, strict=True)):
            return f"{path}: teksten mellom elementene er ulik."
        stack.extend(reversed(list(zip(one, other, strict=True))))
    return ""
