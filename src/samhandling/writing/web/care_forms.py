"""What the forms of care messages share: texts and parts as data, the telephone, changes and withdrawals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.writing.web.forms import PHONE_HELP, Text, WritingForm
from samhandling.writing.web.rows import filled


def phone_field(label: Any) -> forms.CharField:
    """The number that is answered (HITS 1174)."""
    return forms.CharField(
        label=label,
        help_text=PHONE_HELP,
        max_length=30,
        error_messages={"required": gettext_lazy("Skriv telefonnummeret som blir besvart.")},
    )


def change_field(help_text: Any) -> Text:
    """What a later version changes (HISD 1154)."""
    return Text(
        label=gettext_lazy("Hva er endret?"),
        help_text=help_text,
        rows=2,
        error_messages={"required": gettext_lazy("Skriv hva som er endret.")},
    )


class CareForm(WritingForm):
    """A form whose fields are named as the values of the message. A heading left empty is not sent."""

    PLACES: ClassVar[Mapping[str, str]] = {"unit": "phone", "responsible": "phone"}

    def __init__(self, data: Any, *, kept: Mapping[str, Any], **more: Any) -> None:
        """`kept`: values that the form does not ask for, with `unit` and `responsible`."""
        self.kept = dict(kept)
        super().__init__(data, **more)

    def asked(self) -> list[str]:
        """The fields that are values of the message as they stand."""
        return [name for name in self.fields if name not in self._of_parts and name != "phone"]

    def values(self) -> dict[str, Any]:
        """Data of the message type."""
        mine = {*self.asked(), *(part.name for part in self.PARTS)}
        found = {name: value for name, value in self.kept.items() if name not in mine}
        phone = self.cleaned_data["phone"]
        found["responsible"] = {**self.kept["responsible"], "phone": phone}
        if self.kept.get("unit", {}).get("name"):
            found["unit"] = {**self.kept["unit"], "phone": phone}
        return found | filled({name: self.cleaned_data[name] for name in self.asked()}) | self.values_of_parts()

    @classmethod
    def initial_of(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """How the form looks for values that are known: of the last version, of the stay, of the address book."""
        found = {name: values[name] for name in cls.base_fields if name in values}
        for part in cls.PARTS:
            found |= part.initial(values.get(part.name))
        found["phone"] = values.get("unit", {}).get("phone") or values.get("responsible", {}).get("phone", "")
        return found


class WithdrawForm(WritingForm):
    """A cancellation: all versions are withdrawn, and why."""

    cancel_reason = Text(
        label=gettext_lazy("Hvorfor trekkes meldingen tilbake?"),
        help_text=gettext_lazy("Mottakeren ser begrunnelsen."),
        rows=3,
        error_messages={"required": gettext_lazy("Skriv hvorfor meldingen trekkes tilbake.")},
    )
    REPEATED: ClassVar[tuple[str, ...]] = ("unit", "responsible", "expected_ready_on", "kind")
    """As little of the last version as the receiver needs to know it by."""

    def __init__(self, data: Any, *, kept: Mapping[str, Any], **more: Any) -> None:
        """`kept`: values of the version that is withdrawn."""
        self.kept = dict(kept)
        super().__init__(data, **more)

    def values(self) -> dict[str, Any]:
        """Data of a cancellation."""
        named = {name: self.kept[name] for name in self.REPEATED if name in self.kept}
        return {**named, "status": "C", "cancel_reason": self.cleaned_data["cancel_reason"]}
