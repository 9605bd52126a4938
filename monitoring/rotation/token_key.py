"""A new TOKEN_KEY in a file that all processes read: first in front of the old one, then alone.

Between the two steps every token is sealed anew, under the same lock that a refresh takes. A process that still has
only the old key cannot open what the new one sealed: so it is restarted between `--begin` and `--finish`, and waits
until then."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.store import TokenStore
from infra.errors import ConfigError
from infra.settings import Settings


def begin(settings: Settings) -> int:
    """Put a new key in front in TOKEN_KEY_FILE; how many keys are there now.

    Raises:
        ConfigError: there is no file, or it already holds a key that was begun with.
    """
    path, keys = _file(settings)
    if len(keys) > 1:
        raise ConfigError(f"{path} holds {len(keys)} keys: a rotation was begun; end it with --finish")
    _write(path, [new_key(), *keys])
    return len(keys) + 1


async def finish(settings: Settings) -> int:
    """Seal every token with the first key, then forget the others; how many tokens.

    Raises:
        ConfigError: nothing was begun, or a process that was not restarted has sealed one with the old key meanwhile.
        Unsealable: a token that no key opens. Nothing is forgotten then.
    """
    path, keys = _file(settings)
    if len(keys) < 2:
        raise ConfigError(f"{path} holds one key: begin a rotation with --begin")
    store = TokenStore(settings.token_dir, Keys([Key.parse(text) for text in keys]))
    accounts = sorted(file.stem for file in settings.token_dir.glob("*.token"))
    for account in accounts:
        async with store.locked(account):
            token = store.read(account)
            if token is not None:
                store.write(account, token)
    accounts = sorted(file.stem for file in settings.token_dir.glob("*.token"))
    _require_alone(TokenStore(settings.token_dir, Keys([Key.parse(keys[0])])), accounts)
    _write(path, keys[:1])
    return len(accounts)


def _require_alone(store: TokenStore, accounts: Sequence[str]) -> None:
    for account in accounts:
        try:
            store.read(account)
        except Unsealable:
            raise ConfigError(
                f"the token of {account} was sealed with the old key meanwhile: restart crewai-ingest and"
                " crewai-email-triage, then --finish again"
            ) from None


def _file(settings: Settings) -> tuple[Path, list[str]]:
    path = settings.token_key_file
    if path is None or settings.token_key.get_secret_value():
        raise ConfigError(
            "TOKEN_KEY_FILE is needed for this, and TOKEN_KEY unset: a variable cannot be changed from here"
        )
    try:
        keys = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"TOKEN_KEY_FILE={path}: cannot be read ({type(error).__name__})") from None
    return path, keys


def _write(path: Path, keys: Sequence[str]) -> None:
    """Replace the file as a whole. Who could read it still can: the services may run as another user, or by its group;
    all others cannot, whatever was allowed.

    Raises:
        ConfigError: the file is another user's, and would become this one's.
    """
    path = path.resolve()
    known = path.stat()
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            _give(file.fileno(), known, path)
            file.write("\n".join([*keys, ""]))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _give(descriptor: int, known: os.stat_result, path: Path) -> None:
    try:
        os.fchown(descriptor, known.st_uid, known.st_gid)
    except PermissionError:
        raise ConfigError(
            f"{path} is user {known.st_uid}'s, group {known.st_gid}: run it as the user of the file"
        ) from None
    os.fchmod(descriptor, stat.S_IMODE(known.st_mode) & 0o660)
