"""Text messages in the ledger, the languages of groups, copies, and what a mail server that is long down does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from samhandling.configuration import MailSetting, NodeConfiguration, PostboxSetting, SmsSetting, configuration
from samhandling.downtime import services
from samhandling.downtime.models import Notice, Outage, OutageEntry, PlannedAction
from samhandling.downtime.rules.policy import GROUPS
from samhandling.downtime.services import NoticeHasNumberError
from samhandling.downtime.web.register_forms import GroupForm, MemberForm
from samhandling.jobs.worker import run_due
from samhandling.node import downtime_checks
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint
from samhandling.tasks.models import Task
from tests.contract.test_channels import _Hook, hook_server
from tests.harness import free_port
from tests.mailbox_server import MailServer
from tests.smtp_server import Letters, mail_server
from tests.store.small_world import SmallWorld
from tests.store.test_downtime import KNOWN, acute, at, planned, scheduled, world
from tests.store.test_downtime_pages import client_of, text_of
from tests.unit.test_downtime_incoming import NUMBER

__all__ = ["world"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters() -> Iterator[Letters]:
    with mail_server() as found:
        yield found


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Hook]:
    with hook_server() as (hook, port):
        setting = SmsSetting(url=f"http://127.0.0.1:{port}/send", timeout_seconds=0.5)
        monkeypatch.setattr(configuration(), "sms", setting)
        yield hook


def member(group: str, mobile: str, *, sms: bool = True, language: str = "nb") -> None:
    row = ContactGroup.objects.get(name=group)
    row.language = language
    row.save()
    ContactGroupMember.objects.create(group=row, role="Vakt", name=f"{group} {mobile}", mobile=mobile, sms=sms)


def texts() -> list[Notice]:
    return list(Notice.objects.filter(channel="sms").order_by("address"))


def test_members_who_wish_it_get_a_text_message_once(world: SmallWorld, letters: Letters, gateway: _Hook) -> None:
    member("PLO Andre", "912 34 567")
    member("PLO avdelingssjefer", "+47 91234567")
    member("PLO avdelingsrådgivere", "0047 92 34 56 78", language="nn")
    member("PLO Ressurspersoner", "93456789", sms=False)
    member("PLO seksjonsledere/stedfortredere", "15076500565")
    row = services.announce_acute(world.hospital, acute(), user=world.responsible, now=at(KNOWN))
    run_due(at(KNOWN))
    assert [each["to"] for each in gateway.got] == ["+4791234567", "+4792345678"] or [
        each["to"] for each in gateway.got
    ] == ["+4792345678", "+4791234567"]
    by_number = {each["to"]: each["text"] for each in gateway.got}
    assert by_number["+4791234567"].startswith("Akutt: PLO- og dialogmeldinger")
    assert "naudrutinar" in by_number["+4792345678"]
    assert all(notice.state == "sent" and notice.answer.startswith("200") for notice in texts())
    assert len(letters.got) == len(GROUPS), "mails go as before"
    run_due(at("16.11. 11:00"))
    assert len(gateway.got) == 2
    services.finish(row.pk, user=None, now=at("16.11. 12:00"))
    run_due(at("16.11. 12:00"))
    assert len(gateway.got) == 4
    shown = text_of(client_of(world.responsible).get(reverse("downtime:outage", args=[row.pk])))
    assert "SMS: +4791234567" in shown


def test_a_gateway_that_is_down_slow_and_dies_gets_each_message_with_one_id(
    world: SmallWorld, letters: Letters, gateway: _Hook
) -> None:
    member("PLO Andre", "91234567")
    gateway.status = 503
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert texts()[0].state == "waiting"
    gateway.status, gateway.slow = 200, 1.0
    run_due(at(KNOWN) + timedelta(minutes=2))
    assert (texts()[0].state, texts()[0].possibly_twice) == ("sending", False)
    gateway.slow, gateway.die = 0.0, True
    run_due(at(KNOWN) + timedelta(minutes=4))
    gateway.die = False
    run_due(at(KNOWN) + timedelta(minutes=8))
    (notice,) = texts()
    assert (notice.state, notice.possibly_twice) == ("sent", True)
    assert {each["key"] for each in gateway.got} == {notice.message_id}


def test_a_number_that_the_gateway_refuses_is_called_instead(
    world: SmallWorld, letters: Letters, gateway: _Hook
) -> None:
    member("PLO Andre", "91234567")
    gateway.status = 400
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert texts()[0].state == "refused"
    task = Task.objects.get(cause="outage_mail_refused")
    assert "PLO Andre" in task.text
    assert task.phone == "91234567"
    assert len(letters.got) == len(GROUPS)


def test_without_a_gateway_nobody_is_kept_waiting(world: SmallWorld, letters: Letters) -> None:
    member("PLO Andre", "91234567")
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert texts() == []


def test_no_person_number_leaves_in_mail_or_text_message(world: SmallWorld, letters: Letters, gateway: _Hook) -> None:
    member("PLO Andre", "91234567")
    with pytest.raises(NoticeHasNumberError):
        services.announce_acute(world.hospital, acute(cause=f"Feil hos {NUMBER}"), user=None, now=at(KNOWN))
    assert not Outage.objects.exists()
    row = services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    Outage.objects.filter(pk=row.pk).update(cause=f"Feil hos {NUMBER}")  # as if something had let it through
    world.municipality.name = f"Storvik {NUMBER}"
    world.municipality.save()
    run_due(at(KNOWN))
    assert len(letters.got) == len(GROUPS), "an acute notice is never held back"
    sent = [letter.get_content() for letter in letters.got] + [each["text"] for each in gateway.got]
    assert len(sent) == len(GROUPS) + 1
    assert all(NUMBER not in text and "••" in text for text in sent)
    assert OutageEntry.objects.filter(what="number_removed").exists()


def test_two_telephones_that_look_like_a_person_number_go_as_they_are(world: SmallWorld, letters: Letters) -> None:
    ContactPoint.objects.filter(kind="coordinator").update(phone="150765 00565")
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    assert "150765 00565" in letters.got[0].get_content()


def test_each_group_is_written_to_in_its_language(world: SmallWorld, letters: Letters) -> None:
    for name, language in (("PLO Andre", "nn"), ("PLO avdelingssjefer", "en")):
        ContactGroup.objects.filter(name=name).update(language=language)
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    by_address = {str(letter["To"]).split("@")[0]: letter.get_content() for letter in letters.got}
    assert "naudrutinar" in by_address["andre"]
    assert "manual" in by_address["avdelingssjefer"]
    assert "nødrutiner" in by_address["ressurspersoner"]


def test_words_of_ones_own_in_one_language_leave_the_others(world: SmallWorld, letters: Letters) -> None:
    ContactGroup.objects.filter(name="PLO Andre").update(language="nn")
    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    client = client_of(world.responsible)
    address = reverse("downtime:text", args=[row.pk, "planned_first"])
    page = text_of(client.get(address))
    assert "På SMS" in page
    assert "tegn" in page
    body = services.text_of(row, "planned_first", at(KNOWN), "nn").body + "\n\nHelsing Mette"
    done = client.post(f"{address}?sprak=nn", {"subject": "Stans onsdag", "body": body})
    assert done.status_code == 302
    for wrong in (f"{address}?sprak=xx", reverse("downtime:text", args=[row.pk, "publish"])):
        assert client.get(wrong).status_code == 404
    services.schedule(row.pk, user=world.responsible, now=at(KNOWN))
    run_due(at("17.11. 11:00"))
    by_address = {str(letter["To"]).split("@")[0]: letter for letter in letters.got}
    assert "Helsing Mette" in by_address["andre"].get_content()
    assert "Helsing" not in by_address["ressurspersoner"].get_content()


def test_copies_to_municipalities_are_ticked_beforehand(world: SmallWorld, letters: Letters) -> None:
    ContactPoint.objects.create(
        organisation=world.municipality, kind="acute_stop", email="vakt@storvik.invalid", language="nn"
    )
    html = client_of(world.responsible).get(reverse("downtime:acute")).content.decode()
    box = html[html.index('name="copies"') - 80 : html.index('name="copies"') + 120]
    assert "checked" in box
    values = {
        "start_day": "16.11.2026", "start_time": "10.20", "affects": "exchange", "families": ["plo"], "side": "own",
    }  # fmt: skip
    client_of(world.responsible).post(reverse("downtime:acute"), {**values, "copies": "on"})
    run_due(at("16.11. 10:22"))
    copy = next(letter for letter in letters.got if letter["To"] == "vakt@storvik.invalid")
    assert "naudrutinar" in copy.get_content()
    client_of(world.responsible).post(reverse("downtime:acute"), values)
    run_due(at("16.11. 10:24"))
    assert letters.addresses().count("vakt@storvik.invalid") == 1, "not ticked: no copy"
    client_of(world.responsible).post(reverse("downtime:acute"), {**values, "side": "counterpart", "copies": "on"})
    run_due(at("16.11. 10:26"))
    assert letters.addresses().count("vakt@storvik.invalid") == 1, "their own outage: no copy"


def test_a_mail_server_that_is_down_for_ten_minutes(
    world: SmallWorld, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = configuration().mail
    assert up is not None
    down = MailSetting(host="127.0.0.1", port=free_port(), starttls=False, sender=up.sender)
    monkeypatch.setattr(configuration(), "mail", down)
    services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    for minute in range(10):
        run_due(at(KNOWN) + timedelta(minutes=minute))
    assert letters.got == []
    monkeypatch.setattr(configuration(), "mail", up)
    run_due(at(KNOWN) + timedelta(minutes=11))
    assert len(letters.got) == len(GROUPS)
    assert len({letter["Message-ID"] for letter in letters.got}) == len(GROUPS)
    assert not Notice.objects.filter(possibly_twice=True).exists()


def test_what_is_over_before_the_mail_server_is_back_is_not_told(
    world: SmallWorld, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = configuration().mail
    assert up is not None
    down = MailSetting(host="127.0.0.1", port=free_port(), starttls=False, sender=up.sender)
    monkeypatch.setattr(configuration(), "mail", down)
    row = services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    run_due(at(KNOWN))
    services.finish(row.pk, user=None, now=at(KNOWN) + timedelta(minutes=5))
    monkeypatch.setattr(configuration(), "mail", up)
    run_due(at(KNOWN) + timedelta(minutes=11))
    assert {str(letter["Subject"]) for letter in letters.got} == {"PLO- og dialogmeldinger er i drift igjen"}
    lapsed = Notice.objects.filter(kind="acute")
    assert {(notice.state, notice.answer) for notice in lapsed} == {
        ("lapsed", "Stansen var over før varselet kom av sted.")
    }


def test_a_round_that_was_due_while_the_node_was_down_goes_at_once_or_is_missed(
    world: SmallWorld, letters: Letters
) -> None:
    row = scheduled(world)
    run_due(at("17.11. 16:00"))  # it was down at 11.00
    assert len(letters.got) == len(GROUPS), "round 1 still holds"
    run_due(at("18.11. 12:30"))  # and down from before round 2 until after the end
    assert len(letters.got) == len(GROUPS)
    missed = PlannedAction.objects.filter(outage=row, state="missed", notice="planned_second")
    assert [each.why for each in missed] == ["Stansens slutt er passert."]


def test_the_telephone_list(world: SmallWorld, letters: Letters) -> None:
    member("PLO Andre", "91234567")
    row = services.announce_acute(world.hospital, acute(), user=None, now=at(KNOWN))
    client = client_of(world.responsible)
    page = reverse("downtime:phones", args=[row.pk])
    shown = text_of(client.get(page))
    assert "91234567" in shown
    assert world.municipality.name in shown
    assert "Ring disse" in shown
    client.post(page, {"line": "0"})
    assert OutageEntry.objects.filter(what="called", user=world.responsible).count() == 1
    assert "Mette" in text_of(client.get(page)) or world.responsible.shown_name in text_of(client.get(page))
    for nonsense in ("", "-1", "99999999999", "x"):
        assert client.post(page, {"line": nonsense}).status_code == 302
    assert OutageEntry.objects.filter(what="called").count() == 1


def test_check_says_it_in_words(world: SmallWorld, letters: Letters, gateway: _Hook) -> None:
    server = MailServer()
    server.start()
    try:
        mail, sms = configuration().mail, configuration().sms
        assert mail is not None
        box = PostboxSetting(port=server.imap_port, tls=False, user="stans")
        good = NodeConfiguration(
            mail=mail.model_copy(update={"returns": box}), sms=sms, outage_mailbox=box, home=configuration().home
        )
        member("PLO Andre", "tull")
        found = {name: (state, text) for name, state, text in downtime_checks.of_settings(good, at(KNOWN).date())}
        assert found["notices mail"][0] == "ok"
        assert found["notices returns"][0] == "ok"
        assert found["outage mailbox"][0] == "ok"
        assert found["notices sms"] == ("warning", found["notices sms"][1])
        assert "uten kryptering" in found["notices sms"][1]
        assert found["notice groups"][0] == "ok"
        assert "mobilnummeret mangler eller kan ikke leses" in found["notice sms members"][1]
        gone = {"port": free_port()}
        bad = NodeConfiguration(
            mail=mail.model_copy(update={**gone, "returns": box.model_copy(update=gone)}),
            sms=SmsSetting(url=f"https://127.0.0.1:{free_port()}/"),
            outage_mailbox=box.model_copy(update={"organisation": "1"}), home=configuration().home,
        )  # fmt: skip
        found = {name: (state, text) for name, state, text in downtime_checks.of_settings(bad, at(KNOWN).date())}
        for name in ("notices mail", "notices returns", "notices sms", "outage mailbox"):
            assert found[name][0] == "error", found[name]
    finally:
        server.stop()


def test_a_member_says_in_the_register_that_text_messages_are_wished(world: SmallWorld, letters: Letters) -> None:
    form = MemberForm({"role": "Vakt", "valid_from": "16.11.2026", "sms": "on"}, row=None, day=at(KNOWN).date())
    assert "mobile" in form.errors
    form = MemberForm(
        {"role": "Vakt", "valid_from": "16.11.2026", "mobile": "15076500565"}, row=None, day=at(KNOWN).date()
    )
    assert "mobile" in form.errors
    values = {"role": "Vakt", "valid_from": "16.11.2026", "mobile": "912 34 567", "sms": "on"}
    form = MemberForm(values, row=None, day=at(KNOWN).date())
    assert form.is_valid(), form.errors
    form.save(group=ContactGroup.objects.get(name="PLO Andre"))
    row = ContactGroupMember.objects.get(mobile="912 34 567")
    assert row.sms
    group = GroupForm(
        {"name": "PLO Andre", "email": "a@b.invalid", "language": "nn", "valid_from": "16.11.2026"},
        row=row.group, day=at(KNOWN).date(),
    )  # fmt: skip
    assert group.is_valid(), group.errors
    group.save()
    assert ContactGroup.objects.get(name="PLO Andre").language == "nn"


def test_two_people_who_change_the_same_text(world: SmallWorld, letters: Letters) -> None:
    row = services.register(world.hospital, planned(), user=None, now=at(KNOWN))
    client = client_of(world.responsible)
    address = reverse("downtime:text", args=[row.pk, "planned_first"])
    page = client.get(address).content.decode()
    seal = re.search(r'name="shown" value="(\w+)"', page)[1]  # type: ignore[index]
    body = services.text_of(row, "planned_first", at(KNOWN)).body
    first = client.post(address, {"shown": seal, "subject": "Den første", "body": body})
    assert first.status_code == 302
    second = client.post(address, {"shown": seal, "subject": "Den andre", "body": body})
    assert second.status_code == 422
    assert "Noen andre har endret stansen" in text_of(second)
    row.refresh_from_db()
    assert services.text_of(row, "planned_first", at(KNOWN)).subject == "Den første"
