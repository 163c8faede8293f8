"""The patient system of the scenarios' ward, as it speaks: whole ADT messages through intake, with the real jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from samhandling.clock import oslo
from samhandling.exchange.models import Message
from samhandling.intake.models import AdtRecord
from samhandling.intake.services import take_in
from samhandling.patients.values import Number
from samhandling.stays.models import Stay
from tests.scenario.ward import Person, Ward, on

_serial = count(1)


def stamp(at: datetime) -> str:
    """As a feed without zone writes it: Oslo's clock."""
    return oslo.local(at).strftime("%Y%m%d%H%M%S")


@dataclass
class Pas:
    """One patient in the patient system. Every message says everything that the system knows, as feeds do."""

    ward: Ward
    person: Person
    visit: str = ""
    unit: str = "MED"
    admitted: str = ""
    zpl: dict[int, str] = field(default_factory=dict)
    dead: str = ""
    patient_class: str = "I"
    attending: str = ""
    address: str = "Gata 1"

    def tells(self, trigger: str, at: str = "", *, recorded: str = "", merged: tuple[Number, ...] = (), **more) -> str:
        """Send one message at `at`, let everything due be done, and give what became of it: its state and code.

        `more`: fields of PV1 as `pv1_45="…"`, of EVN as `evn_4="…"`, or `without="PV1"`.
        """
        if at:
            self.ward.until(at)
        registered = on(recorded) if recorded else self.ward.now
        segments = [
            f"MSH|^~\\&|PAS|SYKEHUS|NODE|NODE|{stamp(self.ward.now)}||ADT^{trigger}|Q{next(_serial)}|P|2.5||||||UNICODE UTF-8",
            _segment("EVN", {1: trigger, 2: stamp(registered), 6: stamp(registered)}, more, "evn_"),
            _segment("PID", self._pid(), more, "pid_"),
            _segment("PV1", self._pv1(), more, "pv1_"),
            _segment("ZPL", self.zpl, more, "zpl_"),
        ]
        segments = [s for s in segments if not s.startswith(more.get("without", "---"))]
        if merged:
            segments.append("MRG|" + "~".join(_cx(number) for number in merged))
        stored = take_in(("\r".join(segments) + "\r").encode(), organisation=self.ward.hospital, now=self.ward.now)
        self.ward.work()
        record = AdtRecord.objects.get(pk=stored.record_id)
        return " ".join(part for part in (record.state, record.error_code) if part)

    def admit(self, at: str, **zpl: str) -> Stay:
        """A01, with what ZPL says from the start."""
        self.ward.until(at)
        self.visit = self.visit or f"V{next(_serial)}"
        self.admitted = stamp(self.ward.now)
        self.zpl |= {int(name.removeprefix("zpl_")): value for name, value in zpl.items()}
        assert self.tells("A01") == "done"
        return Stay.objects.get(visit=self.visit)

    def _pid(self) -> dict[int, str]:
        person = self.person
        numbers = (Number("LOCAL", person.local), *person.numbers)
        return {
            3: "~".join(_cx(number) for number in numbers),
            5: f"{person.family_name}^{person.given_name}",
            7: "19420314",
            8: "F",
            11: f"{self.address}^^Storvik^^0000^NO^H^^{person.municipality}",
            30: self.dead,
        }

    def _pv1(self) -> dict[int, str]:
        return {
            2: self.patient_class, 3: self.unit, 7: self.attending, 19: self.visit, 44: self.admitted,
        }  # fmt: skip


def sent(stay: Stay, ward: Ward) -> list[str]:
    """What the hospital sent for the stay, in order."""
    return ward.sent(stay)


def everything(ward: Ward) -> int:
    """How many messages the hospital sent at all."""
    return Message.objects.filter(organisation=ward.hospital, direction="out").count()


def _cx(number: Number) -> str:
    return f"{number.value}^^^SYKEHUS^PI" if number.kind == "LOCAL" else f"{number.value}^^^^{number.kind}"


def _segment(name: str, fields: dict[int, str], more: dict[str, str], prefix: str) -> str:
    values = {**fields, **{int(k.removeprefix(prefix)): v for k, v in more.items() if k.startswith(prefix)}}
    return "|".join([name, *(values.get(n, "") for n in range(1, max(values, default=0) + 1))])
