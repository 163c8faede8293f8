"""What the node needs to run, one check after another, each answered in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from samhandling.errors import ConfigurationError, SamhandlingError

LITTLE_DISK = 1_000_000_000
"""Bytes."""
CLOCK_APART = 2.0
"""Seconds between this machine's clock and the store's that are worth a word."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "warning", "error"]
    text: str
    """For people, bokmål: what is, or what is missing and what to do."""


def all_checks() -> list[Check]:
    """Look at everything, in the order in which one would mend it. Never raises for what is missing."""
    from samhandling.configuration import configuration

    try:
        configuration()
    except ConfigurationError as error:
        return [Check("settings", "error", f"Innstillingene er feil: {error.detail}.")]
    named = os.environ.get("SAMHANDLING_CONFIG")
    source = f"filen {named}" if named else "standardverdier og miljøvariabler"
    found = [Check("settings", "ok", f"Innstillingene er lest fra {source}.")]
    found += _home()
    found += _secrets()
    if any(one.state == "error" for one in found):
        return found
    found += _store()
    found += _certificates()
    if not any(one.state == "error" and one.name in {"store", "migrations"} for one in found):
        found += _network()
    return found


def _network() -> Iterator[Check]:
    """The national network, where it is set up."""
    from samhandling.configuration import configuration

    setting = configuration().ebxml
    if setting is None:
        return
    from samhandling.node import network_checks, register_checks
    from samhandling.registry import keys, revoking

    registers, now = configuration().registers, datetime.now(UTC)
    try:
        loaded = keys.loaded()
    except SamhandlingError as error:
        yield Check("ebxml files", "error", f"Nøkler og sertifikater kan ikke leses: {error.detail}.")
    else:
        trust = revoking.trust()
        yield from (Check(*one) for one in network_checks.of_files(loaded, trust, now))
        yield from (Check(*one) for one in register_checks.of_answers(registers, loaded, now))
        yield from (Check(*one) for one in register_checks.of_counterparts(loaded, trust, now))
    yield from (Check(*one) for one in register_checks.of_access(registers))
    yield from (Check(*one) for one in network_checks.of_mailbox(setting.mailbox))


def _home() -> Iterator[Check]:
    from samhandling.configuration import configuration

    home = configuration().home
    if not home.is_dir():
        yield Check("home", "error", f"Mappen {home} finnes ikke. Kjør: samhandling migrate")
        return
    if not os.access(home, os.W_OK):
        yield Check("home", "error", f"Mappen {home} kan ikke skrives i av denne brukeren.")
        return
    free = shutil.disk_usage(home).free
    if free < LITTLE_DISK:
        yield Check("disk", "error", f"Bare {free // 1_000_000} MB ledig plass i {home}.")
    else:
        yield Check("disk", "ok", f"{free / 1e9:.0f} GB ledig plass i {home}.")


def _secrets() -> Iterator[Check]:
    from samhandling.configuration import SECRETS, secret, secret_path

    for name in SECRETS:
        path = secret_path(name)
        try:
            secret(name)
            mode = path.stat().st_mode & 0o077
        except (ConfigurationError, OSError):
            yield Check(
                f"secret {name}", "error", f"Nøkkelen {path} mangler eller kan ikke leses. Kjør: samhandling migrate"
            )
            continue
        if mode:
            yield Check(f"secret {name}", "error", f"Nøkkelen {path} kan leses av andre. Kjør: chmod 600 {path}")
        else:
            yield Check(f"secret {name}", "ok", f"Nøkkelen {name} er på plass.")


def _store() -> Iterator[Check]:
    from samhandling.errors import StoreError
    from samhandling.node.django import start

    try:
        start()
        from samhandling.store.ready import missing_migrations

        lacking = missing_migrations()
    except StoreError as error:
        yield Check("store", "error", f"Lageret svarer ikke ({error.detail}). Se innstillingen database.")
        return
    except SamhandlingError as error:
        yield Check("store", "error", f"Lageret kan ikke brukes: {error.detail}.")
        return
    from django.db import connection

    yield Check("store", "ok", f"Lageret svarer ({connection.display_name}).")
    if lacking:
        yield Check("migrations", "error", f"Lageret mangler {len(lacking)} endringer. Kjør: samhandling migrate")
        return
    yield Check("migrations", "ok", "Lageret er oppdatert.")
    yield from _mark()
    yield from _clock()
    yield from _workers()
    yield from _epj_folders()
    yield from _downtime()


def _downtime() -> Iterator[Check]:
    """The ways by which people are told of outages, and report them."""
    from samhandling.clock import oslo
    from samhandling.configuration import configuration
    from samhandling.node import downtime_checks

    day = oslo.day(datetime.now(UTC))
    yield from (Check(*one) for one in downtime_checks.of_settings(configuration(), day))


def _mark() -> Iterator[Check]:
    from samhandling.store.models import Store

    row = Store.objects.filter(pk=1).first()
    if row is None:
        yield Check("mark", "error", "Lageret er ikke merket som test eller ekte. Kjør: samhandling migrate")
    elif row.test:
        yield Check("mark", "ok", "Lageret er merket TEST: bare oppdiktede data.")
    else:
        yield Check("mark", "ok", "Lageret er for ekte data.")


def _clock() -> Iterator[Check]:
    from django.db import connection

    if connection.vendor != "postgresql":
        yield Check("clock", "ok", f"Maskinens klokke viser {datetime.now(UTC).isoformat(timespec='seconds')}.")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > CLOCK_APART:
        yield Check("clock", "error", f"Klokken her og i lageret er {apart:.0f} sekunder fra hverandre. Se til NTP.")
    else:
        yield Check("clock", "ok", "Klokken her og i lageret går likt.")


def _workers() -> Iterator[Check]:
    from samhandling.jobs.figures import figures

    now = figures(machine_now=datetime.now(UTC))
    if now.workers:
        yield Check("worker", "ok", f"{now.workers} arbeider(e) er i gang.")
    else:
        yield Check("worker", "warning", "Ingen arbeider er i gang. Start: samhandling worker")
    if now.dead:
        yield Check(
            "jobs", "warning", f"{now.dead} jobb(er) er gitt opp og venter på et menneske: samhandling jobs list"
        )


def _epj_folders() -> Iterator[Check]:
    """The folders that EPJs are connected by, and the organisations without a record."""
    from samhandling.configuration import configuration
    from samhandling.organisations.services import hosted_organisations
    from samhandling.writing.owners import hosted_called
    from samhandling.writing.records import setting_of

    settings = configuration()
    for kind, name, folder in [
        *(("records", one.organisation, one.folder) for one in settings.records),
        *(("pass_on", one.organisation, one.folder) for one in settings.pass_on),
    ]:
        if hosted_called(name) is None:
            yield Check(f"{kind} {name}", "error", f"Innstillingen {kind}: noden har ingen organisasjon «{name}».")
        elif not (folder.is_dir() and os.access(folder, os.W_OK)):
            yield Check(f"{kind} {name}", "error", f"Mappen {folder} finnes ikke eller kan ikke skrives i.")
        else:
            yield Check(f"{kind} {name}", "ok", f"Mappen {folder} kan brukes.")
    without = [one.name for one in hosted_organisations() if setting_of(one) is None]
    if without:
        names = ", ".join(without[:3]) + (f" og {len(without) - 3} til" if len(without) > 3 else "")
        yield Check("records", "warning", f"Meldinger journalføres ikke for {names}. Se docs/epj-folders.md.")


def _certificates() -> Iterator[Check]:
    from samhandling.configuration import configuration

    for line in configuration().mllp:
        files: list[Path] = [path for path in (line.certificate, line.key, line.client_ca) if path is not None]
        lost = [str(path) for path in files if not os.access(path, os.R_OK)]
        if lost:
            yield Check(f"mllp {line.name}", "error", f"Linjen {line.name}: kan ikke lese {', '.join(lost)}.")
        elif line.host not in {"127.0.0.1", "::1", "localhost"} and line.certificate is None:
            yield Check(f"mllp {line.name}", "warning", f"Linjen {line.name} lytter på {line.host} uten kryptering.")
        else:
            yield Check(f"mllp {line.name}", "ok", f"Linjen {line.name}: {line.host} port {line.port}.")
