"""The page of a stay and its forms, as a ward nurse meets them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from samhandling.access.models import AuditEntry
from samhandling.exchange.models import Message
from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.patients.values import Number
from samhandling.stays.models import Stay
from samhandling.stays.work import load_state
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import BORN, NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    return admit(world)


@pytest.fixture
def nurse(world: SmallWorld) -> Client:
    return logged_in(world.nurse)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def fill(client: Client, stay: Stay, what: str, **values: str):
    """Open the form, fill it in as a browser would, and send it."""
    body = shown(client, f"/opphold/{stay.pk}/registrer/{what}/")
    seen = re.search(r'name="seen" value="([^"]+)"', body)
    assert seen is not None
    answer = client.post(f"/opphold/{stay.pk}/registrer/{what}/", {"seen": seen[1], **values})
    stay.refresh_from_db()
    return answer


def sent(stay: Stay) -> list[tuple[str, str]]:
    found = Message.objects.filter(organisation=stay.organisation, direction="out").order_by("id")
    return list(found.values_list("type", "status"))


DOCTOR = {"family_name": "Dokter", "given_name": "Dina", "hpr": ""}


def test_the_page_says_who_it_is_and_what_to_do_next(nurse: Client, stay: Stay) -> None:
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert "Testine Prøvesen" in body
    assert "Født 14.03.1942" in body
    assert "SYNTETISK" in body
    assert "Ikke vurdert: bruker av kommunale tjenester, og behov etter utskriving" in body
    assert "Storvik kommune" in body
    assert 'href="tel:60990120"' in body


def test_yes_to_municipal_services_sends_the_admission_message_once(nurse: Client, stay: Stay) -> None:
    assert fill(nurse, stay, "vurdering", user="yes", need="yes").status_code == 302
    run_due(present(), strict=True)
    assert sent(stay) == [("LOG_INNLAGT", "N")]
    fill(nurse, stay, "vurdering", user="yes", need="yes")
    run_due(present(), strict=True)
    assert sent(stay) == [("LOG_INNLAGT", "N")]
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert re.search(r"Mottatt hos [^<]*Sykepleietjeneste[^<]* kl\. 10\.20", body)
    acts = AuditEntry.objects.filter(action="stay.register", subject=f"stay:{stay.pk}")
    assert {(a.purpose, a.patient_id) for a in acts} == {("vurdering", stay.patient_id)}


def test_the_answer_stands_in_the_timeline_with_the_name_of_who_gave_it(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert re.search(r"Bruker av kommunale tjenester: ja</strong>\s*<p class=\"quiet\">Kari Vik", body)


def test_an_empty_assessment_is_refused(nurse: Client, stay: Stay) -> None:
    answer = fill(nurse, stay, "vurdering")
    assert answer.status_code == 422
    assert answer.content.decode().count("Velg et svar.") == 2


def test_ready_for_discharge_names_the_professional(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes", need="yes")
    assert fill(nurse, stay, "utskrivningsklar", ready_date="16.11.2026", **DOCTOR).status_code == 302
    run_due(present(), strict=True)
    assert sent(stay)[-1] == ("LOG_UTSKRIVNINGSKLAR", "N")
    state = load_state(stay)
    assert state.ready_decided_by is not None
    assert state.ready_decided_by.family_name == "Dokter"
    assert "Utskrivningsklar 16.11.2026" in shown(nurse, f"/opphold/{stay.pk}/")


@pytest.mark.parametrize("written", ["16/11-2026", "16112026", "2026-11-16", "16.11.2026"])
def test_dates_are_taken_as_people_write_them(nurse: Client, stay: Stay, written: str) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    assert fill(nurse, stay, "utskrivningsklar", ready_date=written, **DOCTOR).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ready_date", "31.02.2026", "Datoen kan ikke leses"),
        ("ready_date", "i morgen", "Datoen kan ikke leses"),
        ("ready_date", "", "Skriv en dato"),
        ("ready_date", "01.11.2026", "før"),
        ("family_name", "", "Skriv etternavnet"),
        ("hpr", "12x", "HPR-nummer er bare siffer"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_sent(
    nurse: Client, stay: Stay, field: str, value: str, said: str
) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    answer = fill(nurse, stay, "utskrivningsklar", **{"ready_date": "16.11.2026", **DOCTOR, field: value})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert said in body
    assert f'href="#id_{field}"' in body
    assert f'id="id_{field}-error1"' in body
    run_due(present(), strict=True)
    assert ("LOG_UTSKRIVNINGSKLAR", "N") not in sent(stay)


def test_a_day_ahead_is_held(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    fill(nurse, stay, "utskrivningsklar", ready_date="18.11.2026", **DOCTOR)
    run_due(present(), strict=True)
    assert ("LOG_UTSKRIVNINGSKLAR", "N") not in sent(stay)
    assert "Ventes utskrivningsklar 18.11.2026" in shown(nurse, f"/opphold/{stay.pk}/")


def ready(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    fill(nurse, stay, "utskrivningsklar", ready_date="16.11.2026", **DOCTOR)
    run_due(present(), strict=True)


def test_no_longer_ready_is_an_avmelding(nurse: Client, stay: Stay) -> None:
    ready(nurse, stay)
    assert "Var pasienten utskrivningsklar?" in shown(nurse, f"/opphold/{stay.pk}/registrer/ikke-klar/")
    assert fill(nurse, stay, "ikke-klar", was_ready="yes", **DOCTOR).status_code == 302
    run_due(present(), strict=True)
    assert sent(stay)[-1] == ("LOG_AVMELDING", "N")


def test_registered_by_mistake_is_a_cancellation(nurse: Client, stay: Stay) -> None:
    ready(nurse, stay)
    assert fill(nurse, stay, "ikke-klar", was_ready="no").status_code == 302
    run_due(present(), strict=True)
    assert sent(stay)[-1] == ("LOG_UTSKRIVNINGSKLAR", "C")


def test_the_question_must_be_answered(nurse: Client, stay: Stay) -> None:
    ready(nurse, stay)
    answer = fill(nurse, stay, "ikke-klar", **DOCTOR)
    assert answer.status_code == 422
    assert "Velg et svar." in answer.content.decode()


def test_taking_back_a_yes_asks_why(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    run_due(present(), strict=True)
    body = shown(nurse, f"/opphold/{stay.pk}/registrer/vurdering/")
    assert "Nei, det var feilregistrert" in body
    fill(nurse, stay, "vurdering", user="mistake")
    run_due(present(), strict=True)
    assert sent(stay) == [("LOG_INNLAGT", "N"), ("LOG_INNLAGT", "C")]


def test_discharged_to_a_place(nurse: Client, stay: Stay) -> None:
    ready(nurse, stay)
    values = {"place": "11", "day": "16.11.2026", "clock": "10.20"}
    assert fill(nurse, stay, "utskrevet", **values).status_code == 302
    run_due(present(), strict=True)
    assert sent(stay)[-1] == ("LOG_UTSKREVET", "N")
    assert "Sykehjem" in shown(nurse, f"/opphold/{stay.pk}/")


def test_a_discharge_before_the_admission_is_refused(nurse: Client, stay: Stay) -> None:
    answer = fill(nurse, stay, "utskrevet", place="1", day="15.11.2026", clock="10.00")
    assert answer.status_code == 422
    assert load_state(stay).state == "S1"


def test_a_discharge_is_undone(nurse: Client, stay: Stay) -> None:
    ready(nurse, stay)
    fill(nurse, stay, "utskrevet", place="1", day="16.11.2026", clock="10.20")
    assert fill(nurse, stay, "angre-utskriving").status_code == 302
    assert load_state(stay).state == "S3"


def test_nobody_registers_on_top_of_what_they_have_not_seen(nurse: Client, world: SmallWorld, stay: Stay) -> None:
    address = f"/opphold/{stay.pk}/registrer/vurdering/"
    seen = re.search(r'name="seen" value="([^"]+)"', shown(nurse, address))
    assert seen is not None
    Stay.objects.filter(pk=stay.pk).update(changed_at=NOW + timedelta(seconds=1))
    answer = nurse.post(address, {"seen": seen[1], "user": "yes"})
    assert answer.status_code == 422
    assert "endret mens du fylte ut" in answer.content.decode()
    assert load_state(Stay.objects.get(pk=stay.pk)).user is None


def test_full_name_and_birth_date_stand_beside_the_button(nurse: Client, stay: Stay) -> None:
    body = shown(nurse, f"/opphold/{stay.pk}/registrer/vurdering/")
    beside = body[body.index('class="beside"') :]
    assert beside.index("Testine Prøvesen") < beside.index("14.03.1942") < beside.index("Lagre svarene")


def test_another_ward_does_not_exist_for_this_one(world: SmallWorld, stay: Stay) -> None:
    client = logged_in(world.surgeon_nurse)
    for address in (f"/opphold/{stay.pk}/", f"/opphold/{stay.pk}/registrer/vurdering/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/opphold/{stay.pk}/registrer/vurdering/", {"user": "yes"}).status_code == 404
    assert load_state(Stay.objects.get(pk=stay.pk)).user is None
    refused = AuditEntry.objects.filter(action="access.refused", user_id=world.surgeon_nurse.pk)
    assert refused.count() == 3


def test_the_municipality_never_sees_the_hospitals_stay(world: SmallWorld, stay: Stay) -> None:
    client = logged_in(world.case_handler)
    assert client.get(f"/opphold/{stay.pk}/").status_code == 404
    assert client.post(f"/opphold/{stay.pk}/registrer/vurdering/", {"user": "yes"}).status_code == 403


def test_reading_is_logged(world: SmallWorld, nurse: Client, stay: Stay) -> None:
    shown(nurse, f"/opphold/{stay.pk}/")
    entry = AuditEntry.objects.get(action="stay.read")
    assert (entry.user_id, entry.role, entry.patient_id) == (world.nurse.pk, "ward_nurse", stay.patient_id)


def test_a_help_number_patient_is_called_about(nurse: Client, world: SmallWorld) -> None:
    number = Number("HNR", synthetic.help_number(BORN, "2"), "SYK")
    stay = admit(world, given="Hjelpe", visit="1002", number=number)
    fill(nurse, stay, "vurdering", user="yes")
    run_due(present(), strict=True)
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert "Pasienten har hjelpenummer, ikke fødselsnummer. PLO-meldinger skal ikke brukes." in body
    assert "Hjelpenummer, ikke fødselsnummer" in body
    assert sent(stay) == []


def test_without_agreement_the_page_says_whom_to_call(nurse: Client, world: SmallWorld) -> None:
    stay = admit(world, given="Uten", visit="1003", municipality="9902")
    fill(nurse, stay, "vurdering", user="yes")
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert "Vi har ikke avtale om elektroniske meldinger med Utvik kommune. Ring 60 99 02 00." in body


def test_an_unknown_municipality_is_found_by_form(nurse: Client, world: SmallWorld) -> None:
    stay = admit(world, given="Ukjent", visit="1004", municipality="")
    fill(nurse, stay, "vurdering", user="yes")
    run_due(present(), strict=True)
    assert sent(stay) == []
    assert "Finn kommunen" in shown(nurse, f"/opphold/{stay.pk}/")
    assert fill(nurse, stay, "kommune", municipality="9901").status_code == 302
    run_due(present(), strict=True)
    assert sent(stay) == [("LOG_INNLAGT", "N")]
    assert not Task.objects.filter(cause="stay.no_municipality.find", closed_at__isnull=True).exists()


def test_what_did_not_arrive_stands_on_the_wards_page_with_whom_to_call(nurse: Client, stay: Stay) -> None:
    fill(nurse, stay, "vurdering", user="yes")
    message = Message.objects.get(organisation=stay.organisation, direction="out")
    message.deliveries.update(state="rejected")
    message.state = "rejected"
    message.save()
    stay.expectations.update(state="rejected")
    body = shown(nurse, f"/opphold/{stay.pk}/")
    assert "Kommunen har ikke fått: Innlagt" in body
    assert "Ring kommunen på 60 99 01 20." in body


def test_an_unknown_form_does_not_exist(nurse: Client, stay: Stay) -> None:
    assert nurse.get(f"/opphold/{stay.pk}/registrer/hva-som-helst/").status_code == 404
