"""`samhandling scenario`: play scripted stays against the routine."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from samhandling.stays.play.expecting import differences
from samhandling.stays.play.player import Player
from samhandling.stays.play.report import outcome, text
from samhandling.stays.play.schema import schema
from samhandling.stays.play.script import ScriptError, script

FILES = typer.Argument(metavar="FIL…", help="TOML-filer, eller numre på scenarioer som følger med.")
AS_JSON = typer.Option("--json", help="Én JSON-liste med ett objekt per fil.")
SCHEMA = typer.Option("--schema", help="Vis formatet som JSON Schema.")
LIST = typer.Option("--list", help="Vis scenarioene som følger med.")


def shipped() -> dict[str, Path]:
    """The scenarios that come with the program, by number."""
    folder = Path(str(resources.files("samhandling.stays.play") / "scenarios"))
    return {file.stem.split("-")[0].lstrip("0"): file for file in sorted(folder.glob("*.toml"))}


def play(data: bytes, file: str, base: Path | None = None) -> dict[str, Any]:
    """The outcome of one scenario, with the differences from what it expects. Raises ScriptError."""
    player = Player(script(data, base=base))
    player.play()
    found = outcome(player, file)
    if player.script.expect:
        found["differences"] = differences(player.script.expect, found)
    return found


def scenario(
    files: Annotated[list[str] | None, FILES] = None,
    as_json: Annotated[bool, AS_JSON] = False,
    show_schema: Annotated[bool, SCHEMA] = False,
    show_list: Annotated[bool, LIST] = False,
) -> None:
    """Spill av skrevne opphold mot rutinen, og vis meldinger, frister, brudd, oppgaver og betalingsgrunnlag.

    Ingenting lagres, og ingenting sendes. Avslutter med 1 når utfallet ikke er som filen selv sier under [expect], og
    med 2 når en fil ikke kan leses.

    Eksempel: samhandling scenario 4 mitt-opphold.toml --json
    """
    if show_schema:
        _print(schema())
        return
    if show_list:
        for number, path in shipped().items():
            typer.echo(f"{number:<6}{_title(path)}")
        return
    if not files:
        print("Hvilken fil? samhandling scenario --list viser scenarioene som følger med.", file=sys.stderr)
        raise typer.Exit(2)
    found, status = [], 0
    for name in files:
        try:
            one = _played(name)
            status = max(status, 1 if one.get("differences") else 0)
        except ScriptError as error:
            print(f"{name}: {error.text}", file=sys.stderr)
            one, status = {"file": name, "error": error.text}, 2
        found.append(one)
    if as_json:
        _print(found)
    else:
        print("\n\n".join(text(one) for one in found if "error" not in one))
    if status:
        raise typer.Exit(status)


def _played(name: str) -> dict[str, Any]:
    path = shipped().get(name.lstrip("0"), Path(name)) if name.isdecimal() else Path(name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ScriptError("Filen finnes ikke eller kan ikke leses.") from error
    return play(data, name, path.parent)


def _title(path: Path) -> str:
    return script(path.read_bytes(), base=path.parent).name


def _print(value: Any) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
    sys.stdout.buffer.flush()
