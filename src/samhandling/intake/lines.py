"""The lines of this node: settings, the organisation they feed, and how their feed is read."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from samhandling.configuration import MllpLine, configuration
from samhandling.errors import ConfigurationError
from samhandling.hl7.charsets import UnknownCharsetError, codec
from samhandling.hl7.mapping import DEFAULT, AdtMapping, from_table
from samhandling.identity.organisations import normal_organisation_number
from samhandling.intake.reception import Line
from samhandling.organisations.models import Organisation
from samhandling.organisations.services import hosted_organisations
from samhandling.patients.services import patient_key, vault

FILE_LINE = "file"
"""Name under which records from files stand."""


def line_of(settings: MllpLine) -> Line:
    """A configured line, ready to receive. Raises ConfigurationError when it feeds no organisation of this node."""
    return _line(settings, fed_organisation(settings.organisation))


def _line(settings: MllpLine, organisation: Organisation) -> Line:
    try:
        codec("", settings.charset)
    except UnknownCharsetError as error:
        raise ConfigurationError(f"mllp line {settings.name}: unknown charset {settings.charset}") from error
    return Line(
        name=settings.name,
        organisation_id=organisation.pk,
        charset=settings.charset,
        mapping=mapping_from(settings.mapping),
        max_bytes=settings.max_bytes,
        patient_key=patient_key,
        index=lambda text: vault().index(text),
    )


def named_line(name: str) -> Line:
    """The configured line of that name. Raises ConfigurationError when there is none."""
    for settings in configuration().mllp:
        if settings.name == name:
            return line_of(settings)
    raise ConfigurationError("no such MLLP line in the settings")


def file_line(organisation: Organisation, *, charset: str = "8859/1") -> Line:
    """What files and simulators are received under: the documented feed. Raises ConfigurationError."""
    settings = MllpLine(name=FILE_LINE, charset=charset)
    return _line(settings, organisation)


def fed_organisation(number: str) -> Organisation:
    """The hosted organisation with that number; empty: the only hosted hospital. Raises ConfigurationError."""
    if number:
        wanted = normal_organisation_number(number)
        found = list(hosted_organisations().filter(organisation_number=wanted)[:2])
        if len(found) != 1:
            raise ConfigurationError(f"no hosted organisation has the number {wanted}")
        return found[0]
    hospitals = list(hosted_organisations("hospital")[:2])
    if len(hospitals) != 1:
        count = "no hospital" if not hospitals else "several hospitals"
        raise ConfigurationError(f"the node hosts {count}: say which organisation the ADT feed is for")
    return hospitals[0]


@lru_cache(maxsize=16)
def mapping_from(file: Path | None) -> AdtMapping:
    """The mapping in a TOML file, read once; the default without one. Raises ConfigurationError."""
    if file is None:
        return DEFAULT
    try:
        return from_table(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"ADT mapping {file.name}: {type(error).__name__}") from error


def mapping_of(line_name: str) -> AdtMapping:
    """The mapping by which records of that line are read; the default for a line that is no longer configured."""
    for settings in configuration().mllp:
        if settings.name == line_name:
            return mapping_from(settings.mapping)
    return DEFAULT
