"""The format of a scenario file and of its outcome, as JSON Schema; made from the words that the reader knows."""

from __future__ import annotations

from typing import Any

from samhandling.stays.play.words import CAUSE_KINDS, DO, FIELDS, NAMES, TASK_KINDS
from samhandling.stays.policy import shipped_names
from samhandling.stays.rules.values import State

_TIME = {"type": "string", "description": "Date and time with offset."}


def schema() -> dict[str, Any]:
    """The file's format; the outcome's stands under `$defs/outcome`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "samhandling scenario",
        "description": "A scripted stay in TOML. Steps are played in the order of the file; one whose `at` lies before "
        "an earlier step's is something that arrived late. No receipt comes that the file does not tell of.",
        "type": "object",
        "required": ["step"],
        "properties": {
            "name": {"type": "string"},
            "about": {"type": "string"},
            "policy": {
                "description": f"The routine: {', '.join(shipped_names())} (sykehuset-ostfold-1 when left out), a TOML "
                "file, or a table of values that differ from the shipped one.",
                "type": ["string", "object"],
            },
            "epj_writes": {
                "description": "Messages that the EPJ writes itself: the node expects them instead of sending.",
                "type": "array", "items": {"enum": ["M1", "M6", "M7", "M8"]},
            },
            "receipts": {
                "description": "scripted: only those of `apprec` steps; automatic: a positive one at once for each.",
                "enum": ["scripted", "automatic"], "default": "scripted",
            },
            "prices": {"description": "Day price by year, where none is shipped.", "type": "object",
                       "additionalProperties": {"type": "integer"}},
            "patient": {
                "type": "object",
                "properties": {
                    "id_type": {"enum": ["FNR", "DNR", "FHN", "HNR", "NONE"]},
                    "id": {"type": "string", "description": "A synthetic number; may be left out."},
                    "municipality": {"type": "string", "description": "Number or name; empty when unknown."},
                    "agreement": {"type": "boolean", "description": "True when a municipality is named, unless said."},
                    "takes_cancellation": {"type": "boolean", "default": True},
                },
            },
            "step": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
            "expect": {"type": "object", "description": "What should come of it: state, sent, breach_codes, task_kinds,"
                       " and rows of the outcome's lists that must be there (or, under none, must not)."},
        },
        "$defs": {"step": _step(), "outcome": _outcome()},
    }  # fmt: skip


def _step() -> dict[str, Any]:
    found: dict[str, Any] = {name: {"description": text} for name, text in FIELDS.items()}
    found["do"] = {"oneOf": [{"const": name, "description": text} for name, text in DO.items()]}
    found["message"]["enum"] = list(NAMES)
    return {"type": "object", "required": ["at", "do"], "properties": found}


def _outcome() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "file": {"type": "string"},
            "state": {"enum": [state.value for state in State]},
            "overlay": {"enum": ["", "H", "N", "O"], "description": "H help number, N no agreement, O objection."},
            "timeline": _rows(
                at=_TIME, kind={"enum": ["transition", "message", "deadline", "breach", "task"]}
            ),
            "messages": _rows(
                code={"enum": list(NAMES)}, action={"enum": ["sent", "expected", "refused", "received"]}, at=_TIME,
                status={"enum": ["N", "M", "C"]}, to={"type": "string"}, reason={"type": "string"},
            ),
            "deadlines": _rows(
                id={"enum": [f"F{n}" for n in range(1, 12)]}, due=_TIME,
                state={"enum": ["unsent", "sent", "met", "missed", "closed"]}, late_seconds={"type": "integer"},
                affected_by_downtime={"type": "boolean"},
            ),
            "breaches": _rows(code={"type": "string"}, at=_TIME),
            "tasks": _rows(kind={"enum": sorted({*CAUSE_KINDS.values(), *TASK_KINDS.values()})}, due=_TIME),
            "payment": _rows(
                days={"type": "integer"}, amount={"type": ["integer", "null"]},
                outcome={"enum": ["PAYABLE", "DISPUTED", "NOT_PAYABLE", "MANUAL", "PRICE_MISSING"]},
                certainty={"enum": ["high", "medium", "low"]},
            ),
        },
    }  # fmt: skip


def _rows(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties}}
