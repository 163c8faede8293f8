"""Which stays and courses a scope may see (P-03): a ward its own patients, a municipality what it was told."""

from __future__ import annotations

from django.db.models import QuerySet

from samhandling.access.roles import May, Role
from samhandling.access.scope import Scope
from samhandling.errors import NotFoundError
from samhandling.stays.models import Course, Stay


def stays(scope: Scope) -> QuerySet[Stay]:
    """The hospital's stays within the scope; none for those who may not see patients."""
    found = scope.rows(Stay.objects.select_related("patient", "unit", "organisation"), unit="unit")
    return found if scope.may(May.SEE_PATIENTS) else found.none()


def courses(scope: Scope) -> QuerySet[Course]:
    """The municipality's courses within the scope.

    A unit does not narrow them here: messages are addressed to a service of the municipality, and its case handlers and
    nurses follow the same patient.
    """
    found = scope.rows(Course.objects.select_related("patient", "organisation"))
    return found if scope.may(May.SEE_COURSES) and scope.may(May.SEE_PATIENTS) else found.none()


def one_stay(scope: Scope, pk: int) -> Stay:
    """The stay. Raises NotFoundError outside the scope."""
    found = stays(scope).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(f"stay {pk}")
    return found


def one_course(scope: Scope, pk: int) -> Course:
    """The course. Raises NotFoundError outside the scope."""
    found = courses(scope).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(f"course {pk}")
    return found


def visible(scope: Scope, pk: int) -> bool:
    """Whether the scope may see that stay."""
    return stays(scope).filter(pk=pk).exists()


def course_visible(scope: Scope, pk: int) -> bool:
    """Whether the scope may see that course."""
    return courses(scope).filter(pk=pk).exists()


def is_ward(scope: Scope) -> bool:
    """Whether the scope works at the bedside: it then gets forms and ward words."""
    return scope.role in {Role.WARD_NURSE, Role.PLO_RESOURCE}
