"""The node's settings: a TOML file, environment variables, and secret files. Unknown keys stop the start.

The file is named by `SAMHANDLING_CONFIG`; without it the defaults and the environment (`SAMHANDLING_…`) rule.
Everything binds to 127.0.0.1 unless set.
"""

from __future__ import annotations

import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from samhandling.errors import ConfigurationError
from samhandling.mailboxes import Account


class MllpLine(BaseModel):
    """One MLLP listener: where it listens, who may connect, and how it reads an unnamed character set."""

    model_config = ConfigDict(extra="forbid")

    name: str = "adt"
    host: str = "127.0.0.1"
    port: int = 2575
    organisation: str = ""
    """Organisation number of the hosted organisation that this line feeds; empty: the only hosted hospital."""
    charset: str = "8859/1"
    """What an empty MSH-18 means."""
    allow: list[str] = Field(default_factory=lambda: ["127.0.0.0/8", "::1/128"])
    """Networks that may connect."""
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    """With it, a client certificate of this issuer is demanded."""
    max_bytes: int = 1_000_000
    mapping: Path | None = None
    """TOML file that says where this feed differs from docs/adt-feed.md."""


class PassOnFolder(BaseModel):
    """A folder where one organisation's EPJ lays finished documents to be sent (docs/epj-folders.md)."""

    model_config = ConfigDict(extra="forbid")

    organisation: str = ""
    """Organisation number or HER-id of a hosted organisation; empty: the only one."""
    folder: Path
    settle_seconds: float = 2.0
    """A file is taken when its size and time have not changed for so long."""


class RecordSetting(BaseModel):
    """A folder through which one organisation's EPJ gets its messages as journal documents (docs/epj-folders.md)."""

    model_config = ConfigDict(extra="forbid")

    organisation: str = ""
    """Organisation number or HER-id of a hosted organisation."""
    folder: Path
    acknowledge: Literal["file", "at_once"] = "file"
    """`file`: the EPJ acknowledges with a file of its own; `at_once`: written is filed."""


class PostboxSetting(BaseModel):
    """A mailbox of the downtime desk: where bounces come back to, or where others report an outage."""

    model_config = ConfigDict(extra="forbid")

    protocol: Literal["pop3", "imap"] = "imap"
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    """0: the protocol's own."""
    tls: bool = True
    ca: Path | None = None
    """The issuer of the server's certificate; empty: the system's list."""
    user: str
    password_file: Path | None = None
    folder: str = "INBOX"
    """IMAP only."""
    poll_seconds: float = Field(default=30.0, gt=0)
    organisation: str = ""
    """Organisation number or HER-id of the hosted organisation whose desk reads it; empty: the only hosted hospital."""

    def account(self) -> Account:
        """How to open it. Raises ConfigurationError when the password file cannot be read."""
        try:
            password = self.password_file.read_text(encoding="utf-8").strip() if self.password_file else ""
        except OSError as error:
            raise ConfigurationError(f"mailbox {self.user}: the password file cannot be read") from error
        return Account(
            protocol=self.protocol, host=self.host, port=self.port, tls=self.tls, ca=self.ca, user=self.user,
            password=password, folder=self.folder,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The mailbox's own name, by which its mails are told apart from another's."""
        return f"{self.user}@{self.host}/{self.folder}"[:200]


class MailSetting(BaseModel):
    """The mail server that takes notices of outages."""

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int = 587
    starttls: bool = True
    ca: Path | None = None
    """The issuer of the server's certificate; empty: the system's list."""
    user: str = ""
    password_file: Path | None = None
    sender: str
    """The notices' sender; what does not arrive comes back to it."""
    returns: PostboxSetting | None = None
    """The mailbox of that address: bounces are read and put into the ledger."""

    def password(self) -> str:
        """The secret in the password file. Raises ConfigurationError when it cannot be read."""
        try:
            return self.password_file.read_text(encoding="utf-8").strip() if self.password_file else ""
        except OSError as error:
            raise ConfigurationError("mail: the password file cannot be read") from error


class MailboxSetting(BaseModel):
    """The mailbox that the node has on the national network (docs/connect-to-the-network.md)."""

    model_config = ConfigDict(extra="forbid")

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 587
    smtp_starttls: bool = True
    fetch: Literal["pop3", "imap"] = "pop3"
    fetch_host: str = "127.0.0.1"
    fetch_port: int = 0
    """0: the protocol's own (995 and 993 with TLS)."""
    fetch_tls: bool = True
    folder: str = "INBOX"
    """IMAP only."""
    ca: Path | None = None
    """The issuer of the servers' certificates; empty: the system's list."""
    user: str = ""
    password_file: Path | None = None
    poll_seconds: float = 30.0

    def password(self) -> str:
        """The secret in the password file. Raises ConfigurationError when it cannot be read."""
        try:
            return self.password_file.read_text(encoding="utf-8").strip() if self.password_file else ""
        except OSError as error:
            raise ConfigurationError("ebxml.mailbox: the password file cannot be read") from error

    def account(self) -> Account:
        """How to open it for fetching. Raises ConfigurationError as `password` does."""
        return Account(
            protocol=self.fetch, host=self.fetch_host, port=self.fetch_port, tls=self.fetch_tls, ca=self.ca,
            user=self.user, password=self.password(), folder=self.folder,
        )  # fmt: skip


class EbxmlHttpSetting(BaseModel):
    """ebXML over HTTP: calls out, and the endpoint `/ebxml` behind the web server."""

    model_config = ConfigDict(extra="forbid")

    ca: Path | None = None
    """The issuer of the counterparts' server certificates; empty: the system's list."""
    certificate: Path | None = None
    """PEM file with the certificate and key that we show to servers that ask for one."""
    timeout_seconds: float = 60.0
    answer_seconds: float = Field(default=30.0, ge=1, le=120)
    """How long a caller that wants its answer in the response is kept waiting for a worker."""
    callers_at_once: int = Field(default=8, ge=1)
    """Callers kept waiting by one web process; one more is asked to come again, so that pages stay quick."""


class EbxmlSetting(BaseModel):
    """Messages on the national network."""

    model_config = ConfigDict(extra="forbid")

    transport: Path
    """A TOML file with the table `[transport]`: keys, certificates, revocation lists, agreements."""
    mailbox: MailboxSetting = Field(default_factory=MailboxSetting)
    http: EbxmlHttpSetting | None = None
    """Without it nothing is posted and the endpoint does not exist."""
    keep_days: int = Field(default=90, ge=30)
    """How long transmissions, answers and raw envelopes are kept after they were settled."""


class RegisterSetting(BaseModel):
    """Access to the national registers through HelseID (docs/connect-to-the-network.md)."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(pattern=r"^https?://[^/]+")
    """HelseID."""
    client_id: str
    client_key: Path
    """The private key of the client, PEM or JWK; never stored or logged."""
    address_url: str = Field(pattern=r"^https?://[^/]+")
    """Adresseregisteret."""
    address_scope: str = "nhn:cp-api/access-v2-dpop"
    agreement_url: str = Field(default="", pattern=r"^(https?://[^/]+.*)?$")
    """The CPPA registry; empty: agreements are files only, and parties without one follow standard parameters."""
    agreement_scope: str = "nhn:cppa/access-with-dpop"
    edi_domains: list[str] = Field(default_factory=list)
    """Mail domains of this environment, such as `edi.nhn.no`; an address outside them is not believed."""
    ca: Path | None = None
    """The issuer of the servers' certificates; empty: the system's list."""


class IntranetSetting(BaseModel):
    """The intranet's address for publishing outages: it takes a POST of JSON."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://[^/]+")
    token_file: Path | None = None

    def token(self) -> str:
        """The secret in the token file. Raises ConfigurationError when it cannot be read."""
        try:
            return self.token_file.read_text(encoding="utf-8").strip() if self.token_file else ""
        except OSError as error:
            raise ConfigurationError("intranet: the token file cannot be read") from error


class SmsSetting(BaseModel):
    """A gateway for text messages: HTTP with a small JSON document (docs/run-a-node.md)."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://[^/]+")
    method: Literal["POST", "PUT"] = "POST"
    token_file: Path | None = None
    header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    """Header that carries the secret, after the word of `scheme`."""
    scheme: str = Field(default="Bearer", pattern=r"^[A-Za-z]*$")
    body: str = '{"to": "{number}", "text": "{text}", "id": "{id}"}'
    """JSON as the gateway wants it; `{number}`, `{text}` and `{id}` are put into its texts."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=120)

    @field_validator("body")
    @classmethod
    def _is_json(cls, value: str) -> str:
        if "{number}" not in value or "{text}" not in value:
            raise ValueError("must hold {number} and {text}")
        json.loads(value)  # a JSONDecodeError is a ValueError
        return value

    def template(self) -> Any:
        """The body as data, nothing put in yet."""
        return json.loads(self.body)

    def token(self) -> str:
        """The secret in the token file. Raises ConfigurationError when it cannot be read."""
        try:
            return self.token_file.read_text(encoding="utf-8").strip() if self.token_file else ""
        except OSError as error:
            raise ConfigurationError("sms: the token file cannot be read") from error


class NodeConfiguration(BaseSettings):
    """All settings of a node."""

    model_config = SettingsConfigDict(env_prefix="SAMHANDLING_", env_nested_delimiter="__", extra="forbid")

    home: Path = Path("var/node")
    """Folder for the SQLite store, secret files and printed exports."""
    database: str = ""
    """`postgresql://user@host:port/name`, or `sqlite:///relative` or `sqlite:////absolute`.

    Empty: `samhandling.sqlite3` in `home`.
    """
    web_host: str = "127.0.0.1"
    web_port: int = 8000
    allowed_hosts: list[str] = Field(default_factory=lambda: ["127.0.0.1", "localhost", "[::1]"])
    https: bool = False
    """True behind TLS: cookies are then marked secure."""
    worker_processes: int = 0
    """Processes of one `samhandling worker`; 0: one on SQLite (one writer), two on PostgreSQL."""
    worker_threads: int = 0
    """Jobs that one worker process runs at a time; 0: one. More help where a way out is slow to answer."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    language: Literal["nb", "nn", "en"] = "nb"
    mllp: list[MllpLine] = Field(default_factory=lambda: [MllpLine()])
    payment_basis: bool = False
    """True: controllers see *Betalingsgrunnlag*, the unconfirmed basis for municipal payment."""
    adt_original_days: int = Field(default=90, ge=1)
    """How long the bytes of a message from the patient system are kept after it was used or refused."""
    pass_on: list[PassOnFolder] = Field(default_factory=list)
    records: list[RecordSetting] = Field(default_factory=list)
    mail: MailSetting | None = None
    intranet: IntranetSetting | None = None
    sms: SmsSetting | None = None
    outage_mailbox: PostboxSetting | None = None
    """Where others report outages by mail (S-06)."""
    ebxml: EbxmlSetting | None = None
    registers: RegisterSetting | None = None
    status_folder: Path | None = None
    """Folder or share where the status page is written as plain files on every change."""
    emergency_folder: Path | None = None
    """Protected folder for the encrypted print-outs of each ward, readable when the node is off."""
    emergency_hours: float = 4
    """How often they are made anew."""
    loopback_spool: Path | None = None
    """Folder shared with another node on this machine: the loopback carrier hands over through it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file before defaults."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        named = os.environ.get("SAMHANDLING_CONFIG")
        if named:
            sources.append(TomlConfigSettingsSource(settings_cls, toml_file=Path(named)))
        return tuple(sources)


@lru_cache(maxsize=1)
def configuration() -> NodeConfiguration:
    """The settings of this process, read once. Raises ConfigurationError that names each wrong key."""
    named = os.environ.get("SAMHANDLING_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigurationError(f"the settings file {named} does not exist")
    try:
        return NodeConfiguration()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(wrong) from error


SECRETS = ("web", "identity")
"""Names of the secret files: `web` signs sessions, `identity` seals and finds person numbers."""


def secret_path(name: str) -> Path:
    """Where the secret file of that name lies."""
    return configuration().home / "secrets" / f"{name}.key"


def make_secrets() -> None:
    """Make each secret file that is missing, readable by the owner only. Never overwrites one."""
    folder = configuration().home / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in SECRETS:
        try:
            handle = os.open(secret_path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))


@lru_cache(maxsize=4)
def secret(name: str) -> bytes:
    """The secret of that name, read once. Raises ConfigurationError when `samhandling migrate` has not made it."""
    try:
        return bytes.fromhex(secret_path(name).read_text().strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"the secret file {name}.key is missing or unreadable; run: samhandling migrate"
        ) from error
