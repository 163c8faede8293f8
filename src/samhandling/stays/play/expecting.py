"""What a scenario file says should come of it, compared with what did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samhandling.stays.play.report import written
from samhandling.stays.play.script import ScriptError, moment

TABLES = ("messages", "deadlines", "breaches", "tasks", "payment", "timeline")


def differences(expect: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Each thing that is not as the file says, in plain words. Raises ScriptError for an expectation that is none."""
    told: list[str] = []
    for name, wanted in expect.items():
        _check_shape(name, wanted)
        if name in ("state", "overlay", "track"):
            if found[name] != wanted:
                told.append(f"{name}: ventet {wanted}, fikk {found[name]}")
        elif name == "sent":
            _compare(told, name, list(wanted), sent(found))
        elif name == "breach_codes":
            _compare(told, name, sorted(map(str, wanted)), sorted({b["code"] for b in found["breaches"]}))
        elif name == "task_kinds":
            told += [f"oppgave {w} mangler" for w in wanted if w not in {t["kind"] for t in found["tasks"]}]
        elif name in TABLES:
            told += [f"{name}: {_said(w)} mangler" for w in wanted if not any(_fits(w, one) for one in found[name])]
        elif name == "none":
            for table, rows in wanted.items():
                told += [f"{table}: {_said(w)} skulle ikke vært der" for w in rows
                         if any(_fits(w, one) for one in found[table])]  # fmt: skip
        else:
            raise ScriptError(f"expect: ukjent felt {name}.")
    return told


def _check_shape(name: str, wanted: Any) -> None:
    """Lists are lists, and rows are tables. Raises ScriptError."""
    if name in ("sent", "breach_codes", "task_kinds") and not isinstance(wanted, list):
        raise ScriptError(f"expect: {name} skal være en liste.")
    tables = wanted if name == "none" else {name: wanted} if name in TABLES else {}
    if not isinstance(tables, dict):
        raise ScriptError(f"expect: {name} skal være en tabell.")
    for table, rows in tables.items():
        if table not in TABLES or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ScriptError(f"expect: {table} skal være en liste av tabeller (for {', '.join(TABLES)}).")


def sent(found: Mapping[str, Any]) -> list[str]:
    """The codes of what was sent, in order; (C) marks a cancellation."""
    rows = [m for m in found["messages"] if m["action"] == "sent"]
    return [m["code"] + ("(C)" if m["status"] == "C" else "") for m in rows]


def _compare(told: list[str], name: str, wanted: list[str], got: list[str]) -> None:
    if wanted != got:
        told.append(f"{name}: ventet {' '.join(wanted) or 'ingen'}, fikk {' '.join(got) or 'ingen'}")


def _fits(wanted: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    return all(_plain(name, value) == one.get(name) for name, value in wanted.items())


def _plain(name: str, value: Any) -> Any:
    if name in ("at", "due", "admitted_at", "receipt_at", "discharged_at"):
        return written(moment(value, f"expect: {name}")[0])
    return written(value)


def _said(wanted: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_plain(name, value)}" for name, value in wanted.items())
