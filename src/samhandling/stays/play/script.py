"""Reading a scenario file: TOML into steps, with a fault at the step where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import msgspec

from samhandling.clock import oslo
from samhandling.errors import SamhandlingError
from samhandling.identity import persons
from samhandling.patients.rules import IdClass, id_class
from samhandling.stays.play.words import ALIASES, DO, DO_ALIASES, FIELDS, MESSAGE_WORDS, NAMES
from samhandling.stays.policy import OSTFOLD, Policy, PolicyError, read, shipped, shipped_names

_YES = {"yes", "ja", "true", "1", "y"}
_NO = {"no", "nei", "false", "0", "n"}
_ID_TYPES = (
    ("FH", "FHN"), ("FELLES", "FHN"), ("H", "HNR"), ("D", "DNR"), ("F", "FNR"), ("NO", "NONE"), ("ING", "NONE"),
    ("UID", "NONE"), ("UKJ", "NONE"), ("UNK", "NONE"),
)  # fmt: skip
"""How an identifier type begins -> code of list 8116."""
_TOP = (
    "name",
    "about",
    "description",
    "policy",
    "patient",
    "step",
    "steps",
    "expect",
    "prices",
    "epj_writes",
    "receipts",
)


class ScriptError(SamhandlingError):
    """The file cannot be played; `text` says what is wrong, and where."""

    code = "stay.scenario"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, kw_only=True)
class Who:
    """The patient as the routine sees one."""

    id_class: IdClass = "FNR"
    municipality: str = ""
    agreement: bool = False
    takes_cancellation: bool = True


@dataclass(frozen=True, kw_only=True)
class ScriptStep:
    """One thing that happens."""

    number: int
    at: datetime
    do: str
    values: Mapping[str, Any]
    ambiguous: bool = False
    """The written time comes twice: the earlier one is meant."""

    def text(self, name: str, otherwise: str = "") -> str:
        """A field as text."""
        value = self.values.get(name, otherwise)
        return str(value).strip() if value is not None else ""

    def truth(self, name: str, otherwise: bool | None = None) -> bool | None:
        """A field as yes or no. Raises ScriptError."""
        value = self.values.get(name)
        if value is None:
            return otherwise
        word = str(value).strip().lower()
        if word in _YES | _NO:
            return word in _YES
        raise self.fault(f"{name} skal være ja eller nei, ikke «{value}».")

    def moment(self, name: str) -> datetime | None:
        """A field as an instant. Raises ScriptError."""
        value = self.values.get(name)
        return None if value in (None, "") else moment(value, f"steg {self.number}: {name}")[0]

    def day(self, name: str) -> date | None:
        """A field as a day. Raises ScriptError."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        found = _day(str(value).strip())
        if found is not None:
            return found
        raise self.fault(f"{name} er ikke en dato: «{value}».")

    def fault(self, text: str) -> ScriptError:
        """An error at this step."""
        return ScriptError(f"steg {self.number} ({self.do}): {text}")


@dataclass(frozen=True, kw_only=True)
class Script:
    """A whole scenario."""

    name: str
    policy: Policy
    who: Who
    steps: tuple[ScriptStep, ...]
    expect: Mapping[str, Any] = field(default_factory=dict)
    prices: Mapping[int, int] = field(default_factory=dict)
    epj_writes: tuple[str, ...] = ()
    receipts: str = "scripted"
    warnings: tuple[str, ...] = ()


def script(data: bytes, *, base: Any = None) -> Script:
    """The scenario in a file; `base` is its folder, for a policy file beside it. Raises ScriptError."""
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScriptError("Filen er ikke UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(f"Filen er ikke TOML: {error}") from error
    warnings = [f"ukjent felt: {name}" for name in found if name not in _TOP]
    rows = found.get("step", found.get("steps", []))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ScriptError("step skal være en liste av tabeller: [[step]].")
    if not rows:
        raise ScriptError("Filen har ingen steg ([[step]]).")
    patient = found.get("patient", {})
    if not isinstance(patient, dict):
        raise ScriptError("patient skal være en tabell: [patient].")
    return Script(
        name=str(found.get("name", "")),
        policy=_policy(found.get("policy", OSTFOLD), base),
        who=_who(patient),
        steps=tuple(_step(number, row, warnings) for number, row in enumerate(rows, 1)),
        expect=_table(found, "expect"),
        prices={_year(y): _kroner(k) for y, k in _table(found, "prices").items()},
        epj_writes=tuple(message(str(m), "epj_writes") for m in _list(found, "epj_writes")),
        receipts=str(found.get("receipts", "scripted")),
        warnings=tuple(warnings),
    )


def _table(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise ScriptError(f"{name} skal være en tabell: [{name}].")
    return value


def _list(found: Mapping[str, Any], name: str) -> list[Any]:
    value = found.get(name, [])
    if not isinstance(value, list):
        raise ScriptError(f"{name} skal være en liste.")
    return value


def _year(text: str) -> int:
    if not re.fullmatch("[12][0-9]{3}", text):
        raise ScriptError(f"prices: «{text}» er ikke et år.")
    return int(text)


def _kroner(value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ScriptError(f"prices: «{value}» er ikke hele kroner.")
    return value


def _policy(value: Any, base: Any) -> Policy:
    """A shipped routine by name, a file, or a table of what differs from a shipped one. Raises ScriptError."""
    try:
        if isinstance(value, dict):
            return read(msgspec.toml.encode({"base": OSTFOLD, **value}))
        name = str(value).strip()
        if name.endswith(".toml"):
            return read((Path(base or ".") / name).read_bytes())
        plain = re.sub("[^a-z0-9]+", "-", name.lower().replace("ø", "o")).strip("-")
        if plain in ("", "1", "v1", "default") or re.fullmatch("so(-.*)?|.*ostfold.*", plain):
            return shipped(OSTFOLD)
        return shipped("nasjonal" if plain in ("national", "nasjonal") else plain)
    except OSError as error:
        raise ScriptError("policy: filen finnes ikke eller kan ikke leses.") from error
    except PolicyError as error:
        known = ", ".join(shipped_names())
        raise ScriptError(f"policy: {'; '.join(error.findings)} (følger med: {known})") from error


def _who(patient: Mapping[str, Any]) -> Who:
    unknown = set(patient) - {"id_type", "id", "municipality", "agreement", "name", "track", "takes_cancellation"}
    if unknown:
        raise ScriptError(f"patient: ukjent felt {', '.join(sorted(unknown))}.")
    number = str(patient.get("municipality") or "").strip()
    town = "" if number.lower() in ("unknown", "ukjent", "none") else number
    agreement = patient.get("agreement", bool(town))
    if isinstance(agreement, str) and agreement.strip().lower() in _YES | _NO:
        agreement = agreement.strip().lower() in _YES
    takes = patient.get("takes_cancellation", True)
    if isinstance(agreement, dict):
        takes, agreement = agreement.get("takes_cancellation", True), agreement.get("exists", True)
    if not isinstance(agreement, bool) or not isinstance(takes, bool):
        raise ScriptError("patient: agreement skal være true eller false.")
    return Who(
        id_class=number_class(str(patient.get("id_type") or ""), str(patient.get("id") or "")),
        municipality=town,
        agreement=agreement and bool(town),
        takes_cancellation=takes,
    )


def number_class(declared: str, digits: str) -> IdClass:
    """The class of C-03: the declared type first, digits second. A made-up number is taken for what it says it is."""
    word = declared.strip().upper()
    kind = next((code for start, code in _ID_TYPES if word.startswith(start)), "" if not word else "?")
    if kind == "?":
        raise ScriptError(f"id_type: «{declared}» er ikke FNR, DNR, FHN, HNR eller NONE.")
    if not digits.strip():
        return id_class([(kind or "FNR", True)])
    if kind in ("HNR", "NONE"):
        return id_class([(kind, True)])
    found = persons.classify(digits, kind or None, test=True)
    return id_class([(found.kind if found.valid or not kind else kind, True)])


def _step(number: int, row: Mapping[str, Any], warnings: list[str]) -> ScriptStep:
    values = _named(number, row, warnings)
    what = re.sub("[ -]+", "_", str(values.get("do", "")).strip().lower())
    what = DO_ALIASES.get(what, what)
    if what not in DO:
        known = ", ".join(DO)
        raise ScriptError(f"steg {number}: do = «{values.get('do', '')}» finnes ikke. Disse finnes: {known}.")
    if "at" not in values:
        raise ScriptError(f"steg {number} ({what}): at mangler.")
    at, ambiguous = moment(values["at"], f"steg {number} ({what}): at")
    if values.get("message") is not None:
        values["message"] = message(str(values["message"]), f"steg {number} ({what})")
    return ScriptStep(number=number, at=at, do=what, values=values, ambiguous=ambiguous)


def _named(number: int, row: Mapping[str, Any], warnings: list[str]) -> dict[str, Any]:
    """The row's fields under their own names. A known name goes before another spelling of it."""
    values: dict[str, Any] = {name: value for name, value in row.items() if name in FIELDS}
    for name, value in row.items():
        if name in FIELDS:
            continue
        plain = name.strip().lower().replace("-", "_")
        target = plain if plain in FIELDS else ALIASES.get(plain)
        if target is None:
            warnings.append(f"steg {number}: ukjent felt {name}")
        else:
            values.setdefault(target, value)
    return values


def message(text: str, where: str) -> str:
    """A message of routines 2.2 from its code or name. Raises ScriptError."""
    plain = text.strip()
    found = plain.upper() if plain.upper() in NAMES else MESSAGE_WORDS.get(plain.lower(), "")
    if not found:
        raise ScriptError(f"{where}: det finnes ingen melding «{text}» (M1 til M14, eller C).")
    return found


_SPOKEN = re.compile(
    r"^(?:[A-Za-zæøåÆØÅ]+\.?\s+)?(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s*(?:kl\.?)?\s*(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?)?$"
)


def _day(text: str) -> date | None:
    spoken = _SPOKEN.match(text)
    try:
        if spoken is not None:
            return date(int(spoken[3]), int(spoken[2]), int(spoken[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def moment(value: Any, where: str) -> tuple[datetime, bool]:
    """(instant, does the written time come twice): TOML's own times, ISO 8601 or `16.11.2026 10.20`."""
    if isinstance(value, str):
        spoken = _SPOKEN.match(value.strip())
        try:
            if spoken is not None:
                shown = [int(part or 0) for part in spoken.groups()]
                value = datetime.combine(date(shown[2], shown[1], shown[0]), time(shown[3], shown[4], shown[5]))
            else:
                value = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise ScriptError(f"{where}: «{value}» er ikke et tidspunkt.") from error
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC), False
        read_ = oslo.from_local(value.date(), value.time())
        return read_.instant, read_.ambiguous
    if isinstance(value, date):
        return oslo.from_local(value, time()).instant, False
    raise ScriptError(f"{where}: «{value}» er ikke et tidspunkt.")
