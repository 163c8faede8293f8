"""Every value of every official example and reception case stands in its display, value by value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest
from lxml import etree, html

from samhandling.messages import codes, display, engine
from samhandling.messages.codes.elements import lists_of
from samhandling.messages.display import labels
from samhandling.messages.engine.tables import Node
from samhandling.messages.model import roots

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):\d{2}(?:\.\d+)?(Z)?)?")
XHTML = "http://www.w3.org/1999/xhtml"
_HIDDEN_FROM_READERS = {"MsgId", "MIGversion", "RefToParent", "RefToConversation"}


def examples(standards: Path) -> list[Path]:
    found = [*(standards / "examples").glob("*/*.xml"), *(standards / "acceptance").glob("*/*.xml")]
    assert len(found) >= 60
    return sorted(found)


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def expected_values(tree: etree._Element) -> Iterator[tuple[str, str]]:
    """(where, what must be shown), told independently of the display's own code."""
    for element in tree.iter("{*}*"):
        name = local(element)
        text = (element.text or "").strip()
        tail = (element.tail or "").strip()
        if tail and etree.QName(element).namespace == XHTML:
            yield f"after {name}", tail
        if name in _HIDDEN_FROM_READERS:
            yield f"technical {name}", text
        elif name == "Base64Container":
            yield name, "Størrelse"
        elif text and _ISO.fullmatch(text):
            yield name, norwegian(text)
        elif name == "Hoveddiagnose":
            yield name, "Hoveddiagnose" if text == "true" else ""
        elif text in ("true", "false"):
            yield name, {"true": "Ja", "false": "Nei"}[text]
        elif name in ("Id", "OffId") and re.fullmatch(r"\d{11}", text):
            yield name, f"{text[:6]} {text[6:]}"
        elif text:
            yield name, text
        value, shown = element.get("V"), element.get("DN")
        if shown:
            yield name, shown
        elif value and name == "TeleAddress":
            yield name, value.removeprefix("tel:")
        elif value and element.get("U"):
            yield name, f"{value} {element.get('U')}"
        elif value in ("true", "false"):
            yield name, {"true": "Ja", "false": "Nei"}[value]
        elif value and _ISO.fullmatch(value):
            yield name, norwegian(value)
        elif value:
            lists = (element.get("S"),) if element.get("S") else lists_of(local(element.getparent()), name)
            yield name, next((t for oid in lists if (t := codes.text(oid, value))), value)
        if element.get("OT"):
            yield name, element.get("OT")


def norwegian(text: str) -> str:
    year, month, day, hour, minute, zulu = _ISO.fullmatch(text).groups()
    if hour is None:
        return f"{day}.{month}.{year}"
    # Every zoned time of these files is in winter.
    winter = int(month) in (11, 12, 1, 2) or (int(month), int(day)) < (3, 25)
    assert winter or not zulu, text
    shown = int(hour) + (1 if zulu else 0)
    return f"{day}.{month}.{year} kl. {shown:02}.{minute}"


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_value_is_shown(standards: Path) -> None:
    checked = 0
    for path in examples(standards):
        reading = engine.read(path.read_bytes())
        if reading.tree is None or reading.recovered:
            continue
        page = squeezed(html.document_fromstring(display.html(reading)).text_content())
        text = squeezed(display.text(reading))
        for where, value in expected_values(reading.tree):
            if value:
                checked += 1
                assert squeezed(value) in page, (path.name, where, value)
                assert squeezed(value) in text, (path.name, where, value)
    assert checked > 3800


def test_ids_and_oids_stand_in_the_closed_part_only(standards: Path) -> None:
    for path in examples(standards):
        reading = engine.read(path.read_bytes())
        if not reading.valid:
            continue
        page = html.document_fromstring(display.html(reading))
        technical = page.find(".//details")
        closed = squeezed(technical.text_content())
        technical.getparent().remove(technical)
        rest = squeezed(page.find(".//article").text_content())
        msg_id = reading.tree.find(".//{*}MsgId").text
        assert msg_id in closed
        assert msg_id not in rest
        if b"2.16.578.1.12" in path.read_bytes():
            assert "2.16.578.1.12" in closed
        assert "2.16.578.1.12" not in rest


def classes() -> set[type[Node]]:
    """Every class of the tables that a document of any family may hold."""
    found: set[type[Node]] = set()

    def visit(annotation: object) -> None:
        if isinstance(annotation, type) and issubclass(annotation, Node):
            if annotation in found or annotation.__module__.endswith("xmldsig"):
                return
            found.add(annotation)
            for inner in get_type_hints(annotation, include_extras=True).values():
                visit(inner)
        for inner in get_args(annotation):
            visit(inner)

    for cls, _ in roots.elements().values():
        visit(cls)
    return found


# What is no element: attributes, and the text or free content of one.
_NO_ELEMENTS = {"V", "S", "DN", "OT", "U", "kept_", "text", "items", "elements", "basiskomponenttype", "komponenttype"}
_NO_ELEMENTS |= {"informasjonskategori", "komponentID", "referanseViktigTilleggsinfo"}


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_no_element_of_the_tables_is_without_a_label(lang: str) -> None:
    """A label of ours in each language, not the element's name taken apart."""
    missing = set()
    for cls in classes():
        for field in msgspec.structs.fields(cls):
            name = field.name
            known = f"{cls.__name__}/{name}" in labels.LABELS or name in labels.LABELS
            if not known and name not in labels.THROUGH | labels.NEVER | _NO_ELEMENTS:
                missing.add(f"{cls.__name__}/{name}")
            assert labels.label(cls.__name__, name, lang)
    assert missing == set()


def test_every_label_has_three_languages() -> None:
    for name, texts in {**labels.LABELS, **labels.WORDS}.items():
        assert len(texts) == 3, name
        assert all(text.strip() for text in texts), name
