"""One mailbox against the log: the provider is asked first, so that what it lists has had its time to arrive."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from agents.accounts import Account
from agents.ingest import cursors as cursor_log
from agents.ingest.announced import EVENT_ID, FINGERPRINT, LOCATION
from agents.proving.listing import beginning, listing
from agents.proving.proof import Proof, compare
from agents.proving.rebuilt import Remembered, recognised
from infra.settings import Settings
from streams import header_values
from streams.events import ATTEMPT_HEADER, MalformedEvent, Received
from streams.moments import utc_text
from streams.partitioning import partition_of
from streams.reading import to_end
from streams.topics import RECEIVED

Progress = Callable[[str, int], None]
"""What is counted, and how many so far."""


async def prove(settings: Settings, account: Account, *, since: datetime | None, progress: Progress) -> Proof:
    """Compare.

    Args:
        settings: how to reach Kafka and the provider.
        account: the mailbox.
        since: mails that arrived earlier are not compared; None: from where ingest began, or the log does.
        progress: told how far it is.

    Raises:
        KafkaUnavailable, ProviderTransient, AuthFailed, ConfigError
    """
    key = account.id.encode()
    partition = partition_of(key, settings.topic_partitions)
    cursors = await cursor_log.load(settings, partition)
    begins = since or await _beginning(settings, account, cursors, partition)
    listed = await listing(settings, account, cursors, begins, lambda count: progress("listed by the provider", count))
    logged: list[str] = []
    put_back: set[str] = set()
    remembered = Remembered()
    async for chunk in to_end(settings, RECEIVED.name, (partition,)):
        for record in chunk:
            if record.key == key:
                said = header_values.texts(record.headers)
                if EVENT_ID not in said:
                    continue  # somebody else's record: no mail of this mailbox
                if ATTEMPT_HEADER in said:
                    put_back.add(said[EVENT_ID])
                else:
                    logged.append(said[EVENT_ID])
                remembered.add(said.get(LOCATION, ""), said.get(FINGERPRINT, ""))
        progress("on the log", len(logged))
    on_log = put_back.union(logged)
    missing = {event_id: place for event_id, place in listed.items() if event_id not in on_log}
    known = await recognised(settings, account, missing, remembered)
    return compare(account.id, listed, logged, utc_text(begins), recognised=known, put_back=put_back)


async def _beginning(settings: Settings, account: Account, cursors: cursor_log.Cursors, partition: int) -> datetime:
    """Where ingest began; what the log has let go of since is not compared."""
    begins = beginning(settings, account, cursors)
    async for chunk in to_end(settings, RECEIVED.name, (partition,)):
        first = chunk[0]
        if first.offset > 0:
            with suppress(MalformedEvent):  # somebody else's record does not say when its neighbours were found
                return max(begins, Received.from_record(first.key, first.value, first.headers).received_at)
        break
    return begins
