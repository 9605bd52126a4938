"""Base backups of PostgreSQL by its own pg_basebackup, and a data directory made of one that recovers to a chosen
moment."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from infra.database.pool import password_in_use
from infra.errors import Fatal, Transient, TriageError
from infra.settings import Settings
from infra.stack.postgres import binaries
from monitoring.backup.sealed import CHUNK, Damaged, Writer

START = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
RECOVERY = """
# Written by `triage backup restore`.
restore_command = '{restore}'
recovery_target_timeline = 'latest'
recovery_target_action = 'promote'
"""


def program() -> Path | None:
    """pg_basebackup of the wheel or of PATH; None: this machine has none."""
    try:
        found: Path | None = binaries() / "pg_basebackup"
    except Fatal:
        found = None
    if found is None or not found.exists():
        here = shutil.which("pg_basebackup")
        found = Path(here) if here else None
    return found


def take(settings: Settings, out: Writer) -> str:
    """Write the tar of a base backup, log included, so that it is consistent alone; the first segment that it needs.

    Raises:
        Fatal: no program, or the role may not: it needs REPLICATION and a line in pg_hba.conf. Transient: the server
        is away.
    """
    command = program()
    if command is None:
        raise Fatal("no pg_basebackup here: install PostgreSQL's client programs of the server's version or newer")
    argv = [str(command), "-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "--no-password", "-l", "triage backup"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(argv, env=_environment(settings), stdout=subprocess.PIPE, stderr=said) as running:
            assert running.stdout is not None
            label = _Label()
            while piece := running.stdout.read(CHUNK):
                label.look(piece)
                out.write(piece)
        if running.returncode != 0:
            said.seek(0)
            raise _refusal(said.read().decode(errors="replace").strip())
    return label.segment


class _Label:
    """Finds the file backup_label in a tar that passes by."""

    def __init__(self) -> None:
        self.segment, self._tail = "", b""

    def look(self, piece: bytes) -> None:
        if not self.segment:
            found = START.search(self._tail + piece)
            self.segment = found[1].decode() if found else ""
            self._tail = piece[-200:]


def _refusal(said: str) -> TriageError:
    last = said.splitlines()[-1] if said else "pg_basebackup failed"
    if "replication" in said or "pg_hba" in said:
        return Fatal(
            f"{last}: the role needs the right: ALTER ROLE crewai REPLICATION, and in pg_hba.conf a line"
            " `host replication crewai ADDRESS scram-sha-256`"
        )
    return Transient(last)


def _environment(settings: Settings) -> dict[str, str]:
    """Libpq's variables: a password on a command line is everybody's."""
    url = urlsplit(settings.database_url.get_secret_value())
    password = asyncio.run(password_in_use(settings)) or unquote(url.password or "")
    given = {
        "PGHOST": url.hostname, "PGPORT": str(url.port or 5432), "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10",
    }  # fmt: skip
    return os.environ | {name: value for name, value in given.items() if value}


def unpack(pieces: Iterator[bytes], data: Path, *, archive: Path | None, until: datetime | None) -> None:
    """Make a data directory of a base backup that, when it is started, recovers from the archive and opens.

    Args:
        pieces: the tar.
        data: an empty folder.
        archive: where PostgreSQL's log was archived (`wal.ARCHIVE`); None: to the end of the base backup.
        until: the moment to recover to; None: as far as the archive goes.

    Raises:
        Fatal: the folder is not empty, or a moment is given without an archive.
        Damaged: no tar, or one with something that pg_basebackup does not write.
    """
    if any(data.iterdir()):
        raise Fatal(f"{data} is not empty: restore into a new folder")
    if until is not None and archive is None:
        raise Fatal("a moment can only be reached with the archive of PostgreSQL's log: name it with --wal")
    try:
        with tarfile.open(fileobj=BufferedReader(_Stream(pieces), CHUNK), mode="r|") as tar:
            tar.extractall(data, filter=_plain)  # noqa: S202 - filtered
    except tarfile.TarError as error:
        raise Damaged(f"the base backup is damaged ({type(error).__name__}); use another backup") from None
    with (data / "postgresql.auto.conf").open("a") as configuration:
        if archive is not None:
            configuration.write(RECOVERY.format(restore=_quoted(f'gunzip < {_place(archive)}/%f.gz > "%p"')))
        if until is not None:
            moment = until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
            configuration.write(f"recovery_target_time = '{moment}'\n")
    if archive is not None:
        (data / "recovery.signal").touch()


def _plain(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Files and folders, below the folder. Links are how a tar gets out of it, and a base backup has none."""
    if not (member.isreg() or member.isdir()):
        raise Damaged(f"the base backup holds {member.name[:80]!r}, no file and no folder; use another backup")
    return tarfile.tar_filter(member, folder)


def _place(archive: Path) -> str:
    """As a shell reads it; PostgreSQL replaces %f and %p before, and %% by %."""
    return shlex.quote(str(archive.resolve())).replace("%", "%%")


def _quoted(value: str) -> str:
    """As it stands between the quotes of a configuration file of PostgreSQL (20.1.1)."""
    return value.replace("\\", "\\\\").replace("'", "''")


class _Stream(RawIOBase):
    """Pieces as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        """As many bytes as there are of one piece."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
        count = min(len(room), len(self._held))
        room[:count], self._held = self._held[:count], self._held[count:]
        return count
