"""Letters as pieces: from a course, a stay or a message, to whoever is chosen from the address book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from samhandling.access.models import User
from samhandling.access.roles import Role
from samhandling.access.scope import Scope
from samhandling.clock import oslo
from samhandling.errors import NotFoundError
from samhandling.exchange import originals
from samhandling.exchange.models import Direction, Message
from samhandling.exchange.services import Outcome, Trial
from samhandling.messages import engine
from samhandling.messages.facts import facts as read_facts
from samhandling.organisations.models import Organisation
from samhandling.pages.texts import N_, _
from samhandling.patients.models import Patient
from samhandling.registry.models import CommunicationParty
from samhandling.registry.services import party, staffed_phone, writer_of
from samhandling.writing import drafts, letters
from samhandling.writing.drafts import Place
from samhandling.writing.letters import Letter
from samhandling.writing.web import letter_forms as forms
from samhandling.writing.web.copying import named
from samhandling.writing.web.dialog import ASKED_BY, request_of
from samhandling.writing.web.forms import WritingForm
from samhandling.writing.web.known import writer
from samhandling.writing.web.pieces import Piece

WITHDRAW = "trekk-tilbake"


@dataclass(frozen=True, slots=True)
class Sort:
    """One kind of letter: its type and words."""

    message_type: str
    title: str
    button: str
    done: str
    lead: str = ""


SORTS: Mapping[str, Sort] = {
    "helseopplysninger-til-lege": Sort(
        "HELSEOPPLYSNINGER_LEGE",
        N_("Helseopplysninger til lege"),
        N_("Send helseopplysningene"),
        N_("Helseopplysningene er sendt, venter på bekreftelse."),
        N_("Haster det, ring."),
    ),
    "orientering-om-tjenestetilbud": Sort(
        "ORIENTERING_TJENESTETILBUD",
        N_("Orientering om tjenestetilbud"),
        N_("Send orienteringen"),
        N_("Orienteringen er sendt, venter på bekreftelse."),
        N_("Sendes når det er gjort vedtak, og på nytt når noe er endret. Den nye erstatter den forrige."),
    ),
    "medisinske-opplysninger": Sort(
        "MEDISINSKE_OPPLYSNINGER",
        N_("Medisinske opplysninger"),
        N_("Send opplysningene"),
        N_("Opplysningene er sendt, venter på bekreftelse."),
    ),
    "helsefaglig-dialog": Sort(
        "DIALOG_HELSEFAGLIG",
        N_("Helsefaglig dialog"),
        N_("Send meldingen"),
        N_("Meldingen er sendt, venter på bekreftelse."),
        N_("Gjelder bare denne pasienten. Haster det, ring."),
    ),
    "notat": Sort(
        "DIALOG_NOTAT",
        N_("Notat om pasienten"),
        N_("Send notatet"),
        N_("Notatet er sendt, venter på bekreftelse."),
        N_("Haster det, ring."),
    ),
    "sporsmal": Sort(
        "DIALOG_FORESPORSEL",
        N_("Forespørsel"),
        N_("Send forespørselen"),
        N_("Forespørselen er sendt, venter på bekreftelse."),
        N_("Haster det, ring."),
    ),
    "dodsfall": Sort(
        "LOG_DOD",
        N_("Melding om dødsfall"),
        N_("Send meldingen"),
        N_("Meldingen er sendt, venter på bekreftelse."),
        N_("Den som først får vite om dødsfallet, sier fra til den andre. Ring også."),
    ),
}
WITHDRAWAL = Sort(
    "",
    N_("Trekk tilbake: %(title)s"),
    N_("Trekk tilbake og si fra"),
    N_("Meldingen er trukket tilbake. Ring mottakeren og si fra."),
)
CARE_FORMS: Mapping[str, type[forms.LetterForm]] = {
    "HELSEOPPLYSNINGER_LEGE": forms.DoctorForm,
    "ORIENTERING_TJENESTETILBUD": forms.ServicesForm,
    "MEDISINSKE_OPPLYSNINGER": forms.MedicalForm,
    "LOG_DOD": forms.DeathForm,
}
FROM_A_COURSE = ("helseopplysninger-til-lege", "orientering-om-tjenestetilbud", "helsefaglig-dialog", "notat")
FROM_A_PATIENT: Mapping[str, tuple[str, ...]] = {
    "municipality": (*FROM_A_COURSE, "sporsmal", "dodsfall"),
    "gp": ("medisinske-opplysninger", "helsefaglig-dialog", "notat", "sporsmal", "dodsfall"),
}
"""Kind of organisation -> what it may write about a patient, hospital or not (plo-messages 2)."""
FROM_A_STAY = ("medisinske-opplysninger", "helsefaglig-dialog", "notat")
FUNCTIONS = {Role.MUNICIPAL_NURSE: "nursing", Role.CASE_HANDLER: "case_handling"}
"""Whose messages a role writes."""
PROFESSIONS = {Role.CASE_HANDLER: "XX", Role.DOCTOR: "LE"}


class LetterPiece(Piece):
    """One letter."""

    def __init__(self, scope: Scope, letter: Letter, what: str, where: str, back: str, now: datetime) -> None:
        """`where`: the page that it is written from, `course:12`; it names the draft."""
        super().__init__(scope, now)
        person = (scope.user.first_name, scope.user.last_name)
        self.letter = replace(letter, function=FUNCTIONS.get(scope.role, ""), person=person)
        self.what, self.back = what, back
        sort = SORTS.get(what, WITHDRAWAL)
        if letter.withdraws is not None:
            title = next(each.title for each in SORTS.values() if each.message_type == letter.message_type)
            self.title = _(sort.title) % {"title": _(title)}
            self.takes_files = False
        else:
            self.title = _(sort.title)
        self.button, self.done = _(sort.button), _(sort.done)
        self.lead = _(sort.lead) if sort.lead else ""
        self.place = Place(
            organisation=letter.organisation,
            key=f"{where}:{what}",
            message_type=letter.message_type,
            subject=letter.subject,
            patient=letter.patient,
            about=letter.withdraws or letter.about,
        )

    @property
    def patient(self) -> Patient | None:
        """Whom it is about."""
        return self.letter.patient

    @property
    def counterpart(self) -> Organisation | None:
        """Who will read it, once that is given."""
        known = self.letter.withdraws or self.letter.about
        found = party(known.counterpart_her) if known is not None else None
        return found.organisation if found is not None else None

    def refusal(self) -> str:
        """Nobody to write to, or nothing to answer."""
        reason = letters.refusal(self.letter, self.now)
        return _(letters.REFUSED[reason]) if reason else ""

    def form(self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None) -> WritingForm:
        """What is known: the receiver, what stood in the last one, the telephone."""
        letter = self.letter
        if letter.withdraws is not None:
            return forms.WithdrawLetterForm(
                data, initial=kept or {}, kept=self._values_of(letter.withdraws), now=self.now
            )
        common: dict[str, Any] = {
            "receivers": [named(each) for each in letters.receivers(letter, self.now)],
            "copy_to": [named(each) for each in letters.copy_receivers(letter, self.now)],
            "now": self.now,
        }
        if letter.message_type in CARE_FORMS:
            return self._care_form(data, kept, common)
        initial = {"phone": self._phone(), "receiver": self._receiver(), **self._thread(), **(kept or {})}
        common |= {"responsible": self._writer(), "initial": initial}
        if letter.message_type == "DIALOG_NOTAT":
            return forms.NoteForm(data, **common)
        if letter.message_type == "DIALOG_FORESPORSEL":
            return forms.AskForm(data, asked_by=ASKED_BY[letter.organisation.kind], **common)
        return forms.HealthDialogForm(data, begins=letter.about is None, **common)

    def _care_form(
        self, data: Mapping[str, Any] | None, kept: Mapping[str, str] | None, common: dict[str, Any]
    ) -> WritingForm:
        cls = CARE_FORMS[self.letter.message_type]
        before = self._last()
        known = {name: before[name] for name in cls.CARRIED if name in before}
        if cls is forms.ServicesForm:
            known.setdefault("services", [{}])
        initial = {**cls.initial_of(known), "receiver": self._receiver(), "phone": self._phone()}
        common |= {"initial": kept or initial, "kept": self._around()}
        return cls(data, **common)

    def _around(self) -> dict[str, Any]:
        """Who writes, and the request that it answers, copied in (SEND-65)."""
        phone = self._phone()
        found: dict[str, Any] = {"responsible": self._writer()}
        own = self._own()
        if own is not None:
            code = own.unit.code if own.unit is not None else ""
            identifier = {"identifier": code} if code else {"identifier": own.her_id, "identifier_kind": "HER"}
            found["unit"] = {"name": own.name, "phone": phone, **identifier}
        about = self.letter.about
        if about is not None and about.type == "DIALOG_FORESPORSEL":
            found["answers"] = request_of(about)
        return found

    def _own(self) -> CommunicationParty | None:
        about = self.letter.about
        day = oslo.day(self.now)
        mine = party(about.own_her, day) if about is not None else None
        if mine is not None:
            return mine
        letter = self.letter
        return writer_of(letter.message_type, letter.organisation, day, prefer=letter.function, person=letter.person)

    def _writer(self) -> dict[str, Any]:
        found = writer(self.scope.user, self._phone())
        return {**found, "profession": PROFESSIONS.get(self.scope.role, found["profession"])}

    def _phone(self) -> str:
        if self.letter.phone:
            return self.letter.phone
        own = staffed_phone(self.letter.organisation, self.now)
        return own.phone if own is not None else ""

    def _receiver(self) -> str:
        """Where the message came from, else who got the last one about the patient."""
        about = self.letter.about
        if about is not None:
            return about.counterpart_her
        last = self._last_message()
        return last.counterpart_her if last is not None else ""

    def _thread(self) -> dict[str, str]:
        """The subject line goes on through the dialogue."""
        about = self.letter.about
        if about is None or about.type != "DIALOG_HELSEFAGLIG":
            return {}
        return {"subject": subject_of(about)}

    def _last_message(self) -> Message | None:
        letter = self.letter
        if letter.patient is None:
            return None
        return (
            Message.objects.filter(
                organisation=letter.organisation, direction=Direction.OUT, type=letter.message_type,
                patient=letter.patient, cancelled_by=None,
            )
            .exclude(status="C")
            .order_by("created_at", "pk")
            .last()
        )  # fmt: skip

    def _last(self) -> dict[str, Any]:
        last = self._last_message()
        return (drafts.values_of(last) if last is not None else None) or {}

    def _values_of(self, message: Message) -> dict[str, Any]:
        """What we wrote in it. Raises NotFoundError for one that was not written here."""
        found = drafts.values_of(message)
        if found is None:
            raise NotFoundError(f"values of message {message.pk}")
        return found

    def trial(self, values: Mapping[str, Any]) -> Trial:
        """What sending would give."""
        return letters.try_letter(self.letter, values, now=self.now)

    def send(self, values: Mapping[str, Any], user: User) -> Outcome:
        """To the exchange: no routine judges it."""
        return letters.send_letter(self.letter, values, user=user, now=self.now)


def subject_of(message: Message) -> str:
    """The subject line of a dialogue message; "" once its content is deleted."""
    if message.original is None or message.original.closed:
        return ""
    facts = read_facts(engine.read(originals.read(message.original)))
    return next((note.subject for note in facts.notes if note.subject), "") if facts is not None else ""
