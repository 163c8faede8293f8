"""The reference of the stay, made from the tables: what the documentation shows is what the node does."""

from __future__ import annotations

from samhandling.stays.policy import OSTFOLD, shipped
from samhandling.stays.policy_check import COLUMNS
from samhandling.stays.rules import courses, deadlines, expectations
from samhandling.stays.rules.table import ALPHABET, ROWS, TABLE
from samhandling.stays.rules.values import State

_LABELS = {
    State.NONE: "none",
    State.EXPECTED: "S0 EXPECTED",
    State.IN: "S1 IN",
    State.ACTIVE: "S2 ACTIVE",
    State.READY: "S3 READY",
    State.OUT: "S4 OUT",
    State.DEAD: "S5 DEAD",
    State.VOID: "S6 VOID",
}


def reference() -> str:
    """The text of `docs/reference-stay.md`, complete; a test checks that the file is current."""
    return "\n".join(
        [
            "# Reference: the stay, its transitions, deadlines and messages",
            "",
            "Made from the tables in `samhandling/stays/rules` by `python -m samhandling.stays.rules.diagram`.",
            "Change a table and make it again; a test compares. Row ids are those of the routine (T01 …) with a letter",
            "for our finer cases: `r` is a repeat that changes nothing.",
            "",
            "## Stay",
            "",
            "```mermaid",
            *_stay_diagram(),
            "```",
            "",
            "| Row | From | Event | When | To | What it does |",
            "|---|---|---|---|---|---|",
            *_stay_rows(),
            "",
            "Impossible pairs (`stay.impossible`; from the feed a task, from a form a refusal):",
            "",
            *_impossible(),
            "",
            "## Allowed messages",
            "",
            f"| Message | {' | '.join(COLUMNS)} |",
            "|---" * (len(COLUMNS) + 1) + "|",
            *(f"| {name} | {' | '.join(words.split())} |" for name, words in shipped(OSTFOLD).allowed.items()),
            "",
            "## Deadline",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    {a} --> {b}: {event}" for (a, event), b in deadlines.TABLE.items() if a != b),
            "```",
            "",
            "## Expectation of a message",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    {a} --> {b}: {event}" for (a, event), b in expectations.TABLE.items() if a != b),
            "```",
            "",
            "## Course of the municipality",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    {a} --> {b}: {event}" for (a, event), (b, _) in courses.TABLE.items() if a != b),
            "```",
            "",
        ]
    )


def _stay_diagram() -> list[str]:
    lines = ["stateDiagram-v2", *(f"    {s.name}: {_LABELS[s]}" for s in State if s is not State.NONE)]
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in ROWS:
        for source in row.source:
            for target in row.leads_to(source):
                if target is not source:
                    name = "[*]" if source is State.NONE else source.name
                    arrows.setdefault((name, target.name), []).append(row.t)
    lines += [f"    {start} --> {end}: {', '.join(dict.fromkeys(rows))}" for (start, end), rows in arrows.items()]
    return lines


def _stay_rows() -> list[str]:
    lines = []
    for row in ROWS:
        sources = "any" if set(row.source) == set(State) else ", ".join(s.value for s in row.source)
        targets = "same" if not row.to else ", ".join(s.value for s in row.to)
        cells = (row.t, sources, row.event.__name__, _said(row.guard), targets, _said(row.effect))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _said(function: object) -> str:
    return " ".join((function.__doc__ or "").split())


def _impossible() -> list[str]:
    lines = []
    for event in ALPHABET:
        states = [s.value for s in State if (s, event) not in TABLE and s is not State.NONE]
        if states:
            lines.append(f"- {event.__name__}: {', '.join(states)}")
    return lines


if __name__ == "__main__":
    print(reference(), end="")
