"""How far every mailbox of one partition was read: the entries on `ingest.cursors`, kept in step in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from agents.ingest.records import FolderKey, Submission, parse_entry_key
from infra.settings import Settings
from streams.reading import Record, to_end
from streams.topics import CURSORS

STALL_S = 10.0
"""A read of cursors without progress for this long is given up and tried again."""


class Cursors:
    """Entries by folder. Only what Kafka has acknowledged is in here."""

    def __init__(self) -> None:
        self._entries: defaultdict[FolderKey, dict[str, bytes]] = defaultdict(dict)
        self.next_offset = 0
        """The first offset on the partition that this process does not know."""

    def of(self, key: FolderKey) -> Mapping[str, bytes]:
        """The cursor of one folder, as it is now and stays until something is stored."""
        return MappingProxyType(self._entries[key])

    def stored(self, submission: Submission) -> None:
        """Take over what a committed transaction holds."""
        for name, value in submission.batch.cursor.items():
            self.set(submission.key, name, value)

    def set(self, key: FolderKey, name: str, value: bytes | None) -> None:
        """Set one entry; None removes it."""
        if value is None:
            self._entries[key].pop(name, None)
        else:
            self._entries[key][name] = value


async def load(settings: Settings, partition: int) -> Cursors:
    """Read the partition's cursors as committed; call it only after the former owner is fenced.

    Raises:
        KafkaUnavailable
    """
    cursors = Cursors()
    async for chunk in to_end(settings, CURSORS.name, (partition,), stall_s=STALL_S):
        for record in chunk:
            parsed = parse_entry_key(record.key or b"")
            if parsed:
                cursors.set(*parsed, record.value)
            cursors.next_offset = record.offset + 1
    return cursors


async def since(settings: Settings, partition: int, offset: int) -> list[Record]:
    """What was committed to the partition from `offset` on.

    Raises:
        KafkaUnavailable
    """
    return [
        record
        async for chunk in to_end(settings, CURSORS.name, (partition,), begin=offset, stall_s=STALL_S)
        for record in chunk
    ]
