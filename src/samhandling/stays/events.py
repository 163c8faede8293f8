"""What happens to a stay, as frozen values: built by the feed (intake) and by the forms on pages.

Every instant is aware UTC. An event says when it happened (`at`) and whom it is about; what it does not know is None
or empty, never a guess. `stays.services.apply` takes events of the feed, `stays.services.register` those of a form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from samhandling.patients.values import Number, PatientDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """A health professional as the patient system names one."""

    family_name: str = ""
    given_name: str = ""
    hpr: str = ""
    """HPR number; empty: not known."""
    profession: str = ""
    """Code of list 9060; empty: not known."""

    @property
    def named(self) -> bool:
        """True when there is a name to write in a message."""
        return bool(self.family_name.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom and which visit an event is about, with what the same feed message says of the visit itself."""

    patient: PatientDetails = field(default=PatientDetails(), repr=False)
    visit: str = ""
    """The patient system's number of the visit; empty: the patient's only open stay."""
    unit_code: str = ""
    """The patient system's code of the ward the patient is in."""
    admitted_at: datetime | None = None
    recorded_at: datetime | None = None
    """When it was registered; None: not said."""
    inpatient: bool | None = None
    """True døgnopphold, False day or outpatient, None not said."""
    attending: Professional | None = None
    source: str = ""
    """Where it came from: `adt:56`; empty for a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at `at` (aware UTC)."""

    at: datetime
    about: About = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted(Event):
    """T02, T03, T21: a visit was registered in `about.unit_code`; `at` is the admission time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalUserSet(Event):
    """T04, T28: *Bruker av kommunale tjenester* yes or no."""

    value: bool
    by_mistake: bool | None = None
    """For no after yes: True *Feilregistrert*, False *Ikke lenger behov*, None not said (then a person is asked)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAssessed(Event):
    """T05, F11: need of municipal services after discharge, yes or no (*Ikke behov etter utskriving*)."""

    value: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySet(Event):
    """T09, T10, T12, T13, F10: ready for discharge on `ready_date` (Oslo day); `at` is the registration."""

    ready_date: date
    decided_by: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCleared(Event):
    """T11, T19b: not ready after all (was ready, no longer is) or, `by_mistake`, never was."""

    by_mistake: bool = False
    decided_by: Professional | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(Event):
    """T22, T23: moved to the ward `about.unit_code`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveStarted(Event):
    """T25: on leave, the bed is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveEnded(Event):
    """T25: back from leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Event):
    """T14, T15, T16, T24: left the hospital at `at`; a future time waits."""

    discharged_to: str = ""
    """Code of list 8408; empty: not registered."""
    other_trust: bool = False
    """T24: to another hospital trust."""

    @property
    def place(self) -> str:
        """Code of list 8408, empty when nobody says: another trust is `3`, other hospital."""
        return "3" if self.other_trust and not self.discharged_to else self.discharged_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Died(Event):
    """T17, T18: died at `at`."""

    standing: bool = False
    """The feed says it as a fact that it repeats, not as something that was registered just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathUndone(Event):
    """T17b: the registration of death was a mistake."""

    standing: bool = False
    """As for `Died`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionCancelled(Event):
    """T19: the admission never was, or was on the wrong patient."""

    wrong_patient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeUndone(Event):
    """T20: the discharge was registered in error."""

    confirmed: bool = False
    """The message responsible has decided it, although it is later than the routine's 24 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChanged(Event):
    """T27: the patient's identifiers are now those in `about.patient`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityChanged(Event):
    """T26: the municipality is now `municipality_number`."""

    municipality_number: str
    was_wrong: bool | None = None
    """True *Rettet* (was never right), False *Endret* (moved), None not said (then a person is asked)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationReceived(Event):
    """T06 to T08: the municipality's system had a Helseopplysning of this node's at `at` (positive receipt)."""

    final: bool = False
    """It was the final one (F9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationRejected(Event):
    """T08: a Helseopplysning was rejected, and does not count as sent."""

    stands: Literal["", "early", "change", "final"] = ""
    """The kind of the newest one that still stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceived(Event):
    """T01, F2: the municipality's admission report came. With what was looked up about the patient, for T01."""

    id_class: str = "NONE"
    municipality: str = ""
    agreement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived(Event):
    """M9 from the municipality: we owe an answer (F6)."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSent(Event):
    """M9 to the municipality."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTaken(Event):
    """The municipality's system confirmed our M9 at `at`: the time to answer runs (F6)."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered(Event):
    """M10 in or out, or an answer on the phone, to the M9 of that reference."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTaken(Event):
    """The municipality's system confirmed M6 at `at`: its answer is due (F4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnswered(Event):
    """M13, F4: the municipality says, by message or phone, whether it can receive the patient."""

    can: bool | None = None
    """None: it answered, and a person must read what."""
    from_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected(Event):
    """P-01: the patient objects to information being given, or no longer does."""

    value: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationWithdrawn(Event):
    """T06 to T08: the Helseopplysninger that were sent are cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationSent(Event):
    """T06 to T08: a Helseopplysning was sent at `at`, from here or, as a person or the EPJ tells, by other means."""

    kind: Literal["early", "change", "final"]
    received_at: datetime | None = None
    """When the municipality's system confirmed it; None: not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientUpdated(Event):
    """Names, address or other facts of the patient are now those in `about.patient`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsMerged(Event):
    """A40: the patient known as `other` is the one in `about.patient`, who stays."""

    other: tuple[Number, ...] = field(repr=False)


FeedEvent = (
    Admitted
    | MunicipalUserSet
    | NeedAssessed
    | ReadySet
    | ReadyCleared
    | Transferred
    | LeaveStarted
    | LeaveEnded
    | Discharged
    | Died
    | DeathUndone
    | AdmissionCancelled
    | DischargeUndone
    | IdentityChanged
    | MunicipalityChanged
    | InformationReceived
    | InformationRejected
    | InformationSent
    | InformationWithdrawn
    | Objected
    | PlaceAnswered
    | ReadyTaken
    | ReportReceived
    | RequestAnswered
    | RequestReceived
    | RequestSent
    | RequestTaken
    | PatientUpdated
    | PatientsMerged
)
"""Every event that comes from outside the room."""
