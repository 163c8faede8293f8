"""The walkers: each class becomes one function that checks an element and binds it, in a single pass.

A walker goes through the children once, one dictionary look-up each: the state says which element may come and which
state follows. Whatever is wrong is noted in the run and the walk goes on, so that one reading finds all problems; a
document with problems is not bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from samhandling.messages.engine.describe import Field, Kind
from samhandling.messages.engine.diagnose import Place, note_missing, note_value, resume, stray_child, stray_text
from samhandling.messages.engine.problems import Element, local_name
from samhandling.messages.engine.run import ACCEPT, WILD, Run, State, Walk
from samhandling.messages.engine.simple import XML_ID, XML_SPACE, SimpleType
from samhandling.messages.engine.tables import Kept, Node, Scope
from samhandling.messages.engine.xsi import (
    XSI,
    carries,
    keep,
    note_id,
    note_unknown_attribute,
)

AttributeReader = Callable[[Element, "Run", dict[str, Any]], "dict[str, str] | None"]


def attribute_reader(cls: type[Node], scope: Scope, fields: tuple[Field, ...], kind: Kind) -> AttributeReader:
    """Reads the attributes into values; returns the xsi attributes that a faithful copy needs."""
    known = {field.tag(cls, scope): (field, _simple_check(field)) for field in fields}
    required = [tag for tag, (field, _) in known.items() if field.required]

    def read(element: Element, run: Run, values: dict[str, Any]) -> dict[str, str] | None:
        kept: dict[str, str] | None = None
        for name, value in element.items():
            found = known.get(name)
            if found is None:
                if name.startswith(XSI):
                    if carries(element, run, name, value, kind, scope):
                        kept = kept or {}
                        keep(kept, element, name, value)
                else:
                    note_unknown_attribute(element, run, name)
                continue
            field, check = found
            if check is not None and not check(value):
                run.note("value.wrong", element, f"Attributtet {field.name} skal være {_said(field)}.", attribute=name)
            elif field.fixed is not None and value != field.fixed:
                run.remark("value.fixed", element, f"Attributtet {field.name} skal være «{field.fixed}».", name)
            elif field.value is XML_ID:
                note_id(element, run, value, name)
            values[field.name] = value
        for tag in required:
            if known[tag][0].name not in values:
                run.note(
                    "attribute.missing",
                    element,
                    f"Attributtet {local_name(tag)} mangler på {local_name(element.tag)}.",
                    attribute=tag,
                )
        return kept

    return read


def _said(field: Field) -> str:
    assert isinstance(field.value, SimpleType)
    return field.value.say


def check_of(kind: SimpleType, field: Field | None) -> Callable[[str], bool] | None:
    """The check of a simple value. An empty element takes the fixed value, says XML Schema.

    A fixed attribute with another value is only remarked on: the judge everybody uses, libxml2, lets it pass.
    """
    if field is not None and field.fixed is not None and field.kind == "child":
        return {field.fixed, ""}.__contains__
    return kind.check


def _simple_check(field: Field) -> Callable[[str], bool] | None:
    assert isinstance(field.value, SimpleType)
    return check_of(field.value, field)


def leaf_walker(cls: type[Node], read_attributes: AttributeReader, fields: tuple[Field, ...]) -> Walk:
    """An element with attributes only: CS, CV, TS … Every third element is one, so the usual case goes first."""
    # What the usual case knows: attribute -> its check, True for any text.
    usual: dict[str, Callable[[str], bool] | Literal[True]] = {}
    if all(field.family is None and not field.required and field.value is not XML_ID for field in fields):
        usual = {field.name: _simple_check(field) or True for field in fields}

    def walk(element: Element, run: Run) -> Any:
        if element.text is not None or len(element):
            _note_content(element, run)
        if usual:
            bound = cls()
            for name, text in element.items():
                check = usual.get(name)
                if check is not True and (check is None or not check(text)):
                    break
                setattr(bound, name, text)
            else:
                return bound
        values: dict[str, Any] = {}
        kept = read_attributes(element, run, values)
        if kept:
            values["kept_"] = Kept(attributes={"": kept})
        return None if run.problems else cls(**values)

    return walk


def _note_content(element: Element, run: Run) -> None:
    if element.text is not None:
        stray_text(element, run)
    if len(element):
        stray_child(element, run, element[0])


def text_walker(cls: type[Node], field: Field, read_attributes: AttributeReader) -> Walk:
    """An element with a simple value and perhaps attributes."""
    assert isinstance(field.value, SimpleType)
    check, name = check_of(field.value, field), field.name

    def walk(element: Element, run: Run) -> Any:
        values: dict[str, Any] = {}
        kept = read_attributes(element, run, values)
        if kept:
            values["kept_"] = Kept(attributes={"": kept})
        if len(element):
            stray_child(element, run, element[0])
        value = element.text or ""
        if check is not None and not check(value):
            text = f"{local_name(element.tag)} skal være {field.value.say}."  # type: ignore[union-attr]
            run.note("value.wrong", element, text)
        values[name] = value
        return None if run.problems else cls(**values)

    return walk


def _simple_extras(element: Element, run: Run, place: Place, kept: dict[str, dict[str, str]], key: str) -> None:
    """A simple value with attributes or children: xsi attributes may stand there, nothing else."""
    if len(element):
        stray_child(element, run, element[0])
    for name, value in element.items():
        if not name.startswith(XSI):
            note_unknown_attribute(element, run, name)
        elif carries(element, run, name, value, place.kind, place.scope):
            keep(kept.setdefault(key, {}), element, name, value)


def element_walker(cls: type[Node], start: State, read_attributes: AttributeReader, needs_attributes: bool) -> Walk:
    """An element with child elements in the order of the table. The hot path: keep it flat."""

    def walk(element: Element, run: Run) -> Any:
        values: dict[str, Any] = {}
        kept: dict[str, dict[str, str]] | None = None
        if needs_attributes or element.keys():
            own = read_attributes(element, run, values)
            if own:
                kept = {"": own}
        text = element.text
        if text is not None and text.strip(XML_SPACE):
            stray_text(element, run)
        state = start
        # lxml hands out a list four times as fast as it iterates.
        for child in element[:]:
            step = state.get(child.tag)
            if step is None:
                step = resume(element, run, child, state)
                if step is None:
                    continue
            name, many, inner, check, place, state = step
            if inner is not None:
                value = inner(child, run)
            else:
                value = child.text or ""
                if child.keys() or len(child):
                    if kept is None:
                        kept = {}
                    _simple_extras(child, run, place, kept, f"{name}[{len(values.get(name, ()))}]" if many else name)
                if check is not None and not check(value):
                    note_value(child, run, place)
            if many:
                got = values.get(name)
                if got is None:
                    values[name] = [value]
                else:
                    got.append(value)
            else:
                values[name] = value
            tail = child.tail
            if tail is not None and tail.strip(XML_SPACE):
                stray_text(element, run)
        if ACCEPT not in state:
            note_missing(element, run, state)
        if run.problems:
            return None
        if kept or (text and not len(element)):
            values["kept_"] = Kept(attributes=kept or {}, space="" if len(element) else text or "")
        return cls(**values)

    return walk


def ordered_walker(cls: type[Node], start: State, read_attributes: AttributeReader, needs_attributes: bool) -> Walk:
    """As `_element_walker`, for the few classes whose children may come in an order the table leaves open."""
    inner_walk = element_walker(cls, start, read_attributes, needs_attributes)

    def walk(element: Element, run: Run) -> Any:
        value = inner_walk(element, run)
        if value is not None:
            order = tuple(local_name(child.tag) for child in element)
            value.kept_ = msgspec.structs.replace(value.kept_ or Kept(), order=order)
        return value

    return walk


def items_walker(cls: type[Node], name: str, start: State, read_attributes: AttributeReader) -> Walk:
    """An element whose content the standard leaves open: everything in document order."""
    mixed = cls.xml.mixed

    def walk(element: Element, run: Run) -> Any:
        values: dict[str, Any] = {}
        kept = read_attributes(element, run, values)
        items: list[Any] = []
        state = start

        def take(text: str | None) -> None:
            if text is None:
                return
            if mixed:
                items.append(text)
            elif text.strip(XML_SPACE):
                stray_text(element, run)

        take(element.text)
        for child in element:
            step = state.get(child.tag) or state.get(WILD)
            if step is None:
                step = resume(element, run, child, state)
                if step is None:
                    continue
            _, _, inner, _, _, state = step
            items.append(inner(child, run))
            take(child.tail)
        if ACCEPT not in state:
            note_missing(element, run, state)
        if run.problems:
            return None
        space = "" if mixed or len(element) else element.text or ""
        if kept or space:
            values["kept_"] = Kept(attributes={"": kept} if kept else {}, space=space)
        values[name] = items
        return cls(**values)

    return walk
