"""What the register shows, and exports: one list for each of the three kinds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.web.words import name as message_name
from samhandling.organisations.services import municipality_name
from samhandling.pages import subjects
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status, Tone
from samhandling.stays.models import BreachOfRoutine, Stay
from samhandling.stays.web import words
from samhandling.worklist.models import FollowUp, FormReport

SHOWN = timedelta(days=92)
"""How far back the register looks."""
AT_MOST = 2000
KINDS = (
    ("avviksmelding", N_("Avviksmelding")),
    ("brudd", N_("Brudd på rutine")),
    ("skjema", N_("Meldt på eget skjema")),
)
"""Name in the address, title of the list."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One matter of the register; nothing in it names a patient, so that it may be exported (P-08)."""

    subject: str
    at: datetime
    when: str
    code: str
    what: str
    counterpart: str
    unit: str
    href: str
    status: Status
    done: bool
    note: str
    by: str
    affected: bool = False
    """An outage covered the time of the deadline that was missed; counted apart (2.5)."""


def rows(scope: Scope, kind: str, now: datetime) -> list[RegisterRow]:
    """The matters of one kind, newest first."""
    found = {"avviksmelding": _messages, "brudd": _breaches, "skjema": _reports}[kind](scope, now)
    lasts = _lasts(scope, [row.subject for row in found])
    return [_followed(row, lasts.get(row.subject), now) for row in found]


def _lasts(scope: Scope, asked: list[str]) -> dict[str, FollowUp]:
    steps = scope.rows(FollowUp.objects.filter(subject__in=asked).select_related("user")).order_by("id")
    return {step.subject: step for step in steps}


def _row(subject: str, at: datetime, now: datetime, *, code: str, what: str, counterpart: str, unit: str = "",
         about: str = "", affected: bool = False) -> RegisterRow:  # fmt: skip
    nobody = Status(Tone.WARN, _("Ikke fulgt opp"))
    href = subjects.link(about or subject)
    return RegisterRow(
        subject, at, moment(at, now), code, what, counterpart, unit, href, nobody, False, "", "", affected
    )


def _followed(row: RegisterRow, step: FollowUp | None, now: datetime) -> RegisterRow:
    if step is None:
        return row
    done = step.state == FollowUp.State.DONE
    status = Status(Tone.OK, _("Ferdig")) if done else Status(Tone.WAIT, _("Følges opp"))
    by = f"{step.user.shown_name}, {moment(step.at, now)}"
    return replace(row, status=status, done=done, note=step.note, by=by)


def _messages(scope: Scope, now: datetime) -> list[RegisterRow]:
    found = scope.rows(Message.objects.filter(type="DIALOG_AVVIK", created_at__gte=now - SHOWN))
    result = []
    for message in found.select_related("refers_to").order_by("-created_at", "-id")[:AT_MOST]:
        inward = message.direction == Direction.IN
        about = message_name(message.refers_to) if message.refers_to is not None else _("uten kjent melding")
        way = _("Mottatt, om: %(what)s") if inward else _("Sendt, om: %(what)s")
        code = "M11 inn" if inward else "M11 ut"
        result.append(
            _row(
                f"message:{message.pk}", message.created_at, now, code=code, what=way % {"what": about},
                counterpart=message.counterpart_name,
            )
        )  # fmt: skip
    return result


def _breaches(scope: Scope, now: datetime) -> list[RegisterRow]:
    found = scope.rows(BreachOfRoutine.objects.filter(at__gte=now - SHOWN))
    rows_ = list(found.select_related("unit", "stay", "course", "message").order_by("-at", "-id")[:AT_MOST])
    names = {n: municipality_name(n, oslo.day(now)) for n in {_municipality(b.stay) for b in rows_} if n}
    return [
        _row(
            f"breach:{b.pk}", b.at, now, code=b.code, what=_(words.BREACHES.get(b.code, b.code)),
            counterpart=names.get(_municipality(b.stay), "") or (b.course.hospital_name if b.course else "")
            or (b.message.counterpart_name if b.message else ""),
            unit=b.unit.name if b.unit else "", about=_about(b), affected=b.affected_by_downtime,
        )
        for b in rows_
    ]  # fmt: skip


def _municipality(stay: Stay | None) -> str:
    return stay.municipality_number if stay is not None else ""


def _about(breach: BreachOfRoutine) -> str:
    if breach.stay_id:
        return f"stay:{breach.stay_id}"
    return f"course:{breach.course_id}" if breach.course_id else f"message:{breach.message_id}"


def _reports(scope: Scope, now: datetime) -> list[RegisterRow]:
    found = scope.rows(FormReport.objects.filter(recorded_at__gte=now - SHOWN)).order_by("-reported_on", "-id")
    return [
        _row(
            f"report:{r.pk}", oslo.start_of_day(r.reported_on), now, code=r.reference or "–", what=r.text,
            counterpart=r.counterpart, about=r.subject,
        )
        for r in found[:AT_MOST]
    ]  # fmt: skip


def as_csv(found: Iterable[RegisterRow]) -> str:
    """The list for a spreadsheet: semicolons, a mark for UTF-8, and no cell that runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Dato"), _("Kode"), _("Hva"), _("Motpart"), _("Enhet"), _("Status"), _("Oppfølging"), _("Av"),
                     _("Påvirket av stans")])  # fmt: skip
    for row in found:
        cells = [
            oslo.say_date(row.at),
            row.code,
            row.what,
            row.counterpart,
            row.unit,
            row.status.text,
            row.note,
            row.by,
            _("ja") if row.affected else "",
        ]
        writer.writerow([_safe(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
