"""`samhandling mllp` and `samhandling adt FILE…`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

AS_JSON = typer.Option("--json", help="Svar som én JSON-liste, ett objekt per fil.")


def mllp(
    line: Annotated[str, typer.Option("--line", help="Bare linjen med dette navnet; uten: alle i oppsettet.")] = "",
) -> None:
    """Start mottaket av HL7-meldinger fra pasientsystemet (MLLP). Avsluttes rent med SIGTERM eller Ctrl-C.

    Eksempel: samhandling mllp
    """
    from samhandling import logs
    from samhandling.configuration import configuration
    from samhandling.errors import ConfigurationError
    from samhandling.intake.process import serve

    settings = [one for one in configuration().mllp if not line or one.name == line]
    if not settings:
        raise ConfigurationError("no such MLLP line in the settings")
    logs.configure(configuration().log_level)
    serve(settings)


@dataclass
class _Tally:
    """What became of the messages of one file."""

    file: str
    answers: list[dict[str, Any]]

    @property
    def fine(self) -> bool:
        return bool(self.answers) and all(answer["verdict"] == "AA" for answer in self.answers)


def adt(
    files: Annotated[list[Path], typer.Argument(help="Filer med én eller flere HL7-meldinger, med eller uten rammer.")],
    organisation: Annotated[
        str, typer.Option("--organisation", help="Organisasjonsnummer; uten: det eneste sykehuset på noden.")
    ] = "",
    charset: Annotated[str, typer.Option("--charset", help="Tegnsett når MSH-18 er tom.")] = "8859/1",
    line: Annotated[
        str, typer.Option("--line", help="Les som på linjen med dette navnet; uten: som docs/adt-feed.md sier.")
    ] = "",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Les inn HL7-filer fra pasientsystemet, som om de kom på linjen. Arbeideren tar dem i bruk.

    Avslutter med 0 når alle meldinger ble lagret, 1 når noen ble avvist, 2 når en fil ikke kan leses.

    Eksempel: samhandling adt innleggelser.hl7
    """
    from samhandling.intake.lines import fed_organisation, file_line, named_line
    from samhandling.store.ready import require_migrated

    require_migrated()
    under = named_line(line) if line else file_line(fed_organisation(organisation), charset=charset)
    contents = [_content(file) for file in files]
    tallies = [_take_in_all(str(file), content, under) for file, content in zip(files, contents, strict=True)]
    if as_json:
        told = [{"file": t.file, "fine": t.fine, "messages": t.answers} for t in tallies]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print(tallies)
    if not all(tally.fine for tally in tallies):
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        print(f"{file}: kan ikke leses ({type(error).__name__}).", file=sys.stderr)
        raise typer.Exit(2) from error


def _take_in_all(name: str, content: bytes, line: Any) -> _Tally:
    """Store every message of a file; a repeat is told, and is no fault."""
    from samhandling.hl7 import reader
    from samhandling.hl7.mllp import Piece, split_file
    from samhandling.intake.reception import receive
    from samhandling.intake.storing import store
    from samhandling.jobs.wake import wake
    from samhandling.store.services import now

    answers = []
    for message in split_file(content):
        received = receive(Piece(message), line, now=now())
        stored = store([(received, line)])[0]
        answer = reader.read(stored.answer)
        answers.append(
            {
                "control_id": received.control_id,
                "type": received.trigger,
                "verdict": stored.verdict,
                "repeated": stored.repeated,
                "code": answer.value("ERR-5.1"),
                "record": stored.record_id,
            }
        )
    wake()
    return _Tally(name, answers)


def _print(tallies: list[_Tally]) -> None:
    for tally in tallies:
        if not tally.answers:
            typer.echo(f"{tally.file}: ingen HL7-melding.")
        for one in tally.answers:
            word = "lagret fra før" if one["repeated"] else "lagret" if one["verdict"] == "AA" else "avvist"
            why = f" ({one['code']})" if one["code"] else ""
            what = one["type"] or "uten hode"
            typer.echo(f"{tally.file}: {what} {one['control_id']}: {one['verdict']} {word}{why}".replace("  ", " "))
