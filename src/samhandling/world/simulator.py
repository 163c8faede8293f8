"""The process that is the hospital's systems in the demo: patient system, clock and every organisation's EPJ.

It feeds the day over MLLP, moves the clock when asked, and files what the node hands over.
"""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from types import FrameType

import structlog

from samhandling.configuration import configuration
from samhandling.errors import SamhandlingError
from samhandling.store import services as store
from samhandling.world.day import Letter, Played, read_day
from samhandling.world.demonstration import WORLD, still_to_play
from samhandling.world.epj import keep_filing
from samhandling.world.models import PlayedDay
from samhandling.world.playing import Player
from samhandling.world.stages import RunningNode

log = structlog.get_logger("samhandling.world")

TICK_SECONDS = 0.5
PAUSE_SECONDS = 2.0


def simulate(host: str, port: int) -> None:
    """Play the day on the running node until the process is told to stop."""
    stop = threading.Event()

    def asked_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked_to_stop)
    signal.signal(signal.SIGINT, asked_to_stop)
    day = read_day(WORLD)
    row = PlayedDay.objects.get(pk=1)
    folders = [record.folder for record in configuration().records]
    epj = threading.Thread(target=keep_filing, args=(folders, stop), name="epj", daemon=True)
    epj.start()
    node = RunningNode(host, port)
    player = Player(still_to_play(day), node, row.at, _told)
    try:
        while not stop.is_set():
            wanted = store.drive_clock(machine_now=datetime.now(UTC))
            stop.wait(TICK_SECONDS if _tick(player, wanted) else PAUSE_SECONDS)
    finally:
        store.stop_driving()
        node.close()


def _tick(player: Player, wanted: datetime | None) -> bool:
    """Play up to the present, or to where a page wants the clock; False when the node could not follow."""
    until = max(store.now(), wanted or player.at, player.at)
    try:
        player.play_to(until)
    except (OSError, SamhandlingError) as error:
        log.warning("the node does not follow", reason=getattr(error, "code", type(error).__name__))
        return False
    finally:
        PlayedDay.objects.filter(pk=1).update(at=player.at)
    if wanted is not None:
        store.target_reached(wanted)
    return True


def _told(happening: Played) -> None:
    deed = happening.table.writes if isinstance(happening, Letter) else happening.event.does
    log.info("played", control=happening.control_id, deed=deed)
