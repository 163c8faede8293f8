"""Every family goes out as a finished document: the official examples, between parties that the registry knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.organisations.models import Organisation
from samhandling.registry.models import CommunicationParty
from samhandling.stays.services import has_routine
from samhandling.store.services import mark_as_test
from samhandling.writing.passing import pass_on

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FAMILIES = {
    "epikrise-1.2": 1, "henvisning-2.0": 1, "svarrapport-1.4": 2, "dialog-1.0": 3, "dialog-1.1": 1, "plo-1.6": 12,
    "plo-1.5": 8,
}  # fmt: skip
"""Folder of examples -> how many there are at least."""


def documents(standards: Path, family: str) -> list[bytes]:
    found = [path.read_bytes() for path in sorted((standards / "examples" / family).glob("*.xml"))]
    return [data for data in found if b"<AppRec" not in data]


def sender_in_registry(facts) -> Organisation:
    """The parties of a document as the registry would hold them; the sender's organisation is ours."""
    for number, party in enumerate([facts.sender, *facts.receivers]):
        owner, _ = Organisation.objects.get_or_create(
            her_id=party.organisation_her_id or f"99{number}",
            defaults={"name": party.organisation.name, "kind": "other"},
        )
        CommunicationParty.objects.get_or_create(
            her_id=party.her_id, defaults={"organisation": owner, "name": party.part.name}
        )
    own = CommunicationParty.objects.get(her_id=facts.sender.her_id).organisation
    own.hosted = True
    own.save()
    return own


@pytest.mark.parametrize("family", FAMILIES)
def test_every_example_is_sent_or_judged_by_the_routine(standards, family):
    mark_as_test(machine_now=NOW)
    found = documents(standards, family)
    assert len(found) >= FAMILIES[family]
    for data in found:
        facts = read_facts(engine.read(data))
        own = sender_in_registry(facts)
        result = pass_on(data, organisation=own, now=NOW)
        errors = [finding.code for finding in result.findings if finding.severity == "error"]
        if has_routine(facts.type):
            assert (result.accepted, errors) == (False, ["stay.unknown_visit"])
            continue
        assert (result.accepted, errors) == (True, []), facts.type
        assert len(result.receivers) == len(facts.receivers)
        message = Message.objects.get(organisation=own, direction="out", msg_id=facts.msg_id.lower())
        assert (message.type, message.version) == (facts.type, facts.version)
        assert originals.read(message.original) == data
        assert pass_on(data, organisation=own, now=NOW) == result
        assert Message.objects.filter(direction="out", msg_id=facts.msg_id.lower()).count() == 1
