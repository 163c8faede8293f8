"""How the exchange stands, for everybody: what is down, what is coming, what works again. No patient is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from samhandling.clock import oslo
from samhandling.downtime.facts import counterparts, policy_for
from samhandling.downtime.models import Outage
from samhandling.downtime.rules.life import State
from samhandling.organisations.models import Organisation
from samhandling.pages.texts import _, clock_time, moment
from samhandling.pages.values import Tone
from samhandling.registry.services import staffed_phone

DURING = (State.ONGOING.value, State.EXTENDED.value)
COMING = (State.SCHEDULED.value, State.ANNOUNCED_1.value, State.ANNOUNCED_2.value)
OVER = (State.FINISHED.value, State.FINISHED_EARLY.value)
NAMED = 3
"""With more municipalities than this they are counted, not named."""


@dataclass(frozen=True, slots=True)
class Phone:
    """Whom to call: the number that is staffed now."""

    municipality: str
    number: str
    staffed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One outage as everybody sees it."""

    pk: int
    tone: Tone
    headline: str
    since: str
    until: str
    what: str
    do: str
    cause: str
    phones: tuple[Phone, ...]
    start: datetime
    end: datetime | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything there is to tell now."""

    ongoing: tuple[Line, ...]
    coming: tuple[Line, ...]
    resolved: tuple[Line, ...]


def standing(now: datetime, organisation: Organisation | None = None) -> Standing:
    """What is down, announced, or works again since two hours, of one hosted organisation or of all."""
    rows = Outage.objects.select_related("organisation").exclude(state__in=(State.DRAFT, State.CANCELLED))
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    during = rows.filter(state__in=DURING).order_by("start")
    coming = rows.filter(state__in=COMING, published=True).order_by("start")
    hours = policy_for(organisation.pk, now).resolved_shown_hours if organisation else 2
    resolved = rows.filter(state__in=OVER, announced=True, ended_at__gt=now - timedelta(hours=hours), ended_at__lte=now)
    return Standing(
        ongoing=tuple(_ongoing(row, now) for row in during),
        coming=tuple(_coming(row, now) for row in coming),
        resolved=tuple(_resolved(row, now) for row in resolved.order_by("-ended_at")),
    )


def item_of(row: Outage, now: datetime) -> tuple[str, str]:
    """Headline and lead of the intranet item."""
    if row.state in COMING and row.end is not None:
        line = _coming(row, now)
    elif row.state in DURING:
        line = _ongoing(row, now)
    elif row.ended_at is not None:
        line = _resolved(row, now)
    else:
        return _("Driftsstatus for meldinger"), ""
    return line.headline, " ".join(part for part in (line.since, line.until, line.what, line.do) if part)


def _ongoing(row: Outage, now: datetime) -> Line:
    if row.end is not None and now >= row.end:
        until = _("Skulle vært ferdig %(end)s – ikke bekreftet. Fortsett med nødrutiner til du får beskjed.") % {
            "end": moment(row.end, now)
        }
    elif row.end is not None:
        until = _("Ventet ferdig %(end)s.") % {"end": moment(row.end, now)}
    elif row.next_update is not None:
        until = _("Slutten er ikke kjent. Ny oppdatering %(when)s.") % {"when": moment(row.next_update, now)}
    else:
        until = _("Slutten er ikke kjent.")
    headline = {
        "exchange": _("Meldinger med %(whom)s er nede"),
        "access": _("Mottatte meldinger fra %(whom)s kan ikke leses"),
        "both": _("Meldinger med %(whom)s er nede og kan ikke leses"),
    }[row.affects] % {"whom": _whom(row, now)}
    return _line(
        row, now, Tone.BAD, headline, since=_("Siden %(start)s.") % {"start": moment(row.start, now)}, until=until,
        do=_("Bruk manuelle rutiner (nødrutiner). Ring kommunen når noe haster."),
    )  # fmt: skip


def _coming(row: Outage, now: datetime) -> Line:
    assert row.end is not None
    headline = _("Planlagt stans i meldinger med %(whom)s") % {"whom": _whom(row, now)}
    when = _("%(weekday)s %(date)s kl. %(start)s til kl. %(end)s") % {
        "weekday": oslo.say_weekday(row.start), "date": oslo.say_date(row.start), "start": clock_time(row.start),
        "end": clock_time(row.end),
    }  # fmt: skip
    if oslo.day(row.start) != oslo.day(row.end):
        when = _("%(start)s til %(end)s") % {"start": moment(row.start), "end": moment(row.end)}
    return _line(
        row, now, Tone.WARN, headline, since=when[:1].upper() + when[1:] + ".", until="",
        do=_("Send det som haster før stansen. Bruk manuelle rutiner (nødrutiner) så lenge den varer."),
    )  # fmt: skip


def _resolved(row: Outage, now: datetime) -> Line:
    assert row.ended_at is not None
    headline = _("Meldinger med %(whom)s virker igjen") % {"whom": _whom(row, now)}
    return _line(
        row, now, Tone.OK, headline, since=_("Fra %(when)s.") % {"when": moment(row.ended_at, now)}, until="",
        do=_("Avslutt manuelle rutiner. Meldinger som ventet, sendes av seg selv. Ikke send dem på nytt."),
    )  # fmt: skip


def _line(row: Outage, now: datetime, tone: Tone, headline: str, *, since: str, until: str, do: str) -> Line:
    families = {
        "plo": _("pleie- og omsorgsmeldinger"), "dialogmelding": _("dialogmeldinger"), "epikrise": _("epikriser"),
        "henvisning": _("henvisninger"), "svarrapport": _("prøvesvar og svarrapporter"),
    }  # fmt: skip
    named = [families[each] for each in row.families if each in families]
    return Line(
        pk=row.pk, tone=tone, headline=headline, since=since, until=until, do=do, cause=row.cause,
        what=_("Gjelder %(families)s.") % {"families": ", ".join(named)} if named else "",
        phones=_phones(row, now) if tone is not Tone.OK else (), start=row.start, end=row.end, changed=row.changed_at,
    )  # fmt: skip


def _whom(row: Outage, now: datetime) -> str:
    if not row.municipalities:
        return _("alle kommunene")
    names = [each.name for each in counterparts(row, now)]
    if not names:
        return _("kommunene")
    if len(names) > NAMED:
        return _("%(count)s kommuner") % {"count": len(names)}
    return names[0] if len(names) == 1 else _("%(names)s og %(last)s") % {
        "names": ", ".join(names[:-1]), "last": names[-1],
    }  # fmt: skip


def _phones(row: Outage, now: datetime) -> tuple[Phone, ...]:
    found = []
    for each in counterparts(row, now):
        phone = staffed_phone(each, now)
        found.append(Phone(each.name, phone.phone if phone else "", phone.staffed if phone else False))
    return tuple(found)
