"""A throw-away node in this process: a store of its own in a temporary folder, and documents taken into it.

Must be made before anything else has loaded the settings of the real node, whose store it never opens.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from samhandling.exchange.reading_in import Read
    from samhandling.messages.facts import Facts, Party

FLAGS = (
    "unknown_patient", "manual_match", "id_mismatch", "h_number", "copy", "unknown_service", "unlinked", "cancels",
    "replaces", "cancelled_before_original", "unknown_code", "estimate_of_past", "test_message",
)  # fmt: skip
"""The flags of the contract; what the desk notes besides is not told."""

_QUICK = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
"""A store that nobody will miss needs no durability."""


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """What one own receiver answers."""

    her_id: str
    role: str
    status: str | None
    version: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    xml: bytes | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one document."""

    verdict: str
    type: str | None
    msg_id: str | None
    receivers: tuple[ReceiverAnswer, ...]
    flags: tuple[str, ...]


class Trial:
    """A node for one run. `own` or `world` says who we are; `fresh` gives every document an empty store."""

    def __init__(self, *, world: str, own: Sequence[str], fresh: bool, documents: Sequence[bytes]) -> None:
        self._world, self._own, self._fresh = world, own, fresh
        self._documents = documents
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> Trial:
        try:
            self._prepare()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _prepare(self) -> None:
        """Make the temporary home and an empty, migrated store in it."""
        self._home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="samhandling-receive-")))
        for name in [name for name in os.environ if name.startswith("SAMHANDLING_")]:
            if name != "SAMHANDLING_TRACEBACK":
                del os.environ[name]
        os.environ["SAMHANDLING_HOME"] = str(self._home)
        from samhandling.configuration import configuration, secret

        configuration.cache_clear()
        secret.cache_clear()
        from samhandling.node.django import start

        start("error")
        from django.db import connection

        connection.settings_dict["OPTIONS"]["init_command"] = _QUICK
        self._stack.callback(connection.close)
        from samhandling.node.upkeep import migrate_store

        list(migrate_store(test=self._is_test()))
        if self._world:
            self._load_world()
        connection.close()
        self._template = Path(connection.settings_dict["NAME"])
        if not self._fresh and not self._world:
            self._place(self._documents)

    def _is_test(self) -> bool:
        """A trial is a test store, unless the world in the file says that it is none."""
        if not self._world:
            return True
        from samhandling.world.reading import read

        return read(self._world).world.world.test

    def _load_world(self) -> None:
        from samhandling.world.loading import load
        from samhandling.world.reading import read

        load(read(self._world), now=datetime.now(UTC))

    def receive(self, data: bytes) -> Received:
        """Take one document in."""
        if not self._fresh:
            return self._take(data)
        from django.db import connection

        self._count += 1
        copy = self._home / f"store-{self._count}.sqlite3"
        connection.close()
        shutil.copyfile(self._template, copy)
        connection.settings_dict["NAME"] = str(copy)
        try:
            if not self._world:
                self._place([data])
            return self._take(data)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = str(self._template)
            copy.unlink()

    def _take(self, data: bytes) -> Received:
        from samhandling.exchange.reading_in import decide, parse
        from samhandling.exchange.services import arrive

        now = datetime.now(UTC)
        arrived = arrive(data, carrier="receive", transport_key=str(uuid4()), now=now)
        return _told(decide(arrived.arrival_id, parse(data), now=now))

    def _place(self, documents: Iterable[bytes]) -> None:
        """Make `own` ours, each under the organisation that a document names above it.

        What no document names goes under the main receiver's organisation: right house, other service.
        """
        from samhandling.identity.organisations import normal_her_id
        from samhandling.messages import engine
        from samhandling.messages.facts import facts

        told = [found for data in documents if (found := facts(engine.read(data))) is not None]
        for her in dict.fromkeys(normal_her_id(own) for own in self._own):
            _make_ours(her, _named(her, told) or _main_receiver(told))


def _named(her: str, told: Sequence[Facts]) -> Party | None:
    """The address that names the HER-id on level 2: a receiver before a sender, one with an organisation first."""
    found = [p for facts in told for p in facts.receivers if p.her_id == her]
    found += [facts.sender for facts in told if facts.sender.her_id == her]
    return next((p for p in found if _organisation_key(p)), found[0] if found else None)


def _main_receiver(told: Sequence[Facts]) -> Party | None:
    return next((p for facts in told for p in facts.receivers if p.role == "PRIM"), None)


def _organisation_key(party: Party) -> str:
    return party.organisation_her_id or party.organisation_number


def _make_ours(her: str, address: Party | None) -> None:
    from samhandling.organisations.models import Organisation
    from samhandling.registry.models import CommunicationParty

    # A level 1 without HER-id still needs a key of its own in the store: a leading 0 is no HER-id.
    key = f"0{her}"[:10]
    number, name = "", "Egen virksomhet"
    if address is not None and _organisation_key(address):
        number, name = address.organisation_number, address.organisation.name or name
        key = address.organisation_her_id or f"0{number}"[:10]
    organisation, _ = Organisation.objects.get_or_create(
        her_id=key[:10],
        defaults={"name": name[:200], "organisation_number": number[:9], "kind": "other", "hosted": True},
    )
    named = address if address is not None and address.her_id == her else None
    CommunicationParty.objects.create(
        her_id=her[:10],
        organisation=organisation,
        kind="person" if named is not None and named.person is not None else "service",
        name=(named.part.name if named is not None and named.part is not None else her)[:200],
        carrier="receive",
    )


def _told(read: Read) -> Received:
    """What the contract of the command wants to know."""
    from samhandling.exchange.originals import read as read_original
    from samhandling.messages.receipts import ReceiptError

    def errors(found: Iterable[ReceiptError]) -> list[dict[str, str]]:
        return [{"code": e.code, "text": e.text, "detail": e.detail} for e in found]

    receivers: list[ReceiverAnswer] = []
    flags: list[str] = []
    for taken in read.taken:
        flags += taken.flags
        made = {receipt.party_her: receipt for receipt in taken.receipts}
        for answer in taken.verdict.receivers:
            receipt = made.get(answer.her_id)
            document = read_original(receipt.original) if receipt is not None and receipt.original is not None else None
            version = receipt.version if receipt is not None else ""
            receivers.append(
                ReceiverAnswer(answer.her_id, answer.role, answer.status, version, errors(answer.errors), document)
            )
    facts = read.facts
    return Received(
        verdict="unreceipted" if read.verdict == "receipt" else read.verdict,
        type=(facts.type or None) if facts is not None else None,
        msg_id=(facts.msg_id.strip() or None) if facts is not None else None,
        receivers=tuple(receivers),
        flags=tuple(flag for flag in FLAGS if flag in flags),
    )
