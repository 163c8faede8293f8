"""Documents made at random from the tables: valid by construction, with every optional corner now and then."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from samhandling.messages import catalogue
from samhandling.messages.engine import simple
from samhandling.messages.engine.content import START
from samhandling.messages.engine.describe import Description, Field, child_tag, describe
from samhandling.messages.engine.tables import AnyElement, Kept, Node, Scope
from samhandling.messages.model import base64container, hodemelding, roots

TEXTS = ("x", "æøå ÆØÅ", " to  blanke ", "linje 1\nlinje 2", "<&>\"'", "", "\u2013", "a\tb")
SAMPLES: dict[str, tuple[str, ...]] = {
    "boolean": ("true", "false", "1", "0"),
    "date": ("2018-01-29", "2016-02-29", "1965-07-15Z"),
    "dateTime": ("2018-01-29T10:11:54", "2018-01-29T10:11:54.5+01:00", "2018-01-29T24:00:00Z"),
    "gYear": ("2011",),
    "decimal": ("1.5", "-3", ".5"),
    "double": ("1.5", "1e3", "INF"),
    "integer": ("3", "-4", "007"),
    "anyURI": ("tel:73555555", "mailto:a@b.no", "http://a/b?c#d", ""),
    "base64Binary": ("QUJD", "QQ==", "", "QU JD"),
    "token": ("N", "HER", " V "),
}


@cache
def described(cls: type[Node], scope_name: str) -> Description:
    """What a class says in a version, read once."""
    scope = roots.scope_named(scope_name)
    assert scope is not None
    return describe(cls, scope)


class Maker:
    """Makes nodes of a class by a random walk through its content."""

    def __init__(self, rng: random.Random, payloads: list[tuple[type[Node], Scope]]) -> None:
        self.rng = rng
        self.payloads = payloads
        self.ids = 0

    def message(self) -> Node:
        """A whole document: mostly a header with a payload, now and then one without a header."""
        if self.rng.random() < 0.35:
            cls, scope = self.rng.choice(root_classes(wrapped=False))
            return self.node(cls, scope, 0)
        return self.node(hodemelding.MsgHead, roots.HEAD, 0)

    def of_format(self, found: catalogue.Format) -> Node:
        """A whole document of one standard and version."""
        cls, scope = class_of(found)
        made = self.node(cls, scope, 1)
        if not found.wrapped:
            return made
        while True:
            head = self.node(hodemelding.MsgHead, roots.HEAD, 1)
            if head.Document:
                head.Document[0].RefDoc.FileReference = None
                head.Document[0].RefDoc.Content = hodemelding.Content(elements=[made])
                return head

    def node(self, cls: type[Node], scope: Scope, depth: int) -> Any:
        table = described(cls, scope.name)
        values: dict[str, Any] = {}
        for field in table.fields:
            if (field.kind == "attribute" and (field.required or self.rng.random() < 0.7)) or field.kind == "text":
                values[field.name] = self.simple(field)
        fields = {field.name: field for field in table.fields}
        items: list[Any] = []
        order: list[str] = []
        state = START
        machine = table.automaton
        while True:
            following = machine.follow[state]
            if state in machine.accepting and (not following or self.rng.random() < self._stop(depth)):
                break
            state = self._next(machine.follow, machine.accepting, state, depth)
            name = machine.names[state]
            if name.startswith("any") or name not in fields:
                kinds = next(field for field in table.fields if field.kind == "items").classes
                items.append(self._item(name, kinds, scope, depth))
                continue
            field = fields[name]
            if field.value is AnyElement:
                values[name] = self._any(child_tag(name, AnyElement, cls, scope))
                order.append(name)
                continue
            value = (
                self.simple(field)
                if isinstance(field.value, simple.SimpleType)
                else self.node(field.value, scope, depth + 1)
            )  # type: ignore[arg-type]
            order.append(name)
            if field.many:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        for field in table.of("items"):
            values[field.name] = self._mix(items) if cls.xml.mixed else items
        if machine.mixed_order:
            values["kept_"] = Kept(order=tuple(order))
        return cls(**values)

    def _stop(self, depth: int) -> float:
        return min(0.9, 0.15 + 0.12 * depth)

    def _next(self, follow: dict[int, tuple[int, ...]], accepting: frozenset[int], state: int, depth: int) -> int:
        after = follow[state]
        if self.rng.random() < min(0.95, 0.1 * depth) or len(after) == 1:
            # Deep down, take the place nearest the end, so that documents end.
            return max(after)
        return self.rng.choice(after)

    def _mix(self, items: list[Any]) -> list[Any]:
        mixed: list[Any] = []
        for item in items:
            if self.rng.random() < 0.4:
                mixed.append(self.rng.choice(("tekst", " ", "\n")))
            mixed.append(item)
        return mixed

    def _any(self, tag: str) -> AnyElement:
        xhtml = "{http://www.w3.org/1999/xhtml}"
        prefixes: dict[str | None, str] = {"h": "http://www.w3.org/1999/xhtml"}
        bold = AnyElement(tag=f"{xhtml}b", items=["fet"], prefixes=prefixes)
        box = AnyElement(
            tag=f"{xhtml}div", attributes={"class": "x"}, items=["æ ", bold, " ", bold, "\n"], prefixes=prefixes
        )
        items = self.rng.choice((["bare tekst\n"], [], [box], ["før ", box, " etter"]))
        return AnyElement(tag=tag, items=list(items))

    def _item(self, name: str, kinds: tuple[type[Node], ...], scope: Scope, depth: int) -> Any:
        if not name.startswith("any"):
            return self.node(next(kind for kind in kinds if kind.__name__ == name), scope, depth + 1)
        if name.endswith("lax"):
            inner = AnyElement(tag="{urn:b}c", items=["æ"], prefixes={"b": "urn:b"})
            return AnyElement(tag="{urn:a}a", attributes={"x": "1"}, items=["t", inner, " "], prefixes={None: "urn:a"})
        if depth < 4 and self.rng.random() < 0.9:
            cls, version = self.rng.choice(self.payloads)
            made = self.node(cls, version, depth)
            if len(roots.scopes_of(cls)) > 1:
                made.kept_ = Kept(order=made.kept_.order if made.kept_ else (), namespace=version.name)
            return made
        return base64container.Base64Container(text=self.rng.choice(SAMPLES["base64Binary"]))

    def simple(self, field: Field) -> str:
        kind = field.value
        assert isinstance(kind, simple.SimpleType)
        if field.fixed is not None:
            return field.fixed
        if kind is simple.XML_ID:
            self.ids += 1
            return f"id{self.ids}"
        if kind is simple.POINT_IN_TIME:
            return self.rng.choice(("2018-01-29", "2018", "2018-01", "10:11:12", "2018-01-29T10:11:12"))
        if "OID" in kind.say:
            return self.rng.choice(("2.16.578.1.12.4.1.1.9051", "1", " 2.16 "))
        if "base64" in kind.say:
            return self.rng.choice(SAMPLES["base64Binary"])
        if kind.name.endswith("HMACOutputLengthType"):
            return "128"
        if kind.name.endswith("}INT"):
            return self.rng.choice(SAMPLES["integer"])
        if kind is simple.PLAIN_BOOLEAN:
            return self.rng.choice(("true", "false"))
        if kind.check is not None and kind.name not in SAMPLES:
            return kind.say.removeprefix("en av: ").split(", ")[0]
        return self.rng.choice(SAMPLES.get(kind.name, TEXTS))


def formats() -> list[catalogue.Format]:
    """Every standard and version of the product, each once."""
    return list(dict.fromkeys(known.format for known in catalogue.all_types()))


def class_of(found: catalogue.Format) -> tuple[type[Node], Scope]:
    """The root, or the payload's root, of a format."""
    return roots.elements()[f"{{{found.namespace}}}{found.root}"]


@cache
def root_classes(*, wrapped: bool) -> list[tuple[type[Node], Scope]]:
    """The roots of documents without a header, or of payloads with one."""
    return [class_of(found) for found in formats() if found.wrapped == wrapped]


def payload_roots() -> list[tuple[type[Node], Scope]]:
    """The payloads of the registry, each version of them."""
    return [
        (cls, scope)
        for cls, scope in roots.elements().values()
        if scope.standard not in ("", "apprec") and len(roots.scopes_of(cls)) == 1
    ]
