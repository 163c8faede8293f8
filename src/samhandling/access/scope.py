"""What the person in front of the page may see: every query of a page takes a scope (P-03, design 3a)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from samhandling.access import roles
from samhandling.access.models import Membership, User
from samhandling.access.roles import May, Role
from samhandling.errors import NotFoundError, SamhandlingError
from samhandling.organisations.models import Organisation

SESSION_KEY = "hat"
Row = TypeVar("Row", bound=Model)


class NoRoleError(SamhandlingError):
    """The user is logged in but holds no role here, or has several and has not chosen."""

    code = "access.no_role"


class ForbiddenError(SamhandlingError):
    """The role may not do that (P-03)."""

    code = "access.forbidden"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hat:
    """One role in one organisation, as a user chooses it; several wards in the same role are one hat."""

    organisation: Organisation
    role: Role
    unit_ids: frozenset[int] | None
    unit_names: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names the hat in the session and in the form that chooses it."""
        return f"{self.organisation.pk}-{self.role.value}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Who looks, for which organisation, in which role, and for which units (None: all of the organisation)."""

    user: User
    organisation: Organisation
    role: Role
    unit_ids: frozenset[int] | None
    unit_names: tuple[str, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """The role worn now, as a set."""
        return frozenset({self.role})

    def may(self, what: May) -> bool:
        """Whether the role may do that."""
        return roles.may(self.role, what)

    def require(self, what: May) -> None:
        """Raise ForbiddenError unless the role may do that."""
        if not self.may(what):
            raise ForbiddenError(what.value)

    def covers_unit(self, unit_id: int | None) -> bool:
        """Whether a row of that unit is within the scope; a row without unit belongs to the whole organisation."""
        return self.unit_ids is None or unit_id in self.unit_ids

    def rows(self, rows: QuerySet[Row], *, unit: str | None = None) -> QuerySet[Row]:
        """The rows of this scope: those of its organisation and, where `unit` names the field, of its units."""
        found = rows.filter(organisation_id=self.organisation.pk)
        if unit is not None and self.unit_ids is not None:
            found = found.filter(**{f"{unit}__in": self.unit_ids})
        return found

    def one(self, rows: QuerySet[Row], pk: int, *, unit: str | None = None) -> Row:
        """The row of that id within this scope. Raises NotFoundError: another ward's row does not exist here."""
        found = self.rows(rows, unit=unit).filter(pk=pk).first()
        if found is None:
            raise NotFoundError(f"{rows.model.__name__} {pk}")
        return found


def hats(user: User) -> list[Hat]:
    """The hats of a user, in the order organisation, role; only in organisations that this node hosts."""
    memberships = (
        Membership.objects.filter(user=user, organisation__hosted=True)
        .select_related("organisation", "unit")
        .order_by("organisation__name", "role", "unit__name")
    )
    groups: dict[tuple[int, str], list[Membership]] = {}
    for membership in memberships:
        groups.setdefault((membership.organisation_id, membership.role), []).append(membership)
    found = []
    for group in groups.values():
        everywhere = any(m.unit_id is None for m in group)
        found.append(
            Hat(
                organisation=group[0].organisation,
                role=Role(group[0].role),
                unit_ids=None if everywhere else frozenset(m.unit_id for m in group if m.unit_id is not None),
                unit_names=() if everywhere else tuple(m.unit.name for m in group if m.unit is not None),
            )
        )
    return found


def choose(request: HttpRequest, key: str) -> Hat:
    """Put on the hat of that key. Raises NoRoleError when the user does not hold it."""
    assert isinstance(request.user, User)
    for hat in hats(request.user):
        if hat.key == key:
            request.session[SESSION_KEY] = hat.key
            return hat
    raise NoRoleError


def scope_of(request: HttpRequest) -> Scope:
    """The scope of a request, read afresh from the memberships: a role taken away is gone on the next click.

    The only hat is put on by itself. Raises NoRoleError for nobody, for a user without role, and for one with several
    who has not chosen.
    """
    if not isinstance(request.user, User):
        raise NoRoleError
    found = hats(request.user)
    chosen = request.session.get(SESSION_KEY)
    hat = next((h for h in found if h.key == chosen), found[0] if len(found) == 1 else None)
    if hat is None:
        raise NoRoleError
    return Scope(
        user=request.user,
        organisation=hat.organisation,
        role=hat.role,
        unit_ids=hat.unit_ids,
        unit_names=hat.unit_names,
    )
