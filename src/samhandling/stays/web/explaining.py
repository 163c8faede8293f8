"""What an anomaly means, what to do and whom to call at this hour (2.6): for tasks, stays and messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from samhandling.clock import oslo
from samhandling.clock.calendar import office_hours
from samhandling.exchange.models import Message
from samhandling.organisations.services import municipality, municipality_name
from samhandling.pages.texts import _
from samhandling.pages.values import Explanation
from samhandling.registry.rules import StaffedPhone
from samhandling.registry.services import party, staffed_phone
from samhandling.stays.anomalies import ANOMALIES, Anomaly
from samhandling.stays.models import BreachOfRoutine, Course, Stay
from samhandling.stays.outages import covered
from samhandling.tasks.models import Task

Counterpart = tuple[str, StaffedPhone | None]
_Whom = tuple[str, str, str]
"""Name, phone and why that phone."""


def counterpart(number: str, now: datetime) -> Counterpart:
    """The name today of the municipality of that number, and its phone that is staffed now."""
    if not number:
        return "", None
    return municipality_name(number, oslo.day(now)), staffed_phone(municipality(number, oslo.day(now)), now)


def owner_now(anomaly: Anomaly, now: datetime) -> str:
    """Whose it is at this hour: the message responsible in office hours, else the ward (2.6)."""
    if anomaly.owner == "nobody":
        return _("Ingen: det telles bare.")
    if anomaly.owner == "responsible":
        return _("Meldingsansvarlig.")
    if office_hours(now):
        return _("Meldingsansvarlig, fordi det er kontortid. Fra 15.30: sengeposten.")
    return _("Sengeposten, fordi det er utenfor kontortid. Fra 7.30 neste virkedag: meldingsansvarlig.")


def explain(code: str, whom: _Whom, now: datetime) -> Explanation | None:
    """One anomaly in words; None for a code that is none."""
    found = ANOMALIES.get(code)
    if found is None:
        return None
    name, phone, why = whom
    return Explanation(
        code=code, title=_(found.title), means=_(found.means), do=_(found.do), owner=owner_now(found, now),
        whom=name, phone=phone, why=why,
    )  # fmt: skip


def help_for(tasks: Sequence[Task], now: datetime) -> dict[int, Explanation]:
    """Task id -> what its anomaly means and whom to call now (`wiring.TASK_HELP`); of tasks without one nothing."""
    asked = [task for task in tasks if task.anomaly]
    whom = _whom([task.subject for task in asked], now)
    # Many tasks tell of the same at the same counterpart.
    said = {task.pk: (task.anomaly, whom.get(task.subject, ("", task.phone, ""))) for task in asked}
    words = {each: explain(*each, now) for each in set(said.values())}
    return {pk: found for pk, each in said.items() if (found := words[each]) is not None}


def of_stay(stay: Stay, tasks: Iterable[Task], now: datetime) -> list[Explanation]:
    """Everything about a stay that is not by the book: breaches found, and conditions that last, each once."""
    codes = [*BreachOfRoutine.objects.filter(stay=stay).order_by("id").values_list("code", flat=True)]
    codes += [task.anomaly for task in tasks if task.anomaly]
    if stay.municipality_number and covered(stay.organisation_id, stay.municipality_number, now, now):
        codes.append("A-19")
    whom = _of_municipality(stay.municipality_number, now)
    return _explained(codes, whom, now)


def of_message(message: Message, now: datetime) -> list[Explanation]:
    """Everything about a message that is not by the book (`wiring.MESSAGE_HELP`)."""
    codes = [*BreachOfRoutine.objects.filter(message=message).order_by("id").values_list("code", flat=True)]
    codes += [*_open(message)]
    codes += [code for flag, code in FLAGS.items() if flag in message.flags]
    if message.duplicates:
        codes.append("A-04")
    return _explained(codes, _of_message(message, now), now)


FLAGS = {
    "unknown_patient": "A-06",
    "no_relation": "A-06",
    "not_ours": "A-06",
    "h_number": "A-10",
    "id_mismatch": "A-18",
    "unconfirmed_patient": "A-18",
    "clock_skew": "A-20",
}
"""Flag of a message in -> the anomaly that it is."""


def _open(message: Message) -> Iterable[str]:
    rows = Task.objects.filter(
        organisation_id=message.organisation_id, subject=f"message:{message.pk}", closed_at__isnull=True
    )
    return rows.exclude(anomaly="").order_by("id").values_list("anomaly", flat=True)


def _explained(codes: Iterable[str], whom: _Whom, now: datetime) -> list[Explanation]:
    found = [explain(code, whom, now) for code in dict.fromkeys(codes)]
    return [each for each in found if each is not None]


def _whom(subjects: Iterable[str], now: datetime) -> dict[str, _Whom]:
    """Subject -> whom to call now; each counterpart is looked up once."""
    wanted: dict[str, set[int]] = {"stay": set(), "message": set(), "course": set()}
    for subject in subjects:
        kind, _sep, number = subject.partition(":")
        if kind in wanted and number.isdecimal():
            wanted[kind].add(int(number))
    found: dict[str, _Whom] = {}
    numbers = dict(Stay.objects.filter(pk__in=wanted["stay"]).values_list("pk", "municipality_number"))
    towns = {number: _of_municipality(number, now) for number in set(numbers.values())}
    found |= {f"stay:{pk}": towns[number] for pk, number in numbers.items()}
    messages = list(Message.objects.filter(pk__in=wanted["message"]).only("counterpart_her", "counterpart_name"))
    there = {(message.counterpart_her, message.counterpart_name): message for message in messages}
    parties = {name: _of_message(message, now) for name, message in there.items()}
    found |= {f"message:{m.pk}": parties[m.counterpart_her, m.counterpart_name] for m in messages}
    for course in Course.objects.filter(pk__in=wanted["course"]):
        found[course.subject] = (course.ward_name or course.hospital_name, course.ward_phone, "")
    return found


def _of_municipality(number: str, now: datetime) -> _Whom:
    name, phone = counterpart(number, now)
    return name, phone.phone if phone else "", _(phone.why_text) if phone else ""


def _of_message(message: Message, now: datetime) -> _Whom:
    there = party(message.counterpart_her, oslo.day(now))
    if there is None:
        return message.counterpart_name, "", ""
    phone = staffed_phone(there.organisation, now)
    return there.organisation.name, phone.phone if phone else "", _(phone.why_text) if phone else ""
