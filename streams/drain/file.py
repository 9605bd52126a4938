"""A drain file on its way to disk: resumed after a kill, and under its name only when it is whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from infra.errors import Permanent
from infra.files import sync_folder
from streams.drain.format import END, HEADER, MAGIC, Damaged, End, Header, Kept, Scan, block, chunk, pack

BLOCK_BYTES = 1024 * 1024
"""Records of a partition are compressed in blocks of about this size."""


class InTheWay(Permanent):
    """A file stands where another is to be written; the message says which and what to do."""


def _private(path: str, flags: int) -> int:
    """Mails are nobody else's."""
    return os.open(path, flags, 0o600)


class DrainFile:
    """`with DrainFile(path, begin) as file: file.add(...); file.finish()`. Leaving it early keeps what is whole."""

    def __init__(self, path: Path, begin: Callable[[], Header]) -> None:
        """`begin` is called when there is nothing to resume."""
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self._begin = begin
        self.header: Header
        self.next: dict[int, int] = {}
        """Partition → offset at which it goes on."""
        self.records = 0
        self._first_ms, self._last_ms = 0, 0
        self._waiting: dict[int, list[bytes]] = {}
        self._bytes: dict[int, int] = {}

    def __enter__(self) -> Self:
        """Raises InTheWay: another drain is writing this file."""
        self._file = open(self.part, "a+b", opener=_private)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise InTheWay(f"{self.part}: another `triage drain` is writing it") from None
        if not self._resumed():
            self._file.truncate(0)
            self.header = self._begin()
            self._scan = Scan(self.part)
            self._append(MAGIC)
            self._append(block(HEADER, self.header.encode()))
            self.next = {number: first for number, (first, _) in self.header.spans.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _resumed(self) -> bool:
        scan = Scan(self.part)
        found: dict[int, int] = {}
        try:
            for one in scan.chunks():
                found[one.partition] = one.next
                self.records += one.held
                for record in one.records():
                    self._saw(record.timestamp)
        except Damaged:  # a kill in the middle of a block
            pass
        if scan.header is None:
            return False
        self._scan, self.header = scan, scan.header
        self.next = {number: found.get(number, first) for number, (first, _) in scan.header.spans.items()}
        # An end block that a kill left behind is written again: it is not part of the sum.
        self._file.truncate(scan.whole if scan.end is None else scan.whole - self._end_size(scan.end))
        return True

    def _end_size(self, end: End) -> int:
        return len(self._end_block(end))

    def add(self, partition: int, record: Kept) -> None:
        """The next record of a partition."""
        packed = pack(record)
        self._saw(record.timestamp)
        waiting = self._waiting.setdefault(partition, [])
        waiting.append(packed)
        self._bytes[partition] = self._bytes.get(partition, 0) + len(packed)
        if self._bytes[partition] >= BLOCK_BYTES:
            self._flush(partition, record.offset + 1)

    def finish(self) -> End:
        """Everything is in: make it durable and give it its name."""
        for partition, (_, behind) in self.header.spans.items():
            if self._waiting.get(partition):
                self._flush(partition, behind)
        sha256 = self._scan.sum.hexdigest()
        end = End(records=self.records, first_ms=self._first_ms, last_ms=self._last_ms, sha256=sha256)
        self._file.write(self._end_block(end))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.part.rename(self.path)
        sync_folder(self.path.parent)
        return end

    def _flush(self, partition: int, next_offset: int) -> None:
        waiting = self._waiting.pop(partition)
        self._bytes[partition] = 0
        self._append(chunk(partition, next_offset, waiting, len(waiting)))
        self.records += len(waiting)
        self.next[partition] = next_offset

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()  # to the kernel: it survives a kill of this process
        self._scan.sum.update(data)

    def _saw(self, timestamp: int) -> None:
        self._first_ms = min(self._first_ms or timestamp, timestamp)
        self._last_ms = max(self._last_ms, timestamp)

    @staticmethod
    def _end_block(end: End) -> bytes:
        return block(END, orjson.dumps(end))
