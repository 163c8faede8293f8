"""World files read and written: bytes to `World` and back, with the line where a table stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from samhandling.errors import SamhandlingError
from samhandling.world.format import World

SHIPPED = Path(__file__).parent / "worlds"


class WorldFileError(SamhandlingError):
    """The file is missing, no TOML, or holds a key or value that the format does not know."""

    code = "world.unreadable"


@dataclass(frozen=True)
class Source:
    """A world with the lines of its file."""

    world: World
    lines: dict[str, int]
    """Path of a table, such as `organisation[2].unit[0]`, to its line (from 1)."""

    def line(self, path: str) -> int | None:
        """The line of the nearest enclosing table of `path`."""
        return _nearest(self.lines, path)


def _nearest(lines: dict[str, int], path: str) -> int | None:
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return None


def shipped_worlds() -> tuple[str, ...]:
    """Names of the worlds that come with the program."""
    return tuple(sorted(p.stem for p in SHIPPED.glob("*.toml") if not p.stem.endswith("-day")))


def find(name_or_file: str) -> Path:
    """The file of a shipped world, or the file itself. Raises WorldFileError when there is neither."""
    if name_or_file in shipped_worlds():
        return SHIPPED / f"{name_or_file}.toml"
    path = Path(name_or_file)
    if not path.is_file():
        raise WorldFileError(
            f"no file {name_or_file}, and no shipped world of that name: {', '.join(shipped_worlds())}"
        )
    return path


def read(name_or_file: str) -> Source:
    """Read a shipped world or a file. Raises WorldFileError that says where it is wrong."""
    path = find(name_or_file)
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise WorldFileError(f"{path}: {error.strerror}") from error


def parse(data: bytes) -> Source:
    """Read TOML bytes. Raises WorldFileError with line or path of the fault."""
    try:
        text = data.decode("utf-8")
        raw = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorldFileError(str(error)) from error
    except RecursionError as error:
        raise WorldFileError("nested too deeply") from error
    lines = table_lines(text)
    try:
        return Source(msgspec.convert(raw, World), lines)
    except msgspec.ValidationError as error:
        where = re.search(r"at `\$\.?(.*?)`", str(error))
        line = _nearest(lines, where[1]) if where else None
        raise WorldFileError(f"{error}" + (f" (line {line})" if line else "")) from error


def write(world: World) -> bytes:
    """The world as TOML, one header per table; keys at their default are left out."""
    return ("\n".join(_blocks(world, "")).strip("\n") + "\n").encode()


def _blocks(table: msgspec.Struct, path: str) -> Iterator[str]:
    """The lines of a table: its own values, then the tables within it."""
    values: dict[str, Any] = {}
    within: list[tuple[str, Any]] = []
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        is_tables = isinstance(value, list) and any(isinstance(row, msgspec.Struct) for row in value)
        if isinstance(value, msgspec.Struct) or is_tables or (isinstance(value, dict) and value):
            within.append((field.name, value))
        elif value is not None and value != default:
            values[field.name] = value
    if values:
        yield tomli_w.dumps(values)
    for name, value in within:
        place = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield tomli_w.dumps(_nested(place, value))
            continue
        for row in value if isinstance(value, list) else [value]:
            yield f"[[{place}]]" if isinstance(value, list) else f"[{place}]"
            yield from _blocks(row, place)


def _nested(place: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values at their place, for a writer that begins at the top."""
    for name in reversed(place.split(".")):
        values = {name: values}
    return values


_HEADER = re.compile(r"^\s*(\[\[|\[)\s*([A-Za-z0-9_.\- ]+?)\s*(\]\]|\])\s*(#.*)?$")


def table_lines(text: str) -> dict[str, int]:
    """Path of each table and array item to the line of its header."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is None:
            continue
        path = ""
        parts = [part.strip() for part in header[2].split(".")]
        for depth, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            if depth == len(parts) - 1 and header[1] == "[[":
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = f"{path}[{counts[path]}]"
        found[path] = number
    return found
