"""The namespaces and roots of the catalogue are those of the official schemas."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from samhandling.messages import catalogue

XSD = "{http://www.w3.org/2001/XMLSchema}"


def test_every_format_has_an_official_schema_with_that_root(standards: Path) -> None:
    roots: dict[str, set[str]] = {}
    for path in (standards / "schemas").glob("*.xsd"):
        schema = etree.parse(str(path)).getroot()
        names = {str(e.get("name")) for e in schema.iterchildren(f"{XSD}element")}
        roots.setdefault(str(schema.get("targetNamespace")), set()).update(names)
    for message_type in catalogue.all_types():
        assert message_type.root in roots[message_type.namespace], message_type.code


def test_every_logistics_element_is_in_its_schema(standards: Path) -> None:
    for message_type in catalogue.all_types():
        if message_type.element:
            schema = etree.parse(str(standards / "schemas" / f"Pasientlogistikk-v{message_type.version}.xsd")).getroot()
            assert schema.find(f"{XSD}element[@name='{message_type.element}']") is not None
