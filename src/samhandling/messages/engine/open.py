"""Content the standards leave open: wildcards, and elements of type anyType."""

from __future__ import annotations

from typing import Any

import msgspec

from samhandling.messages.engine.diagnose import stray_child
from samhandling.messages.engine.problems import Element, local_name, namespace_of
from samhandling.messages.engine.run import Run, Walk
from samhandling.messages.engine.simple import SIMPLE_TYPES, XML_SPACE
from samhandling.messages.engine.tables import AnyElement, Kept
from samhandling.messages.engine.xsi import NIL, SCHEMA_LOCATION, TYPE, XS, XSI, note_unknown_attribute


def wildcard(name: str, own: str) -> Walk:
    """`any`: an element some table knows; `-lax`: any element, checked if known; `-other`: of another namespace."""
    lax, other = name.endswith("lax"), "other" in name

    def walk(element: Element, run: Run) -> Any:
        if other and namespace_of(element.tag) in (own, ""):
            run.note("element.unexpected", element, f"{local_name(element.tag)} er ikke tillatt her.")
            return None
        plan = run.find(element.tag)
        if lax:
            return any_element(element, run)
        if plan is None:
            text = f"Innholdet {local_name(element.tag)} er ikke i noen standard som støttes (navnerommet er ukjent)."
            run.note("payload.unknown", element, text)
            return None
        value = plan.walk(element, run)
        if value is not None and plan.shared:
            value.kept_ = msgspec.structs.replace(value.kept_ or Kept(), namespace=plan.scope.name)
        return value

    return walk


def any_element(element: Element, run: Run) -> AnyElement | None:
    """An element as it stands, with all in it; parts that a table knows are checked by it."""
    if run.depth >= run.max_depth:
        run.note("xml.too_deep", element, "Elementene ligger for dypt inni hverandre.")
        return None
    plan = run.find(element.tag)
    checked = plan is not None
    if plan is not None:
        plan.walk(element, run)
    elif TYPE in element.keys():  # noqa: SIM118 - an element, no dictionary
        checked = _check_named_type(element, run, dict(element.items())[TYPE])
    run.depth += 1
    items: list[str | AnyElement] = [] if element.text is None else [element.text]
    for child in element:
        inner = _copy(child) if checked else any_element(child, run)
        if inner is not None:
            items.append(inner)
        if child.tail is not None:
            items.append(child.tail)
    run.depth -= 1
    attributes = {name: value for name, value in element.items() if name != SCHEMA_LOCATION}
    return AnyElement(tag=element.tag, attributes=attributes, items=items, prefixes=dict(element.nsmap))


def _check_named_type(element: Element, run: Run, value: str) -> bool:
    """An open element that names its type, as some programs write: True if the type says all about its children."""
    prefix, _, name = value.strip(XML_SPACE).rpartition(":")
    uri = element.nsmap.get(prefix or None, "")
    if uri == XS and name == "anyType":
        return False
    full = name if uri == XS else f"{{{uri}}}{name}"
    if full in SIMPLE_TYPES:
        _check_simple(element, run, full)
        return True
    plan = run.find_type(full)
    if plan is None:
        run.note("type.not_allowed", element, "xsi:type er en type som ikke støttes.", attribute=TYPE)
    else:
        plan.walk(element, run)
    return True


def _check_simple(element: Element, run: Run, name: str) -> None:
    check = SIMPLE_TYPES[name]
    if len(element):
        stray_child(element, run, element[0])
    elif check is not None and not check(element.text or ""):
        run.note("value.wrong", element, f"{local_name(element.tag)} er ingen verdi av typen i xsi:type.")
    for attribute in element.keys():  # noqa: SIM118 - an element, no dictionary
        if not attribute.startswith(XSI):
            note_unknown_attribute(element, run, attribute)


def any_type(element: Element, run: Run) -> AnyElement | None:
    """An element of the standard whose content is left wholly open (anyType)."""
    for name in element.keys():  # noqa: SIM118 - an element, no dictionary
        if name == NIL:
            run.note("nil.not_allowed", element, "Ingen elementer i standarden kan være xsi:nil.", attribute=name)
    return any_element(element, run)


def _copy(element: Element) -> AnyElement:
    """A plain copy, for what is checked already (and so no deeper than allowed)."""
    items: list[str | AnyElement] = [] if element.text is None else [element.text]
    for child in element:
        items.append(_copy(child))
        if child.tail is not None:
            items.append(child.tail)
    attributes = {name: value for name, value in element.items() if name != SCHEMA_LOCATION}
    return AnyElement(tag=element.tag, attributes=attributes, items=items, prefixes=dict(element.nsmap))
