"""`samhandling policy …`: the routine as data: show, check and compare versions, and say which one holds from when."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import msgspec
import typer

from samhandling.stays.policy import OSTFOLD, Policy, PolicyError, read, shipped, shipped_names

if TYPE_CHECKING:
    from samhandling.organisations.models import Organisation

app = typer.Typer(no_args_is_help=True, help="Rutinen som data: vis, kontroller, sammenlign, ta i bruk.")

WHICH = typer.Argument(metavar="RUTINE", help="Navnet på en rutine som følger med, eller en TOML-fil.")
AS_JSON = typer.Option("--json", help="Svar som JSON.")
HOSPITAL = typer.Option("--hospital", metavar="HER-ID", help="Sykehuset (nivå 1).")
MUNICIPALITY = typer.Option("--municipality", metavar="NR", help="Kommunenummer: bare for avtalen med den kommunen.")


@app.callback()
def group() -> None:
    """Rutinen som data: hvem som kan sende hva når, frister, grunner, adresser og brytere.

    Eksempel: samhandling policy check vaar-rutine.toml
    """


@app.command()
def show(
    which: Annotated[str, WHICH] = OSTFOLD,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Vis alle verdier i en rutine, også dem den arver.

    Eksempel: samhandling policy show sykehuset-ostfold-1
    """
    try:
        found = _read(which)
    except PolicyError as error:
        _wrong(which, error)
    _show(found, as_json)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FIL…", help="TOML-filer.")],
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Kontroller at rutiner kan leses og ikke sier imot seg selv. Avslutter med 1 når noe er galt.

    Eksempel: samhandling policy check vaar-rutine.toml --json
    """
    told = []
    for file in files:
        try:
            told.append({"file": file, "name": _read(file).name, "ok": True, "findings": []})
        except PolicyError as error:
            told.append({"file": file, "name": "", "ok": False, "findings": list(error.findings)})
    if as_json:
        _print(told)
    else:
        for one in told:
            print(f"{one['file']}: {'i orden' if one['ok'] else 'kan ikke brukes'}")
            for finding in one["findings"]:  # type: ignore[attr-defined]
                print(f"  {finding}")
    if not all(one["ok"] for one in told):
        raise typer.Exit(1)


@app.command()
def diff(
    first: Annotated[str, WHICH],
    second: Annotated[str, WHICH],
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Vis hva som skiller to rutiner. Avslutter med 1 når de er ulike.

    Eksempel: samhandling policy diff nasjonal sykehuset-ostfold-1
    """
    sides = []
    for which in (first, second):
        try:
            sides.append(msgspec.to_builtins(_read(which)))
        except PolicyError as error:
            _wrong(which, error)
    found = [{"name": name, "first": a, "second": b} for name, a, b in differences(*sides)]
    if as_json:
        _print(found)
    else:
        for one in found:
            print(f"{one['name']}: {_plain(one['first'])} → {_plain(one['second'])}")
    if found:
        raise typer.Exit(1)


@app.command("use")
def use(
    which: Annotated[str, WHICH],
    hospital: Annotated[str, HOSPITAL],
    begins: Annotated[str, typer.Option("--from", metavar="DATO", help="Første dag, for eksempel 2027-01-01.")],
    municipality: Annotated[str, MUNICIPALITY] = "",
    ends: Annotated[str, typer.Option("--to", metavar="DATO", help="Siste dag; uten: til en annen tar over.")] = "",
) -> None:
    """Ta i bruk en rutine for et sykehus, eller for avtalen med én kommune, fra en dag av.

    Det som er avgjort før den dagen, blir stående.

    Eksempel: samhandling policy use vaar-rutine.toml --hospital 98000100 --municipality 3107 --from 2027-01-01
    """
    from samhandling.stays.models import RoutinePolicy

    try:
        found = _read(which)
    except PolicyError as error:
        _wrong(which, error)
    first, last = _day(begins), _day(ends) if ends else None
    if last is not None and last < first:
        _stop("--to er før --from.")
    base = msgspec.to_builtins(shipped(OSTFOLD))
    values = msgspec.to_builtins(found)
    own = {name: value for name, value in values.items() if value != base[name]}
    for name in ("name", "valid_from"):
        own.pop(name, None)
    row, made = RoutinePolicy.objects.update_or_create(
        organisation=_hospital(hospital), municipality_number=municipality, valid_from=first,
        defaults={"name": found.name[:100], "base": OSTFOLD, "valid_to": last, "changes": own},
    )  # fmt: skip
    what = "tatt i bruk" if made else "byttet ut"
    print(f"{row.name}: {what} fra {first:%d.%m.%Y}{f', bare for kommune {municipality}' if municipality else ''}.")


@app.command("in-force")
def in_force(
    hospital: Annotated[str, HOSPITAL],
    municipality: Annotated[str, MUNICIPALITY] = "",
    day: Annotated[str, typer.Option("--day", metavar="DATO", help="Uten: i dag.")] = "",
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Vis rutinen som gjelder for et sykehus, og for avtalen med en kommune, på en dag.

    Eksempel: samhandling policy in-force --hospital 98000100 --municipality 3107
    """
    from samhandling.clock import oslo
    from samhandling.stays.policies import policy_for
    from samhandling.store.services import now

    on = _day(day) if day else oslo.day(now())
    _show(policy_for(_hospital(hospital).pk, on, municipality), as_json)


def differences(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(name, value in the first, value in the second) for all that differs; tables row by row."""
    found: list[tuple[str, Any, Any]] = []
    for name in dict.fromkeys((*first, *second)):
        a, b = first.get(name), second.get(name)
        if isinstance(a, dict) and isinstance(b, dict):
            found += [(f"{name}.{inner}", x, y) for inner, x, y in differences(a, b)]
        elif _same(a) != _same(b):
            found.append((name, a, b))
    return found


def _same(value: Any) -> Any:
    """Rows of the table of messages are the same however they are spaced."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _read(which: str) -> Policy:
    if which in shipped_names():
        return shipped(which)
    try:
        return read(Path(which).read_bytes())
    except OSError as error:
        names = ", ".join(shipped_names())
        raise PolicyError(f"Det finnes verken en fil eller en rutine som heter {which} ({names}).") from error


def _hospital(her_id: str) -> Organisation:
    from samhandling.organisations.services import by_her_id

    found = by_her_id(her_id)
    if found is None or found.kind != "hospital":
        _stop(f"Det finnes ikke noe sykehus med HER-id {her_id}.")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _stop(f"{text} er ikke en dato (ÅÅÅÅ-MM-DD).")


def _show(policy: Policy, as_json: bool) -> None:
    values = {name: _tidy(value) for name, value in msgspec.to_builtins(policy).items() if value is not None}
    if as_json:
        _print(values)
        return
    sys.stdout.write(msgspec.toml.encode(values).decode())


def _tidy(value: Any) -> Any:
    return {name: _same(one) for name, one in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> str:
    return json.dumps(_same(value), ensure_ascii=False)


def _wrong(which: str, error: PolicyError) -> NoReturn:
    for finding in error.findings:
        print(f"{which}: {finding}", file=sys.stderr)
    raise typer.Exit(2)


def _stop(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(2)


def _print(value: Any) -> None:
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
    sys.stdout.buffer.flush()
