"""What the log remembers of an account, for a source that has lost its place."""

from __future__ import annotations

from infra.settings import Settings
from streams.partitioning import partition_of
from streams.reading import to_end
from streams.topics import RECEIVED

FINGERPRINT = "ce_mailfingerprint"
EVENT_ID = "ce_id"
LOCATION = "ce_subject"


class AnnouncedOnLog:
    """Reads the account's partition of `mail.received` from its beginning: slow, and rarely needed."""

    def __init__(self, settings: Settings, account: str, partitions: int) -> None:
        self._settings = settings
        self._key = account.encode()
        self._partition = partition_of(self._key, partitions)

    async def fingerprints(self) -> frozenset[str]:
        """Fingerprints of the account's committed mails that the topic still keeps.

        Raises:
            KafkaUnavailable
        """
        return await self._values(FINGERPRINT)

    async def ids(self) -> frozenset[str]:
        """Event ids of the same mails.

        Raises:
            KafkaUnavailable
        """
        return await self._values(EVENT_ID)

    async def _values(self, header: str) -> frozenset[str]:
        found: set[str] = set()
        async for chunk in to_end(self._settings, RECEIVED.name, (self._partition,)):
            for record in chunk:
                if record.key == self._key:
                    found.update(value.decode() for name, value in record.headers if name == header and value)
        return frozenset(found)
