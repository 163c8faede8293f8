"""What a display is made of, before it becomes HTML or plain text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

RowKind = Literal["text", "prose", "markup", "phone", "email", "estimate", "error", "critical"]


@dataclass(frozen=True)
class Row:
    """A label and its value; the value may have several lines."""

    # "" for a text that stands under its heading alone.
    label: str
    value: str
    kind: RowKind = "text"
    # Address behind a telephone number or e-mail address; "" where there is none.
    href: str = ""
    # What a reader must know about the value, as that an H-number is no fødselsnummer.
    note: str = ""
    # Formatted text, made safe by `messages.markup`; "" for plain text.
    markup: str = ""


@dataclass
class Section:
    """A heading with rows and sections below it, in the order of the document."""

    title: str
    items: list[Row | Section] = field(default_factory=list)
    # Critical information stands out.
    critical: bool = False
    # Name of the group it stands in together with its like; "" for none.
    group: str = ""


@dataclass
class Page:
    """A whole document for a reader."""

    title: str
    lang: str
    # What must be seen first: cancelled, copy to us, test message, H-number, not valid.
    notices: list[str] = field(default_factory=list)
    # The gist for a reader in a hurry: about whom, what happened, from whom, whom to telephone.
    summary: list[Row] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    technical: list[Row] = field(default_factory=list)
