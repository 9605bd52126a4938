"""The file that `triage drain` writes, and nothing but bytes: version 1. Integers are big-endian, counts unsigned.

    file    = "triage drain 1" 0x0A 0x00, block H, block R ..., block E
    block   = kind (1 byte), length of payload (u32), CRC-32 over kind and payload (u32), payload
    H       = JSON: id, topic, partitions, group, spans {partition: [first offset, end]}, cluster, created_at
    R       = partition (u32), next offset to read (u64), records in it (u32), zstd(record ...)
    record  = offset (u64), timestamp (i64, ms since 1970), key, value, headers (u16), each: name, value
    key, value, name = length (i32, -1: null), bytes; names are UTF-8
    E       = JSON: records, first_ms, last_ms, sha256 of all before this block

A block holds records of one partition, in the order of the log; offsets are where the records stood, for people. A file
that is still being written ends anywhere: what is whole up to there counts. A finished one ends with E."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import cramjam
import orjson

from infra.errors import Permanent

MAGIC = b"triage drain 1\n\x00"
COMPRESSION = 3
"""Of Zstandard (RFC 8878): four times as quick as zlib's quickest and a fifth smaller, on mail."""
LARGEST_BLOCK = 256 * 1024 * 1024
"""Bytes, packed and unpacked: a few of them may be written to unpack into all the memory there is."""
USUAL_BLOCK = 4 * 1024 * 1024
HEADER, RECORDS, END = b"H", b"R", b"E"
_BLOCK = struct.Struct(">cII")
_RECORDS = struct.Struct(">IQI")
_RECORD = struct.Struct(">Qqii")
_LENGTH = struct.Struct(">i")
_COUNT = struct.Struct(">H")
_ID = re.compile(r"[0-9a-f]{32}")
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
"""Kafka's own rule for names of topics."""


class Damaged(Permanent):
    """The file is not what was written; the message says where, and what to do."""


class Kept(NamedTuple):
    """A record as the file keeps it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file holds, and of which topic."""

    id: str
    topic: str
    partitions: int
    """Of the topic, those without records counted."""
    group: str | None
    """Whose offsets it begins at; None: at the beginning."""
    spans: Mapping[int, tuple[int, int]]
    """Partition → first offset and end."""
    cluster: str
    created_at: str

    def encode(self) -> bytes:
        """The block's payload."""
        return orjson.dumps(asdict(self), option=orjson.OPT_NON_STR_KEYS)

    @classmethod
    def decode(cls, payload: bytes) -> Header:
        """The inverse; raises what reading a wrong one does, and ValueError for what `triage drain` never writes."""
        data: dict[str, Any] = orjson.loads(payload)
        spans = {int(number): (int(first), int(end)) for number, (first, end) in data.pop("spans").items()}
        header = cls(**data, spans=spans)
        if not header._is_sound():
            raise ValueError("not as it is written")
        return header

    def _is_sound(self) -> bool:
        """It names groups, is shown, and bounds the records: whoever made the file, that must be harmless."""
        datetime.fromisoformat(self.created_at)  # raises TypeError, ValueError
        return (
            type(self.partitions) is int
            and self.partitions > 0
            and type(self.cluster) is str
            and type(self.group) in {str, type(None)}
            and _ID.fullmatch(self.id) is not None
            and _TOPIC.fullmatch(self.topic) is not None
            and all(0 <= number < self.partitions for number in self.spans)
            and all(0 <= first <= end for first, end in self.spans.values())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last block."""

    records: int
    first_ms: int
    last_ms: int
    sha256: str


class Chunk(NamedTuple):
    """A block of records, not yet unpacked."""

    partition: int
    next: int
    held: int
    packed: bytes

    def records(self) -> Iterator[Kept]:
        """Unpack.

        Raises:
            Damaged: what no checksum notices, because it was written so.
        """
        try:
            yield from _unpacked(_decompressed(self.packed), self.held)
        except (cramjam.DecompressionError, struct.error, UnicodeDecodeError) as error:
            raise Damaged(f"a block of records cannot be unpacked: {error}") from None


def block(kind: bytes, payload: bytes) -> bytes:
    """A block as it stands in the file."""
    return _BLOCK.pack(kind, len(payload), zlib.crc32(payload, zlib.crc32(kind))) + payload


def chunk(partition: int, next_offset: int, records: Iterable[bytes], count: int) -> bytes:
    """A block of packed records."""
    packed = bytes(cramjam.zstd.compress(b"".join(records), COMPRESSION))
    return block(RECORDS, _RECORDS.pack(partition, next_offset, count) + packed)


def pack(record: Kept) -> bytes:
    """One record."""
    key, value = record.key, record.value
    parts = [
        _RECORD.pack(
            record.offset, record.timestamp, -1 if key is None else len(key), -1 if value is None else len(value)
        ),
        key or b"",
        value or b"",
        _COUNT.pack(len(record.headers)),
    ]
    for name, said in record.headers:
        encoded = name.encode()
        parts += (_LENGTH.pack(len(encoded)), encoded, _LENGTH.pack(-1 if said is None else len(said)), said or b"")
    return b"".join(parts)


class Scan:
    """Reads a file block by block and checks all of it. `whole` is where the last whole block ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sum = hashlib.sha256()
        self._records = 0
        self.whole = 0
        self.header: Header | None = None
        self.end: End | None = None

    @property
    def sum(self) -> Any:
        """SHA-256 over all whole blocks so far."""
        return self._sum

    def chunks(self) -> Iterator[Chunk]:
        """The blocks of records. When it ends without an error, the file is finished and undamaged.

        Raises:
            Damaged
        """
        with self._path.open("rb") as file:
            magic = file.read(len(MAGIC))
            if magic != MAGIC:
                raise Damaged(f"{self._path}: not a file that `triage drain` has written")
            self._sum.update(magic)
            self.whole = len(MAGIC)
            while self.end is None:
                kind, payload = self._block(file)
                if kind == RECORDS and self.header is not None:
                    partition, following, held = _RECORDS.unpack_from(payload)
                    if partition >= self.header.partitions:
                        raise self._damaged("records of a partition that its topic has not")
                    self._records += held
                    yield Chunk(partition, following, held, payload[_RECORDS.size :])
                elif kind == HEADER and self.header is None:
                    self.header = self._read(Header.decode, payload)
                elif kind == END and self.header is not None:
                    self._finish(payload)
                else:
                    raise self._damaged("an unknown block")
                self.whole = file.tell()
            if file.read(1):
                raise self._damaged("more after its end")

    def _block(self, file: BinaryIO) -> tuple[bytes, bytes]:
        head = file.read(_BLOCK.size)
        if len(head) < _BLOCK.size:
            raise self._damaged("an end before its end block: it is incomplete")
        kind, length, crc = _BLOCK.unpack(head)
        payload = file.read(length) if length <= LARGEST_BLOCK else b""
        if len(payload) < length or zlib.crc32(payload, zlib.crc32(kind)) != crc:
            raise self._damaged("a block that is cut or does not match its checksum")
        if kind != END:
            self._sum.update(head)
            self._sum.update(payload)
        if kind == RECORDS and length < _RECORDS.size:
            raise self._damaged("a block of records that is too short")
        return bytes(kind), payload

    def _finish(self, payload: bytes) -> None:
        end: End = self._read(lambda raw: End(**orjson.loads(raw)), payload)
        if end.sha256 != self._sum.hexdigest():
            raise self._damaged("another content than its SHA-256 says")
        if end.records != self._records:
            raise self._damaged("another number of records than its end says")
        self.end = end

    def _read(self, decode: Any, payload: bytes) -> Any:
        try:
            return decode(payload)
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
            raise self._damaged("an unreadable block") from None

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self._path}: {what} at byte {self.whole:,}; take another copy of the file, or drain again")


def _decompressed(packed: bytes) -> bytes:
    """Into a bounded room, for nothing but unpacking tells how much it becomes; larger than usual is rare."""
    room = min(USUAL_BLOCK, LARGEST_BLOCK)
    while True:
        into = bytearray(room)
        try:
            size = cramjam.zstd.decompress_into(packed, into)
        except cramjam.DecompressionError:
            if room >= LARGEST_BLOCK:
                raise
            room = min(8 * room, LARGEST_BLOCK)
        else:
            with memoryview(into) as whole:
                return bytes(whole[:size])


def _unpacked(raw: bytes, count: int) -> Iterator[Kept]:
    """Flat: each record of a refill goes through here. A slice past the end is short, and the sum then too large."""
    if count * (_RECORD.size + _COUNT.size) > len(raw):
        raise struct.error("more records than have room")
    at = 0
    fixed, length, number = _RECORD.unpack_from, _LENGTH.unpack_from, _COUNT.unpack_from
    for _ in range(count):
        offset, timestamp, key_size, value_size = fixed(raw, at)
        at += _RECORD.size
        if key_size < -1 or value_size < -1:
            raise struct.error("a length below nothing")
        key = raw[at : at + key_size] if key_size >= 0 else None
        at += max(0, key_size)
        value = raw[at : at + value_size] if value_size >= 0 else None
        at += max(0, value_size)
        (named,) = number(raw, at)
        at += _COUNT.size
        headers = []
        for _ in range(named):
            (size,) = length(raw, at)
            at += 4
            if size < 0:
                raise struct.error("a length below nothing")
            name = raw[at : at + size].decode()
            at += size
            (size,) = length(raw, at)
            at += 4
            if size < -1:
                raise struct.error("a length below nothing")
            headers.append((name, raw[at : at + size] if size >= 0 else None))
            at += max(0, size)
        yield Kept(offset, timestamp, key, value, tuple(headers))
    if at != len(raw):
        raise struct.error("another length than its records have")
