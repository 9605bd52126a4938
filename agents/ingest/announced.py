"""What the log remembers of an account, for a source that has lost its place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from infra.settings import Settings
from streams.partitioning import partition_of
from streams.reading import to_end
from streams.topics import RECEIVED

FINGERPRINT = "ce_mailfingerprint"
EVENT_ID = "ce_id"
LOCATION = "ce_subject"


@dataclass(slots=True)
class _Asked:
    """One reading of a partition, and who waits for it."""

    found: dict[tuple[bytes, str], set[str]] = field(default_factory=dict)
    """Key and header → its values."""
    reading: asyncio.Task[None] | None = None


class LogMemory:
    """Reads partitions of `mail.received` from their beginning: slow, and rarely needed. But when a provider fails for
    many accounts at once they all ask: whoever asks while a partition is read shares the next reading of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turns: dict[int, asyncio.Lock] = {}
        self._next: dict[int, _Asked] = {}

    async def values(self, partition: int, key: bytes, header: str) -> frozenset[str]:
        """Of the header, in the account's committed mails that the topic still keeps.

        Raises:
            KafkaUnavailable
        """
        asked = self._next.setdefault(partition, _Asked())
        found = asked.found.setdefault((key, header), set())
        if asked.reading is None:
            asked.reading = asyncio.create_task(self._read(partition, asked), name=f"log {partition}")
            asked.reading.add_done_callback(_retrieve)
        await asyncio.shield(asked.reading)
        return frozenset(found)

    async def _read(self, partition: int, asked: _Asked) -> None:
        async with self._turns.setdefault(partition, asyncio.Lock()):
            del self._next[partition]  # what is committed from now on might be missing in it
            async for chunk in to_end(self._settings, RECEIVED.name, (partition,)):
                for record in chunk:
                    for name, value in record.headers:
                        wanted = asked.found.get((record.key or b"", name))
                        if wanted is not None and value:
                            wanted.add(value.decode("utf-8", "replace"))  # anybody can have written it


class AnnouncedOnLog:
    """What the log remembers of one account."""

    def __init__(self, memory: LogMemory, account: str, partitions: int) -> None:
        self._memory = memory
        self._key = account.encode()
        self._partition = partition_of(self._key, partitions)

    async def fingerprints(self) -> frozenset[str]:
        """Fingerprints of the account's committed mails that the topic still keeps.

        Raises:
            KafkaUnavailable
        """
        return await self._memory.values(self._partition, self._key, FINGERPRINT)

    async def ids(self) -> frozenset[str]:
        """Event ids of the same mails.

        Raises:
            KafkaUnavailable
        """
        return await self._memory.values(self._partition, self._key, EVENT_ID)


def _retrieve(task: asyncio.Task[None]) -> None:
    """Nobody may be left to hear of a failure; asyncio would complain."""
    if not task.cancelled():
        task.exception()
