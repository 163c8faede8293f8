"""The desk's mailboxes on a real mail server: bounces reach the ledger, reports a person, nothing is lost or looked at twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from samhandling.configuration import MailSetting, PostboxSetting, configuration
from samhandling.downtime import mail_in, reporting, services
from samhandling.downtime.models import IncomingMail, Notice, Outage, OutageReport
from samhandling.jobs.worker import run_due
from samhandling.mailboxes import MailboxError
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.tasks.models import Task
from tests.harness import free_port
from tests.mailbox_server import MailServer
from tests.store.small_world import SmallWorld, build
from tests.store.test_downtime import KNOWN, acute, at
from tests.store.test_downtime_pages import client_of, text_of
from tests.unit.test_downtime_incoming import NUMBER, bounce, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[MailServer]:
    found = MailServer()
    found.start()
    yield found
    found.stop()


def box(server: MailServer, protocol: str = "imap") -> PostboxSetting:
    port = server.imap_port if protocol == "imap" else server.pop3_port
    return PostboxSetting(protocol=protocol, port=port, tls=False, user="stans")  # type: ignore[arg-type]


@pytest.fixture
def world(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    built = build(at(KNOWN))
    setting = MailSetting(
        host="127.0.0.1", port=server.smtp_port, starttls=False, sender="stans@sykehuset.invalid", returns=box(server)
    )
    monkeypatch.setattr(configuration(), "mail", setting)
    ContactGroup.objects.all().delete()
    group = ContactGroup.objects.create(organisation=built.hospital, name="PLO Andre", email="borte@sykehuset.invalid")
    ContactGroupMember.objects.create(group=group, role="Vakt", name="Vigdis Vakt", mobile="912 34 567")
    return built


def told(world: SmallWorld, server: MailServer) -> tuple[Outage, Notice]:
    """An acute outage whose one real notice has left; the mailbox is empty."""
    row = services.announce_acute(world.hospital, acute(), user=world.responsible, now=at(KNOWN))
    run_due(at(KNOWN))
    server.mailbox.clear()
    return row, Notice.objects.get(recipient="PLO Andre")


def collect(world: SmallWorld, server: MailServer, *, reports: bool = False, protocol: str = "imap") -> int:
    keep = mail_in._reported if reports else mail_in._returned
    return mail_in.collect(box(server, protocol), keep, at("16.11. 10:30"))


def id_of(notice: Notice) -> str:
    return notice.message_id.strip("<>")


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_bounce_reaches_the_ledger_and_a_person_calls(world: SmallWorld, server: MailServer, protocol: str) -> None:
    row, notice = told(world, server)
    assert (notice.state, notice.address) == ("sent", "borte@sykehuset.invalid")
    server.put(bounce(returned=id_of(notice)))
    assert collect(world, server, protocol=protocol) == 1
    assert server.mailbox == {}
    notice.refresh_from_db()
    assert (notice.state, notice.returned) == ("bounced", "5.1.1 550 5.1.1 No such user")
    task = Task.objects.get(cause="outage_mail_bounced", closed_at=None)
    assert "Vigdis Vakt 912 34 567" in task.text
    assert (task.phone, task.role) == ("912 34 567", "message_responsible")
    client = client_of(world.responsible)
    page = reverse("downtime:outage", args=[row.pk])
    shown = text_of(client.get(page))
    for part in ("Kom ikke fram", "No such user", "Ring i stedet", "912 34 567", "borte@sykehuset.invalid"):
        assert part in shown
    address = reverse("downtime:follow-up", args=[row.pk, notice.pk])
    refused = text_of(client.post(address, {"how": f"Ringte {NUMBER}"}, follow=True))
    assert "uten fødselsnummer" in refused
    done = text_of(client.post(address, {"how": "Ringte Vigdis kl. 11"}, follow=True))
    assert "Ringte Vigdis kl. 11" in done
    assert "Ring i stedet" not in done
    assert not Task.objects.filter(cause="outage_mail_bounced", closed_at=None).exists()
    assert client_of(world.case_handler).post(address, {"how": "x"}).status_code in (403, 404)


def test_a_bounce_that_names_only_the_envelope(world: SmallWorld, server: MailServer) -> None:
    """One that returns nothing of our mail says by the envelope's id which notice it is about."""
    _row, notice = told(world, server)
    server.put(bounce(envelope=id_of(notice), returned=""))
    collect(world, server)
    notice.refresh_from_db()
    assert notice.state == "bounced"


def test_late_is_not_lost(world: SmallWorld, server: MailServer) -> None:
    _row, notice = told(world, server)
    server.put(bounce(action="delayed", status="4.4.1", returned=id_of(notice)))
    collect(world, server)
    notice.refresh_from_db()
    assert notice.state == "sent"
    assert notice.returned.startswith("4.4.1")
    assert not Task.objects.filter(cause="outage_mail_bounced").exists()


def test_a_holiday_reply_is_no_bounce(world: SmallWorld, server: MailServer) -> None:
    _row, notice = told(world, server)
    server.put(words("Jeg er på ferie", Auto_Submitted="auto-replied", In_Reply_To=notice.message_id))
    collect(world, server)
    notice.refresh_from_db()
    assert (notice.state, notice.returned) == ("sent", "")
    assert IncomingMail.objects.get().kind == "automatic"
    assert not Task.objects.filter(cause=mail_in.UNPLACED).exists()
    assert server.mailbox == {}


def test_what_cannot_be_placed_is_set_aside_and_seen(world: SmallWorld, server: MailServer) -> None:
    told(world, server)
    server.put(bounce(returned="fremmed@example.org"))
    server.put(words(f"Hei, gjelder dette {NUMBER}?", "Sv: Akutt stans"))
    server.put(b"\x00\xff\x00")
    collect(world, server)
    assert sorted(IncomingMail.objects.values_list("kind", flat=True)) == ["other", "unknown", "unreadable"]
    assert len(server.mailbox) == 1, "what cannot be read stays for a person"
    assert Task.objects.filter(cause=mail_in.UNPLACED, closed_at=None).count() == 1
    client = client_of(world.responsible)
    page = reverse("downtime:incoming")
    shown = text_of(client.get(page))
    for part in ("Retur som ikke kan plasseres", "Noen har svart", "ligger fortsatt i postkassen", "gjelder dette"):
        assert part in shown
    assert NUMBER not in client.get(page).content.decode()
    for row in IncomingMail.objects.all():
        client.post(reverse("downtime:settle-mail", args=[row.pk]))
    assert not Task.objects.filter(cause=mail_in.UNPLACED, closed_at=None).exists()
    assert "Ingen e-post venter" in text_of(client.get(page))


def test_nothing_is_looked_at_twice_when_the_connection_breaks(world: SmallWorld, server: MailServer) -> None:
    _row, notice = told(world, server)
    server.put(bounce(returned=id_of(notice)))
    server.drop_quit = True
    with pytest.raises(MailboxError):
        collect(world, server)
    assert len(server.mailbox) == 1
    server.drop_quit = False
    collect(world, server)
    assert server.mailbox == {}
    assert IncomingMail.objects.count() == 1
    assert Task.objects.filter(cause="outage_mail_bounced").count() == 1


def test_a_mail_that_is_too_large_stays(world: SmallWorld, server: MailServer) -> None:
    server.put(words("x" * mail_in.MOST_BYTES))
    collect(world, server, reports=True)
    collect(world, server, reports=True)
    assert len(server.mailbox) == 1
    assert IncomingMail.objects.get().kind == "too_large"


def test_a_mailbox_that_nobody_answers_stops_nothing(
    world: SmallWorld, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = PostboxSetting(port=free_port(), tls=False, user="borte")
    monkeypatch.setattr(configuration(), "outage_mailbox", gone)
    monkeypatch.setattr(mail_in, "_next_look", {})
    _row, notice = told(world, server)
    server.put(bounce(returned=id_of(notice)))
    assert mail_in.look_now() == 1
    assert mail_in.look_now() == 0, "not again before its time"


def test_an_outage_reported_by_mail_waits_for_a_person(world: SmallWorld, server: MailServer) -> None:
    ContactPoint.objects.create(
        organisation=world.municipality, kind="acute_stop", name="IKT-vakten", email="Vakt@kommune.invalid"
    )
    server.put(words("Vi får ikke sendt noe siden kl. 9.", "Meldinger nede"))
    server.put(words(f"Pasient {NUMBER} får ikke epikrise", "Hjelp", From="ukjent@x.invalid"))
    server.put(words("Ferie", Auto_Submitted="auto-replied"))
    collect(world, server, reports=True)
    assert server.mailbox == {}
    known, unknown = OutageReport.objects.order_by("pk")
    assert known.known_as == f"{world.municipality.name}, IKT-vakten"
    assert (known.channel, known.who, known.text) == (
        "mail", "Kari Vakt", "Meldinger nede\nVi får ikke sendt noe siden kl. 9.",
    )  # fmt: skip
    assert (unknown.known_as, unknown.masked) == ("", True)
    assert NUMBER not in unknown.text
    assert not Outage.objects.exists(), "a person decides"
    client = client_of(world.responsible)
    shown = text_of(client.get(reverse("downtime:incoming")))
    for part in ("IKT-vakten", "Ukjent avsender", "Noe så ut som et fødselsnummer", "••••••", "E-post"):
        assert part in shown
    assert NUMBER not in shown
    form = client.get(reverse("downtime:acute"), {"meldt": known.pk}).content.decode()
    assert "Kari Vakt" in form
    assert "e-post" in form
    values = {
        "start_day": "16.11.2026", "start_time": "10.20", "end_time": "", "update_time": "", "affects": "exchange",
        "families": ["plo"], "side": "own", "cause": "", "reported_by": "Kari Vakt",
    }  # fmt: skip
    client.post(f"{reverse('downtime:acute')}?meldt={known.pk}", values)
    known.refresh_from_db()
    assert known.outage == Outage.objects.get()
    client.post(reverse("downtime:settle-report", args=[unknown.pk]))
    assert not Task.objects.filter(cause=reporting.CAUSE, closed_at=None).exists()


def test_markup_in_a_report_is_shown_as_written(world: SmallWorld, server: MailServer) -> None:
    server.put(words("<script>alert(1)</script> <b>nede</b>", "<img src=x>"))
    collect(world, server, reports=True)
    html = client_of(world.responsible).get(reverse("downtime:incoming")).content.decode()
    assert "&lt;script&gt;" in html
    assert "<img src=x>" not in html


def test_a_flood_is_bounded_and_a_known_sender_still_heard(
    world: SmallWorld, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_in, "MOST_AT_ONCE", 60)
    for number in range(100):
        server.put(words("nede " * 5000, f"Nede {number}", From=f"a{number}@flom.invalid"))
    ContactPoint.objects.create(organisation=world.municipality, kind="acute_stop", email="vakt@kommune.invalid")
    server.put(words("Nede her"))
    assert collect(world, server, reports=True) == 60
    assert len(server.mailbox) == 41
    collect(world, server, reports=True)
    assert server.mailbox == {}
    assert OutageReport.objects.count() == 101, "nothing is lost"
    open_tasks = Task.objects.filter(cause=reporting.CAUSE, closed_at=None)
    assert open_tasks.count() == reporting.UNKNOWN_AN_HOUR + 2, "one for all the others, one for the known sender"
    shown = text_of(client_of(world.responsible).get(reverse("downtime:incoming")))
    assert "De 100 første av 101 vises" in shown
    assert shown.index("Nede her") < shown.index("Nede 99"), "who is known stands first"


def test_without_a_hospital_of_its_own_a_mailbox_is_left_alone(world: SmallWorld, server: MailServer) -> None:
    server.put(words("nede"))
    setting = box(server).model_copy(update={"organisation": "00000000"})
    assert mail_in.collect(setting, mail_in._reported, at(KNOWN)) == 0
    assert len(server.mailbox) == 1
