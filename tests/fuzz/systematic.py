"""Every child of every table, one by one: there, missing, twice, out of order, with other values and attributes.

Random documents seldom reach what lies deep in a standard. Here each global element stands alone as root, is as short
as it can be round the child that is looked at, and each small change of that child is judged by us and by the schemas.
"""

from __future__ import annotations

import copy
import random
from collections import deque
from collections.abc import Iterator
from typing import cast

from lxml import etree

from samhandling.messages.engine.content import START, Automaton
from samhandling.messages.engine.describe import Field, child_tag
from samhandling.messages.engine.problems import Element
from samhandling.messages.engine.reading import _plan_of_tag, _plan_of_type, plan_for
from samhandling.messages.engine.run import Run
from samhandling.messages.engine.simple import SimpleType
from samhandling.messages.engine.tables import AnyElement, Node, Scope
from samhandling.messages.model import roots
from tests.fuzz.making import Maker, described

VALUES = ("", " ", "x", "1", "-1", "1.5", "true", "2018-01-29", "2018-01-29T10:11:12", "2018", "QUJD", "1.2.3")
ATTRIBUTES = {"V": "x y", "S": "1.2", "DN": "x", "OT": "x", "U": "x"}


def valid_alone(tree: etree._Element) -> bool:
    """Our verdict on a global element as root."""
    plan = plan_for(tree.tag)
    assert plan is not None
    run = Run(_plan_of_tag, _plan_of_type, 60, 100)
    plan.walk(cast(Element, tree), run)
    return not run.problems


def cases() -> Iterator[tuple[str, etree._Element]]:
    """What was done, and the tree, for every global element of every version."""
    shapes = _Shapes()
    for tag, (cls, scope) in roots.elements().items():
        machine = described(cls, scope.name).automaton
        whole = etree.Element(tag)
        shapes.fill(whole, cls, scope, _longest(machine))
        yield f"{scope.name} {cls.__name__} with all", whole
        for position, name in enumerate(machine.names):
            tree = etree.Element(tag)
            before = _path(machine, START, {position})
            after = [] if position in machine.accepting else _path(machine, position, set(machine.accepting))
            shapes.fill(tree, cls, scope, [*before, *after])
            for done, changed in _changes(tree, len(before) - 1):
                yield f"{scope.name} {cls.__name__}/{name} {done}", changed


def _changes(tree: etree._Element, at: int) -> Iterator[tuple[str, etree._Element]]:
    """The tree, and each small change of its child at that place."""
    yield "there", tree

    def changed() -> tuple[etree._Element, etree._Element]:
        made = copy.deepcopy(tree)
        return made, made[at]

    made, child = changed()
    made.remove(child)
    yield "missing", made
    made, child = changed()
    child.addnext(copy.deepcopy(child))
    yield "twice", made
    made, child = changed()
    made.append(child)
    yield "last", made
    made, child = changed()
    made.insert(0, child)
    yield "first", made
    for value in VALUES:
        made, child = changed()
        # An empty text node is nothing a parser makes.
        child.text = value or None
        yield f"with the text {value!r}", made
    for name, value in ATTRIBUTES.items():
        made, child = changed()
        child.set(name, value)
        yield f"with the attribute {name}", made
        made, child = changed()
        child.set(name, "")
        yield f"with the empty attribute {name}", made


class _Shapes:
    """Makes elements as short as their table allows."""

    def __init__(self) -> None:
        self.maker = Maker(random.Random(1), [])

    def fill(self, element: etree._Element, cls: type[Node], scope: Scope, path: list[int] | None = None) -> None:
        table = described(cls, scope.name)
        for field in table.fields:
            if field.kind == "attribute" and field.required:
                element.set(field.tag(cls, scope), self.maker.simple(field))
            elif field.kind == "text":
                element.text = self.maker.simple(field)
        machine = table.automaton
        if path is None:
            path = [] if START in machine.accepting else _path(machine, START, set(machine.accepting))
        fields = {field.name: field for field in table.of("child")}
        kinds = {kind.__name__: kind for field in table.of("items") for kind in field.classes}
        for position in path:
            name = machine.names[position]
            if name in fields:
                self._child(element, fields[name], cls, scope)
            elif name in kinds:
                self.fill(etree.SubElement(element, child_tag(name, kinds[name], cls, scope)), kinds[name], scope)
            elif name.endswith("lax"):
                etree.SubElement(element, "{urn:a}a")
            else:
                etree.SubElement(element, "{http://www.kith.no/xmlstds/base64container}Base64Container")

    def _child(self, element: etree._Element, field: Field, cls: type[Node], scope: Scope) -> None:
        made = etree.SubElement(element, field.tag(cls, scope))
        if isinstance(field.value, SimpleType):
            made.text = self.maker.simple(field)
        elif field.value is not None and not issubclass(field.value, AnyElement):
            self.fill(made, field.value, scope)


def _path(machine: Automaton, start: int, goals: set[int]) -> list[int]:
    """The shortest way from a place to one of the goals, without the start."""
    queue = deque([(start, [])])
    seen: set[int] = set()
    while queue:
        position, path = queue.popleft()
        for following in machine.follow[position]:
            if following in goals:
                return [*path, following]
            if following not in seen:
                seen.add(following)
                queue.append((following, [*path, following]))
    raise AssertionError("a place nobody can reach")


def _longest(machine: Automaton) -> list[int]:
    """A way that takes whatever may come next, each place once."""
    path, position = [], START
    while True:
        further = [following for following in machine.follow[position] if following > position]
        if not further:
            return path
        position = min(further)
        path.append(position)
