"""Trouble that the node itself notices, and reports from people: evidence for a person who decides (S-05, A-01).

Nothing here announces anything: it opens a task with what speaks for an outage, and a person says whether it is one.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction

from samhandling.access.models import User
from samhandling.downtime.facts import counterparts
from samhandling.downtime.models import Outage, OutageReport, SuspicionMute
from samhandling.downtime.ports import Expiry
from samhandling.downtime.rules.number_filter import suspects
from samhandling.downtime.signs import Evidence, Sign, evidence, expiries
from samhandling.downtime.standing import DURING
from samhandling.errors import SamhandlingError
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.pages.texts import _, moment
from samhandling.store.services import now as present
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

EXPIRES_SOON = timedelta(days=14)
PAUSE_SECONDS = 60.0
REPORTS_AN_HOUR = 30
CAUSE = "outage_suspected"
EXPIRING = "outage_expiring"
MUTED_HOURS = (1, 4, 12, 24, 72)


class ReasonMissingError(SamhandlingError):
    """Somebody says that it is no outage, without why or for how long."""

    code = "downtime.reason_missing"


class ReportRefusedError(SamhandlingError):
    """A report that holds what looks like a person number, or is one of too many."""

    code = "downtime.report_refused"


@transaction.atomic
def look(organisation: Organisation, now: datetime) -> int:
    """Propose an outage for each counterpart that the evidence speaks against; withdraw proposals that fell away."""
    runs_out = expiries(organisation, now)
    found = suspected(organisation, now, runs_out)
    wanted = {f"{CAUSE}:{each.her_id}": each for each in found}
    standing = Task.objects.filter(organisation=organisation, cause=CAUSE, closed_at=None)
    gone = [key for key in standing.values_list("unique_key", flat=True) if key not in wanted]
    if gone:
        close_tasks(how="resolved", now=now, organisation=organisation, unique_key=gone)
    for key, each in wanted.items():
        open_task(
            organisation=organisation, kind="decide", cause=CAUSE, severity="high", role="message_responsible",
            now=now, unique_key=key, group_key=key, text=told(each, now),
        )  # fmt: skip
    _remind(organisation, runs_out, now)
    return len(wanted)


def suspected(organisation: Organisation, now: datetime, runs_out: list[Expiry] | None = None) -> list[Evidence]:
    """The counterparts that the evidence speaks against, but for those whose outage is known or said to be none."""
    known = Outage.objects.filter(organisation=organisation, state__in=DURING)
    if any(not outage.municipalities for outage in known):
        return []
    quiet = {each.her_id for outage in known for each in counterparts(outage, now)}
    mutes = SuspicionMute.objects.filter(organisation=organisation, until__gt=now)
    quiet |= set(mutes.values_list("counterpart_her", flat=True))
    found = evidence(organisation, now, expiries(organisation, now) if runs_out is None else runs_out)
    return [each for each in found if each.her_id not in quiet]


@transaction.atomic
def mute(
    organisation: Organisation, her_id: str, *, reason: str, hours: int, user: User, now: datetime
) -> SuspicionMute:
    """A person says that it is no outage: nothing is proposed for that counterpart for so many hours.

    Raises ReasonMissingError.
    """
    if not reason.strip() or hours not in MUTED_HOURS:
        raise ReasonMissingError(f"hours {hours}")
    if suspects(reason):
        raise ReportRefusedError("looks like a person number")
    row = SuspicionMute.objects.create(
        organisation=organisation, counterpart_her=her_id, reason=reason.strip()[:200], user=user, at=now,
        until=now + timedelta(hours=hours),
    )  # fmt: skip
    close_tasks(
        how="done", now=now, organisation=organisation, unique_key=f"{CAUSE}:{her_id}", user=user, note=row.reason
    )
    return row


def _remind(organisation: Organisation, runs_out: list[Expiry], now: datetime) -> None:
    """A task for each certificate and agreement that soon runs out; closed when it has been renewed."""
    soon = {f"{EXPIRING}:{each.what}:{each.her_id}:{each.name}"[:120]: each
            for each in runs_out if now < each.at <= now + EXPIRES_SOON}  # fmt: skip
    standing = Task.objects.filter(organisation=organisation, cause=EXPIRING, closed_at=None)
    gone = [key for key in standing.values_list("unique_key", flat=True) if key not in soon]
    if gone:
        close_tasks(how="resolved", now=now, organisation=organisation, unique_key=gone)
    for key, each in soon.items():
        text = _("Sertifikatet til %(name)s går ut %(when)s.") if each.what == "certificate" else _(
            "Avtalen %(name)s går ut %(when)s.")  # fmt: skip
        open_task(
            organisation=organisation, kind="technical", cause=EXPIRING, severity="normal", now=now, due_at=each.at,
            role="message_responsible", unique_key=key, group_key=EXPIRING,
            text=text % {"name": each.name, "when": moment(each.at, now)},
        )  # fmt: skip


def told(each: Evidence, now: datetime) -> str:
    """The evidence in words, with the name first."""
    return f"{each.name}: {' '.join(said(sign, now) for sign in each.signs)}"


def said(sign: Sign, now: datetime) -> str:
    """One sign in words."""
    when = moment(sign.at, now) if sign.at is not None else _("ingen det siste halve døgnet")
    return {
        "unconfirmed": _("%(count)s meldinger uten bekreftelse. Siste bekreftelse: %(when)s."),
        "failed": _("%(count)s meldinger kom ikke fram."),
        "bounced": _("%(count)s meldinger kom i retur fra e-posttjeneren deres."),
        "queue": _("%(count)s meldinger venter på å bli sendt, og køen vokser."),
        "silent": _("Ingen meldinger på fire timer. Det pleier å komme %(count)s på denne tiden."),
        "certificate": _("Sertifikatet til %(name)s gikk ut %(when)s."),
        "agreement": _("Avtalen %(name)s gikk ut %(when)s."),
    }[sign.kind] % {"count": sign.count, "when": when, "name": sign.name}


_next_look = 0.0


def look_now() -> int:
    """For the worker to call again and again; looks once a minute."""
    global _next_look
    if time.monotonic() < _next_look:
        return 0
    _next_look = time.monotonic() + PAUSE_SECONDS
    now = present()
    for organisation in hosted_organisations():
        look(organisation, now)
    return 0


@transaction.atomic
def report(organisation: Organisation, *, who: str, phone: str, text: str, channel: str, now: datetime) -> OutageReport:
    """Somebody reports trouble: kept, and a task for the message responsible. Raises ReportRefusedError."""
    if suspects(f"{who} {text}", exempt=[phone]):
        raise ReportRefusedError("looks like a person number")
    lately = OutageReport.objects.filter(organisation=organisation, at__gt=now - timedelta(hours=1))
    if lately.count() >= REPORTS_AN_HOUR:
        raise ReportRefusedError("too many in an hour")
    row = OutageReport.objects.create(
        organisation=organisation, at=now, who=who, phone=phone, text=text, channel=channel
    )
    open_task(
        organisation=organisation, kind="decide", cause="outage_reported", severity="high", role="message_responsible",
        now=now, unique_key=f"outage_report:{row.pk}", group_key="outage_reported", phone=phone,
        text=_("%(who)s melder: %(text)s") % {"who": who, "text": text},
    )  # fmt: skip
    return row
