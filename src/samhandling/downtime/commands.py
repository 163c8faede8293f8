"""`samhandling downtime …`: the downtime desk from the command line."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from samhandling.downtime.models import Outage
    from samhandling.downtime.rules.policy import DowntimePolicy
    from samhandling.downtime.rules.values import Action, Plan
    from samhandling.organisations.models import Organisation

app = typer.Typer(no_args_is_help=True, help="Nedetid: hva som skal varsles, til hvem og når.")

KINDS, AFFECTS = ("planned", "acute"), ("exchange", "access", "both")


@app.callback()
def group() -> None:
    """Nedetid: hva som skal varsles, til hvem og når.

    Eksempel: samhandling downtime plan --kind acute --start 2026-11-23T09:00 --end unknown --known 2026-11-23T09:05
    """


@app.command()
def plan(
    kind: Annotated[str, typer.Option(help="planned (planlagt) eller acute (akutt).")],
    start: Annotated[str, typer.Option(help="Når stansen starter. Uten tidssone: norsk tid.")],
    end: Annotated[str, typer.Option(help="Anslått slutt, eller unknown når den ikke er kjent.")],
    known: Annotated[str, typer.Option(help="Når sykehuset fikk vite om stansen.")],
    municipality: Annotated[list[str] | None, typer.Option(help="Kommunenummer, ett eller flere. Uten: alle.")] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    affects: Annotated[str, typer.Option(help="exchange (utveksling), access (lesing) eller both.")] = "exchange",
    now: Annotated[str | None, typer.Option(help="Tidspunktet planen legges. Uten: tiden i --known.")] = None,
    policy: Annotated[Path | None, typer.Option(help="TOML-fil med sykehusets egne verdier.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Svar som ett JSON-objekt.")] = False,
) -> None:
    """Si om en stans skal varsles, og nøyaktig hva som da skjer og når. Trenger verken lager eller verden.

    Eksempel: samhandling downtime plan --kind planned --start 2026-11-23T09:00 --end 2026-11-23T12:00
    --known 2026-11-18T10:00 --json
    """
    from samhandling.downtime.rules.plan import OutageFactsError
    from samhandling.downtime.rules.plan import plan as make
    from samhandling.downtime.rules.values import Outage

    if kind not in KINDS:
        _wrong(f"--kind må være planned eller acute, ikke {kind}.")
    if affects not in AFFECTS:
        _wrong(f"--affects må være exchange, access eller both, ikke {affects}.")
    if more and not municipality:
        _wrong(f"Uventet ord: {more[0]}.")
    numbers = tuple(dict.fromkeys([*(municipality or ()), *(more or ())]))
    for number in numbers:
        if not (number.isascii() and number.isdigit() and len(number) == 4):
            _wrong(f"--municipality tar kommunenummer med fire siffer, ikke {number}.")
    known_at = _instant("--known", known)
    outage = Outage(
        kind=kind,  # type: ignore[arg-type]  # compared with KINDS
        start=_instant("--start", start),
        end=None if end.strip().lower() in {"unknown", "ukjent"} else _instant("--end", end),
        known_at=known_at,
        affects=affects,  # type: ignore[arg-type]  # compared with AFFECTS
        municipalities=numbers,
    )
    values = _policy(policy)
    try:
        made = make(outage, values, values.calendar, known_at if now is None else _instant("--now", now))
    except OutageFactsError as error:
        _wrong(_CONTRADICTIONS.get(error.detail, error.detail))
    if as_json:
        typer.echo(json.dumps(_as_json(made), ensure_ascii=False, indent=1))
    else:
        _tell(made)


_CONTRADICTIONS = {
    "a planned outage needs an estimated end (4.2)": "En planlagt stans må ha en anslått slutt.",
    "the end is not after the start": "Slutten må komme etter starten.",
    "an outage lasts at most a year": "En stans kan ikke vare mer enn ett år.",
    "it cannot be known later than now": "Stansen kan ikke bli kjent etter tidspunktet i --now.",
    "times must lie between the years 2000 and 2100": "Tidene må ligge mellom årene 2000 og 2100.",
}


def _as_json(made: Plan) -> dict[str, Any]:
    return {
        "notifiable": made.notifiable,
        "rule": made.rule,
        "reason": made.reason,
        "actions": [_action(action) for action in made.actions],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "at": _shown(action.at),
        "kind": action.kind,
        "round": action.round,
        "rule": action.rule,
        "recipients": list(action.recipients),
        "until": None if action.until is None else _shown(action.until),
        "if": "ongoing" if action.if_ongoing else None,
    }


_KIND_WORDS = {
    "mail": "e-post",
    "publish": "publiseres på intranettet",
    "unpublish": "tas ned fra intranettet",
    "ask": "spør om stansen er over",
}


def _tell(made: Plan) -> None:
    from samhandling.clock import oslo

    typer.echo(f"{'Skal varsles' if made.notifiable else 'Skal ikke varsles'} ({made.rule}). {made.reason}")
    for action in made.actions:
        words = [oslo.say_weekday(action.at)[:3], oslo.say_time(action.at), _KIND_WORDS[action.kind]]
        if action.round is not None:
            words.append(f"runde {action.round}")
        if action.recipients:
            words.append(f"til {', '.join(action.recipients)}")
        if action.until is not None:
            words.append(f"til {oslo.say_time(action.until)}")
        if action.if_ongoing:
            words.append("hvis stansen fortsatt varer")
        typer.echo("  " + " · ".join(words) + f" ({action.rule})")


def _shown(instant: datetime) -> str:
    from samhandling.clock import oslo

    return oslo.local(instant).isoformat(timespec="seconds")


def _instant(option: str, text: str) -> datetime:
    """An instant from ISO text; without a zone it is Oslo time, a repeated autumn hour its earlier one."""
    from samhandling.clock import oslo

    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        _wrong(f"{option} må være dag og tid, som 2026-11-23T09:00. Dette kan ikke leses: {text}")
    if read.tzinfo is not None:
        return read.astimezone(UTC)
    reading = oslo.from_local(read.date(), read.time())
    if reading.nonexistent:
        typer.echo(f"Merk: {text} finnes ikke, klokken stilles fram den timen. Tiden er lest som vintertid.", err=True)
    return reading.instant


def _policy(path: Path | None) -> DowntimePolicy:
    import tomllib

    import msgspec

    from samhandling.downtime.rules.policy import OSTFOLD_1, DowntimePolicy

    if path is None:
        return OSTFOLD_1
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(values, DowntimePolicy)
    except OSError as error:
        _wrong(f"Filen {path} kan ikke leses: {error.strerror}.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        _wrong(f"Filen {path} er ikke gyldig TOML: {error}.")
    except msgspec.ValidationError as error:
        _wrong(f"Filen {path} har verdier som ikke kan brukes: {error}.")


ORGANISATION = typer.Option(help="Organisasjonsnummer eller HER-id; uten: det eneste sykehuset på noden.")
PK = typer.Argument(help="Stansens nummer, som `samhandling downtime list` viser.")


@app.command(name="list")
def list_outages(organisation: Annotated[str, ORGANISATION] = "") -> None:
    """Vis stans som pågår eller er planlagt.

    Eksempel: samhandling downtime list
    """
    from samhandling.downtime.models import Outage
    from samhandling.downtime.rules.life import OVER

    found = Outage.objects.filter(organisation=_organisation(organisation)).exclude(state__in=OVER).order_by("start")
    for row in found:
        typer.echo(_line(row))
    if not found:
        typer.echo("Ingen stans pågår eller er planlagt.")


@app.command()
def show(number: Annotated[int, PK], organisation: Annotated[str, ORGANISATION] = "") -> None:
    """Vis en stans: hva som skjer når, og hvem som har fått beskjed.

    Eksempel: samhandling downtime show 3
    """
    from samhandling.clock import oslo

    row = _one(number, organisation)
    typer.echo(_line(row))
    for action in row.actions.exclude(state="lapsed").order_by("at", "pk"):
        told = f", {', '.join(action.recipients)}" if action.recipients else ""
        typer.echo(f"  {oslo.say_time(action.at)} {_KIND_WORDS[action.kind]}{told} ({action.rule}): {action.state}")
    for notice in row.notices.order_by("created_at", "pk"):
        typer.echo(f"  varsel til {notice.recipient}: {notice.state} {notice.answer}".rstrip())


@app.command()
def announce(
    start: Annotated[str, typer.Option(help="Nede siden. Uten tidssone: norsk tid. Tomt: nå.")] = "",
    end: Annotated[str, typer.Option(help="Anslått slutt, eller unknown.")] = "unknown",
    municipality: Annotated[list[str] | None, typer.Option(help="Kommunenummer; kan gjentas. Uten: alle.")] = None,
    affects: Annotated[str, typer.Option(help="exchange, access eller both.")] = "exchange",
    cause: Annotated[str, typer.Option(help="Hvorfor, slik alle kan lese det.")] = "",
    organisation: Annotated[str, ORGANISATION] = "",
) -> None:
    """Meld en akutt stans og varsle straks.

    Eksempel: samhandling downtime announce --municipality 3107 --cause "Brudd i nettet"
    """
    from samhandling.downtime import services
    from samhandling.store.services import now as present

    if affects not in AFFECTS:
        _wrong(f"--affects må være exchange, access eller both, ikke {affects}.")
    now = present()
    report = services.Report(
        kind="acute", start=_instant("--start", start) if start else now,
        end=None if end == "unknown" else _instant("--end", end), known_at=now, affects=affects,
        municipalities=tuple(municipality or ()), cause=cause, channel="command",
    )  # fmt: skip
    row = services.announce_acute(_organisation(organisation), report, user=None, now=now)
    typer.echo(f"Stans {row.pk} er meldt.")
    show(row.pk, organisation)


@app.command()
def extend(
    number: Annotated[int, PK],
    end: Annotated[str, typer.Option(help="Ny anslått slutt, eller unknown.")],
    organisation: Annotated[str, ORGANISATION] = "",
) -> None:
    """Gi en stans ny anslått slutt.

    Eksempel: samhandling downtime extend 3 --end 2026-11-23T14:00
    """
    from samhandling.downtime import services
    from samhandling.store.services import now as present

    row = _one(number, organisation)
    services.extend(row.pk, end=None if end == "unknown" else _instant("--end", end), user=None, now=present())
    typer.echo(f"Stans {number} har fått ny anslått slutt.")


@app.command()
def finish(number: Annotated[int, PK], organisation: Annotated[str, ORGANISATION] = "") -> None:
    """Meld at alt virker igjen.

    Eksempel: samhandling downtime finish 3
    """
    from samhandling.downtime import services
    from samhandling.store.services import now as present

    services.finish(_one(number, organisation).pk, user=None, now=present())
    typer.echo(f"Stans {number} er meldt ferdig.")


@app.command()
def cancel(number: Annotated[int, PK], organisation: Annotated[str, ORGANISATION] = "") -> None:
    """Avlys en planlagt stans.

    Eksempel: samhandling downtime cancel 3
    """
    from samhandling.downtime import services
    from samhandling.store.services import now as present

    services.cancel(_one(number, organisation).pk, user=None, now=present())
    typer.echo(f"Stans {number} er avlyst.")


def _line(row: Outage) -> str:
    from samhandling.clock import oslo

    end = oslo.say_time(row.end) if row.end else "ukjent slutt"
    whom = ", ".join(row.municipalities) or "alle kommuner"
    return f"{row.pk}  {row.kind}  {row.state}  {oslo.say_time(row.start)} til {end}  {whom}"


def _one(number: int, organisation: str) -> Outage:
    from samhandling.downtime import services

    return services.one(number, _organisation(organisation).pk)


def _organisation(named: str) -> Organisation:
    """The hosted organisation of that number, or the only hosted hospital."""
    from samhandling.organisations.services import hosted_organisations

    found = list(hosted_organisations("hospital"))
    if named:
        found = [each for each in hosted_organisations() if named in (each.her_id, each.organisation_number)]
    if len(found) != 1:
        _wrong("Si hvilken organisasjon det gjelder med --organisation.")
    return found[0]


def _wrong(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise typer.Exit(2)
