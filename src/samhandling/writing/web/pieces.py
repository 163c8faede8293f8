"""What can be written: where it belongs, its words, its form, how it is tried and sent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from samhandling.access.models import User
from samhandling.access.scope import Scope
from samhandling.exchange.services import Outcome, Trial
from samhandling.organisations.models import Organisation
from samhandling.pages.values import Link, PatientStrip
from samhandling.patients.models import Patient
from samhandling.patients.web.strip import strip
from samhandling.store.services import is_test_store
from samhandling.writing.drafts import Place
from samhandling.writing.web.forms import WritingForm


class Piece(ABC):
    """One message to be written by this user now. Texts are in the active language."""

    place: Place
    title: str
    button: str
    """On the button that sends."""
    done: str
    back: str
    """Address of the page that it was written from, and where the writer goes when it is sent."""
    lead: str = ""
    lead_link: Link | None = None
    """What the lead ends with."""
    warning: str = ""
    takes_files: bool = True
    """Whether the standard lets attachments go along."""
    at_once: bool = False
    """Sent from the form: all that the receiver sees stands there already."""
    reason: str = ""
    """Why it goes although the patient has left: a code of `stays.after_discharge.REASONS`, chosen at the last look."""

    def __init__(self, scope: Scope, now: datetime) -> None:
        self.scope, self.now = scope, now

    @property
    @abstractmethod
    def patient(self) -> Patient | None:
        """Whom it is about."""

    @property
    @abstractmethod
    def counterpart(self) -> Organisation | None:
        """Who will read it, for the phone beside the warning outside office hours."""

    def strip(self) -> PatientStrip | None:
        """Whom it is about, as the page shows it."""
        return strip(self.patient, test=is_test_store()) if self.patient is not None else None

    @abstractmethod
    def form(self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None) -> WritingForm:
        """The form: filled in by `data`, by what a draft kept, or by what is known."""

    @abstractmethod
    def trial(self, values: Mapping[str, Any]) -> Trial:
        """What sending would give."""

    @abstractmethod
    def send(self, values: Mapping[str, Any], user: User) -> Outcome:
        """Send it. Findings where it may not go."""

    def refusal(self) -> str:
        """Why it cannot be written now; empty when it can."""
        return ""

    def asks_reason(self) -> bool:
        """Whether the routine asks why it goes, because the patient has left (2.4)."""
        return False

    def news(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What is new since the last version, by the names of the fields."""
        return ()

    def unchanged(self, values: Mapping[str, Any]) -> bool:
        """Whether it says it changes something and does not."""
        return False
