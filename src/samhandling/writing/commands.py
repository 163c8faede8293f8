"""`samhandling send FILE…`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from samhandling.organisations.models import Organisation
    from samhandling.writing.passing import PassedOn

_STATES = {"queued": "i kø", "about": "på vei", "sent": "sendt", "acknowledged": "hos mottakerens meldingstjener",
           "received": "mottatt", "warning": "mottatt, med merknad", "received_late": "mottatt for sent",
           "rejected": "avvist", "failed": "kom ikke av gårde", "expired": "ikke bekreftet"}  # fmt: skip


def send(
    files: Annotated[list[Path], typer.Argument(help="Ferdige meldinger fra journalsystemet.", metavar="FIL…")],
    organisation: Annotated[
        str,
        typer.Option("--organisation", help="Organisasjonsnummer eller HER-id; uten: avsenderen i dokumentet."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste, ett objekt per fil.")] = False,
) -> None:
    """Send ferdige meldinger fra journalsystemet, uendret. Arbeideren leverer dem.

    Samme fil igjen sendes ikke på nytt, men gir samme svar. Avslutter med 0 når alle ble tatt imot for sending, 1 når
    noen ble avvist, 2 når en fil ikke kan leses eller organisasjonen ikke finnes her.

    Eksempel: samhandling send epikrise.xml --json
    """
    from samhandling.store.ready import require_migrated

    require_migrated()
    owner = _named(organisation) if organisation else None
    contents = [(file, _content(file)) for file in files]
    results = [(str(file), _pass_on(content, owner)) for file, content in contents]
    if as_json:
        typer.echo(json.dumps([result.as_json(file) for file, result in results], ensure_ascii=False, indent=1))
    else:
        for file, result in results:
            _say(file, result)
    if not all(result.accepted for _, result in results):
        raise typer.Exit(1)


def _named(name: str) -> Organisation:
    from samhandling.writing.owners import hosted_called

    found = hosted_called(name)
    if found is None:
        print(f"Noden har ingen organisasjon {name}.", file=sys.stderr)
        raise typer.Exit(2)
    return found


def _content(file: Path) -> bytes | None:
    """The file's bytes; None when it is too large to be read at all."""
    from samhandling.writing.passing import MOST_BYTES

    try:
        return file.read_bytes() if file.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        print(f"{file}: kan ikke leses ({type(error).__name__}).", file=sys.stderr)
        raise typer.Exit(2) from error


def _pass_on(content: bytes | None, owner: Organisation | None) -> PassedOn:
    from samhandling.store.services import now
    from samhandling.writing import passing

    if content is None:
        return passing.refused(passing.TOO_LARGE)
    organisation = owner or passing.owner_of(content)
    if organisation is None:
        return passing.refused(passing.NOBODYS)
    return passing.pass_on(content, organisation=organisation, now=now())


def _say(file: str, result: PassedOn) -> None:
    verdict = "tatt imot for sending" if result.accepted else "ikke sendt"
    typer.echo(f"{file}: {verdict}  {result.type or 'ukjent type'}")
    for receiver in result.receivers:
        typer.echo(f"    til {receiver.name} ({receiver.her_id}): {_STATES.get(receiver.state, receiver.state)}")
    for finding in result.findings:
        where = f"  {finding.path}" if finding.path else ""
        typer.echo(f"    {finding.severity} {finding.code}: {finding.text}{where}")
