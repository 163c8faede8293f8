"""What a hospital or municipality is told in other messages than the five: tied to its stay or course, and shown."""

from __future__ import annotations

from datetime import datetime

from samhandling.clock import oslo
from samhandling.exchange import kinds
from samhandling.exchange.models import Direction, Message
from samhandling.messages.facts.people import WANTED_CONTACT
from samhandling.organisations.models import Organisation, Unit
from samhandling.registry.rules import DOCTOR, NURSING
from samhandling.registry.services import parties_of
from samhandling.stays import awaiting, carrying, judging, relation
from samhandling.stays.awaiting import REPORT
from samhandling.stays.causes import CAUSES
from samhandling.stays.coursing import name_final, read
from samhandling.stays.dialogs import read_key, request_key
from samhandling.stays.models import Course, CourseEvent, Stay
from samhandling.stays.policies import policy_of
from samhandling.stays.resolving import OPEN_STATES
from samhandling.stays.rules.values import State
from samhandling.stays.sharing import reader_of, service_of
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.tasks.models import Task
from samhandling.tasks.services import close_tasks, open_task

HEARD = {
    "DIALOG_FORESPORSEL": "request",
    "DIALOG_SVAR": "answer",
    "DIALOG_AVVIK": "deviation",
    "DIALOG_NOTAT": "note",
    "DIALOG_HELSEFAGLIG": "note",
    "MEDISINSKE_OPPLYSNINGER": "note",
    "HELSEOPPL_SOKNAD": "information",
    "INNLEGGELSESRAPPORT": "report",
    "UTSKRIVNINGSRAPPORT": "report",
}
"""Message type -> what it is to whoever receives it."""
LOOSE = "message.loose"
"""How the cause begins of work with a message that belongs to no course."""


def hear(message: Message, *, now: datetime) -> None:
    """Tie a received message to its stay or course, once, and give its readers their work."""
    if message.subject:
        return
    match message.organisation.kind:
        case Organisation.Kind.MUNICIPALITY:
            _at_municipality(message, now)
        case Organisation.Kind.HOSPITAL if message.type in HEARD:
            _at_hospital(message, now)
        case Organisation.Kind.GP:
            _ask_service(message, now)


def forget(message: Message, *, now: datetime) -> None:
    """The message was withdrawn, or was not for us: nobody has work with it any more (RECV-54)."""
    keys = [read_key(message), request_key(message)]
    stay = _stay(message) if message.organisation.kind != Organisation.Kind.MUNICIPALITY else None
    keys += judging.task_keys(message, stay)
    if message.type == REPORT:
        awaiting.report_gone(message, now=now)
    close_tasks(unique_key=keys, organisation=message.organisation, how="obsolete", now=now)


def _answered(message: Message, kind: str) -> str:
    """The subject of the message of ours that it answers."""
    earlier = message.refers_to
    return earlier.subject if earlier is not None and earlier.subject.startswith(f"{kind}:") else ""


def outside(message: Message, *, now: datetime) -> bool:
    """Whether it came outside the stay and nobody has yet said what becomes of it (A-07): not filed until then."""
    if message.direction != Direction.IN or message.type not in HEARD or message.patient_id is None:
        return False
    if message.organisation.kind != Organisation.Kind.HOSPITAL:
        return False
    stay = _stay(message)
    keys = judging.task_keys(message, stay)
    decided = Task.objects.filter(organisation_id=message.organisation_id, unique_key__in=keys, closed_at__isnull=False)
    return judging.is_outside(message, stay, now=now) and not decided.exists()


def _tie(message: Message, subject: str) -> None:
    message.subject = subject
    message.save(update_fields=["subject"])


def _at_hospital(message: Message, now: datetime) -> None:
    if relation.missing(message, now=now):
        judging.without_relation(message, now=now)
        return
    stay = _stay(message)
    if stay is None and message.type == REPORT and judging.asks(message):
        stay = awaiting.expect(message, now=now)
    if stay is None:
        judging.without_stay(message, now=now)
        return
    _tie(message, stay.subject)
    locked = lock_stay(stay.pk)
    work = Work(stay=locked, policy=policy_of(locked, now), now=now, state=load_state(locked))
    kind, judged = HEARD[message.type], judging.judged(message, work)
    answers_ready = kind == "note" and message.refers_to is not None and message.refers_to.type in READY
    work.note("place_answer" if answers_ready else f"heard_{kind}", message=message)
    cause = "stay.place_answer" if answers_ready else f"stay.{kind}"
    if judged is not None and not judged.counts:
        if judged.note == "free" and judging.asks(message):
            # C-13: it answers nothing the routine asked, and somebody must still read it.
            _ask(message, "stay.note", now, stay=locked, phone=work.day_phone)
        return
    if cause in CAUSES and judging.asks(message):
        found = judged.breach if judged is not None else ""
        _ask(message, cause, now, stay=locked, phone=work.day_phone, anomaly=found)
    if judging.asks(message):
        judging.tell_stay(message, work)
    if message.type == REPORT and judging.asks(message):
        carrying.step(work, awaiting.report_facts(message, locked))


READY = ("LOG_UTSKRIVNINGSKLAR",)


def _stay(message: Message) -> Stay | None:
    """The stay that it answers something of, else the patient's open or newest one."""
    subject = _answered(message, "stay")
    if subject:
        return Stay.objects.filter(pk=int(subject.partition(":")[2]), organisation=message.organisation).first()
    if message.patient is None:
        return None
    mine = Stay.objects.filter(organisation=message.organisation, patient=message.patient)
    still = mine.filter(state__in=OPEN_STATES).last()
    if still is None and message.type == REPORT:
        return None  # The patient is on the way (S-30): it waits for the admission, not with an old stay.
    began = mine.exclude(state=State.VOID.value)
    return still or began.order_by("admitted_at").last() or mine.order_by("admitted_at").last()


def _at_municipality(message: Message, now: datetime) -> None:
    course = _course(message) if message.type in HEARD else None
    if course is None:
        _ask_service(message, now)
        return
    _tie(message, course.subject)
    if message.kind == kinds.CHANGE:
        name_final(course)
    kind = HEARD[message.type]
    CourseEvent.objects.create(
        course=course, at=message.generated_at or now, recorded_at=now, kind=f"heard_{kind}", message=message,
        data={"type": message.type, "status": message.status},
    )  # fmt: skip
    cause = f"course.{kind}"
    if cause in CAUSES and judging.asks(message):
        _ask(message, cause, now, course=course, phone=course.ward_phone)


def _ask_service(message: Message, now: datetime) -> None:
    """Work for the service it is addressed to; what comes again or anew stays with whoever has it already."""
    if not judging.asks(message) or message.replaced_by_id is not None:
        return
    earlier = list(Message.objects.filter(replaced_by=message, organisation=message.organisation))
    subjects = [f"message:{each.pk}" for each in (message, *earlier)]
    work = Task.objects.filter(organisation=message.organisation, subject__in=subjects, cause__startswith=LOOSE)
    last = work.select_related("unit", "owner").order_by("id").last()
    if last is not None and last.subject == subjects[0] and last.closed_at and last.closed_how != "obsolete":
        return  # Somebody has read it.
    for each in earlier:
        forget(each, now=now)
    kind = HEARD.get(message.type, "read")
    names = (f"doctor_{kind}", "doctor") if message.organisation.kind == Organisation.Kind.GP else (kind, "read")
    cause = next(f"{LOOSE}.{name}" for name in names if f"{LOOSE}.{name}" in CAUSES)
    what = CAUSES[cause]
    unit = last.unit if last is not None else service_of(message) or _service_wanted(message, now)
    task = open_task(
        organisation=message.organisation, kind=what.kind, cause=cause, severity=what.severity, now=now,
        unit=unit, patient=message.patient, subject=subjects[0],
        unique_key=request_key(message) if kind == "request" else read_key(message), text=what.text,
    )  # fmt: skip
    if last is not None and last.owner is not None:
        task.owner = last.owner
        task.save(update_fields=["owner"])


_CARERS = {"SP": NURSING, "HP": NURSING, "VP": NURSING, "LE": DOCTOR}
"""Profession (9060) whom the sender wants to reach -> the service where they work."""


def _service_wanted(message: Message, now: datetime) -> Unit | None:
    """Of a message to the municipality as a whole: the service of the contact that its sender names (HITS 1174)."""
    facts = read(message)
    wanted = [each for each in facts.contacts if each.role.value == WANTED_CONTACT] if facts is not None else []
    functions = {_CARERS.get(each.profession.value, "") for each in wanted} - {""}
    mine = parties_of(message.organisation, oslo.day(now))
    units = {each.unit for each in mine if each.function in functions and each.unit is not None}
    return units.pop() if len(units) == 1 else None


def _course(message: Message) -> Course | None:
    """The course that it answers something of, else the patient's newest in that hospital."""
    subject = _answered(message, "course")
    if subject:
        return Course.objects.filter(pk=int(subject.partition(":")[2]), organisation=message.organisation).first()
    if message.patient_id is None and not message.patient_key:
        return None
    mine = Course.objects.filter(organisation=message.organisation, hospital_her=message.counterpart_organisation)
    same = mine.filter(patient_id=message.patient_id) if message.patient_id else mine.none()
    return same.order_by("opened_at").last() or (
        mine.filter(patient_key=message.patient_key).order_by("opened_at").last() if message.patient_key else None
    )


def _ask(
    message: Message, cause: str, now: datetime, *, phone: str, stay: Stay | None = None, course: Course | None = None,
    anomaly: str = "",
) -> None:  # fmt: skip
    assert message.direction == Direction.IN
    what = CAUSES[cause]
    text = " ".join(what.text.format(nummer=phone).replace(" .", ".").split())
    open_task(
        organisation=message.organisation, kind=what.kind, cause=cause, severity=what.severity, now=now,
        unit=stay.unit if stay is not None else reader_of(message, course) if course is not None else None,
        patient=message.patient,
        subject=stay.subject if stay is not None else course.subject if course is not None else "",
        unique_key=request_key(message) if cause.endswith(".request") else read_key(message),
        text=text, phone=phone, anomaly=anomaly,
    )  # fmt: skip
