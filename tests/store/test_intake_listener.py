"""The MLLP listener against a real store and real sockets: an answer to everything, and never a dead listener."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection, connections

from samhandling.errors import ConfigurationError
from samhandling.hl7.mllp import wrap
from samhandling.intake.listener import PATIENCE_SECONDS, Timing
from samhandling.intake.models import AdtOriginal, AdtRecord
from samhandling.intake.storing import original
from samhandling.jobs.models import Job, JobKey
from tests.store.mllp import Sender, adt, hospital, listening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _hospital():
    return hospital()


def verdict(answer) -> tuple[str, str, str]:
    return answer.value("MSA-1"), answer.value("MSA-2"), answer.value("ERR-5")


def test_a_message_is_stored_with_its_job_before_it_is_acknowledged():
    message = adt("A01", "7")
    with listening() as running, Sender(running.port) as sender:
        answer = sender.send(message)
        record = AdtRecord.objects.get()
    assert verdict(answer) == ("AA", "7", "")
    assert (record.control_id, record.trigger, record.line, record.state, record.verdict) == (
        "7",
        "ADT^A01",
        "adt",
        "waiting",
        "AA",
    )
    assert original(record.pk) == message
    assert b"15076500565" not in bytes(AdtOriginal.objects.get().sealed)
    job = Job.objects.get(handler="intake.apply_adt")
    assert job.payload == {"record": record.pk}
    keys = set(JobKey.objects.values_list("key", flat=True))
    assert len(keys) == 2
    assert record.patient_key in keys
    assert not any("15076500565" in key for key in keys)


def test_many_messages_and_connections_keep_their_order():
    with listening() as running:
        senders = [Sender(running.port) for _ in range(5)]
        for number in range(20):
            for index, sender in enumerate(senders):
                sender.write(wrap(adt("A08", f"{index}-{number}")))
        for index, sender in enumerate(senders):
            answers = [verdict(sender.answer()) for _ in range(20)]
            assert answers == [("AA", f"{index}-{number}", "") for number in range(20)]
            sender.socket.close()
    for index in range(5):
        ids = list(
            AdtRecord.objects.filter(control_id__startswith=f"{index}-")
            .order_by("pk")
            .values_list("control_id", flat=True)
        )
        assert ids == [f"{index}-{number}" for number in range(20)]
    assert Job.objects.count() == 100


def test_a_repeat_gets_the_stored_answer_and_no_second_job():
    with listening() as running, Sender(running.port) as sender:
        first, second = sender.send(adt("A01", "9")), sender.send(adt("A01", "9"))
    assert [s.raw for s in first.segments] == [s.raw for s in second.segments]
    assert AdtRecord.objects.count() == Job.objects.count() == 1


def test_two_repeats_in_one_write_are_one_record():
    with listening() as running, Sender(running.port) as sender:
        sender.write(wrap(adt("A01", "9")) * 2)
        assert verdict(sender.answer()) == verdict(sender.answer()) == ("AA", "9", "")
    assert AdtRecord.objects.count() == 1


def test_the_same_id_with_other_bytes_is_refused_and_told():
    with listening() as running, Sender(running.port) as sender:
        sender.send(adt("A01", "9"))
        answer = sender.send(adt("A03", "9"))
        assert verdict(answer) == ("AR", "9", "adt.same_id")
        assert verdict(sender.send(adt("A01", "9"))) == ("AA", "9", "")
    refused = AdtRecord.objects.get(verdict="AR")
    assert (refused.state, refused.error_code) == ("refused", "adt.same_id")
    assert Job.objects.filter(handler="intake.tell_refused").count() == 1


def test_messages_without_an_id_are_each_stored():
    with listening() as running, Sender(running.port) as sender:
        assert verdict(sender.send(adt("A01", "")))[0] == "AA"
        assert verdict(sender.send(adt("A03", "")))[0] == "AA"
        assert verdict(sender.send(adt("A03", "")))[0] == "AA"
    assert AdtRecord.objects.count() == 2


UNREADABLE = [
    (wrap(b"GET / HTTP/1.1"), "", "hl7.no_header"),
    (wrap(b""), "", "hl7.no_header"),
    (wrap(adt("A01", "5", charset="KLINGON")), "5", "hl7.unknown_charset"),
    (wrap(adt("A01", "5", charset="UNICODE UTF-8") + b"ZPL|\xff\xfe"), "5", "hl7.undecodable"),
    (adt("A01", "5"), "5", "mllp.not_framed"),
    (b"hello", "", "mllp.not_framed"),
    (b"\x0b" + adt("A01", "5"), "5", "mllp.cut_short"),
    (wrap(b"x" * 1_000_001), "", "mllp.too_long"),
    (wrap(adt("A01", "5", "ZPL|" + "x" * 1_000_000)), "5", "mllp.too_long"),
]


def test_what_cannot_be_read_is_refused_at_once_and_the_line_goes_on():
    # One listener for all of them: it must outlive each.
    with listening() as running:
        for number, (frame, control_id, code) in enumerate(UNREADABLE, 1):
            with Sender(running.port) as sender:
                sender.write(frame)
                assert verdict(sender.answer()) == ("AR", control_id, code)
                assert verdict(sender.send(adt("A01", f"next {number}"))) == ("AA", f"next {number}", "")
    refused = AdtRecord.objects.filter(state="refused").order_by("pk")
    assert [record.error_code for record in refused] == [code for _, _, code in UNREADABLE]
    assert all(record.size <= 1_000_000 for record in refused)
    assert Job.objects.filter(handler="intake.tell_refused").count() == len(UNREADABLE)


def test_exactly_a_megabyte_is_taken():
    start = adt("A01", "5", "ZPL|")[:-1]
    message = start + b"x" * (1_000_000 - len(start))
    with listening() as running, Sender(running.port) as sender:
        assert verdict(sender.send(message)) == ("AA", "5", "")
    assert AdtRecord.objects.get().size == 1_000_000


def test_everything_else_is_stored_and_acknowledged():
    with listening() as running, Sender(running.port) as sender:
        for number, segment in enumerate(("ZPL|Y", "PV1|1|I|NOWHERE", "PID|1")):
            assert verdict(sender.send(adt("A99", str(number), segment)))[0] == "AA"
    assert Job.objects.filter(handler="intake.apply_adt").count() == 3


def test_an_empty_msh_18_means_what_the_line_says():
    with listening(charset="UNICODE UTF-8") as running, Sender(running.port) as sender:
        message = adt("A01", "5", charset="").replace(b"Gundersen", "Bjørnå".encode())
        assert verdict(sender.send(message))[0] == "AA"
        assert (
            verdict(sender.send(adt("A01", "6", charset="").replace(b"Gundersen", b"Bj\xf8rn")))[2] == "hl7.undecodable"
        )
    assert AdtRecord.objects.get(verdict="AA").charset == "UNICODE UTF-8"


def test_a_slow_sender_is_waited_for():
    with listening(timing=Timing(patience=9, silence=1.5, stray=0.2)) as running, Sender(running.port) as sender:
        frame = wrap(adt("A01", "slow"))
        for start in range(0, len(frame), 60):
            sender.write(frame[start : start + 60])
            time.sleep(0.25)
        assert verdict(sender.answer()) == ("AA", "slow", "")


def test_rubbish_between_frames_is_answered_in_its_place():
    with listening() as running, Sender(running.port) as sender:
        sender.write(wrap(adt("A01", "1")) + b"rubbish" + wrap(adt("A01", "2")))
        assert [verdict(sender.answer())[:2] for _ in range(3)] == [("AA", "1"), ("AR", ""), ("AA", "2")]


def test_a_sender_that_leaves_in_the_middle_harms_nobody():
    with listening() as running, Sender(running.port) as other:
        for _ in range(3):
            leaving = Sender(running.port)
            leaving.write(b"\x0b" + adt("A01", "half")[:50])
            leaving.socket.close()
        leaving = Sender(running.port)
        leaving.write(wrap(adt("A01", "gone")))
        leaving.socket.close()
        assert verdict(other.send(adt("A01", "here"))) == ("AA", "here", "")


def test_an_address_that_is_not_on_the_list_is_told_so_and_stores_nothing():
    with listening(allow=["10.0.0.0/8"]) as running, Sender(running.port) as sender:
        assert verdict(sender.send(adt("A01", "5"))) == ("AR", "5", "mllp.not_allowed")
        with pytest.raises((EOFError, ConnectionError)):
            sender.send(adt("A01", "6"))
    assert AdtRecord.objects.count() == 0


def test_when_the_store_does_not_answer_the_sender_is_told_to_try_again_and_the_repeat_is_stored():
    assert PATIENCE_SECONDS < 10
    with listening(timing=Timing(patience=2.0)) as running, Sender(running.port) as sender:
        _until_stored(sender, "before")
        with _locked_store():
            began = time.monotonic()
            answer = sender.send(adt("A01", "during"))
            assert (answer.value("MSA-1"), answer.value("MSA-2"), answer.value("ERR-4")) == ("AE", "during", "T")
            assert time.monotonic() - began < 5.0
        _until_stored(sender, "during")
    assert AdtRecord.objects.filter(control_id="during").count() == 1


def _until_stored(sender: Sender, control_id: str) -> None:
    """Send it as a real sender does: again, for as long as the answer is *try again*."""
    deadline = time.monotonic() + 30
    while (answer := sender.send(adt("A01", control_id))).value("MSA-1") != "AA":
        assert (answer.value("MSA-1"), answer.value("ERR-4")) == ("AE", "T")
        assert time.monotonic() < deadline


class _locked_store:
    """Another process holds what the listener needs."""

    def __enter__(self):
        self._held, self._release = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)
        self._thread.start()
        assert self._held.wait(5)

    def __exit__(self, *_):
        self._release.set()
        self._thread.join(10)

    def _hold(self):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("BEGIN")
                cursor.execute("LOCK TABLE intake_adtrecord IN ACCESS EXCLUSIVE MODE")
            else:
                cursor.execute("BEGIN EXCLUSIVE")
            self._held.set()
            self._release.wait(30)
            cursor.execute("ROLLBACK")
        connections.close_all()


def test_a_store_that_fails_for_one_frame_fails_for_that_one_only():
    from samhandling.intake import storing
    from samhandling.intake.writer import Writer

    def store(batch):
        if any(received.control_id == "poison" for received, _ in batch):
            raise ValueError("a fault of ours")
        return storing.store(batch)

    with listening(writer=Writer(store)) as running, Sender(running.port) as sender:
        sender.write(wrap(adt("A01", "1")) + wrap(adt("A01", "poison")) + wrap(adt("A01", "2")))
        answers = [sender.answer() for _ in range(3)]
        assert [a.value("MSA-1") for a in answers] == ["AA", "AE", "AA"]
        assert (answers[1].value("MSA-2"), answers[1].value("ERR-4")) == ("poison", "E")
        assert verdict(sender.send(adt("A01", "3")))[0] == "AA"


def test_a_listener_that_ends_answers_what_it_has_received():
    with listening() as running:
        sender = Sender(running.port)
        for number in range(10):
            sender.write(wrap(adt("A01", str(number))))
        time.sleep(0.3)
        idle = Sender(running.port)
        idle.write(b"\x0b" + adt("A01", "half")[:60])
        time.sleep(0.2)
    assert [verdict(sender.answer())[0] for _ in range(10)] == ["AA"] * 10
    with pytest.raises(EOFError):
        sender.answer()
    sender.socket.close()
    half = idle.answer()
    assert half.value("MSA-1") in ("AE", "AR")
    idle.socket.close()


def _certificate(folder, name, *, issuer=None):
    """(certificate file, key file, pair) for localhost, self-signed or signed by `issuer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False
        )
    else:
        usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
                              data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    certificate = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return *files, (certificate, key)


def test_tls_with_and_without_client_certificates(tmp_path):
    ca, _, issuer = _certificate(tmp_path, "ca")
    certificate, key, _ = _certificate(tmp_path, "node", issuer=issuer)
    client, client_key, _ = _certificate(tmp_path, "pas", issuer=issuer)
    trusting = ssl.create_default_context(cafile=str(ca))
    with listening(certificate=certificate, key=key) as running, Sender(running.port, trusting) as sender:
        assert verdict(sender.send(adt("A01", "tls"))) == ("AA", "tls", "")
        with Sender(running.port) as plain, pytest.raises((EOFError, ConnectionError)):
            plain.send(adt("A01", "plain"))
        assert verdict(sender.send(adt("A01", "tls2")))[0] == "AA"
    with listening(certificate=certificate, key=key, client_ca=ca) as running:
        with pytest.raises((ssl.SSLError, EOFError, ConnectionError)), Sender(running.port, trusting) as nobody:
            nobody.send(adt("A01", "nobody"))
        named = ssl.create_default_context(cafile=str(ca))
        named.load_cert_chain(client, client_key)
        with Sender(running.port, named) as sender:
            assert verdict(sender.send(adt("A01", "named"))) == ("AA", "named", "")
    assert set(AdtRecord.objects.values_list("control_id", flat=True)) == {"tls", "tls2", "named"}


WRONG_SETTINGS = [
    {"allow": ["everybody"]},
    {"certificate": "/nowhere.pem"},
    {"key": "/nowhere.key"},
    {"organisation": "999999999"},
    {"charset": "x"},
    {"mapping": "/nowhere.toml"},
]


def test_wrong_settings_stop_the_start():
    for settings in WRONG_SETTINGS:
        with pytest.raises(ConfigurationError), listening(**settings):
            pass
