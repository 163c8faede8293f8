"""What the carriers judge and send by: the node's own register, and the files that the settings name."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from samhandling.configuration import configuration
from samhandling.ebxml import files
from samhandling.ebxml.files import Loaded
from samhandling.ebxml.known import Known, RegisterParty
from samhandling.errors import ConfigurationError
from samhandling.registry.models import CommunicationParty


@lru_cache(maxsize=4)
def _loaded(path: Path, changed: int) -> Loaded:
    """Read once: loading a private key is slow. A changed file is read again."""
    return files.read(path)


def loaded() -> Loaded:
    """The keys and certificates of the settings. Raises ConfigurationError, KeyFileError, CpaError."""
    setting = configuration().ebxml
    if setting is None:
        raise ConfigurationError("ebxml: nothing is set up")
    try:
        changed = setting.transport.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(f"ebxml.transport: {error.strerror}") from error
    return _loaded(setting.transport, changed)


def known(now: datetime) -> Known:
    """Everything that the checklist asks for, as it is today."""
    found = loaded()
    parties: dict[str, RegisterParty] = {}
    signers = dict(found.signers)
    for row in CommunicationParty.objects.select_related("organisation"):
        organisation = row.organisation
        hers = (row.her_id, organisation.her_id)
        parties[organisation.her_id] = RegisterParty(
            organisation.her_id, organisation.name, "organisation", ours=organisation.hosted
        )
        parties[row.her_id] = RegisterParty(
            row.her_id,
            row.name,
            row.kind,
            organisation.organisation_number,
            row.edi_address,
            organisation.hosted,
            found.certificates("signing", *hers),
            found.certificates("encryption", *hers),
        )
        if organisation.her_id in signers:
            signers.setdefault(row.her_id, signers[organisation.her_id])
    return Known(parties, found.agreements, found.trust, found.decrypters, signers)
