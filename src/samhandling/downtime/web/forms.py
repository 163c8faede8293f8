"""What people fill in about an outage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.clock import oslo
from samhandling.downtime.models import Outage
from samhandling.downtime.services import Report
from samhandling.organisations.models import Organisation
from samhandling.pages.fields import ClockField, DayField
from samhandling.pages.texts import _
from samhandling.registry.services import agreements_on

FAMILIES = (
    ("plo", gettext_lazy("Pleie- og omsorgsmeldinger")),
    ("dialogmelding", gettext_lazy("Dialogmeldinger")),
    ("epikrise", gettext_lazy("Epikriser")),
    ("henvisning", gettext_lazy("Henvisninger")),
    ("svarrapport", gettext_lazy("Svarrapporter")),
)
AFFECTS = (
    ("exchange", gettext_lazy("Meldinger kan ikke sendes eller mottas")),
    ("access", gettext_lazy("Mottatte meldinger kan ikke leses")),
    ("both", gettext_lazy("Begge deler")),
)


class OutageForm(forms.Form):
    """What is the same for planned and acute outages. `now` is aware UTC."""

    municipalities = forms.MultipleChoiceField(
        label=gettext_lazy("Hvilke kommuner gjelder det?"),
        required=False,
        help_text=gettext_lazy("Ingen valgt betyr alle kommunene vi har avtale med."),
        widget=forms.CheckboxSelectMultiple,
    )
    affects = forms.ChoiceField(
        label=gettext_lazy("Hva virker ikke?"), choices=AFFECTS, initial="exchange", widget=forms.RadioSelect
    )
    families = forms.MultipleChoiceField(
        label=gettext_lazy("Hvilke meldinger gjelder det?"),
        choices=FAMILIES,
        initial=["plo", "dialogmelding"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Velg minst en slags melding.")},
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Hvor er feilen?"),
        choices=[
            ("own", gettext_lazy("Hos oss eller i nettet imellom")),
            ("counterpart", gettext_lazy("Hos kommunen")),
        ],
        initial="own",
        widget=forms.RadioSelect,
    )
    copies = forms.BooleanField(
        label=gettext_lazy("Send kopi av varslene til kommunene det gjelder"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Gjelder når feilen er hos oss. Er feilen hos kommunen, sendes ingen kopi dit."),
    )
    cause = forms.CharField(
        label=gettext_lazy("Hvorfor?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Kort, slik alle kan lese det. Ingen opplysninger om pasienter."),
    )
    reported_by = forms.CharField(label=gettext_lazy("Hvem meldte fra, og hvordan?"), required=False, max_length=200)

    def __init__(self, data: Any, *, organisation: Organisation, now: datetime, **more: Any) -> None:
        self.organisation, self.now = organisation, now
        super().__init__(data, **more)
        field = self.fields["municipalities"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (row.municipality.municipality_number, row.municipality.name) for row in agreements_on(organisation, now)
        ]

    def _instant(self, day: str, clock: str) -> datetime | None:
        on, at = self.cleaned_data.get(day), self.cleaned_data.get(clock)
        return oslo.from_local(on, at).instant if on and at else None

    def _report(self, kind: str, start: datetime, end: datetime | None, next_update: datetime | None) -> Report:
        found = self.cleaned_data
        return Report(
            kind=kind, start=start, end=end, known_at=self.now, affects=found["affects"],
            families=tuple(found["families"]), municipalities=tuple(found["municipalities"]),
            own_side=found["side"] == "own", copies=found["copies"], cause=found["cause"].strip(),
            next_update=next_update, reported_by=found["reported_by"].strip(), channel="page",
        )  # fmt: skip


class PlannedForm(OutageForm):
    """A planned outage: both ends are known."""

    start_day = DayField(label=gettext_lazy("Starter, dato"))
    start_time = ClockField(label=gettext_lazy("Starter, klokken"))
    end_day = DayField(label=gettext_lazy("Anslått ferdig, dato"), required=False,
                       help_text=gettext_lazy("Tomt betyr samme dag."))  # fmt: skip
    end_time = ClockField(label=gettext_lazy("Anslått ferdig, klokken"))

    field_order = ("start_day", "start_time", "end_day", "end_time", "municipalities", "affects", "families", "side",
                   "copies", "cause", "reported_by")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The end follows the start, and the start lies ahead."""
        found = super().clean() or {}
        if found.get("start_day") and not found.get("end_day"):
            found["end_day"] = found["start_day"]
        self.cleaned_data = found
        start, end = self._instant("start_day", "start_time"), self._instant("end_day", "end_time")
        if start and end and end <= start:
            self.add_error("end_time", _("Slutten må komme etter starten."))
        if start and end and end > start + timedelta(days=366):
            self.add_error("end_day", _("En stans kan ikke vare mer enn ett år."))
        if start and end and start <= self.now:
            self.add_error("start_time", _("Starten er passert. Har stansen begynt, meld den som akutt."))
        return found

    def report(self) -> Report:
        """The filled-in form as the services take it."""
        start = self._instant("start_day", "start_time")
        assert start is not None
        return self._report("planned", start, self._instant("end_day", "end_time"), None)


class AcuteForm(OutageForm):
    """An acute outage: everything has a default, so that two clicks are enough."""

    start_day = DayField(label=gettext_lazy("Nede siden, dato"))
    start_time = ClockField(label=gettext_lazy("Nede siden, klokken"))
    end_time = ClockField(
        label=gettext_lazy("Ventet ferdig, klokken"),
        required=False,
        help_text=gettext_lazy("Tomt betyr at det ikke er kjent. Er klokken passert, gjelder det i morgen."),
    )
    update_time = ClockField(label=gettext_lazy("Ny oppdatering kommer klokken"), required=False)

    field_order = ("municipalities", "start_day", "start_time", "end_time", "update_time", "affects", "families",
                   "side", "copies", "cause", "reported_by")  # fmt: skip

    def __init__(self, data: Any, *, organisation: Organisation, now: datetime, **more: Any) -> None:
        shown = oslo.local(now)
        started = {"start_day": shown.date(), "start_time": shown.time()}
        super().__init__(data, organisation=organisation, now=now, initial={**started, **more.pop("initial", {})})

    def clean(self) -> dict[str, Any]:
        """It has begun, not long ago."""
        found = super().clean() or {}
        self.cleaned_data = found
        start = self._instant("start_day", "start_time")
        if start and start > self.now + timedelta(minutes=1):
            self.add_error("start_time", _("Starten er ikke kommet ennå. Meld stansen som planlagt."))
        if start and start < self.now - timedelta(days=31):
            self.add_error("start_day", _("Starten er for lenge siden. Sjekk datoen."))
        return found

    def _next(self, field: str) -> datetime | None:
        """The next time the clock shows that."""
        at = self.cleaned_data.get(field)
        if at is None:
            return None
        today = oslo.from_local(oslo.day(self.now), at).instant
        return today if today > self.now else oslo.from_local(oslo.day(self.now) + timedelta(days=1), at).instant

    def report(self) -> Report:
        """The filled-in form as the services take it."""
        start = self._instant("start_day", "start_time")
        assert start is not None
        return self._report("acute", min(start, self.now), self._next("end_time"), self._next("update_time"))


class ExtendForm(forms.Form):
    """A new estimated end."""

    end_day = DayField(label=gettext_lazy("Ny anslått slutt, dato"), required=False)
    end_time = ClockField(
        label=gettext_lazy("Ny anslått slutt, klokken"),
        required=False,
        help_text=gettext_lazy("Tomt betyr at slutten ikke er kjent."),
    )
    update_time = ClockField(label=gettext_lazy("Ny oppdatering kommer klokken"), required=False)

    def __init__(self, data: Any, *, outage: Outage, now: datetime) -> None:
        self.outage, self.now = outage, now
        shown = oslo.local(outage.end) if outage.end is not None else oslo.local(now)
        super().__init__(data, initial={"end_day": shown.date()})
        if outage.kind == "planned":
            self.fields["end_time"].required = True
            self.fields["end_time"].help_text = ""
            del self.fields["update_time"]

    def clean(self) -> dict[str, Any]:
        """The new end lies ahead of the start and of now."""
        found = super().clean() or {}
        at = found.get("end_time")
        end = oslo.from_local(found.get("end_day") or oslo.day(self.now), at).instant if at else None
        if end is not None and (end <= self.now or end <= self.outage.start):
            self.add_error("end_time", _("Den nye slutten må ligge fram i tid."))
        found["end"] = end
        at = found.get("update_time")
        update = oslo.from_local(oslo.day(self.now), at).instant if at else None
        if update is not None and update <= self.now:
            update += timedelta(days=1)
        found["next_update"] = update
        return found


class MoveForm(forms.Form):
    """Another time for a planned outage."""

    start_day = DayField(label=gettext_lazy("Starter, dato"))
    start_time = ClockField(label=gettext_lazy("Starter, klokken"))
    end_day = DayField(label=gettext_lazy("Anslått ferdig, dato"))
    end_time = ClockField(label=gettext_lazy("Anslått ferdig, klokken"))

    def __init__(self, data: Any, *, outage: Outage, now: datetime) -> None:
        self.outage, self.now = outage, now
        assert outage.end is not None
        start, end = oslo.local(outage.start), oslo.local(outage.end)
        super().__init__(
            data,
            initial={
                "start_day": start.date(), "start_time": start.time(), "end_day": end.date(), "end_time": end.time()
            },
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The end follows the start, and the start lies ahead."""
        found = super().clean() or {}
        if all(found.get(name) for name in ("start_day", "start_time", "end_day", "end_time")):
            found["start"] = oslo.from_local(found["start_day"], found["start_time"]).instant
            found["end"] = oslo.from_local(found["end_day"], found["end_time"]).instant
            if found["end"] <= found["start"]:
                self.add_error("end_time", _("Slutten må komme etter starten."))
            if found["start"] <= self.now:
                self.add_error("start_time", _("Starten må ligge fram i tid."))
        return found


class TextForm(forms.Form):
    """A person's own words for a notice."""

    subject = forms.CharField(label=gettext_lazy("Emne"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Tekst"), max_length=10_000, widget=forms.Textarea)
    number_is_none = forms.CharField(
        label=gettext_lazy("Hvorfor sifrene ikke er et fødselsnummer"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Fyll bare ut hvis teksten blir stanset på grunn av et tall."),
    )
