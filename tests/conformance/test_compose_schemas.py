"""Whatever values come: what we compose is valid by the official schemas and free of blocking findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandling.identity.synthetic import person_number
from samhandling.messages import codes, engine, facts
from samhandling.messages.compose.logistics import (
    Address,
    AddressLevel,
    AddressPerson,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
    compose,
)
from samhandling.messages.receipts import JudgeSettings, OwnParties, build, judge
from tests.documents import EARLIER, NOW
from tests.fuzz.oracle import Oracle


@pytest.fixture(scope="module")
def oracle(standards: Path) -> Iterator[Oracle]:
    oracle = Oracle(standards / "schemas")
    yield oracle
    oracle.close()


names = st.text(min_size=1, max_size=40).filter(lambda text: any(sign.isalnum() for sign in text))
free = st.text(max_size=200)
numbers = st.integers(1, 9_999_999).map(str)
phones = st.from_regex(r"\+?[0-9]{2}[ 0-9]{4,10}[0-9]", fullmatch=True)
# Hypothesis wants its bounds naive and adds the zone.
instants = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
levels = st.builds(
    AddressLevel, name=names, her_id=numbers, organisation_number=st.sampled_from(["", "999888777", "974 744 570"])
)
addresses = st.builds(
    Address,
    organisation=levels,
    part=st.one_of(
        levels,
        st.builds(AddressPerson, family_name=names, given_name=st.one_of(st.just(""), names), her_id=numbers),
    ),
)


@st.composite
def patients(draw: st.DrawFn) -> PatientValues:
    birth = draw(st.dates(date(1920, 1, 1), date(2025, 12, 31)))
    sex = draw(st.sampled_from(["1", "2"]))
    kind = draw(st.sampled_from(["FNR", "DNR"]))
    number = person_number(birth, "1" if sex == "1" else "2", kind=kind)
    return PatientValues(
        family_name=draw(names),
        given_name=draw(names),
        middle_name=draw(free),
        identifiers=((kind, number),),
        birth_date=draw(st.sampled_from([None, birth])),
        sex=sex,
    )


professionals = st.builds(
    Professional,
    family_name=names,
    given_name=free,
    profession=st.sampled_from(sorted(codes.LISTS["9060"].values)),
    role=st.sampled_from(sorted(codes.LISTS["9034"].values)),
    hpr_number=st.one_of(st.just(""), numbers),
    local_id=free,
    phone=st.one_of(st.just(""), phones),
)
messages = st.builds(
    LogisticsValues,
    type=st.sampled_from(["LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD"]),
    version=st.sampled_from(["1.5", "1.6"]),
    status=st.sampled_from(["N", "C"]),
    msg_id=st.uuids().map(str),
    generated_at=instants,
    issued_at=st.one_of(st.none(), instants),
    sender=addresses,
    receiver=addresses,
    copies=st.lists(addresses, max_size=2).map(tuple),
    patient=patients(),
    unit=st.builds(
        UnitValues, name=names, phone=phones, identifier=names, identifier_kind=st.sampled_from(["LAV", "LOK"])
    ),
    responsible=professionals,
    parent=st.just(EARLIER),
    conversation=st.just(EARLIER),
    admitted_at=instants,
    ready_on=days,
    withdrawn_on=days,
    discharged_at=st.one_of(days, instants),
    died_at=st.one_of(days, instants),
    discharge_place=st.sampled_from(sorted(codes.LISTS["8408"].values)),
    discharge_state=st.sampled_from(["", "1", "2", "3"]),
    descriptions=st.dictionaries(st.sampled_from(["1", "2", "3", "4", "13"]), free),
    remarks=st.dictionaries(st.sampled_from(["1", "2", "3", "4", "13"]), free),
    cancel_reason=free,
    ready_is_final=st.booleans(),
    literal_estimates=st.booleans(),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(values=messages)
def test_every_message_is_valid_and_clean(oracle: Oracle, values: LogisticsValues) -> None:
    composed = compose(values)
    assert composed.document is not None, composed.findings
    assert oracle.judge(composed.data) == (True, "")
    assert [finding for finding in composed.findings if finding.blocks_sending] == []
    found = composed.facts
    assert found is not None
    assert (found.type, found.version, found.status) == (values.type, values.version, values.status)
    assert found.generated_at == values.generated_at
    assert found.patient is not None
    assert {number.digits for number in found.patient.numbers()} == {n for _, n in values.patient.identifiers}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(values=messages, refuse=st.booleans(), receipt_id=st.uuids().map(str))
def test_every_message_gets_a_valid_receipt(
    oracle: Oracle, values: LogisticsValues, refuse: bool, receipt_id: str
) -> None:
    composed = compose(values)
    found = composed.facts
    assert found is not None
    own = OwnParties.of([] if refuse else [found.receivers[0].her_id], [found.receivers[0].organisation_her_id])
    verdict = judge(engine.read(composed.data), found, own, settings=JudgeSettings(reject_unknown_service=refuse))
    assert verdict.verdict == ("rejected" if refuse else "accepted")
    for answer in verdict.receivers:
        data = engine.build(build(found, answer, receipt_id=receipt_id, generated_at=NOW))
        assert oracle.judge(data) == (True, "")
        told = facts.facts(engine.read(data))
        assert told is not None
        assert told.receipt is not None
        assert (told.receipt.status, told.receipt.original_id) == (answer.status, values.msg_id)
        assert told.receivers[0].her_id == found.sender.her_id
        assert told.sender.her_id == answer.party.her_id


def test_a_value_that_breaks_the_standard_is_found_by_the_official_schemas_too(oracle: Oracle) -> None:
    """The oracle is awake."""
    from tests.documents import VALUES

    data = compose(VALUES).data
    assert oracle.judge(data)[0]
    assert not oracle.judge(data.replace(b"<po:Anslag>false", b"<po:Anslag>kanskje"))[0]
