"""Reading a table: what the fields of a class say, in one version of its standard."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import Annotated, Literal, get_args, get_origin

import msgspec

from samhandling.messages.engine.content import Automaton, automaton
from samhandling.messages.engine.simple import SimpleType
from samhandling.messages.engine.tables import (
    AnyElement,
    AttributeMark,
    ByVersion,
    Family,
    Fixed,
    ItemsMark,
    Node,
    RequiredIn,
    Scope,
    Since,
    TextMark,
    Until,
)

# What a child may be: a simple value, a class of the tables, or anything at all.
Kind = SimpleType | type[Node] | type[AnyElement]


@dataclass(frozen=True, slots=True)
class Field:
    """One child, attribute, text or list of items. `value` is its simple type or class."""

    name: str
    kind: Literal["child", "attribute", "text", "items"]
    value: Kind | None
    many: bool
    required: bool
    fixed: str | None
    family: Family | None
    classes: tuple[type[Node], ...]

    @property
    def count(self) -> str:
        """How often it stands, as a content expression says it."""
        if self.many:
            return "+" if self.required else "*"
        return "" if self.required else "?"

    def tag(self, cls: type[Node], scope: Scope) -> str:
        """The name with its namespace, as it stands in the document."""
        if self.kind == "attribute":
            return f"{{{scope.uri(self.family)}}}{self.name}" if self.family else self.name
        return child_tag(self.name, self.value, cls, scope)


def child_tag(name: str, kind: Kind | None, cls: type[Node], scope: Scope) -> str:
    """A child that is a global element stands in its own namespace, every other in that of the class."""
    family = cls.xml.family
    if isinstance(kind, type) and issubclass(kind, Node) and kind.xml.kind == "element":
        family = kind.xml.family
    return f"{{{scope.uri(family)}}}{name}"


@dataclass(frozen=True, slots=True)
class Description:
    """A class in one version: its fields and the automaton of its content."""

    fields: tuple[Field, ...]
    automaton: Automaton

    def of(self, kind: str) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind == kind)


def _field(name: str, hint: object, default: bool, version: str) -> Field | None:
    """The field in this version; None if it came later or went before."""
    marks: list[object] = []
    many = optional = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            marks = [*marks, *hint.__metadata__]  # type: ignore[attr-defined]
            hint = get_args(hint)[0]
            if any(isinstance(mark, ItemsMark) for mark in marks):
                break
            picked = next((mark for mark in marks if isinstance(mark, ByVersion)), None)
            if picked is not None and version in picked.kinds:
                optional = optional or type(None) in get_args(hint)
                hint = picked.kinds[version]
                marks.remove(picked)
        elif origin in (typing.Union, types.UnionType):
            optional = True
            hint = next(arg for arg in get_args(hint) if arg is not type(None))
        elif origin is list:
            many = True
            hint = get_args(hint)[0]
        else:
            break
    simple = next((mark for mark in marks if isinstance(mark, SimpleType)), None)
    kind: Literal["child", "attribute", "text", "items"] = "child"
    required = not (default if many else optional)
    family: Family | None = None
    classes: tuple[type[Node], ...] = ()
    value = None
    for mark in marks:
        if isinstance(mark, Since) and version < mark.version:
            return None
        if isinstance(mark, Until) and version > mark.version:
            return None
        if isinstance(mark, RequiredIn):
            required = required or version == mark.version
        elif isinstance(mark, Fixed):
            value = mark.value
        elif isinstance(mark, TextMark):
            kind = "text"
        elif isinstance(mark, ItemsMark):
            kind, classes = "items", mark.classes
        elif isinstance(mark, AttributeMark):
            kind, required, family = "attribute", mark.required, mark.family
    value_type = simple or (hint if isinstance(hint, type) and issubclass(hint, (Node, AnyElement)) else None)
    if value_type is None and kind != "items":
        raise TypeError(f"field {name}: {hint!r} is neither a simple type nor a table")
    return Field(name, kind, value_type, many, required, value, family, classes)


def describe(cls: type[Node], scope: Scope) -> Description:
    """What a class says in this version. Raises TypeError or ValueError for a table that cannot be read."""
    hints = typing.get_type_hints(cls, include_extras=True)
    hints.pop("xml")
    hints.pop("kept_")
    given = zip(reversed(cls.__struct_fields__), reversed(cls.__struct_defaults__), strict=False)
    defaults = {name for name, default in given if default is not msgspec.NODEFAULT}
    version = scope.version_of(cls.xml.family)
    found = (_field(name, hint, name in defaults, version) for name, hint in hints.items())
    fields = tuple(field for field in found if field is not None)
    names = {field.name for field in fields if field.kind == "child"}
    names |= {kind.__name__ for field in fields for kind in field.classes}
    expression = cls.xml.content
    if expression is None:
        expression = ", ".join(
            field.name + ("+" if field.required else "*")
            if field.many
            else field.name + ("" if field.required else "?")
            for field in fields
            if field.kind == "child"
        )
    return Description(fields, automaton(expression, lambda name: name in names or name.startswith("any")))
