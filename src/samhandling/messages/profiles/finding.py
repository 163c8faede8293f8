"""What a profile check finds: a stable code, how bad it is, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from samhandling.messages.engine.problems import Element as EngineElement
from samhandling.messages.engine.problems import path_of
from samhandling.messages.facts.tree import Element

Severity = Literal["warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One deviation from the rules beyond structure. Texts are bokmål and name no content."""

    # Stable: the document with the rule, and a number, as HIS1149-03.
    code: str
    severity: Severity
    # Local names from the root, with [n] where there are several; "" when it concerns the whole.
    path: str
    # Line in the file, from 1; None for a document that was never a file.
    line: int | None
    text: str
    advice: str
    # We never send a document with this finding; on receipt it is only shown.
    blocks_sending: bool = False


def at(
    element: Element | None,
    code: str,
    text: str,
    advice: str,
    *,
    severity: Severity = "warning",
    blocks: bool = True,
) -> Finding:
    """A finding at an element; None stands for the whole document."""
    if element is None:
        return Finding(code, severity, "", None, text, advice, blocks)
    line = cast(int | None, element.sourceline)
    return Finding(code, severity, path_of(cast(EngineElement, element)), line, text, advice, blocks)
