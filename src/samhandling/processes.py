"""Start processes of the node as children, wait for them, and end them by their ids."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

FOLLOWS_PARENT = "SAMHANDLING_FOLLOWS_PARENT"
"""Environment variable: this process ends when the one of that id, which started it, does, however that ends."""
_PR_SET_PDEATHSIG = 1


def follow_parent(parent: int) -> None:
    """Ask the system to end this process when its parent dies (Linux; elsewhere nothing happens).

    Raises SystemExit when it is dead already, which the system would not tell any more.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def follow_parent_if_asked() -> None:
    """`follow_parent` in a process that a supervisor of ours started."""
    parent = os.environ.get(FOLLOWS_PARENT, "")
    if parent.isdecimal():
        follow_parent(int(parent))


def command(*words: str) -> list[str]:
    """The command line of `samhandling WORDS…` with this very Python."""
    return [sys.executable, "-m", "samhandling.cli", *words]


class _Forked:
    """A child that shares what this process has loaded; the part of `subprocess.Popen` that a supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.02)
        return status

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Supervisor:
    """A few `samhandling` processes that live and end together. Use it as a context."""

    def __init__(self, environment: Mapping[str, str] | None = None, log_folder: Path | None = None) -> None:
        """`environment` is laid over this process's. With `log_folder` each child writes to `<name>.log` there."""
        self._environment = {**os.environ, **(environment or {}), FOLLOWS_PARENT: str(os.getpid())}
        self._log_folder = log_folder
        self._children: dict[str, subprocess.Popen[bytes] | _Forked] = {}

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, words: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start `samhandling WORDS…` under that name."""
        out = self._log(name)
        try:
            # A session of its own: an interrupt of the terminal reaches the supervisor, which ends the children.
            child = subprocess.Popen(
                command(*words), env=self._environment, stdout=out, stderr=out, start_new_session=True
            )
        finally:
            if out is not None:
                out.close()
        self._children[name] = child
        return child

    def fork(self, name: str, words: Sequence[str], *, first: Callable[[], object]) -> None:
        """As `start`, as a copy of this process: nothing has to be loaded again.

        The caller has no threads and no open connections. `first` is called in the copy, to forget what the new
        environment says otherwise.
        """
        out = self._log(name)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.setsid()
                if out is not None:
                    os.dup2(out.fileno(), 1)
                    os.dup2(out.fileno(), 2)
                os.environ.update(self._environment)
                first()
                sys.argv[1:] = words
                import_module("samhandling.cli").main()
                status = 0
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else int(end.code is not None)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        if out is not None:
            out.close()
        self._children[name] = _Forked(pid)

    def _log(self, name: str) -> BinaryIO | None:
        if self._log_folder is None:
            return None
        self._log_folder.mkdir(parents=True, exist_ok=True)
        return (self._log_folder / f"{name}.log").open("ab")

    def ended(self) -> dict[str, int]:
        """Names and exit statuses of the children that are no longer there."""
        return {name: status for name, child in self._children.items() if (status := child.poll()) is not None}

    def stop(self, seconds: float = 25.0) -> None:
        """End all: ask, wait up to `seconds` for all together, then kill."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + seconds
        for child in self._children.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()
