"""A new TOKEN_KEY in TOKEN_KEY_FILE: first in front of the old one, then every token is sealed anew under the lock
that a refresh takes, then it stands alone. Processes read the file with each token, so they need not be restarted.

Where they have copies of the file instead, the two steps are taken apart: between them the copies are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.store import TokenStore
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.rotation import place


async def rotate(settings: Settings) -> int:
    """Both steps, or the second one where the first was taken; how many tokens were sealed.

    Raises:
        ConfigError, Unsealable: see `begin` and `finish`.
    """
    with place.alone(_file(settings)[0]):
        if len(_file(settings)[1]) < 2:
            begin(settings)
        return await finish(settings)


def require(settings: Settings) -> None:
    """Raises: ConfigError where nothing can be changed from here."""
    _file(settings)


def begin(settings: Settings) -> int:
    """Put a new key in front in TOKEN_KEY_FILE; how many keys are there now.

    Raises:
        ConfigError: there is no file, or it already holds a key that was begun with.
    """
    path, keys = _file(settings)
    if len(keys) > 1:
        raise ConfigError(f"{path} holds {len(keys)} keys: a rotation was begun; end it with --finish")
    place.write(path, [new_key(), *keys])
    return len(keys) + 1


async def finish(settings: Settings) -> int:
    """Seal every token with the first key, then forget the others; how many tokens.

    Raises:
        ConfigError: nothing was begun, or a process with another copy of the file has sealed one with the old key.
        Unsealable: a token that no key opens. Nothing is forgotten then.
    """
    path, keys = _file(settings)
    if len(keys) < 2:
        raise ConfigError(f"{path} holds one key: begin a rotation with --begin")
    store = TokenStore(settings.token_dir, Keys([Key.parse(text) for text in keys]))
    sealed = 0
    for account in store.accounts:
        async with store.locked(account):
            token = store.read(account)
            if token is not None:
                store.write(account, token)
                sealed += 1
    alone = TokenStore(settings.token_dir, Keys([Key.parse(keys[0])]))
    _require_alone(alone, alone.accounts)
    place.write(path, keys[:1])
    return sealed


def _require_alone(store: TokenStore, accounts: Sequence[str]) -> None:
    for account in accounts:
        try:
            store.read(account)
        except Unsealable:
            raise ConfigError(
                f"the token of {account} was sealed with the old key meanwhile, by a process that has another copy of"
                " the file, or has not been restarted since it was given one: put that right, then run it again"
            ) from None


def _file(settings: Settings) -> tuple[Path, list[str]]:
    path = settings.token_key_file
    if path is None or settings.token_key.get_secret_value():
        raise ConfigError(
            "TOKEN_KEY_FILE is needed for this, and TOKEN_KEY unset: a variable cannot be changed from here"
        )
    return path, place.read("TOKEN_KEY_FILE", path).split()
