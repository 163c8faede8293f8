"""Which hosted organisation a setting, a command or a document means."""

from __future__ import annotations

from samhandling.exchange.homes import homes_of
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations


def is_called(organisation: Organisation, name: str) -> bool:
    """Whether `name`, an organisation number or a HER-id of level 1, is this organisation's."""
    wanted = name.replace(" ", "")
    return wanted != "" and wanted in {organisation.organisation_number, organisation.her_id}


def hosted_called(name: str) -> Organisation | None:
    """The hosted organisation of that number or HER-id; with an empty name the only one this node hosts."""
    hosted = list(hosted_organisations())
    if not name.strip():
        return hosted[0] if len(hosted) == 1 else None
    return next((one for one in hosted if is_called(one, name)), None)


def sender_of(facts: Facts) -> Organisation | None:
    """The hosted organisation that a document names as its sender."""
    homes = homes_of([facts.sender])
    return homes[0].organisation if homes else None
