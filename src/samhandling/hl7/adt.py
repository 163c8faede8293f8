"""ADT events as values: what a message says, read through a mapping, with no judgement of it."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date, datetime

from samhandling.clock.oslo import LocalReading, UnreadableTimeError, day
from samhandling.hl7.mapping import DEFAULT, AdtMapping
from samhandling.hl7.reader import NULL, Message, Repetition
from samhandling.hl7.times import parse_ts


@dataclass(frozen=True, slots=True)
class AdtIdentifier:
    """One identifier of the patient."""

    value: str = field(repr=False)
    kind: str
    """Code of list 8116; `LOCAL`: the patient system's own; empty: not declared, the digits decide."""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtPatient:
    """The patient as PID and ZPL tell."""

    identifiers: tuple[AdtIdentifier, ...] = ()
    family_name: str = field(default="", repr=False)
    given_name: str = field(default="", repr=False)
    middle_name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str = ""
    """Code of list 3101; empty: not said."""
    street: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    municipality_number: str = ""
    phone: str = field(default="", repr=False)
    protection: str = ""
    """`6` or `7`; empty: not said."""
    dead: bool | None = None
    died_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtProfessional:
    """A health professional as the feed names one."""

    family_name: str = ""
    given_name: str = ""
    hpr: str = ""
    profession: str = ""
    """Code of list 9060; empty: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtVisit:
    """The visit as PV1 and ZPL tell."""

    number: str = ""
    ward: str = ""
    inpatient: bool | None = None
    """True døgnopphold, False anything else, None not said."""
    attending: AdtProfessional | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    discharge_place: str = ""
    """Code of list 8408; empty: not said."""
    other_trust: bool = False
    discharged_dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtMunicipal:
    """What the hospital has registered for the municipality (ZPL)."""

    user: bool | None = None
    need: bool | None = None
    need_assessed_at: datetime | None = None
    ready_date: date | None = None
    ready_cleared: bool = False
    """The ready date is explicitly empty."""
    decided_by: AdtProfessional | None = None
    not_ready_reason: str = field(default="", repr=False)
    by_mistake: bool | None = None


@dataclass(frozen=True, slots=True)
class AdtProblem:
    """Something in the message that could not be read as it stands."""

    code: str
    """`unreadable_time`, `ambiguous_time`, `nonexistent_time`, `unknown_code` or `several_messages`."""
    place: str
    """Where, as `PV1-44`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdtEvent:
    """One ADT message. Every instant is aware UTC."""

    message_type: str
    """MSH-9.1; `ADT` for the messages this room is about."""
    trigger: str
    """`A01` and so on: MSH-9.2, else EVN-1, after the mapping of events."""
    control_id: str
    sent_at: datetime | None
    recorded_at: datetime | None
    """When it was registered: EVN-2, else MSH-7."""
    occurred_at: datetime | None
    """When it happened: EVN-6, else when it was registered."""
    reason: str
    has_patient: bool
    has_visit: bool
    patient: AdtPatient
    merged: tuple[AdtIdentifier, ...]
    visit: AdtVisit
    municipal: AdtMunicipal
    wrong_patient: bool
    problems: tuple[AdtProblem, ...]


def read(message: Message, mapping: AdtMapping = DEFAULT) -> AdtEvent:
    """What the message tells. Never raises for its content: what cannot be read is absent and stands in `problems`."""
    return _Reader(message, mapping).event()


def numbers(message: Message, mapping: AdtMapping = DEFAULT) -> list[str]:
    """The patient's numbers and those of the patient merged away, once each: what the order of work is kept by."""
    places = (mapping.place("identifiers"), mapping.place("merged_identifiers"))
    found = [_plain(repetition, 1) for place in places if place for repetition in message.repetitions(place)]
    return list(dict.fromkeys(filter(None, found)))


def visit_number(message: Message, mapping: AdtMapping = DEFAULT) -> str:
    """The patient system's number of the visit; empty when the message names none."""
    return _Reader(message, mapping).text("visit")


class _Reader:
    """Reads values by name and keeps the problems met."""

    def __init__(self, message: Message, mapping: AdtMapping) -> None:
        self.message = message
        self.mapping = mapping
        self.problems: list[AdtProblem] = []

    def event(self) -> AdtEvent:
        message, mapping = self.message, self.mapping
        sent_at = self.instant_at("MSH-7")
        recorded_at = self.instant("recorded_at") or sent_at
        trigger = (message.value("MSH-9.2") or message.value("EVN-1")).strip().upper()
        if len(message.all("MSH")) > 1:
            self._note("several_messages", "MSH")
        reason = self.text("reason")
        return AdtEvent(
            message_type=message.value("MSH-9.1").strip().upper(),
            trigger=mapping.events.get(trigger, trigger),
            control_id=message.value("MSH-10"),
            sent_at=sent_at,
            recorded_at=recorded_at,
            occurred_at=self.instant("occurred_at") or recorded_at,
            reason=reason,
            has_patient=message.segment("PID") is not None,
            has_visit=message.segment("PV1") is not None,
            patient=self.patient(),
            merged=self.identifiers("merged_identifiers"),
            visit=self.visit(),
            municipal=self.municipal(),
            wrong_patient=reason.upper() in mapping.wrong_patient_reasons,
            problems=tuple(self.problems),
        )

    def patient(self) -> AdtPatient:
        name = self._preferred("name", type_component=7, types=("L", "", "U"))
        address = self._preferred("address", type_component=7, types=("H", "L", "", "P"))
        phone = self._preferred("phone", type_component=2, types=("PRN", "", "PRS"))
        birth = self.reading("birth_date")
        died_at = self.instant("died_at")
        dead = self.flag("dead")
        residence = self.text("residence_municipality")
        return AdtPatient(
            identifiers=self.identifiers("identifiers"),
            family_name=_plain(name, 1),
            given_name=_plain(name, 2),
            middle_name=_plain(name, 3),
            birth_date=day(birth.instant) if birth else None,
            sex=self.code("sex", self.mapping.sexes),
            street=" ".join(part for part in (_plain(address, 1), _plain(address, 2)) if part),
            postal_code=_plain(address, 5),
            city=_plain(address, 3),
            municipality_number=_municipality(self.text("municipality")) or _municipality(residence),
            phone=_plain(phone, 1) or _plain(phone, 12),
            protection=self.code("protection", {"6": "6", "7": "7"}),
            dead=True if died_at and dead is None else dead,
            died_at=died_at,
        )

    def visit(self) -> AdtVisit:
        mapping = self.mapping
        stay_type = self.code("stay_type", mapping.stay_types)
        patient_class = self.code("patient_class", mapping.patient_classes, strict=False)
        decided = stay_type or patient_class
        place = self.code("discharge_place", mapping.discharge_places)
        disposition = self.text("discharge_disposition")
        return AdtVisit(
            number=self.text("visit"),
            ward=self.text("ward"),
            inpatient=decided == "yes" if decided else None,
            attending=self._attending(),
            admitted_at=self.instant("admitted_at"),
            discharged_at=self.instant("discharged_at"),
            discharge_place=place,
            other_trust=place in mapping.other_trust_places,
            discharged_dead=disposition in mapping.dead_dispositions,
        )

    def municipal(self) -> AdtMunicipal:
        ready = self.reading("ready")
        return AdtMunicipal(
            user=self.flag("municipal_user"),
            need=self.flag("need"),
            need_assessed_at=self.instant("need_assessed_at"),
            ready_date=day(ready.instant) if ready else None,
            ready_cleared=self._raw("ready") == NULL,
            decided_by=self._deciding(),
            not_ready_reason=self.text("not_ready_reason"),
            by_mistake=self.flag("by_mistake"),
        )

    def identifiers(self, name: str) -> tuple[AdtIdentifier, ...]:
        place = self.mapping.place(name)
        found = self.message.repetitions(place) if place else []
        read = (self._identifier(repetition) for repetition in found)
        return tuple(identifier for identifier in read if identifier is not None)

    def _identifier(self, repetition: Repetition) -> AdtIdentifier | None:
        value = _plain(repetition, 1)
        if not value:
            return None
        kind_code = _plain(repetition, 5).upper()
        name, oid = _plain(repetition, 4), _subcomponent(repetition, 4, 2)
        types, authorities = self.mapping.identifier_types, self.mapping.authorities
        if kind_code in types:
            kind = types[kind_code]
        elif oid in authorities or name in authorities:
            kind = authorities[oid] if oid in authorities else authorities[name]
        else:
            digits = "".join(value.split())
            kind = "" if len(digits) == 11 and digits.isdecimal() and not kind_code else "LOCAL"
        return AdtIdentifier(value, kind, oid or name)

    def _attending(self) -> AdtProfessional | None:
        place = self.mapping.place("attending")
        found = self.message.repetitions(place) if place else []
        for repetition in sorted(found, key=lambda r: not _is_hpr(r)):
            family, given = _plain(repetition, 2), _plain(repetition, 3)
            if family:
                hpr = _plain(repetition, 1) if _is_hpr(repetition) else ""
                return AdtProfessional(family_name=family, given_name=given, hpr=hpr, profession="LE")
        return None

    def _deciding(self) -> AdtProfessional | None:
        place = self.mapping.place("decided_by")
        found = self.message.repetitions(place) if place else []
        if not found or not _plain(found[0], 1):
            return None
        family, given = _plain(found[0], 1), _plain(found[0], 2)
        if not given:
            family, given = _split_name(family)
        return AdtProfessional(
            family_name=family,
            given_name=given,
            hpr=self.text("decided_by_hpr"),
            profession=self.text("decided_by_profession").upper() or self.mapping.default_profession,
        )

    def _preferred(self, name: str, *, type_component: int, types: tuple[str, ...]) -> Repetition | None:
        """The repetition of the type wanted most; the first when none is of a type that is wanted."""
        place = self.mapping.place(name)
        found = self.message.repetitions(place) if place else []
        for wanted in types:
            for repetition in found:
                if _plain(repetition, type_component).upper() == wanted:
                    return repetition
        return found[0] if found else None

    def _raw(self, name: str) -> str:
        place = self.mapping.place(name)
        return self.message.value(place).strip() if place else ""

    def text(self, name: str) -> str:
        """The value of that name; empty when absent or explicitly empty."""
        value = self._raw(name)
        return "" if value == NULL else value

    def flag(self, name: str) -> bool | None:
        value = self.text(name).upper()
        if not value or value in ("U", "UKJENT"):
            return None
        if value in self.mapping.yes:
            return True
        if value in self.mapping.no:
            return False
        self._note("unknown_code", self.mapping.place(name))
        return None

    def code(self, name: str, meanings: Table[str, str], *, strict: bool = True) -> str:
        """What the feed's code stands for; empty when there is none. An unknown one is a problem if `strict`."""
        value = self.text(name).upper()
        if value and value not in meanings and strict:
            self._note("unknown_code", self.mapping.place(name))
        return meanings.get(value, "")

    def reading(self, name: str) -> LocalReading | None:
        place = self.mapping.place(name)
        return self._reading_at(place) if place else None

    def instant(self, name: str) -> datetime | None:
        found = self.reading(name)
        return found.instant if found else None

    def instant_at(self, place: str) -> datetime | None:
        found = self._reading_at(place)
        return found.instant if found else None

    def _reading_at(self, place: str) -> LocalReading | None:
        value = self.message.value(place).strip()
        if not value or value == NULL:
            return None
        try:
            found = parse_ts(value)
        except UnreadableTimeError:
            self._note("unreadable_time", place)
            return None
        if found.ambiguous:
            self._note("ambiguous_time", place)
        if found.nonexistent:
            self._note("nonexistent_time", place)
        return found

    def _note(self, code: str, place: str) -> None:
        problem = AdtProblem(code, place)
        if problem not in self.problems:
            self.problems.append(problem)


def _plain(repetition: Repetition | None, component: int) -> str:
    return _subcomponent(repetition, component, 1)


def _subcomponent(repetition: Repetition | None, component: int, subcomponent: int) -> str:
    value = repetition.component(component, subcomponent).strip() if repetition else ""
    return "" if value == NULL else value


def _is_hpr(repetition: Repetition) -> bool:
    said = {_plain(repetition, 9).upper(), _plain(repetition, 13).upper()}
    return "HPR" in said and _plain(repetition, 1).isdecimal()


def _split_name(name: str) -> tuple[str, str]:
    """`Hansen, Kari` and `Kari Hansen` as (family, given)."""
    if "," in name:
        family, given = name.split(",", 1)
        return family.strip(), given.strip()
    words = name.split()
    return words[-1], " ".join(words[:-1])


def _municipality(text: str) -> str:
    """A municipality number of four digits, or empty."""
    return text if len(text) == 4 and text.isascii() and text.isdecimal() else ""
