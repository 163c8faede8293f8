"""The state of a stay, what can happen to it besides the events of the feed, and what the routine asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from samhandling.errors import SamhandlingError
from samhandling.patients.rules import IdClass
from samhandling.stays.events import Event, Professional


class ImpossibleEventError(SamhandlingError):
    """The event cannot happen in the state that the stay is in (routines 2.3)."""

    code = "stay.impossible"

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} in {state}")
        self.state = state
        self.event = event


class State(StrEnum):
    """The flattened states of routines 2.1; `NONE` is before there is a stay."""

    NONE = "none"
    EXPECTED = "S0"
    IN = "S1"
    ACTIVE = "S2"
    READY = "S3"
    OUT = "S4"
    DEAD = "S5"
    VOID = "S6"


INPATIENT = (State.IN, State.ACTIVE, State.READY)
"""The patient lies in the hospital."""

Mark = Literal["", "waiting", "told", "manual"]
"""Whether the municipality has been told: not, waiting for a name, by message (or the EPJ must write one), by phone."""

Overlay = Literal["", "O", "H", "N"]

Message = Literal["M1", "M6", "M7", "M8"]
"""The messages that this room sends by itself."""

MESSAGE_TYPES: dict[str, str] = {
    "M1": "LOG_INNLAGT",
    "M6": "LOG_UTSKRIVNINGSKLAR",
    "M7": "LOG_AVMELDING",
    "M8": "LOG_UTSKREVET",
}
"""Message of routines 2.2 -> type code of list 8279."""

MESSAGE_NAMES: dict[str, str] = {
    "M1": "Melding om innlagt pasient",
    "M6": "Melding om utskrivningsklar pasient",
    "M7": "Avmelding av utskrivningsklar pasient",
    "M8": "Melding om utskrevet pasient",
}


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the patient system said last of what it repeats in every message (ZPL, PID-30, municipality).

    A repeat changes nothing at any later time, whatever people have registered since: see `rules.repeats`.
    """

    user: bool | None = None
    user_mistake: bool | None = None
    need: bool | None = None
    ready: date | None = None
    ready_by: Professional | None = None
    cleared: bool = False
    cleared_mistake: bool = False
    dead: bool | None = None
    municipality: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request (M9) that nobody has answered."""

    reference: str
    """Row id of the message, as text."""
    ours: bool = False
    """We asked; else the municipality did, and we owe the answer."""
    at: datetime


class StayState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything the routine knows about one stay. No names or numbers of patients."""

    state: State = State.NONE
    before: State = State.NONE
    """Where the stay was before discharge or death, for undoing it."""
    admitted_at: datetime | None = None

    id_class: IdClass = "NONE"
    ordinary: bool = False
    """The identifier may be used in PLO messages: `id_class` under the policy (C-03)."""
    municipality: str = ""
    agreement: bool = False
    objects: bool = False
    """The patient objects to information being given (P-01)."""
    told_before: str = ""
    """The municipality that was told before it was corrected or changed, while nobody has said which (T26)."""

    track: str = "SOMATIC"
    unit: str = ""
    """Code of the ward."""
    phone: str = ""
    on_leave: bool = False
    attending: Professional | None = None

    user: bool | None = None
    """Bruker av kommunale tjenester."""
    user_question: bool = False
    """No longer user, and nobody has said whether it was a mistake (T28)."""
    need: bool | None = None
    need_at: datetime | None = None

    ready_date: date | None = None
    ready_decided_by: Professional | None = None
    ready_marked: bool = False
    """The attending doctor stands as the one who decided, because the feed named nobody (T09)."""
    expected_ready: date | None = None
    """A ready date in the future, held until the day (C-08)."""
    ever_ready: bool = False

    m1: Mark = ""
    m6: Mark = ""
    m8: Mark = ""
    exchanged: bool = False
    """At least one message was sent to a municipality."""
    information: Literal["", "early", "change", "final"] = ""
    """The last Helseopplysning that was sent."""

    early_due: datetime | None = None
    """F1, while it runs or after it ran; None: not required so far."""
    early_met: bool = False
    """The municipality had a Helseopplysning by then (C-02)."""
    report_due: datetime | None = None
    """F2, likewise."""
    report_at: datetime | None = None
    """When the municipality's admission report came."""
    requests: tuple[Request, ...] = ()
    """Requests without an answer (F6)."""
    place: Literal["", "yes", "no", "read"] = ""
    """What the municipality answered to the M6 that stands; `read`: something that a person must read."""
    place_from: date | None = None

    discharged_at: datetime | None = None
    discharged_to: str = ""
    planned_discharge: datetime | None = None
    planned_to: str = ""
    died_at: datetime | None = None

    voided_at: datetime | None = None
    """When the cancellation of the admission was registered."""

    said: Said = Said()
    refused: Said = Said()
    """What the patient system said while it could not be (after the discharge); forgotten when the stay goes on."""

    @property
    def overlay(self) -> Overlay:
        """Why no message may go: O the patient objects, H no ordinary number, N no agreement; the first that holds."""
        if self.objects:
            return "O"
        if not self.ordinary:
            return "H"
        return "" if self.municipality and self.agreement else "N"

    @property
    def involved(self) -> bool:
        """The municipality has something to do with the patient."""
        return self.user is True or self.need is True


# What can happen besides the events of the feed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A ward as the routine sees it."""

    code: str
    track: str = "SOMATIC"
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """T02, T03: an admission with what was looked up about it. `at` is the admission time."""

    place: Place
    inpatient: bool
    id_class: IdClass
    municipality: str
    agreement: bool
    attending: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    """T22, T23: the patient lies in `place` now."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendingNamed(Event):
    """The patient system names the attending doctor."""

    attending: Professional


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityNow(Event):
    """T27 and its opposite: the class of the patient's identifiers."""

    id_class: IdClass


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityNow(Event):
    """T26, and an agreement that begins or ends."""

    municipality: str
    agreement: bool
    was_wrong: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeTimeCame(Event):
    """T14: the registered future time of discharge is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathWaitOver(Event):
    """T17: nobody undid the registration of death in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyDayCame(Event):
    """F10: it is the morning of the expected ready date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNewsCame(Event):
    """The municipality has heard nothing of the patient for as long as the policy says (scenario 31)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWaitOver(Event):
    """A-08: the early notice that a later Helseopplysning may have overtaken has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWaitOver(Event):
    """F8: no admission has come for the admission report."""


# What the routine asks for -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """The municipality must get this message now: the node sends it, or expects the EPJ to."""

    message: Message
    ready_date: date | None = None
    decided_by: Professional | None = None
    marked: bool = False
    hold: Literal["", "name"] = ""
    """`name`: it waits until somebody says who decided (T09)."""
    at: datetime
    """The event's time: registration, withdrawal, discharge."""
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TellByPhone:
    """Overlay: people must tell the municipality, because no message may be sent."""

    message: Message
    overlay: Literal["O", "H", "N"]
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Cancellation (C) of messages sent and not rejected; what was never sent is no longer expected.

    Whoever cancels also asks somebody to call (2.4), and asks for the call alone where C cannot be sent.
    """

    messages: tuple[Message, ...]
    municipality: str = ""
    """Only what went there; empty: wherever it went."""
    everything: bool = False
    """Also Helseopplysninger and requests of ours (T19, T26)."""
    why: Literal["admission", "mistake", "discharge", "death", "user", "municipality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """An expectation that was not met is no longer one; a message that was sent stays."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StartClock:
    """A deadline runs. A clock of that kind that runs already is moved."""

    clock: str
    starts_at: datetime
    due_at: datetime | None
    """None: before something that has no time yet (F9: the discharge)."""
    reason: str = ""
    detail: str = ""
    """Which one, of clocks that run several at a time: the reference of a request (F6)."""
    anew: bool = False
    """Also when it was met or something was sent: it is about another municipality now (T26)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """Something that matters to running deadlines: see the table in `rules.deadlines`."""

    clocks: tuple[str, ...]
    event: Literal["sent", "rejected", "met", "passed", "closed", "resumed"]
    at: datetime
    detail: str | None = None
    """Only the clock of that detail; None: all of the name."""
    """When it happened: for `met` the time that is held against the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Come back at an instant, once. A timer of that name that waits is replaced."""

    name: Literal["discharge", "death", "ready_day", "report", "news", "order"]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTimer:
    """Do not come back."""

    name: Literal["discharge", "death", "ready_day", "report", "news", "order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPerson:
    """Work for a person; `cause` stands in `stays.causes`."""

    cause: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoNeedToAsk:
    """The work of that cause is no longer needed."""

    cause: str
    how: Literal["resolved", "obsolete"] = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """*Brudd på rutine*: recorded, never sent as a message (routines 2.6)."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line in the timeline; `kind` stands in `stays.words`."""

    kind: str
    at: datetime


Action = (
    Tell
    | TellByPhone
    | Cancel
    | Withdraw
    | StartClock
    | ClockEvent
    | SetTimer
    | DropTimer
    | AskPerson
    | NoNeedToAsk
    | Breach
    | Note
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state and what must be done, in order; `row` is the transition of routines 2.3."""

    state: StayState
    actions: tuple[Action, ...]
    row: str
