"""Reading one mail file: bounded, never following a link, never hanging on a pipe. Blocking, so call it in a thread."""

# ruff: noqa: PTH116, PTH123 - descriptors and flags that pathlib does not know

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from typing import NamedTuple

SETTLED_S = 0.2
"""A file outside a Maildir counts as written when it has not changed for this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of a mail file."""

    raw: bytes
    size: int
    """Bytes on disk."""


class Unsettled(Exception):
    """The file is still being written; look again later."""


class Facts(NamedTuple):
    """What the file system says of a file."""

    modified_ns: int
    size: int


def facts(path: str) -> Facts | None:
    """None when the file is gone."""
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return Facts(status.st_mtime_ns, status.st_size)


class Settling:
    """Decides whether a file that was not delivered by rename is complete: by its age, or unchanged in two looks.

    The second look is for files from the future: a clock that is wrong must not keep a mail out.
    """

    def __init__(self) -> None:
        self._looks: dict[str, tuple[tuple[int, int], float]] = {}

    def check(self, path: str, status: os.stat_result) -> None:
        """Return when the file is complete.

        Raises:
            Unsettled
        """
        age = time.time() - status.st_mtime_ns / 1e9
        if age >= SETTLED_S:
            self._looks.pop(path, None)
            return
        shape = (status.st_size, status.st_mtime_ns)
        before, since = self._looks.setdefault(path, (shape, time.monotonic()))
        if before != shape:
            self._looks[path] = (shape, time.monotonic())
        elif time.monotonic() - since >= SETTLED_S:
            del self._looks[path]
            return
        raise Unsettled(path)


def read(path: str, limit: int, settling: Settling | None) -> Content:
    """The first `limit` bytes of a regular file.

    Raises:
        Unsettled: it is being written (only with `settling`).
        FileNotFoundError: it was moved or removed.
        OSError: it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("not a regular file")
        if settling:
            settling.check(path, before)
        raw = _read_fully(file.fileno(), limit)
        after = os.fstat(descriptor)
        if settling and (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise Unsettled(path)
        return Content(raw=raw, size=max(after.st_size, len(raw)))


def _read_fully(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit > 0 and (part := os.read(descriptor, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)
