"""Who may call the admin API: bearer tokens (RFC 6750), of which only hashes are kept.

An entry is NAME:ROLE:EXPIRES:SHA256. A token is 256 random bits, so a fast hash will do: there is nothing to guess."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from infra.errors import ConfigError
from infra.files import Mark
from infra.files import mark as mark_of
from infra.settings import Settings

log = logging.getLogger(__name__)

Role = Literal["read", "operate"]
"""operate may do what read may, and change things."""
_ENTRY = re.compile(r"([A-Za-z0-9._@-]{1,60}):(read|operate):(\d{8}T\d{6}Z):([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,60}")


class Refused(Exception):
    """Not let in; the message is for whoever called and says no more than they know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever called."""

    name: str
    role: Role
    expires_at: datetime
    digest: str

    def may(self, wanted: Role) -> bool:
        """Whether the role is enough."""
        return self.role == "operate" or wanted == "read"


def new_token(name: str, role: Role, lasting: timedelta, now: datetime) -> tuple[str, str]:
    """A token, and its entry for ADMIN_TOKENS.

    Raises:
        ConfigError: the name has other characters than letters, digits and ._@-
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name[:80]!r}: a token's name has 1 to 60 letters, digits or ._@-")
    token = f"triage_{secrets.token_urlsafe(32)}"
    return token, entry_of(token, name, role, now + lasting)


def entry_of(token: str, name: str, role: Role, expires_at: datetime) -> str:
    """The entry of a token."""
    return f"{name}:{role}:{expires_at.astimezone(UTC).strftime('%Y%m%dT%H%M%SZ')}:{_digest(token)}"


class Tokens:
    """The entries of ADMIN_TOKENS."""

    def __init__(self, entries: Sequence[str]) -> None:
        """Read them.

        Raises:
            ConfigError: one of them is none; its name is told, never its hash.
        """
        self.principals = tuple(_principal(number, entry) for number, entry in enumerate(entries, 1))

    @classmethod
    def of(cls, settings: Settings) -> Tokens:
        """Those of ADMIN_TOKENS and ADMIN_TOKENS_FILE.

        Raises:
            ConfigError: the file cannot be read, or an entry is none.
        """
        entries = settings.admin_tokens.get_secret_value().split()
        if settings.admin_tokens_file is not None:
            try:
                entries += settings.admin_tokens_file.read_text("utf-8").split()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(
                    f"ADMIN_TOKENS_FILE={settings.admin_tokens_file}: {type(error).__name__}; one entry a line, as"
                    " `triage control token` prints them"
                ) from None
        return cls(entries)

    def admit(self, authorization: str | None, now: datetime) -> Principal:
        """Who sent this header. Takes as long whoever it is.

        Raises:
            Refused: nobody who may.
        """
        scheme, _, token = (authorization or "").partition(" ")
        digest = _digest(token.strip())
        found = None
        for principal in self.principals:
            if hmac.compare_digest(principal.digest, digest):
                found = principal
        if not authorization:
            raise Refused("a bearer token is needed: Authorization: Bearer TOKEN")
        if found is None or scheme.lower() != "bearer":
            raise Refused("this token is not known")
        if now >= found.expires_at:
            raise Refused("this token has expired")
        return found


class TokensNow:
    """The entries of the settings as ADMIN_TOKENS_FILE has them now: who is taken out of it is refused with the next
    call, on every process that reads it."""

    def __init__(self, settings: Settings) -> None:
        """Read them. Raises as `Tokens.of`."""
        self._settings = settings
        self._mark = self._seen()
        self._tokens = Tokens.of(settings)

    def admit(self, authorization: str | None, now: datetime) -> Principal:
        """As `Tokens.admit`. While the file cannot be read nobody in it is let in."""
        mark = self._seen()
        if mark != self._mark:
            try:
                self._tokens = Tokens.of(self._settings)
            except ConfigError as error:
                log.warning("%s; until it can be read nobody in it is let in", error)
                self._tokens = Tokens(self._settings.admin_tokens.get_secret_value().split())
            else:
                log.info("ADMIN_TOKENS_FILE has changed: taken up", extra={"category": "audit"})
            self._mark = mark
        return self._tokens.admit(authorization, now)

    def _seen(self) -> Mark:
        path = self._settings.admin_tokens_file
        return None if path is None else mark_of(path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _principal(number: int, entry: str) -> Principal:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ConfigError(
            f"ADMIN_TOKENS: entry {number} is not NAME:ROLE:EXPIRES:SHA256 with a role of {', '.join(get_args(Role))};"
            " `triage control token NAME` makes one"
        )
    name, role, expires, digest = match.groups()
    try:
        expires_at = datetime.strptime(expires, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ConfigError(f"ADMIN_TOKENS: entry {number}, {name}: {expires} is no time") from None
    return Principal(name=name, role="operate" if role == "operate" else "read", expires_at=expires_at, digest=digest)
