"""Making users, giving and taking roles, and letting people in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from samhandling.access import audit
from samhandling.access.models import LoginFailure, Membership, User
from samhandling.access.roles import Role, fits
from samhandling.errors import SamhandlingError
from samhandling.organisations.models import Organisation, Unit
from samhandling.store.services import is_test_store, require_test_store

FAILURES_ALLOWED = {"name": 5, "address": 40}
"""Refused log-ins within the window before the next is not even tried; a ward shares one address."""
FAILURE_WINDOW = timedelta(minutes=15)


class UserExistsError(SamhandlingError):
    """There is already a user of that name."""

    code = "access.user_exists"


class UnknownUserError(SamhandlingError):
    """There is no user of that name."""

    code = "access.unknown_user"


class WeakPasswordError(SamhandlingError):
    """The password is too short or too common."""

    code = "access.weak_password"


class RoleDoesNotFitError(SamhandlingError):
    """A ward role outside a hospital, a municipal role outside a municipality, or a ward nurse without ward."""

    code = "access.role_does_not_fit"


class LoginRefusedError(SamhandlingError):
    """Name and password do not belong together, or the user is disabled: the same answer for all of these."""

    code = "access.login_refused"


class TooManyFailuresError(SamhandlingError):
    """Too many refused log-ins for this name or from this place."""

    code = "access.too_many_failures"
    retryable = True


@transaction.atomic
def add_user(
    username: str,
    password: str,
    *,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
    demo: bool = False,
    language: str = "",
) -> User:
    """Make a user. A demo user is refused on a store that is not marked *test*, and may have a simple password.

    Raises UserExistsError, WeakPasswordError, RealStoreError.
    """
    if demo:
        require_test_store()
    if User.objects.filter(username__iexact=username).exists():
        raise UserExistsError(username)
    user = User(
        username=username, first_name=first_name, last_name=last_name, demo=demo, language=language, date_joined=now
    )
    _set_password(user, password)
    user.save()
    audit.record(None, "user.add", now=now, subject=f"user:{user.pk}")
    return user


@transaction.atomic
def change_password(username: str, password: str, *, now: datetime) -> User:
    """Give the user a new password and end every session of theirs. Raises UnknownUserError, WeakPasswordError."""
    user = find_user(username)
    _set_password(user, password)
    user.save(update_fields=["password"])
    audit.record(None, "user.password", now=now, subject=f"user:{user.pk}")
    return user


@transaction.atomic
def add_role(
    user: User, role: Role, organisation: Organisation, *, now: datetime, unit: Unit | None = None
) -> Membership:
    """Give a role. Giving it twice is one role. Raises RoleDoesNotFitError."""
    if not fits(role, organisation.kind, has_unit=unit is not None):
        raise RoleDoesNotFitError(f"{role.value} in a {organisation.kind}, {'with' if unit else 'without'} unit")
    if unit is not None and unit.organisation_id != organisation.pk:
        raise RoleDoesNotFitError("the unit belongs to another organisation")
    membership, made = Membership.objects.get_or_create(
        user=user, organisation=organisation, unit=unit, role=role.value
    )
    if made:
        audit.record(
            None, "user.role", now=now, organisation_id=organisation.pk, subject=f"user:{user.pk}", purpose=role.value
        )
    return membership


@transaction.atomic
def remove_role(user: User, role: Role, organisation: Organisation, *, now: datetime, unit: Unit | None = None) -> int:
    """Take a role away; without `unit` for all units. Gives how many memberships ended."""
    rows = Membership.objects.filter(user=user, organisation=organisation, role=role.value)
    if unit is not None:
        rows = rows.filter(unit=unit)
    count, _ = rows.delete()
    if count:
        audit.record(
            None, "user.role_removed", now=now, organisation_id=organisation.pk, subject=f"user:{user.pk}",
            purpose=role.value,
        )  # fmt: skip
    return count


@transaction.atomic
def disable_user(username: str, *, now: datetime) -> User:
    """Shut a user out; open sessions end with the next click. The row stays, because the log points to it."""
    user = find_user(username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(None, "user.disable", now=now, subject=f"user:{user.pk}")
    return user


def find_user(username: str) -> User:
    """The user of that name, upper and lower case alike. Raises UnknownUserError."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise UnknownUserError(username)
    return user


def log_in(request: HttpRequest, username: str, password: str, address: str, *, now: datetime) -> User:
    """The user whom name and password belong to (rate-limited per name and per address).

    Raises TooManyFailuresError, or LoginRefusedError with the same answer for a wrong name, a wrong password, a
    disabled user, and a demo user on a store that is not marked *test*. The caller starts the session.
    """
    keys = {"name": _key("name", username.casefold()), "address": _key("address", address)}
    since = now - FAILURE_WINDOW
    LoginFailure.objects.filter(at__lt=now - timedelta(days=1)).delete()
    for kind, key in keys.items():
        if LoginFailure.objects.filter(key=key, at__gte=since).count() >= FAILURES_ALLOWED[kind]:
            raise TooManyFailuresError(kind)
    known = User.objects.filter(username__iexact=username).first()
    user = authenticate(request, username=known.username if known else username, password=password)
    if not isinstance(user, User) or (user.demo and not is_test_store()):
        with transaction.atomic():
            LoginFailure.objects.bulk_create([LoginFailure(key=key, at=now) for key in keys.values()])
            audit.record(known, "access.login_refused", now=now)
        raise LoginRefusedError
    LoginFailure.objects.filter(key=keys["name"]).delete()
    return user


def _key(kind: str, value: str) -> str:
    """What stands in the store for a typed name or an address: people type passwords into the name field."""
    return salted_hmac(f"samhandling.login.{kind}", value, algorithm="sha256").hexdigest()


def _set_password(user: User, password: str) -> None:
    if not user.demo:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise WeakPasswordError(" ".join(error.messages)) from error
    user.set_password(password)
