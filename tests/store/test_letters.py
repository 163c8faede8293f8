"""Messages to the patient's doctor and back, and professional dialogue: written, sent, withdrawn, answered."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import Draft, send
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.registry.models import MessageSetting
from samhandling.stays import events
from samhandling.stays.models import Course, RoutinePolicy, Stay
from samhandling.stays.policy import OSTFOLD
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.tasks.services import open_task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
GP = "98000501"
SERVICE = {
    "services-0-type": "15",
    "services-0-provider": "Hjemmetjenesten",
    "services-0-from_day": "01.03.2026",
}


@pytest.fixture
def world() -> SmallWorld:
    return build()


@pytest.fixture
def stay(world: SmallWorld) -> Stay:
    """Admitted, and the municipality has been told."""
    found = admit(world)
    register(found, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(present(), strict=True)
    return found


@pytest.fixture
def course(stay: Stay) -> Course:
    return Course.objects.get()


@pytest.fixture
def home_nurse(world: SmallWorld) -> Client:
    return logged_in(world.home_nurse)


def version(body: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', body)
    assert found is not None
    return found[1]


def post(client: Client, where: str, **values: str):
    return client.post(where, {"version": version(client.get(where).content.decode()), "videre": "1", **values})


def sent(client: Client, where: str, **values: str) -> Message:
    """Write, look over, send."""
    answer = post(client, where, **values)
    body = answer.content.decode()
    assert answer.status_code == 302, re.findall(r'field__error"[^>]*>.*?</p>', body, re.S) or body[:3000]
    preview = client.get(answer["Location"])
    assert preview.status_code == 200, preview["Location"]
    answer = client.post(preview.wsgi_request.path, {"version": version(preview.content.decode())})
    assert answer.status_code == 302
    assert "se-over" not in answer["Location"]
    run_due(present(), strict=True)
    found = Message.objects.filter(direction="out").exclude(type="APPREC").order_by("pk").last()
    assert found is not None
    return found


def facts(message: Message) -> Facts:
    found = read_facts(engine.read(originals.read(message.original)))
    assert found is not None
    return found


def text(message: Message) -> str:
    return originals.read(message.original).decode()


def test_health_information_goes_to_the_doctor_and_is_withdrawn(course: Course, home_nurse: Client) -> None:
    assert "Helseopplysninger til lege" in home_nurse.get(f"/forlop/{course.pk}/").content.decode()
    where = f"/skriv/forlop/{course.pk}/helseopplysninger-til-lege/"
    form = unescape(home_nurse.get(where).content.decode())
    assert "Storvik legesenter: Lege Lønn" in form
    assert "Somatikk plo meldingsmottak" not in form
    message = sent(
        home_nurse, where, receiver=GP, kind="assessment", problem="Økende smerter.", measures_taken="Paracet\nHvile",
        phone="60990120", **{"medicines-0-name": "Paracet", "cautions-0-word": "Penicillin"},
    )  # fmt: skip
    assert (message.type, message.status, message.counterpart_her) == ("HELSEOPPLYSNINGER_LEGE", "N", GP)
    assert (message.own_her, message.subject) == ("98310701", course.subject)
    found = facts(message)
    assert found.content_type.value == "3"
    assert found.critical == ("Penicillin",)
    assert "Hvile" in text(message)
    assert Message.objects.get(organisation__kind="gp").state == "taken"
    page = home_nurse.get(f"/melding/{message.pk}/").content.decode()
    assert f'href="/skriv/melding/{message.pk}/trekk-tilbake/"' in page
    gone = sent(home_nurse, f"/skriv/melding/{message.pk}/trekk-tilbake/", cancel_reason="Feil pasient.")
    assert (gone.status, gone.ref_parent, gone.counterpart_her) == ("C", message.msg_id, GP)
    message.refresh_from_db()
    assert message.cancelled_by == gone
    assert Message.objects.get(organisation__kind="gp", status="N").state == "cancelled"
    again = home_nurse.get(f"/skriv/melding/{message.pk}/trekk-tilbake/")
    assert again.status_code == 404


def test_a_new_one_starts_with_what_still_stands(course: Course, home_nurse: Client) -> None:
    where = f"/skriv/forlop/{course.pk}/helseopplysninger-til-lege/"
    sent(
        home_nurse, where, receiver=GP, kind="status", problem="Smerter.", phone="1", **{"medicines-0-name": "Paracet"}
    )
    form = home_nurse.get(where).content.decode()
    assert 'value="Paracet"' in form
    assert "Smerter." not in form
    assert re.search(rf'value="{GP}"[^>]*>', form)


SAID = {
    "information-0-text": "Ny medisinliste.",
    "information-0-to_given_name": "Pia",
    "information-0-to_family_name": "Pårørendesen",
    "information-0-on": "15.11.2026",
    "information-0-by_family_name": "Aas",
    "information-0-by_profession": "SP",
    "information-0-spoken": "on",
    "reservations-0-concerns": "Ønsker ikke sykehjem.",
    "reservations-0-by_family_name": "Prøvesen",
    "reservations-0-on": "14.11.2026",
}


def test_what_was_told_and_wished_goes_along(course: Course, home_nurse: Client) -> None:
    where = f"/skriv/forlop/{course.pk}/helseopplysninger-til-lege/"
    letter = {"receiver": GP, "kind": "status", "problem": "Bedre.", "phone": "60990120"}
    wrong = post(home_nurse, where, **letter, **{"reservations-0-concerns": "Nei.", "information-0-text": "Ja."})
    for asked in (
        "Skriv når det ble sagt.",
        "Skriv hvem som informerte.",
        "Skriv etternavnet til den som fikk vite det.",
    ):
        assert asked in unescape(wrong.content.decode())
    message = sent(home_nurse, where, **letter, **SAID)
    page = unescape(home_nurse.get(f"/melding/{message.pk}/").content.decode())
    for said in ("Ny medisinliste.", "Pårørendesen", "15.11.2026", "Ønsker ikke sykehjem.", "14.11.2026"):
        assert said in page, said


def test_how_much_of_a_service_has_a_unit(course: Course, world: SmallWorld) -> None:
    handler, where = logged_in(world.case_handler), f"/skriv/forlop/{course.pk}/orientering-om-tjenestetilbud/"
    half = post(handler, where, receiver=GP, phone="1", **SERVICE, **{"services-0-amount": "3,5"})
    assert "Skriv enheten, for eksempel timer per uke." in half.content.decode()
    amount = {"services-0-amount": "3,5", "services-0-amount_unit": "timer per uke"}
    message = sent(handler, where, receiver=GP, phone="60990120", **SERVICE, **amount)
    assert "<po:AntallEnheter>3.5<" in re.sub(r"<(/?)\w+:Antall", r"<\1po:Antall", text(message))
    again = handler.get(where).content.decode()
    assert 'value="3,5"' in again
    assert 'value="timer per uke"' in again


def test_all_services_are_told_anew_each_time(course: Course, world: SmallWorld) -> None:
    handler = logged_in(world.case_handler)
    where = f"/skriv/forlop/{course.pk}/orientering-om-tjenestetilbud/"
    wrong = post(handler, where, receiver=GP, phone="60990120", **{"services-0-type": "15"}).content.decode()
    assert "Skriv hvem som leverer tjenesten." in wrong
    assert "Skriv når tjenesten begynte." in wrong
    first = sent(handler, where, receiver=GP, phone="60990120", **SERVICE)
    assert (first.type, first.own_her) == ("ORIENTERING_TJENESTETILBUD", "98310702")
    form = handler.get(where).content.decode()
    assert 'value="01.03.2026"' in form
    assert 'value="Hjemmetjenesten"' in form
    second = sent(handler, where, receiver=GP, phone="60990120", **SERVICE)
    assert (second.status, second.ref_parent) == ("N", "")
    gone = sent(handler, f"/skriv/melding/{second.pk}/trekk-tilbake/", cancel_reason="Feil.")
    assert "Kansellering: Feil." in text(gone)


def test_the_hospital_tells_the_municipality_medical_facts(stay: Stay, world: SmallWorld, home_nurse: Client) -> None:
    nurse = logged_in(world.nurse)
    message = sent(
        nurse, f"/skriv/opphold/{stay.pk}/medisinske-opplysninger/", receiver="98310701", kind="consultation",
        problem="Kontroll av blodtrykk.", phone="60800101", **{"diagnoses-0-text": "Hypertensjon"},
    )  # fmt: skip
    assert (message.type, message.own_her, message.subject) == ("MEDISINSKE_OPPLYSNINGER", "98000101", stay.subject)
    received = Message.objects.get(direction="in", type="MEDISINSKE_OPPLYSNINGER")
    assert Task.objects.get(cause="course.note").subject == received.subject == Course.objects.get().subject
    assert "Kontroll av blodtrykk." in home_nurse.get(f"/melding/{received.pk}/").content.decode()


def test_medical_facts_without_a_course_are_read_until_they_are_withdrawn(
    world: SmallWorld, home_nurse: Client
) -> None:
    stay, nurse = admit(world), logged_in(world.nurse)
    message = sent(
        nurse, f"/skriv/opphold/{stay.pk}/medisinske-opplysninger/", receiver="98310701", kind="consultation",
        problem="Kontroll av blodtrykk.", phone="60800101", **{"diagnoses-0-text": "Hypertensjon"},
    )  # fmt: skip
    assert Task.objects.get(cause="message.loose.read").unit.code == "SYK"
    assert "Medisinske opplysninger" in home_nurse.get("/innboks/").content.decode()
    sent(nurse, f"/skriv/melding/{message.pk}/trekk-tilbake/", cancel_reason="Feil pasient.")
    assert "Medisinske opplysninger" not in home_nurse.get("/innboks/").content.decode()
    assert Task.objects.get(cause="message.loose.read").closed_how == "obsolete"


def test_a_dialogue_goes_back_and_forth_with_its_subject(course: Course, home_nurse: Client, world: SmallWorld) -> None:
    where = f"/skriv/forlop/{course.pk}/helsefaglig-dialog/"
    refused = post(home_nurse, where, receiver=GP, subject="Blodprøve", text="Tirsdag?", phone="1").content.decode()
    assert "Velg et svar." in refused
    first = sent(
        home_nurse, where, receiver=GP, subject="Blodprøve", text="Tirsdag?", profession="LE", phone="60990120"
    )
    assert (first.type, first.version) == ("DIALOG_HELSEFAGLIG", "1.1")
    assert "HVH" not in text(first)
    gp = Organisation.objects.get(kind="gp")
    heard = Message.objects.get(organisation=gp)
    back = send(
        Draft(
            organisation=gp, message_type="DIALOG_HELSEFAGLIG", refers_to=heard, event_at=NOW,
            patient=Patient.objects.filter(organisation=world.municipality).first(),
            values={
                "subject": "Blodprøve", "text": "Ja.",
                "responsible": {"family_name": "Lønn", "profession": "LE", "phone": "60990500"},
            },
        ),
        now=NOW,
    )  # fmt: skip
    assert back.message is not None, back.findings
    run_due(NOW, strict=True)
    answer = Message.objects.get(organisation=world.municipality, direction="in", type="DIALOG_HELSEFAGLIG")
    page = home_nurse.get(f"/melding/{answer.pk}/").content.decode()
    assert "Svar i helsefaglig dialog" in page
    form = home_nurse.get(f"/skriv/melding/{answer.pk}/helsefaglig-dialog/").content.decode()
    assert 'value="Blodprøve"' in form
    assert "Hvem hos mottakeren" not in form
    third = sent(
        home_nurse, f"/skriv/melding/{answer.pk}/helsefaglig-dialog/", receiver=GP, subject="Blodprøve", text="Takk.",
        phone="60990120",
    )  # fmt: skip
    assert (third.ref_parent, third.ref_conversation) == (answer.msg_id, first.msg_id)
    assert f'href="/melding/{third.pk}/"' in home_nurse.get(f"/melding/{answer.pk}/").content.decode()
    more = home_nurse.get(f"/melding/{third.pk}/").content.decode()
    assert "Skriv mer i dialogen" in more


def test_the_routine_may_want_dialogue_to_be_answers_only(
    course: Course, stay: Stay, world: SmallWorld, home_nurse: Client
) -> None:
    """C-13: off in the routine of Sykehuset Østfold, which holds where nothing else is set."""
    where = f"/skriv/forlop/{course.pk}/helsefaglig-dialog/"
    assert "Somatikk plo meldingsmottak" not in home_nurse.get(where).content.decode()
    RoutinePolicy.objects.create(
        organisation=world.hospital,
        name="Prøve",
        base=OSTFOLD,
        valid_from="2026-01-01",
        changes={"free_dialogue": True},
    )
    assert "Somatikk plo meldingsmottak" in home_nurse.get(where).content.decode()
    received = Message.objects.get(direction="in", type="LOG_INNLAGT")
    answer = sent(
        home_nurse, f"/skriv/melding/{received.pk}/helsefaglig-dialog/", receiver="98000101", subject="Medisiner",
        text="Hun bruker multidose.", phone="60990120",
    )  # fmt: skip
    assert answer.ref_parent == received.msg_id
    assert Task.objects.get(cause="stay.note").unit == stay.unit
    assert "Hun bruker multidose." not in (ward := logged_in(world.nurse).get(f"/opphold/{stay.pk}/").content.decode())
    assert "Melding om pasienten" in ward


def test_a_note_is_named_a_note(course: Course, home_nurse: Client) -> None:
    where = f"/skriv/forlop/{course.pk}/notat/"
    message = sent(home_nurse, where, receiver=GP, theme="1", text="Til orientering.", phone="60990120")
    assert "<h1" in (page := home_nurse.get(f"/melding/{message.pk}/").content.decode())
    assert re.search(r"<h1[^>]*>Notat</h1>", page)


@pytest.mark.parametrize(
    ("asked_by", "code", "what"),
    [("9153", "3", "orientering-om-tjenestetilbud"), ("9153", "5", "helseopplysninger-til-lege")],
)
def test_a_request_leads_to_its_right_answer(
    course: Course, world: SmallWorld, home_nurse: Client, asked_by: str, code: str, what: str
) -> None:
    gp = Organisation.objects.get(kind="gp")
    asking = send(
        Draft(
            organisation=gp, message_type="DIALOG_FORESPORSEL", event_at=NOW, sender_her=GP, receiver_her="98310701",
            patient=course.patient,
            values={
                "asked_by": asked_by, "request_type": code, "question": "Hvordan går det?",
                "responsible": {"family_name": "Lønn", "profession": "LE", "phone": "60990500"},
            },
        ),
        now=NOW,
    )  # fmt: skip
    assert asking.message is not None, asking.findings
    run_due(NOW, strict=True)
    heard = Message.objects.get(organisation=world.municipality, type="DIALOG_FORESPORSEL")
    task = open_task(
        organisation=world.municipality, kind="answer", cause="course.request", severity="medium", now=NOW,
        subject=f"message:{heard.pk}", unique_key=f"message:{heard.pk}:request",
    )  # fmt: skip
    where = f"/skriv/melding/{heard.pk}/{what}/"
    page = home_nurse.get(f"/melding/{heard.pk}/").content.decode()
    assert page.index(f'href="{where}"') < page.index(f'href="/skriv/melding/{heard.pk}/svar/"')
    fields = SERVICE if what.startswith("orientering") else {"kind": "status", "problem": "Bedre."}
    answer = sent(home_nurse, where, receiver=GP, phone="60990120", **fields)
    assert (answer.counterpart_her, answer.ref_parent) == (GP, heard.msg_id)
    [copied] = facts(answer).answered
    assert (copied.type.value, copied.question) == (code, "Hvordan går det?")
    assert Task.objects.get(pk=task.pk).closed_at is not None


def test_who_may_write(course: Course, stay: Stay, world: SmallWorld, home_nurse: Client) -> None:
    assert logged_in(world.nurse).get(f"/skriv/forlop/{course.pk}/notat/").status_code in {403, 404}
    assert logged_in(world.surgeon_nurse).get(f"/skriv/opphold/{stay.pk}/notat/").status_code == 404
    assert home_nurse.get(f"/skriv/opphold/{stay.pk}/medisinske-opplysninger/").status_code in {403, 404}
    assert home_nurse.get(f"/skriv/forlop/{course.pk}/medisinske-opplysninger/").status_code == 404
    received = Message.objects.get(direction="in", type="LOG_INNLAGT")
    assert home_nurse.get(f"/skriv/melding/{received.pk}/trekk-tilbake/").status_code == 404


def test_a_type_that_the_epj_writes_is_not_sent_from_here(
    course: Course, world: SmallWorld, home_nurse: Client
) -> None:
    MessageSetting.objects.create(
        organisation=world.municipality, message_type="HELSEOPPLYSNINGER_LEGE", written_by="epj"
    )
    where = f"/skriv/forlop/{course.pk}/helseopplysninger-til-lege/"
    answer = post(home_nurse, where, receiver=GP, kind="status", problem="Smerter.", phone="60990120")
    assert "Denne meldingen skrives i journalsystemet." in answer.content.decode()


def test_the_ward_answers_a_question_of_plans_with_an_update(
    course: Course, stay: Stay, world: SmallWorld, home_nurse: Client
) -> None:
    register(stay, events.NeedAssessed(at=NOW, value=True), user=world.nurse, now=NOW)
    asked = sent(
        home_nurse, f"/skriv/forlop/{course.pk}/foresporsel/", request_type="8", question="Når?", phone="60990120"
    )
    heard = Message.objects.get(organisation=world.hospital, direction="in", type="DIALOG_FORESPORSEL")
    task = Task.objects.get(cause="stay.request")
    nurse = logged_in(world.nurse)
    where = f"/skriv/melding/{heard.pk}/helseopplysning/"
    assert f'href="{where}"' in nurse.get(f"/melding/{heard.pk}/").content.decode()
    first = {"patient_status": "Bedre.", "expected_course": "Hjem.", "expected_ready_on": "20.11.2026", "phone": "1"}
    answer = sent(nurse, where, **first)
    assert (answer.type, answer.status, answer.ref_parent) == ("HELSEOPPL_SOKNAD", "N", asked.msg_id)
    assert [each.question for each in facts(answer).answered] == ["Når?"]
    task.refresh_from_db()
    assert task.closed_at is not None
    later = sent(
        nurse, f"/skriv/opphold/{stay.pk}/endringsmelding/", **{**first, "change": "x", "patient_status": "Ny"}
    )
    assert facts(later).answered == ()


def test_the_nurse_answers_the_ward_with_an_admission_report(
    course: Course, stay: Stay, world: SmallWorld, home_nurse: Client
) -> None:
    nurse = logged_in(world.nurse)
    sent(nurse, f"/skriv/opphold/{stay.pk}/foresporsel/", request_type="1", question="Hva har hun?", phone="60800101")
    heard = Message.objects.get(organisation=world.municipality, direction="in", type="DIALOG_FORESPORSEL")
    task = Task.objects.get(cause="course.request")
    where = f"/skriv/melding/{heard.pk}/innleggelsesrapport/"
    assert f'href="{where}"' in home_nurse.get(f"/melding/{heard.pk}/").content.decode()
    told = {"reason_for_admission": "Falt hjemme.", "nursing_summary": "Daglig tilsyn.", "phone": "60990120"}
    answer = sent(home_nurse, where, **told)
    assert (answer.type, answer.counterpart_her, answer.ref_parent) == ("INNLEGGELSESRAPPORT", "98000101", heard.msg_id)
    assert [each.question for each in facts(answer).answered] == ["Hva har hun?"]
    task.refresh_from_db()
    assert task.closed_at is not None
