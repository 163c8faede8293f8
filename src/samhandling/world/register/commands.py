"""`samhandling register demo`: the fake register beside a node on the same machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from joserfc import jwk

from samhandling.ebxml import certificates
from samhandling.ebxml.pki import Held
from samhandling.errors import ConfigurationError
from samhandling.world.reading import find, read

app = typer.Typer(no_args_is_help=True, help="Et oppdiktet register til prøving.")

REVOKED = "bad/revoked.pem"


@app.callback()
def _several() -> None:
    """Makes `demo` a word of its own though it is the only one."""


@app.command()
def demo(
    world: Annotated[str, typer.Option("--world", metavar="FIL.toml", help="Verdenen fra «samhandling pki demo».")],
    port: Annotated[int, typer.Option("--port", help="Porten på denne maskinen.", min=1, max=65535)] = 8090,
) -> None:
    """Svar som HelseID, Adresseregisteret, CPPA og tilbakekalling for partene i en verden.

    Bare på denne maskinen og bare for testverdener. Nøkkelen som noden viser seg fram med legges ved siden av verdenen
    som register-client.pem, og innstillingene skrives ut. Feil slås på med POST til /fake/switches, for eksempel
    {"down": true}, {"slow": 20}, {"lie": "other_party"}, {"stale": true}; {} retter alt.

    Eksempel: samhandling register demo --world pki/world.toml --port 8090
    """
    from samhandling.world.register import Content, FakeRegister
    from samhandling.world.register.server import CLIENT_ID

    source = read(world).world
    if not source.world.test:
        raise ConfigurationError("the fake register answers for test worlds only")
    folder = find(world).parent
    content = Content.of_world(source, folder)
    if (folder / REVOKED).is_file():
        (gone,) = certificates.load_certificates((folder / REVOKED).read_bytes())
        content.revoke(gone, gone.not_valid_before_utc)
    key = client_key(folder / "register-client.pem")
    register = FakeRegister(content, key, issuers=issuers(folder), port=port)
    typer.echo(f"""\
Registeret svarer på {register.url}. I innstillingene til noden:

[registers]
address_url = "{register.url}"
agreement_url = "{register.url}"
issuer = "{register.url}"
client_id = "{CLIENT_ID}"
client_key = "{(folder / "register-client.pem").absolute()}"
""")
    sys.stdout.flush()
    register.serve()


def client_key(file: Path) -> jwk.Key:
    """The public half of the key in the file, which is made when it is not there."""
    if not file.exists():
        made = jwk.RSAKey.generate_key(2048)
        file.touch(mode=0o600)
        file.write_bytes(made.as_pem(private=True))
    return jwk.import_key(file.read_bytes(), "RSA")


def issuers(folder: Path) -> dict[str, Held]:
    """The issuers of a folder that `samhandling pki demo` made."""
    found = {}
    for name in ("root", "issuer"):
        if (folder / f"{name}.key").is_file():
            key, _ = certificates.load_key((folder / f"{name}.key").read_bytes())
            (certificate,) = certificates.load_certificates((folder / f"{name}.pem").read_bytes())
            found[name] = Held(key, certificate)
    return found
