"""Forms of dialogue messages: request, answer, deviation, the municipality's answer to *utskrivningsklar*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.messages import codes
from samhandling.messages.compose.checking import allowed
from samhandling.pages.fields import DayField
from samhandling.pages.texts import _, language
from samhandling.writing.web.forms import PHONE_HELP, Text, WritingForm

CHOOSE = gettext_lazy("Velg et svar.")


class TalkForm(WritingForm):
    """What all have: the telephone of the writer."""

    phone = forms.CharField(
        label=gettext_lazy("Telefon"),
        help_text=PHONE_HELP,
        max_length=30,
        error_messages={"required": gettext_lazy("Skriv telefonnummeret som blir besvart.")},
    )
    PLACES: ClassVar[Mapping[str, str]] = {"responsible": "phone"}

    def __init__(self, data: Any, *, responsible: Mapping[str, str], **more: Any) -> None:
        """`responsible`: the writer, as the document names them."""
        self.responsible = dict(responsible)
        super().__init__(data, **more)

    def values(self) -> dict[str, Any]:
        """Who answers for it."""
        return {"responsible": {**self.responsible, "phone": self.cleaned_data["phone"]}}


class RequestForm(TalkForm):
    """Forespørsel: what is asked, of the list of the asking side (9152 municipality, 9154 hospital)."""

    request_type = forms.ChoiceField(
        label=gettext_lazy("Hva gjelder forespørselen?"), error_messages={"required": CHOOSE}
    )
    question = Text(label=gettext_lazy("Spørsmål"), rows=4, required=False)
    field_order: tuple[str, ...] = ("request_type", "question", "phone")

    def __init__(self, data: Any, *, asked_by: str, **more: Any) -> None:
        """`asked_by`: number of the code list."""
        self.asked_by = asked_by
        super().__init__(data, **more)
        field = self.fields["request_type"]
        assert isinstance(field, forms.ChoiceField)
        names = {code: codes.text(asked_by, code, language()) or name for code, name in allowed((asked_by,)).items()}
        field.choices = [("", _("Velg")), *names.items()]

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_FORESPORSEL."""
        given = self.cleaned_data
        asked = {"asked_by": self.asked_by, "request_type": given["request_type"], "question": given["question"]}
        return {**super().values(), **asked}


class AnswerForm(TalkForm):
    """Svar på forespørsel, with the request copied in."""

    text = Text(label=gettext_lazy("Svar"), rows=6, error_messages={"required": gettext_lazy("Skriv svaret.")})
    field_order = ("text", "phone")

    def __init__(self, data: Any, *, request: Mapping[str, str], **more: Any) -> None:
        """`request`: the request as it came."""
        self.request = dict(request)
        super().__init__(data, **more)

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_SVAR."""
        return {**super().values(), "request": self.request, "text": self.cleaned_data["text"]}


class DeviationForm(TalkForm):
    """Avviksmelding: for two reasons only."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Hva er feil med meldingen?"),
        choices=[
            ("wrong_receiver", gettext_lazy("Den er feilsendt eller har feil adressat")),
            ("technical", gettext_lazy("Teknisk feil: hele eller deler av innholdet kan ikke leses")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )
    text = Text(
        label=gettext_lazy("Forklaring"), rows=4, error_messages={"required": gettext_lazy("Skriv hva som er feil.")}
    )
    field_order = ("reason", "text", "phone")

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_AVVIK."""
        return {**super().values(), "reason": self.cleaned_data["reason"], "text": self.cleaned_data["text"]}


class PlaceForm(TalkForm):
    """The municipality's answer to *utskrivningsklar* (§ 11)."""

    reply = forms.ChoiceField(
        label=gettext_lazy("Kan kommunen ta imot pasienten?"),
        choices=[
            ("can", gettext_lazy("Ja, kan ta imot på meldt dato")),
            ("from", gettext_lazy("Kan ta imot fra en senere dato")),
            ("cannot", gettext_lazy("Kan ikke, og vet ennå ikke når")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )
    from_day = DayField(label=gettext_lazy("Kan ta imot fra"), required=False)
    text = Text(label=gettext_lazy("Melding til avdelingen"), rows=2, required=False)
    field_order = ("reply", "from_day", "text", "phone")
    PLACES: ClassVar[Mapping[str, str]] = {"responsible": "phone", "ready_reply": "reply"}

    def clean(self) -> dict[str, Any]:
        """The day belongs to one of the answers."""
        cleaned = super().clean() or {}
        if cleaned.get("reply") == "from" and "from_day" not in self.errors:
            day = cleaned.get("from_day")
            if day is None:
                self.add_error("from_day", _("Skriv datoen kommunen kan ta imot fra."))
            elif day < self.today():
                self.add_error("from_day", _("Datoen har vært."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Data of DIALOG_NOTAT."""
        given = self.cleaned_data
        day = given["from_day"] if given["reply"] == "from" else None
        found = {**super().values(), "ready_reply": given["reply"], "text": given["text"]}
        return {**found, "from_day": day.isoformat()} if day is not None else found
