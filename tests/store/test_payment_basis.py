"""*Betalingsgrunnlag*: what a stay comes to by what is stored, with its proofs; who may see it, and the export (3)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.configuration import configuration
from samhandling.registry.models import CounterpartFault
from samhandling.stays import events
from samhandling.stays.calls import Spoken, note_on_stay
from samhandling.stays.dialogs import Talk, ready_message, send_talk
from samhandling.stays.models import RoutinePolicy, Stay
from samhandling.stays.paying import Claim, claims
from samhandling.stays.services import register
from samhandling.store.services import set_clock
from tests.scenario.ward import Person, Ward, open_ward
from tests.store.people import logged_in

pytestmark = pytest.mark.django_db
PEOPLE = {"responsible": {"family_name": "Moe", "profession": "SP", "phone": "69000000"}}


@pytest.fixture
def ward() -> Ward:
    return open_ward("08.03.2024 06.00")


def ready(ward: Ward, admitted: str, at: str, *, informed: bool = True) -> tuple[Person, Stay]:
    """A user of municipal services, with an early notice in time unless not, who is ready at that time."""
    person = ward.person()
    stay = ward.admit(person, admitted)
    assert stay is not None
    ward.flag(person)
    if informed:
        told = events.InformationSent(at=ward.now, kind="early", received_at=ward.now)
        register(stay, told, user=ward.user(), now=ward.now)
    ward.ready(person, at, at.split()[0])
    return person, stay


def answer(ward: Ward, at: str, reply: str, day: date | None = None) -> None:
    """The municipality answers the message that stands."""
    ward.until(at)
    course = ward.course()
    talk = Talk(
        organisation=ward.mun_a, message_type="DIALOG_NOTAT", patient=course.patient, about=ready_message(course),
        course=course,
    )  # fmt: skip
    values = {**PEOPLE, "ready_reply": reply, **({"from_day": day} if day else {})}
    outcome = send_talk(talk, values, user=ward.user("case_handler"), now=ward.now)
    assert outcome.message is not None, outcome.findings
    ward.work()


def found(ward: Ward, first: str, last: str) -> list[Claim]:
    return claims(ward.hospital, date.fromisoformat(first), date.fromisoformat(last), today=ward.now.date())


def paid(claim: Claim) -> tuple[int, int | None, str]:
    return claim.basis.days, claim.basis.amount, claim.basis.outcome


def test_p_1_not_before_thursday_with_each_days_proof(ward: Ward) -> None:
    person, stay = ready(ward, "08.03.2024 10.00", "11.03.2024 14.00")
    answer(ward, "11.03.2024 15.00", "cannot")
    answer(ward, "14.03.2024 08.00", "can")
    ward.discharge(person, "14.03.2024 12.00")
    (claim,) = found(ward, "2024-03-01", "2024-03-31")
    assert paid(claim) == (3, 17235, "PAYABLE")
    assert [day.isoformat() for day, _ in claim.prices] == ["2024-03-11", "2024-03-12", "2024-03-13"]
    assert (claim.stay, claim.municipality, claim.disputed) == (stay, "9901", False)
    assert [(p.kind, p.says) for p in claim.proofs] == [
        ("ready", ""), ("answer", "cannot"), ("answer", "can"), ("discharged", ""), ("left", ""),
    ]  # fmt: skip
    assert all(p.msg_id and p.receipted_at for p in claim.proofs if p.kind in ("ready", "discharged"))


def test_p_3_the_offer_comes_the_next_morning(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 15.30")
    answer(ward, "03.06.2025 09.00", "can")
    ward.discharge(person, "03.06.2025 12.00")
    assert [paid(one) for one in found(ward, "2025-06-01", "2025-06-30")] == [(1, 5981, "PAYABLE")]


def test_p_6_each_date_has_the_price_of_its_own_year_and_each_period_its_own_days(ward: Ward) -> None:
    RoutinePolicy.objects.update(changes={"day_prices": {"2025": {"amount": 6100, "source": "prøve"}}})
    person, _ = ready(ward, "27.12.2024 10.00", "30.12.2024 10.00")
    answer(ward, "02.01.2025 09.00", "can")
    ward.discharge(person, "02.01.2025 12.00")
    assert [paid(one) for one in found(ward, "2024-12-01", "2025-01-31")] == [(3, 2 * 5745 + 6100, "PAYABLE")]
    assert [paid(one) for one in found(ward, "2024-12-01", "2024-12-31")] == [(2, 2 * 5745, "PAYABLE")]
    assert [paid(one) for one in found(ward, "2025-01-01", "2025-01-31")] == [(1, 6100, "PAYABLE")]
    assert found(ward, "2025-02-01", "2025-02-28") == []


def test_p_8_can_take_today(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    answer(ward, "02.06.2025 12.00", "can")
    ward.discharge(person, "03.06.2025 08.00")
    assert [paid(one) for one in found(ward, "2025-06-01", "2025-06-30")] == [(0, 0, "NOT_PAYABLE")]


def test_p_9_the_day_of_death_is_not_charged(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    ward.says(person, events.Died, "04.06.2025 10.00")
    (claim,) = found(ward, "2025-06-01", "2025-06-30")
    assert (paid(claim), claim.basis.certainty) == ((2, 11962, "PAYABLE"), "low")


def test_p_10_without_an_early_notice_it_is_disputed(ward: Ward) -> None:
    ready(ward, "30.05.2025 10.00", "02.06.2025 10.00", informed=False)
    answer(ward, "04.06.2025 09.00", "can")
    (claim,) = found(ward, "2025-06-01", "2025-06-30")
    assert (paid(claim), claim.disputed) == ((2, 11962, "DISPUTED"), True)
    assert "early_missing" in claim.basis.why


def test_p_11_never_acknowledged_and_phoned_counts_from_the_call(ward: Ward) -> None:
    CounterpartFault.objects.create(organisation=ward.mun_a, mode="silent")
    person, stay = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    ward.until("03.06.2025 10.00")
    spoken = Spoken(who="Siri Moe", agreed="Varslet om utskrivningsklar", at=ward.now)
    note_on_stay(stay, spoken, user=ward.user(), now=ward.now)
    ward.discharge(person, "05.06.2025 10.00")
    (claim,) = found(ward, "2025-06-01", "2025-06-30")
    assert (paid(claim), claim.disputed) == ((2, 11962, "DISPUTED"), True)
    assert [day.isoformat() for day, _ in claim.prices] == ["2025-06-03", "2025-06-04"]
    assert "call" in [p.kind for p in claim.proofs]


def test_p_12_a_year_without_a_price_is_told_and_never_guessed(ward: Ward) -> None:
    person, _ = ready(ward, "29.05.2026 10.00", "01.06.2026 10.00")
    ward.discharge(person, "04.06.2026 10.00")
    (claim,) = found(ward, "2026-06-01", "2026-06-30")
    assert (paid(claim), claim.basis.missing_years) == ((3, None, "PRICE_MISSING"), (2026,))
    RoutinePolicy.objects.update(changes={"day_prices": {"2026": {"amount": 6200, "source": "Statsbudsjettet"}}})
    assert [paid(one) for one in found(ward, "2026-06-01", "2026-06-30")] == [(3, 18600, "PAYABLE")]


def test_withdrawn_and_set_again_the_same_day_is_charged_once(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    ward.says(person, events.ReadyCleared, "04.06.2025 09.00")
    ward.ready(person, "04.06.2025 15.00", "04.06.2025")
    ward.discharge(person, "06.06.2025 10.00")
    days = [day.day for one in found(ward, "2025-06-01", "2025-06-30") for day, _ in one.prices]
    assert days == [2, 3, 4, 5]


def test_registered_by_mistake_is_no_day(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    ward.says(person, events.ReadyCleared, "04.06.2025 09.00", by_mistake=True)
    assert [paid(one) for one in found(ward, "2025-06-01", "2025-06-30")] == [(0, 0, "NOT_PAYABLE")]


def test_two_stays_at_once_never_charge_a_date_twice_for_one_patient(ward: Ward) -> None:
    person, _ = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    second = ward.admit(person, "03.06.2025 08.00", "KIR")
    assert second is not None
    ward.flag(person)
    ward.ready(person, "03.06.2025 12.00", "03.06.2025")
    ward.until("06.06.2025 10.00")
    days = [day.day for one in found(ward, "2025-06-01", "2025-06-30") for day, _ in one.prices]
    assert sorted(days) == sorted(set(days)) == [2, 3, 4, 5]


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_by_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration(), "payment_basis", True)


def controller(ward: Ward) -> User:
    user = add_user("oda", "demo", now=ward.now, first_name="Oda", last_name="Konom", demo=True)
    add_role(user, Role.CONTROLLER, ward.hospital, now=ward.now)
    return user


def page(ward: Ward, query: str = "?fra=01.06.2025&til=30.06.2025") -> tuple[Client, str]:
    set_clock(ward.now, machine_now=datetime.now(UTC))
    return logged_in(controller(ward)), f"/betalingsgrunnlag/{query}"


def test_it_is_off_until_the_node_has_it_on(ward: Ward) -> None:
    client, path = page(ward)
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("on_by_setting")
def test_the_page_keeps_the_disputed_apart_says_unconfirmed_and_logs_who_read(ward: Ward) -> None:
    _, agreed = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    ready(ward, "02.06.2025 11.00", "02.06.2025 12.00", informed=False)
    ward.until("05.06.2025 10.00")
    client, path = page(ward)
    body = client.get(path).content.decode()
    assert "Ubekreftet" in body
    assert body.index("<h2>Grunnlag</h2>") < body.index("17\u00a0943") < body.index("<h2>Omtvistet</h2>")
    assert "Tidligmelding mangler" in body
    read = AuditEntry.objects.filter(action="payment.read", subject=agreed.subject)
    assert read.get().patient_id == agreed.patient_id
    # Name and birth date, never the number.
    assert agreed.patient.family_name in body
    assert not any(number in body for number in ("P1", "14034"))


@pytest.mark.usefixtures("on_by_setting")
def test_the_export_names_proofs_and_marks_the_disputed(ward: Ward) -> None:
    ready(ward, "30.05.2025 10.00", "02.06.2025 10.00", informed=False)
    ward.until("05.06.2025 10.00")
    client, path = page(ward)
    got = client.get(path + "&form=csv")
    head, row = got.content.decode("utf-8-sig").splitlines()
    cells = dict(zip(head.split(";"), row.split(";"), strict=True))
    assert (cells["Kommune"], cells["Døgn"], cells["Kroner"]) == ("Kommune A", "3", "17943")
    assert (cells["Omtvistet"], cells["Status"]) == ("ja", "ubekreftet")
    assert "Melding om utskrivningsklar pasient" in cells["Bevis"]
    assert got["Content-Disposition"] == 'attachment; filename="betalingsgrunnlag-2025-06-01-2025-06-30.csv"'
    assert AuditEntry.objects.filter(action="payment.export").count() == 1


@pytest.mark.usefixtures("on_by_setting")
def test_nothing_is_exported_while_a_day_price_is_missing(ward: Ward) -> None:
    ready(ward, "29.05.2026 10.00", "01.06.2026 10.00")
    ward.until("04.06.2026 10.00")
    client, path = page(ward, "?fra=01.06.2026&til=30.06.2026")
    body = client.get(path).content.decode()
    assert "Døgnpris mangler for 2026" in body
    refused = client.get(path + "&form=csv")
    assert refused.status_code >= 400
    assert "Døgnprisen mangler for et år i perioden." in refused.content.decode()


@pytest.mark.usefixtures("on_by_setting")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CONTROLLER])
def test_only_a_controller_may_see_it(ward: Ward, role: Role) -> None:
    set_clock(ward.now, machine_now=datetime.now(UTC))
    assert logged_in(ward.user(role.value)).get("/betalingsgrunnlag/").status_code in (302, 403)


@pytest.mark.usefixtures("on_by_setting")
def test_a_controller_sees_no_patients_or_messages_besides(ward: Ward) -> None:
    _, stay = ready(ward, "30.05.2025 10.00", "02.06.2025 10.00")
    client, _ = page(ward)
    for path in (f"/opphold/{stay.pk}/", "/opphold/", "/meldinger/", "/tall/"):
        assert client.get(path).status_code in (403, 404), path
    assert 'href="/betalingsgrunnlag/"' in client.get("/").content.decode()
