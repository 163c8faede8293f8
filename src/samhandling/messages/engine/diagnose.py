"""Saying what is wrong, and where to go on from: only runs when something is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from samhandling.messages.engine.content import START, Automaton
from samhandling.messages.engine.describe import Field, Kind
from samhandling.messages.engine.problems import Element, local_name, namespace_of
from samhandling.messages.engine.run import HERE, WILD, Run, State
from samhandling.messages.engine.simple import SimpleType
from samhandling.messages.engine.tables import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """A child of a class: what stands there."""

    name: str
    kind: Kind
    scope: Scope
    field: Field | None


def stray_text(element: Element, run: Run) -> None:
    """Text between elements, where the standard has none."""
    run.note("text.unexpected", element, f"{local_name(element.tag)} skal ikke ha tekst utenom elementene.")


def stray_child(element: Element, run: Run, child: Element) -> None:
    """An element where the standard wants only a value, or nothing."""
    run.note("element.unexpected", child, f"{local_name(element.tag)} skal ikke ha elementer i seg.")


def note_value(element: Element, run: Run, place: Place) -> None:
    """A simple value that is none of its type, or not the fixed one."""
    if place.field is not None and place.field.fixed is not None:
        run.note("value.fixed", element, f"{place.name} skal være «{place.field.fixed}».")
    else:
        assert isinstance(place.kind, SimpleType)
        run.note("value.wrong", element, f"{place.name} skal være {place.kind.say}.")


def resume(element: Element, run: Run, child: Element, state: State) -> Any:
    """An element that may not stand here: note it, and give the step to go on with (None: leave it out).

    If the element belongs further on, what should have come before it is missing; else it is out of order, one too
    many, or unknown.
    """
    position, machine, steps = state[HERE]
    tag, name = child.tag, local_name(child.tag)
    places = [at for at, (known, _) in enumerate(steps) if known == tag]
    later = [at for at in places if at > position]
    if later:
        awaited = _awaited(machine, position, later[0])
        if awaited:
            run.note("element.missing", child, f"{awaited} mangler foran {name}.")
            return steps[later[0]][1]
    if places:
        text = f"{name} står på feil plass, kan ikke gjentas eller kan ikke stå sammen med det som er foran."
        run.note("element.order", child, text)
        return None
    same_name = [known for known, _ in steps if known != WILD and local_name(known) == name]
    if same_name:
        text = f"{name} er i feil navnerom; her ventes {namespace_of(same_name[0])}."
        run.note("element.namespace", child, text)
        return steps[[known for known, _ in steps].index(same_name[0])][1] if _fits(state, same_name[0]) else None
    run.note("element.unknown", child, f"{name} hører ikke til i {local_name(element.tag)}.")
    return None


def _fits(state: State, tag: str) -> bool:
    return tag in state


def _awaited(machine: Automaton, position: int, until: int | None) -> str:
    """What must come between here and a later place (None: the end); "" if that place cannot be reached.

    Where every way there passes one element, that one; else the alternatives that may come next.
    """
    if not _reaches(machine, position, until, without=None):
        return ""
    must = [
        at for at in range(len(machine.names)) if at != until and not _reaches(machine, position, until, without=at)
    ]
    if must:
        return _list([machine.names[at] for at in must], "og")
    return _list([machine.names[at] for at in machine.follow[position]], "eller")


def _reaches(machine: Automaton, position: int, until: int | None, without: int | None) -> bool:
    """Whether a place (None: the end) can be reached, without passing another."""
    seen, queue = {position}, [position]
    while queue:
        current = queue.pop()
        if until is None and current in machine.accepting:
            return True
        for at in machine.follow[current]:
            if at == until:
                return True
            if at not in seen and at != without:
                seen.add(at)
                queue.append(at)
    return False


def _list(names: list[str], word: str) -> str:
    readable = [("et element fra en annen standard" if name.startswith("any") else name) for name in names]
    unique = list(dict.fromkeys(readable))
    if len(unique) <= 1:
        return "".join(unique)
    return ", ".join(unique[:-1]) + f" {word} {unique[-1]}"


def note_missing(element: Element, run: Run, state: State) -> None:
    """The element ends where something must still come."""
    position, machine, _ = state[HERE]
    awaited = _awaited(machine, position, None)
    where = local_name(element.tag)
    after = f" etter {machine.names[position]}" if position != START else ""
    run.note("element.missing", element, f"{where} er ikke fullstendig: {awaited} mangler{after}.")
