"""`samhandling party show`: who a HER-id is, by the register, its cache and the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from django.db import transaction

from samhandling.clock import oslo
from samhandling.registry import asking
from samhandling.registry.showing import DOUBTS, Shown, ShownCertificate, shown
from samhandling.store.services import now as present

app = typer.Typer(no_args_is_help=True, help="Parter i adresseregisteret.")

_SOURCES = {
    "register": "adresseregisteret",
    "cache": "adresseregisteret, eldre enn det burde være",
    "file": "fil",
}
_KINDS = {
    "service": "tjeneste",
    "person": "person",
    "organisation": "virksomhet, ikke en part man kan sende til",
    "department": "avdeling, ikke en part man kan sende til",
}
_USES = {"signing": "signering", "encryption": "kryptering"}
_FAULTS = {
    "register.down": "registeret svarer ikke",
    "register.slow": "registeret svarte for sent",
    "register.untrue": "registeret ga et svar som ikke kan stemme",
    "register.refused": "registeret slipper oss ikke inn",
    "configuration.wrong": "innstillingene er feil",
}


@app.callback()
def _several() -> None:
    """Makes `show` a word of its own though it is the only one."""


@app.command()
def show(
    her_ids: Annotated[list[str], typer.Argument(metavar="HER…", help="HER-id-er.")],
    ask: Annotated[bool, typer.Option("--ask", help="Spør adresseregisteret nå, først.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Svar som én JSON-liste med ett objekt per HER-id.")] = False,
) -> None:
    """Vis hvem en HER-id er: navn, adresse, sertifikater og avtaler, hvor gammelt det er og hvor det kommer fra.

    Avslutter med 1 når en HER-id er ukjent her, eller ikke finnes i adresseregisteret.

    Eksempel: samhandling party show 98310701 --json
    """
    now = present()
    results, unknown = [], False
    for her_id in her_ids:
        if not (her_id.isascii() and her_id.isdigit() and len(her_id) <= 10):
            raise typer.BadParameter("en HER-id er inntil ti sifre")
        if ask:
            keep = asking.party_asked(her_id, now)
            with transaction.atomic():
                keep()
        found = shown(her_id, now)
        unknown = unknown or found is None or found.found is False
        results.append((her_id, found))
    if as_json:
        typer.echo(json.dumps([_as_json(*one, now) for one in results], ensure_ascii=False, indent=1))
    else:
        for her_id, found in results:
            for line in _told(her_id, found, now):
                typer.echo(line)
    if unknown:
        raise typer.Exit(1)


def _as_json(her_id: str, found: Shown | None, now: datetime) -> dict[str, Any]:
    if found is None:
        return {"her_id": her_id, "found": None}
    age = round((now - found.answered_at).total_seconds() / 3600, 1) if found.answered_at else None
    return {**_plain(asdict(found)), "age_hours": age}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return oslo.local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _told(her_id: str, found: Shown | None, now: datetime) -> Iterator[str]:
    if found is None:
        yield f"{her_id}: ukjent her. Spør adresseregisteret med --ask."
        return
    yield f"{her_id} {found.name} ({_KINDS.get(found.kind, found.kind)})" + (", vår egen" if found.ours else "")
    number = found.organisation_number or "uten organisasjonsnummer"
    yield f"  virksomhet: {found.organisation} {found.organisation_her_id}, {number}"
    if found.service or found.function:
        yield f"  tjeneste: {found.service or 'ikke oppgitt'}, brukes som {found.function or 'ingenting'}"
    yield f"  adresse: {found.edi_address or 'ingen'}" + (f" ({found.carrier})" if found.carrier else "")
    yield f"  kilde: {_SOURCES[found.source]}{_age(found.answered_at, now)}"
    if found.found is False:
        yield "  FINNES IKKE i adresseregisteret: ingenting sendes dit"
    if found.fault:
        yield f"  siste forsøk {_when(found.tried_at)}: {_FAULTS.get(found.fault, found.fault)}"
    for one in found.certificates:
        yield _certificate(one, found)
    for agreement in found.agreements:
        until = f"til {oslo.say_time(agreement.valid_to)}" if agreement.valid_to else "uten slutt"
        source = f"{_SOURCES[agreement.source]}{_age(agreement.answered_at, now)}"
        yield f"  avtale {agreement.cpa_id} med {agreement.other}: {agreement.status}, {until}; {source}"
        yield f"    {', '.join(agreement.services)}"
    if not found.agreements:
        yield "  ingen avtale (CPA): standard parametere"


def _certificate(one: ShownCertificate, party: Shown) -> str:
    text = f"  sertifikat til {_USES[one.use]}: til {oslo.say_time(one.not_after)}, nr. {one.serial}"
    text += f"; {_SOURCES[one.source]}"
    if one.doubts:
        text += f"; KAN IKKE BRUKES: {', '.join(DOUBTS[doubt] for doubt in one.doubts)}"
    if one.organisation_number and party.organisation_number and one.organisation_number != party.organisation_number:
        text += f"; utstedt til en annen virksomhet, {one.organisation_number}"
    return text


def _age(answered_at: datetime | None, now: datetime) -> str:
    if answered_at is None:
        return ""
    return f", svarte {_when(answered_at)} ({oslo.say_duration(now - answered_at)} siden)"


def _when(instant: datetime | None) -> str:
    return oslo.say_time(instant) if instant is not None else "aldri"
