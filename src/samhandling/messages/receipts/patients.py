"""Is the patient sufficiently identified (E36), and do the particulars agree with each other?"""

from __future__ import annotations

from samhandling.messages.facts import Patient
from samhandling.messages.facts.values import OFFICIAL_KINDS

KNOWN_SEX = ("1", "2")


def has_official_number(patient: Patient, *, test: bool) -> bool:
    """A valid fødselsnummer, D-number or FH-number: what a record may be found by without a person's help."""
    return any(number.valid and number.kind in OFFICIAL_KINDS for number in patient.numbers(test=test))


def has_number_to_look_for(patient: Patient, *, test: bool) -> bool:
    """One of those, or eleven digits said to be one though the check digits fail.

    That the number is wrong would be E31, which PLO and dialogue messages do not use: the message is taken, the number
    finds no record, and a person looks (RECV-33). An H-number called something else is still an H-number.
    """
    if has_official_number(patient, test=test):
        return True
    return any(
        number.kind in OFFICIAL_KINDS and not number.mismatch and len(number.digits) == 11 and number.digits.isdigit()
        for number in patient.numbers(test=test)
    )


def has_h_number(patient: Patient, *, test: bool) -> bool:
    """An H-number, declared or by its digits."""
    return any(number.kind == "HNR" for number in patient.numbers(test=test))


def sufficient(patient: Patient | None, *, accept_h_number: bool, test: bool) -> bool:
    """One of the four combinations of HIS 80415: name with fødselsnummer, with D-number, with FH-number, or with birth
    date and sex. An H-number alone is none of them; `accept_h_number` is the agreement that lets it be one."""
    if patient is None or not patient.name:
        return False
    if has_number_to_look_for(patient, test=test):
        return True
    if patient.birth_date is not None and patient.sex in KNOWN_SEX:
        return True
    return accept_h_number and any(n.kind == "HNR" and n.valid for n in patient.numbers(test=test))


def mismatch(patient: Patient, *, test: bool) -> bool:
    """Whether birth dates, sexes or identifier types contradict each other."""
    numbers = patient.numbers(test=test)
    dates = {number.birth_date for number in numbers if number.birth_date}
    if patient.birth_date:
        dates.add(patient.birth_date)
    sexes = {number.sex for number in numbers if number.sex}
    if patient.sex in KNOWN_SEX:
        sexes.add("1" if patient.sex == "1" else "2")
    return len(dates) > 1 or len(sexes) > 1 or any(number.mismatch for number in numbers)
