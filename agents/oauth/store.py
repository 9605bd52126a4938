"""The folder of stored tokens: one encrypted file per account, replaced as a whole, shared by processes with a lock."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from agents.oauth.seal import Key, Keys, Unsealable
from agents.oauth.token import StoredToken
from agents.sources.base import ProviderTransient
from infra import files, secret_files
from infra.errors import ConfigError
from infra.files import Mark
from infra.settings import Settings

log = logging.getLogger(__name__)

LOCK_POLL_S = 0.02
LOCK_S = 60.0
"""Who holds the lock makes one request with a bound; longer means that something hangs."""
MAX_BYTES = 256 * 1024


class TokenStore:
    """Tokens by account id."""

    def __init__(self, folder: Path, keys: Keys | Callable[[], Keys]) -> None:
        """`keys`, or what tells them each time: a key is changed while processes run."""
        self._folder = folder
        self._keys = keys if callable(keys) else lambda: keys

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The store that the settings name. TOKEN_KEY_FILE is read with each token, so a new key needs no restart.

        Raises:
            ConfigError: no key, or none that is one.
        """
        return cls(settings.token_dir, _KeysNow(settings))

    def path(self, account_id: str) -> Path:
        """Where an account's tokens are. An account's id is a safe file name by its own rules."""
        return self._folder / f"{account_id}.token"

    def mark(self, account_id: str) -> Mark:
        """Changes with every write; None: there is no file."""
        return files.mark(self.path(account_id))

    def read(self, account_id: str) -> StoredToken | None:
        """The stored token; None: there is none.

        Raises:
            Unsealable: there is one that cannot be read.
        """
        path = self.path(account_id)
        for last in (False, True):
            try:
                with path.open("rb") as file:
                    content = file.read(MAX_BYTES)
            except FileNotFoundError:
                return None
            except OSError as error:
                raise Unsealable(f"{path}: {error.strerror}; this process must be able to read it") from None
            try:
                return StoredToken.decode(self._keys().open(account_id, content))
            except Unsealable as error:
                if last:  # else it may have been sealed anew, and its old key removed, since it was read
                    raise Unsealable(f"{path}: {error}") from None
            except (ValueError, TypeError):
                raise Unsealable(f"{path}: its content is no token") from None
        raise AssertionError("the second attempt returns or raises")

    def write(self, account_id: str, token: StoredToken) -> None:
        """Replace the stored token: afterwards the file holds either the old one or the new one, whatever happens.

        Raises:
            OSError
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(self.path(account_id), self._keys().seal(account_id, token.encode()))

    @property
    def accounts(self) -> list[str]:
        """Who has a token, or is about to get one: has ever been locked."""
        locks = {path.name.removeprefix(".").removesuffix(".lock") for path in self._folder.glob(".*.lock")}
        return sorted(locks | {path.stem for path in self._folder.glob("*.token")})

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


class _KeysNow:
    """The keys of the settings as TOKEN_KEY_FILE has them now."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._mark = _key_mark(settings)
        self._keys = _read_keys(settings)

    def __call__(self) -> Keys:
        mark = _key_mark(self._settings)
        if mark != self._mark:
            try:
                self._keys = _read_keys(self._settings)
            except ConfigError as error:  # with those at hand every token still opens
                log.warning("%s; going on with the keys that it held", error)
            else:
                log.info("TOKEN_KEY_FILE has changed: taken up")
            self._mark = mark
        return self._keys


def _key_mark(settings: Settings) -> Mark:
    return None if settings.token_key_file is None else files.mark(settings.token_key_file)


def _read_keys(settings: Settings) -> Keys:
    return Keys([Key.parse(text) for text in _key_texts(settings)])


def _key_texts(settings: Settings) -> list[str]:
    given = settings.token_key.get_secret_value()
    if given or settings.token_key_file is None:
        return given.split()
    what = "`triage auth key` prints a new key"
    return secret_files.content("TOKEN_KEY_FILE", settings.token_key_file, what=what).split()
