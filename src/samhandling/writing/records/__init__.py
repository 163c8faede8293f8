"""Which record an organisation has."""

from __future__ import annotations

from functools import lru_cache

from samhandling.configuration import RecordSetting, configuration
from samhandling.organisations.models import Organisation
from samhandling.writing.owners import is_called
from samhandling.writing.ports import Record
from samhandling.writing.records.folder import FolderRecord


def record_of(organisation: Organisation) -> Record | None:
    """The record that the settings name for the organisation; None where there is none."""
    setting = setting_of(organisation)
    return _made(setting.folder.absolute().as_posix(), setting.acknowledge == "at_once") if setting else None


def setting_of(organisation: Organisation) -> RecordSetting | None:
    """The organisation's entry in the settings."""
    return next((one for one in configuration().records if is_called(organisation, one.organisation)), None)


@lru_cache(maxsize=64)
def _made(folder: str, at_once: bool) -> Record:
    return FolderRecord(folder, at_once=at_once)
