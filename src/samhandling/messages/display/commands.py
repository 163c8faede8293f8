"""The command `samhandling render`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from samhandling.messages import display, engine
from samhandling.messages.display.labels import LANGUAGES


def render(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Meldingen.")],
    lang: Annotated[str, typer.Option(help="Språk: nb, nn eller en.")] = "nb",
    text: Annotated[bool, typer.Option("--text", help="Ren tekst i stedet for HTML.")] = False,
) -> None:
    """Vis en melding som lesbar side eller tekst.

    Siden skrives til standard ut. Avslutter med 1 når meldingen ikke følger standarden; det som kan leses, vises da
    også.

    Eksempel: samhandling render melding.xml > melding.html
    """
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"velg {', '.join(LANGUAGES)}", param_hint="--lang")
    reading = engine.read(file.read_bytes())
    shown = display.text(reading, lang=lang) if text else display.html(reading, lang=lang)
    sys.stdout.buffer.write(shown.encode("utf-8"))
    sys.stdout.flush()
    if not reading.valid:
        for problem in reading.problems[:3]:
            print(f"{problem.line or ''} {problem.text}".strip(), file=sys.stderr)
        raise typer.Exit(1)
