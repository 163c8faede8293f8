"""Forms of Innleggelsesrapport (HIS 1143) and Utskrivningsrapport (HIS 1148), in the order in which a nurse thinks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.pages.fields import ClockField, DayField
from samhandling.writing.web import clinical, daily
from samhandling.writing.web.care_forms import CareForm, change_field, phone_field
from samhandling.writing.web.copying import COPIES, Copied
from samhandling.writing.web.forms import Text
from samhandling.writing.web.rows import code_field, line, tick

IMPORTANT = ("cautions", "allergies", "infections")


class AdmissionReportForm(Copied, CareForm):
    """What the municipality's nurse tells the hospital: why, what is dangerous, whom to call, the help of every day."""

    reason_for_admission = Text(
        label=gettext_lazy("Årsak til innleggelse"),
        help_text=gettext_lazy("Hva har skjedd, og hva er annerledes enn til vanlig?"),
        error_messages={"required": gettext_lazy("Skriv hvorfor pasienten legges inn.")},
    )
    phone = phone_field(gettext_lazy("Kontakttelefon"))
    lives_alone = tick(gettext_lazy("Bor alene"))
    nursing_summary = Text(
        label=gettext_lazy("Sykepleiesammenfatning"),
        help_text=gettext_lazy("Hvordan er pasienten til vanlig, og hva hjelper?"),
        required=False,
    )
    medicine_help = tick(gettext_lazy("Trenger hjelp med legemidler"))
    medicine_help_text = line(gettext_lazy("Om hjelp med legemidler"))
    glasses = code_field("9113", gettext_lazy("Briller"))
    hearing_aid = code_field("9114", gettext_lazy("Hjelpemiddel for hørsel"))
    pacemaker = tick(gettext_lazy("Pacemaker"))
    changed_function = Text(label=gettext_lazy("Endring i funksjonsnivå"), rows=2, required=False)
    language = code_field("3303", gettext_lazy("Språk, når det ikke er norsk"))
    practical = Text(
        label=gettext_lazy("Praktiske opplysninger"),
        help_text=gettext_lazy("Nøkkel, husdyr, hvem som er varslet."),
        rows=2,
        required=False,
    )
    other = Text(label=gettext_lazy("Annet"), rows=2, required=False)

    PARTS = (
        *clinical.CRITICAL,
        clinical.CONTACTS,
        clinical.NEXT_OF_KIN,
        clinical.CHILDREN,
        daily.SERVICES,
        daily.AIDS,
        clinical.MEDICINES,
        daily.GIVEN_TODAY,
        clinical.FUNCTIONAL_LEVEL,
        clinical.DIAGNOSES,
        daily.REPORTS,
        daily.INFORMATION,
        daily.RESERVATIONS,
        COPIES,
    )
    SECTIONS = (
        (gettext_lazy("Kritisk informasjon"), IMPORTANT),
        (gettext_lazy("Hvem sykehuset kan ringe"), ("phone", "contacts", "next_of_kin", "children", "lives_alone")),
        (gettext_lazy("Hjelpen pasienten har i dag"), ("services", "nursing_summary")),
        (gettext_lazy("Legemidler"), ("medicines", "given_today", "medicine_help", "medicine_help_text")),
        (
            gettext_lazy("Funksjon og hjelpemidler"),
            ("functional_level", "changed_function", "aids", "glasses", "hearing_aid", "pacemaker"),
        ),
        (
            gettext_lazy("Mer, hvis det er kjent"),
            ("diagnoses", "language", "practical", "other", "reports", "information", "reservations"),
        ),
        ("", ("copies",)),
    )


class AdmissionChangeForm(AdmissionReportForm):
    """A later version of the report: starts from the last one, and says what is changed."""

    change = change_field(gettext_lazy("Sykehuset ser det sammen med rapporten."))
    field_order = ("change",)


class DischargeReportForm(Copied, CareForm):
    """What follows the patient home: how it went, how it is now, what comes next."""

    problem = Text(
        label=gettext_lazy("Aktuell problemstilling"),
        help_text=gettext_lazy("Hvorfor pasienten var innlagt."),
        rows=3,
        error_messages={"required": gettext_lazy("Skriv hvorfor pasienten var innlagt.")},
    )
    course = Text(label=gettext_lazy("Forløp og behandling"), required=False)
    leaving = Text(label=gettext_lazy("Status ved utskrivning"), rows=3, required=False)
    discharged_day = DayField(label=gettext_lazy("Skrives ut"))
    discharged_clock = ClockField(label=gettext_lazy("Klokkeslett for utskriving"), required=False)
    admitted_from = line(gettext_lazy("Innlagt fra"))
    phone = phone_field(gettext_lazy("Avdelingens telefon"))
    plans = Text(
        label=gettext_lazy("Planer for videre oppfølging"),
        help_text=gettext_lazy("Hva kommunen må følge opp, og når."),
        rows=3,
        required=False,
    )
    told = Text(label=gettext_lazy("Informasjon til pasient/pårørende"), rows=2, required=False)
    nursing_summary = Text(label=gettext_lazy("Sykepleiesammenfatning"), rows=3, required=False)
    medicine_help = tick(gettext_lazy("Trenger hjelp med legemidler"))
    medicine_help_text = line(gettext_lazy("Om hjelp med legemidler"))
    practical = Text(label=gettext_lazy("Praktiske opplysninger"), rows=2, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Hva slags rapport?"),
        choices=[("discharge", gettext_lazy("Utskrivningsrapport")), ("birth", gettext_lazy("Fødselsepikrise"))],
        initial="discharge",
        required=False,
    )

    PARTS = (
        *clinical.CRITICAL,
        clinical.MEDICINES_OF_STAY,
        daily.GIVEN_TODAY,
        daily.HANDED_OUT,
        daily.SERVICE_NEEDS,
        daily.APPOINTMENTS,
        clinical.FUNCTIONAL_LEVEL,
        daily.AIDS,
        clinical.NEXT_OF_KIN,
        clinical.CHILDREN,
        clinical.CONTACTS,
        clinical.DIAGNOSES,
        daily.REPORTS,
        daily.INFORMATION,
        daily.RESERVATIONS,
        COPIES,
    )
    SECTIONS = (
        (gettext_lazy("Kritisk informasjon"), IMPORTANT),
        (gettext_lazy("Når pasienten kommer hjem"), ("plans", "service_needs", "appointments", "told")),
        (
            gettext_lazy("Legemidler"),
            ("medicines", "given_today", "handed_out", "medicine_help", "medicine_help_text"),
        ),
        (gettext_lazy("Funksjon og hjelpemidler"), ("functional_level", "nursing_summary", "aids", "practical")),
        (gettext_lazy("Hvem kommunen kan kontakte"), ("contacts", "next_of_kin", "children")),
        (
            gettext_lazy("Mer, hvis det er kjent"),
            ("diagnoses", "kind", "admitted_from", "reports", "information", "reservations"),
        ),
        ("", ("copies",)),
    )
    PLACES: ClassVar[Mapping[str, str]] = {**CareForm.PLACES, "discharged_at": "discharged_day"}
    WHEN = ("discharged_day", "discharged_clock")

    def asked(self) -> list[str]:
        """The day and the time of the discharge are one value."""
        return [name for name in super().asked() if name not in self.WHEN]

    def values(self) -> dict[str, Any]:
        """Data of UTSKRIVNINGSRAPPORT."""
        day, clock = (self.cleaned_data[name] for name in self.WHEN)
        at = day if clock is None else oslo.from_local(day, clock).instant
        return {**super().values(), "discharged_at": at.isoformat()}

    @classmethod
    def initial_of(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The time of the discharge stands in Norwegian; a day alone has none."""
        found, at = super().initial_of(values), str(values.get("discharged_at") or "")
        if "T" not in at:
            return {**found, "discharged_day": at}
        local = oslo.local(datetime.fromisoformat(at).astimezone(UTC))
        return {**found, "discharged_day": local.date(), "discharged_clock": local.time()}


class DischargeChangeForm(DischargeReportForm):
    """A later version of the report: starts from the last one, and says what is changed."""

    change = change_field(gettext_lazy("Kommunen ser det sammen med rapporten."))
    field_order = ("change",)
