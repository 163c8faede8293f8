"""Drafts: saved at every step, sealed, found again after a log-out or a crash, kept with what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from samhandling.access.models import User
from samhandling.errors import SamhandlingError
from samhandling.exchange.models import Message
from samhandling.organisations.models import Organisation
from samhandling.patients.models import Patient
from samhandling.patients.services import vault
from samhandling.writing import attaching
from samhandling.writing.models import Draft


class OvertakenError(SamhandlingError):
    """Somebody else saved the draft meanwhile: nothing is written over what nobody has seen."""

    code = "draft.overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is written, and where it belongs. `key` names it within the organisation."""

    organisation: Organisation
    key: str
    message_type: str
    kind: str = ""
    subject: str = ""
    patient: Patient | None = None
    about: Message | None = None
    continues: Message | None = None
    """The version of ours that it will change: a new draft begins with what was attached to that."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a draft holds."""

    fields: dict[str, str]
    """The form as it was filled in, right or wrong."""
    values: dict[str, Any]
    """What the form means: data of `messages.compose.schema`; empty while it is not right."""


def find(place: Place) -> Draft | None:
    """The open draft of that place."""
    return Draft.objects.filter(organisation=place.organisation, place=place.key, sent=None).first()


def read(draft: Draft) -> Content:
    """What the draft holds. Raises UnreadableSealError for a damaged one."""
    found = msgspec.json.decode(vault().open_bytes(bytes(draft.sealed)))
    return Content(found["fields"], found["values"])


@transaction.atomic
def save(
    place: Place,
    fields: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
    *,
    version: int,
    author: User,
    now: datetime,
    page: str = "",
    by_itself: bool = False,
) -> Draft:
    """Save the draft of that place; `version` is the one that was seen, 0 for none.

    `page` names the opened page: its button saves on top of what the page saved `by_itself` meanwhile, unseen or not.
    `values`: what the form means, when it is right: what is wrong cannot be sent. Raises OvertakenError.
    """
    found = Draft.objects.select_for_update().filter(organisation=place.organisation, place=place.key, sent=None)
    draft = found.first()
    own = draft is not None and not by_itself and page != "" and draft.page == page
    if (draft.version if draft is not None else 0) != version and not own:
        raise OvertakenError
    sealed = vault().seal_bytes(msgspec.json.encode({"fields": dict(fields), "values": dict(values or {})}))
    if draft is None:
        return _first(place, sealed, author, now, page)
    draft.sealed, draft.author, draft.saved_at, draft.page = sealed, author, now, page
    draft.about = place.about
    draft.version += 1
    draft.save()
    return draft


def _first(place: Place, sealed: bytes, author: User, now: datetime, page: str) -> Draft:
    try:
        with transaction.atomic():
            draft = Draft.objects.create(
                organisation=place.organisation,
                place=place.key,
                message_type=place.message_type,
                kind=place.kind,
                subject=place.subject,
                patient=place.patient,
                about=place.about,
                sealed=sealed,
                author=author,
                saved_at=now,
                page=page,
            )
            attaching.begin(draft, place.continues)
            return draft
    except IntegrityError as error:
        raise OvertakenError from error


def discard(place: Place) -> None:
    """Throw the open draft away, content and all."""
    Draft.objects.filter(organisation=place.organisation, place=place.key, sent=None).delete()


def sent(draft: Draft, message: Message) -> None:
    """The draft has become that message, which has its files; its values are what the next version starts from."""
    draft.sent = message
    draft.save(update_fields=["sent"])
    attaching.remove_all(draft)


def values_of(message: Message) -> dict[str, Any] | None:
    """The values of a message that was written here; None for one that was not."""
    draft = Draft.objects.filter(sent=message).first()
    return read(draft).values if draft is not None else None
