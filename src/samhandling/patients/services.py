"""Register, find and match the patients of one organisation.

Numbers go in and out in clear only here; at rest they are sealed, and found through a keyed hash (design 3b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from samhandling.configuration import secret
from samhandling.errors import SamhandlingError
from samhandling.identity.persons import PersonNumber, classify, normal_person_number
from samhandling.identity.vault import Vault
from samhandling.patients import rules
from samhandling.patients.models import Patient, PatientNumber
from samhandling.patients.rules import Candidate, IdClass, Match
from samhandling.patients.values import Number, PatientDetails
from samhandling.store.prepared import insert, insert_all, only, prepared
from samhandling.store.prepared import update as update_row
from samhandling.store.services import RealStoreError, is_test_store

if TYPE_CHECKING:
    pass


class NoIdentityError(SamhandlingError):
    """A patient cannot be registered from nothing: neither a number, nor name and birth date."""

    code = "patient.no_identity"


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering did."""

    patient: Patient
    created: bool
    numbers_changed: bool
    municipality_changed: bool
    conflicts: tuple[int, ...] = ()
    """Other patients who have one of the numbers: nothing is merged, a person must look (A-18)."""


@lru_cache(maxsize=4)
def _vault(key: bytes) -> Vault:
    return Vault(key)


def vault() -> Vault:
    """The vault of this node."""
    return _vault(secret("identity"))


def _index(number: Number) -> str:
    return vault().index(f"{number.kind}:{normal_person_number(number.value).upper()}")


def patient_key(organisation_id: int, number: str) -> str:
    """The job key of a patient: a keyed hash, so that no number stands in a job (P-18); blanks do not count."""
    normal = normal_person_number(number).upper()
    return f"patient:{organisation_id}:{vault().index(f'key:{normal}')[:32]}"


def _given(details: PatientDetails) -> list[Number]:
    """The numbers that say something, the patient system's own first, then the most trusted.

    A number without a type code is what its digits say (C-03), or the patient system's own.
    """
    order = ("LOCAL", *rules.IDENTITY_KINDS)
    found = [n if n.kind else Number(_kind_of(n.value), n.value, n.issuer) for n in details.numbers if n.value.strip()]
    return sorted(found, key=lambda n: order.index(n.kind) if n.kind in order else len(order))


def _kind_of(value: str) -> str:
    kind = classify(value, None, test=is_test_store()).kind
    return kind if kind in rules.IDENTITY_KINDS else "LOCAL"


def owners(details: PatientDetails, *, organisation_id: int) -> list[int]:
    """Ids of the patients who have or had one of the numbers: the strongest number's owner first, then past ones."""
    wanted = {_index(n): n for n in _given(details)}
    return list(_owners(wanted, _having(wanted, organisation_id)))


def _having(wanted: dict[str, Number], organisation_id: int) -> list[PatientNumber]:
    """The rows of the organisation with one of these numbers, whoever has or had it."""
    if not wanted:
        return []
    return _with_index(organisation_id, list(wanted))


@prepared
def _with_index(organisation_id: int, indexes: list[str]) -> QuerySet[PatientNumber]:
    return PatientNumber.objects.filter(organisation_id=organisation_id, index__in=indexes)


@prepared
def _locked(patient_id: int) -> QuerySet[Patient]:
    return Patient.objects.select_for_update().filter(pk=patient_id)


@prepared
def _locked_numbers(patient: Patient) -> QuerySet[PatientNumber]:
    return PatientNumber.objects.select_for_update().filter(patient=patient)


def lock(patient_id: int) -> Patient:
    """The patient's row, locked until the transaction ends. Raises NotFoundError."""
    return only(_locked(patient_id))


def _owners(wanted: dict[str, Number], rows: Sequence[PatientNumber]) -> dict[int, bool]:
    """Patient id -> whether one of the numbers is in use by that patient; in the order of `owners`."""
    found: dict[int, bool] = {}
    for index, number in wanted.items():
        mine = [r for r in rows if r.index == index and r.kind == number.kind]
        if number.kind in {"LOCAL", "HNR"} and number.issuer:
            mine = [r for r in mine if r.issuer == number.issuer]
        for row in sorted(mine, key=lambda r: (r.valid_to is not None, -r.pk)):
            if row.valid_to is None or _grew_out_of(row):
                found[row.patient_id] = found.get(row.patient_id, False) or row.valid_to is None
    return found


def _grew_out_of(row: PatientNumber) -> bool:
    """True for a past number that a stronger kind replaced: it still names the person.

    One that was replaced by another of its own kind was a mistake, and may well be somebody else's.
    """
    now_used = PatientNumber.objects.filter(patient_id=row.patient_id, valid_to__isnull=True, valid=True)
    return any(rules.is_stronger(kind, row.kind) for kind in now_used.values_list("kind", flat=True))


def find(details: PatientDetails, *, organisation_id: int) -> Patient | None:
    """The patient whom the strongest of the numbers names, or None. Does not look at names."""
    ids = owners(details, organisation_id=organisation_id)
    return Patient.objects.get(pk=ids[0]) if ids else None


def update(details: PatientDetails, *, organisation_id: int, now: datetime) -> Registered | None:
    """Bring a patient whom we have up to date, as `register`; None for anybody else, of whom nothing is kept."""
    return _register(details, organisation_id, now, provisional=False, only_known=True)


def register(details: PatientDetails, *, organisation_id: int, now: datetime, provisional: bool = False) -> Registered:
    """Make the patient known, or bring what is known up to date; the row is locked until the transaction ends.

    Raises NoIdentityError without anything to know the person by, RealStoreError for a synthetic number in a store
    that is not marked *test* (P-15).
    """
    done = _register(details, organisation_id, now, provisional=provisional, only_known=False)
    assert done is not None
    return done


def _register(
    details: PatientDetails, organisation_id: int, now: datetime, *, provisional: bool, only_known: bool
) -> Registered | None:
    numbers = _given(details)
    if not numbers and not (rules.has_name(details) and details.birth_date):
        raise NoIdentityError
    test = is_test_store()
    kinds = {n: classify(n.value, n.kind, test=test) for n in numbers if n.kind in rules.IDENTITY_KINDS}
    if not test and any(k.synthetic for k in kinds.values()):
        raise RealStoreError("a synthetic person number")
    said = _Said(details, [(_index(n), n) for n in numbers], kinds)
    # Nothing below is an answer to the caller's data, so that no savepoint is needed within the caller's transaction.
    with transaction.atomic(savepoint=False):
        return _write(said, organisation_id, now, provisional=provisional, only_known=only_known)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a source says of a person, with its numbers looked at."""

    details: PatientDetails
    numbers: list[tuple[str, Number]]
    """With their indexes."""
    kinds: dict[Number, PersonNumber]


def _write(
    said: _Said, organisation_id: int, now: datetime, *, provisional: bool, only_known: bool
) -> Registered | None:
    details, kinds = said.details, said.kinds
    wanted = dict(said.numbers)
    having = _having(wanted, organisation_id)
    known = _owners(wanted, having)
    if known:
        patient = lock(next(iter(known)))
    elif only_known:
        return None
    else:
        patient = Patient(organisation_id=organisation_id, created_at=now, provisional=provisional)
    created, before = patient.pk is None, _said(patient)
    municipality_before = patient.municipality_number
    _take_over(patient, details, provisional=provisional)
    for number in kinds:
        patient.birth_date = patient.birth_date or kinds[number].birth_date
        patient.sex = patient.sex or kinds[number].sex or ""
    patient.name_key = name_key(patient)
    if created or _said(patient) != before:
        patient.updated_at = now
        if created:
            insert(patient)
        else:
            update_row(patient)
    changed = _note_numbers(patient, said, having, created=created, now=now)
    return Registered(
        patient=patient,
        created=created,
        numbers_changed=changed and not created,
        municipality_changed=not created and patient.municipality_number != municipality_before,
        conflicts=tuple(i for i, in_use in known.items() if in_use and i != patient.pk),
    )


def _said(patient: Patient) -> tuple[object, ...]:
    """Everything that a source can say of the row."""
    return tuple(
        getattr(patient, name)
        for name in (*_LENGTHS, "birth_date", "street", "postal_code", "city", "provisional", "name_key")
    )


def name_key(patient: Patient) -> str:
    """What searching by name looks in: every name, in small letters, each word after a blank."""
    return f" {patient.family_name} {patient.given_name} {patient.middle_name}".casefold()


_LENGTHS = {
    "family_name": 100,
    "given_name": 100,
    "middle_name": 100,
    "sex": 1,
    "municipality_number": 4,
    "phone": 40,
    "protection": 1,
}
"""Texts of a patient and how long they may be; a longer one is cut, because a feed must not stop for it."""


def _take_over(patient: Patient, details: PatientDetails, *, provisional: bool) -> None:
    """Let the row say what the details say; what they leave empty stays."""
    for name in _LENGTHS:
        value = getattr(details, name).strip()
        if value:
            setattr(patient, name, value[: _LENGTHS[name]])
    if details.birth_date:
        patient.birth_date = details.birth_date
    address = details.address
    if address.street or address.postal_code or address.city:
        patient.street, patient.postal_code, patient.city = (
            address.street[:200],
            address.postal_code[:10],
            address.city[:100],
        )
    if not provisional:
        patient.provisional = False


def _note_numbers(
    patient: Patient, said: _Said, having: Sequence[PatientNumber], *, created: bool, now: datetime
) -> bool:
    """Write down numbers in use; True when something changed. `having`: everybody's rows with one of them."""
    rows = [] if created else _locked_numbers(patient)
    others = [r for r in having if r.patient_id != patient.pk]
    made = []
    for index, number in said.numbers:
        # A number that no authority gives keeps no rules that it could break.
        valid = said.kinds[number].valid if number in said.kinds else True
        row = _note_number(patient, number, index, rows, others, valid=valid, now=now)
        if row is not None:
            rows.append(row)
            made.append(row)
    insert_all(made)
    _keep_numbers(patient, rows)
    return bool(made)


def _keep_numbers(patient: Patient, rows: list[PatientNumber]) -> None:
    """Let this object of the patient know its numbers without asking the store again."""
    kept = patient.numbers.all()
    kept._result_cache = rows
    kept._prefetch_done = True  # type: ignore[attr-defined]
    patient._prefetched_objects_cache = {"numbers": kept}  # type: ignore[attr-defined]


def _note_number(
    patient: Patient,
    number: Number,
    index: str,
    rows: Sequence[PatientNumber],
    others: Sequence[PatientNumber],
    *,
    valid: bool,
    now: datetime,
) -> PatientNumber | None:
    """The new row of a number that is new in use, which ends those that it replaces; None when nothing is new."""
    in_use = [r for r in rows if r.valid_to is None]
    same = [r for r in rows if r.index == index and r.kind == number.kind]
    if any(r.valid_to is None for r in same):
        return None
    asked = (index, number.kind, number.issuer)
    if any((r.index, r.kind, r.issuer) == asked and r.valid_to is None for r in others):
        return None  # Another patient has it: register() names the conflict, a person decides.
    beaten = any(r.valid and rules.is_stronger(r.kind, number.kind) for r in in_use)
    if beaten and same:
        return None  # An old help number, still sent beside the ordinary one that replaced it.
    if valid and not beaten:
        for gone in [r for r in in_use if rules.replaces(number, r.kind, r.issuer)]:
            gone.valid_to = now
            if gone.pk is not None:
                gone.save(update_fields=["valid_to"])
    return PatientNumber(
        patient=patient,
        organisation_id=patient.organisation_id,
        kind=number.kind,
        sealed=vault().seal(number.value.strip()),
        index=index,
        issuer=number.issuer[:100],
        valid=valid,
        valid_from=now,
        valid_to=now if beaten else None,
    )


def numbers_in_use(patient: Patient) -> list[PatientNumber]:
    """The patient's numbers in use, the most trusted first."""
    rows = [r for r in patient.numbers.all() if r.valid_to is None]
    order = (*rules.IDENTITY_KINDS, "LOCAL")
    return sorted(rows, key=lambda r: (order.index(r.kind) if r.kind in order else len(order), r.pk))


def opened(row: PatientNumber) -> Number:
    """The number in clear."""
    return Number(row.kind, vault().open(bytes(row.sealed)), row.issuer)


def identifiers(patient: Patient) -> list[Number]:
    """The numbers of list 8116 that a message may carry, the most trusted first; no broken ones, none of our own."""
    return [opened(row) for row in numbers_in_use(patient) if row.kind != "LOCAL" and (row.valid or row.kind == "HNR")]


def id_class(patient: Patient) -> IdClass:
    """FNR, DNR, FH, H or NONE (C-03)."""
    return rules.id_class((row.kind, row.valid) for row in numbers_in_use(patient))


def match(details: PatientDetails, *, organisation_id: int) -> Match:
    """Whom a received document is about: automatic by number and name, else a person decides (RECV-30 to 38)."""
    identity = PatientDetails(numbers=tuple(n for n in details.numbers if n.kind in rules.IDENTITY_KINDS))
    by_number = owners(identity, organisation_id=organisation_id)
    rows = {p.pk: p for p in Patient.objects.filter(pk__in=by_number)} if by_number else {}
    if details.birth_date and not by_number:
        rows.update({p.pk: p for p in _born(organisation_id, details.birth_date)})
    if rows:
        prefetch_related_objects(list(rows.values()), "numbers")
    candidates = [_candidate(p, by_number=p.pk in by_number) for p in rows.values()]
    return rules.judge(details, candidates)


@prepared
def _born(organisation_id: int, day: date) -> QuerySet[Patient]:
    return Patient.objects.filter(organisation_id=organisation_id, birth_date=day, merged_into__isnull=True)


def agrees(details: PatientDetails, patient: Patient) -> bool:
    """Whether a document's identification speaks for that patient and nothing in it against (RECV-36)."""
    identity = PatientDetails(numbers=tuple(n for n in details.numbers if n.kind in rules.IDENTITY_KINDS))
    theirs = set(owners(identity, organisation_id=patient.organisation_id))
    return theirs <= {patient.pk} and rules.agrees(details, _candidate(patient, by_number=patient.pk in theirs))


def _candidate(patient: Patient, *, by_number: bool) -> Candidate:
    return Candidate(
        patient_id=patient.pk,
        family_name=patient.family_name,
        given_name=patient.given_name,
        middle_name=patient.middle_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        by_number=by_number,
        number_kinds=tuple(r.kind for r in patient.numbers.all() if r.valid_to is None),
    )


def current(patient_id: int) -> Patient:
    """The patient that row stands for now, through merges."""
    patient = Patient.objects.get(pk=patient_id)
    while patient.merged_into_id is not None:
        patient = Patient.objects.get(pk=patient.merged_into_id)
    return patient


def search(text: str, *, organisation_id: int, limit: int = 50) -> list[Patient]:
    """Patients by number (any, also replaced ones) or by the beginning of a name; at most `limit`."""
    words = text.split()
    number = normal_person_number(text).upper()
    if any(c.isdigit() for c in number):
        wanted = [vault().index(f"{kind}:{number}") for kind in (*rules.IDENTITY_KINDS, "LOCAL", "DUF")]
        ids = PatientNumber.objects.filter(organisation_id=organisation_id, index__in=wanted).values("patient_id")
        return list(Patient.objects.filter(pk__in=ids, merged_into__isnull=True).order_by("pk")[:limit])
    if not words:
        return []
    found = Patient.objects.filter(organisation_id=organisation_id, merged_into__isnull=True)
    for word in words:
        found = found.filter(name_key__contains=f" {word.casefold()}")
    return list(found.order_by("name_key", "pk")[:limit])
