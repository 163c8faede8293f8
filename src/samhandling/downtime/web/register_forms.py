"""What people fill in about contacts, groups, their members and documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy

from samhandling.downtime import registers
from samhandling.downtime.rules.number_filter import suspects
from samhandling.organisations.models import Organisation
from samhandling.pages.fields import DayField
from samhandling.pages.texts import _
from samhandling.registry.models import ContactGroup, ContactGroupMember, ContactPoint, Language, RoutineDocument
from samhandling.registry.rules import HoursError, mobile_number, parse_hours

DIGITS = frozenset("+0123456789 ")


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Språk i varslene"), choices=Language.choices, initial=Language.NB.value, required=False
    )


class RegisterForm(forms.Form):
    """What every row has: from when to when it holds."""

    valid_from = DayField(label=gettext_lazy("Gjelder fra"))
    valid_to = DayField(
        label=gettext_lazy("Gjelder til og med"), required=False, help_text=gettext_lazy("Tomt betyr til det endres.")
    )

    model: type[Model]
    texts: tuple[str, ...] = ()
    """Fields with words, in which no person number may stand."""

    def __init__(self, data: Any, *, row: Model | None, day: date) -> None:
        self.row = row
        names = [name for name in self.base_fields if name != "whose"]
        initial = {name: getattr(row, name) for name in names} if row is not None else {"valid_from": day}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """The end follows the start; nothing looks like a person number."""
        found = super().clean() or {}
        start, end = found.get("valid_from"), found.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("Den siste dagen må komme etter den første."))
        for name in self.texts:
            if suspects(str(found.get(name) or "")):
                self.add_error(name, _("Her står noe som ligner et fødselsnummer. Registeret skal ikke ha det."))
        if "language" in self.fields:
            found["language"] = found.get("language") or Language.NB.value
        return found

    def save(self, **more: Any) -> Model:
        """Write the row; `more` is what a new one needs besides."""
        row = self.row if self.row is not None else self.model(**more)
        for name, value in self.cleaned_data.items():
            if name != "whose":
                setattr(row, name, value)
        row.save()
        return row


class ContactForm(RegisterForm):
    """A telephone or mailbox of an organisation."""

    whose = forms.ChoiceField(label=gettext_lazy("Hvem gjelder det?"))
    kind = forms.ChoiceField(label=gettext_lazy("Hva er det til?"))
    name = forms.CharField(label=gettext_lazy("Navn eller rolle"), required=False, max_length=200)
    phone = forms.CharField(label=gettext_lazy("Telefon"), required=False, max_length=30)
    email = forms.EmailField(label=gettext_lazy("E-post"), required=False)
    hours = forms.CharField(
        label=gettext_lazy("Når er den betjent?"), required=False, max_length=200,
        help_text=gettext_lazy("Slik: workdays 08:00-15:30; sat 10:00-14:00. Tomt betyr hele døgnet."),
    )  # fmt: skip
    language = _language()
    field_order = ("whose", "kind", "name", "phone", "email", "hours", "language", "valid_from", "valid_to")
    model = ContactPoint
    texts = ("name", "hours")

    def __init__(self, data: Any, *, row: Model | None, day: date, whose: Sequence[Organisation] = ()) -> None:
        super().__init__(data, row=row, day=day)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(kind, _(label)) for kind, label in registers.KINDS]
        if row is not None:
            del self.fields["whose"]
        else:
            field = self.fields["whose"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(each.pk, each.name) for each in whose]

    def clean(self) -> dict[str, Any]:
        """One of telephone and mailbox, and hours that the node can read."""
        found = super().clean()
        phone = found.get("phone") or ""
        if not phone and not found.get("email"):
            self.add_error("phone", _("Skriv telefon eller e-post."))
        if phone and (set(phone) - DIGITS or sum(each.isdigit() for each in phone) < 3):
            self.add_error("phone", _("Et telefonnummer har bare siffer, mellomrom og + foran."))
        try:
            parse_hours(found.get("hours") or "")
        except HoursError:
            self.add_error("hours", _("Tiden kan ikke leses. Skriv for eksempel workdays 08:00-15:30."))
        return found


class GroupForm(RegisterForm):
    """A group that is told of outages."""

    name = forms.CharField(label=gettext_lazy("Gruppens navn"), max_length=100)
    email = forms.EmailField(
        label=gettext_lazy("Gruppens adresse"), required=False,
        help_text=gettext_lazy("Tomt betyr at hvert medlem får sin egen e-post."),
    )  # fmt: skip
    language = _language()
    field_order = ("name", "email", "language", "valid_from", "valid_to")
    model = ContactGroup
    texts = ("name",)


class MemberForm(RegisterForm):
    """Somebody in a group: role first."""

    role = forms.CharField(label=gettext_lazy("Rolle"), max_length=100)
    name = forms.CharField(label=gettext_lazy("Navn"), required=False, max_length=100)
    email = forms.EmailField(label=gettext_lazy("E-post"), required=False)
    mobile = forms.CharField(label=gettext_lazy("Mobiltelefon"), required=False, max_length=30)
    sms = forms.BooleanField(label=gettext_lazy("Ønsker varsel på SMS"), required=False)
    field_order = ("role", "name", "email", "mobile", "sms", "valid_from", "valid_to")
    model = ContactGroupMember
    texts = ("role", "name")

    def clean(self) -> dict[str, Any]:
        """Whoever wishes text messages has a number that they can be sent to."""
        found = super().clean()
        mobile = found.get("mobile") or ""
        if (mobile or found.get("sms")) and mobile_number(mobile) is None:
            self.add_error("mobile", _("Skriv et mobilnummer med åtte siffer, eller med + og landkode."))
        return found


class DocumentForm(RegisterForm):
    """A document of the routine."""

    code = forms.CharField(label=gettext_lazy("Kode"), max_length=40)
    title = forms.CharField(label=gettext_lazy("Tittel"), max_length=200)
    version = forms.CharField(label=gettext_lazy("Versjon"), required=False, max_length=20)
    url = forms.URLField(
        label=gettext_lazy("Lenke"), required=False, assume_scheme="https", max_length=200,
        help_text=gettext_lazy("Lenken står i varslene. Den må kunne åpnes av dem som får dem."),
    )  # fmt: skip
    field_order = ("code", "title", "version", "url", "valid_from", "valid_to")
    model = RoutineDocument
    texts = ("code", "title", "version", "url")

    def clean_url(self) -> str:
        """A web address and nothing else."""
        url: str = self.cleaned_data["url"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Lenken må begynne med https://."))
        return url


FORMS: dict[str, type[RegisterForm]] = {
    "kontakt": ContactForm, "gruppe": GroupForm, "medlem": MemberForm, "dokument": DocumentForm,
}  # fmt: skip
