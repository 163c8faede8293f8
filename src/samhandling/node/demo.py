"""`samhandling demo`: set up, start the processes, say where and how to log in, and end everything together."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from samhandling.errors import SamhandlingError

if TYPE_CHECKING:
    from samhandling.world.day import Played
    from samhandling.world.demonstration import Tell

DEFAULT_HOME = Path("var/demo")
EPJ = "epj"
"""Folder in the demo's home with the made-up record systems."""
GIVEN = ("SAMHANDLING_HOME", "SAMHANDLING_CONFIG", "SAMHANDLING_DATABASE")
START_SECONDS = 20.0


class DemoRunsError(SamhandlingError):
    """Another demo runs on this store."""

    code = "world.demo_runs"


class ProcessEndedError(SamhandlingError):
    """One of the demo's processes ended by itself or never answered."""

    code = "world.process_ended"


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Spill hele dagen uten nettsider, og vis hva som kom ut.")
    ] = False,
    home: Annotated[Path | None, typer.Option("--home", help="Mappe for lageret; uten: var/demo.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Glem det forrige demolageret og begynn på nytt.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port for nettsidene; uten: innstillingen web_port.")] = 0,
    simulator: Annotated[str, typer.Option("--simulator", hidden=True)] = "",
) -> None:
    """Den oppdiktede verdenen: nettsider, arbeider, HL7-mottak og en dag som spilles av. Ctrl-C avslutter alt.

    Eksempel: samhandling demo --once
    """
    if simulator:
        simulate(simulator)
    elif once:
        raise typer.Exit(play_once(home))
    else:
        raise typer.Exit(run(home, fresh=fresh, port=port))


def play_once(home: Path | None) -> int:
    """`demo --once`: the whole day in this process; gives the exit status."""
    with ExitStack() as stack:
        if home is None and not any(os.environ.get(name) for name in GIVEN):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samhandling-demo-")))
        _settle_home(home)
        _migrate(sys.stderr)
        from django.db import connections

        from samhandling.world import demonstration, outcome, report

        stack.callback(connections.close_all)
        began = time.perf_counter()
        day = demonstration.prepare(tell=_teller("Før dagen"))
        jobs = demonstration.play_whole_day(day, told=_told_on_stderr)
        seconds = time.perf_counter() - began
        found = outcome.outcome(day)
        report.show(found, outcome.received_by_municipalities())
        print(f"{len(day.happenings)} hendelser, {jobs} jobber etter kl. 06, {seconds:.1f} s.", file=sys.stderr)
        return 0 if found.as_intended else 1


def run(home: Path | None, *, fresh: bool, port: int) -> int:
    """The demo with web, worker, listener and simulator until it is interrupted; gives the exit status."""
    if home is None and not any(os.environ.get(name) for name in GIVEN):
        home = DEFAULT_HOME
    _settle_home(home)
    from samhandling.configuration import configuration
    from samhandling.processes import Supervisor

    settings = configuration()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(settings.home):
        if fresh:
            _forget(settings.home)
        _migrate(sys.stderr)
        from django.db import connections

        from samhandling.store.services import drive_clock
        from samhandling.world import demonstration
        from samhandling.world.passwords import demo_password

        demonstration.prepare(tell=_teller("Før dagen"))
        password = demo_password()
        folders = _epj_folders(settings.home)
        # From now on pages ask the simulator, which is not yet there, to move the clock.
        drive_clock(machine_now=datetime.now(UTC))
        connections.close_all()
        web = _free_port(settings.web_host, port or settings.web_port)
        line = settings.mllp[0]
        mllp = _free_port(line.host, line.port)
        lines = [{**json.loads(line.model_dump_json()), "port": mllp}]
        with Supervisor(
            {"SAMHANDLING_MLLP": json.dumps(lines), **folders}, log_folder=settings.home / "logs"
        ) as children:
            fork = partial(children.fork, first=configuration.cache_clear)
            # The pages take longest to come up.
            fork("serve", ["serve", "--port", str(web)])
            fork("mllp", ["mllp"])
            fork("worker", ["worker"])
            _wait_for(children, (settings.web_host, web), (line.host, mllp))
            fork("simulator", ["demo", "--simulator", f"{line.host}:{mllp}"])
            address = f"http://{settings.web_host}:{web}/"
            _welcome(address, password, demonstration.log_ins(), f"{line.host}:{mllp}", settings.home / EPJ)
            # A shell that starts it in the background lets it ignore the interrupt that it is told to end by.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                while not children.ended():
                    time.sleep(0.3)
                names = ", ".join(children.ended())
                raise ProcessEndedError(f"{names}; see {settings.home / 'logs'}")
            print("\nAvslutter …", file=sys.stderr)
    return 0


def _epj_folders(home: Path) -> dict[str, str]:
    """The settings by which every organisation of the demo has an EPJ, made of folders."""
    from samhandling.organisations.services import hosted_organisations
    from samhandling.world.epj import make_folders

    return make_folders(home / EPJ, hosted_organisations().values_list("her_id", "name"))


def simulate(address: str) -> None:
    """The simulator process."""
    from samhandling.node.django import start

    start()
    from samhandling.world.simulator import simulate as play

    host, _, port = address.rpartition(":")
    play(host, int(port))


def _settle_home(home: Path | None) -> None:
    """Decide where the store is before anything reads the settings."""
    if home is not None:
        os.environ["SAMHANDLING_HOME"] = str(home.absolute())


def _migrate(out: IO[str]) -> None:
    from samhandling.node.upkeep import migrate_store

    print("Gjør klart lageret …", file=out)
    for _ in migrate_store(test=True):
        pass


def _forget(home: Path) -> None:
    """Delete the demo's SQLite store. Refuses anything that is not a test store."""
    from samhandling.node.django import start

    start()
    from django.conf import settings
    from django.db import DatabaseError, connections

    from samhandling.store.services import require_test_store

    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        raise DemoRunsError("--fresh deletes SQLite stores only")
    path = Path(str(database["NAME"]))
    if not path.exists():
        return
    with suppress(DatabaseError):
        require_test_store()
    connections.close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(home / EPJ, ignore_errors=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the store's demo lock. Raises DemoRunsError when another demo has it."""
    with (home / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoRunsError(str(home)) from error
        yield


def _free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 100):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trial.bind((host, port))
                return port
    raise ProcessEndedError(f"no free port from {wanted}")


def _wait_for(children: object, *addresses: tuple[str, int]) -> None:
    deadline = time.monotonic() + START_SECONDS
    for address in addresses:
        while True:
            with suppress(OSError), socket.create_connection(address, timeout=1):
                break
            ended = children.ended()  # type: ignore[attr-defined]
            if ended or time.monotonic() > deadline:
                raise ProcessEndedError(f"{', '.join(ended) or 'no answer'} at port {address[1]}")
            time.sleep(0.05)


def _teller(title: str) -> Tell:
    """Progress on stderr: a line that is written over on a terminal, a line per quarter elsewhere."""
    from samhandling.world.demonstration import Progress

    said = -1

    def tell(progress: Progress) -> None:
        nonlocal said
        percent = 100 * progress.done // max(progress.total, 1)
        text = f"{title}: {progress.text} ({progress.done} av {progress.total})"
        if sys.stderr.isatty():
            end = "\n" if progress.done == progress.total else ""
            print(f"\r\x1b[K{text}", end=end, file=sys.stderr, flush=True)
        elif percent // 25 > said:
            said = percent // 25
            print(text, file=sys.stderr, flush=True)

    return tell


def _told_on_stderr(happening: Played) -> None:
    from samhandling.clock import oslo

    if happening.why:
        print(f"{oslo.say_time(happening.at)}  {happening.why}", file=sys.stderr)


def _welcome(address: str, password: str, users: tuple[tuple[str, str, str, str], ...], mllp: str, epj: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    console.print(f"\n[bold]Åpne {address}[/bold]   (SYNTETISK: alt er oppdiktet)")
    console.print(f"Passord for alle: [bold]{password}[/bold]\n")
    table = Table(box=None, pad_edge=False)
    for heading in ("Bruker", "Navn", "Rolle", "Arbeider i"):
        table.add_column(heading)
    for row in users:
        table.add_row(*row)
    console.print(table)
    console.print(f"\nHL7 tas imot på {mllp}. Klokken går fra 24.11.2026 kl. 06.00; «Spol til …» øverst på siden.")
    console.print(f"Journalsystemene er mapper under {epj}; det som er journalført, ligger i «journalen».")
    console.print("Ctrl-C avslutter.\n")
