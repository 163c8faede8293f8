"""`samhandling receive`: take documents in as a node would, in a throw-away store, and show verdicts and receipts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from samhandling.node.trial import Received

_VERDICTS = {
    "accepted": "tatt imot",
    "rejected": "avvist",
    "duplicate": "mottatt før, ignorert",
    "unreceipted": "ikke kvittert",
}


def receive(
    files: Annotated[list[Path], typer.Argument(help="Meldinger, i den rekkefølgen de kommer.", metavar="FIL…")],
    world: Annotated[str, typer.Option("--world", help="Navn på en medfølgende verden, eller en TOML-fil.")] = "",
    own: Annotated[str, typer.Option("--own", help="HER-id på nivå 2 som er våre, med komma mellom.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Et nytt, tomt lager for hver fil.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste, ett objekt per fil.")] = False,
    apprec_dir: Annotated[
        Path | None, typer.Option("--apprec-dir", help="Skriv kvitteringene til denne mappen.")
    ] = None,
) -> None:
    """Ta imot meldinger i et prøvelager og vis hva som skjer. Nodens eget lager røres ikke.

    Avslutter med 1 når en melding er avvist eller ikke kvittert.

    Eksempel: samhandling receive melding.xml --own 369767 --json
    """
    from samhandling.errors import SamhandlingError
    from samhandling.node.trial import Trial

    hers = [part.strip() for part in own.split(",") if part.strip()]
    if bool(world) == bool(hers):
        _wrong("Oppgi enten --world eller --own.")
    if any(not her.replace(".", "").isdigit() for her in hers):
        _wrong("--own tar HER-id-er: bare sifre, med komma mellom.")
    documents = [(path, _bytes(path)) for path in files]
    if apprec_dir is not None:
        apprec_dir.mkdir(parents=True, exist_ok=True)
    try:
        with Trial(world=world, own=hers, fresh=fresh, documents=[data for _, data in documents]) as trial:
            results = [trial.receive(data) for _, data in documents]
    except SamhandlingError as error:
        if not error.code.startswith("world."):
            raise
        _wrong(f"--world {world}: {error.detail}")
    for (path, _), result in zip(documents, results, strict=True):
        if apprec_dir is not None:
            _write(apprec_dir, path, result)
    if as_json:
        shown = [_as_json(path, result) for (path, _), result in zip(documents, results, strict=True)]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for (path, _), result in zip(documents, results, strict=True):
            _say(path, result)
    if any(result.verdict in {"rejected", "unreceipted"} for result in results):
        raise typer.Exit(1)


def _wrong(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        typer.echo(f"{path}: {error.strerror}", err=True)
        raise typer.Exit(2) from error


def _as_json(path: Path, result: Received) -> dict[str, Any]:
    return {
        "file": str(path),
        "verdict": result.verdict,
        "type": result.type,
        "msg_id": result.msg_id,
        "receivers": [
            {
                "her_id": one.her_id,
                "role": one.role,
                "status": one.status,
                "apprec": None
                if one.xml is None
                else {"version": one.version, "errors": one.errors, "xml": one.xml.decode()},
            }
            for one in result.receivers
        ],
        "flags": list(result.flags),
    }


def _say(path: Path, result: Received) -> None:
    flags = f"  [{' '.join(result.flags)}]" if result.flags else ""
    typer.echo(f"{path}: {_VERDICTS[result.verdict]}  {result.type or 'ukjent type'}{flags}")
    for one in result.receivers:
        errors = "; ".join(" ".join(filter(None, (e["code"], e["text"], e["detail"]))) for e in one.errors)
        status = {"1": "OK", "2": "Avvist"}.get(one.status or "", "ingen kvittering")
        typer.echo(f"    {one.her_id} {one.role}: {status}{f' ({errors})' if errors else ''}")


def _write(folder: Path, path: Path, result: Received) -> None:
    for one in result.receivers:
        if one.xml is not None:
            (folder / f"{path.stem}.{one.her_id}.apprec.xml").write_bytes(one.xml)
