"""The ward's one-click assessments, *Nei* for all with undo, what may be done now and why not, and the handover sheet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry
from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.stays import events
from samhandling.stays.calls import Spoken, note_on_stay
from samhandling.stays.models import Deadline, Stay
from samhandling.stays.services import register
from samhandling.stays.work import load_state
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return build()


def answered(stay: Stay) -> tuple[bool | None, bool | None]:
    state = load_state(Stay.objects.get(pk=stay.pk))
    return state.user, state.need


def get(who, path: str) -> str:
    answer = logged_in(who).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_click_on_the_wards_list_answers_and_tells_the_municipality(world: SmallWorld) -> None:
    stay = admit(world)
    assert f'action="/opphold/{stay.pk}/svar/"' in get(world.nurse, "/")
    client = logged_in(world.nurse)
    body = client.post(f"/opphold/{stay.pk}/svar/", {"svar": "bruker-ja", "tilbake": "/"}, follow=True)
    assert body.redirect_chain[-1][0] == "/"
    assert "Testine Prøvesen: Bruker av kommunale tjenester: Ja." in body.content.decode()
    run_due(present(), strict=True)
    assert Message.objects.filter(type="LOG_INNLAGT", direction="out").count() == 1
    client.post(f"/opphold/{stay.pk}/svar/", {"svar": "behov-nei"})
    assert answered(stay) == (True, False)
    assert f'action="/opphold/{stay.pk}/svar/"' not in get(world.nurse, "/")


def test_a_click_on_an_old_page_does_not_turn_an_answer(world: SmallWorld) -> None:
    stay = admit(world)
    client = logged_in(world.nurse)
    client.post(f"/opphold/{stay.pk}/svar/", {"svar": "bruker-ja"})
    body = client.post(f"/opphold/{stay.pk}/svar/", {"svar": "bruker-nei"}, follow=True).content.decode()
    assert "Det er alt svart på dette." in body
    assert answered(stay) == (True, None)
    assert client.post(f"/opphold/{stay.pk}/svar/", {"svar": "hva som helst"}).status_code == 404
    back = client.post(f"/opphold/{stay.pk}/svar/", {"svar": "behov-ja", "tilbake": "//evil.example/"})
    assert back["Location"] == "/ikke-vurdert/"


def test_no_for_all_who_stood_there_and_nobody_else(world: SmallWorld) -> None:
    stays = [admit(world, given=f"Test{n}", visit=str(n)) for n in range(3)]
    register(stays[2], events.NeedAssessed(at=NOW, value=True), user=world.nurse, now=NOW)
    elsewhere = admit(world, given="Annen", visit="9", unit=world.surgery)
    body = get(world.nurse, "/ikke-vurdert/")
    assert "Nei for alle 3" in body
    late = admit(world, given="Sen", visit="10")
    seen = [*(s.pk for s in stays), elsewhere.pk]
    answer = logged_in(world.nurse).post("/ikke-vurdert/nei/", {"sett": seen}, follow=True).content.decode()
    assert "Svart nei for 3 pasienter." in answer
    assert [answered(s) for s in stays] == [(False, False), (False, False), (False, True)]
    assert answered(elsewhere) == answered(late) == (None, None)
    assert AuditEntry.objects.filter(action="stay.register", purpose="vurdering").count() == 3


def test_the_no_is_taken_back_and_the_clock_runs_again(world: SmallWorld) -> None:
    stays = [admit(world, given=f"Test{n}", visit=str(n)) for n in range(2)]
    client = logged_in(world.nurse)
    client.post("/ikke-vurdert/nei/", {"sett": [s.pk for s in stays]})
    page = client.get("/ikke-vurdert/").content.decode()
    assert "Du svarte nei for 2 pasienter" in page
    assert "Du svarte nei" not in get(world.surgeon_nurse, "/ikke-vurdert/")
    register(stays[1], events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    page = client.get("/ikke-vurdert/").content.decode()
    at = page.split('name="kl" value="')[1].split('"')[0]
    body = client.post("/ikke-vurdert/angre/", {"kl": at, "sett": [s.pk for s in stays]}, follow=True)
    assert "Svaret for 1 pasient er tatt tilbake." in body.content.decode()
    assert (answered(stays[0]), answered(stays[1])) == ((None, None), (True, False))
    assert Deadline.objects.get(stay=stays[0], clock="F11").state == "due"
    assert "Du svarte nei" not in client.get("/ikke-vurdert/").content.decode()


def test_after_half_an_hour_a_no_stands(world: SmallWorld) -> None:
    stay = admit(world)
    client = logged_in(world.nurse)
    client.post("/ikke-vurdert/nei/", {"sett": [stay.pk]})
    at = client.get("/ikke-vurdert/").content.decode().split('name="kl" value="')[1].split('"')[0]
    set_clock(NOW + timedelta(minutes=31), machine_now=datetime.now(UTC))
    assert "Du svarte nei" not in client.get("/ikke-vurdert/").content.decode()
    client.post("/ikke-vurdert/angre/", {"kl": at, "sett": [stay.pk]})
    assert answered(stay) == (False, False)
    assert client.post("/ikke-vurdert/angre/", {"kl": "i går", "sett": [stay.pk]}).status_code == 404


def test_who_was_a_user_before_is_proposed_and_not_among_all(world: SmallWorld) -> None:
    before = admit(world, visit="1", at=NOW - timedelta(days=9))
    register(before, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    register(before, events.Discharged(at=NOW, discharged_to="1"), user=world.nurse, now=NOW)
    again = admit(world, visit="2")
    body = get(world.nurse, "/ikke-vurdert/")
    assert "Foreslått ja: var bruker ved forrige opphold." in body
    assert "Nei for" not in body
    assert f'action="/opphold/{again.pk}/svar/"' in body


def test_the_stay_says_what_may_not_be_done_now_and_why(world: SmallWorld) -> None:
    stay = admit(world)
    body = get(world.nurse, f"/opphold/{stay.pk}/")
    assert "Ikke nå, og hvorfor" in body
    assert "ikke registrert som bruker av kommunale tjenester" in body
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    body = get(world.nurse, f"/opphold/{stay.pk}/")
    assert "Det er ingen helseopplysning å endre" in body
    assert f'href="/skriv/opphold/{stay.pk}/tidligmelding/"' in body


def test_the_handover_sheet_tells_what_is_known_due_and_said(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    admit(world, given="Annen", visit="9", unit=world.surgery)
    note_on_stay(stay, Spoken(who="Ane Lie", agreed="Ringer i kveld", at=NOW), user=world.nurse, now=NOW)
    old = Spoken(who="Gammel samtale", agreed="For lenge siden", at=NOW - timedelta(hours=13))
    note_on_stay(stay, old, user=world.nurse, now=NOW)
    sheet = get(world.nurse, "/vaktrapport/")
    for words in ("Testine Prøvesen", "Innlagt", "Ane Lie: Ringer i kveld", "Behov etter utskriving"):
        assert words.lower() in sheet.lower()
    assert "Gammel samtale" not in sheet
    assert "Annen Prøvesen" not in sheet
    # Due in 24 hours: not this shift's.
    assert "Tidligmelding må være mottatt" not in sheet
    set_clock(NOW + timedelta(hours=13), machine_now=datetime.now(UTC))
    assert "Tidligmelding må være mottatt" in get(world.nurse, "/vaktrapport/")
    assert logged_in(world.case_handler).get("/vaktrapport/").status_code == 403
