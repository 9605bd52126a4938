"""Files that are replaced as a whole: afterwards there is the old content or the new one, whatever happens."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from infra.errors import ConfigError

Mark = tuple[int, int, int] | None
"""Identifies one state of a file: another mark means another content."""


def mark(path: Path) -> Mark:
    """Changes with every replacement; None: there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def replacing(path: Path, *, as_before: bool = False) -> Iterator[BinaryIO]:
    """Write the next content of a file; it takes its place when the block ends well. Its owner alone can read it.

    Args:
        path: the file; a link stays one.
        as_before: the file is there, and keeps owner, group, and what these two were allowed: services may read it as
            another user than the one who writes it. All others are allowed nothing, whatever they were.

    Raises:
        ConfigError: it is another user's, and cannot stay theirs.
        OSError: of the file. Nothing was changed.
    """
    path = path.resolve()
    known = path.stat() if as_before else None
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if known is not None:
                _give(file.fileno(), known, path)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def replace(path: Path, content: bytes, *, as_before: bool = False) -> None:
    """`replacing` at once."""
    with replacing(path, as_before=as_before) as file:
        file.write(content)


def create(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone can read.

    Raises:
        FileExistsError: and it is left as it is.
        OSError
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(beside)
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what was renamed in it last over a power cut, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _give(descriptor: int, known: os.stat_result, path: Path) -> None:
    try:
        os.fchown(descriptor, known.st_uid, known.st_gid)
    except PermissionError:
        raise ConfigError(
            f"{path} is user {known.st_uid}'s, group {known.st_gid}: run it as the user of the file"
        ) from None
    os.fchmod(descriptor, stat.S_IMODE(known.st_mode) & 0o660)
