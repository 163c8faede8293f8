"""The patient system of the synthetic world: happenings as HL7 v2 ADT messages, as a real sender would write them."""

from __future__ import annotations

from datetime import date, datetime

from samhandling.clock import oslo
from samhandling.world.day import TRIGGERS, Happening, Person

SENDER = ("DEMO-PAS", "SYKEHUSET")
_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})


def message(happening: Happening) -> bytes:
    """The ADT message of a happening in ISO 8859-1, without the MLLP frame. The same happening gives the same bytes."""
    trigger = TRIGGERS[happening.event.does]
    segments = [
        _segment("MSH", "^~\\&", *SENDER, "SAMHANDLING", "NODE", _ts(happening.at), "", f"ADT^{trigger}",
                 happening.control_id, "P", "2.4", "", "", "", "", "NOR", "8859/1"),
        _segment("EVN", trigger, _ts(happening.at), "", _text(happening.event.reason)),
        _pid(happening),
        _pv1(happening),
        _zpl(happening),
    ]  # fmt: skip
    return ("\r".join(segments) + "\r").encode("iso-8859-1")


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _ts(instant: datetime) -> str:
    return oslo.local(instant).strftime("%Y%m%d%H%M%S%z")


def _segment(name: str, *fields: str) -> str:
    return "|".join((name, *fields)).rstrip("|")


def _numbered(name: str, fields: dict[int, str]) -> str:
    return _segment(name, *(fields.get(number, "") for number in range(1, max(fields, default=0) + 1)))


def _pid(happening: Happening) -> str:
    person = happening.person
    numbers = [f"{person.local}^^^SYKEHUSET^PI"]
    if person.number:
        numbers.append(f"{person.number}^^^{'SYKEHUSET' if person.kind == 'HNR' else ''}^{person.kind}")
    fields = {
        3: "~".join(numbers),
        5: f"{_text(person.family)}^{_text(person.given)}^{_text(person.middle)}^^^^L" if person.family else "",
        7: _date(person.born),
        8: {"K": "F", "M": "M"}.get(person.sex, "U"),
        11: _address(person),
    }
    if happening.event.does == "die":
        fields |= {29: _ts(happening.at), 30: "Y"}
    return _numbered("PID", fields)


def _date(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _address(person: Person) -> str:
    return f"{_text(person.street)}^^Eksempelby^^0000^NO^H^^{person.municipality}" if person.municipality else ""


def _pv1(happening: Happening) -> str:
    event = happening.event
    fields = {
        2: "O" if event.does == "day_visit" else "I",
        3: happening.ward,
        19: happening.visit,
        44: _ts(happening.admitted_at),
    }
    if event.attending:
        family, given = _name(event.attending)
        fields[7] = f"^{family}^{given}"
    if event.does in ("discharge", "die"):
        fields[45] = _ts(happening.at)
        fields[36] = "20" if event.does == "die" else "01"
        fields[37] = event.place
    return _numbered("PV1", fields)


def _zpl(happening: Happening) -> str:
    event = happening.event
    fields = {
        1: _flag(event.user),
        2: event.municipality,
        3: _flag(event.need),
        4: _ts(happening.at) if event.need is not None else "",
        5: '""' if event.ready == "none" else _date(happening.ready),
        9: "G" if event.does == "day_visit" else "",
        12: happening.person.protection,
    }
    if event.decided_by:
        fields |= {6: "^".join(_name(event.decided_by)), 7: "LE"}
    return _numbered("ZPL", fields)


def _flag(value: bool | None) -> str:
    return "" if value is None else ("Y" if value else "N")


def _name(text: str) -> tuple[str, str]:
    family, _, given = text.partition(",")
    return _text(family.strip()), _text(given.strip())
