"""*Skjematisk oversikt*, *Hva sender jeg nå?*, *Eksterne kommunikasjonsparter* and the paper form."""

from __future__ import annotations

from datetime import date

import pytest

from samhandling.identity import synthetic
from samhandling.jobs.worker import run_due
from samhandling.patients.values import Number
from samhandling.registry.models import CommunicationParty
from samhandling.stays import events
from samhandling.stays.calls import Spoken, note_on_stay
from samhandling.stays.models import RoutinePolicy, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import BORN, NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def get(who, path: str) -> str:
    answer = logged_in(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def user_of(world: SmallWorld, stay: Stay) -> None:
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)


def test_the_overview_follows_the_policy(world: SmallWorld) -> None:
    page = get(world.resource, "/rutinen/")
    assert "Sykehuset Østfold, versjon 1" in page
    assert "mottatt i kommunen innen 24 timer etter innleggelsen" in page
    assert "Utskrivningsrapport" not in page
    RoutinePolicy.objects.create(
        organisation=world.hospital, name="Vår rutine", valid_from=date(2026, 1, 1), base="nasjonal",
        changes={"early_notice_hours": 12},
    )  # fmt: skip
    page = get(world.case_handler, "/rutinen/")
    assert "Vår rutine" in page
    assert "innen 12 timer etter innleggelsen" in page
    assert "Utskrivningsrapport" in page


def test_what_to_send_now_says_yes_no_why_and_to_whom(world: SmallWorld) -> None:
    stay = admit(world)
    before = get(world.resource, f"/opphold/{stay.pk}/hva-na/")
    assert "ikke registrert som bruker av kommunale tjenester" in before
    user_of(world, stay)
    page = get(world.resource, f"/opphold/{stay.pk}/hva-na/")
    assert page.index("Tidligmelding") < page.index("Melding om innlagt pasient")
    assert "Den er sendt." in page
    assert "Det er ingen helseopplysning å endre" in page
    assert "Saksbehandling, Storvik kommune" in page
    assert logged_in(world.surgeon_nurse).get(f"/opphold/{stay.pk}/hva-na/").status_code == 404


def test_the_counterparts_with_services_and_agreement(world: SmallWorld) -> None:
    page = get(world.responsible, "/motparter/")
    for words in ("Storvik kommune", "98310701", "fra 01.01.2020", "Melding om innlagt pasient", "60 99 01 20"):
        assert words in page
    assert "Utvik" not in page
    assert "Lillevik sykehus HF" in get(world.case_handler, "/motparter/")


def test_a_help_number_gets_telephone_and_paper(world: SmallWorld) -> None:
    number = Number("HNR", synthetic.help_number(BORN, "2"))
    stay = admit(world, given="Uten", family="Nummer", number=number)
    user_of(world, stay)
    page = get(world.nurse, f"/opphold/{stay.pk}/")
    assert f'href="/opphold/{stay.pk}/meldeskjema/"' in page
    assert "Ingen i kommunen har fått beskjed på telefon ennå." in page
    form = get(world.nurse, f"/opphold/{stay.pk}/meldeskjema/")
    assert "Hjelpenummer, ikke fødselsnummer" in form
    assert "Uten Nummer" in form
    note_on_stay(stay, Spoken(who="Ane Lie", agreed="Har fått beskjed", at=NOW), user=world.nurse, now=NOW)
    assert "Ane Lie: Har fått beskjed" in get(world.nurse, f"/opphold/{stay.pk}/meldeskjema/")
    assert "Ingen i kommunen" not in get(world.nurse, f"/opphold/{stay.pk}/")


def test_without_agreement_the_form_names_the_municipality_and_its_phone(world: SmallWorld) -> None:
    stay = admit(world, municipality="9902")
    user_of(world, stay)
    form = get(world.nurse, f"/opphold/{stay.pk}/meldeskjema/")
    assert "Meldeskjema til Utvik kommune" in form
    assert "60 99 02 00" in form
    ordinary = admit(world, given="Vanlig", visit="2")
    user_of(world, ordinary)
    assert "meldeskjema/" not in get(world.nurse, f"/opphold/{ordinary.pk}/")


def test_where_the_municipality_has_nobody_to_address_there_is_a_form_until_it_is_sent(world: SmallWorld) -> None:
    CommunicationParty.objects.filter(organisation=world.municipality, function="nursing").update(
        valid_to=date(2026, 1, 1)
    )
    stay = admit(world)
    user_of(world, stay)
    page = get(world.nurse, f"/opphold/{stay.pk}/")
    assert f'href="/opphold/{stay.pk}/meldeskjema/"' in page
    assert "60 99 01 20" in page
    assert Task.objects.get(subject=stay.subject, cause__startswith="not_sent.address").closed_at is None
