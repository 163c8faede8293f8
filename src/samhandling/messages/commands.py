"""`samhandling validate` and `samhandling roundtrip`: documents against their standards, from any folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from samhandling.messages import codes, engine
from samhandling.messages.engine.canonical import difference

FILES = typer.Argument(metavar="FIL…", help="Meldinger som XML-filer.")
AS_JSON = typer.Option("--json", help="Svar som én JSON-liste med ett objekt per fil.")
OUT = typer.Option("--out", metavar="MAPPE", help="Skriv dokumentene som ble bygd, til denne mappen.")

_SEVERITY = {"error": "feil", "warning": "advarsel", "note": "merknad"}


def validate(files: Annotated[list[Path], FILES], as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Kontroller meldinger mot standardene: XML, struktur og profil.

    Avslutter med 0 når alle er gyldige, 1 når noen er ugyldig. Advarsler og merknader alene gir 0.

    Eksempel: samhandling validate melding.xml kvittering.xml --json
    """
    results = [_validated(file) for file in files]
    if as_json:
        _print_json(results)
    else:
        for result in results:
            _print_validated(result)
    _end(result["valid"] for result in results)


def roundtrip(
    files: Annotated[list[Path], FILES],
    as_json: Annotated[bool, AS_JSON] = False,
    out: Annotated[Path | None, OUT] = None,
) -> None:
    """Les meldinger og bygg dem på nytt fra verdiene alene, og si om resultatet er likt.

    Avslutter med 0 når alle er like, ellers 1.

    Eksempel: samhandling roundtrip melding.xml --out bygd
    """
    if out is not None:
        _make_folder(out, files)
    taken: set[str] = set()
    results = [_rebuilt(file, out, taken) for file in files]
    if as_json:
        _print_json(results)
    else:
        for result in results:
            typer.echo(f"{result['file']}: {'likt' if result['same'] else 'ulikt – ' + result['difference']}")
    _end(result["same"] for result in results)


def _read(file: Path) -> tuple[bytes, engine.Problem | None]:
    """The bytes of a file, or the problem of getting them."""
    try:
        if not file.exists():
            return b"", _problem("file.missing", "Filen finnes ikke.")
        if not file.is_file():
            return b"", _problem("file.not_a_file", "Dette er en mappe eller noe annet enn en fil.")
        if file.stat().st_size > engine.Limits().bytes:
            return b"", _problem("xml.too_large", f"Filen er større enn {engine.Limits().bytes // 1_000_000} MB.")
        return file.read_bytes(), None
    except (OSError, ValueError):
        return b"", _problem("file.unreadable", "Filen kan ikke leses.")


def _problem(code: str, text: str) -> engine.Problem:
    return engine.Problem(code, "error", "", None, text)


def _validated(file: Path) -> dict[str, Any]:
    data, fault = _read(file)
    if fault is not None:
        return _result(file, False, None, None, None, [fault])
    reading = engine.read(data)
    found = sorted([*reading.problems, *_profile(reading)], key=lambda problem: problem.severity != "error")
    # `type` is a code of list 8279; what else stands there is for the profile to remark.
    code = reading.type if reading.type == "APPREC" or codes.known("8279", reading.type or "") else None
    return _result(file, reading.valid, code, reading.standard, reading.version, found)


def _result(
    file: Path,
    valid: bool,
    code: str | None,
    standard: str | None,
    version: str | None,
    problems: list[engine.Problem],
) -> dict[str, Any]:
    return {
        "file": str(file),
        "valid": valid,
        "type": code,
        "standard": standard,
        "version": version,
        "problems": [msgspec.structs.asdict(problem) for problem in problems],
    }


def _profile(reading: engine.Reading) -> list[engine.Problem]:
    """What the profiles say of a document that can be read; never worse than a warning.

    A profile that fails is a fault of ours, not of the document: it is logged, and said as `profile.failed`.
    """
    try:
        return _profile_findings(reading)
    except Exception:
        _log_failure()
        text = "Profilen kunne ikke kontrolleres på grunn av en feil i Samhandling. Strukturen er kontrollert."
        return [engine.Problem("profile.failed", "warning", "", None, text)]


def _log_failure() -> None:
    """One line on stderr, without content; the answer on stdout stays whole."""
    import structlog

    from samhandling import logs

    logs.configure()
    structlog.get_logger("samhandling.messages").error("profile.failed", exc_info=True)


def _profile_findings(reading: engine.Reading) -> list[engine.Problem]:
    from samhandling.messages import facts as reader
    from samhandling.messages import profiles

    if reading.tree is None or reading.recovered:
        return []
    facts = reader.facts(reading)
    if facts is None:
        return []
    return [
        engine.Problem(
            finding.code, "note" if finding.severity == "note" else "warning", finding.path, finding.line, finding.text
        )
        for finding in profiles.check(facts, reading.tree)
    ]


def _print_validated(result: dict[str, Any]) -> None:
    kind = " ".join(part for part in (result["standard"], result["version"], result["type"]) if part)
    typer.echo(f"{result['file']}: {'gyldig' if result['valid'] else 'ikke gyldig'}{' – ' + kind if kind else ''}")
    for problem in result["problems"]:
        line = f"linje {problem['line']} " if problem["line"] else ""
        where = f"{problem['path']}: " if problem["path"] else ""
        typer.echo(f"  {_SEVERITY[problem['severity']]} {line}{where}{problem['text']} [{problem['code']}]")


def _rebuilt(file: Path, out: Path | None, taken: set[str]) -> dict[str, Any]:
    data, fault = _read(file)
    if fault is not None:
        return {"file": str(file), "same": False, "difference": fault.text}
    reading = engine.read(data)
    if reading.document is None:
        first = next(problem for problem in reading.problems if problem.severity == "error")
        where = f"{first.path}: " if first.path else ""
        return {"file": str(file), "same": False, "difference": f"Dokumentet er ikke gyldig: {where}{first.text}"}
    built = engine.build(reading.document, strict=False)
    if out is not None:
        _write(out / _free_name(file.name, taken), built)
    found = difference(data, built)
    return {"file": str(file), "same": not found, "difference": found or None}


def _free_name(name: str, taken: set[str]) -> str:
    """Two files of one name from two folders both get a place."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{stem}-{number}{suffix}"
    taken.add(free.lower())
    return free


def _make_folder(out: Path, files: list[Path]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        _wrong_use(f"Mappen {out} kan ikke lages.")
    if any(file.parent.resolve() == out.resolve() for file in files):
        _wrong_use("Velg en annen mappe for --out: der ligger filene som skal leses.")


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError:
        _wrong_use(f"{target} kan ikke skrives.")


def _wrong_use(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)


def _print_json(results: list[dict[str, Any]]) -> None:
    # Bytes, because a terminal or a pipe may have an encoding without our letters.
    sys.stdout.buffer.write(
        json.dumps(results, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"
    )
    sys.stdout.buffer.flush()


def _end(fine: Iterable[bool]) -> None:
    if not all(fine):
        raise typer.Exit(1)
