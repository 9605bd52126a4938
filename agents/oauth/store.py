"""The folder of stored tokens: one encrypted file per account, replaced as a whole, shared by processes with a lock."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from agents.oauth.seal import Key, Keys, Unsealable
from agents.oauth.token import StoredToken
from agents.sources.base import ProviderTransient
from infra.errors import ConfigError
from infra.settings import Settings

log = logging.getLogger(__name__)

LOCK_POLL_S = 0.02
LOCK_S = 60.0
"""Who holds the lock makes one request with a bound; longer means that something hangs."""
MAX_BYTES = 256 * 1024

Mark = tuple[int, int, int] | None
"""Identifies one state of a file: another mark means another content."""


class TokenStore:
    """Tokens by account id."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder, self._keys = folder, keys

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The store that the settings name.

        Raises:
            ConfigError: no key, or none that is one.
        """
        return cls(settings.token_dir, Keys([Key.parse(text) for text in _key_texts(settings)]))

    def path(self, account_id: str) -> Path:
        """Where an account's tokens are. An account's id is a safe file name by its own rules."""
        return self._folder / f"{account_id}.token"

    def mark(self, account_id: str) -> Mark:
        """Changes with every write; None: there is no file."""
        try:
            found = self.path(account_id).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self, account_id: str) -> StoredToken | None:
        """The stored token; None: there is none.

        Raises:
            Unsealable: there is one that cannot be read.
        """
        path = self.path(account_id)
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unsealable(f"{path}: {error.strerror}; this process must be able to read it") from None
        try:
            return StoredToken.decode(self._keys.open(account_id, content))
        except Unsealable as error:
            raise Unsealable(f"{path}: {error}") from None
        except (ValueError, TypeError):
            raise Unsealable(f"{path}: its content is no token") from None

    def write(self, account_id: str, token: StoredToken) -> None:
        """Replace the stored token: afterwards the file holds either the old one or the new one, whatever happens.

        Raises:
            OSError
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.path(account_id)
        beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(self._keys.seal(account_id, token.encode()))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        _sync_folder(self._folder)

    @asynccontextmanager
    async def locked(self, account_id: str) -> AsyncIterator[None]:
        """Nobody else changes this account's token meanwhile, in this process or another.

        Raises:
            ProviderTransient: somebody holds it for too long.
        """
        path = self._folder / f".{account_id}.lock"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:  # a read-only folder: nobody can change anything in it
            log.warning("%s cannot be opened (%s): going on without a lock", path, error.strerror)
            yield
            return
        try:
            await _lock(descriptor, path)
            yield
        finally:
            os.close(descriptor)  # which ends the lock


async def _lock(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ProviderTransient(f"{path} is held by another process for {LOCK_S:g} s; does it hang?") from None
            await asyncio.sleep(LOCK_POLL_S)


def _sync_folder(folder: Path) -> None:
    """Make the rename last over a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key_texts(settings: Settings) -> list[str]:
    given = settings.token_key.get_secret_value()
    if given or settings.token_key_file is None:
        return given.split()
    try:
        return settings.token_key_file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(f"TOKEN_KEY_FILE={settings.token_key_file}: cannot be read ({reason})") from None
