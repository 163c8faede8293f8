"""Every message type that we write: its values, its rules, and how they become a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from samhandling.messages import catalogue, codes, engine, facts, profiles
from samhandling.messages.compose import (
    care_rules,
    dialogs,
    helseopplysninger,
    innleggelsesrapport,
    logistics,
    medisinske,
    til_lege,
    tjenestetilbud,
    utskrivningsrapport,
)
from samhandling.messages.compose.about import fields_of
from samhandling.messages.compose.care_values import CareValues, ClinicalValues, NursingValues
from samhandling.messages.compose.checking import FieldError, check
from samhandling.messages.compose.header import message_head
from samhandling.messages.compose.medical import NewId
from samhandling.messages.compose.parts import clean
from samhandling.messages.compose.reading import read_values
from samhandling.messages.compose.schemas import Needs, schema_of
from samhandling.messages.compose.values import Composed, Envelope, LogisticsValues
from samhandling.messages.engine.tables import Node
from samhandling.messages.model import hodemelding as mh

Rules = Callable[[Any, str], Iterator[FieldError]]


@dataclass(frozen=True)
class Writable:
    """One message type: what it is made of and how."""

    values: type[Envelope]
    versions: tuple[str, ...]
    payload: Callable[[Any, str, NewId], Node]
    rules: Rules
    # The fields that a change must fill in, and those that a cancellation must repeat.
    changed: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()


PLO = ("1.5", "1.6")


def _dialog(values: type[Envelope], version: str = "1.0") -> Writable:
    return Writable(values, (version,), dialogs.payload, dialogs.rules)


WRITABLE: Mapping[str, Writable] = {
    "HELSEOPPL_SOKNAD": Writable(
        helseopplysninger.HelseopplysningerValues,
        PLO,
        helseopplysninger.payload,
        helseopplysninger.rules,
        changed=("change",),
        cancelled=("expected_ready_on",),
    ),
    "INNLEGGELSESRAPPORT": Writable(
        innleggelsesrapport.InnleggelsesrapportValues, PLO, innleggelsesrapport.payload, innleggelsesrapport.rules
    ),
    "UTSKRIVNINGSRAPPORT": Writable(
        utskrivningsrapport.UtskrivningsrapportValues, PLO, utskrivningsrapport.payload, utskrivningsrapport.rules
    ),
    "HELSEOPPLYSNINGER_LEGE": Writable(til_lege.TilLegeValues, PLO, til_lege.payload, til_lege.rules),
    "ORIENTERING_TJENESTETILBUD": Writable(
        tjenestetilbud.TjenestetilbudValues,
        PLO,
        tjenestetilbud.payload,
        tjenestetilbud.rules,
        cancelled=("services",),
    ),
    "MEDISINSKE_OPPLYSNINGER": Writable(medisinske.MedisinskeValues, PLO, medisinske.payload, medisinske.rules),
    "DIALOG_FORESPORSEL": _dialog(dialogs.RequestValues),
    "DIALOG_SVAR": _dialog(dialogs.AnswerValues),
    "DIALOG_AVVIK": _dialog(dialogs.DeviationValues),
    "DIALOG_NOTAT": _dialog(dialogs.NoteValues),
    "DIALOG_HELSEFAGLIG": _dialog(dialogs.HealthDialogValues, "1.1"),
}
LOGISTICS = ("LOG_INNLAGT", "LOG_UTSKRIVNINGSKLAR", "LOG_AVMELDING", "LOG_UTSKREVET", "LOG_DOD")


def versions_of(type_code: str) -> tuple[str, ...]:
    """The versions in which we write that type, the older first; empty for a type that we do not write."""
    if type_code in LOGISTICS:
        return PLO
    found = WRITABLE.get(type_code)
    return found.versions if found else ()


def writable_types() -> tuple[tuple[str, str], ...]:
    """Every (type, version) that we write."""
    return tuple((code, version) for code in (*LOGISTICS, *WRITABLE) for version in versions_of(code))


def values_class(type_code: str) -> type[Envelope]:
    """The class of values of a type. Raises LookupError for a type that we do not write."""
    return LogisticsValues if type_code in LOGISTICS else WRITABLE[type_code].values


def schema(type_code: str, version: str | None = None) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the data for a type. Raises LookupError for what we do not write."""
    version = version or versions_of(type_code)[-1]
    message_type = catalogue.by_code(type_code, version)
    if message_type is None or version not in versions_of(type_code):
        raise LookupError(f"{type_code} {version}")
    cls = values_class(type_code)
    return schema_of(cls, f"{message_type.name} {version} ({type_code})", _needs(type_code, cls))


_LOGISTICS_NEED = {
    "LOG_INNLAGT": ("admitted_at",),
    "LOG_UTSKRIVNINGSKLAR": ("admitted_at", "ready_on", "responsible"),
    "LOG_AVMELDING": ("admitted_at", "ready_on", "withdrawn_on", "responsible"),
    "LOG_UTSKREVET": ("discharged_at", "discharge_place"),
    "LOG_DOD": ("died_at",),
}


def _needs(type_code: str, cls: type[Envelope]) -> tuple[Needs, ...]:
    """What a message of the type needs besides what its fields say, by status."""
    reachable = Needs(("unit", "responsible"), one_of=True)
    if type_code in LOGISTICS:
        return (Needs(_LOGISTICS_NEED[type_code]), reachable, Needs(("parent",), ("C",)))
    if cls is dialogs.HealthDialogValues:
        return (Needs(("parent", "contact_at_receiver"), one_of=True),)
    if cls is dialogs.NoteValues:
        together = (("theme", ("text",)), ("ready_reply", ("parent",)), ("from_day", ("ready_reply",)))
        return (Needs(("theme", "ready_reply"), just_one=True), Needs((), together=together))
    if not issubclass(cls, CareValues):
        return ()
    head = {field.name for field in fields_of(CareValues)}
    content = tuple(field.name for field in fields_of(cls) if field.about.required and field.name not in head)
    return (
        reachable,
        Needs(content, ("N", "M")),
        Needs(("parent", *WRITABLE[type_code].changed), ("M",)),
        Needs(("parent", "cancel_reason", *WRITABLE[type_code].cancelled), ("C",)),
    )


def from_data(
    type_code: str, data: object, *, now: datetime, new_id: NewId | None = None, version: str | None = None
) -> tuple[Envelope | None, tuple[FieldError, ...]]:
    """The values that data of that schema hold. A message id and a time that are not there are made and `now`.

    Raises LookupError for a type that we do not write.
    """
    given = dict(data) if isinstance(data, Mapping) else data
    if isinstance(given, dict):
        given.setdefault("msg_id", (new_id or _uuid)())
        given.setdefault("generated_at", now)
    if type_code not in LOGISTICS:
        return read_values(WRITABLE[type_code].values, given)
    fixed = {"type": type_code, "version": version or versions_of(type_code)[-1]}
    return read_values(LogisticsValues, given, **fixed)


def _uuid() -> str:
    return str(uuid4())


def compose(
    type_code: str, version: str, values: Envelope, *, new_id: NewId | None = None, test: bool = False
) -> Composed:
    """The document, or the errors that say at which field something is missing or wrong; never raises for content.

    `new_id` gives the ids of the components of the record; random ones by default. `test`: the store is marked
    *test*, where synthetic person numbers are expected. Raises LookupError for a type or version that we do not write.
    """
    if version not in versions_of(type_code) or not isinstance(values, values_class(type_code)):
        raise LookupError(f"{type_code} {version} from {type(values).__name__}")
    values = _linked(values)
    errors = tuple(_errors(type_code, version, values))
    if errors:
        return Composed(None, b"", None, errors=errors)
    if isinstance(values, LogisticsValues):
        typed = replace(values, type=type_code, version=version)  # type: ignore[arg-type]
        return _with_errors(logistics.compose(typed, test=test))
    return _finished(type_code, version, values, new_id or _uuid, test)


def _linked(values: Envelope) -> Envelope:
    """The message before and the first of the series stand for each other where only one is given."""
    parent, conversation = clean(values.parent), clean(values.conversation)
    if bool(parent) == bool(conversation):
        return values
    return replace(values, parent=parent or conversation, conversation=conversation or parent)


def _errors(type_code: str, version: str, values: Envelope) -> Iterator[FieldError]:
    """All that is wrong with the values; the rules come when every field is right in itself."""
    cancelled = isinstance(values, CareValues) and values.status == "C"
    writable = WRITABLE.get(type_code)
    repeated = writable.cancelled if writable else ()
    found = list(check(values, only=CareValues if cancelled else None, also=repeated if cancelled else ()))
    yield from found
    if found:
        return
    if isinstance(values, CareValues):
        yield from care_rules.head_rules(values)
    if isinstance(values, LogisticsValues):
        yield from logistics.rules(values, type_code)
    if writable is None:
        return
    if cancelled:
        if writable.cancelled:
            yield from (error for error in writable.rules(values, version) if _concerns(error, writable.cancelled))
        return
    if isinstance(values, ClinicalValues):
        yield from care_rules.clinical_rules(values)
        yield from care_rules.check_medicines(values)
    if isinstance(values, NursingValues):
        yield from care_rules.nursing_rules(values)
    yield from writable.rules(values, version)


def _concerns(error: FieldError, names: tuple[str, ...]) -> bool:
    return re.split(r"[.\[]", error.path, maxsplit=1)[0] in names


def _finished(type_code: str, version: str, values: Any, new_id: NewId, test: bool) -> Composed:
    try:
        document = _document(type_code, version, values, new_id)
        data = engine.build(document)
    except codes.UnknownCodeError:
        return _refused(FieldError("", "field.code", "En kode finnes ikke i kodeverket."))
    except engine.BuildError as error:
        return _refused(*(FieldError("", problem.code, problem.text) for problem in error.problems))
    reading = engine.read(data)
    found = facts.facts(reading)
    if found is None or reading.tree is None:
        return _refused(*(FieldError("", problem.code, problem.text) for problem in reading.problems))
    return _with_errors(Composed(document, data, found, profiles.check(found, reading.tree, test=test)))


def _document(type_code: str, version: str, values: Any, new_id: NewId) -> mh.MsgHead:
    message_type = catalogue.by_code(type_code, version)
    if message_type is None:
        raise LookupError(f"{type_code} {version}")
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
        parent=values.parent,
        conversation=values.conversation,
        payload=WRITABLE[type_code].payload(values, version, new_id),
        consent=values.consent,
        attachments=values.attachments,
    )


def _refused(*errors: FieldError) -> Composed:
    return Composed(None, b"", None, errors=errors)


def _with_errors(composed: Composed) -> Composed:
    """Blocking findings of the profiles, told at the field they concern; what blocks is never handed out."""
    blocking = [finding for finding in composed.findings if finding.blocks_sending]
    if not blocking:
        return composed
    errors = tuple(FieldError(_field_of(found.code, found.path), found.code, found.text) for found in blocking)
    return Composed(None, b"", None, composed.findings, errors)


_FIELDS = {
    "HODE-11": "patient",
    "HODE-16": "patient.identifiers",
    "HODE-20": "patient",
    "HIS1149-01": "admitted_at",
    "HIS1149-02": "admitted_at",
    "HIS1149-03": "ready_on",
    "HIS1149-04": "responsible.family_name",
    "HIS1149-05": "withdrawn_on",
    "HIS1149-06": "discharged_at",
    "HIS1149-07": "discharge_place",
    "HIS1149-08": "died_at",
    "HIS1146-01": "services",
    "HITS1174-01": "unit.phone",
    "PLO-02": "unit",
    "PLO-03": "responsible",
    "PLO-04": "parent",
}
_PLACES = (("/MsgInfo/Sender", "sender"), ("/MsgInfo/Receiver", "receiver"), ("/MsgInfo/OtherReceiver", "copies"))


def _field_of(code: str, path: str) -> str:
    """The field that a finding concerns; "" when it is none in particular."""
    for place, name in _PLACES:
        if place in path:
            return name
    return _FIELDS.get(code, "")
