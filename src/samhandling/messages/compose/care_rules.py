"""What must stand together in a care message before it is written, beyond what each field asks for."""

from __future__ import annotations

from collections.abc import Iterator

from samhandling.messages import codes
from samhandling.messages.compose.attachments import check_attachments
from samhandling.messages.compose.care_values import CareValues, ClinicalValues, NursingValues
from samhandling.messages.compose.checking import FieldError, conflict, missing
from samhandling.messages.compose.parts import clean
from samhandling.messages.compose.people import phone_address
from samhandling.messages.compose.practicalities import Appointment, Request, Service, ServiceNeed
from samhandling.messages.compose.values import Professional, UnitValues


def head_rules(values: CareValues) -> Iterator[FieldError]:
    """HITS 1174 (who answers the telephone), HISD 1154 (what is changed or withdrawn), HIS 80704 5.2 (answers)."""
    yield from check_reachable(values.unit, values.responsible)
    if values.status in ("M", "C") and not clean(values.parent):
        yield missing("parent", "Meldingen som endres eller kanselleres, mangler.")
    if values.status == "C" and not clean(values.cancel_reason):
        yield missing("cancel_reason", "Skriv hvorfor meldingen trekkes tilbake.")
    if values.status != "M" and clean(values.change):
        yield conflict("change", "«Hva er endret» hører bare til en endring.")
    if values.status != "C" and clean(values.cancel_reason):
        yield conflict("cancel_reason", "Begrunnelsen hører bare til en kansellering.")
    if values.answers is not None:
        yield from check_request(values.answers, "answers")
        if not clean(values.parent):
            yield missing("parent", "Forespørselen som besvares, mangler.")
    yield from check_attachments(values.attachments)


def check_reachable(unit: UnitValues | None, responsible: Professional | None) -> Iterator[FieldError]:
    """A unit or a professional with a telephone number, always (HITS 1174 chapter 5)."""
    phones = (unit.phone if unit else "", responsible.phone if responsible else "")
    if not any(phone_address(phone) != "tel:" for phone in phones):
        yield missing("unit.phone", "Telefonnummer til ansvarlig enhet eller helsepersonell mangler.")


def check_request(request: Request, path: str) -> Iterator[FieldError]:
    """The type is one of the asker's own list, and what no type tells is asked in words."""
    if request.type and not codes.known(request.asked_by, request.type):
        yield FieldError(f"{path}.type", "field.code", "Type forespørsel finnes ikke i kodeverket til den som spør.")
    if request.type == "99" and not clean(request.question):
        yield missing(f"{path}.question", "Spørsmålet mangler.")


def clinical_rules(values: ClinicalValues) -> Iterator[FieldError]:
    """Parts of the clinical content that need each other."""
    if values.rhesus and not values.blood_type:
        yield missing("blood_type", "Blodtype mangler.")
    for number, told in enumerate(values.information):
        if not (clean(told.text) or told.type):
            yield missing(f"information[{number}].text", "Informasjonen som er gitt, mangler.")
    if sum(diagnosis.main for diagnosis in values.diagnoses) > 1:
        yield conflict("diagnoses", "Bare én diagnose kan være hoveddiagnose.")


def nursing_rules(values: NursingValues) -> Iterator[FieldError]:
    """Units without amounts."""
    for number, dose in enumerate(values.given_today):
        if dose.amount_unit and dose.amount is None:
            yield missing(f"given_today[{number}].amount", "Mengde mangler.")


def check_services(services: tuple[Service | ServiceNeed, ...], path: str) -> Iterator[FieldError]:
    """Each has a kind or a name (HIS 80704 12.2.2)."""
    for number, service in enumerate(services):
        if not (service.type or clean(service.name)):
            yield missing(f"{path}[{number}].name", "Tjenesten mangler type eller betegnelse.")
        if clean(service.amount_unit) and service.amount is None:
            yield missing(f"{path}[{number}].amount", "Antall enheter mangler.")


def check_medicines(values: ClinicalValues) -> Iterator[FieldError]:
    """Strengths have a number, and a period ends after it began."""
    for number, medicine in enumerate(getattr(values, "medicines", ())):
        path = f"medicines[{number}]"
        if medicine.strength_unit and medicine.strength is None:
            yield missing(f"{path}.strength", "Styrke mangler.")
        if medicine.from_day and medicine.to_day and medicine.to_day < medicine.from_day:
            yield conflict(f"{path}.to_day", "Til dato er før fra dato.")


def check_reports(values: ClinicalValues) -> Iterator[FieldError]:
    """Innleggelsesrapport has room for one report of another profession."""
    if len(values.reports) > 1:
        yield conflict("reports", "Meldingen har plass til én rapport fra andre faggrupper.")


def check_appointment(one: Appointment, path: str) -> Iterator[FieldError]:
    """One of three ways to say when, and nothing that the chosen way has no place for."""
    ways = (one.at is not None, bool(clean(one.about_when)), one.by_patient)
    if sum(ways) > 1:
        yield conflict(path, "Velg én: tidspunkt, omtrent når, eller at pasienten bestiller.")
    elif not (any(ways) or clean(one.place) or clean(one.remark)):
        yield missing(f"{path}.at", "Tidspunkt for timen mangler.")
    if one.by_patient and (clean(one.place) or clean(one.remark)):
        yield conflict(f"{path}.place", "Sted og merknad kan ikke stå sammen med at pasienten bestiller.")
    if one.minutes is not None and one.at is None:
        yield conflict(f"{path}.minutes", "Varighet hører bare til en bestilt time.")
