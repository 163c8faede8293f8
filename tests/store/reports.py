"""Admission reports from the small world's municipality, as its record system would send them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from samhandling.exchange.models import Message
from samhandling.jobs.worker import run_due
from samhandling.messages import compose
from tests.store.exchange_world import bring
from tests.store.small_world import BORN, NOW, details

DATA = Path(__file__).resolve().parents[2] / "docs" / "data" / "INNLEGGELSESRAPPORT.json"


def bring_report(
    now: datetime = NOW, *, given: str = "Testine", family: str = "Prøvesen", other_name: str = "", **changes: object
) -> Message:
    """A report about that patient, received by the hospital; `other_name`: the family name that it says instead."""
    data = json.loads(DATA.read_text())
    number = details(given, family).numbers[0].value
    data |= {
        "msg_id": str(uuid4()),
        "generated_at": now.isoformat(),
        "sender": {
            "organisation": {"name": "Storvik kommune", "her_id": "98310700"},
            "part": {"name": "Sykepleietjeneste", "her_id": "98310701"},
        },
        "receiver": {
            "organisation": {"name": "Lillevik sykehus HF", "her_id": "98000100"},
            "part": {"name": "Somatikk plo meldingsmottak", "her_id": "98000101"},
        },
        "patient": {
            "family_name": other_name or family, "given_name": given, "birth_date": BORN.isoformat(), "sex": "2",
            "identifiers": [{"kind": "FNR", "number": number}],
        },
    } | changes  # fmt: skip
    values, errors = compose.from_data("INNLEGGELSESRAPPORT", data, now=now)
    assert values is not None, errors
    composed = compose.compose("INNLEGGELSESRAPPORT", "1.6", values, test=True)
    assert composed.data, composed.errors
    bring(composed.data, now=now)
    run_due(now, strict=True)
    return Message.objects.filter(direction="in", type="INNLEGGELSESRAPPORT").latest("pk")
