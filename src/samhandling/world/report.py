"""The outcome of a played day as tables on standard output."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from samhandling.world.outcome import Outcome

WIDE = 160
"""Width of the tables in a file or pipe."""

_STATES = {
    "S0": "ventet",
    "S1": "innlagt",
    "S2": "innlagt, kommunen involvert",
    "S3": "utskrivningsklar",
    "S4": "utskrevet",
    "S5": "død",
    "S6": "annullert",
}
_STANDINGS = {
    "queued": "venter",
    "about": "på vei",
    "sent": "sendt, ikke kvittert",
    "acknowledged": "levert, ikke kvittert",
    "received": "godtatt",
    "warning": "godtatt med merknad",
    "received_late": "godtatt for sent",
    "rejected": "avvist",
    "failed": "feilet",
    "expired": "ikke kvittert på 96 timer",
}


def show(outcome: Outcome, municipalities: tuple[tuple[str, int], ...]) -> None:
    """Print stays, messages, receipts, what lacks a receipt, and what went wrong."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    _stays(console, outcome)
    table = Table("Melding", "Stand", "Antall", title="Meldinger fra sykehuset", title_justify="left")
    for name, standing, count in outcome.messages:
        table.add_row(name, _STANDINGS.get(standing, standing), str(count))
    console.print(table)
    table = Table("Kvittering", "Antall", title="Kvitteringer", title_justify="left")
    for name, count in outcome.receipts:
        table.add_row(name, str(count))
    console.print(table)
    table = Table("Kommune", "Mottatt", title="Mottatt i kommunene", title_justify="left")
    for name, count in municipalities:
        table.add_row(name, str(count))
    console.print(table)
    _unanswered(console, outcome)


def _stays(console: Console, outcome: Outcome) -> None:
    title = f"Opphold (SYNTETISK): {len(outcome.stays)}"
    table = Table("Pasient", "Post", "Stand", "Kommune", "Meldinger", "Oppgaver", title=title, title_justify="left")
    quiet = 0
    for stay in outcome.stays:
        if not stay.messages and not stay.open_tasks:
            quiet += 1
            continue
        messages = "\n".join(_said(text) for text in stay.messages)
        state = _STATES.get(stay.state, stay.state)
        table.add_row(stay.name, stay.ward, state, stay.municipality, messages, str(stay.open_tasks or ""))
    console.print(table)
    console.print(f"Uten meldinger og oppgaver: {quiet} opphold.\n")


def _said(text: str) -> str:
    name, _, standing = text.rpartition(" ")
    return f"{name}: {_STANDINGS.get(standing, standing)}"


def _unanswered(console: Console, outcome: Outcome) -> None:
    table = Table("Pasient", "Melding", "Mottaker", "Hvorfor", title="Uten kvittering", title_justify="left")
    for one in outcome.unanswered:
        table.add_row(one.patient, one.type, one.receiver, one.reason or f"IKKE MENT ({one.state})")
    console.print(table)
    for text in outcome.missing:
        console.print(f"FEIL: {text} skulle vært uten kvittering.")
    for text in outcome.faults:
        console.print(f"FEIL: {text}")
    good = "Nøyaktig de tilsiktede mangler kvittering." if outcome.as_intended else "IKKE som tilsiktet."
    console.print(good)
