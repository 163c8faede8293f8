"""Messages that are not safely delivered: whom to call, what to say, and sending again, each way once (A-01)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samhandling.access.models import AuditEntry, User
from samhandling.access.roles import Role
from samhandling.access.services import add_role, add_user
from samhandling.exchange import originals
from samhandling.exchange.approving import ask
from samhandling.exchange.models import Delivery, Message, MessageEvent
from samhandling.exchange.resending import NotResendableError, ResentBeforeError, SameApproverError, resend
from samhandling.jobs.worker import run_due
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.registry.models import CounterpartFault
from samhandling.stays import events
from samhandling.stays.models import Course, Expectation, Stay
from samhandling.stays.services import register
from samhandling.store.services import now as present
from samhandling.store.services import set_clock
from samhandling.tasks.models import Task
from tests.store.people import logged_in
from tests.store.small_world import NOW, SmallWorld, admit, build

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=25)


@pytest.fixture
def world() -> SmallWorld:
    return build()


def silent(world: SmallWorld) -> CounterpartFault:
    return CounterpartFault.objects.create(organisation=world.municipality, mode="silent")


def unanswered(world: SmallWorld, count: int = 1) -> list[Message]:
    """Admissions that the municipality has not receipted a day later."""
    silent(world)
    for number in range(count):
        stay = admit(world, given=f"Test{number}", visit=str(number))
        register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(NOW, strict=True)
    set_clock(LATER, machine_now=datetime.now(UTC))
    run_due(LATER, strict=True)
    return list(Message.objects.filter(direction="out", type="LOG_INNLAGT").order_by("pk"))


def deputy(world: SmallWorld) -> User:
    other = add_user("dag", "demo", now=NOW, first_name="Dag", last_name="Ny", demo=True)
    add_role(other, Role.MESSAGE_RESPONSIBLE, world.hospital, now=NOW)
    return other


def address(messages: list[Message]) -> str:
    return "/folg-opp/?" + "&".join(f"melding={m.pk}" for m in messages)


def test_the_queue_leads_to_the_call_and_the_preview_oldest_first(world: SmallWorld) -> None:
    found = unanswered(world, 3)
    client = logged_in(world.responsible)
    body = client.get("/").content.decode()
    assert "3 saker" in body
    assert 'href="/folg-opp/?melding=' in body
    page = client.get(address(found[::-1])).content.decode()
    assert "60 99 01 20" in page
    assert "Vi mangler applikasjonskvittering" in page
    assert [page.index(f'value="{m.pk}"') for m in found] == sorted(page.index(f'value="{m.pk}"') for m in found)
    script = page.split("<pre")[1].split("</pre>")[0]
    assert found[0].msg_id_written in script
    assert "Test0" not in script
    for who in (world.nurse, world.resource, world.case_handler):
        assert logged_in(who).get(address(found)).status_code == 403


def test_the_same_message_goes_once_more_and_the_call_stays(world: SmallWorld) -> None:
    (message,) = unanswered(world)
    before = set(Task.objects.filter(kind="call", closed_at__isnull=True).values_list("pk", flat=True))
    client = logged_in(world.responsible)
    body = client.post("/folg-opp/send/", {"melding": message.pk, "hvordan": "samme"}, follow=True).content.decode()
    assert "1 melding er sendt på nytt." in body
    assert set(Task.objects.filter(pk__in=before, closed_at__isnull=True).values_list("pk", flat=True)) == before
    assert Message.objects.filter(direction="out", type="LOG_INNLAGT").count() == 1
    assert AuditEntry.objects.get(action="message.resend").purpose == "same"
    run_due(present(), strict=True)
    with pytest.raises(ResentBeforeError):
        resend(message.pk, "same", organisation_id=world.hospital.pk, user=world.responsible, now=LATER)


def test_a_second_time_somebody_else_approves(world: SmallWorld) -> None:
    (message,) = unanswered(world)
    values = {"organisation_id": world.hospital.pk, "user": world.responsible, "now": LATER}
    resend(message.pk, "same", **values)
    run_due(present(), strict=True)
    with pytest.raises(SameApproverError):
        resend(message.pk, "same", approved_by=world.responsible, **values)
    other = deputy(world)
    client = logged_in(world.responsible)
    assert "må godkjennes" in client.get(address([message])).content.decode()
    form = {"melding": message.pk, "hvordan": "samme"}
    assert "ble ikke sendt" in client.post("/folg-opp/send/", form, follow=True).content.decode()
    asked = client.post("/folg-opp/send/", {**form, "begrunnelse": "De fant den ikke"}, follow=True).content.decode()
    assert "1 venter på at en annen godkjenner." in asked
    assert times_sent_again(message) == 1
    request = Task.objects.get(cause="resend.approval")
    # The other one finds it among the tasks, opens it and says yes.
    approver = logged_in(other)
    assert f"/godkjenn/{request.pk}/" in approver.get("/oppgaver/").content.decode()
    opened = approver.get(f"/godkjenn/{request.pk}/").content.decode()
    assert "De fant den ikke" in opened
    assert "Ja, send på nytt" in opened
    answered = approver.post(f"/godkjenn/{request.pk}/svar/", {"svar": "ja"}, follow=True).content.decode()
    assert "Godkjent og sendt." in answered
    assert times_sent_again(message) == 2
    assert MessageEvent.objects.filter(detail__contains=f"approved by user {other.pk}").exists()
    (told,) = Task.objects.filter(cause="resend.answered", closed_at=None)
    assert told.owner == world.responsible
    assert "godkjent" in told.text
    # Once is once.
    again = approver.post(f"/godkjenn/{request.pk}/svar/", {"svar": "ja"}, follow=True).content.decode()
    assert "Det er svart på dette alt." in again
    assert times_sent_again(message) == 2


def times_sent_again(message: Message) -> int:
    return MessageEvent.objects.filter(message=message, kind="message.resent_same").count()


def asked_for(world: SmallWorld) -> tuple[Message, Task]:
    (message,) = unanswered(world)
    values = {"organisation_id": world.hospital.pk, "user": world.responsible, "now": LATER}
    resend(message.pk, "same", **values)
    run_due(present(), strict=True)
    return message, ask(message.pk, "same", reason="Prøv igjen", **values)


def test_the_other_refuses_with_a_reason_and_nothing_is_sent(world: SmallWorld) -> None:
    message, request = asked_for(world)
    approver = logged_in(deputy(world))
    approver.post(f"/godkjenn/{request.pk}/svar/", {"svar": "nei"})
    request.refresh_from_db()
    assert request.closed_at is None
    approver.post(f"/godkjenn/{request.pk}/svar/", {"svar": "nei", "merknad": "De har ringt: den kom."})
    request.refresh_from_db()
    assert (request.closed_how, times_sent_again(message)) == ("refused", 1)
    assert "De har ringt: den kom." in Task.objects.get(cause="resend.answered").text
    assert list(AuditEntry.objects.filter(action__startswith="message.resend_").values_list("action", flat=True)) == [
        "message.resend_asked", "message.resend_refused",
    ]  # fmt: skip


def test_nobody_decides_their_own_request_nor_anybody_without_the_right(world: SmallWorld) -> None:
    message, request = asked_for(world)
    own = logged_in(world.responsible)
    assert "Du spurte selv" in own.get(f"/godkjenn/{request.pk}/").content.decode()
    own.post(f"/godkjenn/{request.pk}/svar/", {"svar": "ja"})
    for who in (world.nurse, world.resource, world.case_handler):
        assert logged_in(who).get(f"/godkjenn/{request.pk}/").status_code == 403
        assert logged_in(who).post(f"/godkjenn/{request.pk}/svar/", {"svar": "ja"}).status_code == 403
    assert times_sent_again(message) == 1


def test_asking_twice_is_one_request_and_a_receipt_meanwhile_stops_it(world: SmallWorld) -> None:
    message, request = asked_for(world)
    values = {"organisation_id": world.hospital.pk, "user": world.responsible, "now": LATER}
    assert ask(message.pk, "same", reason="Igjen", **values) == request
    CounterpartFault.objects.all().delete()
    Delivery.objects.filter(message=message).update(state="received")
    approver = logged_in(deputy(world))
    assert "kan ikke lenger sendes på nytt" in approver.get(f"/godkjenn/{request.pk}/").content.decode()
    approver.post(f"/godkjenn/{request.pk}/svar/", {"svar": "ja"})
    assert times_sent_again(message) == 1


def test_a_new_message_refers_to_the_old_and_the_stay_follows_it(world: SmallWorld) -> None:
    (message,) = unanswered(world)
    CounterpartFault.objects.all().delete()
    client = logged_in(world.responsible)
    client.post("/folg-opp/send/", {"melding": message.pk, "hvordan": "ny"})
    run_due(present(), strict=True)
    message.refresh_from_db()
    new = message.replaced_by
    assert new is not None
    assert (new.refers_to, new.subject, new.state) == (message, message.subject, "received")
    told = read_facts(engine.read(originals.read(new.original)))
    assert told is not None
    assert (told.parent, told.conversation) == (message.msg_id_written, message.msg_id_written)
    assert told.msg_id == new.msg_id_written != message.msg_id_written
    expectation = Expectation.objects.get(message_code="M1")
    assert (expectation.message, expectation.state) == (new, "confirmed")
    stay = Stay.objects.get()
    page = logged_in(world.nurse).get(f"/opphold/{stay.pk}/").content.decode()
    assert "Sendt på nytt som ny melding" in page
    assert "Mottatt hos Sykepleietjeneste" in page
    assert Course.objects.get(organisation=world.municipality).state == "admitted"
    with pytest.raises(NotResendableError):
        resend(message.pk, "new", organisation_id=world.hospital.pk, user=world.responsible, now=LATER)


def test_after_96_hours_only_a_new_message_will_do(world: SmallWorld) -> None:
    (message,) = unanswered(world)
    late = NOW + timedelta(hours=97)
    set_clock(late, machine_now=datetime.now(UTC))
    run_due(late, strict=True)
    with pytest.raises(NotResendableError):
        resend(message.pk, "same", organisation_id=world.hospital.pk, user=world.responsible, now=late)
    sent = resend(message.pk, "new", organisation_id=world.hospital.pk, user=world.responsible, now=late)
    assert sent.refers_to == message


def test_what_is_received_is_not_sent_again(world: SmallWorld) -> None:
    stay = admit(world)
    register(stay, events.MunicipalUserSet(at=NOW, value=True), user=world.nurse, now=NOW)
    run_due(NOW, strict=True)
    message = Message.objects.get(direction="out", type="LOG_INNLAGT")
    for kind in ("same", "new"):
        with pytest.raises(NotResendableError):
            resend(message.pk, kind, organisation_id=world.hospital.pk, user=world.responsible, now=NOW)
    page = logged_in(world.responsible).get(address([message])).content.decode()
    assert "Send samme melding" not in page
    assert logged_in(world.responsible).post("/folg-opp/send/", {"hvordan": "fax"}).status_code == 404
