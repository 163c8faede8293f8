"""Dialogue messages as pieces: written from a stay, a course, or a message that was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from samhandling.access.models import User
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.models import Message
from samhandling.exchange.services import Outcome, Trial
from samhandling.messages import engine
from samhandling.messages.codes.listing import list_number
from samhandling.messages.facts import facts as read_facts
from samhandling.messages.model import dialogmelding_10, hodemelding
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import by_her_id, municipality
from samhandling.pages.texts import N_, _
from samhandling.pages.values import Link, PatientStrip, Status, Tone
from samhandling.patients.models import Patient
from samhandling.registry.services import routine_document, staffed_phone
from samhandling.stays import dialogs
from samhandling.stays.dialogs import Talk
from samhandling.stays.services import send_talk, try_talk
from samhandling.stays.web import similar
from samhandling.stays.work import load_state
from samhandling.writing.drafts import Place
from samhandling.writing.web import dialog_forms as forms
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.pieces import Piece

WHAT: Mapping[str, str] = {
    "foresporsel": "DIALOG_FORESPORSEL",
    "svar": "DIALOG_SVAR",
    "avvik": "DIALOG_AVVIK",
    "plass": "DIALOG_NOTAT",
}
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "foresporsel": (
        N_("Forespørsel"),
        N_("Send forespørselen"),
        N_("Forespørselen er sendt, venter på bekreftelse."),
        N_("Gjelder planlegging av utskriving for en innlagt pasient. Haster det, ring."),
    ),
    "svar": (
        N_("Svar på forespørsel"),
        N_("Send svaret"),
        N_("Svaret er sendt, venter på bekreftelse."),
        "",
    ),
    "avvik": (
        N_("Avviksmelding"),
        N_("Send avviksmeldingen"),
        N_("Avviksmeldingen er sendt, venter på bekreftelse."),
        N_(
            "Brukes bare når meldingen (a) er feilsendt / har feil adressat, eller (b) har en teknisk feil slik at "
            "hele eller deler av innholdet ikke kan leses. Mangler det opplysninger: send forespørsel. Brudd på rutine "
            "eller samarbeidsavtale:"
        ),
    ),
    "plass": (
        N_("Svar på utskrivningsklar"),
        N_("Send svaret"),
        N_("Svaret er sendt, venter på bekreftelse."),
        "",
    ),
}
"""Title, button, what is said when it is sent, and the text that must stand (routines 10)."""
DEVIATION_FORM = "skjema-avvik"
"""Code of the routine's document for breaches of routine and agreement."""
ASKED_BY = {"hospital": "9154", "municipality": "9152", "gp": "9153"}
"""Whose list of requests an organisation asks from."""


class Dialog(Piece):
    """One dialogue message."""

    def __init__(self, scope: Scope, talk: Talk, what: str, back: str, now: datetime) -> None:
        super().__init__(scope, now)
        self.talk, self.what, self.back = talk, what, back
        title, button, done, lead = WORDS[what]
        self.title, self.button, self.done = _(title), _(button), _(done)
        self.lead = _(lead) if lead else ""
        if what == "avvik":
            self._say_where_breaches_go()
        self.at_once = what == "plass"
        # HIS 1151 has no place for attachments, and what is sent at once is not looked through first.
        self.takes_files = what not in {"avvik", "plass"}
        self.place = Place(
            organisation=talk.organisation,
            key=f"{self._where()}:{what}",
            message_type=talk.message_type,
            subject=talk.stay.subject if talk.stay else talk.course.subject if talk.course else "",
            patient=talk.patient,
            about=talk.about,
        )

    def _say_where_breaches_go(self) -> None:
        """S-39: a breach of routine is told on a form of its own; the hospital keeps it, also for municipalities."""
        form = routine_document(DEVIATION_FORM, (self.talk.organisation, self.counterpart), oslo.day(self.now))
        if form is not None:
            self.lead_link = Link(_("Åpne skjema"), form.url)
        else:
            self.lead = f"{self.lead} {_('meld på eget skjema.')}"

    def strip(self) -> PatientStrip | None:
        """As the message names them, for somebody whom we have no record of."""
        about = self.talk.about
        if self.talk.stay is not None and (known := super().strip()) is not None:
            return similar.marked(known, self.talk.stay)
        if self.patient is not None or about is None or about.original is None or about.original.closed:
            return super().strip()
        facts = read_facts(engine.read(originals.read(about.original)))
        told = facts.patient if facts is not None else None
        if told is None:
            return None
        born = oslo.say_date(told.birth_date) if told.birth_date is not None else ""
        return PatientStrip(told.name, born, marks=(Status(Tone.WARN, _("Ikke koblet til pasient ennå")),))

    def _where(self) -> str:
        talk = self.talk
        if talk.about is not None:
            return f"message:{talk.about.pk}"
        return talk.stay.subject if talk.stay is not None else talk.course.subject if talk.course is not None else ""

    @property
    def patient(self) -> Patient | None:
        """Whom it is about."""
        return self.talk.patient

    @property
    def counterpart(self) -> Organisation | None:
        """Who will read it."""
        if self.talk.about is not None:
            return by_her_id(self.talk.about.counterpart_organisation)
        if self.talk.stay is not None:
            number = load_state(self.talk.stay).municipality
            return municipality(number, oslo.day(self.now)) if number else None
        return by_her_id(self.talk.course.hospital_her) if self.talk.course is not None else None

    def refusal(self) -> str:
        """What the routine says of it now (2.4)."""
        reason = dialogs.refusal(self.talk, now=self.now)
        return _(dialogs.REASONS.get(reason, dialogs.REASONS["state"])) if reason else ""

    def asks_reason(self) -> bool:
        """An answer after the discharge (2.4)."""
        return dialogs.asks_reason(self.talk, now=self.now)

    def form(self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None) -> WritingForm:
        """Empty save for the telephone."""
        common: dict[str, Any] = {
            "initial": {"phone": self._phone(), **(kept or {})},
            "responsible": self._writer(),
            "now": self.now,
        }
        match self.what:
            case "foresporsel":
                return forms.RequestForm(data, asked_by=ASKED_BY.get(self.talk.organisation.kind, "9154"), **common)
            case "svar":
                assert self.talk.about is not None
                return forms.AnswerForm(data, request=request_of(self.talk.about), **common)
            case "avvik":
                return forms.DeviationForm(data, **common)
            case _:
                return forms.PlaceForm(data, **common)

    def _phone(self) -> str:
        """The ward's, else the one that is staffed now."""
        stay = self.talk.stay
        if stay is not None and stay.unit is not None:
            return stay.unit.phone
        own = staffed_phone(self.talk.organisation, self.now)
        return own.phone if own is not None else ""

    def _writer(self) -> dict[str, str]:
        user = self.scope.user
        return {"family_name": user.last_name or user.shown_name, "given_name": user.first_name, "profession": "XX"}

    def trial(self, values: Mapping[str, Any]) -> Trial:
        """What sending would give."""
        return try_talk(self.talk, values, now=self.now)

    def send(self, values: Mapping[str, Any], user: User) -> Outcome:
        """Through the routine."""
        return send_talk(self.talk, values, user=user, now=self.now, reason=self.reason)


def request_of(message: Message) -> dict[str, str]:
    """The request as it came (SEND-70). Raises NotFoundError for a message that holds none."""
    if message.original is None or message.original.removed_at is not None:
        raise NotFoundError(f"request {message.pk}")
    document = engine.read(originals.read(message.original)).document
    payload = hodemelding.payload(document) if isinstance(document, hodemelding.MsgHead) else None
    asked = (
        payload.Foresporsel[0] if isinstance(payload, dialogmelding_10.Dialogmelding) and payload.Foresporsel else None
    )
    if asked is None:
        raise NotFoundError(f"request {message.pk}")
    kind = asked.TypeForesp
    number = list_number(kind.S or "") if kind is not None else ""
    found = {
        "asked_by": number if number in {"9152", "9153", "9154"} else "9152",
        "type": (kind.V or "") if kind is not None else "",
        "question": asked.Sporsmal or "",
        "document_id": asked.DokIdForesp or "",
    }
    return {name: value for name, value in found.items() if value}


def from_message(scope: Scope, message: Message, what: str, talk: Talk, now: datetime) -> Dialog:
    """Written about a message that was received."""
    return Dialog(scope, talk, what, reverse("exchange:message", args=[message.pk]), now)
