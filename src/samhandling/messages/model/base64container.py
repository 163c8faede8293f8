"""Attachments inside RefDoc/Content (namespace base64container)."""

from __future__ import annotations

from typing import Annotated

from samhandling.messages.engine.simple import SimpleType, is_base64
from samhandling.messages.engine.tables import Family, Node, Text, element

BASE64 = Family("bas", "http://www.kith.no/xmlstds/base64container")


class Base64Container(Node):
    """An attachment as base64; white space in it is kept as written."""

    xml = element(BASE64)
    text: Text[Annotated[str, SimpleType("", "base64-kodet innhold", is_base64)]]
