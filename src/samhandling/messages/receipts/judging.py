"""The receiver's algorithm (application-receipt 12, acceptance requirements 2.7): pure, in the order written there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from samhandling.messages import codes
from samhandling.messages.facts import Facts, Party, ReceiptError
from samhandling.messages.facts.tree import Element
from samhandling.messages.receipts import patients
from samhandling.messages.receipts.values import (
    DEFAULT_SETTINGS,
    Answer,
    Flag,
    JudgeSettings,
    OwnParties,
    Reason,
    Role,
    Verdict,
)

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

# Problems of the engine that mean: right in itself, but no standard or version that we read.
_UNSUPPORTED = frozenset({"payload.unknown", "root.unsupported"})

_E36_NOTHING = (
    "Pasienten må være angitt med navn og gyldig fødselsnummer, D-nummer eller felles hjelpenummer, "
    "eller med navn, fødselsdato og kjønn."
)
_E36_H_NUMBER = (
    "H-nummer er ikke nok til å identifisere pasienten. Oppgi fødselsnummer, D-nummer eller felles hjelpenummer, "
    "eller fødselsdato og kjønn."
)


_E35 = "Pasienten har ingen journal hos oss. Kontroller adressaten."

RECORD_FAMILIES = frozenset({"epikrise", "svarrapport"})
"""E35 is for these alone (HIS 80415); other messages about an unknown patient are taken unassigned."""


class ProblemSeen(Protocol):
    """The part of `engine.Problem` that a receipt tells."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def line(self) -> int | None: ...


class ReadingSeen(Protocol):
    """The part of `engine.Reading` that the judgement needs."""

    @property
    def tree(self) -> Element | None: ...
    @property
    def valid(self) -> bool: ...
    @property
    def recovered(self) -> bool: ...
    @property
    def problems(self) -> tuple[ProblemSeen, ...]: ...


def never_seen(msg_id: str) -> bool:
    """No MsgId was met before."""
    return False


def judge(
    reading: ReadingSeen,
    facts: Facts | None,
    own: OwnParties,
    *,
    settings: JudgeSettings = DEFAULT_SETTINGS,
    seen: Callable[[str], bool] = never_seen,
    test: bool = False,
) -> Verdict:
    """What to do with a document that has come in, and what each own receiver answers.

    `seen` tells whether a MsgId (lower case) was met before, taken or rejected. `test`: the store is marked *test*
    (synthetic numbers). The flags are those that the document itself gives; flags about known patients and about the
    series (`unknown_patient`, `unlinked`, `cancelled_before_original`) are added by who knows them.
    """
    if facts is None:
        return _no_receipt("unreadable" if reading.tree is None else "unknown_root")
    if facts.receipt is not None:
        return _no_receipt("receipt")
    ours = _own_receivers(facts, own)
    if facts.msg_id.strip() and seen(facts.msg_id.strip().lower()):
        return Verdict("duplicate", tuple(Answer(p, _role(p), None, (), own.has_service(p)) for p in ours))
    if not facts.sender.readable:
        return _no_receipt("sender_unreadable")
    if not ours:
        return _no_receipt("not_for_us")
    structure = _structure_error(reading, facts)
    if structure is not None:
        if not facts.msg_id.strip():
            return _no_receipt("message_id_missing")
        return Verdict("rejected", tuple(Answer(p, _role(p), "2", (structure,), own.has_service(p)) for p in ours))
    return _content(facts, ours, own, settings, test)


def _no_receipt(reason: Reason) -> Verdict:
    return Verdict("unreceipted", reason=reason)


def _own_receivers(facts: Facts, own: OwnParties) -> tuple[Party, ...]:
    """The receivers that are ours, each address once; the main receiver first."""
    found: dict[tuple[str, str], Party] = {}
    for party in facts.receivers:
        if own.owns(party):
            found.setdefault((party.organisation_her_id, party.her_id), party)
    return tuple(found.values())


def _role(party: Party) -> Role:
    return "PRIM" if party.role == "PRIM" else "COP"


def _structure_error(reading: ReadingSeen, facts: Facts) -> ReceiptError | None:
    """T01, T10 or T02; None when the structure holds."""
    if reading.recovered:
        return error("T01", _first_problem(reading))
    if not facts.standard and facts.namespace:
        return error("T10", f"Meldingsformatet {facts.namespace[:200]} støttes ikke.")
    if any(problem.code in _UNSUPPORTED for problem in reading.problems):
        return error("T10", "Meldingsformatet støttes ikke her.")
    if not reading.valid:
        return error("T02", _first_problem(reading))
    if not facts.standard:
        return error("T10", "Meldingen har ikke noe innhold i et kjent format.")
    return None


def _first_problem(reading: ReadingSeen) -> str:
    first = next((problem for problem in reading.problems if problem.severity == "error"), None)
    if first is None:
        return ""
    return f"{first.text} (linje {first.line})" if first.line else first.text


def error(code: str, detail: str = "") -> ReceiptError:
    """An error of list 8221 with its text; `detail` goes into OT."""
    value, text, oid = codes.coded("8221", code)
    return ReceiptError(value, text, detail, oid)


def _content(facts: Facts, ours: tuple[Party, ...], own: OwnParties, settings: JudgeSettings, test: bool) -> Verdict:
    common: list[ReceiptError] = []
    if not _UUID.fullmatch(facts.msg_id.strip()):
        common.append(error("E10", "MsgId er ikke en gyldig UUID."))
    if not patients.sufficient(facts.patient, accept_h_number=settings.accept_h_number, test=test):
        h_number = facts.patient is not None and patients.has_h_number(facts.patient, test=test)
        common.append(error("E36", _E36_H_NUMBER if h_number else _E36_NOTHING))
    elif settings.reject_unknown_patient and facts.standard in RECORD_FAMILIES:
        common.append(error("E35", _E35))
    common += _unusable(facts, settings)
    answers = tuple(_answer(party, own, settings, tuple(common)) for party in ours)
    taken = any(answer.status == "1" for answer in answers)
    return Verdict("accepted" if taken else "rejected", answers, _flags(facts, answers, test=test))


def _unusable(facts: Facts, settings: JudgeSettings) -> list[ReceiptError]:
    """T99 for an attachment in a format that was not agreed, where the setting names those that were (HIS 80415)."""
    if not settings.attachment_formats:
        return []
    formats = {attachment.mime_type.strip().lower() for attachment in facts.attachments}
    wrong = sorted(formats - settings.attachment_formats)
    return [error("T99", f"Vedlegg i formatet {(kind or 'uten angivelse')[:80]} kan ikke tas imot.") for kind in wrong]


def _answer(party: Party, own: OwnParties, settings: JudgeSettings, common: tuple[ReceiptError, ...]) -> Answer:
    known = own.has_service(party)
    errors = common
    if not known and settings.reject_unknown_service:
        errors = (*common, error("E21", "Tjenesten eller personen er ikke registrert hos oss."))
    return Answer(party, _role(party), "2" if errors else "1", errors, known)


def _flags(facts: Facts, answers: tuple[Answer, ...], *, test: bool) -> tuple[Flag, ...]:
    """What the document itself gives reason to look at, in the order of the contract."""
    patient = facts.patient
    # What is not taken in is never matched to a record.
    taken = any(answer.status == "1" for answer in answers)
    found: list[tuple[Flag, bool]] = [
        ("manual_match", taken and patient is not None and not patients.has_number_to_look_for(patient, test=test)),
        ("id_mismatch", patient is not None and patients.mismatch(patient, test=test)),
        ("h_number", patient is not None and patients.has_h_number(patient, test=test)),
        ("copy", any(answer.role == "COP" for answer in answers)),
        ("unknown_service", any(not answer.known for answer in answers)),
        ("cancels", facts.status == "C"),
        ("replaces", facts.status in ("M", "O")),
        ("unknown_code", bool(facts.unknown_codes)),
        ("estimate_of_past", estimate_of_past(facts)),
        ("test_message", facts.is_test),
    ]
    return tuple(flag for flag, given in found if given)


def estimate_of_past(facts: Facts) -> bool:
    """C-11, RECV-27: Anslag is true for an event that is final by its code and was past when the message was made."""
    made = facts.generated
    for event in facts.events:
        if event.estimate and event.reading == "final" and event.at.day is not None and made.day is not None:
            if event.at.instant is not None and made.instant is not None:
                past = event.at.instant <= made.instant
            else:
                past = event.at.day <= made.day
            if past:
                return True
    return False
