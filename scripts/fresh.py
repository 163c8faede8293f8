"""`./run fresh`: prove `./run` on a bare Debian 12, as a newcomer meets it.

Makes a minimal bookworm with python3, python3-venv, git and nothing else of ours in a temporary folder, clones the
commit into it and, as an ordinary user, runs `./run --help` and `./run demo --once`. The machine's way to the package
index goes with it: its name servers, its certificate authorities, and what the environment says of pip, uv and
proxies. All happens in a mount namespace of its own, so that no mount is left behind, however it ends.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITE = "bookworm"
PACKAGES = ("ca-certificates", "git", "python3", "python3-venv")
TOOLS = ("debootstrap", "git", "unshare", "setpriv")
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
PIP_SETTINGS = Path("/etc/pip.conf")
HOME, NUMBER = "/home/newcomer", "1000"
_PASSED_ON = re.compile(r"(PIP|UV|SSL_CERT)_\w+|(\w+_)?(CA_BUNDLE|CAINFO)|(https?|all|no)_proxy", re.IGNORECASE)
_OWN_NAMESPACE = ("unshare", "--mount", "--pid", "--fork", "--kill-child")


class NotProvedError(Exception):
    """A step failed; what it says is for people."""


def main() -> int:
    """Exit status 0 when it is proved, 1 when it is not, 2 when this machine cannot try."""
    words = argparse.ArgumentParser(prog="./run fresh", description=__doc__)
    words.add_argument("--commit", default="HEAD", help="what to clone (what is not committed is not tried)")
    words.add_argument("--mirror", default="", help="Debian mirror, when debootstrap's own is not to be used")
    words.add_argument("--keep", action="store_true", help="leave the folder, and say where it is")
    chosen = words.parse_args()
    if os.geteuid() != 0:
        print("./run fresh needs root: it makes a Debian in a folder and enters it with chroot.", file=sys.stderr)
        return 2
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(f"./run fresh needs {', '.join(missing)}.", file=sys.stderr)
        return 2
    target = Path(tempfile.mkdtemp(prefix="samhandling-fresh-"))
    try:
        prove(target, chosen.commit, chosen.mirror)
    except NotProvedError as error:
        print(f"NOT PROVED: {error}", file=sys.stderr)
        return 1
    finally:
        if chosen.keep:
            print(f"Kept: {target}", file=sys.stderr)
        else:
            shutil.rmtree(target, ignore_errors=True)
    print("Proved: ./run on a bare Debian 12.")
    return 0


def prove(target: Path, commit: str, mirror: str) -> None:
    """All steps, in order. Raises NotProvedError at the first that fails."""
    system, repository = target / "system", target / "system" / HOME[1:] / "samhandling"
    step(
        "Debian, minimal",
        [*_OWN_NAMESPACE, "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(system)]
        + ([mirror] if mirror else []),
    )
    furnish(system)
    found = subprocess.run(["git", "rev-parse", "--verify", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True)
    if found.returncode:
        raise NotProvedError(f"there is no commit {commit}")
    git = ["git", "-c", "advice.detachedHead=false"]
    step("clone", [*git, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(repository)])
    step("commit", [*git, "-C", str(repository), "checkout", "--quiet", "--detach", found.stdout.decode().strip()])
    step("owner", ["chown", "--recursive", f"{NUMBER}:{NUMBER}", str(system / HOME[1:])])
    for run in (["--help"], ["--help"], ["demo", "--once"]):
        step(f"./run {' '.join(run)}", inside(system, ["./run", *run]))


def furnish(system: Path) -> None:
    """An ordinary user, and the machine's way to names and packages."""
    (system / HOME[1:]).mkdir(parents=True, exist_ok=True)
    with (system / "etc/passwd").open("a") as users:
        users.write(f"newcomer:x:{NUMBER}:{NUMBER}::{HOME}:/bin/bash\n")
    for file in (Path("/etc/resolv.conf"), AUTHORITIES, PIP_SETTINGS):
        if file.exists():
            copy = system / file.relative_to("/")
            copy.unlink(missing_ok=True)
            shutil.copyfile(file, copy)


def inside(system: Path, words: Sequence[str]) -> list[str]:
    """The command line that runs `words` in the clone, as the ordinary user."""
    passed_on = [f"{name}={value}" for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)]
    environment = ["env", "-i", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", f"HOME={HOME}", *passed_on]
    person = ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups"]
    folder = ["--root", str(system), "--wd", f"{HOME}/samhandling", "--mount-proc"]
    return [*_OWN_NAMESPACE, *folder, *person, *environment, *words]


def step(name: str, words: Sequence[str]) -> None:
    """Run one step and say how long it took. Raises NotProvedError with the end of what it said."""
    began = time.monotonic()
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NotProvedError(f"{name}: exit status {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-30:]))
    print(f"{name:<20} {time.monotonic() - began:6.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
