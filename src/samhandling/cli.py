"""The command `samhandling`. Django is loaded only by the commands that need it."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Samhandling: meldinger mellom sykehus og kommune.")


@app.callback()
def root() -> None:
    """Message exchange node and working desk for hospital-municipality collaboration."""


def main() -> None:
    """Entry point."""
    app()
