"""The file that a secret is in: read, and replaced with nobody else at it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra import files
from infra.errors import ConfigError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other rotation changes a file of its folder meanwhile: two at once would bring an old secret back.

    Raises:
        ConfigError: one is under way, or there is no such folder.
    """
    try:
        descriptor = os.open(path.resolve().parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{path}: another rotation is at work in its folder; wait for it") from None
        yield
    finally:
        os.close(descriptor)


def read(setting: str, path: Path) -> str:
    """Its text.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(f"{setting}={path}: cannot be read ({reason})") from None


def write(path: Path, lines: Sequence[str]) -> None:
    """Replace it; whoever could read it still can. Raises as `files.replacing`."""
    files.replace(path, "\n".join([*lines, ""]).encode("ascii"), as_before=True)
