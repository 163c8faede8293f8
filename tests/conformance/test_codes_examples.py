"""The code lists say what the official examples of version 1.6 say."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from samhandling.messages import codes
from samhandling.messages.codes.elements import lists_of


def test_every_code_of_the_examples_is_known_with_its_text(standards: Path) -> None:
    seen: set[tuple[str, str]] = set()
    for path in sorted((standards / "examples" / "plo-1.6").glob("Pasientlogistikk*.xml")):
        for element in etree.parse(str(path)).iter("{*}*"):
            value, text, oid = element.get("V"), element.get("DN"), element.get("S")
            if value is None or text is None:
                continue
            parent = element.getparent()
            lists = (
                (codes.list_number(oid),)
                if oid
                else lists_of(etree.QName(parent).localname, etree.QName(element).localname)
            )
            assert lists, (path.name, element.tag)
            texts = {codes.text(number, value) for number in lists}
            assert text in texts, (path.name, element.tag, value, text)
            seen.update((number, value) for number in lists)
    assert len(seen) > 20
