"""Forms of messages that go to whoever the writer chooses: doctors, the municipality's services, dialogue partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.pages.fields import ClockField, DayField
from samhandling.pages.texts import _
from samhandling.writing.web import clinical, daily
from samhandling.writing.web.care_forms import CareForm, WithdrawForm, phone_field
from samhandling.writing.web.copying import COPIES, Copied, Receivers
from samhandling.writing.web.dialog_forms import CHOOSE, RequestForm, TalkForm
from samhandling.writing.web.forms import Text
from samhandling.writing.web.rows import code_field, line

SAID = (daily.INFORMATION, daily.RESERVATIONS)
"""What the patient and the family know, and what they have said."""


class Addressed(Copied):
    """A form with a receiver from the address book."""

    receiver = forms.ChoiceField(
        label=gettext_lazy("Til"), error_messages={"required": gettext_lazy("Velg hvem som skal ha meldingen.")}
    )

    def __init__(self, data: Any, *, receivers: Receivers, **more: Any) -> None:
        """`receivers`: HER-id and name; when there is one, it is chosen."""
        super().__init__(data, **more)
        known = list(receivers)
        field = self.fields["receiver"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = known if len(known) == 1 else [("", gettext_lazy("Velg")), *known]


class HealthDialogForm(Addressed, TalkForm):
    """Helsefaglig dialog (HIS 1077): the first message says whom at the receiver it is meant for."""

    subject = forms.CharField(
        label=gettext_lazy("Emne"), max_length=100, error_messages={"required": gettext_lazy("Skriv hva det gjelder.")}
    )
    text = Text(label=gettext_lazy("Melding"), rows=8, error_messages={"required": gettext_lazy("Skriv meldingen.")})
    profession = code_field(
        "9060", gettext_lazy("Hvem hos mottakeren bør lese den?"), only=("LE", "SP", "HP", "FT", "ET", "VP", "XX")
    )
    contact = line(gettext_lazy("Etternavnet, hvis du vet det"), 60)
    field_order = ("receiver", "subject", "text", "profession", "contact", "phone")
    PARTS = (COPIES,)
    PLACES: ClassVar[Mapping[str, str]] = {"responsible": "phone", "contact_at_receiver": "profession"}

    def __init__(self, data: Any, *, begins: bool, **more: Any) -> None:
        """`begins`: it answers nothing."""
        super().__init__(data, **more)
        if begins:
            self.fields["profession"].required = True
            self.fields["profession"].error_messages["required"] = str(CHOOSE)
        else:
            del self.fields["profession"], self.fields["contact"]

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_HELSEFAGLIG."""
        given = self.cleaned_data
        asked = {name: given[name] for name in ("receiver", "subject", "text")}
        found = {**super().values(), **asked, **self.values_of_parts()}
        if "profession" in given:
            wanted = {"profession": given["profession"], "family_name": given["contact"]}
            found["contact_at_receiver"] = {name: value for name, value in wanted.items() if value}
        return found


class NoteForm(Addressed, TalkForm):
    """Notat, with a theme of list 7321."""

    theme = code_field("7321", gettext_lazy("Tema"), only=("1", "4", "6", "3"))
    text = Text(label=gettext_lazy("Tekst"), rows=8, error_messages={"required": gettext_lazy("Skriv meldingen.")})
    field_order = ("receiver", "theme", "text", "phone")
    PARTS = (COPIES,)

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["theme"].required = True
        self.fields["theme"].error_messages["required"] = str(CHOOSE)

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_NOTAT."""
        asked = {name: self.cleaned_data[name] for name in ("receiver", "theme", "text")}
        return {**super().values(), **asked, **self.values_of_parts()}


class AskForm(Addressed, RequestForm):
    """A request to whoever is chosen, from the list of the asking side."""

    field_order = ("receiver", "request_type", "question", "phone")

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_FORESPORSEL."""
        return {**super().values(), "receiver": self.cleaned_data["receiver"]}


def _kind(label: Any, *choices: tuple[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": CHOOSE}
    )


def lines_of(text: str) -> list[str]:
    """Each line that says something."""
    return [" ".join(each.split()) for each in text.splitlines() if each.strip()]


class LetterForm(Addressed, CareForm):
    """A care message with a receiver."""

    CARRIED: ClassVar[tuple[str, ...]] = ()
    """What a new message starts with from the last one: what stands until somebody says otherwise."""


class DoctorForm(LetterForm):
    """Helseopplysninger til lege (HIS 1145)."""

    kind = _kind(
        gettext_lazy("Hva slags melding?"),
        ("status", gettext_lazy("Statusrapport")),
        ("assessment", gettext_lazy("Ønske om legevurdering")),
    )
    problem = Text(
        label=gettext_lazy("Aktuell problemstilling"),
        help_text=gettext_lazy("Hva det gjelder, og hvorfor dere skriver."),
        rows=5,
        error_messages={"required": gettext_lazy("Skriv hva det gjelder.")},
    )
    measures_taken = Text(
        label=gettext_lazy("Iverksatte tiltak"),
        help_text=gettext_lazy("Ett tiltak på hver linje."),
        rows=3,
        required=False,
    )
    nursing_summary = Text(label=gettext_lazy("Sykepleiesammenfatning"), rows=3, required=False)
    phone = phone_field(gettext_lazy("Telefon"))
    field_order = ("receiver", "kind", "problem", "measures_taken", "phone")
    PARTS = (*clinical.CRITICAL, clinical.MEDICINES, clinical.DIAGNOSES, clinical.FUNCTIONAL_LEVEL, *SAID, COPIES)
    SECTIONS = (
        (gettext_lazy("Kritisk informasjon"), ("cautions", "allergies", "infections")),
        (gettext_lazy("Legemidler"), ("medicines",)),
        (
            gettext_lazy("Mer, hvis det er kjent"),
            ("diagnoses", "functional_level", "nursing_summary", "information", "reservations"),
        ),
        ("", ("copies",)),
    )
    CARRIED = ("cautions", "allergies", "infections", "medicines", "diagnoses")

    def values(self) -> dict[str, Any]:
        """Data of HELSEOPPLYSNINGER_LEGE."""
        return {**super().values(), "measures_taken": lines_of(self.cleaned_data["measures_taken"])}


SERVICES = replace(
    daily.SERVICES,
    title=gettext_lazy("Tjenester"),
    help=gettext_lazy("Alle tjenester pasienten har nå. Velg tjenesten, eller skriv hva den heter hos dere."),
    fields={
        **daily.SERVICES.fields,
        "from_day": DayField(label=gettext_lazy("Fra dato"), required=False),
        "to_day": DayField(label=gettext_lazy("Til dato"), required=False),
    },
    ask={
        "provider": gettext_lazy("Skriv hvem som leverer tjenesten."),
        "from_day": gettext_lazy("Skriv når tjenesten begynte."),
    },
)


class ServicesForm(LetterForm):
    """Orientering om tjenestetilbud (HIS 1146): always all services."""

    phone = phone_field(gettext_lazy("Telefon"))
    field_order = ("receiver",)
    PLACES: ClassVar[Mapping[str, str]] = {**CareForm.PLACES, "services": "receiver"}
    PARTS = (SERVICES, COPIES)
    SECTIONS = (("", ("services",)), ("", ("phone", "copies")))
    CARRIED = ("services",)


class MedicalForm(LetterForm):
    """Medisinske opplysninger (HIS 1147)."""

    kind = _kind(
        gettext_lazy("Hva slags melding?"),
        ("consultation", gettext_lazy("Rapport etter konsultasjon")),
        ("application", gettext_lazy("Opplysninger til søknad om tjenester")),
    )
    problem = Text(
        label=gettext_lazy("Aktuelle problemstillinger"),
        rows=5,
        error_messages={"required": gettext_lazy("Skriv hva det gjelder.")},
    )
    findings = Text(label=gettext_lazy("Funn og undersøkelsesresultat"), rows=3, required=False)
    assessment = Text(label=gettext_lazy("Vurdering av behov for tjenester"), rows=3, required=False)
    practical = Text(label=gettext_lazy("Praktiske opplysninger"), rows=2, required=False)
    phone = phone_field(gettext_lazy("Telefon"))
    field_order = ("receiver", "kind", "problem", "findings", "assessment", "phone")
    PARTS = (
        *clinical.CRITICAL,
        clinical.MEDICINES,
        clinical.DIAGNOSES,
        clinical.NEXT_OF_KIN,
        daily.SERVICE_NEEDS,
        clinical.FUNCTIONAL_LEVEL,
        *SAID,
        COPIES,
    )
    SECTIONS = (
        (gettext_lazy("Diagnoser og legemidler"), ("diagnoses", "medicines")),
        (gettext_lazy("Kritisk informasjon"), ("cautions", "allergies", "infections")),
        (
            gettext_lazy("Mer, hvis det er kjent"),
            ("next_of_kin", "service_needs", "functional_level", "practical", "information", "reservations"),
        ),
        ("", ("copies",)),
    )
    CARRIED = (*DoctorForm.CARRIED, "next_of_kin")

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        if "answers" in self.kept:
            # The answer to a request is of no other kind.
            del self.fields["kind"]

    def values(self) -> dict[str, Any]:
        """Data of MEDISINSKE_OPPLYSNINGER."""
        return {**super().values(), **({"kind": "answer"} if "answers" in self.kept else {})}


class DeathForm(LetterForm):
    """Orientering om dødsfall (HIS 1149), between the doctor and the municipality's nurses: nothing of health."""

    died_day = DayField(label=gettext_lazy("Dødsdato"))
    died_clock = ClockField(label=gettext_lazy("Klokkeslett, når det er kjent"), required=False)
    phone = phone_field(gettext_lazy("Telefon"))
    field_order = ("receiver", "died_day", "died_clock", "phone")
    PLACES: ClassVar[Mapping[str, str]] = {**CareForm.PLACES, "died_at": "died_day"}
    WHEN = ("died_day", "died_clock")

    def clean(self) -> dict[str, Any]:
        """Nobody dies tomorrow."""
        cleaned = super().clean()
        day = cleaned.get("died_day")
        if day is not None and day > self.today():
            self.add_error("died_day", _("Datoen har ikke vært ennå."))
        return cleaned

    def asked(self) -> list[str]:
        """Day and time are one value."""
        return [name for name in super().asked() if name not in self.WHEN]

    def values(self) -> dict[str, Any]:
        """Data of LOG_DOD."""
        day, clock = (self.cleaned_data[name] for name in self.WHEN)
        at = day if clock is None else oslo.from_local(day, clock).instant
        return {**super().values(), "died_at": at.isoformat()}


class WithdrawLetterForm(WithdrawForm):
    """The withdrawal of one of these: to whoever got it."""

    REPEATED: ClassVar[tuple[str, ...]] = ("unit", "responsible", "kind", "services", "died_at", "receiver")
