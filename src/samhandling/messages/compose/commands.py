"""`samhandling build` and `samhandling schema`: documents from data, and the data they want."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from samhandling.messages import catalogue, compose
from samhandling.messages.compose import FieldError

TYPE = typer.Argument(metavar="TYPE", help="Meldingstype, for eksempel HELSEOPPL_SOKNAD.")
VERSION = typer.Option(
    "--version", metavar="VERSJON", help="Versjon av standarden; den nyeste når den ikke er oppgitt."
)
DATA = typer.Option("--data", metavar="FIL", help="Opplysningene, som JSON eller (.toml) TOML; - for standard inn.")
AS_JSON = typer.Option("--json", help="Feilene som én JSON-liste på standard feil.")


def build(
    type_code: Annotated[str, TYPE],
    data: Annotated[Path, DATA],
    version: Annotated[str | None, VERSION] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Lag en melding av opplysninger, og skriv den til standard ut.

    Hva som skal stå i opplysningene, sier samhandling schema. Meldings-id og tidspunkt lages når de ikke er oppgitt.
    Avslutter med 1 når noe mangler eller er feil; feilene står på standard feil, én per felt, og ingenting skrives ut.

    Eksempel: samhandling build HELSEOPPL_SOKNAD --data tidligmelding.json > tidligmelding.xml
    """
    chosen = _version(type_code, version)
    content, errors = _content(data)
    if not errors:
        values, errors = compose.from_data(type_code, content, now=datetime.now(UTC), version=chosen)
        if values is not None:
            composed = compose.compose(type_code, chosen, values)
            errors = composed.errors
            if composed.sendable:
                sys.stdout.buffer.write(composed.data)
                sys.stdout.buffer.flush()
                return
    _tell(errors, as_json)
    raise typer.Exit(1)


def schema(
    type_code: Annotated[str | None, TYPE] = None,
    version: Annotated[str | None, VERSION] = None,
) -> None:
    """Vis hvilke opplysninger en melding lages av, som JSON Schema.

    Uten TYPE: en liste over meldingene som kan lages.

    Eksempel: samhandling schema HELSEOPPL_SOKNAD --version 1.5
    """
    if type_code is None:
        for code in dict.fromkeys(code for code, _ in compose.writable_types()):
            message_type = catalogue.by_code(code)
            name = message_type.name if message_type else ""
            typer.echo(f"{code:<28}{', '.join(compose.versions_of(code)):<10}{name}")
        return
    found = compose.schema(type_code, _version(type_code, version))
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()


def _version(type_code: str, version: str | None) -> str:
    """The chosen version, or the newest; ends the command for what we do not write."""
    versions = compose.versions_of(type_code)
    if not versions:
        _wrong_use("Meldingstypen kan ikke lages her. samhandling schema viser dem som kan.")
    if version is not None and version not in versions:
        _wrong_use(f"{type_code} lages i versjon {' og '.join(versions)}.")
    return version or versions[-1]


def _content(file: Path) -> tuple[Any, tuple[FieldError, ...]]:
    """What the file holds, or the error that says why it cannot be read."""
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError:
        _wrong_use("Filen med opplysninger finnes ikke eller kan ikke leses.")
    try:
        if file.suffix.lower() == ".toml":
            return tomllib.loads(text.decode("utf-8")), ()
        return json.loads(text.decode("utf-8-sig")), ()
    except (ValueError, RecursionError):
        kind = "TOML" if file.suffix.lower() == ".toml" else "JSON"
        return None, (FieldError("", "data.unreadable", f"Filen er ikke {kind} i UTF-8."),)


def _tell(errors: tuple[FieldError, ...], as_json: bool) -> None:
    if as_json:
        told = [{"field": error.path, "code": error.code, "text": error.text} for error in errors]
        print(json.dumps(told, ensure_ascii=False, indent=1), file=sys.stderr)
        return
    for error in errors:
        where = f"{error.path}: " if error.path else ""
        print(f"{where}{error.text} [{error.code}]", file=sys.stderr)


def _wrong_use(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(2)
