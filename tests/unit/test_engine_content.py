"""Content expressions and their automata."""

from __future__ import annotations

import re
from itertools import product

import pytest

from samhandling.messages.engine.content import START, Automaton, automaton


def takes(machine: Automaton, word: str) -> bool:
    state = START
    for letter in word:
        state = next((at for at in machine.follow[state] if machine.names[at] == letter), -2)
        if state == -2:
            return False
    return state in machine.accepting


# Each expression with the regular expression that means the same.
SAME = [
    ("a, b?, c*", "ab?c*"),
    ("(a, b)?, c", "(ab)?c"),
    ("a?, (b? | (c? | d?))", "a?(b?|(c?|d?))"),
    ("(a | b)+", "(a|b)+"),
    ("a, (b+ | c+), d?", "a(b+|c+)d?"),
    ("(a, b?)*", "(ab?)*"),
    ("((a, b?, c*) | (b, c*))", "((ab?c*)|(bc*))"),
    ("(a, b?)?, (c, d)?", "(ab?)?(cd)?"),
    ("a", "a"),
    ("", ""),
]


@pytest.mark.parametrize(("expression", "pattern"), SAME)
def test_automaton_takes_what_the_expression_means(expression: str, pattern: str) -> None:
    machine = automaton(expression)
    for length in range(6):
        for letters in product("abcd", repeat=length):
            word = "".join(letters)
            assert takes(machine, word) == (re.fullmatch(pattern, word) is not None), word


def test_names_of_a_later_version_are_left_out() -> None:
    machine = automaton("(a | b | c), d?", lambda name: name not in {"b", "d"})
    assert machine.names == ("a", "c")
    assert takes(machine, "a")
    assert not takes(machine, "ad")


@pytest.mark.parametrize(("expression", "open_order"), [("(a | b)*", True), ("a*, b*", False), ("(a, b)+", True)])
def test_open_order_is_seen(expression: str, open_order: bool) -> None:
    assert automaton(expression).mixed_order is open_order


@pytest.mark.parametrize("wrong", ["a, b | c", "(a, b", "a, , b", "a)", "?", "(a, ?)"])
def test_wrong_expressions_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        automaton(wrong)
