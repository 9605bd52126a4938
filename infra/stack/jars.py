"""The jars of Kafka: a committed list with checksums, fetched once, verified at every start, then usable offline."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from infra.errors import Fatal

LOCK_FILE = "kafka-jars.lock"
PARALLEL_DOWNLOADS = 8
ATTEMPTS = 3
TIMEOUT_S = 30

Say = Callable[[str], None]


class ChecksumMismatch(Fatal):
    """A fetched jar is not the one that the lock names."""


class JarUnavailable(Fatal):
    """A jar could not be fetched: no network, or a mirror without it."""


@dataclass(frozen=True, kw_only=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """Its name in the cache and on the class path."""
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


Fetch = Callable[[Jar, Path], None]
"""Writes the jar's bytes to the path; raises JarUnavailable."""


def locked() -> tuple[Jar, ...]:
    """The jars that the lock names, in its order."""
    text = resources.files("infra.stack").joinpath(LOCK_FILE).read_text()
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(_jar(coordinates, sha256) for coordinates, sha256 in rows)


def cache_directory() -> Path:
    """Where jars are shared by every checkout of this user: XDG_CACHE_HOME, else ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "crewai-email-triage" / "kafka"


def ensure(cache: Path, say: Say, *, jars: tuple[Jar, ...] | None = None, fetch: Fetch | None = None) -> list[Path]:
    """Every locked jar as a verified file in the cache; what is missing or damaged is fetched.

    Raises:
        ChecksumMismatch: names the jar and both checksums. Nothing with a wrong checksum ever gets into the cache.
        JarUnavailable: names the jar and the reason.
    """
    jars = locked() if jars is None else jars
    cache.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if _sha256(cache / jar.filename) != jar.sha256]
    if missing:
        _fetch_all(missing, cache, say, fetch or fetch_with_jgo)
    return [cache / jar.filename for jar in jars]


def _fetch_all(missing: list[Jar], cache: Path, say: Say, fetch: Fetch) -> None:
    version = next((jar.version for jar in missing if jar.group == "org.apache.kafka"), "")
    name = f"Kafka {version}".strip()
    say(f"fetching {name}: 0 of {len(missing)} jars")
    with ThreadPoolExecutor(PARALLEL_DOWNLOADS, thread_name_prefix="jars") as pool:
        waiting = [pool.submit(_fetch_verified, jar, cache, fetch) for jar in missing]
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                future.result()
                say(f"fetching {name}: {done} of {len(missing)} jars")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch_verified(jar: Jar, cache: Path, fetch: Fetch) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix=".incoming-") as directory:
        incoming = Path(directory) / jar.filename
        fetch(jar, incoming)
        found = _sha256(incoming)
        if found != jar.sha256:
            raise ChecksumMismatch(
                f"{jar}: the fetched jar has sha256 {found}, the lock says {jar.sha256}; "
                "nothing was installed. A mirror serves another file, or something on the way changed it."
            )
        incoming.replace(cache / jar.filename)


def fetch_with_jgo(jar: Jar, target: Path) -> None:
    """Fetch one jar with jgo, from the repositories of the user's jgo configuration, by default the public one."""
    # A mirror is configured where jgo reads it, never here: no host name belongs into this code.
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    mirrors = GlobalSettings.load().repositories or None
    context = MavenContext(repo_cache=target.parent / "m2", remote_repos=mirrors, timeout=TIMEOUT_S)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            shutil.move(artifact.resolve(), target)
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors, "not found" is a RuntimeError
            shutil.rmtree(target.parent / "m2", ignore_errors=True)
            if attempt == ATTEMPTS:
                raise JarUnavailable(f"{jar} could not be fetched: {type(error).__name__}: {error}") from error
            time.sleep(attempt)
        else:
            return


def _jar(coordinates: str, sha256: str) -> Jar:
    group, artifact, version = coordinates.split(":")
    return Jar(group=group, artifact=artifact, version=version, sha256=sha256)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
