"""Tokens at rest: AES-256-GCM. The account's id is authenticated with it, so that no file passes for another's.

A file is one JSON object: version, key (id of the key), nonce and sealed, both base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.errors import ConfigError, Permanent

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
"""Random: at 2^32 files sealed with one key a repetition becomes conceivable (NIST SP 800-38D §8.3)."""


class Unsealable(Permanent):
    """A token file cannot be opened; the message says what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Names the key without betraying it."""
        return hashlib.sha256(b"triage token key id\0" + self.secret).hexdigest()[:12]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `new_key` wrote.

        Raises:
            ConfigError: it is none; the message does not repeat it.
        """
        try:
            secret = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != KEY_BYTES:
            raise ConfigError("TOKEN_KEY: not a key; `triage auth key` prints a new one")
        return cls(secret=secret)


def new_key() -> str:
    """A new random key as text."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


class Keys:
    """The keys at hand: the first seals, every one opens. So a key is changed: put the new one in front."""

    def __init__(self, keys: Sequence[Key]) -> None:
        if not keys:
            raise ConfigError(
                "TOKEN_KEY is not set, so stored tokens cannot be read: set it, or TOKEN_KEY_FILE, to the key they were"
                " made with; for a first one `triage auth key` prints a new key"
            )
        self._keys = {key.id: key for key in reversed(keys)}
        self._first = keys[0]

    def seal(self, account_id: str, content: bytes) -> bytes:
        """A file's content."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._first.secret).encrypt(nonce, content, _associated(account_id, self._first.id))
        return orjson.dumps({
            "version": VERSION,
            "key": self._first.id,
            "nonce": base64.b64encode(nonce).decode(),
            "sealed": base64.b64encode(sealed).decode(),
        })  # fmt: skip

    def open(self, account_id: str, file: bytes) -> bytes:
        """What was sealed for this account.

        Raises:
            Unsealable
        """
        key_id, nonce, sealed = _parts(file)
        if key_id not in self._keys:
            raise Unsealable(
                f"it was encrypted with key {key_id}, at hand are {', '.join(self._keys)}: add that key to TOKEN_KEY"
            )
        try:
            return AESGCM(self._keys[key_id].secret).decrypt(nonce, sealed, _associated(account_id, key_id))
        except (InvalidTag, ValueError):
            raise Unsealable("it was damaged, or belongs to another account") from None


def _parts(file: bytes) -> tuple[str, bytes, bytes]:
    try:
        data = orjson.loads(file)
        version = data["version"]
        if version == VERSION:
            nonce, sealed = (base64.b64decode(data[name], validate=True) for name in ("nonce", "sealed"))
            return str(data["key"]), nonce, sealed
    except (ValueError, TypeError, KeyError):
        raise Unsealable("it is no token file") from None
    raise Unsealable(f"its version {str(version)[:20]!r} is newer than this program's, {VERSION}")


def _associated(account_id: str, key_id: str) -> bytes:
    return b"\0".join((b"triage token", str(VERSION).encode(), key_id.encode(), account_id.encode()))
