"""The line across every page while the exchange is down or soon will be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.urls import reverse

from samhandling.access.roles import May
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.downtime.standing import standing
from samhandling.pages.texts import _
from samhandling.pages.values import Banner, Tone


def banners(scope: Scope, now: datetime) -> list[Banner]:
    """What the scope's organisation must know now: what is down, what stops today, what works again."""
    found = standing(now, scope.organisation)
    shown = [Banner(Tone.BAD, line.headline, f"{line.since} {line.until} {line.do}") for line in found.ongoing]
    shown += [
        Banner(Tone.WARN, line.headline, f"{line.since} {line.do}")
        for line in found.coming
        if oslo.day(line.start) == oslo.day(now)
    ]
    shown = [replace(each, link=_("Driftsstatus"), href=reverse("downtime:status")) for each in shown]
    resolved = [Banner(Tone.OK, line.headline, f"{line.since} {line.do}") for line in found.resolved]
    if scope.may(May.SEE_PATIENTS):
        resolved = [replace(each, link=_("Etter stansen"), href=reverse("downtime:after")) for each in resolved]
    return shown + resolved
