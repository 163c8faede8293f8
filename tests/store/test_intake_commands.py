"""`samhandling adt` and `samhandling mllp` as a person runs them."""

from __future__ import annotations

import os

import pytest

from samhandling.hl7.mllp import wrap
from tests.harness import Node, wait_until
from tests.store.mllp import PID, Sender, adt

HOSPITAL = """
from datetime import date
from samhandling.organisations.models import Organisation
Organisation.objects.create(name="Sykehuset", her_id="90001", organisation_number="990000018", kind="hospital",
                            hosted=True, valid_from=date(2020, 1, 1))
"""


@pytest.fixture
def node(make_node) -> Node:
    return make_node()


def test_files_are_taken_in_as_if_they_came_on_the_line(node, tmp_path):
    node.python(HOSPITAL)
    framed, plain, wrong = tmp_path / "framed.hl7", tmp_path / "plain.hl7", tmp_path / "wrong.hl7"
    framed.write_bytes(wrap(adt("A01", "1")) + wrap(adt("A08", "2")))
    plain.write_bytes((adt("A08", "3") + adt("A03", "4")).replace(b"\r", b"\n"))
    wrong.write_bytes(b"hello\n")
    told = node.run("adt", str(framed), str(plain))
    assert told.count("AA lagret") == 4
    answers = node.json("adt", "--json", str(framed), str(wrong), status=1)
    assert [one["file"] for one in answers] == [str(framed), str(wrong)]
    assert [one["fine"] for one in answers] == [True, False]
    assert [m["repeated"] for m in answers[0]["messages"]] == [True, True]
    assert (answers[1]["messages"][0]["verdict"], answers[1]["messages"][0]["code"]) == ("AR", "hl7.no_header")
    assert node.query("SELECT control_id FROM intake_adtrecord WHERE verdict = 'AA' ORDER BY id") == [
        ("1",),
        ("2",),
        ("3",),
        ("4",),
    ]
    node.run("adt", str(tmp_path / "nowhere.hl7"), status=2)
    node.run("adt", "--organisation", "999999999", str(framed), status=2)
    node.run("worker", "--once")
    assert node.query("SELECT count(*) FROM intake_adtrecord WHERE state = 'done'") == [(4,)]


def test_without_a_hospital_the_listener_says_what_is_missing(node):
    node.run("mllp", status=2)
    assert "adt" in node.run("adt", "--help")


def test_the_listener_listens_logs_no_content_and_ends_cleanly(node):
    node.python(HOSPITAL)
    listener = node.start_mllp()
    with Sender(node.mllp_port) as sender:
        assert sender.send(adt("A01", "1")).value("MSA-1") == "AA"
        sender.write(b"\x0b" + adt("A01", "2")[:80])
        sender.write(b"\x0b\x1c\r")
        assert [sender.answer().value("MSA-1") for _ in range(2)] == ["AR", "AR"]
        assert listener.stop() == 0
        with pytest.raises(EOFError):
            sender.answer()
    assert "mllp.stopped" in listener.log()
    assert not any(word in listener.log() for word in ("15076500565", "Gundersen", "Traceback"))


def test_frames_that_wait_while_the_listener_is_killed_are_stored_once(node):
    node.python(HOSPITAL)
    acknowledged = 0
    for _ in range(3):
        listener = node.start_mllp()
        with Sender(node.mllp_port) as sender:
            for number in range(acknowledged, acknowledged + 20):
                assert sender.send(adt("A08", str(number), PID)).value("MSA-1") == "AA"
                acknowledged = number + 1
            sender.write(wrap(adt("A08", str(acknowledged), PID)))
            listener.kill()
    listener = node.start_mllp()
    with Sender(node.mllp_port) as sender:
        for number in range(acknowledged + 1):
            assert sender.send(adt("A08", str(number), PID)).value("MSA-1") == "AA"
    assert listener.stop() == 0
    count = node.query("SELECT count(*), count(DISTINCT control_id) FROM intake_adtrecord")
    assert count == [(acknowledged + 1, acknowledged + 1)]
    assert node.query("SELECT count(*) FROM jobs_job WHERE handler = 'intake.apply_adt'") == [(acknowledged + 1,)]


@pytest.mark.skipif(
    os.environ.get("SAMHANDLING_TEST_STORE") != "postgres", reason="a server that is away: PostgreSQL only"
)
def test_a_store_that_goes_away_and_comes_back(node):
    """The server refuses this node's database for a while, as in a failover: AE, then AA, and never a dead listener."""
    import psycopg

    from tests.harness import POSTGRES

    node.python(HOSPITAL)
    name = node.database.rsplit("/", 1)[1]
    listener = node.start_mllp()
    with Sender(node.mllp_port) as sender, psycopg.connect(POSTGRES, autocommit=True) as server:
        assert sender.send(adt("A01", "before")).value("MSA-1") == "AA"
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        answer = sender.send(adt("A01", "during"))
        assert (answer.value("MSA-1"), answer.value("ERR-4"), answer.value("ERR-5")) == ("AE", "T", "store.unreachable")
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        wait_until(lambda: sender.send(adt("A01", "during")).value("MSA-1") == "AA", what="the store")
    assert listener.stop() == 0
    assert node.query("SELECT control_id FROM intake_adtrecord ORDER BY id") == [("before",), ("during",)]
