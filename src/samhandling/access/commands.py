"""`samhandling user …`: the first user is made here, and so are all the others until there is a page for it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from django.db import transaction
from django.db.models import Q
from rich.console import Console
from rich.table import Table

from samhandling.access import services
from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.organisations.models import Organisation, Unit
from samhandling.store.services import now, require_test_store

app = typer.Typer(no_args_is_help=True, help="Brukere: lag, gi rolle, steng ute, vis.")

ROLE_HELP = (
    "ward_nurse, message_responsible, plo_resource, case_handler, municipal_nurse, doctor, operations eller admin."
)
ORGANISATION_HELP = "Organisasjonsnummer eller HER-id (nivå 1)."
FROM_STDIN = typer.Option("--password-stdin", help="Les passordet som én linje fra standard inn i stedet for å spørre.")


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="Innloggingsnavn.")],
    first_name: Annotated[str, typer.Option("--first-name", help="Fornavn.")] = "",
    last_name: Annotated[str, typer.Option("--last-name", help="Etternavn.")] = "",
    role: Annotated[str, typer.Option("--role", help=ROLE_HELP)] = "",
    organisation: Annotated[str, typer.Option("--organisation", help=ORGANISATION_HELP)] = "",
    unit: Annotated[str, typer.Option("--unit", help="Enhetens kode.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Oppdiktet bruker; bare i en teststore.")] = False,
    password_stdin: Annotated[bool, FROM_STDIN] = False,
) -> None:
    """Lag en bruker; spør etter passordet.

    Eksempel: samhandling user add kari --first-name Kari --last-name Vik --role admin --organisation 999999999
    """
    if demo:
        require_test_store()
    password = _password(password_stdin)
    with transaction.atomic():
        user = services.add_user(username, password, now=now(), first_name=first_name, last_name=last_name, demo=demo)
        if role:
            where = _organisation(organisation)
            services.add_role(user, _role(role), where, now=now(), unit=_unit(where, unit))
    typer.echo(f"Laget brukeren {user.username}.")


@app.command()
def role(
    username: Annotated[str, typer.Argument(help="Innloggingsnavn.")],
    role: Annotated[str, typer.Argument(help=ROLE_HELP)],
    organisation: Annotated[str, typer.Argument(help=ORGANISATION_HELP)],
    unit: Annotated[str, typer.Option("--unit", help="Enhetens kode; uten: hele organisasjonen.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Ta rollen fra brukeren i stedet.")] = False,
) -> None:
    """Gi en bruker en rolle, eller ta den bort.

    Eksempel: samhandling user role kari ward_nurse 999999999 --unit MED1
    """
    user = services.find_user(username)
    where = _organisation(organisation)
    if remove:
        count = services.remove_role(user, _role(role), where, now=now(), unit=_unit(where, unit))
        typer.echo(f"Tok bort {count} rolle(r).")
        if not count:
            raise typer.Exit(1)
    else:
        services.add_role(user, _role(role), where, now=now(), unit=_unit(where, unit))
        typer.echo(f"{user.username} er nå {role} i {where.name}.")


@app.command()
def disable(username: Annotated[str, typer.Argument(help="Innloggingsnavn.")]) -> None:
    """Steng en bruker ute med en gang.

    Eksempel: samhandling user disable kari
    """
    user = services.disable_user(username, now=now())
    typer.echo(f"{user.username} er stengt ute.")


@app.command()
def password(
    username: Annotated[str, typer.Argument(help="Innloggingsnavn.")],
    password_stdin: Annotated[bool, FROM_STDIN] = False,
) -> None:
    """Gi en bruker nytt passord.

    Eksempel: samhandling user password kari
    """
    services.find_user(username)
    services.change_password(username, _password(password_stdin), now=now())
    typer.echo("Passordet er byttet.")


@app.command(name="list")
def list_users() -> None:
    """Vis brukerne og rollene deres.

    Eksempel: samhandling user list
    """
    table = Table("Bruker", "Navn", "Roller", "Sist inne", "Stengt")
    for user in User.objects.order_by("username").prefetch_related("memberships__organisation", "memberships__unit"):
        held = [
            f"{m.role} · {m.organisation.name}" + (f" · {m.unit.name}" if m.unit else "")
            for m in user.memberships.all()
        ]
        last = user.last_login.isoformat(timespec="minutes") if user.last_login else "–"
        table.add_row(user.username, user.get_full_name(), "\n".join(held), last, "" if user.is_active else "stengt")
    Console().print(table)


def _password(from_stdin: bool) -> str:
    """Asked for twice on the terminal, or one line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("Passord", hide_input=True, confirmation_prompt="Gjenta passordet")
    return answer


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise typer.BadParameter(f"{name}: {ROLE_HELP}") from error


def _organisation(number: str) -> Organisation:
    named = Q(organisation_number=number) | Q(her_id=number)
    found: list[Organisation] = list(Organisation.objects.filter(named, hosted=True)[:2]) if number else []
    if len(found) != 1:
        raise typer.BadParameter(f"{number or '(tom)'}: ingen organisasjon på denne noden har det nummeret.")
    return found[0]


def _unit(organisation: Organisation, code: str) -> Unit | None:
    if not code:
        return None
    unit = Unit.objects.filter(organisation=organisation, code=code).first()
    if unit is None:
        raise typer.BadParameter(f"{code}: ingen enhet i {organisation.name} har den koden.")
    return unit
