"""What separates two worlds, named by their keys rather than by their place in a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

from samhandling.world.check import function_of
from samhandling.world.format import World


@dataclass(frozen=True)
class Difference:
    """One row or value that differs. `kind` is `added`, `removed` or `changed`, seen from the first world."""

    kind: str
    row: str
    key: str = ""
    before: object = None
    after: object = None

    def __str__(self) -> str:
        if self.kind == "changed":
            return f"~ {self.row}: {self.key} {self.before!r} → {self.after!r}"
        return f"{'+' if self.kind == 'added' else '-'} {self.row}"


Rows = dict[str, dict[str, Any]]


def rows(world: World) -> Rows:
    """Every table of a world as plain values under a name that says which row it is."""
    found: Rows = {}
    seen: Counter[str] = Counter()

    def put(name: str, table: Any, *drop: str) -> None:
        seen[name] += 1
        number = seen[name]
        values = {f: getattr(table, f) for f in table.__struct_fields__ if f not in drop}
        found[name if number == 1 else f"{name} ({number})"] = values

    for number in world.municipality_number:
        put(f"kommunenummer {number.number} fra {number.valid_from}", number)
    for organisation in world.organisation:
        top = f"organisasjon {organisation.her_id}"
        put(top, organisation, "unit", "party", "contact", "group", "document", "routine", "fault")
        found[top]["written_by_epj"] = sorted(organisation.written_by_epj)
        for unit in organisation.unit:
            put(f"{top} enhet {unit.code} fra {unit.valid_from}", unit)
        for party in organisation.party:
            name = f"{top} part {party.her_id}"
            put(name, party)
            found[name]["function"] = function_of(party)
        for contact in organisation.contact:
            put(f"{top} kontakt {contact.kind} «{contact.name}» {contact.unit} fra {contact.valid_from}", contact)
        for group in organisation.group:
            name = f"{top} gruppe {group.name} fra {group.valid_from}"
            put(name, group, "member")
            for member in group.member:
                put(f"{name} medlem {member.role} «{member.name}» fra {member.valid_from}", member)
        for document in organisation.document:
            put(f"{top} dokument {document.code} fra {document.valid_from}", document)
        for routine in organisation.routine:
            put(f"{top} rutine {routine.municipality_number or 'for alle'} fra {routine.valid_from}", routine)
        for fault in sorted(organisation.fault, key=msgspec.json.encode):
            put(f"{top} feil {fault.mode} {fault.message_type}", fault)
    for agreement in world.agreement:
        put(f"avtale {agreement.hospital}–{agreement.municipality} fra {agreement.valid_from}", agreement)
    for user in world.user:
        put(f"bruker {user.username}", user, "membership")
        for m in user.membership:
            put(f"bruker {user.username} rolle {m.role} {m.organisation} {m.unit}", m)
    return found


def diff(before: World, after: World) -> tuple[Difference, ...]:
    """What must be done to `before` to make it `after`, in a stable order. The heads are not compared."""
    a, b = rows(before), rows(after)
    found: list[Difference] = []
    for name in sorted(a.keys() | b.keys()):
        if name not in b:
            found.append(Difference("removed", name))
        elif name not in a:
            found.append(Difference("added", name))
        else:
            found.extend(
                Difference("changed", name, key, a[name][key], b[name][key])
                for key in a[name]
                if a[name][key] != b[name][key]
            )
    return tuple(found)
