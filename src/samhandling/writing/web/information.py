"""Helseopplysninger as pieces: early, change and final notice, and their withdrawal, written from a stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from samhandling.access.models import User
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Message
from samhandling.exchange.services import Outcome, Trial
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import municipality
from samhandling.pages.texts import N_, _
from samhandling.pages.values import PatientStrip
from samhandling.patients.models import Patient
from samhandling.stays import after_discharge, informing
from samhandling.stays.dialogs import answered
from samhandling.stays.informing import Kind
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import State
from samhandling.stays.services import send_information, try_information
from samhandling.stays.web import similar
from samhandling.stays.work import load_state
from samhandling.writing import changes, drafts
from samhandling.writing.drafts import Place
from samhandling.writing.web import information_forms as forms
from samhandling.writing.web.care_forms import WithdrawForm
from samhandling.writing.web.copying import copy_to
from samhandling.writing.web.dialog import request_of
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.known import attending_contact, ward_and_writer
from samhandling.writing.web.pieces import Piece

WHAT: Mapping[str, Kind] = {
    "tidligmelding": "early",
    "endringsmelding": "change",
    "endelig-helseopplysning": "final",
    "trekk-tilbake": "change",
}
TITLES = {
    "tidligmelding": N_("Tidligmelding"),
    "endringsmelding": N_("Endringsmelding"),
    "endelig-helseopplysning": N_("Endelig helseopplysning"),
    "trekk-tilbake": N_("Trekk tilbake helseopplysning"),
}
BUTTONS = {
    "tidligmelding": N_("Send tidligmeldingen"),
    "endringsmelding": N_("Send endringsmeldingen"),
    "endelig-helseopplysning": N_("Send endelig helseopplysning"),
    "trekk-tilbake": N_("Trekk tilbake og si fra"),
}
DONE = {
    "tidligmelding": N_("Tidligmeldingen er sendt, venter på bekreftelse."),
    "endringsmelding": N_("Endringsmeldingen er sendt, venter på bekreftelse."),
    "endelig-helseopplysning": N_("Endelig helseopplysning er sendt, venter på bekreftelse."),
    "trekk-tilbake": N_("Helseopplysningene er trukket tilbake. Ring kommunen og si fra."),
}


class Information(Piece):
    """One Helseopplysning of a stay."""

    def __init__(self, scope: Scope, stay: Stay, what: str, now: datetime, *, answers: Message | None = None) -> None:
        """`answers`: the request that is answered by it (dialog-messages 5)."""
        super().__init__(scope, now)
        self.stay, self.what, self.kind, self.answers = stay, what, WHAT[what], answers
        self.state, self.last = load_state(stay), informing.last_version(stay)
        self.before = drafts.values_of(self.last) if self.last is not None else None
        self.title, self.button, self.done = _(TITLES[what]), _(BUTTONS[what]), _(DONE[what])
        self.back = reverse("stays:stay", args=[stay.pk])
        self.takes_files = not self.withdraws
        where = stay.subject
        if answers is not None:
            self.back, where = reverse("exchange:message", args=[answers.pk]), f"message:{answers.pk}"
        self.place = Place(
            organisation=stay.organisation,
            key=f"{where}:{what}",
            message_type=informing.MESSAGE_TYPE,
            kind=self.kind,
            subject=stay.subject,
            patient=stay.patient,
            about=self.last,
            continues=None if self.withdraws else self.last,
        )
        if self.state.state is State.IN and not self.withdraws:
            self.warning = _("Når du sender, registreres behov for kommunale tjenester etter utskriving: ja.")

    @property
    def withdraws(self) -> bool:
        """Whether the series is taken back."""
        return self.what == "trekk-tilbake"

    @property
    def patient(self) -> Patient:
        """The patient of the stay."""
        return self.stay.patient

    def strip(self) -> PatientStrip | None:
        """With the mark of a name that another one in the ward has, or nearly (P-04)."""
        found = super().strip()
        return similar.marked(found, self.stay) if found is not None else None

    @property
    def counterpart(self) -> Organisation | None:
        """The patient's municipality today."""
        number = self.state.municipality
        return municipality(number, oslo.day(self.now)) if number else None

    def refusal(self) -> str:
        """What the routine says of it now (2.4)."""
        answer = informing.allowed(self.stay, self.kind, now=self.now, withdraw=self.withdraws)
        if answer.allowed:
            return ""
        return _(informing.REFUSED.get(answer.reason, informing.REFUSED["state"]))

    def asks_reason(self) -> bool:
        """After the discharge (2.4)."""
        return after_discharge.asks(informing.allowed(self.stay, self.kind, now=self.now, withdraw=self.withdraws))

    def form(self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None) -> WritingForm:
        """The last version, or what the stay knows."""
        given = self.before or {}
        unasked = {name: given[name] for name in given if name not in changes.ABOUT_THE_VERSION}
        unasked |= self._from_stay()
        if self.withdraws:
            return WithdrawForm(data, initial=kept or {}, kept=unasked, now=self.now)
        cls: type[forms.EarlyForm] = forms.EarlyForm
        if self.last is not None:
            cls = forms.FinalForm if self.kind == "final" else forms.ChangeForm
        elif self.kind == "final":
            cls = forms.FirstFinalForm
        to = copy_to(informing.MESSAGE_TYPE, self.stay.organisation, self.now)
        return cls(data, initial=kept or self._initial(), kept=unasked, copy_to=to, now=self.now)

    def _initial(self) -> dict[str, Any]:
        known = self.state.ready_date or self.state.expected_ready
        values = self.before if self.before is not None else {"contacts": attending_contact(self.state)}
        found = forms.EarlyForm.initial_of({**values, **({"expected_ready_on": known} if known else {})})
        unit = self.stay.unit
        found["phone"] = unit.phone if unit is not None and unit.phone else found["phone"]
        return found

    def _from_stay(self) -> dict[str, Any]:
        """Ward and writer, as they are now: the last version may name others."""
        found = ward_and_writer(self.stay, self.scope.user)
        return found if self.answers is None else {**found, "answers": request_of(self.answers)}

    def trial(self, values: Mapping[str, Any]) -> Trial:
        """What sending would give."""
        return try_information(self.stay, kind=self.kind, values=values, now=self.now, answers=self.answers)

    def send(self, values: Mapping[str, Any], user: User) -> Outcome:
        """Through the routine."""
        basis = self.last.pk if self.last is not None else None
        outcome = send_information(
            self.stay.pk, kind=self.kind, values=values, basis=basis, user=user, now=self.now, answers=self.answers,
            reason=self.reason,
        )  # fmt: skip
        if outcome.message is not None and self.answers is not None:
            answered(self.answers, user=user, now=self.now)
        return outcome

    def unchanged(self, values: Mapping[str, Any]) -> bool:
        """A change that changes nothing; the final notice may repeat the last version."""
        return (
            self.answers is None
            and self.kind == "change"
            and self.before is not None
            and not self.withdraws
            and not self.news(values)
        )

    def news(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What is new since the last version."""
        if self.before is None or self.withdraws:
            return ()
        return changes.changed(informing.MESSAGE_TYPE, self.before, values)
