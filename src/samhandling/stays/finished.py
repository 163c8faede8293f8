"""Finished documents of the EPJ in the families that people write (M3 to M5, M9 to M11, M14): judged by the routine
as what people write here is, sent as they are, and told to the stay (S-22 to S-27, S-38 to S-41, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from samhandling.exchange.models import Direction, Message
from samhandling.exchange.services import Draft, Finding, Outcome
from samhandling.exchange.services import send as send_message
from samhandling.messages.facts.values import Facts
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import party
from samhandling.stays import carrying, dialogs, informing, judging
from samhandling.stays.events import InformationSent, InformationWithdrawn
from samhandling.stays.models import Stay
from samhandling.stays.policies import policy_for, policy_of
from samhandling.stays.policy import Policy
from samhandling.stays.rules.allowed import may_send, may_talk
from samhandling.stays.rules.values import State
from samhandling.stays.work import Work, load_state, lock_stay
from samhandling.tasks.services import close_tasks

DIALOGUE: Mapping[str, str] = {"DIALOG_FORESPORSEL": "M9", "DIALOG_SVAR": "M10", "DIALOG_AVVIK": "M11"}
FREE = ("DIALOG_NOTAT", "DIALOG_HELSEFAGLIG")
REPORT = "UTSKRIVNINGSRAPPORT"
REASONS: Mapping[str, str] = {
    **dialogs.REASONS,
    "no_reference": "En avviksmelding må vise til meldingen den gjelder (S-38).",
    "reason_not_permitted": "Avviksmelding brukes bare for feilsendte meldinger og tekniske feil (S-39 til S-41).",
    "free_dialogue": "Rutinen har ikke frittstående dialogmeldinger (C-13).",
}


@transaction.atomic
def send_finished(draft: Draft, facts: Facts, *, now: datetime) -> Outcome:
    """Send a finished document that people wrote in the EPJ, if the routine lets it; its bytes go unchanged.

    Only what a hospital sends to a municipality is judged (2.4). Where we know no stay of the patient, the address pair
    and the reason are all there is to judge. Findings and a task, never an exception, where it may not go.
    """
    receiver = _receiver(facts)
    if draft.organisation.kind != Organisation.Kind.HOSPITAL or receiver is None:
        return send_message(draft, now=now)
    if draft.message_type not in (*DIALOGUE, *FREE, informing.MESSAGE_TYPE, REPORT):
        return send_message(draft, now=now)
    stay = _stay(draft)
    if stay is None:
        day = (draft.event_at or now).date()
        reason = _by_content(draft, facts, policy_for(draft.organisation.pk, day, _town(receiver)), receiver)
        if reason:
            # No stay's work: whoever hears of refused documents hears of this one.
            return Outcome(None, (Finding(f"dialogue.{reason}", REASONS[reason]),))
        return send_message(draft, now=now)
    locked = lock_stay(stay.pk)
    work = Work(stay=locked, policy=policy_of(locked, now), now=now, source="epj", state=load_state(locked))
    code = _code(draft, facts, locked)
    reason = _by_content(draft, facts, work.policy, receiver) or _by_state(work, code, facts)
    if reason:
        work.note("epj_refused", code=code, reason=reason)
        work.ask("stay.epj_refused", detail=code, message=code)
        return Outcome(None, (Finding(f"routine.{reason}", REASONS.get(reason, REASONS["state"])),))
    draft = _in_stay(draft, locked, code)
    outcome = send_message(draft, now=now)
    if outcome.message is not None:
        _tell(work, code, draft, outcome.message, withdrawn=facts.status == "C")
        key = work.task_key("stay.epj_refused", code)
        close_tasks(unique_key=key, organisation=work.organisation, how="resolved", now=now)
    return outcome


def _receiver(facts: Facts) -> CommunicationParty | None:
    """The municipality's service that it goes to; None when it goes to nobody in a municipality."""
    for one in facts.receivers:
        found = party(one.her_id) if one.her_id and one.role != "COP" else None
        if found is not None and found.organisation.kind == Organisation.Kind.MUNICIPALITY:
            return found
    return None


def _town(receiver: CommunicationParty) -> str:
    return receiver.organisation.municipality_number


def _stay(draft: Draft) -> Stay | None:
    """The stay that it is tied to, else the patient's newest that began."""
    kind, _, number = draft.subject.partition(":")
    if kind == "stay":
        return Stay.objects.filter(pk=int(number), organisation=draft.organisation).first()
    if draft.patient is None:
        return None
    mine = Stay.objects.filter(organisation=draft.organisation, patient=draft.patient)
    return mine.exclude(state__in=[State.VOID.value, State.EXPECTED.value]).order_by("admitted_at").last()


def _code(draft: Draft, facts: Facts, stay: Stay) -> str:
    """The message of routines 2.2. A change cannot be told from the final one on the wire: derived (C-10)."""
    if facts.status == "C":
        return "C"
    if draft.message_type == informing.MESSAGE_TYPE:
        return "M3" if informing.last_version(stay) is None else "M5"
    return "M14" if draft.message_type == REPORT else DIALOGUE.get(draft.message_type, "M13")


def _by_content(draft: Draft, facts: Facts, policy: Policy, receiver: CommunicationParty) -> str:
    """Why the document itself may not go between these two; empty when it may."""
    if facts.status == "C" or draft.message_type not in (*DIALOGUE, *FREE):
        return ""
    own = party(facts.sender.her_id) if facts.sender.her_id else None
    reception = own.function if own is not None else ""
    # A deviation goes back to whoever sent the faulty message, also from the wrong address (HIS 1151).
    answers_fault = draft.message_type == "DIALOG_AVVIK"
    if not answers_fault and not may_talk(policy, service=receiver.function, reception=reception):
        return "address"
    if draft.message_type in FREE:
        return "" if policy.free_dialogue or draft.refers_to is not None else "free_dialogue"
    if draft.message_type == "DIALOG_AVVIK":
        if draft.refers_to is None:
            return "no_reference"
        if judging.reason_of(facts) not in policy.deviation_reasons:
            return "reason_not_permitted"
    return ""


def _by_state(work: Work, code: str, facts: Facts) -> str:
    """Why it may not go now (2.4). M13 from the hospital is a note of a dialogue that the policy has let begin."""
    if code == "M13":
        return "overlay_h" if work.state.overlay == "H" else ""
    reason = judging.reason_of(facts) if code == "M11" else None
    answer = may_send(code, work.state, work.policy, now=work.now, reason=reason)
    return "" if answer.allowed else answer.reason


def _in_stay(draft: Draft, stay: Stay, code: str) -> Draft:
    kinds = {"M3": "early", "M5": "final"}
    due = load_state(stay).early_due if code == "M3" else None
    return Draft(
        organisation=draft.organisation, message_type=draft.message_type, patient=draft.patient or _patient(stay),
        document=draft.document, refers_to=draft.refers_to, subject=stay.subject, event_at=draft.event_at,
        kind=kinds.get(code, draft.kind), due_at=due,
    )  # fmt: skip


def _patient(stay: Stay) -> Patient:
    return stay.patient


def _tell(work: Work, code: str, draft: Draft, message: Message, *, withdrawn: bool) -> None:
    """What the stay learns of it: the same as of what is written here."""
    if draft.message_type == informing.MESSAGE_TYPE:
        told = InformationWithdrawn(at=work.now) if withdrawn else InformationSent(at=work.now, kind=_kind(code))
        carrying.step(work, told)
        work.note("cancelled" if withdrawn else "sent", message=message, code=code)
        return
    work.note("dialog_sent", message=message)
    if withdrawn or draft.message_type not in DIALOGUE:
        return
    about = draft.refers_to if draft.refers_to is not None and draft.refers_to.direction == Direction.IN else None
    if about is not None and code == "M10":
        close_tasks(unique_key=dialogs.request_key(about), organisation=work.organisation, how="done", now=work.now)
    talk = dialogs.Talk(
        organisation=draft.organisation, message_type=draft.message_type, patient=draft.patient, about=about,
        stay=work.stay,
    )  # fmt: skip
    dialogs.tell_stay(work, talk, message)


def _kind(code: str) -> informing.Kind:
    return "early" if code == "M3" else "final"
