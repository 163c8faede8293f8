"""Contradictions of a world, found before it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from samhandling.organisations.rules import overlap, valid_on
from samhandling.registry.rules import SERVICE_FUNCTIONS, HoursError, parse_hours
from samhandling.stays.policy import PolicyError, shipped, with_changes
from samhandling.world.format import Agreement, Organisation, Party, World
from samhandling.world.reading import Source

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One contradiction. `path` names the table, as `organisation[2].party[0]`; `line` counts from 1."""

    code: str
    severity: str
    path: str
    line: int | None
    text: str


Found = tuple[str, str, str, str]


def check(source: Source, *, today: date) -> tuple[Problem, ...]:
    """Everything wrong or doubtful in a world, in the order of the file. `today` decides which phones count."""
    found: list[Found] = []
    for rule in _RULES:
        found.extend(rule(source.world))
    found.extend(_phones(source.world, today))
    found.extend(_services(source.world, today))
    problems = [Problem(code, severity, path, source.line(path), text) for code, severity, path, text in found]
    return tuple(sorted(problems, key=lambda p: (p.line or 0, p.path, p.code)))


def function_of(party: Party) -> str:
    """What a party is used for: as it says, else as its service type says."""
    return party.function or SERVICE_FUNCTIONS.get((party.service_list, party.service_code), "other")


def _organisations(world: World) -> Iterator[tuple[str, Organisation]]:
    for number, organisation in enumerate(world.organisation):
        yield f"organisation[{number}]", organisation


def _parties(world: World) -> Iterator[tuple[str, Organisation, Party]]:
    for path, organisation in _organisations(world):
        for number, party in enumerate(organisation.party):
            yield f"{path}.party[{number}]", organisation, party


def _her_ids(world: World) -> Iterator[Found]:
    seen: dict[str, str] = {}
    owners = [(path, organisation.her_id) for path, organisation in _organisations(world)]
    owners += [(path, party.her_id) for path, _, party in _parties(world)]
    for path, her_id in owners:
        if not (her_id.isascii() and her_id.isdigit() and len(her_id) <= 10) or her_id.startswith("0"):
            yield "world.her_id_wrong", ERROR, path, f"HER-id «{her_id}» er ikke 1–10 sifre uten null foran"
        if her_id in seen:
            yield "world.her_id_twice", ERROR, path, f"HER-id {her_id} står også i {seen[her_id]}"
        seen.setdefault(her_id, path)


def right_organisation_number(number: str, *, test: bool) -> bool:
    """Nine digits with a right check digit; the first is 8 or 9, or 2 or 3 (the synthetic series) in a test world."""
    if len(number) != 9 or not (number.isascii() and number.isdigit()):
        return False
    if number[0] not in ("2389" if test else "89"):
        return False
    weighted = sum(w * int(d) for w, d in zip((3, 2, 7, 6, 5, 4, 3, 2, 1), number, strict=True))
    return weighted % 11 == 0


def _organisation_numbers(world: World) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for path, organisation in _organisations(world):
        number = organisation.organisation_number
        if not number:
            continue
        if not right_organisation_number(number, test=world.world.test):
            yield "world.organisation_number_wrong", ERROR, path, f"organisasjonsnummer {number} kan ikke være riktig"
        if number in seen:
            text = f"organisasjonsnummer {number} står også i {seen[number]}"
            yield "world.organisation_number_twice", ERROR, path, text
        seen.setdefault(number, path)


def _dated(world: World) -> Iterator[tuple[str, Any, tuple[object, ...]]]:
    """Every table with a period: path, table, and what must be unique at any one day."""
    for number, row in enumerate(world.municipality_number):
        yield f"municipality_number[{number}]", row, ("municipality_number", row.number)
    for path, organisation in _organisations(world):
        if organisation.municipality_number:
            yield path, organisation, ("organisation", organisation.municipality_number)
        else:
            yield path, organisation, ("organisation", path)
        for number, unit in enumerate(organisation.unit):
            yield f"{path}.unit[{number}]", unit, ("unit", organisation.her_id, unit.code)
        for number, party in enumerate(organisation.party):
            yield f"{path}.party[{number}]", party, ("party", path, number)
        for number, contact in enumerate(organisation.contact):
            key = ("contact", organisation.her_id, contact.kind, contact.name, contact.unit)
            yield f"{path}.contact[{number}]", contact, key
        for number, group in enumerate(organisation.group):
            yield f"{path}.group[{number}]", group, ("group", organisation.her_id, group.name)
        for number, document in enumerate(organisation.document):
            yield f"{path}.document[{number}]", document, ("document", organisation.her_id, document.code)
        for number, routine in enumerate(organisation.routine):
            only = ("routine", organisation.her_id, routine.municipality_number)
            yield f"{path}.routine[{number}]", routine, only
    for number, agreement in enumerate(world.agreement):
        yield f"agreement[{number}]", agreement, ("agreement", agreement.hospital, agreement.municipality)


def _periods(world: World) -> Iterator[Found]:
    seen: dict[tuple[object, ...], list[tuple[str, date, date | None]]] = {}
    for path, row, key in _dated(world):
        if row.valid_to is not None and row.valid_to < row.valid_from:
            text = f"gyldig til {row.valid_to} er før gyldig fra {row.valid_from}"
            yield "world.period_reversed", ERROR, path, text
            continue
        for other, start, end in seen.get(key, []):
            if overlap((row.valid_from, row.valid_to), (start, end)):
                yield "world.validity_overlaps", ERROR, path, f"gjelder samtidig med {other}"
        seen.setdefault(key, []).append((path, row.valid_from, row.valid_to))


def _unknown(path: str, what: str) -> Found:
    return "world.reference_unknown", ERROR, path, f"{what} finnes ikke i filen"


def _references(world: World) -> Iterator[Found]:
    organisations = {o.her_id: o for o in world.organisation}
    parties = {party.her_id for _, _, party in _parties(world)}
    for path, organisation in _organisations(world):
        units = {unit.code for unit in organisation.unit}
        if organisation.successor and organisation.successor not in organisations:
            yield _unknown(path, f"etterfølger {organisation.successor}")
        named = [(f"{path}.unit[{n}]", u.successor) for n, u in enumerate(organisation.unit)]
        named += [(f"{path}.party[{n}]", p.unit) for n, p in enumerate(organisation.party)]
        named += [(f"{path}.contact[{n}]", c.unit) for n, c in enumerate(organisation.contact)]
        named += [(f"{path}.group[{n}]", m.unit) for n, g in enumerate(organisation.group) for m in g.member]
        for where, code in named:
            if code and code not in units:
                yield _unknown(where, f"enhet {code}")
    for path, _, party in _parties(world):
        if party.successor and party.successor not in parties:
            yield _unknown(path, f"etterfølger {party.successor}")
    for number, agreement in enumerate(world.agreement):
        yield from _agreement(f"agreement[{number}]", agreement, organisations)
    for number, user in enumerate(world.user):
        for membership in user.membership:
            home = organisations.get(membership.organisation)
            if home is None:
                yield _unknown(f"user[{number}]", f"organisasjon {membership.organisation}")
            elif membership.unit and membership.unit not in {u.code for u in home.unit}:
                yield _unknown(f"user[{number}]", f"enhet {membership.unit}")


def _agreement(path: str, agreement: Agreement, organisations: dict[str, Organisation]) -> Iterator[Found]:
    for her_id, kind in ((agreement.hospital, "hospital"), (agreement.municipality, "municipality")):
        found = organisations.get(her_id)
        if found is None:
            yield _unknown(path, f"organisasjon {her_id}")
        elif found.kind != kind:
            text = f"{found.name} ({her_id}) er ikke {'sykehus' if kind == 'hospital' else 'kommune'}"
            yield "world.agreement_kind", ERROR, path, text


def _circles(world: World) -> Iterator[Found]:
    chains: list[tuple[str, str, dict[str, str]]] = []
    organisations = {o.her_id: o.successor for o in world.organisation}
    chains += [(path, o.her_id, organisations) for path, o in _organisations(world)]
    numbers = {n.number: n.successor_number for n in world.municipality_number}
    chains += [(f"municipality_number[{i}]", n.number, numbers) for i, n in enumerate(world.municipality_number)]
    for path, start, successors in chains:
        seen, current = {start}, successors.get(start, "")
        while current and current not in seen:
            seen.add(current)
            current = successors.get(current, "")
        if current == start:
            yield "world.successor_circle", ERROR, path, f"etterfølgerne til {start} går i ring"


def _numbers(world: World) -> Iterator[Found]:
    known = {n.number for n in world.municipality_number}
    in_use = {o.municipality_number for o in world.organisation}
    for number, row in enumerate(world.municipality_number):
        path = f"municipality_number[{number}]"
        if not (len(row.number) == 4 and row.number.isascii() and row.number.isdigit()):
            yield "world.municipality_number_wrong", ERROR, path, f"kommunenummer «{row.number}» er ikke fire sifre"
        if row.successor_number and row.successor_number not in known | in_use:
            yield _unknown(path, f"kommunenummer {row.successor_number}")
    for path, organisation in _organisations(world):
        text = organisation.municipality_number
        if organisation.kind == "municipality" and not (len(text) == 4 and text.isascii() and text.isdigit()):
            yield "world.municipality_number_wrong", ERROR, path, f"kommunenummer «{text}» er ikke fire sifre"


def _hours(world: World) -> Iterator[Found]:
    for path, organisation in _organisations(world):
        for number, contact in enumerate(organisation.contact):
            try:
                parse_hours(contact.hours)
            except HoursError:
                where = f"{path}.contact[{number}]"
                yield "world.hours_unreadable", ERROR, where, f"åpningstiden «{contact.hours}» kan ikke leses"


def _routines(world: World) -> Iterator[Found]:
    for path, organisation in _organisations(world):
        for number, routine in enumerate(organisation.routine):
            where = f"{path}.routine[{number}]"
            if organisation.kind != "hospital":
                yield "world.routine_kind", ERROR, where, f"{organisation.name} er ikke sykehus og har ingen rutine"
            try:
                base = shipped(routine.base)
                with_changes(base, name="x", valid_from=routine.valid_from, changes=routine.changes)
            except PolicyError as error:
                for finding in error.findings:
                    yield "world.routine_wrong", ERROR, where, finding


def _party_content(world: World) -> Iterator[Found]:
    for path, organisation, party in _parties(world):
        if party.kind == "person" and not party.family_name:
            yield "world.person_without_name", ERROR, path, "en person må ha etternavn (family_name)"
        if party.function == "plo_reception" and organisation.kind == "hospital" and not party.track:
            yield "world.reception_without_track", ERROR, path, "PLO-mottak må ha track SOMATIC eller PSYCH"


def _test_only(world: World) -> Iterator[Found]:
    if world.world.test:
        return
    for path, organisation in _organisations(world):
        if organisation.fault:
            yield "world.fault_in_real_world", ERROR, path, "bare en testverden kan ha feil lagt inn med vilje (fault)"
    if world.user:
        yield "world.user_in_real_world", ERROR, "user[0]", "bare en testverden kan ha brukere"


def _users(world: World) -> Iterator[Found]:
    seen: set[str] = set()
    for number, user in enumerate(world.user):
        if user.username.casefold() in seen:
            text = f"brukernavnet {user.username} står flere ganger"
            yield "world.user_twice", ERROR, f"user[{number}]", text
        seen.add(user.username.casefold())


_RULES: tuple[Callable[[World], Iterator[Found]], ...] = (
    _her_ids,
    _organisation_numbers,
    _periods,
    _references,
    _circles,
    _numbers,
    _hours,
    _routines,
    _party_content,
    _test_only,
    _users,
)


def _with_agreement(world: World, today: date) -> Iterator[tuple[str, Organisation]]:
    agreed = {a.municipality for a in world.agreement if valid_on(a.valid_from, a.valid_to, today)}
    for path, organisation in _organisations(world):
        if organisation.her_id in agreed and valid_on(organisation.valid_from, organisation.valid_to, today):
            yield path, organisation


def _phones(world: World, today: date) -> Iterator[Found]:
    for path, organisation in _with_agreement(world, today):
        lines = [c for c in organisation.contact if c.kind == "coordinator" and c.phone]
        if not lines:
            yield "world.coordinator_missing", WARNING, path, f"{organisation.name} har ingen koordinatortelefon"
        elif not any(valid_on(c.valid_from, c.valid_to, today) for c in lines):
            yield "world.coordinator_expired", WARNING, path, f"koordinatortelefonen til {organisation.name} er utløpt"


def _services(world: World, today: date) -> Iterator[Found]:
    for path, organisation in _with_agreement(world, today):
        have = {function_of(p) for p in organisation.party if valid_on(p.valid_from, p.valid_to, today)}
        for function, name in (("nursing", "Sykepleietjeneste"), ("case_handling", "Saksbehandling")):
            if function not in have:
                text = f"{organisation.name} har avtale, men ingen kommunikasjonspart for {name}"
                yield "world.service_missing", ERROR, path, text
