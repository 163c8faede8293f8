"""Looking up addressees, agreements, settings and phones in the shipped world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from samhandling.organisations.models import MunicipalityNumber, Organisation, Unit
from samhandling.organisations.services import (
    hosted_organisations,
    municipality,
    municipality_name,
    unit_by_code,
)
from samhandling.registry import services
from samhandling.registry.models import CounterpartFault, MessageSetting, ReceptionSetting
from samhandling.store.models import Store
from samhandling.store.services import mark_as_test
from samhandling.world.loading import load
from samhandling.world.reading import read

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world() -> None:
    mark_as_test(machine_now=NOW)
    load(read("ostfold"), now=NOW)


def find(number: str, day: date = DAY) -> Organisation:
    found = municipality(number, day)
    assert found is not None
    return found


def hospital() -> Organisation:
    return Organisation.objects.get(kind="hospital")


def test_old_numbers_find_the_municipality_of_today() -> None:
    assert find("0213").municipality_number == "3207"
    assert find("3020").municipality_number == "3207"
    assert find("0121").municipality_number == "3226"
    assert find("0136").municipality_number == "3103"
    assert find("0124").municipality_number == "3118"


def test_on_its_last_day_a_closed_municipality_is_itself() -> None:
    assert find("0213", date(2019, 12, 31)).name == "Ski kommune"


def test_unknown_and_empty_numbers_find_nothing() -> None:
    assert municipality("0301", DAY) is None
    assert municipality("", DAY) is None
    assert municipality_name("0301", DAY) == ""
    MunicipalityNumber.objects.create(number="0301", name="Oslo", valid_from=date(2000, 1, 1))
    assert municipality_name("0301", DAY) == "Oslo"


def test_a_closed_municipality_without_successor_is_none() -> None:
    Organisation.objects.filter(municipality_number="3112").update(valid_to=date(2026, 1, 1))
    assert municipality("3112", DAY) is None


def test_successors_that_go_in_a_circle_are_none() -> None:
    row = find("3112")
    row.valid_to, row.successor = date(2026, 1, 1), row
    row.save()
    assert municipality("3112", DAY) is None


def test_hosted_organisations() -> None:
    assert hosted_organisations().count() == 19
    assert [o.name for o in hosted_organisations("hospital")] == ["Sykehuset Østfold HF"]


def test_units_are_found_by_code_on_the_day() -> None:
    ward = unit_by_code(hospital(), "MEDGER", DAY)
    assert ward is not None
    new = Unit.objects.create(organisation=hospital(), code="GER", name="Geriatri", kind="ward", valid_from=DAY)
    ward.valid_to, ward.successor = DAY - timedelta(days=1), new
    ward.save()
    assert unit_by_code(hospital(), "MEDGER", DAY) == new
    assert unit_by_code(hospital(), "MEDGER", DAY - timedelta(days=1)) == ward
    assert unit_by_code(hospital(), "UKJENT", DAY) is None
    assert unit_by_code(find("3107"), "GER", DAY) is None


@pytest.mark.parametrize(
    ("message_type", "number", "track", "her_id"),
    [
        ("LOG_INNLAGT", "3107", "SOMATIC", "99310701"),
        ("LOG_INNLAGT", "3107", "PSYCH", "99310704"),
        ("LOG_INNLAGT", "3101", "PSYCH", "99310101"),
        ("LOG_UTSKREVET", "3107", "PSYCH", "99310704"),
        ("LOG_UTSKRIVNINGSKLAR", "3107", "PSYCH", "99310702"),
        ("LOG_AVMELDING", "3101", "SOMATIC", "99310102"),
        ("HELSEOPPL_SOKNAD", "3105", "SOMATIC", "99310502"),
    ],
)
def test_who_takes_the_message(message_type: str, number: str, track: str, her_id: str) -> None:
    party = services.addressee_for(message_type, find(number), track, DAY)
    assert party is not None
    assert party.her_id == her_id


def test_a_party_past_its_last_day_is_not_addressed() -> None:
    party = services.party("99310701")
    assert party is not None
    party.valid_to = DAY - timedelta(days=1)
    party.save()
    assert services.addressee_for("LOG_INNLAGT", find("3107"), "SOMATIC", DAY) is None
    assert services.party("99310701", DAY) is None
    assert services.party("99310701") == party


def test_a_zone_does_not_take_what_is_for_the_whole_service() -> None:
    whole = services.party("99310701")
    assert whole is not None
    whole.pk, whole.her_id, whole.place_function = None, "99310600", "Sone nord"
    whole.save()
    found = services.addressee_for("LOG_INNLAGT", find("3107"), "SOMATIC", DAY)
    assert found is not None
    assert found.her_id == "99310701"


def test_the_hospital_sends_from_the_reception_of_the_track() -> None:
    somatic = services.sender_for(hospital(), "SOMATIC", DAY)
    psychiatric = services.sender_for(hospital(), "PSYCH", DAY)
    assert somatic is not None
    assert psychiatric is not None
    assert (somatic.name, psychiatric.name) == ("Somatikk plo meldingsmottak", "Psykiatri plo meldingsmottak")


def test_agreements_hold_on_their_days_only() -> None:
    assert services.agreement_between(hospital(), find("3107"), DAY) is not None
    assert services.agreement_between(hospital(), find("3214"), DAY) is None
    ski = Organisation.objects.get(municipality_number="0213")
    assert services.agreement_between(hospital(), ski, date(2019, 12, 31)) is not None
    assert services.agreement_between(hospital(), ski, date(2013, 6, 4)) is None
    assert len(services.agreements_on(hospital(), NOW)) == 16


def test_the_version_follows_the_receiver() -> None:
    def version(number: str) -> str | None:
        party = services.addressee_for("LOG_INNLAGT", find(number), "SOMATIC", DAY)
        assert party is not None
        return services.plo_version(services.agreement_between(hospital(), find(number), DAY), party)

    assert version("3107") == "1.6"
    assert version("3122") == "1.5"


def test_the_node_writes_unless_the_record_system_does() -> None:
    assert services.written_by(hospital(), "LOG_INNLAGT") == "node"
    MessageSetting.objects.create(organisation=hospital(), message_type="LOG_INNLAGT", written_by="epj")
    assert services.written_by(hospital(), "LOG_INNLAGT") == "epj"
    assert services.written_by(find("3107"), "LOG_INNLAGT") == "node"


def test_unknown_services_are_rejected_only_where_set() -> None:
    assert not services.rejects_unknown_service(find("3107"))
    ReceptionSetting.objects.create(organisation=find("3107"), reject_unknown_service=True)
    assert services.rejects_unknown_service(find("3107"))


def test_phones_of_the_shipped_world() -> None:
    at_ten = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    at_night = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def chosen(number: str, instant: datetime) -> tuple[str, str]:
        phone = services.staffed_phone(find(number), instant)
        assert phone is not None
        return phone.kind, phone.why

    assert chosen("3107", at_ten) == ("coordinator", "open")
    assert chosen("3107", at_night) == ("night", "closed_now")
    assert chosen("3110", at_ten) == ("switchboard", "coordinator_expired")
    assert chosen("3110", at_night) == ("night", "coordinator_expired")
    assert chosen("3124", at_ten) == ("switchboard", "coordinator_missing")
    assert services.staffed_phone(None, at_ten) is None


def test_faults_work_in_test_stores_only_and_only_in_their_time() -> None:
    late = services.fault_of(find("3118"), "LOG_INNLAGT", NOW)
    assert late is not None
    assert (late.mode, late.minutes) == ("slow", 20)
    assert services.fault_of(find("3120"), "LOG_INNLAGT", NOW) is None
    silent = services.fault_of(find("3120"), "LOG_UTSKRIVNINGSKLAR", NOW)
    assert silent is not None
    assert silent.mode == "silent"
    CounterpartFault.objects.filter(pk=silent.pk).update(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    assert services.fault_of(find("3120"), "LOG_UTSKRIVNINGSKLAR", NOW) is not None
    assert services.fault_of(find("3120"), "LOG_UTSKRIVNINGSKLAR", NOW + timedelta(hours=1)) is None
    Store.objects.update(test=False, clock_offset=0.0)
    assert services.fault_of(find("3118"), "LOG_INNLAGT", NOW) is None
