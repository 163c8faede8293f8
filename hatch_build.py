"""Compiles the gettext catalogues (.po to .mo) when the package is built, also for an editable install.

`python hatch_build.py` does the same by hand; `./run` calls it when a catalogue is newer than its compiled form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def compile_catalogues(root: Path = HERE) -> int:
    """Compile each catalogue below `root`/src that is newer than its compiled form; gives how many were."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    done = 0
    for source in sorted((root / "src").glob("samhandling/**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as binary:
            write_mo(binary, catalogue)
        fresh.replace(target)
        done += 1
    return done


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, outside a build
    pass
else:

    class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
        """Hatch calls this before it collects the files."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues()
