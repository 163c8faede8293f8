"""Facts, judgement, composing and display of one logistics message, on one core."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from tests import payloads

from benchmarks import Result, percentile, rate
from samhandling.messages import display, engine, facts, profiles
from samhandling.messages.compose.logistics import (
    Address,
    AddressLevel,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
    compose,
)
from samhandling.messages.receipts import OwnParties, judge


def _values() -> LogisticsValues:
    return LogisticsValues(
        type="LOG_AVMELDING",
        msg_id=str(uuid4()),
        generated_at=datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
        sender=_address("Sykehuset Prøve HF", "101", "Somatikk plo meldingsmottak", "1011"),
        receiver=_address("Prøvevik kommune", "202", "Saksbehandling", "2022"),
        patient=PatientValues(family_name="Prøvesen", given_name="Åse", identifiers=(("FNR", "13116900216"),)),
        unit=UnitValues(name="Sengepost 3", phone="69860000", identifier="SP3"),
        responsible=Professional(family_name="Ansvarsen", given_name="Gro", profession="LE", hpr_number="9999999"),
        admitted_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        ready_on=date(2026, 11, 21),
        withdrawn_on=date(2026, 11, 21),
    )


def _address(organisation: str, first: str, part: str, second: str) -> Address:
    return Address(
        organisation=AddressLevel(name=organisation, her_id=first), part=AddressLevel(name=part, her_id=second)
    )


def _report() -> bytes:
    """An admission report with fifteen drugs, eighteen functions and six texts: as large as they come."""
    oid = "2.16.578.1.12.4.1.1."
    functions = "".join(
        f'<KartlagtFunksjon><Funksjonsvariabel V="{n}" S="{oid}9111" DN="Funksjon {n}"/><Vurdering>2</Vurdering>'
        "</KartlagtFunksjon>"
        for n in range(1, 19)
    )
    texts = "".join(payloads.heading("9142", code, "Tekst. " * 60) for code in ("AAI", "PROB", "FO", "FU", "VU", "OP"))
    content = (
        payloads.medical(texts)
        + "".join(payloads.drug(f"Legemiddel {n}") for n in range(15))
        + f"<InfoKartleggingFunksjonsniva>{functions}</InfoKartleggingFunksjonsniva>"
        + payloads.nursing(payloads.heading("9141", "8", "Tekst. " * 60))
    )
    return payloads.report("INNLEGGELSESRAPPORT", content)


def run() -> list[Result]:
    """Documents a second for each step, and the display in milliseconds."""
    values = _values()
    data = compose(values).data
    reading = engine.read(data)
    found = facts.facts(reading)
    own = OwnParties.of(["2022"], ["202"])
    times = []
    for _ in range(300):
        began = time.perf_counter()
        display.html(reading)
        times.append((time.perf_counter() - began) * 1000)
    report = engine.read(_report())
    seen = facts.facts(report)
    assert report.tree is not None
    assert seen is not None
    tree, whole = report.tree, seen
    shown = []
    for _ in range(100):
        began = time.perf_counter()
        display.html(report)
        shown.append((time.perf_counter() - began) * 1000)
    return [
        Result("profiles of a parsed admission report", rate(lambda: profiles.check(whole, tree)), "/s"),
        Result("display of an admission report, p50", percentile(shown, 0.5), "ms", goal=15.0, lower_is_better=True),
        Result("facts of a parsed logistics document", rate(lambda: facts.facts(reading)), "/s"),
        Result("judgement of a parsed logistics document", rate(lambda: judge(reading, found, own)), "/s"),
        Result(
            "compose, build, check and profile",
            rate(lambda: compose(replace(values, msg_id=str(uuid4())))),
            "/s",
        ),
        Result("display as HTML, p50", percentile(times, 0.5), "ms", goal=15.0, lower_is_better=True),
        Result("display as HTML, p99", percentile(times, 0.99), "ms", lower_is_better=True),
    ]
