"""Two nodes with a faulty mail line between them: each document arrives once or is reported failed, never both."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta

from samhandling.node.network import play
from samhandling.node.network.line import FAULTS, Wild

SEED = 20261122


def test_every_fault_of_the_demonstration_ends_well(tmp_path):
    """`samhandling network demo`: one admission per fault."""
    home = tmp_path / "round"
    words = ["network", "demo", "--documents", str(len(FAULTS)), "--home", str(home), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "samhandling.cli", *words], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = {one["fault"]: one for one in json.loads(done.stdout) if one["what"] != "APPREC"}
    assert set(found) == set(FAULTS)
    assert all(one["good"] for one in found.values())
    given_up = {fault for fault, one in found.items() if one["arrived"] == 0}
    assert given_up == {"corrupted", "wrong certificate", "bounce"}
    assert found["lost"]["tries"] == 2
    assert found["late"]["tries"] == 2, "sent again, and told apart from the late one"
    assert found["lost acknowledgment"]["tries"] == 2
    assert found["duplicated"]["tries"] == 1
    assert found["bounce"]["state"].startswith("failed (transport.bounce 5.1.1")
    assert "SecurityFailure" in found["corrupted"]["state"]


def test_a_line_that_loses_doubles_and_reorders_and_nodes_that_die():
    """The stateful test, a bounded slice; `samhandling network soak` is the long one."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    with play.made(Wild(SEED)) as round_:

        def crash(node):
            return chance.uniform(0.005, 0.3) if round_.deaths < 4 and chance.random() < 0.4 else None

        round_.crash = crash
        serial = 0
        # A step that ends before its moment comes survives: on a fast machine some more are played.
        while serial < 6 or (round_.deaths < 3 and serial < 30):
            round_.step({"hospital": [play.admission(serial, round_.now)]})
            round_.pass_time(round_.now + timedelta(minutes=20))
            serial += 1
        round_.calm()
        found = round_.verdicts()
        assert round_.deaths >= 3
        assert round_.post.taken > 4 * 6, "the line made them send again"
        assert [one for one in found if not one.good] == []
        documents = [one for one in found if one.what != "APPREC"]
        assert len(documents) >= 6
        assert all(one.arrived == 1 for one in documents), "a line that lets something through brings everything"
        told = [node.tell(order="report")["dead"] for node in round_.nodes.values()]
        assert told == [[], []]
