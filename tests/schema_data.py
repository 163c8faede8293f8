"""Data that a JSON Schema of ours admits, drawn by Hypothesis from the schema itself."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from samhandling.identity.synthetic import person_number

Schema = dict[str, Any]

# What people type, and what they should not.
_WORDS = st.sampled_from(
    ["Åse", "Går bra.\nTrenger hjelp.", "  x  ", "<b>&\"'", "\x00\x0b", "½ glass", "😀", "a" * 300, "1", " ", "\r\n"]
)
_texts = st.one_of(_WORDS, st.text(max_size=30))
_attachments = st.sampled_from([b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"not a picture"])

# Hypothesis wants its bounds naive.
_LATELY = (datetime(2000, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001


def data_for(schema: Schema) -> st.SearchStrategy[Any]:
    """Anything the schema admits: what its examples show, or that with odd values among it."""
    return st.one_of(*(Drawing(schema, **how).document for how in ({}, {"odd_texts": True}, {"wild": True})))


class Drawing:
    """One schema; its examples, or any text where text is free, or (`wild`) any value that it admits."""

    def __init__(self, schema: Schema, *, odd_texts: bool = False, wild: bool = False) -> None:
        self.odd_texts = odd_texts
        self.definitions = schema["$defs"]
        self.wild = wild
        self.document = self.object(schema, 0)

    def value(self, schema: Schema, depth: int) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name == "PatientValues" and not self.wild:
                return _known_patients()
            return self.object(self.definitions[name], depth + 1)
        if "anyOf" in schema:
            return st.one_of([self.value(option, depth) for option in schema["anyOf"]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        match schema["type"]:
            case "object":
                return self.object(schema, depth)
            case "array":
                return st.lists(
                    self.value(schema["items"], depth),
                    min_size=schema.get("minItems", depth and 1),
                    max_size=2 if depth < 2 else 1,
                )
            case "boolean":
                return st.booleans()
            case "integer":
                return st.integers(schema.get("minimum"), schema.get("maximum"))
            case "number":
                low, high = schema.get("minimum"), schema.get("maximum")
                return st.floats(low, high, allow_nan=False, allow_infinity=False)
            case _:
                return self.string(schema)

    def string(self, schema: Schema) -> st.SearchStrategy[str]:
        if "oneOf" in schema:
            return st.sampled_from([option["const"] for option in schema["oneOf"]])
        if schema.get("contentEncoding") == "base64":
            content = _attachments if self.wild else st.just(b"%PDF-1.7 x")
            return content.map(lambda content: base64.b64encode(content).decode())
        examples = st.sampled_from([str(example) for example in schema.get("examples", ["Tekst"])])
        match schema.get("format"):
            case "date":
                dates = st.dates() if self.wild else st.dates(date(2000, 1, 1), date(2030, 12, 31))
                return dates.map(lambda day: day.isoformat())
            case "date-time":
                days = st.datetimes() if self.wild else st.datetimes(*_LATELY)
                instants = days.map(lambda at: at.replace(tzinfo=UTC))
                return instants.map(lambda at: at.isoformat(timespec="seconds"))
            case "uuid":
                return st.uuids().map(str)
        if "pattern" in schema and "maxLength" not in schema:
            return st.from_regex(schema["pattern"].replace("$", r"\Z")) if self.wild else examples
        if not (self.wild or self.odd_texts):
            return examples
        odd = _texts
        if "maxLength" in schema:
            odd = odd.map(lambda text: text.replace("\r", "").replace("\n", "")[: schema["maxLength"]])
        return st.one_of(examples, odd.filter(lambda text: len(text) >= schema.get("minLength", 0)))

    def object(self, schema: Schema, depth: int) -> st.SearchStrategy[dict[str, Any]]:
        if "propertyNames" in schema:
            return st.dictionaries(st.sampled_from(schema["propertyNames"]["enum"]), _texts, max_size=2)
        return self._properties(schema, depth)

    @st.composite
    def _properties(draw: st.DrawFn, self: Drawing, schema: Schema, depth: int) -> dict[str, Any]:
        properties = schema["properties"]
        status = (
            draw(st.sampled_from(properties["status"]["enum"])) if "allOf" in schema and "status" in properties else ""
        )
        names = {*schema.get("required", ()), *_needed(schema, status)}
        excluded = set()
        for condition in schema.get("allOf", ()):
            if "oneOf" in condition:
                excluded = {option["required"][0] for option in condition["oneOf"]}
                names.add(draw(st.sampled_from(sorted(excluded))))
            if "anyOf" in condition and not any(option["required"][0] in names for option in condition["anyOf"]):
                names.add(draw(st.sampled_from(condition["anyOf"]))["required"][0])
        optional = [name for name in properties if name not in names and name not in excluded]
        # Few at a time, so that a document with one odd part is met as often as one with many.
        if optional:
            names.update(draw(st.lists(st.sampled_from(optional), max_size=4 if depth else 12, unique=True)))
        for condition in schema.get("allOf", ()):
            for name, others in condition.get("dependentRequired", {}).items():
                if name in names and excluded.intersection(others) - names:
                    names.discard(name)
                elif name in names:
                    names.update(others)
        if not self.wild:
            names.update({"phone", "hpr_number", "name"} & set(properties))
        found = {name: draw(self.value(properties[name], depth)) for name in properties if name in names}
        return {**found, "status": status} if status else found


def _needed(schema: Schema, status: str) -> Iterator[str]:
    for condition in schema.get("allOf", ()):
        if "if" in condition and status in condition["if"]["properties"]["status"]["enum"]:
            yield from condition["then"]["required"]
        yield from condition.get("required", ())


@st.composite
def _known_patients(draw: st.DrawFn) -> dict[str, Any]:
    """Patients whose number, birth date and sex agree; drawn freely, they hardly ever do."""
    birth = draw(st.dates().filter(lambda day: 1920 <= day.year <= 2025))
    sex = draw(st.sampled_from(["1", "2"]))
    number = {"kind": "FNR", "number": person_number(birth, "1" if sex == "1" else "2")}
    return {
        "family_name": draw(st.sampled_from(["Prøvesen", "O'Test-Ås"])),
        "given_name": "Åse",
        "identifiers": [number],
        "birth_date": birth.isoformat(),
        "sex": sex,
    }
