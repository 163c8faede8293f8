"""Keeps the gettext catalogues in step with the source: `python -m scripts.texts` adds what is new and lists gaps.

Bokmål is the msgid, so the catalogue `nb` holds only texts that stand under a code (`error.<code>.what` …).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "samhandling"
LANGUAGES = ("nb", "nn", "en")
METHODS = [("**/jinja2/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/jinja2/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
Msgid = str | tuple[str, str]


def used() -> dict[Msgid, str]:
    """Every msgid in Python source and templates, with the file it was first seen in."""
    found: dict[Msgid, str] = {}
    rows = extract_from_dir(SOURCE, METHODS, OPTIONS, keywords=KEYWORDS)
    for filename, _line, message, _comments, _context in rows:
        if isinstance(message, (list, tuple)):
            msgid: Msgid = (str(message[0]), str(message[1])) if len(message) > 1 and message[1] else str(message[0])
        else:
            msgid = message
        if msgid:
            found.setdefault(msgid, str(filename))
    return found


def error_msgids() -> Iterator[str]:
    """The four msgids of every error code that any room knows."""
    import samhandling

    for module in walk_packages(samhandling.__path__, "samhandling."):
        if ".migrations" not in module.name and module.name != "samhandling.wsgi":
            import_module(module.name)
    from samhandling.errors import TEXT_PARTS, all_error_classes
    from samhandling.pages.failures import PAGE_CODES

    for code in sorted({cls.code for cls in all_error_classes()} | set(PAGE_CODES)):
        for part in TEXT_PARTS:
            yield f"error.{code}.{part}"


def path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return SOURCE / "pages" / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one when there is none yet."""
    if not path(language).exists():
        return Catalog(locale=language, project="Samhandling")
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def gaps(language: str, wanted: list[Msgid]) -> list[Msgid]:
    """The msgids of `wanted` that the catalogue has no text for."""
    catalogue = read(language)
    missing = []
    for msgid in wanted:
        message = catalogue.get(msgid if isinstance(msgid, str) else msgid[0])
        texts = [] if message is None else message.string if isinstance(message.string, tuple) else [message.string]
        if not texts or not all(texts) or message is None or message.fuzzy:
            missing.append(msgid)
    return missing


def wanted(language: str) -> list[Msgid]:
    """What the catalogue of that language must hold."""
    codes: list[Msgid] = list(error_msgids())
    return codes if language == "nb" else [*codes, *used()]


def main() -> int:
    """Add what is new, drop what is gone, write the files sorted, and list what has no text yet."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandling.settings")
    django.setup()
    status = 0
    for language in LANGUAGES:
        old, fresh = read(language), Catalog(locale=language, project="Samhandling", charset="utf-8")
        for msgid in sorted(wanted(language), key=str):
            known = old.get(msgid if isinstance(msgid, str) else msgid[0])
            fresh.add(msgid, known.string if known is not None else "")
        path(language).parent.mkdir(parents=True, exist_ok=True)
        with path(language).open("wb") as file:
            write_po(file, fresh, width=120, omit_header=False, sort_output=True)
        for gap in gaps(language, wanted(language)):
            status = 1
            print(f"{language}: {gap}")
    return status


if __name__ == "__main__":
    sys.exit(main())
