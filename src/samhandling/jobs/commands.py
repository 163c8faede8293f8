"""`samhandling worker` and `samhandling jobs …`."""

from __future__ import annotations

import json
import signal
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Jobber: vis dem, prøv en død jobb på nytt, hopp over den.")


def worker(
    processes: Annotated[
        int, typer.Option("--processes", help="Prosesser; 0: innstillingen worker_processes.", min=0)
    ] = 0,
    threads: Annotated[
        int, typer.Option("--threads", help="Jobber samtidig i hver; 0: innstillingen worker_threads.", min=0)
    ] = 0,
    once: Annotated[bool, typer.Option("--once", help="Utfør det som er forfalt nå, og avslutt.")] = False,
) -> None:
    """Start arbeideren som utfører jobbene. Avsluttes rent med SIGTERM eller Ctrl-C.

    Eksempel: samhandling worker --processes 2
    """
    from samhandling import logs
    from samhandling.configuration import configuration
    from samhandling.jobs.collectors import collect_once
    from samhandling.jobs.sql import on_postgres
    from samhandling.jobs.worker import Worker, run_due
    from samhandling.store.ready import require_migrated
    from samhandling.store.services import now

    require_migrated()
    settings = configuration()
    logs.configure(settings.log_level)
    threads = threads or settings.worker_threads
    if once:
        collect_once()
        typer.echo(f"{run_due(now())} jobber utført.")
        return
    count = processes or settings.worker_processes or (2 if on_postgres() else 1)
    if count > 1:
        _several(count, threads)
        return
    process = Worker(threads=threads)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: process.stop())
    process.run()


def _several(count: int, threads: int) -> None:
    """Keep `count` worker processes running until this one is told to stop; one that dies is started anew."""
    import threading

    import structlog
    from django.db import connection

    from samhandling.processes import Supervisor

    log = structlog.get_logger("samhandling.jobs")
    connection.close()
    stopping = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopping.set())
    words = ["worker", "--processes", "1", "--threads", str(threads)]
    with Supervisor() as children:
        for number in range(count):
            children.start(str(number), words)
        while not stopping.wait(1.0):
            for name, status in children.ended().items():
                log.error("a worker process ended and is started anew", status=status)
                children.start(name, words)


@app.command(name="list")
def list_jobs(
    state: Annotated[str, typer.Option("--state", help="waiting, running, dead eller skipped; uten: alle.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="Høyst så mange.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste.")] = False,
) -> None:
    """Vis jobbene i den rekkefølgen de skal utføres.

    Eksempel: samhandling jobs list --state dead
    """
    from samhandling.jobs.models import Job
    from samhandling.jobs.rules import State

    if state and state not in {State.WAITING, State.RUNNING, State.DEAD, State.SKIPPED}:
        raise typer.BadParameter(f"{state}: waiting, running, dead eller skipped")
    rows = Job.objects.order_by("run_at", "pk")
    rows = (rows.filter(state=state) if state else rows)[:limit]
    found = [
        {
            "id": row.pk,
            "state": row.state,
            "handler": row.handler,
            "queue": row.queue,
            "run_at": row.run_at.isoformat(),
            "attempts": row.attempts,
            "error": row.error_code,
            "place": row.error_place,
            "payload": row.payload,
        }
        for row in rows
    ]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        typer.echo("{id:>8}  {state:<8} {run_at}  {handler}  {error} {place}".format(**one))
    if not found:
        typer.echo("Ingen jobber.")


@app.command()
def retry(job: Annotated[int, typer.Argument(help="Jobbens nummer.")]) -> None:
    """Prøv en død jobb på nytt.

    Eksempel: samhandling jobs retry 1234
    """
    from samhandling.jobs import dead
    from samhandling.store.services import now

    dead.retry(job, now=now())
    typer.echo(f"Jobb {job} prøves på nytt.")


@app.command()
def skip(
    job: Annotated[int, typer.Argument(help="Jobbens nummer.")],
    reason: Annotated[str, typer.Option("--reason", help="Hvorfor; uten personopplysninger.")],
) -> None:
    """Hopp over en død jobb for godt; de som venter bak den, går videre.

    Eksempel: samhandling jobs skip 1234 --reason "Registrert på nytt for hånd"
    """
    from samhandling.jobs import dead
    from samhandling.store.services import now

    dead.skip(job, reason=reason, now=now())
    typer.echo(f"Jobb {job} er hoppet over.")
