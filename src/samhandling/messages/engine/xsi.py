"""The attributes of XML Schema itself, and xs:ID: judged as libxml2 does."""

from __future__ import annotations

from collections.abc import Mapping

from samhandling.messages.engine.describe import Kind
from samhandling.messages.engine.problems import Element, local_name
from samhandling.messages.engine.run import Run
from samhandling.messages.engine.simple import DERIVED, XML_SPACE, SimpleType
from samhandling.messages.engine.tables import AnyElement, Scope

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SCHEMA_LOCATION, NO_NAMESPACE_LOCATION = XSI + "schemaLocation", XSI + "noNamespaceSchemaLocation"
TYPE, NIL = XSI + "type", XSI + "nil"
DECLARES = "xmlns:"
XS = "http://www.w3.org/2001/XMLSchema"


def note_unknown_attribute(element: Element, run: Run, name: str) -> None:
    """An attribute the standard does not have there."""
    text = f"Attributtet {local_name(name)} hører ikke til på {local_name(element.tag)}."
    run.note("attribute.unknown", element, text, attribute=name)


def note_id(element: Element, run: Run, value: str, name: str) -> None:
    """An xs:ID stands once in a document."""
    key = value.strip(XML_SPACE)
    if key in run.ids:
        run.note("value.id_repeated", element, "Id-en er brukt på et annet element i dokumentet.", name)
    run.ids.add(key)


def carries(element: Element, run: Run, name: str, value: str, kind: Kind, scope: Scope) -> bool:
    """Judge an xsi attribute; True if a faithful copy must carry it."""
    if name in (SCHEMA_LOCATION, NO_NAMESPACE_LOCATION):
        return name == NO_NAMESPACE_LOCATION
    if name == NIL:
        run.note("nil.not_allowed", element, "Ingen elementer i standarden kan være xsi:nil.", attribute=name)
    elif name != TYPE:
        note_unknown_attribute(element, run, name)
    elif _fits(element, value, kind, scope):
        return True
    else:
        run.note("type.not_allowed", element, "xsi:type er ukjent eller passer ikke for elementet.", attribute=name)
    return False


def keep(kept: dict[str, str], element: Element, name: str, value: str) -> None:
    """Remember an xsi attribute for a faithful copy; a type with the declaration of its prefix, as `xmlns:prefix`."""
    kept[name] = value
    if name == TYPE:
        prefix = value.strip(XML_SPACE).rpartition(":")[0]
        kept[DECLARES + prefix] = element.nsmap.get(prefix or None, "")


def declared(kept: Mapping[str, str]) -> dict[str | None, str]:
    """The namespace declarations that kept attributes need."""
    return {name.removeprefix(DECLARES) or None: uri for name, uri in kept.items() if name.startswith(DECLARES)}


def _fits(element: Element, value: str, kind: Kind, scope: Scope) -> bool:
    """No standard here derives a complex type from another, so only the declared type itself fits."""
    prefix, _, name = value.strip(XML_SPACE).rpartition(":")
    uri = element.nsmap.get(prefix or None, "")
    if not isinstance(kind, SimpleType):
        if issubclass(kind, AnyElement):
            return False
        return kind.xml.kind == "type" and uri == scope.uri(kind.xml.family) and name == kind.__name__
    derived, check = name if uri == XS else f"{{{uri}}}{name}", None
    while derived != kind.name:
        if derived not in DERIVED:
            return False
        derived, own = DERIVED[derived]
        check = check or own
    return check is None or check(element.text or "")
