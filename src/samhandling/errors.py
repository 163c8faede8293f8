"""The root error, its stable codes, and the one place that hides private data.

An error class *is* the error: it carries a stable `code` and says whether trying again can help. The texts for people
(what happened, what it means for the patient, what to do, whom to call) stand under the code in the gettext
catalogues, as `error.<code>.what`, `.means`, `.do` and `.call`; a test finds no gap.
"""

from __future__ import annotations

import re
from typing import ClassVar

TEXT_PARTS = ("what", "means", "do", "call")


class SamhandlingError(Exception):
    """Root of every error of ours. `detail` is technical, English, and free of content and identity numbers."""

    code: ClassVar[str] = "unexpected"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(redact(detail))
        self.detail = redact(detail)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class StoreError(SamhandlingError):
    """The store cannot be reached or answers with a fault of its own."""

    code = "store.unreachable"
    retryable = True


class ConfigurationError(SamhandlingError):
    """A setting is missing, unknown or contradicts another."""

    code = "configuration.wrong"


class NotFoundError(SamhandlingError):
    """A row that was asked for does not exist, or belongs to another organisation."""

    code = "row.not_found"


# Eleven digits with the separators people write between them; a longer run of digits is not a person number.
_PERSON_NUMBER = re.compile(r"(?<!\d)\d{6}[\s.\-–]?\d{5}(?!\d)")


def redact(text: str) -> str:
    """Replace whatever looks like a person number by stars (P-08): the one redaction point for logs and details."""
    return _PERSON_NUMBER.sub("***********", text)


def all_error_classes() -> list[type[SamhandlingError]]:
    """Every error class of the product known now, the root included, sorted by code; classes of others are left out."""
    found: set[type[SamhandlingError]] = {SamhandlingError}
    queue = [SamhandlingError]
    while queue:
        for child in queue.pop().__subclasses__():
            if child not in found:
                found.add(child)
                queue.append(child)
    ours = {cls for cls in found if cls.__module__.partition(".")[0] == __name__.partition(".")[0]}
    return sorted(ours, key=lambda cls: cls.code)
