"""References to secrets. The value exists only where it is used: not in a record, a log line, a message or a repr."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from infra.errors import Permanent, Transient

MAX_BYTES = 64 * 1024
_ENV = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")
_FILE = re.compile(r"file:/[^\x00\n]+")


class InvalidReference(Permanent):
    """Not a reference. The message never repeats the text: it may be the secret itself."""


class SecretUnavailable(Transient):
    """The reference leads nowhere on this machine; the message names the variable or file and the remedy."""


def validate(reference: Any) -> None:
    """Check the form of a reference.

    Raises:
        InvalidReference
    """
    if not isinstance(reference, str) or not (_ENV.fullmatch(reference) or _FILE.fullmatch(reference)):
        raise InvalidReference("secret: a reference, env:NAME or file:/absolute/path, never the secret itself")


def resolve(reference: str) -> str:
    """The secret behind a reference, read anew each time so that a rotated one is taken up.

    Raises:
        InvalidReference
        SecretUnavailable: unset, unreadable or empty.
    """
    validate(reference)
    scheme, _, place = reference.partition(":")
    value = _from_environment(place) if scheme == "env" else _from_file(Path(place))
    if not value:
        raise SecretUnavailable(f"secret {reference} is empty")
    return value


def _from_environment(name: str) -> str:
    if name not in os.environ:
        raise SecretUnavailable(f"secret env:{name} is not set in this process's environment: set it and restart")
    return os.environ[name]


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode().rstrip("\r\n")  # editors end files with a newline
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SecretUnavailable(f"secret file:{path} cannot be read: {reason}") from None
