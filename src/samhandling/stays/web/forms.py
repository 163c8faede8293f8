"""What people register on a stay because the patient system lacks it: each form gives the events that it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from samhandling.access.roles import Role
from samhandling.clock import oslo
from samhandling.messages import codes
from samhandling.pages.fields import ClockField, DayField
from samhandling.pages.texts import _
from samhandling.registry.services import agreements_on
from samhandling.stays import events
from samhandling.stays.events import Event, Professional
from samhandling.stays.models import Stay
from samhandling.stays.rules.values import State, StayState
from samhandling.stays.web import words

CHOOSE = gettext_lazy("Velg et svar.")
DECIDING_PROFESSIONS = ("LE", "PS", "SP", "JO", "XX")
"""Codes of list 9060 that a ward chooses from; a doctor decides, unless local practice says otherwise (§ 9)."""


class StayForm(forms.Form):
    """A form about one stay. `state` is what the routine knows now; `now` is aware UTC."""

    def __init__(self, data: Any, *, stay: Stay, state: StayState, now: datetime) -> None:
        self.stay, self.state, self.now = stay, state, now
        super().__init__(data, initial=self.begin())

    def begin(self) -> dict[str, Any]:
        """What stands in the fields when the form is opened."""
        return {}

    def events(self) -> Sequence[Event]:
        """The events that the filled-in form means, in order."""
        raise AssertionError("each form says its own")

    def today(self) -> date:
        """The Oslo day."""
        return oslo.day(self.now)

    def instant(self, day: str, clock: str) -> datetime:
        """The instant of two filled-in fields."""
        return oslo.from_local(self.cleaned_data[day], self.cleaned_data[clock]).instant


class AssessmentForm(StayForm):
    """F11: *Bruker av kommunale tjenester*, and need after discharge. Taking back a yes asks why (T28)."""

    user = forms.ChoiceField(
        label=gettext_lazy("Bruker av kommunale tjenester"),
        required=False,
        help_text=gettext_lazy(
            "Får pasienten tjenester fra kommunen i dag? Ved ja får kommunen melding om innleggelsen."
        ),
        widget=forms.RadioSelect,
    )
    need = forms.ChoiceField(
        label=gettext_lazy("Behov for kommunale tjenester etter utskriving"),
        required=False,
        choices=[("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei, ikke behov etter utskriving"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor ikke behov?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Kort, uten navn og nummer."),
    )

    def __init__(self, data: Any, *, stay: Stay, state: StayState, now: datetime) -> None:
        super().__init__(data, stay=stay, state=state, now=now)
        no = [("no", _("Nei"))]
        if state.user or state.user_question:
            no = [("mistake", _("Nei, det var feilregistrert")), ("ended", _("Nei, ikke lenger behov"))]
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("yes", _("Ja")), *no]

    def begin(self) -> dict[str, Any]:
        """What is known; an open question has no answer yet."""
        known = {True: "yes", False: "no", None: ""}
        return {"user": "" if self.state.user_question else known[self.state.user], "need": known[self.state.need]}

    def clean(self) -> dict[str, Any]:
        """Something must be answered."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("user") and not cleaned.get("need"):
            self.add_error("user", str(CHOOSE))
        return cleaned

    def events(self) -> Sequence[Event]:
        """Only what is new: the same answer again changes nothing."""
        found: list[Event] = []
        user, need = self.cleaned_data["user"], self.cleaned_data["need"]
        if user and (self.state.user_question or (user == "yes") is not self.state.user):
            mistake = {"mistake": True, "ended": False}.get(user)
            found.append(events.MunicipalUserSet(at=self.now, value=user == "yes", by_mistake=mistake))
        if need and (need == "yes") is not self.state.need:
            found.append(events.NeedAssessed(at=self.now, value=need == "yes", reason=self.cleaned_data["reason"]))
        return found


class _DecidedForm(StayForm):
    """A form that names the professional who decided."""

    family_name = forms.CharField(
        label=gettext_lazy("Etternavn til beslutningsansvarlig"),
        max_length=60,
        error_messages={"required": gettext_lazy("Skriv etternavnet til den som har bestemt det.")},
    )
    given_name = forms.CharField(
        label=gettext_lazy("Fornavn til beslutningsansvarlig"),
        max_length=60,
        error_messages={"required": gettext_lazy("Skriv fornavnet til den som har bestemt det.")},
    )
    hpr = forms.RegexField(
        r"^\d{1,9}$",
        label=gettext_lazy("HPR-nummer"),
        required=False,
        error_messages={"invalid": gettext_lazy("HPR-nummer er bare siffer, høyst ni.")},
    )

    profession = forms.ChoiceField(
        label=gettext_lazy("Yrket til beslutningsansvarlig"),
        required=False,
        choices=[(code, codes.text("9060", code)) for code in DECIDING_PROFESSIONS],
    )

    def begin(self) -> dict[str, Any]:
        """Who decided last, else the attending doctor."""
        known = self.state.ready_decided_by or self.state.attending
        if known is None:
            return {"profession": DECIDING_PROFESSIONS[0]}
        return {
            "family_name": known.family_name,
            "given_name": known.given_name,
            "hpr": known.hpr,
            "profession": known.profession or DECIDING_PROFESSIONS[0],
        }

    def decided_by(self) -> Professional:
        """The professional of the filled-in form."""
        cleaned = self.cleaned_data
        return Professional(
            family_name=cleaned["family_name"],
            given_name=cleaned["given_name"],
            hpr=cleaned["hpr"],
            profession=cleaned["profession"],
        )


class ReadyForm(_DecidedForm):
    """T09, T10, T12, T13, F10: ready for discharge from a day, and who decided."""

    ready_date = DayField(
        label=gettext_lazy("Utskrivningsklar dato"),
        help_text=gettext_lazy("En dato frem i tid lagres. Kommunen får meldingen når du bekrefter på dagen."),
    )

    field_order = ("ready_date", "family_name", "given_name", "profession", "hpr")

    def begin(self) -> dict[str, Any]:
        """The date that stands, else today."""
        standing = self.state.ready_date if self.state.state is State.READY else None
        return {**super().begin(), "ready_date": standing or self.today()}

    def events(self) -> Sequence[Event]:
        """One registration."""
        day = self.cleaned_data["ready_date"]
        return [events.ReadySet(at=self.now, ready_date=day, decided_by=self.decided_by())]


class NotReadyForm(_DecidedForm):
    """T11 and T19b: no longer ready, or never was. The question comes first (routines 10)."""

    was_ready = forms.ChoiceField(
        label=gettext_lazy("Var pasienten utskrivningsklar?"),
        choices=[
            ("yes", gettext_lazy("Ja, men er det ikke lenger → avmelding")),
            ("no", gettext_lazy("Nei, registrert ved feil → trekk tilbake")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )

    field_order = ("was_ready", "family_name", "given_name", "profession", "hpr")

    def __init__(self, data: Any, *, stay: Stay, state: StayState, now: datetime) -> None:
        super().__init__(data, stay=stay, state=state, now=now)
        if data is not None and data.get("was_ready") == "no":
            # Who decided stands in an avmelding only.
            self.fields["family_name"].required = self.fields["given_name"].required = False

    def events(self) -> Sequence[Event]:
        """One registration."""
        mistake = self.cleaned_data["was_ready"] == "no"
        return [events.ReadyCleared(at=self.now, by_mistake=mistake, decided_by=None if mistake else self.decided_by())]


class DischargeForm(StayForm):
    """T14: discharged to where, and when. A time ahead waits."""

    place = forms.ChoiceField(
        label=gettext_lazy("Skrevet ut til"), widget=forms.RadioSelect, error_messages={"required": CHOOSE}
    )
    day = DayField(label=gettext_lazy("Dato"))
    clock = ClockField(label=gettext_lazy("Klokkeslett"))

    def __init__(self, data: Any, *, stay: Stay, state: StayState, now: datetime) -> None:
        super().__init__(data, stay=stay, state=state, now=now)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, _(text)) for code, text in words.PLACES.items()]

    def begin(self) -> dict[str, Any]:
        """What is planned, else now."""
        at = oslo.local(self.state.planned_discharge or self.now)
        return {"place": self.state.planned_to, "day": at.date(), "clock": at.time()}

    def clean(self) -> dict[str, Any]:
        """Not more than a month ahead: that is a slip of the pen."""
        cleaned = super().clean() or {}
        if cleaned.get("day") and cleaned["day"] > self.today() + timedelta(days=31):
            self.add_error("day", _("Datoen ligger for langt frem."))
        return cleaned

    def events(self) -> Sequence[Event]:
        """One registration."""
        place = self.cleaned_data["place"]
        return [events.Discharged(at=self.instant("day", "clock"), discharged_to=place)]


class InformationForm(StayForm):
    """T06 to T08 by other means: a Helseopplysning went from the record system."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Hva er sendt?"),
        choices=[
            ("early", gettext_lazy("Tidligmelding")),
            ("change", gettext_lazy("Endringsmelding")),
            ("final", gettext_lazy("Endelig helseopplysning")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )
    day = DayField(label=gettext_lazy("Sendt dato"))
    clock = ClockField(label=gettext_lazy("Sendt klokken"))
    confirmed = forms.ChoiceField(
        label=gettext_lazy("Viser journalsystemet at kommunen har mottatt den?"),
        choices=[("yes", gettext_lazy("Ja, den er mottatt")), ("no", gettext_lazy("Nei, eller vet ikke"))],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )

    def begin(self) -> dict[str, Any]:
        """The first one is the early notice."""
        at = oslo.local(self.now)
        return {"kind": "" if self.state.information else "early", "day": at.date(), "clock": at.time()}

    def events(self) -> Sequence[Event]:
        """One registration; the time of sending stands for that of reception, which only the record system knows."""
        at = self.instant("day", "clock")
        received = at if self.cleaned_data["confirmed"] == "yes" else None
        return [events.InformationSent(at=at, kind=self.cleaned_data["kind"], received_at=received)]


class MunicipalityForm(StayForm):
    """T26, A-11: which municipality, and whether the one before was wrong or the patient moved."""

    municipality = forms.ChoiceField(label=gettext_lazy("Kommune"), error_messages={"required": CHOOSE})
    was_wrong = forms.ChoiceField(
        label=gettext_lazy("Hvorfor endres kommunen?"),
        choices=[
            ("yes", gettext_lazy("Rettet: den forrige var aldri riktig. Meldingene dit trekkes tilbake.")),
            ("no", gettext_lazy("Endret: pasienten har flyttet. Den forrige kommunen må ringes.")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, stay: Stay, state: StayState, now: datetime) -> None:
        super().__init__(data, stay=stay, state=state, now=now)
        known = {a.municipality.municipality_number: a.municipality.name for a in agreements_on(stay.organisation, now)}
        field = self.fields["municipality"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Velg kommune")), *sorted(known.items(), key=lambda item: item[1])]
        if not self.asks_why():
            del self.fields["was_wrong"]

    def asks_why(self) -> bool:
        """Whether another municipality has been told something."""
        return bool(self.state.told_before) or "told" in (self.state.m1, self.state.m6)

    def begin(self) -> dict[str, Any]:
        """The municipality that stands."""
        return {"municipality": self.state.municipality}

    def clean(self) -> dict[str, Any]:
        """Why is asked wherever it matters."""
        cleaned = super().clean() or {}
        if self.asks_why() and not cleaned.get("was_wrong"):
            self.add_error("was_wrong", str(CHOOSE))
        return cleaned

    def events(self) -> Sequence[Event]:
        """One registration."""
        answer = self.cleaned_data.get("was_wrong")
        return [
            events.MunicipalityChanged(
                at=self.now,
                municipality_number=self.cleaned_data["municipality"],
                was_wrong={"yes": True, "no": False}.get(answer or ""),
            )
        ]


class UndoDischargeForm(StayForm):
    """T20: the discharge was registered in error."""

    def events(self) -> Sequence[Event]:
        """One registration; whether the user may confirm a late one, the service knows."""
        return [events.DischargeUndone(at=self.now, confirmed=True)]


class UndoDeathForm(StayForm):
    """T17b: the death was registered in error."""

    def events(self) -> Sequence[Event]:
        """One registration."""
        return [events.DeathUndone(at=self.now)]


class ObjectionForm(StayForm):
    """P-01: whether the patient objects to information being given to the municipality."""

    objects = forms.ChoiceField(
        label=gettext_lazy("Motsetter pasienten seg at kommunen får opplysninger?"),
        choices=[("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nei"))],
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE},
    )

    def begin(self) -> dict[str, Any]:
        """What the patient said last."""
        return {"objects": "yes"} if self.state.objects else {}

    def events(self) -> Sequence[Event]:
        """One registration."""
        return [events.Objected(at=self.now, value=self.cleaned_data["objects"] == "yes")]


@dataclass(frozen=True, slots=True)
class Registration:
    """One thing to register: its form, its words, and the states in which it is offered."""

    form: type[StayForm]
    title: str
    button: str
    done: str
    states: frozenset[State]
    lead: str = ""
    sends: bool = True
    """Whether the municipality may be told at once."""
    roles: frozenset[Role] = frozenset({Role.WARD_NURSE, Role.PLO_RESOURCE, Role.MESSAGE_RESPONSIBLE})
