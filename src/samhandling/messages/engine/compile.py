"""From tables to walkers: each class once per version of its standard."""

from __future__ import annotations

from typing import Any

from samhandling.messages.engine.content import START, Automaton
from samhandling.messages.engine.describe import Field, Kind, child_tag, describe
from samhandling.messages.engine.diagnose import Place
from samhandling.messages.engine.open import any_type, wildcard
from samhandling.messages.engine.problems import Element
from samhandling.messages.engine.run import ACCEPT, HERE, WILD, Plan, Run, State, Walk
from samhandling.messages.engine.simple import SimpleType
from samhandling.messages.engine.tables import AnyElement, Node, Scope
from samhandling.messages.engine.walk import (
    attribute_reader,
    check_of,
    element_walker,
    items_walker,
    leaf_walker,
    ordered_walker,
    text_walker,
)


class Compiler:
    """Compiles classes to plans, each class once per version."""

    def __init__(self) -> None:
        self.plans: dict[tuple[type[Node], str], Plan] = {}
        self.open: set[tuple[type[Node], str]] = set()

    def plan(self, cls: type[Node], scope: Scope) -> Plan:
        """The plan of a class in a version; compiles what is missing."""
        key = (cls, scope.name)
        found = self.plans.get(key)
        if found is None:
            found = Plan(cls, scope)
            self.plans[key] = found
            self.open.add(key)
            found.walk = self._walker(cls, scope)
            self.open.discard(key)
        return found

    def _inner(self, kind: Kind, scope: Scope) -> Walk | None:
        if isinstance(kind, SimpleType):
            return None
        if issubclass(kind, AnyElement):
            return any_type
        plan = self.plan(kind, scope)
        if (kind, scope.name) in self.open:
            return _recursive(plan)
        return plan.walk

    def _walker(self, cls: type[Node], scope: Scope) -> Walk:
        described = describe(cls, scope)
        attributes = described.of("attribute")
        texts, items, children = (described.of(kind) for kind in ("text", "items", "child"))
        if texts:
            assert isinstance(texts[0].value, SimpleType)
            # Without attributes of its own the element has a simple type, and xsi:type may narrow it.
            kind = cls if attributes else texts[0].value
            return text_walker(cls, texts[0], attribute_reader(cls, scope, attributes, kind))
        read_attributes = attribute_reader(cls, scope, attributes, cls)
        if items:
            types = {kind.__name__: kind for kind in items[0].classes}
            start = self._states(cls, scope, described.automaton, {}, types)
            return items_walker(cls, items[0].name, start, read_attributes)
        if not children:
            return leaf_walker(cls, read_attributes, attributes)
        fields = {field.name: field for field in children}
        start = self._states(cls, scope, described.automaton, fields, {})
        needs_attributes = any(field.required for field in attributes)
        make = ordered_walker if described.automaton.mixed_order else element_walker
        return make(cls, start, read_attributes, needs_attributes)

    def _states(
        self,
        cls: type[Node],
        scope: Scope,
        machine: Automaton,
        fields: dict[str, Field],
        types: dict[str, type[Node]],
    ) -> State:
        """The automaton as dictionaries: tag -> (field, list?, walker, check, place, next state)."""
        states: dict[int, State] = {position: {} for position in [START, *range(len(machine.names))]}
        steps: list[tuple[str, Any]] = []
        for position, name in enumerate(machine.names):
            after = states[position]
            if name.startswith("any"):
                steps.append((WILD, (name, False, wildcard(name, scope.uri(cls.xml.family)), None, None, after)))
                continue
            field = fields.get(name)
            kind = field.value if field else types[name]
            assert kind is not None
            check = check_of(kind, field) if isinstance(kind, SimpleType) else None
            place = Place(name, kind, scope, field)
            step = (name, bool(field and field.many), self._inner(kind, scope), check, place, after)
            steps.append((child_tag(name, kind, cls, scope), step))
        for position, state in states.items():
            for following in machine.follow[position]:
                tag, step = steps[following]
                state[tag] = step
            state[HERE] = (position, machine, steps)
            if position in machine.accepting:
                state[ACCEPT] = True
        return states[START]


def _recursive(plan: Plan) -> Walk:
    """A class inside itself: looked up late, and only to the depth allowed."""

    def walk(element: Element, run: Run) -> Any:
        if run.depth >= run.max_depth:
            run.note("xml.too_deep", element, "Elementene ligger for dypt inni hverandre.")
            return None
        run.depth += 1
        value = plan.walk(element, run)
        run.depth -= 1
        return value

    return walk
