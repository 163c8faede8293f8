"""Where an ADT feed says what, and what its codes mean: data, with a documented default (docs/adt-feed.md).

A line's own mapping is a TOML table of the same names; what it leaves out is as in the default.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from samhandling.errors import ConfigurationError
from samhandling.hl7.reader import BadPathError, path

PLACES = ("1", "2", "3", "5", "7", "8", "10", "11", "21", "88", "98")
"""Codes of list 8408 (Sted), for the place discharged to."""

EVENTS = ("A01", "A02", "A03", "A06", "A07", "A08", "A11", "A12", "A13", "A21", "A22", "A31", "A40")
"""The ADT events that the node acts on."""


def _table(entries: dict[str, str]) -> Table[str, str]:
    return MappingProxyType(entries)


_PLACES_IN_MESSAGE = {
    "ward": "PV1-3.1",
    "attending": "PV1-7",
    "patient_class": "PV1-2",
    "visit": "PV1-19",
    "admitted_at": "PV1-44",
    "discharged_at": "PV1-45",
    "discharge_disposition": "PV1-36",
    "discharge_place": "PV1-37",
    "identifiers": "PID-3",
    "merged_identifiers": "MRG-1",
    "name": "PID-5",
    "birth_date": "PID-7",
    "sex": "PID-8",
    "address": "PID-11",
    "residence_municipality": "PID-11.9",
    "phone": "PID-13",
    "died_at": "PID-29",
    "dead": "PID-30",
    "recorded_at": "EVN-2",
    "reason": "EVN-4",
    "occurred_at": "EVN-6",
    "municipal_user": "ZPL-1",
    "municipality": "ZPL-2",
    "need": "ZPL-3",
    "need_assessed_at": "ZPL-4",
    "ready": "ZPL-5",
    "decided_by": "ZPL-6",
    "decided_by_profession": "ZPL-7",
    "decided_by_hpr": "ZPL-8",
    "stay_type": "ZPL-9",
    "not_ready_reason": "ZPL-10",
    "by_mistake": "ZPL-11",
    "protection": "ZPL-12",
}


@dataclass(frozen=True, kw_only=True)
class AdtMapping:
    """How one feed is read."""

    places: Table[str, str] = field(default_factory=lambda: _table(_PLACES_IN_MESSAGE))
    """Our name of a value -> where it stands (`PV1-3.1`); empty: the feed does not carry it."""
    events: Table[str, str] = field(default_factory=lambda: _table({}))
    """The feed's trigger -> the event of `EVENTS` that it means, where it is another."""
    identifier_types: Table[str, str] = field(
        default_factory=lambda: _table(
            {
                **{kind: kind for kind in ("FNR", "DNR", "FHN", "HNR", "DUF", "PNR", "UID", "SEF", "DKF", "XXX")},
                "PPN": "PNR",
                "NNNOR": "",
                "NI": "",
                "SS": "",
                "PI": "LOCAL",
                "MR": "LOCAL",
                "PT": "LOCAL",
                "XX": "LOCAL",
            }
        )
    )
    """CX-5 -> code of list 8116, `LOCAL` for the patient system's own, empty where the digits decide."""
    authorities: Table[str, str] = field(
        default_factory=lambda: _table(
            {
                "2.16.578.1.12.4.1.4.1": "FNR",
                "2.16.578.1.12.4.1.4.2": "DNR",
                "2.16.578.1.12.4.1.4.3": "FHN",
                "NNNOR": "",
            }
        )
    )
    """CX-4 (name or OID) -> as above, where CX-5 says nothing."""
    patient_classes: Table[str, str] = field(
        default_factory=lambda: _table({"I": "yes", "B": "yes", "E": "no", "O": "no", "P": "no", "R": "no"})
    )
    """PV1-2 -> `yes` for døgnopphold, `no` for anything else; other codes say nothing."""
    stay_types: Table[str, str] = field(
        default_factory=lambda: _table({"D": "yes", "G": "no", "P": "no", "1": "yes", "2": "no", "3": "no"})
    )
    """As above for ZPL-9, which goes before PV1-2: D døgn, G dag, P poliklinikk (1, 2, 3 likewise)."""
    discharge_places: Table[str, str] = field(default_factory=lambda: _table({place: place for place in PLACES}))
    """PV1-37 -> code of list 8408."""
    other_trust_places: tuple[str, ...] = ("3",)
    """Codes of list 8408 that mean another hospital trust (T24)."""
    dead_dispositions: tuple[str, ...] = ("20",)
    """PV1-36 codes that mean that the patient died."""
    sexes: Table[str, str] = field(
        default_factory=lambda: _table({"M": "1", "F": "2", "K": "2", "U": "0", "O": "9", "A": "9", "N": "9"})
    )
    """PID-8 -> code of list 3101."""
    yes: tuple[str, ...] = ("Y", "J", "1", "TRUE", "JA", "YES")
    no: tuple[str, ...] = ("N", "0", "FALSE", "NEI", "NO")
    wrong_patient_reasons: tuple[str, ...] = ("WRONG_PATIENT", "FEIL_PASIENT")
    """EVN-4 codes of an A11 that say that the admission was on the wrong patient (T19)."""
    default_profession: str = "LE"
    """Code of list 9060 of the deciding professional, where the feed does not say."""

    def place(self, name: str) -> str:
        """Where a value stands in a message; empty when the feed does not carry it."""
        return self.places[name]


DEFAULT = AdtMapping()


def from_table(table: dict[str, Any]) -> AdtMapping:
    """The default mapping with the entries of a TOML table laid over it. Raises ConfigurationError."""
    changes: dict[str, Any] = {}
    fields = {entry.name: getattr(DEFAULT, entry.name) for entry in dataclasses.fields(AdtMapping)}
    for name, given in table.items():
        if name not in fields:
            raise ConfigurationError(f"ADT mapping: unknown key {name}")
        changes[name] = _like(name, fields[name], given)
    mapping = dataclasses.replace(DEFAULT, **changes)
    _check(mapping)
    return mapping


def _like(name: str, default: Any, given: Any) -> Any:
    """`given` in the shape of `default`: a table is laid over it, a list takes its place."""
    if isinstance(default, str) and isinstance(given, str):
        return given
    if isinstance(default, tuple) and isinstance(given, list) and all(isinstance(v, str) for v in given):
        return tuple(given)
    is_texts = isinstance(given, dict) and all(isinstance(v, str) for v in given.values())
    if isinstance(default, Table) and is_texts:
        return MappingProxyType({**default, **given})
    raise ConfigurationError(f"ADT mapping: {name} has the wrong shape")


def _check(mapping: AdtMapping) -> None:
    unknown = set(mapping.places) - set(_PLACES_IN_MESSAGE)
    if unknown:
        raise ConfigurationError(f"ADT mapping: unknown value {sorted(unknown)[0]}")
    for name, place in mapping.places.items():
        try:
            if place:
                path(place)
        except BadPathError as error:
            raise ConfigurationError(f"ADT mapping: {name}: {place!r} is no place in a message") from error
    wrong = [
        v for table in (mapping.patient_classes, mapping.stay_types) for v in table.values() if v not in ("yes", "no")
    ]
    wrong += [v for v in mapping.discharge_places.values() if v not in PLACES]
    wrong += [v for v in mapping.events.values() if v not in EVENTS]
    if wrong:
        raise ConfigurationError(f"ADT mapping: {wrong[0]!r} is no value of that table")
