"""Copy receivers of a message: as many as the writer chooses from the address book (message-header 5.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.organisations.models import Organisation
from samhandling.pages.texts import _
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import copy_book
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.rows import Rows

Receivers = Iterable[tuple[str, str]]

COPIES = Rows(
    name="copies",
    title=gettext_lazy("Kopi til"),
    one=gettext_lazy("Kopimottaker"),
    add=gettext_lazy("Legg til kopimottaker"),
    help=gettext_lazy("Får det samme som mottakeren, også vedlegg. Den som fikk kopi sist, får alltid endringen."),
    fields={"receiver": forms.ChoiceField(label=gettext_lazy("Kopi til"), required=False)},
)


class Copied(WritingForm):
    """A form that lets the writer choose copy receivers: it has `COPIES` among its parts."""

    def __init__(self, data: Any, *, copy_to: Receivers, **more: Any) -> None:
        """`copy_to`: HER-id and name of whoever may be chosen."""
        super().__init__(data, **more)
        choices = [("", gettext_lazy("Velg")), *copy_to]
        for name, part in self._of_parts.items():
            field = self.fields[name]
            if part is COPIES and isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Nobody is named twice."""
        cleaned = super().clean()
        seen = {cleaned.get("receiver")}
        for number in COPIES.written(self):
            name = f"{COPIES.name}-{number}-receiver"
            chosen = cleaned[name]
            if chosen in seen:
                self.add_error(name, _("Mottakeren er valgt allerede."))
            seen.add(chosen)
        return cleaned


def named(each: CommunicationParty) -> tuple[str, str]:
    """HER-id, and what the party is called in a list of many organisations."""
    return each.her_id, f"{each.organisation.name}: {each.name}"


def copy_to(message_type: str, own: Organisation, now: datetime) -> list[tuple[str, str]]:
    """Whoever may be sent a copy of such a message of ours."""
    return [named(each) for each in copy_book(message_type, own, oslo.day(now))]
