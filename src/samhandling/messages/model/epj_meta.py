"""Attributes that tie an element to a component of the patient record (namespace epj/meta)."""

from __future__ import annotations

from typing import Annotated

from samhandling.messages.engine.simple import enumeration
from samhandling.messages.engine.tables import AttributeMark, Family

META = Family("epj", "http://www.kith.no/xmlstds/epj/meta/2008-02-20")

# Both are always given, with the value the element's own table fixes.
BASIC_TYPE = AttributeMark(META, required=True)
COMPONENT_TYPE = AttributeMark(META, required=True)

BasicType = Annotated[
    str,
    enumeration(
        "Mappe",
        "EPJ sak",
        "Importert EPJ sak",
        "Dokument",
        "EPJ dokument",
        "Importert EPJ dokument",
        "Tilleggsinfo",
        "Fragment",
        "EPJ fragment",
        "Dataelement",
        "EPJ ekstrakt",
    ),
]

Category = Annotated[
    Annotated[str, enumeration("Cave/allergier", "Legemidler", "Andre notater", "Uspesifisert")] | None,
    AttributeMark(META),
]
