"""`samhandling serve`, `migrate`, `check` and `metrics`."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option("--host", help="Adresse; uten: innstillingen web_host.")] = "",
    port: Annotated[int, typer.Option("--port", help="Port; uten: innstillingen web_port.")] = 0,
    threads: Annotated[int, typer.Option("--threads", help="Sider som lages samtidig.", min=1)] = 4,
) -> None:
    """Start nettsidene. Arbeideren og mottaket er egne prosesser: worker og mllp.

    Eksempel: samhandling serve --port 8000
    """
    from django.db import connection

    from samhandling.configuration import configuration
    from samhandling.node.web import run
    from samhandling.store.ready import require_migrated

    require_migrated()
    # Granian runs the pages in a copy of this process, which must not share its connection.
    connection.close()
    settings = configuration()
    run(host or settings.web_host, port or settings.web_port, threads=threads)


def migrate(
    test: Annotated[bool, typer.Option("--test", help="Merk et nytt lager som test: oppdiktede data.")] = False,
) -> None:
    """Lag eller oppgrader lageret, og lag de hemmelige nøklene som mangler.

    Eksempel: samhandling migrate
    """
    from samhandling.node.upkeep import migrate_store

    for line in migrate_store(test=test):
        typer.echo(line)


def check(
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste.")] = False,
) -> None:
    """Si med ord hva noden mangler. Avslutter med 1 når noe må gjøres.

    Eksempel: samhandling check
    """
    from samhandling.node.checks import all_checks

    found = all_checks()
    if as_json:
        typer.echo(json.dumps([vars(one) for one in found], ensure_ascii=False, indent=1))
    else:
        marks = {"ok": "OK     ", "warning": "MERK   ", "error": "MANGLER"}
        for one in found:
            typer.echo(f"{marks[one.state]}  {one.text}")
    if any(one.state == "error" for one in found):
        raise typer.Exit(1)


def metrics() -> None:
    """Måltall som tekst for Prometheus; det samme gir adressen /metrics på denne maskinen.

    Eksempel: samhandling metrics | grep jobs
    """
    from samhandling.node.metrics import text

    typer.echo(text(), nl=False)
