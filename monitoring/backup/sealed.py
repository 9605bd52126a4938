"""Files of a backup: compressed, encrypted when there is a key, with the checksum of what lies on disk.

Encrypted: MAGIC, 8 random bytes, then chunks of at most 1 MiB, each as length (4 bytes) and AES-256-GCM ciphertext. A
chunk's nonce is those bytes and its number; number and "is the last" are authenticated, so that a file which was cut,
reordered or put together from two does not open."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agents.oauth.seal import Key
from infra import secret_files
from infra.errors import ConfigError, Permanent
from infra.settings import Settings

MAGIC = b"triage backup 1\n"
CHUNK = 1024 * 1024
SALT_BYTES = 8
TAG_BYTES = 16
GZIP = 31
"""zlib's window bits for the format of gzip, which any machine opens."""


class Damaged(Permanent):
    """A file of a backup is not what was written; the message names it and what helps."""


def backup_keys(settings: Settings) -> tuple[Key, ...]:
    """The keys of BACKUP_KEY or BACKUP_KEY_FILE: the first encrypts, each opens. None: nothing is encrypted.

    Raises:
        ConfigError: one is no key, or the file cannot be read.
    """
    text, name, path = settings.backup_key.get_secret_value(), "BACKUP_KEY", settings.backup_key_file
    if not text and path is not None:
        name = f"BACKUP_KEY_FILE={path}"
        # An empty one is refused, or backups would be in the clear from now on.
        text = secret_files.content("BACKUP_KEY_FILE", path, what="`triage auth key` prints a new key")
    try:
        return tuple(map(Key.parse, text.split()))
    except ConfigError:
        raise ConfigError(f"{name}: not a key; `triage auth key` prints a new one") from None


class Writer:
    """One file being written; use as a context manager. `sha256` and `size` hold afterwards."""

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path, self._cipher = path, AESGCM(key.secret) if key else None
        self._compressor = zlib.compressobj(6, wbits=GZIP)
        self._hash, self._held, self._number = hashlib.sha256(), bytearray(), 0
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of the bytes on disk, in hexadecimal."""
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        if self._cipher:
            self._salt = os.urandom(SALT_BYTES)
            self._put(MAGIC + self._salt)
        return self

    def write(self, content: bytes) -> None:
        """Add to it."""
        self._held += self._compressor.compress(content)
        while len(self._held) > CHUNK:
            self._flush(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._held += self._compressor.flush()
            while len(self._held) > CHUNK:
                self._flush(bytes(self._held[:CHUNK]), last=False)
                del self._held[:CHUNK]
            self._flush(bytes(self._held), last=True)
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()

    def _flush(self, chunk: bytes, *, last: bool) -> None:
        if self._cipher:
            sealed = self._cipher.encrypt(_nonce(self._salt, self._number), chunk, _place(self._number, last=last))
            chunk = len(sealed).to_bytes(4, "big") + sealed
            self._number += 1
        self._put(chunk)

    def _put(self, content: bytes) -> None:
        self._hash.update(content)
        self.size += len(content)
        self._file.write(content)


def read(path: Path, key: Key | None) -> Iterator[bytes]:
    """What was written, piece by piece.

    Raises:
        ConfigError: it is encrypted and there is no key, or the other way round.
        Damaged: it was cut, changed, or sealed with another key.
    """
    decompressor = zlib.decompressobj(wbits=GZIP)
    try:
        for chunk in _chunks(path, key):
            while chunk:  # a megabyte of zeros was a few hundred bytes
                yield decompressor.decompress(chunk, CHUNK)
                chunk = decompressor.unconsumed_tail  # noqa: PLW2901 - what is left of it
    except zlib.error:
        raise Damaged(f"{path}: damaged; use another backup") from None
    if not decompressor.eof:
        raise Damaged(f"{path}: its end is missing; use another backup")


def lines(path: Path, key: Key | None) -> Iterator[bytes]:
    """A text file's lines without their ends. Raises as `read`."""
    rest = b""
    for piece in read(path, key):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def checksum(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chunks(path: Path, key: Key | None) -> Iterator[bytes]:
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
        if start != MAGIC:
            if key is not None:  # or who can write here could put anything in the place of what was encrypted
                raise ConfigError(f"{path} is not encrypted, but BACKUP_KEY is set: to use it all the same, unset that")
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk
            return
        if key is None:
            raise ConfigError(f"{path} is encrypted: set BACKUP_KEY to the key that it was made with")
        yield from _opened(file, path, AESGCM(key.secret), file.read(SALT_BYTES))


def _opened(file: BinaryIO, path: Path, cipher: AESGCM, salt: bytes) -> Iterator[bytes]:
    number, length = 0, file.read(4)
    while length:
        size = int.from_bytes(length, "big")
        sealed = file.read(min(size, CHUNK + TAG_BYTES))
        length = file.read(4)
        try:
            if len(sealed) != size:  # the last chunk would open all the same, with whatever stands in its length
                raise ValueError(size)
            yield cipher.decrypt(_nonce(salt, number), sealed, _place(number, last=not length))
        except (InvalidTag, ValueError):
            raise Damaged(f"{path}: damaged, or encrypted with another key than BACKUP_KEY") from None
        number += 1


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")


def _place(number: int, *, last: bool) -> bytes:
    return b"%d %d" % (number, last)
