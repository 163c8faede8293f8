"""The checklist from top to bottom, and the answer that follows from what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from samhandling.ebxml.checklist import envelopes, parties, payload, security, shapes, transport
from samhandling.ebxml.checklist.case import Case, Policy
from samhandling.ebxml.envelope import Envelope, ErrorEntry, Shape
from samhandling.ebxml.known import Known
from samhandling.ebxml.mime import Headers
from samhandling.ebxml.rules import Answer, Finding
from samhandling.ebxml.signature import Reference

_SILENT = {"bounce", "soap_fault", "ping"}


class Outcome(StrEnum):
    """What the receiver sends back."""

    ACKNOWLEDGMENT = "acknowledgment"
    ERROR = "error"
    FAULT = "fault"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a message."""

    shape: Shape
    answer: Outcome
    findings: tuple[Finding, ...]
    signature: str
    """`valid`, `invalid`, `absent` or `unchecked`: digests and value only; the certificate has findings of its own."""
    envelope: Envelope | None
    headers: Headers | None
    """Of the mail or HTTP message; None for a bare envelope."""
    references: tuple[Reference, ...] = ()
    """The references that were verified, for the acknowledgment."""
    certificate: x509.Certificate | None = None
    documents: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Content-ID and bytes of each document; empty unless the message may be delivered."""
    test: bool = False

    @property
    def waits(self) -> bool:
        """Whether it cannot be judged now: no answer yet, try again (R9)."""
        return any(finding.rule.answer is Answer.WAIT for finding in self.findings)

    def entries(self) -> tuple[ErrorEntry, ...]:
        """What an error signal says: the errors, or the warnings when there are only those."""
        errors = [one for one in self.findings if one.rule.answer is Answer.ERROR]
        chosen = errors or [one for one in self.findings if one.rule.answer is Answer.WARNING]
        severity = "Error" if errors else "Warning"
        return tuple(ErrorEntry(one.rule.code, severity, one.location, one.rule.text) for one in chosen)


def run(data: bytes, known: Known, now: datetime, policy: Policy = Policy()) -> Checked:  # noqa: B008
    """Check a mail, an HTTP message or a bare envelope at an instant (aware UTC). Never raises for what is in it.

    Raises TokenError when our own key, in a token, does not answer.
    """
    case = Case(known, now, policy)
    transport.read(case, data)
    if case.message is not None:
        envelopes.read(case)
    is_fault = any(finding.rule.id == "soap_fault" for finding in case.findings)
    if case.envelope is not None and case.header is not None and not is_fault:
        parties.check(case)
        security.check(case)
        shapes.check(case)
        if not case.broken(Answer.FAULT, Answer.ERROR) and case.signature == "valid":
            payload.check(case)
    if transport.is_test(case):
        case.find("test_marked")
    case.findings.sort(key=lambda finding: finding.rule.step)
    rejected = case.broken(Answer.FAULT, Answer.ERROR, Answer.WAIT)
    return Checked(
        shape=Shape.OTHER if is_fault else case.shape,
        answer=_answer(case),
        findings=tuple(case.findings),
        signature=case.signature,
        envelope=case.envelope,
        headers=case.message.headers if case.message is not None else None,
        references=case.references,
        certificate=case.certificate,
        documents=() if rejected else tuple(case.documents),
        test=transport.is_test(case),
    )


def _answer(case: Case) -> Outcome:
    """Exactly one answer, by the tables of 7.1; a signal gets none, a fault never an answer."""
    if any(finding.rule.id in _SILENT for finding in case.findings):
        return Outcome.NONE
    if case.broken(Answer.FAULT):
        return Outcome.FAULT
    if case.shape in {Shape.ACKNOWLEDGMENT, Shape.ERROR}:
        return Outcome.NONE
    if case.broken(Answer.ERROR):
        return Outcome.ERROR
    if case.broken(Answer.WAIT):
        return Outcome.NONE
    if case.broken(Answer.WARNING):
        return Outcome.ERROR
    return Outcome.NONE if case.synchronous else Outcome.ACKNOWLEDGMENT
