"""A new token of the admin API in the place of an old one, which is refused with the next call."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from infra import files
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.admin.tokens import Tokens, entry_of, new_token
from monitoring.rotation import place

_TOKEN = re.compile(r"triage_[A-Za-z0-9_-]{43}")


def rotate(settings: Settings, name: str, output: Path, *, lasting: timedelta, now: datetime) -> datetime:
    """Write a new token to `output`, then its entry in the place of all that NAME had; when it expires.

    A run that was killed between the two is ended by the next one: it takes the token that is in `output`.

    Raises:
        ConfigError: no file of entries, nobody of that name in it, or `output` holds something else.
    """
    path = settings.admin_tokens_file
    if path is None:
        raise ConfigError("ADMIN_TOKENS_FILE is needed for this: a variable cannot be changed from here")
    if name in {one.name for one in Tokens(settings.admin_tokens.get_secret_value().split()).principals}:
        raise ConfigError(f"ADMIN_TOKENS has a token of {name} as well: take it out and restart control")
    with place.alone(path):
        entries = place.read("ADMIN_TOKENS_FILE", path).split()
        of = Tokens(entries).principals
        old = [one for one in of if one.name == name]
        if not old:
            raise ConfigError(f"ADMIN_TOKENS_FILE={path}: no token of {name[:60]!r}")
        token = _kept(output) or _made(output, new_token(name, old[-1].role, lasting, now)[0])
        entry = entry_of(token, name, old[-1].role, now + lasting)
        if entry.rpartition(":")[2] not in {one.digest for one in old}:
            others = [text for text, one in zip(entries, of, strict=True) if one.name != name]
            place.write(path, [*others, entry])
    return now + lasting


def _kept(output: Path) -> str:
    """The token that a killed run has left; empty: nothing is there."""
    try:
        text = output.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{output}: {type(error).__name__}; name a new file for the token") from None
    if not _TOKEN.fullmatch(text):
        raise ConfigError(f"{output} is there and holds something else; name a new file for the token")
    return text


def _made(output: Path, token: str) -> str:
    try:
        files.create(output, f"{token}\n".encode())
    except OSError as error:
        raise ConfigError(f"{output}: {error.strerror}") from None
    return token
