"""Forms of Helseopplysninger: early, change and final notice, and their withdrawal (HIS 1144)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.pages.fields import DayField
from samhandling.pages.texts import _
from samhandling.writing.web.forms import PHONE_HELP, Text, WritingForm


class EarlyForm(WritingForm):
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
    critical = Text(
        label=gettext_lazy("Kritisk informasjon"),
        help_text=gettext_lazy("Én opplysning på hver linje, for eksempel: Penicillin: utslett."),
        rows=2,
        required=False,
    )
    kin_given_name = forms.CharField(label=gettext_lazy("Pårørende, fornavn"), max_length=60, required=False)
    kin_family_name = forms.CharField(label=gettext_lazy("Pårørende, etternavn"), max_length=60, required=False)
    kin_phone = forms.CharField(label=gettext_lazy("Pårørende, telefon"), max_length=30, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Avdelingens telefon"),
        help_text=PHONE_HELP,
        max_length=30,
        error_messages={"required": gettext_lazy("Skriv telefonnummeret som blir besvart.")},
    )

    PLACES: ClassVar[Mapping[str, str]] = {
        "unit": "phone",
        "responsible": "phone",
        "cautions": "critical",
        "next_of_kin": "kin_family_name",
        "next_of_kin[0].given_name": "kin_given_name",
        "next_of_kin[0].phone": "kin_phone",
    }

    def __init__(self, data: Any, *, kept: Mapping[str, Any], **more: Any) -> None:
        """`kept`: values that the form does not ask for."""
        self.kept = dict(kept)
        super().__init__(data, **more)

    def clean_expected_ready_on(self) -> Any:
        """A day that has gone cannot be expected."""
        day = self.cleaned_data["expected_ready_on"]
        if day is not None and day < self.today():
            raise forms.ValidationError(_("Datoen har vært. Skriv dagen pasienten ventes utskrivningsklar."))
        return day

    def values(self) -> dict[str, Any]:
        """Data of HELSEOPPL_SOKNAD."""
        given = self.cleaned_data
        unit = {**self.kept.get("unit", {}), "phone": given["phone"]}
        responsible = {**self.kept["responsible"], "phone": given["phone"]}
        found: dict[str, Any] = {
            **self.kept,
            "patient_status": given["patient_status"],
            "expected_course": given["expected_course"],
            "expected_ready_on": given["expected_ready_on"].isoformat(),
            "cautions": cautions(given["critical"]),
            "next_of_kin": self._kin(),
            "responsible": responsible,
        }
        return {**found, "unit": unit} if unit.get("name") else found

    def _kin(self) -> list[dict[str, str]]:
        given = self.cleaned_data
        kin = {name: given[f"kin_{name}"] for name in ("given_name", "family_name", "phone") if given[f"kin_{name}"]}
        return [kin] if kin else []


class ChangeForm(EarlyForm):
    """A later version: starts from the last one, and says what is changed."""

    change = Text(
        label=gettext_lazy("Hva er endret?"),
        help_text=gettext_lazy("Står øverst hos kommunen."),
        rows=2,
        error_messages={"required": gettext_lazy("Skriv hva som er endret.")},
    )
    field_order = ("change",)

    def values(self) -> dict[str, Any]:
        """As the early notice, with what is changed."""
        return {**super().values(), "change": self.cleaned_data["change"]}


class FinalForm(ChangeForm):
    """The final notice: what the municipality must know on the day."""

    def clean_expected_ready_on(self) -> Any:
        """The day may be today or have been: the patient may be ready already."""
        return self.cleaned_data["expected_ready_on"]


class FirstFinalForm(EarlyForm):
    """A final notice where no earlier one was sent."""

    clean_expected_ready_on = FinalForm.clean_expected_ready_on


class WithdrawForm(WritingForm):
    """A cancellation: all versions are withdrawn, and why."""

    cancel_reason = Text(
        label=gettext_lazy("Hvorfor trekkes meldingen tilbake?"),
        help_text=gettext_lazy("Kommunen ser begrunnelsen."),
        rows=3,
        error_messages={"required": gettext_lazy("Skriv hvorfor meldingen trekkes tilbake.")},
    )

    def __init__(self, data: Any, *, kept: Mapping[str, Any], **more: Any) -> None:
        """`kept`: values of the version that is withdrawn."""
        self.kept = dict(kept)
        super().__init__(data, **more)

    def values(self) -> dict[str, Any]:
        """As little of the last version as the receiver needs to know it by."""
        names = ("unit", "responsible", "expected_ready_on")
        named: dict[str, Any] = {name: self.kept[name] for name in names if name in self.kept}
        return {**named, "status": "C", "cancel_reason": self.cleaned_data["cancel_reason"]}


def cautions(text: str) -> list[dict[str, str]]:
    """Each line is a word, and after a colon what it means."""
    found = []
    for line in text.splitlines():
        word, _colon, more = (part.strip() for part in line.partition(":"))
        if word:
            found.append({"word": word[:250], "text": more})
    return found


def initial_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """How the form looks for values that were written before."""
    kin: Mapping[str, str] = next(iter(values.get("next_of_kin", ())), {})
    lines = [": ".join(p for p in (c.get("word", ""), c.get("text", "")) if p) for c in values.get("cautions", ())]
    return {
        "patient_status": values.get("patient_status", ""),
        "expected_course": values.get("expected_course", ""),
        "expected_ready_on": values.get("expected_ready_on"),
        "critical": "\n".join(lines),
        "kin_given_name": kin.get("given_name", ""),
        "kin_family_name": kin.get("family_name", ""),
        "kin_phone": kin.get("phone", ""),
        "phone": values.get("unit", {}).get("phone") or values.get("responsible", {}).get("phone", ""),
    }
