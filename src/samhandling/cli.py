"""The command `samhandling`: a table of commands, each loaded only when it is asked for.

`samhandling --help` must be quick, so neither Django nor a parser nor even Typer is imported here. A room adds its
command by a line in COMMANDS: a function with Typer's annotations, or a `typer.Typer` with sub-commands. Its docstring
is its help and holds an example; a test looks. Exit status: 0 fine, 1 found problems, 2 wrong use.
"""

from __future__ import annotations

import difflib
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from samhandling.errors import SamhandlingError


@dataclass(frozen=True)
class Command:
    """One command of the program."""

    path: str
    """`module:name` of a function or a `typer.Typer`."""
    help: str
    """One line for `samhandling --help`."""
    group: str
    store: bool = True
    """Whether Django is set up before the module is imported."""
    storeless: tuple[str, ...] = ()
    """Sub-commands for which it is not."""


DAILY, NODE, DATA = "Fagmeldinger", "Noden", "Data og brukere"

COMMANDS: dict[str, Command] = {
    "validate": Command(
        "samhandling.messages.commands:validate", "Kontroller meldinger mot standardene.", DAILY, store=False
    ),
    "roundtrip": Command(
        "samhandling.messages.commands:roundtrip", "Les meldinger og bygg dem på nytt.", DAILY, store=False
    ),
    "build": Command(
        "samhandling.messages.compose.commands:build", "Lag en melding av opplysninger i en fil.", DAILY, store=False
    ),
    "schema": Command(
        "samhandling.messages.compose.commands:schema",
        "Vis hvilke opplysninger en melding lages av.",
        DAILY,
        store=False,
    ),
    "render": Command(
        "samhandling.messages.display.commands:render",
        "Vis en melding som lesbar side eller tekst.",
        DAILY,
        store=False,
    ),
    "receive": Command(
        "samhandling.node.receiving:receive",
        "Ta imot meldinger i et prøvelager og vis kvitteringene.",
        DAILY,
        store=False,
    ),
    "scenario": Command(
        "samhandling.stays.play.commands:scenario", "Spill av skrevne opphold mot rutinen.", DAILY, store=False
    ),
    "policy": Command(
        "samhandling.stays.policy_commands:app",
        "Rutinen som data: vis, kontroller, sammenlign, ta i bruk.",
        DAILY,
        storeless=("show", "check", "diff"),
    ),
    "send": Command("samhandling.writing.commands:send", "Send ferdige meldinger fra journalsystemet.", DAILY),
    "downtime": Command(
        "samhandling.downtime.commands:app",
        "Nedetid: hva som skal varsles, til hvem og når.",
        DAILY,
        storeless=("plan",),
    ),
    "demo": Command(
        "samhandling.node.demo:demo", "Den oppdiktede verdenen med en dag som spilles av.", NODE, store=False
    ),
    "serve": Command("samhandling.node.commands:serve", "Start nettsidene.", NODE),
    "worker": Command("samhandling.jobs.commands:worker", "Start arbeideren som utfører jobbene.", NODE),
    "mllp": Command("samhandling.intake.commands:mllp", "Start mottaket av HL7-meldinger fra pasientsystemet.", NODE),
    "migrate": Command("samhandling.node.commands:migrate", "Lag eller oppgrader lageret.", NODE, store=False),
    "check": Command("samhandling.node.commands:check", "Si med ord hva noden mangler.", NODE, store=False),
    "jobs": Command("samhandling.jobs.commands:app", "Vis jobber, prøv døde på nytt, hopp over.", NODE),
    "metrics": Command("samhandling.node.commands:metrics", "Måltall som tekst for Prometheus.", NODE),
    "adt": Command("samhandling.intake.commands:adt", "Les inn HL7-filer fra pasientsystemet.", DATA),
    "ebxml": Command(
        "samhandling.world.envelopes:app", "Kontroller, pakk og pakk ut konvolutter (ebXML).", NODE, store=False
    ),
    "cpa": Command("samhandling.ebxml.commands:app", "Vis avtaler (CPA) på helsenettet.", NODE, store=False),
    "party": Command("samhandling.registry.commands:app", "Vis hvem en HER-id er, og hvor vi har det fra.", NODE),
    "pki": Command("samhandling.world.pki:app", "Lag oppdiktede sertifikater til prøving.", NODE, store=False),
    "register": Command(
        "samhandling.world.register.commands:app", "Et oppdiktet register på denne maskinen.", NODE, store=False
    ),
    "network": Command(
        "samhandling.node.network.commands:app",
        "To noder med en dårlig linje mellom.",
        NODE,
        storeless=("demo", "soak"),
    ),
    "world": Command("samhandling.world.commands:app", "Last, kontroller, sammenlign og eksporter oppsettet.", DATA),
    "user": Command("samhandling.access.commands:app", "Lag brukere, gi roller, steng ute.", DATA),
}

# Named, not imported: a command without a store loads no Django.
_STORE_FAULTS = {"django.db.utils.OperationalError", "django.db.utils.InterfaceError"}

USAGE = """\
Samhandling: meldinger mellom sykehus og kommune.

Bruk: samhandling KOMMANDO [ORD …]        samhandling KOMMANDO --help
"""
EXAMPLE = """\
Eksempel: samhandling validate melding.xml
"""


def main() -> None:
    """Entry point."""
    try:
        _main()
    except BrokenPipeError:  # the reader had enough: `samhandling jobs list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _main() -> None:
    from samhandling.processes import follow_parent_if_asked

    follow_parent_if_asked()
    words = sys.argv[1:]
    if not words or words[0] in {"-h", "--help", "help"}:
        _help()
        sys.exit(0 if words else 2)
    if words[0] == "--version":
        from importlib.metadata import version

        print("samhandling", version("samhandling"))
        sys.exit(0)
    command = COMMANDS.get(words[0])
    if command is None:
        _wrong_word(words[0])
    run(words[0], command, words[1:])


def run(name: str, command: Command, words: list[str]) -> NoReturn:
    """Run one command and end the process with its exit status."""
    from samhandling.errors import SamhandlingError, StoreError

    try:
        if command.store and not (words and words[0] in command.storeless):
            from samhandling.node.django import start

            start()
        click_command(command).main(args=words, prog_name=f"samhandling {name}")
    except SamhandlingError as error:
        tell(error)
        sys.exit(2 if error.code == "configuration.wrong" else 1)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # a traceback could print content
        from samhandling.logs import told

        if f"{type(error).__module__}.{type(error).__name__}" in _STORE_FAULTS:
            tell(StoreError(told(error)))
            sys.exit(1)
        print(f"Uventet feil: {told(error)}", file=sys.stderr)
        if os.environ.get("SAMHANDLING_TRACEBACK") == "1":
            raise
        sys.exit(1)
    sys.exit(0)


def click_command(command: Command) -> Any:
    """What Typer makes of a command's function or app."""
    import typer

    module, _, attribute = command.path.partition(":")
    target = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command()(target)
        target = app
    target._add_completion = False
    target.pretty_exceptions_enable = False
    target.rich_markup_mode = None
    return typer.main.get_command(target)


def tell(error: SamhandlingError) -> None:
    """Say on stderr what went wrong and what to do, in the words of the catalogue."""
    import gettext
    from pathlib import Path

    folder = Path(__file__).parent / "pages" / "locale"
    texts = gettext.translation("django", folder, languages=["nb"], fallback=True)
    for part in ("what", "do"):
        key = f"error.{error.code}.{part}"
        text = texts.gettext(key)
        if text != key:
            print(text, file=sys.stderr)
    print(f"({error})", file=sys.stderr)


def _help() -> None:
    print(USAGE)
    width = max(map(len, COMMANDS)) + 2
    for group in (DAILY, NODE, DATA):
        print(f"{group}:")
        for name, command in COMMANDS.items():
            if command.group == group:
                print(f"  {name:<{width}}{command.help}")
        print()
    print(EXAMPLE)


def _wrong_word(word: str) -> NoReturn:
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f" Mente du «{near[0]}»?" if near else ""
    print(f"Ukjent kommando: {word}.{hint} Se samhandling --help.", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
