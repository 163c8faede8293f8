"""The national registers as the node lives with them: what they answer is kept, and what they do not is waited for."""

from __future__ import annotations

import ast
import base64
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import tomli_w
from click.testing import CliRunner

import samhandling
from samhandling.carriers.ebxml import knowing
from samhandling.carriers.ebxml.rules import State
from samhandling.carriers.ebxml_smtp.carrier import EbxmlSmtpCarrier
from samhandling.carriers.ebxml_smtp.collecting import collect
from samhandling.carriers.models import Answer, Received, Transmission
from samhandling.cli import COMMANDS, click_command
from samhandling.configuration import configuration
from samhandling.ebxml import files, mime, pki
from samhandling.ebxml.certificates import Use
from samhandling.ebxml.checklist import run
from samhandling.ebxml.known import Known
from samhandling.exchange import delivering
from samhandling.exchange.models import Arrival, Delivery
from samhandling.jobs.services import enqueue
from samhandling.jobs.worker import run_due
from samhandling.node import register_checks
from samhandling.organisations.models import Organisation
from samhandling.registry import keys, registered, revoking
from samhandling.registry.models import (
    CertificateStatus,
    CommunicationParty,
    RegisteredAgreement,
    RegisteredParty,
    RegisterSource,
    RevocationList,
)
from samhandling.world.register import Content, FakeRegister, Lie, Switches
from tests import ebxml_agreements as agreements
from tests.mailbox_server import MailServer
from tests.register_world import KEY, content, setting
from tests.store.exchange_world import NOW, NURSING, RECEPTION, make

pytestmark = [pytest.mark.django_db, pytest.mark.store]
HOUR = timedelta(hours=1)
HOSPITAL, MUNICIPALITY = "8000", "8100"
NUMBERS = {HOSPITAL: "974744570", MUNICIPALITY: "311000012"}
PARTIES = {
    HOSPITAL: ("Lillevik sykehus HF", "", NUMBERS[HOSPITAL]),
    RECEPTION: ("Somatikk plo meldingsmottak", HOSPITAL, NUMBERS[HOSPITAL]),
    MUNICIPALITY: ("Storvik kommune", "", NUMBERS[MUNICIPALITY]),
    NURSING: ("Sykepleietjeneste", MUNICIPALITY, NUMBERS[MUNICIPALITY]),
}


class Ground:
    """One fake register, one PKI that names it, and our keys as files: made once, set back for each test."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.register = FakeRegister(Content(), KEY, clock=lambda: self.now)
        self.register.start()
        self.made = pki.make(NOW, key_size=2048, url=self.register.url)
        self.register.issuers.update(root=self.made.root, issuer=self.made.issuer)
        self.folder = folder
        self.held = {
            (her_id, use): self.made.issue(f"Prøve {her_id}", number, use)
            for her_id, number in NUMBERS.items()
            for use in Use
        }
        self.content = content(PARTIES, self.made)
        for her_id, (_, above, _) in PARTIES.items():
            for use in Use:
                self.content.certificates[her_id, use] = self.held[above or her_id, use].certificate
        (folder / "issuers.pem").write_bytes(self.made.root.certificate_pem() + self.made.issuer.certificate_pem())
        for (her_id, use), held in self.held.items():
            (folder / f"{her_id}-{use.value}.pem").write_bytes(held.certificate_pem() + held.key_pem())

    def reset(self) -> None:
        self.now = NOW
        self.register.switch(Switches())
        self.register.content = self.content.frozen()
        self.register.asked.clear()

    def transport(self, **more: object) -> Path:
        rows = [{"her_id": h, "use": u.value, "file": f"{h}-{u.value}.pem"} for h, u in self.held]
        path = self.folder / "transport.toml"
        path.write_text(tomli_w.dumps({"transport": {"issuers": ["issuers.pem"], "key": rows, **more}}))
        return path


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    found = Ground(tmp_path_factory.mktemp("ground"))
    yield found
    found.register.stop()


@pytest.fixture
def server():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def world(monkeypatch, ground, server):
    ground.reset()
    registered._list.cache_clear()  # a row of a test before may have had the same key and time
    mailbox = {
        "smtp_port": server.smtp_port, "smtp_starttls": False, "fetch_port": server.pop3_port, "fetch_tls": False, "user": "node",
    }  # fmt: skip
    monkeypatch.setenv("SAMHANDLING_EBXML", json.dumps({"transport": str(ground.transport()), "mailbox": mailbox}))
    monkeypatch.setenv("SAMHANDLING_REGISTERS", json.dumps(setting(ground.register, ground.folder)))
    configuration.cache_clear()
    made = make(monkeypatch)
    for her_id in (RECEPTION, NURSING):
        CommunicationParty.objects.filter(her_id=her_id).update(
            edi_address=f"old{her_id}@edi.example.no", carrier="ebxml_smtp"
        )
    monkeypatch.setattr(delivering, "carrier", lambda name: EbxmlSmtpCarrier())
    yield made
    configuration.cache_clear()


@pytest.fixture
def register(ground):
    return ground.register


def hour(now=NOW) -> None:
    """The hourly work, and what it asks for."""
    enqueue("registry.refresh", {}, now=now, unique="hourly:registry.refresh")
    run_due(now)


def exchange(now=NOW, minutes=12) -> None:
    """Minute by minute: jobs run, mails are fetched, what failed is tried again."""
    for minute in range(minutes):
        later = now + timedelta(minutes=minute)
        run_due(later)
        collect(later)
        run_due(later)


def sent(world, server) -> None:
    """One message on its way, in the mailbox of the receiver."""
    world.send()
    for minute in range(5):
        run_due(NOW + timedelta(minutes=minute))
        if server.submitted:
            return
    raise AssertionError("it did not leave")


def kinds(server) -> list[str]:
    return [run(data, Known(), NOW).shape.value for data in server.submitted]


def party(her_id: str) -> RegisteredParty:
    return RegisteredParty.objects.get(her_id=her_id)


def test_it_works_by_the_register_alone(world, register, server):
    """No certificate, list or address in any file: all come from the registers."""
    hour()
    world.send()
    exchange()
    assert kinds(server) == ["payload", "acknowledgment", "payload", "acknowledgment"]
    assert {one.state for one in Transmission.objects.all()} == {State.ACKNOWLEDGED}
    first = Transmission.objects.order_by("pk").first()
    assert first.receiver_address == f"p{NURSING}@edi.example.no", "the register's address, not the file's"
    assert first.cpa_id == f"{RECEPTION}_{NURSING}", "no agreement: the pair (3.4)"
    assert (first.retries, first.interval_seconds) == (5, 12 * 3600)
    assert RevocationList.objects.filter(content__isnull=False).count() == 2


def test_without_the_hourly_work_the_first_message_waits_for_the_answer_and_goes(world, register, server):
    world.send()
    run_due(NOW)
    assert server.submitted == []
    assert Delivery.objects.get().state != "failed"
    exchange()
    assert kinds(server)[:2] == ["payload", "acknowledgment"]


def test_no_page_asks_a_register():
    """Only the jobs, and the commands that an operator gives, import what speaks to the registers."""
    home = Path(samhandling.__file__).parent
    asking = set()
    for path in home.rglob("*.py"):
        names = [
            f"{node.module}.{alias.name}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        ]
        if any(name.startswith("samhandling.registry.remote") for name in names):
            asking.add(str(path.relative_to(home)))
    asking = {one for one in asking if not one.startswith("registry/remote/")}
    assert asking == {"registry/asking.py", "registry/revoking.py"}
    importing = {
        str(path.relative_to(home))
        for path in home.rglob("web/*.py")
        if "registry.asking" in path.read_text() or "registry import asking" in path.read_text()
    }
    assert importing == set()


def test_names_and_addresses_of_counterparts_become_the_registers(world, register):
    """SEND-18, AD2.2: what documents are addressed with follows the register; our own parties are ours."""
    Organisation.objects.filter(her_id=MUNICIPALITY).update(hosted=False, name="Gammelt navn")
    register.content.change(NURSING, name="Hjemmesykepleien", displayName="Hjemmesykepleien")
    before = CommunicationParty.objects.get(her_id=RECEPTION).name
    hour()
    row = CommunicationParty.objects.select_related("organisation").get(her_id=NURSING)
    assert (row.name, row.organisation.name) == ("Hjemmesykepleien", "Storvik kommune")
    assert row.edi_address == f"p{NURSING}@edi.example.no"
    assert CommunicationParty.objects.get(her_id=RECEPTION).name == before


def test_the_feed_brings_a_change_within_the_hour_and_nothing_else_is_asked(world, register):
    hour()
    register.asked.clear()
    register.content.change(NURSING, ediAddress="ny@edi.example.no")
    hour(NOW + HOUR)
    assert party(NURSING).edi_address == "ny@edi.example.no"
    assert [one for one in register.asked if "/communicationparty/" in one] == [
        f"GET /api/v1/communicationparty/{NURSING}"
    ]


def test_answers_are_asked_anew_before_they_are_twelve_hours_old(world, register):
    hour()
    register.asked.clear()
    for number in range(1, 11):
        hour(NOW + number * HOUR)
    assert not [one for one in register.asked if "communicationparty" in one]
    hour(NOW + 11 * HOUR)
    assert party(NURSING).answered_at == NOW + 11 * HOUR


def test_a_register_that_is_down_leaves_what_we_knew_and_its_age(world, register, server):
    hour()
    register.switch(Switches(down=True))
    for number in range(1, 21):
        hour(NOW + number * HOUR)
    row = party(NURSING)
    assert (row.found, row.answered_at, row.fault) == (True, NOW, "register.down")
    assert RegisterSource.objects.get(name="addresses").fault == "register.down"
    world.send()
    exchange(NOW + 20 * HOUR)
    assert kinds(server)[:2] == ["payload", "acknowledgment"], "old, and used all the same"


def test_a_register_that_is_down_is_left_alone_for_a_while(world, register):
    register.switch(Switches(down=True))
    hour()
    assert len(register.asked) == 0
    asked = RegisterSource.objects.get(name="addresses")
    assert (asked.tried_at, asked.answered_at, asked.fault) == (NOW, None, "register.down")
    register.switch(Switches())
    hour(NOW + timedelta(seconds=30))
    assert register.asked == [one for one in register.asked if "crl" in one], "not again so soon"
    hour(NOW + 3 * timedelta(minutes=1))
    assert party(NURSING).found


def test_down_and_never_asked_a_message_waits_and_goes_when_it_is_up(world, register, server):
    register.switch(Switches(down=True))
    world.send()
    exchange()
    assert server.submitted == []
    assert Delivery.objects.get().state != "failed"
    register.switch(Switches())
    exchange(NOW + HOUR, minutes=25)
    assert "payload" in kinds(server)


@pytest.mark.parametrize("lie", [Lie.OTHER_PARTY, Lie.BAD_CERTIFICATE, Lie.NOT_JSON, Lie.ENDLESS])
def test_a_register_that_lies_changes_nothing_that_we_knew(world, register, lie):
    hour()
    before = registered.parties(NOW)[NURSING]
    register.switch(Switches(lie=lie))
    hour(NOW + 12 * HOUR)
    after = registered.parties(NOW)[NURSING]
    assert (after.edi_address, after.encryption, after.answered_at) == (
        before.edi_address,
        before.encryption,
        before.answered_at,
    )
    assert after.fault == "register.untrue"


def test_r7_a_sender_that_renewed_its_certificate_is_asked_about_and_taken_in(world, register, server, ground):
    hour()
    sent(world, server)
    _as_if_registered_before(ground, RECEPTION)
    collect(NOW + timedelta(minutes=5))
    assert len(server.mailbox) == 1, "it waits"
    assert Answer.objects.count() == 0
    exchange()
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1
    assert Received.objects.get(action="LOG_INNLAGT").answer.kind == "acknowledgment"


def _as_if_registered_before(ground, her_id: str) -> None:
    """Our copy is from the day before, with another certificate than the register has now."""
    other = ground.made.issue("Prøve", NUMBERS[HOSPITAL], Use.SIGNING)
    RegisteredParty.objects.filter(her_id=her_id).update(
        signing=other.certificate.public_bytes(pki.serialization.Encoding.DER), answered_at=NOW - 10 * HOUR
    )


def test_r6_the_certificate_of_another_is_refused_after_one_question(world, register, server, ground):
    hour()
    sent(world, server)
    stranger = ground.made.issue("Prøve", NUMBERS[MUNICIPALITY], Use.SIGNING)
    register.content.certificates[RECEPTION, Use.SIGNING] = stranger.certificate
    _as_if_registered_before(ground, RECEPTION)
    register.asked.clear()
    exchange()
    assert Arrival.objects.count() == 0
    assert Answer.objects.filter(kind="error").count() >= 1
    assert Transmission.objects.order_by("pk").first().answer_code == "SecurityFailure"
    asked = [one for one in register.asked if one.endswith(f"/communicationparty/{RECEPTION}")]
    assert len(asked) == 1


def test_while_the_register_is_down_a_strange_certificate_is_neither_taken_nor_refused(world, register, server, ground):
    """R9 of the register: no answer yet, and never an error at once."""
    hour()
    sent(world, server)
    _as_if_registered_before(ground, RECEPTION)
    register.switch(Switches(down=True))
    exchange()
    assert len(server.mailbox) == 1
    assert (Arrival.objects.count(), Answer.objects.count()) == (0, 0)
    register.switch(Switches())
    exchange(NOW + HOUR)
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1


def test_the_old_certificate_is_met_for_84_hours_after_a_change(world, register, server, ground):
    """10.3: a message signed before the change may come after it."""
    hour()
    sent(world, server)
    new = ground.made.issue("Prøve", NUMBERS[HOSPITAL], Use.SIGNING)
    register.content.publish(RECEPTION, Use.SIGNING, new.certificate)
    hour(NOW + HOUR)
    old = ground.held[HOSPITAL, Use.SIGNING].certificate
    assert registered.parties(NOW + 84 * HOUR)[RECEPTION].signing == (new.certificate, old)
    assert registered.parties(NOW + 86 * HOUR)[RECEPTION].signing == (new.certificate,)
    collect(NOW + HOUR)
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1


def test_r28_a_sender_that_the_register_does_not_know_is_asked_about_first(world, register, server):
    hour()
    sent(world, server)
    RegisteredParty.objects.filter(her_id=RECEPTION).delete()
    CommunicationParty.objects.filter(her_id=RECEPTION).update(her_id="9999")
    collect(NOW + timedelta(minutes=5))
    assert len(server.mailbox) == 1
    run_due(NOW + timedelta(minutes=5))
    collect(NOW + timedelta(minutes=6))
    assert Arrival.objects.filter(action="LOG_INNLAGT").count() == 1, "known to the register is known"


def test_a_mail_that_nobody_vouches_for_sets_nobody_asking(world, register, server):
    hour()
    sent(world, server)
    RegisteredParty.objects.filter(her_id=RECEPTION).delete()
    CommunicationParty.objects.filter(her_id=RECEPTION).update(her_id="9999")
    (mail,) = server.mailbox.values()
    server.mailbox.clear()
    signed = mime.read(mail).soap.data
    forged = signed.replace(b"LOG_INNLAGTsender", b"LOG_INNLAGTsendes")
    server.put(mail.replace(mime.write_part((), signed), mime.write_part((), forged)))
    register.asked.clear()
    later = NOW + timedelta(minutes=5)
    collect(later)
    assert server.mailbox == {}, "answered as it stands"
    run_due(later)
    assert not [one for one in register.asked if "communicationparty" in one]


def test_a_receiver_that_is_gone_from_the_register_is_refused_and_told(world, register, server):
    register.content.remove(NURSING)
    Organisation.objects.filter(her_id=MUNICIPALITY).update(hosted=False)
    hour()
    assert (party(NURSING).found, party(NURSING).answered_at) == (False, NOW)
    world.send()
    exchange()
    assert server.submitted == []
    assert Delivery.objects.get().state == "failed"


def test_an_agreement_of_the_registry_is_sent_by(world, register, server, ground):
    document = _agreement(ground)
    register.content.agreements["3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001"] = (2, document)
    hour()
    world.send()
    exchange()
    first = Transmission.objects.order_by("pk").first()
    assert first.cpa_id == "3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001"
    assert (first.retries, first.interval_seconds) == (4, 12 * 3600)
    assert first.state == State.ACKNOWLEDGED
    row = RegisteredAgreement.objects.get(asked=f"{RECEPTION}_{NURSING}")
    assert (row.found, row.status) == (True, 2)
    hour(NOW + 11 * HOUR)
    row.refresh_from_db()
    assert row.answered_at == NOW + 11 * HOUR


def _agreement(ground) -> bytes:
    text = agreements.cpa_document().decode()
    for theirs, ours in ((agreements.HOSPITAL_HER, RECEPTION), (agreements.MUNICIPALITY_HER, NURSING)):
        text = text.replace(theirs, ours)

    def certificate(her: str, use: Use) -> str:
        above = HOSPITAL if her == RECEPTION else MUNICIPALITY
        der = ground.held[above, use].certificate.public_bytes(pki.serialization.Encoding.DER)
        return base64.b64encode(der).decode()

    def put(found: re.Match[str]) -> str:
        return f"{found[1]}{certificate(found[2], Use(found[3]))}{found[4]}"

    pattern = r'(<tp:Certificate tp:certId="k(\d+)(signing|encryption)">.*?<ds:X509Certificate>)[^<]*(</)'
    return re.sub(pattern, put, text, flags=re.DOTALL).encode()


def test_lists_are_fetched_in_the_background_and_kept_until_they_age(world, register):
    hour()
    lists = [one for one in register.asked if "/crl/" in one]
    assert sorted(lists) == ["GET /crl/issuer.crl", "GET /crl/root.crl"]
    hour(NOW + HOUR)
    assert len([one for one in register.asked if "/crl/" in one]) == 2
    hour(NOW + 12 * HOUR)
    assert len([one for one in register.asked if "/crl/" in one]) == 4


def test_a_list_that_no_issuer_of_ours_has_signed_is_not_kept(world, register, ground):
    register.issuers["issuer"] = pki.make(NOW, key_size=2048).issuer
    try:
        hour()
    finally:
        register.issuers["issuer"] = ground.made.issuer
    row = RevocationList.objects.get(url__endswith="issuer.crl")
    assert (row.content, row.fault) == (None, "register.untrue")


def test_r9_unknown_is_waited_for_and_ocsp_decides(world, register, server, ground, monkeypatch):
    """Neither list nor OCSP: nothing goes; then OCSP alone answers, and it goes."""
    register.switch(Switches(revocation_down=True))
    hour()
    world.send()
    exchange()
    assert server.submitted == []
    assert Delivery.objects.get().state != "failed"
    root = ground.made.crl(by=ground.made.root).public_bytes(pki.serialization.Encoding.DER)
    (ground.folder / "root.crl").write_bytes(root)
    setting = json.loads(configuration().ebxml.model_dump_json())
    monkeypatch.setenv(
        "SAMHANDLING_EBXML", json.dumps({**setting, "transport": str(ground.transport(crls=["root.crl"]))})
    )
    configuration.cache_clear()
    keys._loaded.cache_clear()
    issuer = register.issuers.pop("issuer")
    try:
        register.switch(Switches())
        # No list any more, only answers.
        register.issuers["ocsp-only"] = issuer
        monkeypatch.setattr(
            "samhandling.ebxml.revocation.responders_of", lambda one: (f"{register.url}/ocsp/ocsp-only",)
        )
        exchange(NOW + HOUR, minutes=25)
    finally:
        register.issuers["issuer"] = issuer
        ground.transport()
    assert "payload" in kinds(server)
    assert CertificateStatus.objects.filter(content__isnull=False).exists()


def test_a_certificate_that_was_taken_back_is_not_sent_to(world, register, server, ground):
    register.content.revoke(ground.held[MUNICIPALITY, Use.ENCRYPTION].certificate, NOW - HOUR)
    hour()
    world.send()
    exchange()
    assert server.submitted == []
    assert Delivery.objects.get().state == "failed"


def test_a_bounce_lets_the_receiver_be_asked_about(world, register, server):
    hour()
    sent(world, server)
    mail_id = re.search(rb"Message-ID: <(.*)>", server.submitted[0])[1].decode()
    server.mailbox.clear()
    server.put(
        "From: <>\r\nTo: p8001@edi.example.no\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--b\r\n\r\n"
        f"Message-ID: <{mail_id}>\r\n--b--\r\n".encode()
    )
    register.content.parties[NURSING]["ediAddress"] = "ny@edi.example.no"
    later = NOW + timedelta(minutes=10)
    collect(later)
    run_due(later)
    assert Transmission.objects.get().state == State.BOUNCED
    assert knowing.known(later).party(NURSING).edi_address == "ny@edi.example.no"


def test_keys_are_read_once_and_a_new_signing_key_takes_over_at_its_time(world, ground):
    new = ground.made.issue("Ny", NUMBERS[HOSPITAL], Use.SIGNING)
    (ground.folder / "new.pem").write_bytes(new.certificate_pem() + new.key_pem())
    rows = [{"her_id": HOSPITAL, "use": "signing", "file": f"{HOSPITAL}-signing.pem"}]
    rows.append({"her_id": HOSPITAL, "use": "signing", "file": "new.pem", "signs_from": NOW + HOUR})
    path = ground.folder / "two.toml"
    path.write_text(tomli_w.dumps({"transport": {"issuers": ["issuers.pem"], "key": rows}}))
    found = files.read(path)
    assert found.signers(NOW)[HOSPITAL].certificate == ground.held[HOSPITAL, Use.SIGNING].certificate
    assert found.signers(NOW + HOUR)[HOSPITAL].certificate == new.certificate
    ended = NOW + timedelta(days=5000)
    assert found.signers(ended)[HOSPITAL].certificate == new.certificate, "what is wrong is said where it is used"


def show(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(click_command(COMMANDS["party"]), ["show", *words])
    return result.exit_code, result.output


def test_party_show_says_who_it_is_how_old_that_is_and_where_from(world, register, ground, monkeypatch):
    register.content.agreements["3f6f0c0e-8f7a-4c55-9c55-7a41d7b6a001"] = (2, _agreement(ground))
    monkeypatch.setattr("samhandling.registry.commands.present", lambda: NOW + 2 * HOUR)
    status, told = show(NURSING)
    assert status == 0
    assert "kilde: fil" in told
    hour()
    enqueue("registry.ask_agreement", {"asked": f"{RECEPTION}_{NURSING}"}, now=NOW)
    run_due(NOW)
    status, told = show(NURSING, "--json")
    (found,) = json.loads(told)
    assert (found["name"], found["organisation"], found["source"]) == (
        "Sykepleietjeneste",
        "Storvik kommune",
        "register",
    )
    assert (found["age_hours"], found["answered_at"]) == (2.0, "2026-11-24T10:00:00+01:00")
    assert [(one["use"], one["doubts"]) for one in found["certificates"]] == [("signing", []), ("encryption", [])]
    (agreement,) = found["agreements"]
    assert (agreement["other"], agreement["status"], agreement["services"]) == (
        RECEPTION, "valid", ["S-LOG_INNLAGT/LOG_INNLAGT"],
    )  # fmt: skip
    register.switch(Switches(down=True))
    hour(NOW + 13 * HOUR)
    monkeypatch.setattr("samhandling.registry.commands.present", lambda: NOW + 13 * HOUR)
    told = show(NURSING)[1]
    assert "eldre enn det burde være" in told
    assert "registeret svarer ikke" in told
    assert "13 t siden" in told


def test_party_show_of_one_that_is_unknown_asks_when_told_to(world, register, monkeypatch):
    monkeypatch.setattr("samhandling.registry.commands.present", lambda: NOW)
    register.content.parties["7700"] = {**register.content.parties[NURSING], "herId": 7700, "name": "Annen"}
    assert show("7700")[0] == 1
    status, told = show("7700", "--ask")
    assert (status, "Sykepleietjeneste" in told) == (0, True)
    status, told = show("7701", "--ask")
    assert status == 1
    assert "FINNES IKKE" in told
    assert show("not-a-her")[0] == 2


def told(found) -> list[tuple[str, str]]:
    return [(state, text) for _, state, text in found]


def test_check_says_how_the_registers_are_and_what_they_say_of_us(world, register, ground):
    setting_here = configuration().registers
    assert [state for state, _ in told(register_checks.of_access(setting_here))] == ["ok", "ok"]
    register.switch(Switches(down=True))
    assert [state for state, _ in told(register_checks.of_access(setting_here))] == ["error", "error"]
    assert told(register_checks.of_access(None))[0][0] == "warning"
    register.switch(Switches())
    first = told(register_checks.of_answers(setting_here, keys.loaded(), NOW))
    assert [state for state, _ in first] == ["warning"]
    assert "ikke spurt" in first[0][1]
    hour()
    CommunicationParty.objects.update(edi_address="")
    assert told(register_checks.of_answers(setting_here, keys.loaded(), NOW)) == []
    later = told(register_checks.of_answers(setting_here, keys.loaded(), NOW + 13 * HOUR))
    assert "eldre enn 12 timer" in later[0][1]
    CommunicationParty.objects.filter(her_id=RECEPTION).update(edi_address="annen@edi.example.no")
    strange = ground.made.issue("X", NUMBERS[HOSPITAL], Use.ENCRYPTION).certificate
    register.content.publish(RECEPTION, Use.ENCRYPTION, strange)
    register.content.remove(NURSING)
    hour(NOW + HOUR)
    texts = told(register_checks.of_answers(setting_here, keys.loaded(), NOW + HOUR))
    assert [state for state, _ in texts] == ["error", "error", "error"]
    assert f"HER-id {NURSING} finnes ikke" in texts[0][1]
    assert "annen@edi.example.no" in texts[1][1]
    assert "ikke har nøkkelen til" in texts[2][1]


def test_check_names_certificates_of_others_and_lists_that_run_out(world, register, ground):
    Organisation.objects.filter(her_id=MUNICIPALITY).update(hosted=False)
    for use, days in ((Use.SIGNING, 2), (Use.ENCRYPTION, -1)):
        held = ground.made.issue("Prøve", NUMBERS[MUNICIPALITY], use, valid=(-300, days))
        register.content.publish(NURSING, use, held.certificate)
    hour()
    found = told(register_checks.of_counterparts(keys.loaded(), revoking.trust(), NOW))
    assert [state for state, _ in found] == ["warning", "error"]
    assert "ikke noe nytt" in found[0][1]
    assert "det er utløpt" in found[1][1]
    texts = told(register_checks.of_counterparts(keys.loaded(), revoking.trust(), NOW + 30 * HOUR))
    assert sum("Meldinger venter" in text for _, text in texts) == 2
