"""Scenarios written in a line each: `16.11 10:20 municipal_user`, played by the routine's own rules."""

from __future__ import annotations

import re
from typing import Any

from samhandling.stays.play.commands import play

P1 = 'id_type = "FNR"\nmunicipality = "Mun-A"\nagreement = true'
H = 'id_type = "HNR"\nmunicipality = "Mun-A"\nagreement = true'
Z = 'id_type = "FNR"\nmunicipality = "Mun-Z"\nagreement = false'
ADMITTED = "16.11 10:00 admit\n"
USER = ADMITTED + "16.11 10:20 municipal_user\n16.11 10:21 apprec of=M1\n"
INFORMED = USER + "16.11 12:00 send message=M3\n16.11 12:01 apprec of=M3\n"
READY = INFORMED + "16.11 14:00 ready\n16.11 14:01 apprec of=M6\n"
OUT = (
    INFORMED
    + "17.11 10:00 send message=M5\n17.11 10:01 apprec of=M5\n17.11 12:00 discharge to=1\n17.11 12:01 apprec of=M8\n"
)
DEAD = READY + "16.11 16:00 death\n16.11 16:30 look\n"
_LINE = re.compile(r"(\d+)\.(\d+) (\d+:\d+(?::\d+)?) (\S+)(.*)")
_FIELD = re.compile(r"(\w+)=('[^']*'|\S+)")


def told(lines: str, *, patient: str = P1, top: str = "", year: int = 2026) -> dict[str, Any]:
    """What comes of these lines."""
    text = f"{top}\n[patient]\n{patient}\n"
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        day, month, clock, do, rest = _LINE.fullmatch(line).groups()
        clock += ":00" if clock.count(":") == 1 else ""
        text += f'[[step]]\nat = {year}-{int(month):02}-{int(day):02}T{clock.rjust(8, "0")}\ndo = "{do}"\n'
        for name, value in _FIELD.findall(rest):
            text += f'{name} = "{value.strip(chr(39))}"\n'
    return play(text.encode(), "test")


def codes(found: dict[str, Any], name: str = "breaches") -> list[str]:
    """Codes of what was found, in order."""
    return [row["code"] for row in found[name]]


def sent(found: dict[str, Any]) -> list[str]:
    """What was sent, in order; (C) is a cancellation."""
    rows = [m for m in found["messages"] if m["action"] == "sent"]
    return [m["code"] + ("(C)" if m["status"] == "C" else "") for m in rows]


def clock(found: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    """The newest deadline of that id."""
    return [d for d in found["deadlines"] if d["id"] == name and all(d.get(k) == v for k, v in more.items())][-1]


def kinds(found: dict[str, Any]) -> set[str]:
    """Kinds of open work."""
    return {task["kind"] for task in found["tasks"]}


def causes(found: dict[str, Any]) -> set[str]:
    """Causes of open work."""
    return {task["cause"] for task in found["tasks"]}


def notes(found: dict[str, Any]) -> list[str]:
    """Remarks of the timeline."""
    return [line["note"] for line in found["timeline"] if "note" in line and line["kind"] == "transition"]
