"""`samhandling world …`: the set-up of a node as a file."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from samhandling.world.reading import Source

app = typer.Typer(no_args_is_help=True, help="Oppsettet av en node som fil: last, kontroller, sammenlign, eksporter.")

WORLD = typer.Argument(help="Navnet på en verden som følger med (ostfold, liten), eller en TOML-fil.")
AS_JSON = typer.Option("--json", help="Svar som én JSON-liste.")


@app.command()
def load(world: Annotated[str, WORLD]) -> None:
    """Bring lageret i samsvar med en verden. Rader legges til og endres; ingen slettes.

    Eksempel: samhandling world load ostfold
    """
    from samhandling.store.ready import require_migrated
    from samhandling.store.services import is_test_store, now
    from samhandling.world.loading import load as load_world
    from samhandling.world.passwords import demo_password

    require_migrated()
    source = _read(world)
    if source.world.user and is_test_store():
        password = demo_password()
    else:
        password = None
    loaded = load_world(source, now=now(), password=password)
    for kind in sorted(loaded.added.keys() | loaded.changed.keys()):
        added, changed = loaded.added[kind], loaded.changed[kind]
        if added or changed:
            typer.echo(f"{kind}: {added} lagt til, {changed} endret")
    if not loaded.added.total() and not loaded.changed.total():
        typer.echo("Ingen endringer: lageret er allerede slik.")
    if password is not None:
        typer.echo(f"Passord for de oppdiktede brukerne: {password}")


@app.command()
def check(world: Annotated[str, WORLD], as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Finn motsigelser i en verden, med linje. Avslutter med 1 når noe er feil; advarsler alene gir 0.

    Eksempel: samhandling world check oppsett.toml
    """
    from samhandling.clock import oslo
    from samhandling.world.check import ERROR
    from samhandling.world.check import check as check_world

    problems = check_world(_read(world), today=oslo.day(datetime.now(UTC)))
    if as_json:
        typer.echo(json.dumps([vars(p) for p in problems], ensure_ascii=False, indent=1))
    else:
        for p in problems:
            mark = "FEIL" if p.severity == ERROR else "MERK"
            typer.echo(f"{mark}  linje {p.line or '?'}, {p.path}: {p.text} ({p.code})")
        if not problems:
            typer.echo("Ingen motsigelser.")
    if any(p.severity == ERROR for p in problems):
        raise typer.Exit(1)


@app.command()
def diff(
    world: Annotated[str, WORLD],
    other: Annotated[str, typer.Argument(help="En verden til; uten: lageret.")] = "",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Vis hva som skiller lageret (eller en verden til) fra en verden. Avslutter med 1 når noe skiller.

    Eksempel: samhandling world diff oppsett.toml
    """
    from samhandling.world.diff import diff as compare
    from samhandling.world.exporting import export as export_world

    before = _read(world).world
    after = _read(other).world if other else export_world()
    differences = compare(before, after)
    if as_json:
        rows = [{"kind": d.kind, "row": d.row, "key": d.key, "before": d.before, "after": d.after} for d in differences]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
    else:
        for difference in differences:
            typer.echo(str(difference))
        if not differences:
            typer.echo("Ingen forskjeller.")
    if differences:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option("--out", help="Skriv til denne filen; uten: standard ut.")] = None,
    name: Annotated[str, typer.Option("--name", help="Navnet som verdenen får.")] = "export",
) -> None:
    """Skriv lagerets oppsett som en verden. Oppdiktede brukere følger med fra en teststore, men aldri passord.

    Eksempel: samhandling world export --out oppsett.toml
    """
    from samhandling.world.exporting import export as export_world
    from samhandling.world.reading import write

    data = write(export_world(name))
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        _wrong_use(f"{out}: {error.strerror}")


def _read(name_or_file: str) -> Source:
    """A world, or exit status 2 with what is wrong with the file."""
    from samhandling.world.reading import WorldFileError, read

    try:
        return read(name_or_file)
    except WorldFileError as error:
        _wrong_use(f"Verdenen kan ikke leses: {error.detail}")


def _wrong_use(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(2)
