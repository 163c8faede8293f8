"""`samhandling network demo`, `soak`: two nodes, a mail server and a faulty line on this machine."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="To noder med en dårlig linje mellom, på denne maskinen.")


@app.command()
def demo(
    documents: Annotated[int, typer.Option("--documents", min=1, help="Antall innleggelser.")] = 8,
    faults: Annotated[str, typer.Option("--faults", help="Feil med komma mellom, i rekkefølge; «ingen» er uten.")] = "",
    home: Annotated[Path | None, typer.Option("--home", help="Behold nodene i denne nye mappen.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Svar som JSON-liste, ett objekt per dokument.")] = False,
) -> None:
    """Spill en dag mellom to noder: hver melding møter en feil på veien. Avslutter av seg selv.

    Feil: lost, late, duplicated, corrupted, wrong certificate, bounce, lost acknowledgment. Avslutter med 1 når et
    dokument er kommet to ganger, er borte uten at noen vet det, eller er meldt tapt og likevel kommet fram.

    Eksempel: samhandling network demo --documents 4 --faults ingen,lost,bounce
    """
    from samhandling.node.network.line import FAULTS, Planned
    from samhandling.node.network.play import day

    chosen = tuple("" if one.strip() == "ingen" else one.strip() for one in faults.split(",")) if faults else FAULTS
    unknown = [one for one in chosen if one not in FAULTS]
    if unknown:
        typer.echo(f"Ukjent feil: {', '.join(unknown)}. Velg blant: {', '.join(FAULTS[1:])}.", err=True)
        raise typer.Exit(2)
    if home is not None and home.exists() and any(home.iterdir()):
        typer.echo(f"{home} er ikke tom.", err=True)
        raise typer.Exit(2)
    planned = Planned(chosen)
    found = day(planned, documents=documents, folder=home, tell=lambda text: print(text, file=sys.stderr, flush=True))
    if as_json:
        rows = [{**asdict(one), "fault": planned.met.get(one.transport_id, "")} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        _table(found, planned.met)
    raise typer.Exit(0 if found and all(one.good for one in found) else 1)


def _table(found: list, met: dict[str, str]) -> None:  # type: ignore[type-arg]
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 170
    table = Table(box=None, pad_edge=False)
    for heading in (
        "",
        "Dokument",
        "Fra",
        "Feil",
        "Sendt",
        "Transportkvittering",
        "AppRec",
        "Ganger",
        "Kommet",
        "Står",
    ):
        table.add_column(heading)
    for one in found:
        table.add_row(
            "ok" if one.good else "FEIL", one.what, one.sender, met.get(one.transport_id, ""), *one.legs,
            str(one.tries), str(one.arrived), one.state,
        )  # fmt: skip
    console.print(table)
    wrong = sum(not one.good for one in found)
    console.print(f"{len(found)} dokumenter, {wrong} med feil. Tider i UTC; simulert klokke.")


@app.command()
def soak(
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="Hvor lenge innleggelser kommer.")] = 30,
    seed: Annotated[int, typer.Option("--seed", help="Samme tall gir samme feil på linjen.")] = 20261122,
    crashes: Annotated[float, typer.Option("--crashes", help="Sannsynlighet for krasj i hvert steg.")] = 0.05,
) -> None:
    """La to noder utveksle meldinger lenge, over en linje som mister, dobler og stokker om, med noder som dør.

    Avslutter med 1 når noe er tapt eller doblet, eller minnet vokser. Frøet skrives ut.

    Eksempel: samhandling network soak --minutes 2
    """
    from samhandling.node.network.line import Wild
    from samhandling.node.network.play import soak as run

    typer.echo(f"Frø {seed}, {minutes:g} minutter")
    told = run(
        Wild(seed), seed=seed, seconds=minutes * 60, crashes=crashes,
        tell=lambda text: print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True),
    )  # fmt: skip
    early, late = told.memory_mb
    typer.echo(
        f"\n{told.documents} dokumenter, {told.deaths} krasj, {len(told.wrong)} feil, "
        f"minne {early:.0f} → {late:.0f} MB, {told.seconds:.0f} s"
    )
    for one in told.wrong:
        typer.echo(f"{one.what} {one.transport_id} fra {one.sender}: {one.state}, kommet {one.arrived} ganger")
    raise typer.Exit(1 if told.wrong or late > early * 1.5 + 20 else 0)


@app.command(hidden=True)
def step() -> None:
    """En node i runden: tar ordre på stdin.

    Eksempel: samhandling network step
    """
    from samhandling.node.network.step import serve

    serve()
