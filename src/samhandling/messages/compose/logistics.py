"""The five logistics messages (HIS 1149), versions 1.5 and 1.6, new and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from samhandling.clock.oslo import xml_time
from samhandling.messages import catalogue, codes, engine, facts, profiles
from samhandling.messages.compose import care
from samhandling.messages.compose.checking import FieldError, conflict
from samhandling.messages.compose.header import message_head
from samhandling.messages.compose.parts import clean, cv, given
from samhandling.messages.compose.values import (
    Address,
    AddressLevel,
    AddressPerson,
    Composed,
    LogisticsType,
    LogisticsValues,
    PatientValues,
    Professional,
    UnitValues,
)
from samhandling.messages.model import hodemelding as mh
from samhandling.messages.model import kith, pasientlogistikk, pasientlogistikk_15, pasientlogistikk_16
from samhandling.messages.model import po_komponent as po
from samhandling.messages.profiles import Finding

__all__ = [
    "Address",
    "AddressLevel",
    "AddressPerson",
    "Composed",
    "LogisticsType",
    "LogisticsValues",
    "PatientValues",
    "Professional",
    "UnitValues",
    "compose",
]

_PAYLOADS = {"1.5": pasientlogistikk_15.Pasientlogistikk, "1.6": pasientlogistikk_16.Pasientlogistikk}

# Message -> the events it holds, in order (codes of list 9121).
_EVENTS: dict[str, tuple[str, ...]] = {
    "LOG_INNLAGT": ("1",),
    "LOG_UTSKRIVNINGSKLAR": ("1", "3"),
    "LOG_AVMELDING": ("1", "3", "4"),
    "LOG_UTSKREVET": ("2",),
    "LOG_DOD": ("13",),
}
_DECIDED = ("LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING")
_DEAD = "2"
_OTHER_PLACE = "88"


def rules(values: LogisticsValues, type_code: str) -> Iterator[FieldError]:
    """No text may be given that the message has no place for."""
    if values.status != "C" and clean(values.cancel_reason):
        yield conflict("cancel_reason", "Begrunnelsen hører bare til en kansellering.")
    for name in ("descriptions", "remarks"):
        for code in getattr(values, name):
            if code not in _EVENTS[type_code]:
                yield conflict(f"{name}.{code}", "Hendelsen er ikke med i meldingen.")


def compose(values: LogisticsValues, *, test: bool = False) -> Composed:
    """The document, or the findings that say what is missing; never raises for content.

    The findings hold what the profiles say of the finished document too: `Composed.sendable` tells whether it may go.
    `test`: the store is marked *test*, where synthetic person numbers are expected.
    """
    missing = tuple(_missing(values))
    if missing:
        return _stopped(*missing)
    try:
        document = _document(values)
        data = engine.build(document)
    except codes.UnknownCodeError:
        return _stopped(_blocking("HODE-05", "En kode finnes ikke i kodeverket.", "Velg en gyldig kode."))
    except engine.BuildError as error:
        return _stopped(*_invalid(error))
    reading = engine.read(data)
    found = facts.facts(reading)
    if found is None or reading.tree is None:
        raise TypeError("what we build we can read")
    return Composed(document, data, found, profiles.check(found, reading.tree, test=test))


def _stopped(*findings: Finding) -> Composed:
    return Composed(None, b"", None, findings)


def _blocking(code: str, text: str, advice: str) -> Finding:
    return Finding(code, "warning", "", None, text, advice, blocks_sending=True)


def _invalid(error: engine.BuildError) -> Iterator[Finding]:
    """A document of ours that breaks its standard is a fault of ours or of a value, and is never sent."""
    for problem in error.problems:
        yield Finding("STRUKTUR-01", "warning", problem.path, None, problem.text, "Rett opplysningen.", True)


def _missing(values: LogisticsValues) -> Iterator[Finding]:
    """What the message cannot be written without (HIS 1149, HIS 1153, HITS 1174)."""
    for address, whose in ((values.sender, "Avsender"), (values.receiver, "Mottaker"), *_copies(values)):
        if not _complete(address):
            yield _blocking(
                "HIS1153-01",
                f"{whose} mangler navn eller HER-id på virksomhet eller tjeneste.",
                "Rett oppføringen i adresseregisteret.",
            )
    if "1" in _EVENTS[values.type] and values.admitted_at is None:
        yield _blocking("HIS1149-01", "Tidspunkt for innleggelse mangler.", "Registrer når pasienten ble innlagt.")
    if "3" in _EVENTS[values.type] and values.ready_on is None:
        yield _blocking("HIS1149-03", "Utskrivningsklar dato mangler.", "Registrer utskrivningsklar dato.")
    if values.type == "LOG_AVMELDING" and values.withdrawn_on is None:
        yield _blocking("HIS1149-05", "Dato for avmelding mangler.", "Registrer når pasienten ikke lenger var klar.")
    if values.type == "LOG_UTSKREVET" and values.discharged_at is None:
        yield _blocking("HIS1149-06", "Dato for utskriving mangler.", "Registrer når pasienten ble skrevet ut.")
    if values.type == "LOG_UTSKREVET" and not values.discharge_place and values.discharge_state != _DEAD:
        yield _blocking("HIS1149-07", "Sted pasienten er skrevet ut til, mangler.", "Registrer utskrevet til.")
    if values.type == "LOG_DOD" and values.died_at is None:
        yield _blocking("HIS1149-08", "Dato for dødsfallet mangler.", "Registrer når pasienten døde.")
    yield from _missing_responsible(values)
    if values.status == "C" and not (given(values.parent) and given(values.conversation)):
        yield _blocking(
            "PLO-04", "Kanselleringen viser ikke til noen melding.", "Kanseller fra meldingen som skal trekkes tilbake."
        )


def _copies(values: LogisticsValues) -> Iterator[tuple[Address, str]]:
    for copy in values.copies:
        yield copy, "Kopimottaker"


def _complete(address: Address) -> bool:
    part = address.part
    name = part.name if isinstance(part, AddressLevel) else part.family_name
    texts = (address.organisation.name, address.organisation.her_id, name, part.her_id)
    return all(clean(text) for text in texts)


def _missing_responsible(values: LogisticsValues) -> Iterator[Finding]:
    person, ward = values.responsible, values.unit
    if values.type in _DECIDED and (person is None or not given(person.family_name)):
        yield _blocking(
            "HIS1149-04",
            "Navn på beslutningsansvarlig helsepersonell mangler.",
            "Registrer hvem som har besluttet at pasienten er, eller ikke lenger er, utskrivningsklar.",
        )
    if person is not None and not care.has_identifier(person, ward):
        yield _blocking(
            "PLO-03", "Ansvarlig helsepersonell mangler identifikator.", "Registrer HPR-nummer eller bruker-id."
        )
    if ward is not None and not (given(ward.name) and given(ward.identifier)):
        yield _blocking("PLO-02", "Ansvarlig enhet mangler navn eller kode.", "Rett oppføringen av enheten.")
    phones = (person.phone if person else "", ward.phone if ward else "")
    if not any(care.phone_address(phone) != "tel:" for phone in phones):
        yield _blocking(
            "HITS1174-01",
            "Telefonnummer til ansvarlig enhet eller helsepersonell mangler.",
            "Registrer telefonnummeret til enheten.",
        )


def _document(values: LogisticsValues) -> mh.MsgHead:
    message_type = catalogue.by_code(values.type, values.version)
    if message_type is None:
        raise codes.UnknownCodeError("message type")
    return message_head(
        type_code=message_type.code,
        type_name=message_type.name,
        msg_id=values.msg_id,
        generated_at=values.generated_at,
        issued_at=values.issued_at or values.generated_at,
        sender=values.sender,
        receiver=values.receiver,
        copies=values.copies,
        patient=values.patient,
        parent=clean(values.parent),
        conversation=clean(values.conversation),
        payload=_payload(values),
    )


def _payload(values: LogisticsValues) -> pasientlogistikk.Pasientlogistikk:
    events = [_event(values, code) for code in _EVENTS[values.type]]
    payload = _PAYLOADS[values.version](
        InformasjonOmForsendelsen=care.shipping(values.status),
        **care.people(values, values.version),
        TilknyttetEnhet=[care.unit(values.unit)] if values.unit else [],
        AnsvarForRapport=[care.responsible(values.responsible, values.unit)] if values.responsible else [],
    )
    match values.type:
        case "LOG_INNLAGT":
            payload.MeldingInnlagtPasient = pasientlogistikk.MeldingInnlagtPasient(TidsfestetHendelse=events[0])
        case "LOG_UTSKRIVNINGSKLAR":
            payload.MeldingUtskrivningsklarPasient = pasientlogistikk.MeldingUtskrivningsklarPasient(
                TidsfestetHendelse=events
            )
        case "LOG_AVMELDING":
            payload.AvmeldingUtskrivningsklarPasient = pasientlogistikk.AvmeldingUtskrivningsklarPasient(
                TidsfestetHendelse=events
            )
        case "LOG_UTSKREVET":
            payload.MeldingOmUtskrevetPasient = pasientlogistikk.MeldingOmUtskrevetPasient(
                UtskrevetTil=_discharged_to(values), TidsfestetHendelse=events[0]
            )
        case "LOG_DOD":
            payload.OrienteringOmDod = pasientlogistikk.OrienteringOmDod(TidsfestetHendelse=events[0])
    return payload


def _discharged_to(values: LogisticsValues) -> po.UtskrevetTil:
    return po.UtskrevetTil(
        Uttilstand=cv("8431", values.discharge_state) if values.discharge_state else None,
        # The schema demands a place also for a patient who died.
        UtTil=cv("8408", values.discharge_place or _OTHER_PLACE),
    )


def _event(values: LogisticsValues, code: str) -> po.TidsfestetHendelse:
    return po.TidsfestetHendelse(
        Hendelsekode=cv("9121", code),
        BeskrivelseAvHendelse=_description(values, code),
        TidspunktForHendelse=kith.TS(V=_written(_time_of(values, code))),
        Anslag=_estimate(values, code),
        Merknad=given(values.remarks.get(code, "")),
    )


def _description(values: LogisticsValues, code: str) -> str | None:
    """The reason of a cancellation stands at the last event, the one the message is about."""
    own = given(values.descriptions.get(code, ""))
    if values.status != "C" or code != _EVENTS[values.type][-1]:
        return own
    reason = given(values.cancel_reason)
    return f"Kansellering: {reason}" if reason else "Kansellering"


def _time_of(values: LogisticsValues, code: str) -> date | datetime | None:
    return {
        "1": values.admitted_at,
        "2": values.discharged_at,
        "3": values.ready_on,
        "4": values.withdrawn_on,
        "13": values.died_at,
    }[code]


def _written(at: date | datetime | None) -> str:
    """An instant with offset, a day as a day (expected and ready dates are always days)."""
    if at is None:
        raise ValueError("a time that _missing lets through")
    return xml_time(at) if isinstance(at, datetime) else at.isoformat()


def _estimate(values: LogisticsValues, code: str) -> str:
    """Anslag as the official examples have it, or as the counterpart wants it (C-11)."""
    if code == "3":
        return "false" if values.ready_is_final else "true"
    if values.literal_estimates and code in ("1", "2", "13"):
        return "true"
    return "false"
