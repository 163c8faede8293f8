"""Messages in the words of routines 10: where one stands, what it is called, what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from samhandling.exchange import rules
from samhandling.exchange.holding import waits_for_turn
from samhandling.exchange.models import Delivery, Message, Receipt
from samhandling.exchange.notices import say_error
from samhandling.exchange.rules import ArrivalState, DeliveryState, MessageState
from samhandling.messages import catalogue
from samhandling.pages.texts import N_, _, moment
from samhandling.pages.values import Status, Tone

RECEIVED_HELP = {
    "municipality": N_("Mottatt betyr at meldingen er kommet inn i kommunens system, ikke at noen har lest den."),
    "gp": N_("Mottatt betyr at meldingen er kommet inn i legekontorets system, ikke at noen har lest den."),
    "hospital": N_("Mottatt betyr at meldingen er kommet inn i sykehusets system, ikke at noen har lest den."),
    "": N_("Mottatt betyr at meldingen er kommet inn i mottakerens system, ikke at noen har lest den."),
}
"""Kind of the receiver's organisation -> what a receipt means there; \"\": several kinds, or another."""

NAMES: dict[str, str] = {
    "LOG_INNLAGT": N_("Melding om innlagt pasient"),
    "LOG_UTSKRIVNINGSKLAR": N_("Melding om utskrivningsklar"),
    "LOG_AVMELDING": N_("Avmelding"),
    "LOG_UTSKREVET": N_("Melding om utskrevet pasient"),
    "LOG_DOD": N_("Melding om dødsfall"),
    "INNLEGGELSESRAPPORT": N_("Innleggelsesrapport"),
    "UTSKRIVNINGSRAPPORT": N_("Utskrivningsrapport"),
    "HELSEOPPL_SOKNAD": N_("Helseopplysning"),
    "DIALOG_FORESPORSEL": N_("Forespørsel"),
    "DIALOG_SVAR": N_("Svar på forespørsel"),
    "DIALOG_AVVIK": N_("Avviksmelding (feil i mottatt melding)"),
    "DIALOG_NOTAT": N_("Notat"),
    "DIALOG_HELSEFAGLIG": N_("Helsefaglig dialog"),
    "HELSEOPPLYSNINGER_LEGE": N_("Helseopplysninger til lege"),
    "ORIENTERING_TJENESTETILBUD": N_("Orientering om tjenestetilbud"),
    "MEDISINSKE_OPPLYSNINGER": N_("Medisinske opplysninger"),
    "EPIKRISE": N_("Epikrise"),
}
KIND_NAMES: dict[str, str] = {
    "early": N_("Tidligmelding"),
    "change": N_("Endringsmelding"),
    "final": N_("Endelig helseopplysning"),
    "place": N_("Svar på utskrivningsklar"),
}
EVENTS: dict[str, tuple[Tone, str]] = {
    "message.sent": (Tone.QUIET, N_("Laget")),
    "message.withdrawn": (Tone.WARN, N_("Trukket tilbake av oss")),
    "message.cancelled_by": (Tone.WARN, N_("Trukket tilbake av avsenderen")),
    "message.status_not_allowed": (Tone.WARN, N_("Status som ikke er avtalt for denne meldingen")),
    "message.repeated": (Tone.QUIET, N_("Kommet på nytt; ikke tatt inn igjen")),
    "message.patient_matched": (Tone.OK, N_("Koblet til pasienten")),
    "message.patient_assigned": (Tone.OK, N_("Koblet til pasienten av en person")),
    "message.patient_confirmed": (Tone.OK, N_("Bekreftet samme pasient av en annen person")),
    "message.patient_undone": (Tone.WARN, N_("Koblingen til pasienten er opphevet")),
    "message.tied": (Tone.OK, N_("Knyttet til saken av en person")),
    "message.parted": (Tone.QUIET, N_("Hører ikke sammen, sier en person")),
    "message.part": (Tone.WAIT, N_("Venter igjen på den opprinnelige meldingen")),
    "message.restore": (Tone.OK, N_("Gjelder igjen")),
    "message.lock": (Tone.WARN, N_("Ikke til oss; innholdet er låst")),
    "message.unlock": (Tone.OK, N_("Til oss likevel; innholdet er åpnet")),
    "arrival.arrived": (Tone.QUIET, N_("Kommet inn")),
    "arrival.taken_or_rejected": (Tone.QUIET, N_("Lest")),
    "arrival.receipt_read": (Tone.QUIET, N_("Kvitteringen er lest")),
    "arrival.met_before": (Tone.QUIET, N_("Kommet før")),
    "receipt.counted": (Tone.QUIET, N_("Kvitteringen gjelder")),
    "receipt.repeated": (Tone.QUIET, N_("Samme kvittering en gang til")),
    "receipt.contradictory": (Tone.BAD, N_("Ny kvittering med annet svar")),
    "receipt.made_1": (Tone.OK, N_("Vi bekreftet mottak")),
    "receipt.made_2": (Tone.BAD, N_("Vi avviste meldingen")),
    "receipt.withheld": (Tone.WARN, N_("Kvitteringen er holdt tilbake")),
    "delivery.queued": (Tone.QUIET, N_("Klar til å sendes")),
    "delivery.held": (Tone.WARN, N_("Venter: meldingene til mottakeren er nede")),
    "delivery.withhold": (Tone.QUIET, N_("Ikke sendt: trukket tilbake mens den ventet")),
    "message.send_both": (Tone.INFO, N_("Avgjort: meldingen og tilbaketrekkingen sendes begge")),
    "message.send_none": (Tone.INFO, N_("Avgjort: verken meldingen eller tilbaketrekkingen sendes")),
    "delivery.unconfirmed": (Tone.WARN, N_("Ikke bekreftet i tide; noen er bedt om å ringe")),
    "message.take": (Tone.OK, N_("Tatt imot")),
    "message.hold": (Tone.WAIT, N_("Venter på den opprinnelige meldingen")),
    "message.reject": (Tone.BAD, N_("Avvist av oss")),
    "message.link": (Tone.OK, N_("Knyttet til den opprinnelige meldingen")),
    "message.replace": (Tone.QUIET, N_("Erstattet av en nyere")),
    "message.cancel": (Tone.WARN, N_("Trukket tilbake")),
    "message.remove": (Tone.QUIET, N_("Innholdet er slettet")),
    "delivery.begin": (Tone.QUIET, N_("Overlevering begynte")),
    "delivery.handed": (Tone.WAIT, N_("Sendt")),
    "delivery.trouble": (Tone.WARN, N_("Kom ikke av gårde; prøves igjen")),
    "delivery.given_up": (Tone.BAD, N_("Kom ikke av gårde; prøves ikke igjen")),
    "delivery.transport_ack": (Tone.WAIT, N_("Mottakerens meldingstjener har den")),
    "delivery.transport_error": (Tone.BAD, N_("Mottakerens meldingstjener kunne ikke ta den")),
    "delivery.receipt_ok": (Tone.OK, N_("Bekreftet mottatt")),
    "delivery.receipt_warning": (Tone.WARN, N_("Bekreftet mottatt, med merknad")),
    "delivery.receipt_rejected": (Tone.BAD, N_("Avvist av mottakeren")),
    "delivery.deadline": (Tone.BAD, N_("96 timer uten bekreftelse")),
    "delivery.try_again": (Tone.QUIET, N_("Sendt på nytt")),
    "message.after_discharge": (Tone.WARN, N_("Sendt etter utskriving")),
    "message.resent_same": (Tone.INFO, N_("Samme melding er sendt en gang til")),
    "message.resent_new": (Tone.INFO, N_("Sendt på nytt som ny melding")),
    "message.resend_of": (Tone.INFO, N_("Ny utgave av en melding som ikke kom frem")),
    "record.handed": (Tone.QUIET, N_("Gitt til journalsystemet")),
    "record.filed": (Tone.OK, N_("Journalført")),
    "record.dropped": (Tone.QUIET, N_("Ikke journalført; innholdet er slettet")),
}
ARRIVAL_WORDS: dict[str, str] = {
    ArrivalState.ARRIVED: N_("Kommet inn, ikke lest ennå"),
    ArrivalState.UNRECEIPTED: N_("Ikke bekreftet av oss"),
    ArrivalState.UNREADABLE: N_("Kan ikke leses"),
    ArrivalState.DUPLICATE: N_("Kommet før"),
    ArrivalState.PROCESSED: N_("Behandlet"),
}


def name(message: Message) -> str:
    """What the message is called on pages; a type that we have no word for by its national name."""
    if message.kind in KIND_NAMES and message.status != "C":
        return _(KIND_NAMES[message.kind])
    if message.type in NAMES:
        words = _(NAMES[message.type])
    else:
        known = catalogue.by_code(message.type, message.version) if message.type else None
        words = known.name if known is not None else message.type or _("Ukjent melding")
    return _("%(name)s, trukket tilbake") % {"name": words} if message.status == "C" else words


def technical_name(message: Message) -> str:
    """Type code, version and status: what stands on hover, and for those who ask."""
    return " ".join(part for part in (message.type, message.version, message.status) if part)


def status_in(message: Message) -> Status:
    """Where a message that we received stands."""
    words: dict[str, Status] = {
        MessageState.TAKEN: Status(Tone.OK, _("Mottatt")),
        MessageState.HELD: Status(Tone.WAIT, _("Venter på meldingen den gjelder")),
        MessageState.REPLACED: Status(Tone.QUIET, _("Erstattet av en nyere")),
        MessageState.CANCELLED: Status(Tone.WARN, _("Trukket tilbake av avsenderen")),
        MessageState.REJECTED_BY_US: Status(Tone.BAD, _("Avvist av oss")),
        MessageState.LOCKED: Status(Tone.WARN, _("Ikke til oss, innholdet er låst")),
        MessageState.REMOVED: Status(Tone.QUIET, _("Innholdet er slettet")),
    }
    return words.get(message.state, Status(Tone.QUIET, message.state))


def status_of_delivery(message: Message, delivery: Delivery, receipt: Receipt | None, now: datetime) -> Status:
    """Where a message that we sent stands at one receiver, in the exact words of routines 10.

    What an outage delayed says so wherever it is shown.
    """
    found = _standing(message, delivery, receipt, now)
    if delivery.hold is None or not delivery.hold.keeps or delivery.state in {*WAITING, DeliveryState.WITHHELD}:
        return found
    return replace(found, text=_("%(standing)s (forsinket av stans)") % {"standing": found.text})


WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.ABOUT})


def _standing(message: Message, delivery: Delivery, receipt: Receipt | None, now: datetime) -> Status:
    state, service = delivery.state, delivery.name
    if state == DeliveryState.WITHHELD:
        return Status(Tone.QUIET, _("Ikke sendt: trukket tilbake mens meldingene var nede"))
    if state == DeliveryState.QUEUED and delivery.withdrawn is not None and delivery.withdrawn.decided_at is None:
        return Status(Tone.WARN, _("Trukket tilbake mens den ventet: avgjør om begge skal sendes"))
    if state in {DeliveryState.RECEIVED, DeliveryState.WARNING, DeliveryState.RECEIVED_LATE}:
        at = delivery.receipted_at or now
        words = _("Mottatt hos %(service)s %(when)s") % {"service": service, "when": moment(at, now)}
        return Status(Tone.OK, words, received_help([delivery]))
    if state == DeliveryState.REJECTED:
        reason = "; ".join(say_error(error) for error in receipt.errors) if receipt else ""
        return Status(Tone.BAD, _("Avvist av %(service)s: %(text)s") % {"service": service, "text": reason or "–"})
    if state in {DeliveryState.EXPIRED, DeliveryState.FAILED} or _is_late(message, now):
        return Status(Tone.BAD, _("Ikke bekreftet mottatt – ring"))
    if state in WAITING and waits_for_turn(delivery):
        over = delivery.hold is not None and delivery.hold.released_at is not None
        text = _("Venter på tur etter stansen") if over else _("Venter: meldingene er nede. Ring det som haster")
        return Status(Tone.WAIT, text)
    if state in WAITING:
        return Status(Tone.WAIT, _("Sendes nå"))
    return Status(Tone.WAIT, _("Sendt, venter på bekreftelse"))


def role_and_legs(delivery: Delivery, now: datetime) -> str:
    """What the receiver is to the message, and every leg of the way: left here, with their message server, AppRec."""
    role = _("Hovedmottaker") if delivery.role == "PRIM" else _("Kopimottaker")
    legs = (
        (delivery.handed_at, _("sendt %(when)s")),
        (delivery.acknowledged_at, _("transportkvittering %(when)s")),
        (delivery.receipted_at, _("AppRec %(when)s")),
    )
    return " · ".join([role, *(words % {"when": moment(at, now)} for at, words in legs if at is not None)])


def received_help(deliveries: Iterable[Delivery]) -> str:
    """What *Mottatt* means at these receivers. Their `party.organisation` is best fetched with them."""
    kinds = {each.party.organisation.kind if each.party is not None else "" for each in deliveries}
    return _(RECEIVED_HELP.get(kinds.pop() if len(kinds) == 1 else "", RECEIVED_HELP[""]))


def _is_late(message: Message, now: datetime) -> bool:
    """Whether the first warning point of A-01 is behind us."""
    if message.generated_at is None:
        return False
    points = rules.warning_points(
        message.type, kind=message.kind, generated_at=message.generated_at, due_at=message.due_at
    )
    return points[0].at <= now


def event_words(kind: str) -> tuple[Tone, str]:
    """Tone and words of a step; one that we have no words for by its code."""
    tone, words = EVENTS.get(kind, (Tone.QUIET, kind))
    return tone, _(words)
