"""Answers of ours: made once, kept, and given again to whoever repeats the question (10.2)."""

from __future__ import annotations

from email.utils import parseaddr
from uuid import uuid4

from samhandling.carriers.ebxml import outgoing
from samhandling.carriers.ebxml.cases import Case
from samhandling.carriers.models import Answer
from samhandling.ebxml import monitoring, signals
from samhandling.ebxml.checklist import Outcome
from samhandling.ebxml.envelope import ErrorEntry
from samhandling.ebxml.monitoring import Product
from samhandling.ebxml.packing import Packed
from samhandling.exchange import originals
from samhandling.jobs.services import enqueue

MAIL, HTTP = "ebxml_smtp", "ebxml_http"


def decided(case: Case) -> Answer | None:
    """The answer that the checklist decided, stored and on its way; None where none is asked for (9.2)."""
    if case.checked.answer is Outcome.NONE:
        return None
    if case.checked.answer is Outcome.ACKNOWLEDGMENT:
        assert case.checked.envelope is not None
        said = signals.acknowledgment(
            case.checked.envelope, case.checked.references, head(case), case.known.signers[case.receiver_her]
        )
        return keep(case, "acknowledgment", said)
    return refuse(case, case.checked.entries())


def refuse(case: Case, entries: tuple[ErrorEntry, ...]) -> Answer:
    """A signed error; with any key of ours when the message was to nobody here."""
    assert case.checked.envelope is not None
    signer = case.known.signers.get(case.receiver_her) or next(iter(case.known.signers.values()))
    return keep(case, "error", signals.error(case.checked.envelope, entries, head(case), signer))


def head(case: Case) -> signals.Answer:
    """What a new signal of ours says of itself."""
    return signals.Answer(str(uuid4()), case.now, monitoring.description(Product()))


def keep(case: Case, kind: str, said: Packed, *, to: str = "", about: str = "") -> Answer:
    """Store an answer and give it: in the response where the caller waits for it, else by a job."""
    ours = case.known.party(case.receiver_her)
    theirs = case.known.party(case.sender_her)
    headers = case.checked.headers
    came_to = parseaddr((headers.get("To") or "") if headers is not None else "")[1]
    address = to or (theirs.edi_address if theirs else "")
    answer = Answer.objects.create(
        kind=kind,
        carrier=HTTP if outgoing.http(address) else MAIL,
        sender_address=(ours.edi_address if ours else "") or came_to,
        receiver_address=address,
        about_mail=about[:300],
        content=originals.store(said.content, organisation=None, now=case.now),
        made_at=case.now,
    )
    give(case, answer)
    return answer


def give(case: Case, answer: Answer) -> None:
    """Let a stored answer go (again)."""
    if case.posted is not None and case.posted.waits:
        case.posted.answer = answer
    else:
        enqueue("carriers.answer", {"answer": answer.pk}, now=case.now)
