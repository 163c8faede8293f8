"""The status page as plain files, written on every change to a folder that is readable when the node is off."""

from __future__ import annotations

from samhandling.jobs.running import Running


def export(running: Running) -> None:
    """Job: write the files anew."""
    running.finish()
