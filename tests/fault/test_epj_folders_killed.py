"""Workers killed while they pick up documents and hand messages to the record: nothing lost, nothing double."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.exchange_node import SEND, WORLD
from tests.harness import Node, wait_until
from tests.store.test_passing_on import dialogue

COUNT = 20
KILLS = 6
SEED = 20261124

RETRY = """
from datetime import UTC, datetime
from samhandling.jobs.dead import retry
from samhandling.jobs.models import Job
for job in Job.objects.filter(state="dead"):
    retry(job.pk, now=datetime.now(UTC))
"""


def let_dead_jobs_run(node: Node) -> None:
    """A job that was there at two deaths is set aside for a person, who lets it run again."""
    if node.query("SELECT COUNT(*) FROM jobs_job WHERE state = 'dead'") != [(0,)]:
        node.python(RETRY)


def killed_again_and_again(node: Node, chance: random.Random) -> None:
    worker = node.start("worker")
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 2.5))
        worker.kill()
        worker = node.start("worker")


@pytest.fixture
def epj(tmp_path) -> Path:
    folder = tmp_path / "epj"
    folder.mkdir()
    return folder


def test_documents_are_picked_up_once_whatever_is_killed(make_node, epj):
    setting = json.dumps([{"organisation": "8000", "folder": str(epj), "settle_seconds": 0}])
    node = make_node(environment={"SAMHANDLING_PASS_ON": setting})
    node.python(WORLD, host="both")
    (epj / "inn").mkdir()
    ids = sorted(str(uuid4()) for _ in range(COUNT))
    for number, msg_id in enumerate(ids):
        unfinished = epj / "inn" / f"m{number}.tmp"
        unfinished.write_bytes(dialogue(msg_id))
        unfinished.rename(epj / "inn" / f"m{number}.xml")
    (epj / "inn" / "feil.xml").write_bytes(b"<MsgHead>")
    killed_again_and_again(node, random.Random(SEED))

    def done() -> bool:
        let_dead_jobs_run(node)
        return len(list((epj / "behandlet").glob("*.xml"))) == COUNT and (epj / "avvist" / "feil.xml").exists()

    wait_until(done, seconds=90, what=f"the documents (seed {SEED})")
    wait_until(
        lambda: (
            let_dead_jobs_run(node)
            or node.query("SELECT COUNT(*) FROM exchange_delivery WHERE state = 'received'") == [(COUNT,)]
        ),
        seconds=90,
        what=f"the receipts (seed {SEED})",
    )
    sent = node.query("SELECT msg_id FROM exchange_message WHERE direction = 'out' ORDER BY msg_id")
    assert [row[0] for row in sent] == ids
    assert node.query("SELECT COUNT(*) FROM exchange_message WHERE direction = 'in'") == [(COUNT,)]
    for path in (epj / "behandlet").glob("*.xml"):
        told = json.loads(path.with_name(f"{path.stem}.resultat.json").read_text())
        assert (told["file"], told["accepted"]) == (path.name, True)
        assert told["msg_id"].encode() in path.read_bytes()
    assert node.query("SELECT COUNT(*) FROM tasks_task WHERE cause = 'pass_on.refused'") == [(1,)]
    assert list((epj / "inn").iterdir()) == list((epj / "arbeid").iterdir()) == []


def test_every_message_reaches_the_record_once_whatever_is_killed(make_node, epj):
    setting = json.dumps([{"organisation": her, "folder": str(epj / her)} for her in ("8000", "8100")])
    node = make_node(environment={"SAMHANDLING_RECORDS": setting})
    for her in ("8000", "8100"):
        (epj / her).mkdir()
    node.python(WORLD, host="both")
    node.python(SEND, count=COUNT)
    killed_again_and_again(node, random.Random(SEED + 1))
    taken: dict[str, str] = {}
    acknowledged: set[str] = set()

    def take_as_an_epj_does() -> None:
        for metadata in epj.glob("*/*.json"):
            if metadata.stem in acknowledged:
                continue
            told = json.loads(metadata.read_text())
            assert metadata.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
            assert told["message"]["msg_id"].encode() in metadata.with_suffix(".xml").read_bytes()
            key = f"{metadata.parent.name} {told['message']['msg_id']}"
            assert taken.setdefault(key, metadata.stem) == metadata.stem, "one message, two documents"
            metadata.with_suffix(".kvittering").touch()
            acknowledged.add(metadata.stem)

    def done() -> bool:
        let_dead_jobs_run(node)
        take_as_an_epj_does()
        return node.query("SELECT state, COUNT(*) FROM writing_filing GROUP BY state") == [("filed", 2 * COUNT)]

    wait_until(done, seconds=120, what=f"the record (seed {SEED + 1})")
    assert len(taken) == 2 * COUNT
    wait_until(lambda: not list(epj.glob("*/*")), seconds=10, what="the folders to be empty")
