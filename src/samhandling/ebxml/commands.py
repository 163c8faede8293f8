"""`samhandling cpa show`: agreements and profiles in plain view."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from samhandling.ebxml import certificates, cpa
from samhandling.ebxml.cpa import Agreement, Party

app = typer.Typer(no_args_is_help=True, help="Avtaler på helsenettet (CPA).")


@app.callback()
def _several() -> None:
    """Makes `show` a word of its own though it is the only one."""


@app.command()
def show(
    files: Annotated[list[Path], typer.Argument(metavar="FIL…", help="Avtaler (CPA) eller profiler (CPP) som XML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste med ett objekt per fil.")] = False,
) -> None:
    """Vis hva en avtale sier: parter, sertifikater, kanaler og hvor ofte det prøves på nytt.

    Avslutter med 1 når en fil ikke kan leses som avtale.

    Eksempel: samhandling cpa show avtale.xml --json
    """
    results, failed = [], False
    for file in files:
        try:
            results.append(_as_json(file, cpa.read(file.read_bytes())))
        except (cpa.CpaError, OSError) as error:
            failed = True
            why = error.detail if isinstance(error, cpa.CpaError) else error.strerror
            typer.echo(f"{file}: kan ikke leses som avtale ({why})", err=True)
            results.append(
                {"file": str(file), "cpa_id": None, "status": None, "valid_from": None, "valid_to": None, "parties": []}
            )
    if as_json:
        typer.echo(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        for result in results:
            _say(result)
    if failed:
        raise typer.Exit(1)


def _as_json(file: Path, agreement: Agreement) -> dict[str, Any]:
    return {
        "file": str(file),
        "cpa_id": agreement.cpa_id,
        "status": agreement.status or None,
        "valid_from": _time(agreement.start),
        "valid_to": _time(agreement.end),
        "parties": [_party(party) for party in agreement.parties],
    }


def _party(party: Party) -> dict[str, Any]:
    default = party.channel()
    return {
        "her_id": party.her_id,
        "name": party.name,
        "certificates": [
            {
                "use": "+".join(sorted(certificates.uses(one.certificate))) or "other",
                "subject": one.certificate.subject.rfc4514_string(),
                "serial": f"{one.certificate.serial_number:x}",
                "not_after": _time(one.certificate.not_valid_after_utc),
            }
            for one in party.certificates
        ],
        "channels": [
            {
                "id": channel.id,
                "protocol": channel.protocol,
                "endpoint": channel.endpoint,
                "sync_reply_mode": channel.sync_reply_mode,
                "ack_requested": channel.ack_requested,
                "ack_signature_requested": channel.ack_signature_requested,
                "duplicate_elimination": channel.duplicate_elimination,
                "retries": channel.retries,
                "retry_interval": channel.retry_interval or None,
                "persist_duration": channel.persist_duration or None,
            }
            for channel in party.channels
        ],
        "retries": default.retries if default else None,
        "retry_interval": (default.retry_interval or None) if default else None,
        "persist_duration": (default.persist_duration or None) if default else None,
    }


def _time(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None


def _say(result: dict[str, Any]) -> None:
    if result["cpa_id"] is None:
        return
    typer.echo(f"{result['file']}: {result['cpa_id']}, {result['status'] or 'uten status'}")
    typer.echo(f"  gjelder {result['valid_from'] or 'uten start'} – {result['valid_to'] or 'uten slutt'}")
    for party in result["parties"]:
        typer.echo(f"  {party['her_id'] or 'uten HER-id'} {party['name']}")
        for one in party["certificates"]:
            typer.echo(f"    sertifikat {one['use']}: {one['subject']}, til {one['not_after']}")
        for channel in party["channels"]:
            typer.echo(f"    kanal {channel['id']}: {channel['protocol']} {channel['endpoint']}")
        typer.echo(
            f"    nye forsøk: {party['retries']}, mellomrom {party['retry_interval']},"
            f" tas vare på {party['persist_duration']}"
        )
