"""Innleggelsesrapport of a course and Utskrivningsrapport of a stay as pieces: new, changed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from samhandling.access.models import User
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.services import Outcome, Trial
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import by_her_id, municipality
from samhandling.pages.texts import N_, _, moment
from samhandling.patients.models import Patient
from samhandling.registry.services import addressee_for, staffed_phone
from samhandling.stays import informing, reporting
from samhandling.stays.dialogs import answered
from samhandling.stays.models import Course, Stay
from samhandling.stays.reporting import ADMISSION_REPORT, Report
from samhandling.stays.services import send_report, try_report
from samhandling.stays.work import load_state
from samhandling.writing import changes, drafts
from samhandling.writing.drafts import Place
from samhandling.writing.web import known
from samhandling.writing.web.care_forms import CareForm, WithdrawForm
from samhandling.writing.web.copying import copy_to
from samhandling.writing.web.dialog import request_of
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.pieces import Piece
from samhandling.writing.web.report_forms import (
    AdmissionChangeForm,
    AdmissionReportForm,
    DischargeChangeForm,
    DischargeReportForm,
)

OF_COURSE = ("innleggelsesrapport", "innleggelsesrapport-endring", "innleggelsesrapport-trekk-tilbake")
OF_STAY = ("utskrivningsrapport", "utskrivningsrapport-endring", "utskrivningsrapport-trekk-tilbake")
WORDS: Mapping[str, tuple[str, str, str]] = {
    "innleggelsesrapport": (
        N_("Innleggelsesrapport"),
        N_("Send innleggelsesrapporten"),
        N_("Innleggelsesrapporten er sendt, venter på bekreftelse."),
    ),
    "innleggelsesrapport-endring": (
        N_("Endre innleggelsesrapporten"),
        N_("Send endringen"),
        N_("Endringen er sendt, venter på bekreftelse."),
    ),
    "innleggelsesrapport-trekk-tilbake": (
        N_("Trekk tilbake innleggelsesrapporten"),
        N_("Trekk tilbake og si fra"),
        N_("Innleggelsesrapporten er trukket tilbake. Ring sykehuset og si fra."),
    ),
    "utskrivningsrapport": (
        N_("Utskrivningsrapport"),
        N_("Send utskrivningsrapporten"),
        N_("Utskrivningsrapporten er sendt, venter på bekreftelse."),
    ),
    "utskrivningsrapport-endring": (
        N_("Endre utskrivningsrapporten"),
        N_("Send endringen"),
        N_("Endringen er sendt, venter på bekreftelse."),
    ),
    "utskrivningsrapport-trekk-tilbake": (
        N_("Trekk tilbake utskrivningsrapporten"),
        N_("Trekk tilbake og si fra"),
        N_("Utskrivningsrapporten er trukket tilbake. Ring kommunen og si fra."),
    ),
}
"""Title, button, and what is said when it is sent."""
LASTING = ("cautions", "allergies", "contacts", "next_of_kin", "children", "services", "aids", "glasses",
           "hearing_aid", "pacemaker", "lives_alone", "language")  # fmt: skip
"""What an earlier admission told and still holds as a rule. Medicines and function are asked for anew each time."""
FROM_INFORMATION = ("cautions", "allergies", "infections", "diagnoses", "next_of_kin", "children", "contacts",
                    "functional_level", "service_needs", "nursing_summary", "practical")  # fmt: skip
"""What the last Helseopplysning of the stay told."""


class ReportPiece(Piece):
    """What the two reports have in common."""

    report: Report
    first_form: type[AdmissionReportForm | DischargeReportForm]
    change_form: type[AdmissionReportForm | DischargeReportForm]

    def __init__(self, scope: Scope, report: Report, what: str, back: str, now: datetime) -> None:
        super().__init__(scope, now)
        self.report, self.what, self.back = report, what, back
        self.last = reporting.last_report(report)
        self.before = drafts.values_of(self.last) if self.last is not None else None
        self.changes, self.withdraws = what.endswith("-endring"), what.endswith("-trekk-tilbake")
        self.title, self.button, self.done = (_(text) for text in WORDS[what])
        self.takes_files = not self.withdraws
        home = report.home
        where = home.subject
        if report.answers is not None:
            self.back = reverse("exchange:message", args=[report.answers.pk])
            where = f"message:{report.answers.pk}"
        self.place = Place(
            organisation=home.organisation,
            key=f"{where}:{what}",
            message_type=report.message_type,
            kind=reporting.KIND,
            subject=home.subject,
            patient=home.patient,
            about=self.last,
            continues=None if self.withdraws else self.last,
        )

    @property
    def patient(self) -> Patient | None:
        """Whom it is about."""
        return self.report.home.patient

    def refusal(self) -> str:
        """What the routine says of it now (2.4)."""
        answer = reporting.allowed(self.report, now=self.now, change=self.changes, withdraw=self.withdraws)
        return "" if answer.allowed else _(reporting.REASONS.get(answer.reason, reporting.REASONS["state"]))

    def form(self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None) -> WritingForm:
        """The last version, or what is known."""
        given = self.before or {}
        unasked = {name: given[name] for name in given if name not in changes.ABOUT_THE_VERSION} | self._unasked()
        if self.report.answers is not None:
            unasked["answers"] = request_of(self.report.answers)
        if self.withdraws:
            return WithdrawForm(data, initial=kept or {}, kept=unasked, now=self.now)
        cls = self.first_form if self.last is None else self.change_form
        to = copy_to(self.report.message_type, self.report.home.organisation, self.now)
        return cls(data, initial=kept or self._initial(cls, unasked), kept=unasked, copy_to=to, now=self.now)

    def _initial(self, cls: type[CareForm], unasked: Mapping[str, Any]) -> dict[str, Any]:
        now = {"unit": unasked.get("unit", {}), "responsible": unasked["responsible"]}
        return cls.initial_of({**(self.before if self.before is not None else self._known()), **now})

    def _unasked(self) -> dict[str, Any]:
        """Who answers, and what the form does not ask for."""
        raise AssertionError("each report says its own")

    def _known(self) -> dict[str, Any]:
        """What a first version starts with."""
        raise AssertionError("each report says its own")

    def trial(self, values: Mapping[str, Any]) -> Trial:
        """What sending would give."""
        return try_report(self.report, values, now=self.now)

    def send(self, values: Mapping[str, Any], user: User) -> Outcome:
        """Through the routine."""
        basis = self.last.pk if self.last is not None else None
        outcome = send_report(self.report, values, basis=basis, user=user, now=self.now)
        if outcome.message is not None and self.report.answers is not None:
            answered(self.report.answers, user=user, now=self.now)
        return outcome

    def unchanged(self, values: Mapping[str, Any]) -> bool:
        """A change that changes nothing."""
        answers = self.report.answers is not None
        return not answers and self.changes and self.before is not None and not self.news(values)

    def news(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What is new since the last version."""
        if self.before is None or self.withdraws:
            return ()
        return changes.changed(self.report.message_type, self.before, values)


class AdmissionReport(ReportPiece):
    """Innleggelsesrapport: the municipality's nurse tells the hospital."""

    first_form, change_form = AdmissionReportForm, AdmissionChangeForm

    def __init__(
        self, scope: Scope, course: Course, what: str, now: datetime, *, answers: Message | None = None
    ) -> None:
        report = Report(course=course, answers=answers)
        super().__init__(scope, report, what, reverse("stays:course", args=[course.pk]), now)
        self.course = course
        due = reporting.report_due(course, now)
        if due is not None and self.last is None:
            self.lead = _("Sykehuset skal ha rapporten så snart som mulig, og senest %(when)s.") % {
                "when": moment(due, now)
            }

    @property
    def counterpart(self) -> Organisation | None:
        """The hospital."""
        return by_her_id(self.course.hospital_her)

    def _unasked(self) -> dict[str, Any]:
        own, phone = self.course.organisation, staffed_phone(self.course.organisation, self.now)
        nurses = addressee_for("LOG_INNLAGT", own, "SOMATIC", oslo.day(self.now))
        unit = nurses.unit if nurses is not None else None
        number = unit.phone if unit is not None and unit.phone else phone.phone if phone is not None else ""
        found = {"responsible": known.writer(self.scope.user, number)}
        if nurses is None:
            return found
        return {**found, "unit": {"name": nurses.name, "identifier": nurses.her_id, "identifier_kind": "HER",
                                  "phone": number}}  # fmt: skip

    def _known(self) -> dict[str, Any]:
        """What the last report about the patient told that lasts."""
        earlier = (
            Message.objects.filter(
                organisation=self.course.organisation, patient=self.course.patient, direction=Direction.OUT,
                type=ADMISSION_REPORT, cancelled_by=None,
            )
            .exclude(status="C")
            .order_by("pk")
            .last()
        )  # fmt: skip
        told = drafts.values_of(earlier) if earlier is not None and self.course.patient is not None else None
        return {name: told[name] for name in LASTING if name in told} if told is not None else {}


class DischargeReport(ReportPiece):
    """Utskrivningsrapport: the ward tells those who take over."""

    first_form, change_form = DischargeReportForm, DischargeChangeForm

    def __init__(self, scope: Scope, stay: Stay, what: str, now: datetime) -> None:
        super().__init__(scope, Report(stay=stay), what, reverse("stays:stay", args=[stay.pk]), now)
        self.stay, self.state = stay, load_state(stay)

    @property
    def counterpart(self) -> Organisation | None:
        """The patient's municipality today."""
        number = self.state.municipality
        return municipality(number, oslo.day(self.now)) if number else None

    def _unasked(self) -> dict[str, Any]:
        admitted = self.state.admitted_at or self.stay.admitted_at
        return {**known.ward_and_writer(self.stay, self.scope.user), "admitted_at": admitted.isoformat()}

    def _known(self) -> dict[str, Any]:
        """When the patient leaves, and what the municipality was told last."""
        at = self.state.discharged_at or self.state.planned_discharge
        found: dict[str, Any] = {"contacts": known.attending_contact(self.state)}
        last = informing.last_version(self.stay)
        told = drafts.values_of(last) if last is not None else None
        found |= {name: told[name] for name in FROM_INFORMATION if name in told} if told is not None else {}
        return {**found, "discharged_at": at.isoformat() if at is not None else oslo.day(self.now).isoformat()}
