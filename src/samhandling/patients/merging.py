"""Make two patients of one organisation one (A40)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction

from samhandling.errors import SamhandlingError
from samhandling.patients import rules
from samhandling.patients.models import Patient, PatientMerge, PatientNumber
from samhandling.patients.services import name_key
from samhandling.patients.values import Number

if TYPE_CHECKING:
    from samhandling.access.models import User


class MergeError(SamhandlingError):
    """Two rows cannot be made one: they are the same, of different organisations, or one was merged before."""

    code = "patient.cannot_merge"


@transaction.atomic
def merge(*, keep: Patient, gone: Patient, now: datetime, user: User | None = None, source: str = "") -> PatientMerge:
    """A40: `keep` takes over numbers, stays, messages and tasks of `gone`, whose row stays as a sign (`merged_into`).

    Every table that points to a patient follows, except the log of what people read and did, which is history.
    Raises MergeError when the two cannot be one.
    """
    first, second = sorted((keep.pk, gone.pk))
    locked = {p.pk: p for p in Patient.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk")}
    keep, gone = locked[keep.pk], locked[gone.pk]
    if keep.pk == gone.pk or keep.organisation_id != gone.organisation_id:
        raise MergeError
    if keep.merged_into_id is not None or gone.merged_into_id is not None:
        raise MergeError("one of them was merged before")
    moved = {"patients.patientnumber": _move_numbers(keep, gone, now)}
    for model in apps.get_models():
        if model in (Patient, PatientNumber, PatientMerge) or model._meta.app_label == "access":
            continue
        for relation in model._meta.concrete_fields:
            if relation.related_model is Patient:
                count = model._default_manager.filter(**{relation.name: gone}).update(**{relation.name: keep})
                if count:
                    moved[model._meta.label_lower] = moved.get(model._meta.label_lower, 0) + count
    gone.merged_into, gone.updated_at = keep, now
    gone.save(update_fields=["merged_into", "updated_at"])
    _fill_gaps(keep, gone, now)
    return PatientMerge.objects.create(kept=keep, gone=gone, at=now, user=user, source=source, moved=moved)


def _move_numbers(keep: Patient, gone: Patient, now: datetime) -> int:
    """Numbers of `gone` become numbers of `keep`; the weaker of two of a kind is no longer in use."""
    mine = [r for r in keep.numbers.all() if r.valid_to is None]
    count = 0
    for row in PatientNumber.objects.select_for_update().filter(patient=gone):
        beaten = row.valid_to is None and any(
            r.valid and rules.replaces(Number(r.kind, "", r.issuer), row.kind, row.issuer) for r in mine
        )
        row.patient = keep
        if beaten:
            row.valid_to = now
        row.save(update_fields=["patient", "valid_to"])
        count += 1
    stronger = [
        r for r in PatientNumber.objects.filter(patient=keep, valid_to__isnull=True) if r not in mine and r.valid
    ]
    for row in mine:
        if any(rules.replaces(Number(r.kind, "", r.issuer), row.kind, row.issuer) for r in stronger):
            PatientNumber.objects.filter(pk=row.pk).update(valid_to=now)
    return count


def _fill_gaps(keep: Patient, gone: Patient, now: datetime) -> None:
    """What `keep` does not know, it learns from `gone`; a protection mark of either holds."""
    for name in ("family_name", "given_name", "birth_date", "sex", "municipality_number"):
        if not getattr(keep, name):
            setattr(keep, name, getattr(gone, name))
    if gone.protection and (not keep.protection or gone.protection == Patient.Protection.STRICT):
        keep.protection = gone.protection
    keep.name_key = name_key(keep)
    keep.updated_at = now
    keep.save()
