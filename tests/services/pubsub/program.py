"""Builds main.go once per content; its modules are pinned by go.sum. `make pubsub` does it before the tests.

Go is the machine's, or the wheel's that `make pubsub` installs where the machine has none or one too old: the modules
want Go 1.26, Debian 12 has 1.19, and the toolchain that Go would fetch by itself may be out of reach."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

SOURCE = Path(__file__).parent
BUILT = SOURCE.parents[2] / "build"
NEEDED = (1, 26)
PAUSES_S = (1.0, 5.0, 15.0)
"""Before a download is tried again."""
STEP_S = 600.0


class NoGo(Exception):
    """No Go that is new enough; says what to do."""


class NotBuilt(Exception):
    """Go failed; says what it said."""


def go() -> Path:
    """The go program: the machine's, else the environment's own. NoGo."""
    beside = Path(sys.executable).parent / "go"
    for candidate in (shutil.which("go"), beside):
        if candidate is not None and _version(Path(candidate)) >= NEEDED:
            return Path(candidate)
    raise NoGo(f"the Pub/Sub server of the tests needs Go {NEEDED[0]}.{NEEDED[1]} or newer: run `make pubsub`")


def built() -> Path:
    """The program, built when it is not there yet: over a minute the first time on a machine. NoGo, NotBuilt."""
    content = b"".join((SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    program = BUILT / f"pubsub-{hashlib.sha256(content).hexdigest()[:12]}"
    if not program.exists():
        fresh = program.with_suffix(f".{os.getpid()}")
        _download()
        _go("build", "-trimpath", "-mod=readonly", "-o", str(fresh), ".")
        fresh.rename(program)  # whole or not at all, also when two runs build it
    return program


def _download() -> None:
    """The modules, which Go keeps for all builds: what one attempt has fetched, the next need not. NotBuilt."""
    for pause_s in PAUSES_S:
        with suppress(NotBuilt):
            return _go("mod", "download")
        time.sleep(pause_s)
    try:
        return _go("mod", "download")
    except NotBuilt as error:
        remedy = f"The modules come from GOPROXY ({_proxy()}): is it reachable? Name a mirror, or run this again"
        raise NotBuilt(f"{error}\n{remedy}") from None


def _go(*arguments: str) -> None:
    """Run go in the program's folder. NotBuilt."""
    # No toolchain is fetched behind our back; no C compiler is asked for.
    environment = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    command = [str(go()), *arguments]
    try:
        done = subprocess.run(
            command, cwd=SOURCE, env=environment, capture_output=True, text=True, check=False, timeout=STEP_S
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"`go {arguments[0]}` for the tests' Pub/Sub server took more than {STEP_S:.0f} s") from None
    if done.returncode:
        raise NotBuilt(f"`go {arguments[0]}` for the tests' Pub/Sub server failed:\n{done.stderr[-4000:].strip()}")


def _proxy() -> str:
    said = subprocess.run([str(go()), "env", "GOPROXY"], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "not set"


def _version(program: Path) -> tuple[int, int]:
    try:
        said = subprocess.run(
            [str(program), "env", "GOVERSION"], capture_output=True, text=True, check=True,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        )  # fmt: skip
        major, minor = said.stdout.strip().removeprefix("go").split(".")[:2]
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0, 0


if __name__ == "__main__":
    # Exit 1 with --has-go says that Go is missing; without it, builds and says where.
    try:
        print(go() if "--has-go" in sys.argv else built())
    except (NoGo, NotBuilt) as reason:
        sys.exit(str(reason))
