"""A small world for the exchange's tests: a hospital and a municipality on one node, and one patient in both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from samhandling.carriers.loopback.carrier import STRAIGHT, LoopbackCarrier, Passage
from samhandling.exchange import delivering
from samhandling.exchange.models import Delivery, Message
from samhandling.exchange.ports import Envelope, HandOver
from samhandling.exchange.services import Draft, LogisticsContent, Outcome, Responsible, arrive, send
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.messages.compose.logistics import compose
from samhandling.messages.compose.values import (
    Address,
    AddressLevel,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
)
from samhandling.organisations.models import Organisation, Unit
from samhandling.patients.models import Patient
from samhandling.patients.services import register
from samhandling.patients.values import Number, PatientDetails
from samhandling.registry.models import Agreement, CommunicationParty
from samhandling.store.services import mark_as_test

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BORN = date(1965, 7, 15)
FNR = synthetic.person_number(BORN, "1")
RECEPTION, NURSING, CASES = "8001", "8101", "8102"


@dataclass
class Line:
    """A loopback line whose faults the test sets, and what went over it."""

    passages: Callable[[Envelope], tuple[Passage, ...]] = field(default=lambda envelope: STRAIGHT)
    before: Callable[[Envelope], None] = field(default=lambda envelope: None)
    after: Callable[[Envelope], None] = field(default=lambda envelope: None)
    seen: list[Envelope] = field(default_factory=list)

    def carrier(self) -> LoopbackCarrier:
        outer = self

        class Watched(LoopbackCarrier):
            def hand_over(self, envelope: Envelope, *, now: datetime) -> HandOver:
                outer.seen.append(envelope)
                outer.before(envelope)
                done = super().hand_over(envelope, now=now)
                outer.after(envelope)
                return done

        return Watched(line=lambda envelope: self.passages(envelope))

    def receipts(self) -> list[Envelope]:
        return [e for e in self.seen if e.action == "APPREC"]


@dataclass
class World:
    hospital: Organisation
    municipality: Organisation
    ward: Unit
    patient: Patient
    twin: Patient
    line: Line

    def draft(self, message_type: str = "LOG_INNLAGT", **changes) -> Draft:
        """A draft that nothing stands in the way of."""
        content = LogisticsContent(
            admitted_at=NOW - HOUR,
            ready_date=date(2026, 11, 24),
            withdrawn_at=NOW,
            discharged_at=NOW,
            discharged_to="1",
            responsible=Responsible(family_name="Legesen", given_name="Lise", hpr="9144897", phone="69860000"),
            unit=self.ward,
        )
        values = {
            "organisation": self.hospital,
            "message_type": message_type,
            "patient": self.patient,
            "content": content,
            "municipality": self.municipality,
            "subject": "stay:1",
        }
        return Draft(**(values | changes))

    def send(self, message_type: str = "LOG_INNLAGT", now: datetime = NOW, **changes) -> Message:
        outcome: Outcome = send(self.draft(message_type, **changes), now=now)
        assert outcome.message is not None, [f.code for f in outcome.findings]
        return outcome.message

    def received(self) -> list[Message]:
        return list(Message.objects.filter(organisation=self.municipality, direction="in").order_by("pk"))


def make(monkeypatch) -> World:
    """The world, with the line of its carrier in the test's hands."""
    mark_as_test(machine_now=NOW)
    hospital = Organisation.objects.create(
        name="Testsykehuset HF", her_id="8000", kind="hospital", hosted=True, organisation_number="974744570"
    )
    municipality = Organisation.objects.create(
        name="Testby kommune", her_id="8100", kind="municipality", hosted=True, municipality_number="3101"
    )
    ward = Unit.objects.create(
        organisation=hospital, code="ORT1", name="Ortopedi", kind="ward", inpatient=True, phone="69860001"
    )
    party(hospital, RECEPTION, "Somatikk PLO meldingsmottak", "plo_reception", track="SOMATIC")
    party(municipality, NURSING, "Sykepleietjeneste", "nursing")
    party(municipality, CASES, "Saksbehandling", "case_handling")
    Agreement.objects.create(hospital=hospital, municipality=municipality)
    line = Line()
    carrier = line.carrier()
    monkeypatch.setattr(delivering, "carrier", lambda name: carrier)
    return World(hospital, municipality, ward, known_in(hospital), known_in(municipality), line)


def party(organisation: Organisation, her_id: str, name: str, function: str, **more) -> CommunicationParty:
    return CommunicationParty.objects.create(
        organisation=organisation, her_id=her_id, name=name, function=function, **more
    )


def known_in(organisation: Organisation, number: str = FNR, family_name: str = "Nordmann") -> Patient:
    details = PatientDetails(
        numbers=(Number("FNR", number),), family_name=family_name, given_name="Ola", birth_date=BORN, sex="1"
    )
    return register(details, organisation_id=organisation.pk, now=NOW).patient


def run(now: datetime = NOW) -> None:
    run_due(now)


def delivery_of(message: Message) -> Delivery:
    return Delivery.objects.get(message=message)


def document(
    message_type: str = "LOG_INNLAGT",
    *,
    msg_id: str,
    status: str = "N",
    number: str | None = FNR,
    family_name: str = "Nordmann",
    parent: str = "",
    conversation: str = "",
    receiver: tuple[str, str] = ("8100", NURSING),
    sender: tuple[str, str] = ("7000", "7001"),
    generated_at: datetime = NOW,
    version: str = "1.6",
) -> bytes:
    """A document from a sender outside the node, `sender` and `receiver` as HER-ids of level 1 and 2."""
    # We never write a cancellation without a reference, but others do.
    unnamed = "ffffffff-ffff-4fff-8fff-ffffffffffff" if status == "C" and not parent else ""
    composed = compose(
        LogisticsValues(
            type=message_type,
            version=version,
            status=status,
            msg_id=msg_id,
            generated_at=generated_at,
            sender=_address(*sender),
            receiver=_address(*receiver),
            patient=PatientValues(
                family_name=family_name,
                given_name="Ola",
                identifiers=(("FNR", number),) if number else (),
                birth_date=BORN,
                sex="1",
            ),
            unit=UnitValues(name="Ortopedi", phone="69860001", identifier="ORT1"),
            responsible=Professional(family_name="Legesen", given_name="Lise", hpr_number="9144897", phone="69860000"),
            parent=parent or unnamed,
            conversation=conversation or parent or unnamed,
            admitted_at=NOW - HOUR,
            ready_on=date(2026, 11, 24),
            withdrawn_on=date(2026, 11, 24),
            discharged_at=NOW,
            discharge_place="1",
            discharge_state="1",
        )
    )
    assert composed.document is not None, composed.findings
    return re.sub(rb"<ConversationRef>.*</ConversationRef>", b"", composed.data) if unnamed else composed.data


def _address(organisation: str, service: str) -> Address:
    return Address(
        organisation=AddressLevel(name=f"Virksomhet {organisation}", her_id=organisation),
        part=AddressLevel(name=f"Tjeneste {service}", her_id=service),
    )


def bring(data: bytes, *, now: datetime = NOW, key: str = "", **envelope: str) -> None:
    """Let bytes arrive over loopback, and read them."""
    arrive(data, carrier="loopback", transport_key=key or str(uuid4()), now=now, **envelope)
    run(now)


def uuids() -> Iterator[str]:
    """Message ids that a test can tell apart."""
    for number in count(1):
        yield f"00000000-0000-4000-8000-{number:012d}"
