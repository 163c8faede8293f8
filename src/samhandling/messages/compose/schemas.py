"""The JSON Schema (draft 2020-12) of values, from what their fields say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samhandling.messages.compose.about import Field, fields_of
from samhandling.messages.compose.checking import LONGEST_LINE, allowed

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_CHOICES = 40
"""A longer code list is named, not written out."""

Schema = dict[str, Any]


@dataclass(frozen=True)
class Needs:
    """Fields that must be there in messages of some statuses."""

    fields: tuple[str, ...]
    # Forsendelsesstatus; empty: always.
    statuses: tuple[str, ...] = ()
    # One of the fields is enough; or exactly one may be there.
    one_of: bool = False
    just_one: bool = False
    # What these fields need when they are there: (field, (field, …)).
    together: tuple[tuple[str, tuple[str, ...]], ...] = ()


def schema_of(cls: type, title: str, needs: tuple[Needs, ...]) -> Schema:
    """The schema of a class of values, with the values inside it under `$defs`."""
    definitions: dict[str, Schema] = {}
    whole = _object(cls, definitions)
    conditional = {name for need in needs for name in need.fields}
    whole["required"] = [name for name in whole.get("required", ()) if name not in conditional]
    conditions = [_condition(need) for need in needs if need.fields or need.together]
    return {
        "$schema": DIALECT,
        "title": title,
        **whole,
        "allOf": conditions,
        "$defs": dict(sorted(definitions.items())),
    }


def _condition(need: Needs) -> Schema:
    if need.together:
        return {"dependentRequired": {name: list(others) for name, others in need.together}}
    if need.just_one:
        return {"oneOf": [{"required": [name]} for name in need.fields]}
    if need.one_of:
        return {"anyOf": [{"required": [name]} for name in need.fields]}
    if not need.statuses:
        return {"required": list(need.fields)}
    return {
        "if": {"properties": {"status": {"enum": list(need.statuses)}}, "required": ["status"]},
        "then": {"required": list(need.fields)},
    }


def _object(cls: type, definitions: dict[str, Schema]) -> Schema:
    fields = fields_of(cls)
    found: Schema = {
        "type": "object",
        "properties": {field.name: _property(field, definitions) for field in fields},
        "required": [field.name for field in fields if field.about.required and field.default in (None, "", b"", ())],
        "additionalProperties": False,
    }
    if not found["required"]:
        del found["required"]
    return found


def _property(field: Field, definitions: dict[str, Schema]) -> Schema:
    told: Schema = {"title": field.about.title}
    if field.about.help:
        told["description"] = field.about.help
    value = _value(field, definitions)
    if field.many:
        if field.about.example is not None:
            value["examples"] = [field.about.example]
        least = {"minItems": 1} if field.about.required else {}
        return {**told, "type": "array", "items": value, **least}
    if field.about.example is not None:
        told["examples"] = [field.about.example]
    if field.default not in (None, "", b"", (), {}):
        told["default"] = field.default
    return {**told, **value}


def _value(field: Field, definitions: dict[str, Schema]) -> Schema:
    match field.kind:
        case "object":
            references = [_reference(cls, definitions) for cls in field.classes]
            return references[0] if len(references) == 1 else {"anyOf": references}
        case "choice":
            return {"enum": list(field.choices)}
        case "flag":
            return {"type": "boolean"}
        case "whole" | "number":
            return _number(field)
        case "day":
            return {"type": "string", "format": "date"}
        case "instant":
            return {"type": "string", "format": "date-time"}
        case "when":
            return {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
        case "bytes":
            return {"type": "string", "contentEncoding": "base64"}
        case "texts":
            return {
                "type": "object",
                "propertyNames": {"enum": list(allowed(field.about.lists, field.about.only))},
                "additionalProperties": {"type": "string"},
            }
        case _:
            return _text(field)


def _text(field: Field) -> Schema:
    lists = field.about.lists
    if lists:
        known = allowed(lists, field.about.only)
        if len(known) > MOST_CHOICES:
            return {"type": "string", "$comment": f"Kode fra kodeverk {', '.join(lists)}."}
        return {"type": "string", "oneOf": [{"const": value, "title": name} for value, name in known.items()]}
    if field.about.form == "uuid":
        return {"type": "string", "format": "uuid"}
    least = {"minLength": 1} if field.about.required else {}
    return {"type": "string", **least, **_FORMS.get(field.about.form, {})}


_FORMS: Mapping[str, Schema] = {
    "line": {"maxLength": LONGEST_LINE, "pattern": "^[^\\r\\n]*$"},
    "token": {"pattern": "^[0-9A-Za-z.,/()*+_:-]{1,80}$"},
    "phone": {"pattern": "^[+]?[0-9][0-9 ]{2,20}$"},
    "her_id": {"pattern": "^[1-9][0-9]{0,9}$"},
    "person_number": {"pattern": "^[0-9A-Za-z]{1,40}$"},
}


def _number(field: Field) -> Schema:
    found: Schema = {"type": "integer" if field.kind == "whole" else "number"}
    if field.about.least is not None:
        found["minimum"] = field.about.least
    if field.about.most is not None:
        found["maximum"] = field.about.most
    return found


def _reference(cls: type, definitions: dict[str, Schema]) -> Schema:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}
        definitions[cls.__name__] = _object(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}
