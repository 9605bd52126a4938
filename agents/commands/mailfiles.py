"""Raw mails from paths that a person names: files, folders, Maildirs, standard input. One at a time, in order."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from streams.mail.limits import RAW_BYTES

STDIN = "-"
_INDEX_FILES = ("dovecot", "maildirfolder", "maildirsize", "subscriptions", ".")
"""Beginnings of names that mail servers and tools keep beside mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """The bytes behind one path, or why there are none."""

    path: str
    raw: bytes = b""
    truncated: bool = False
    """Whether the file is longer than is read."""
    modified: datetime | None = None
    error: str = ""


def mail_files(paths: Iterable[str]) -> Iterator[MailFile]:
    """Every mail below the paths, in the order of their names. What cannot be read is yielded with its error."""
    for path in paths:
        if path == STDIN and sys.stdin is None:
            yield MailFile(path=STDIN, error="standard input is closed")
        elif path == STDIN:
            raw = sys.stdin.buffer.read(RAW_BYTES + 1)
            yield MailFile(path=STDIN, raw=raw[:RAW_BYTES], truncated=len(raw) > RAW_BYTES)
        elif Path(path).is_dir():
            yield from _folder(path)
        else:
            yield _file(path, also=(stat.S_ISFIFO, stat.S_ISCHR))  # <(command) and /dev/stdin


def shown(path: str) -> str:
    """A path as text: bytes of its name that are not UTF-8 become "?"-like marks, so that it can be printed."""
    return os.fsencode(path).decode("utf-8", "replace")


def _folder(top: str) -> Iterator[MailFile]:
    errors: list[OSError] = []
    for folder, folders, files in os.walk(top, onerror=errors.append):
        yield from (MailFile(path=str(each.filename), error=each.strerror or str(each)) for each in errors)
        errors.clear()
        if maildir := {"cur", "new"} <= set(folders):
            folders[:] = [name for name in folders if name != "tmp"]  # maildir(5): what lies there is not delivered yet
        # ".Name" is a folder of mails only inside a Maildir (Maildir++); elsewhere it is .git and the like.
        folders[:] = sorted(name for name in folders if maildir or not name.startswith("."))
        for name in sorted(files):
            if not name.lower().startswith(_INDEX_FILES):
                yield _file(os.path.join(folder, name))  # noqa: PTH118 - keeps the path as it was given
    yield from (MailFile(path=str(each.filename), error=each.strerror or str(each)) for each in errors)


def _file(path: str, *, also: Iterable[Callable[[int], bool]] = ()) -> MailFile:
    """One file; a pipe could wait for ever, so that only what a person named may be another kind of file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - names need not be UTF-8
        if not any(is_kind(status.st_mode) for is_kind in (stat.S_ISREG, *also)):
            return MailFile(path=path, error="not a regular file")
        with open(path, "rb") as source:  # noqa: PTH123
            raw = source.read(RAW_BYTES + 1)
    except OSError as error:
        return MailFile(path=path, error=error.strerror or str(error))
    return MailFile(path=path, raw=raw[:RAW_BYTES], truncated=len(raw) > RAW_BYTES, modified=_moment(status.st_mtime))


def _moment(seconds: float) -> datetime | None:
    """File systems keep times of before the year 1 and after 9999; None for those."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError, ValueError):
        return None
