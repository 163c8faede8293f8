"""What a walker needs besides the element: the run with its findings, and the plans of the classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samhandling.messages.engine.problems import Element, Problem, problem
from samhandling.messages.engine.tables import Node, Scope

Walk = Callable[[Element, "Run"], Any]
Find = Callable[[str], "Plan | None"]
# A state of a content model: tag -> step, and under the three names below what the state is.
State = dict[str, Any]
ACCEPT = ""  # there if the element may end here
HERE = "#"  # a Place
WILD = "*"  # the step of a wildcard


class EnoughError(Exception):
    """As many findings as are kept; the reading stops."""


class Run:
    """One reading: its findings, the xs:ID values met, and how deep it is."""

    __slots__ = ("depth", "find", "find_type", "ids", "max_depth", "max_problems", "problems", "remarks")

    def __init__(self, find: Find, find_type: Find, max_depth: int, max_problems: int) -> None:
        self.problems: list[Problem] = []
        # What does not make the document invalid; we never send it ourselves.
        self.remarks: list[Problem] = []
        self.ids: set[str] = set()
        # `{namespace}name` of a global element, and of a named type -> its plan.
        self.find = find
        self.find_type = find_type
        self.depth = 0
        self.max_depth = max_depth
        self.max_problems = max_problems

    def note(self, code: str, element: Element, text: str, attribute: str = "") -> None:
        """Add a finding. Raises EnoughError when the limit is reached: a reader needs no thousand faults."""
        self.problems.append(problem(code, element, text, attribute=attribute))
        if len(self.problems) >= self.max_problems:
            raise EnoughError

    def remark(self, code: str, element: Element, text: str, attribute: str = "") -> None:
        """Add a warning; the document stays valid."""
        if len(self.remarks) < self.max_problems:
            self.remarks.append(problem(code, element, text, attribute=attribute, severity="warning"))


class Plan:
    """A class in one version, compiled: `walk(element, run)` gives the bound value, or None if it is not valid."""

    __slots__ = ("cls", "scope", "shared", "walk")

    def __init__(self, cls: type[Node], scope: Scope) -> None:
        self.cls = cls
        self.scope = scope
        # Several versions have this class as a global element: a copy must remember which one it met.
        self.shared = False
        self.walk: Walk = _not_ready


def _not_ready(element: Element, run: Run) -> None:
    raise RuntimeError("the plan is not compiled")
