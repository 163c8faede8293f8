"""Export then load gives an empty diff, whatever the world holds."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samhandling.stays.policy import OSTFOLD
from samhandling.store.services import mark_as_test
from samhandling.world import format as f
from samhandling.world.check import ERROR, check
from samhandling.world.diff import diff
from samhandling.world.exporting import export
from samhandling.world.loading import load
from samhandling.world.reading import Source, parse, write

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
words = st.text(string.ascii_letters + "æøåÆØÅ", min_size=1, max_size=12)
days = st.dates(date(2001, 1, 1), date(2030, 12, 31))
types = st.sampled_from(["LOG_INNLAGT", "LOG_UTSKREVET", "LOG_AVMELDING"])


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    """A period of validity, open or closed."""
    start = draw(st.one_of(st.just(f.FIRST_DAY), days))
    end = draw(st.one_of(st.none(), days))
    return {"valid_from": start, "valid_to": end if end is None or end >= start else None}


@st.composite
def units(draw: st.DrawFn) -> list[f.Unit]:
    codes = draw(st.lists(words, unique=True, max_size=4))
    return [
        f.Unit(
            code=code,
            name=draw(texts),
            kind=draw(st.sampled_from(["ward", "service", "zone", "office"])),
            track=draw(st.sampled_from(["SOMATIC", "PSYCH"])),
            inpatient=draw(st.booleans()),
            phone=draw(st.text("0123456789 ", max_size=12)),
            leader=draw(texts),
            **draw(periods()),
        )
        for code in codes
    ]


def parties(draw: st.DrawFn, her_id: int, unit_codes: list[str]) -> list[f.Party]:
    return [
        f.Party(
            her_id=str(her_id + n),
            name=draw(texts),
            kind=draw(st.sampled_from(["service", "person"])),
            family_name=draw(words),
            service_list=draw(st.sampled_from(["", "8663", "8656", "8668"])),
            service_code=draw(st.sampled_from(["", "KP02", "KD0501", "01"])),
            place_function=draw(texts),
            function=draw(st.sampled_from(["", "nursing", "doctor", "other"])),
            track=draw(st.sampled_from(["", "SOMATIC", "PSYCH"])),
            unit=draw(st.sampled_from(["", *unit_codes])),
            plo_versions=draw(st.sampled_from([["1.6", "1.5"], ["1.5"], []])),
            **draw(periods()),
        )
        for n in range(1, draw(st.integers(0, 3)) + 1)
    ]


@st.composite
def organisations(draw: st.DrawFn, number: int) -> f.Organisation:
    """One organisation with everything that belongs to it; `number` keeps the HER-ids apart."""
    own_units = draw(units())
    kind = draw(st.sampled_from(["hospital", "municipality", "gp", "other"]))
    return f.Organisation(
        her_id=str(number * 100),
        name=draw(texts),
        kind=kind,
        municipality_number=f"{3100 + number}" if kind == "municipality" else "",
        hosted=draw(st.booleans()),
        reject_unknown_service=draw(st.booleans()),
        attachment_formats=draw(st.lists(st.sampled_from(["application/pdf", "image/png"]), unique=True)),
        written_by_epj=draw(st.lists(types, unique=True)),
        unit=own_units,
        party=parties(draw, number * 100, [u.code for u in own_units]),
        contact=[
            f.Contact(kind="night", name=name, phone=draw(st.text("0123456789", max_size=8)), **draw(periods()))
            for name in draw(st.lists(texts, unique=True, max_size=2))
        ],
        group=[
            f.Group(name=name, email="a@b.example", member=[f.Member(role=draw(words), **draw(periods()))])
            for name in draw(st.lists(words, unique=True, max_size=2))
        ],
        document=[
            f.Document(code=code, title=draw(texts), version=draw(st.text("0123456789.", max_size=5)))
            for code in draw(st.lists(words, unique=True, max_size=2))
        ],
        routine=[
            f.Routine(base=base, name=draw(texts), changes=draw(routine_changes), municipality_number=number)
            for base, number in draw(st.sampled_from([[], [("nasjonal", "")], [(OSTFOLD, ""), ("nasjonal", "3101")]]))
        ]
        if kind == "hospital"
        else [],
        fault=[
            f.Fault(mode=mode, minutes=draw(st.integers(0, 500)), reason=draw(texts), starts_at=draw(instants))
            for mode in draw(st.lists(st.sampled_from(["slow", "silent", "reject_e21"]), unique=True, max_size=2))
        ],
        **draw(periods()),
    )


routine_changes = st.sampled_from(
    [{}, {"early_notice_hours": 12}, {"receipt_alarm_minutes": {"M3": 60}, "confirm_ready_by": "11:00"},
     {"allowed": {"M9": "X X A A X X X X", "M10": "X X A A X X X X"}, "deviation_reasons": ["technical"]}]
)  # fmt: skip
instants = st.one_of(
    st.none(),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@st.composite
def worlds(draw: st.DrawFn) -> f.World:
    found = [draw(organisations(number)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    for organisation in found:
        organisation.successor = draw(
            st.sampled_from(["", *(o.her_id for o in found if o.her_id > organisation.her_id)])
        )
    hospitals = [o.her_id for o in found if o.kind == "hospital"]
    municipalities = [o.her_id for o in found if o.kind == "municipality"]
    pairs = (
        draw(st.sets(st.sampled_from([(h, m) for h in hospitals for m in municipalities]), max_size=3))
        if (hospitals and municipalities)
        else set()
    )
    return f.World(
        world=f.Head(name="x", test=True),
        municipality_number=[
            f.MunicipalityNumber(number=f"{4000 + n}", name=draw(texts), valid_from=draw(days))
            for n in range(draw(st.integers(0, 3)))
        ],
        organisation=found,
        agreement=[
            f.Agreement(hospital=h, municipality=m, takes_cancellation=draw(st.booleans()), **draw(periods()))
            for h, m in sorted(pairs)
        ],
    )


@pytest.mark.django_db
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(world=worlds())
def test_export_then_load_gives_an_empty_diff(db: None, world: f.World) -> None:
    source = Source(world, {})
    errors = [p for p in check(source, today=NOW.date()) if p.severity == ERROR]
    assert [p for p in errors if p.code != "world.service_missing"] == []
    if errors:
        return
    with transaction.atomic():
        mark_as_test(machine_now=NOW)
        load(source, now=NOW)
        exported = export()
        assert diff(world, exported) == ()
        again = parse(write(exported))
        assert diff(again.world, exported) == ()
        second = load(again, now=NOW)
        assert +second.added == {}
        assert +second.changed == {}
        assert diff(export(), exported) == ()
        transaction.set_rollback(True)
