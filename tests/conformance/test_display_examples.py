"""Every value of every official Pasientlogistikk example stands in its display, value by value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree, html

from samhandling.messages import codes, display, engine
from samhandling.messages.codes.elements import lists_of

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):\d{2}(?:\.\d+)?(Z)?)?")
_HIDDEN_FROM_READERS = {"MsgId", "MIGversion", "RefToParent", "RefToConversation"}


def examples(standards: Path) -> list[Path]:
    found = [
        *(standards / "examples").glob("plo-1.*/Pasientlogistikk*.xml"),
        *(standards / "acceptance" / "pasientlogistikk-1.5").glob("*.xml"),
    ]
    assert len(found) >= 40
    return sorted(found)


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def expected_values(tree: etree._Element) -> Iterator[tuple[str, str]]:
    """(where, what must be shown), told independently of the display's own code."""
    for element in tree.iter("{*}*"):
        name = local(element)
        text = (element.text or "").strip()
        if name in _HIDDEN_FROM_READERS:
            yield f"technical {name}", text
        elif text and name in ("GenDate", "DateOfBirth", "InformasjonGittDato", "GodkjentDato", "DatoSendt"):
            yield name, norwegian(text)
        elif text in ("true", "false"):
            yield name, {"true": "Ja", "false": "Nei"}[text]
        elif name == "Id" and re.fullmatch(r"\d{11}", text):
            yield name, f"{text[:6]} {text[6:]}"
        elif text:
            yield name, text
        value, shown = element.get("V"), element.get("DN")
        if shown:
            yield name, shown
        elif value and name == "TeleAddress":
            yield name, value.removeprefix("tel:")
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
    assert not zulu or int(month) in (1, 2, 3, 10, 11, 12)
    shown = int(hour) + (1 if zulu and (int(month), int(day)) < (3, 25) else 0)
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
    assert checked > 2000


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
        assert (reading.document.MsgInfo.MsgId) in closed
        assert reading.document.MsgInfo.MsgId not in rest
        assert "2.16.578.1.12" in closed
        assert "2.16.578.1.12" not in rest


@pytest.mark.parametrize("lang", ["nb", "nn", "en"])
def test_no_element_of_the_examples_is_without_a_label(standards: Path, lang: str) -> None:
    """A label of ours, not the element's name taken apart."""
    from samhandling.messages.display import labels

    special = labels.THROUGH | labels.NEVER | {"Id", "Type", "Street", "StreetAdr", "PostalCode", "City", "Role"}
    for path in examples(standards):
        reading = engine.read(path.read_bytes())
        if reading.tree is None:
            continue
        for element in reading.tree.iter("{*}*"):
            name = local(element)
            parent = element.getparent()
            known = f"{local(parent) if parent is not None else ''}/{name}" in labels.LABELS or name in labels.LABELS
            assert known or name in special, (path.name, name)
            assert labels.label("", name, lang)
