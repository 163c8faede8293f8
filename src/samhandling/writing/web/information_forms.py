"""Forms of Helseopplysninger: early, change and final notice (HIS 1144)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.pages.fields import DayField
from samhandling.pages.texts import _
from samhandling.writing.web import clinical, daily
from samhandling.writing.web.care_forms import CareForm, change_field, phone_field
from samhandling.writing.web.copying import COPIES, Copied
from samhandling.writing.web.forms import Text


class EarlyForm(Copied, CareForm):
    """The early notice, in the order a nurse thinks. A heading left empty is not sent."""

    patient_status = Text(
        label=gettext_lazy("Pasientens status"),
        help_text=gettext_lazy("Hvorfor er pasienten innlagt, og hvordan står det til?"),
        rows=5,
        error_messages={"required": gettext_lazy("Skriv pasientens status.")},
    )
    expected_course = Text(
        label=gettext_lazy("Antatt forløp"),
        help_text=gettext_lazy("Behandling, og hva pasienten trolig trenger hjelp til etter utskriving."),
        rows=5,
        error_messages={"required": gettext_lazy("Skriv antatt forløp.")},
    )
    expected_ready_on = DayField(label=gettext_lazy("Forventet utskrivningsklar"))
    phone = phone_field(gettext_lazy("Avdelingens telefon"))
    nursing_summary = Text(
        label=gettext_lazy("Sykepleiesammenfatning"),
        rows=3,
        required=False,
    )
    practical = Text(label=gettext_lazy("Praktiske opplysninger"), rows=2, required=False)

    PARTS = (
        *clinical.CRITICAL,
        clinical.NEXT_OF_KIN,
        clinical.CHILDREN,
        clinical.CONTACTS,
        daily.SERVICE_NEEDS,
        clinical.DIAGNOSES,
        clinical.FUNCTIONAL_LEVEL,
        daily.INFORMATION,
        COPIES,
    )
    SECTIONS = (
        (gettext_lazy("Kritisk informasjon"), ("cautions", "allergies", "infections")),
        (gettext_lazy("Hvem kommunen kan kontakte"), ("next_of_kin", "children", "contacts")),
        (
            gettext_lazy("Mer, hvis det er kjent"),
            ("service_needs", "diagnoses", "functional_level", "nursing_summary", "practical", "information"),
        ),
        ("", ("copies",)),
    )

    def clean_expected_ready_on(self) -> Any:
        """A day that has gone cannot be expected."""
        day = self.cleaned_data["expected_ready_on"]
        if day is not None and day < self.today():
            raise forms.ValidationError(_("Datoen har vært. Skriv dagen pasienten ventes utskrivningsklar."))
        return day


class ChangeForm(EarlyForm):
    """A later version: starts from the last one, and says what is changed."""

    change = change_field(gettext_lazy("Står øverst hos kommunen."))
    field_order = ("change",)


class FinalForm(ChangeForm):
    """The final notice: what the municipality must know on the day."""

    def clean_expected_ready_on(self) -> Any:
        """The day may be today or have been: the patient may be ready already."""
        return self.cleaned_data["expected_ready_on"]


class FirstFinalForm(EarlyForm):
    """A final notice where no earlier one was sent."""

    clean_expected_ready_on = FinalForm.clean_expected_ready_on
