"""The seam to aiokafka's transactional producer: open (which fences), store all or nothing, what each failure means."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from agents.ingest.records import HEADER_ROOM, Outgoing
from infra.errors import Permanent, Transient
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.topics import CURSORS, RECEIVED

log = logging.getLogger(__name__)

TRANSACTION_S = 60.0
"""The broker aborts a transaction that is open for longer."""
ATTEMPT_S = 25.0
"""Longest time for one attempt; less than the broker's bound."""
OPEN_S = 10.0
BATCH_BYTES = 512 * 1024
"""Of one Kafka batch, so that it stays below every topic's max.message.bytes; a larger mail is a batch of its own."""


class NotStored(Transient):
    """Nothing of it was or will be stored: try again with a new producer."""


class Unclear(Transient):
    """The commit was sent, its answer never came: what the cursors topic holds at `span` tells."""

    def __init__(self, span: Span) -> None:
        super().__init__("the outcome of a commit is not known")
        self.span = span


class TooLarge(Permanent):
    """The broker or the producer refuses a record of this size."""


class Fenced(Permanent):
    """Another process has taken the partition over (or the broker gave this one up): start over from the cursors."""


class Span(NamedTuple):
    """Offsets of the first and the last cursor record of a transaction."""

    first: int
    last: int


class LogWriter:
    """One transactional producer. After any failure it is spent: close it and open a new one."""

    def __init__(self, settings: Settings, partition: int, *, batch_bytes: int = BATCH_BYTES) -> None:
        from aiokafka import AIOKafkaProducer

        self._producer: Any = AIOKafkaProducer(
            **aiokafka_options(settings),
            client_id=f"{settings.instance_id}-{partition}",
            transactional_id=f"triage-ingest-{partition}",
            transaction_timeout_ms=int(TRANSACTION_S * 1000),
            enable_idempotence=True,
            acks="all",
            compression_type="lz4",
            max_batch_size=batch_bytes,
            max_request_size=settings.mail_max_bytes + HEADER_ROOM,
            request_timeout_ms=10_000,
        )
        self._open = False

    async def open(self) -> None:
        """Connect and take the transactional id: whoever had it is fenced, what it left open is aborted.

        Raises:
            NotStored: Kafka is away.
        """
        from aiokafka.errors import KafkaError

        try:
            async with asyncio.timeout(OPEN_S):
                await self._producer.start()
        except (KafkaError, TimeoutError) as error:
            raise NotStored(f"no producer: {_name(error)}") from None

    async def partitions(self) -> int:
        """Of `mail.received`.

        Raises:
            NotStored: Kafka is away.
        """
        from aiokafka.errors import KafkaError

        try:
            async with asyncio.timeout(OPEN_S):
                await self._producer.partitions_for(CURSORS.name)
                return len(await self._producer.partitions_for(RECEIVED.name))
        except (KafkaError, TimeoutError) as error:
            raise NotStored(f"no metadata: {_name(error)}") from None

    async def store(self, records: Sequence[Outgoing]) -> Span:
        """Write all records in one transaction; return when it is committed. One of them must be a cursor entry.

        Raises:
            NotStored, Unclear, TooLarge, Fenced
        """
        try:
            async with asyncio.timeout(ATTEMPT_S):
                span = await self._write(records)
        except Exception as error:
            raise _meaning(error) from None
        try:
            async with asyncio.timeout(ATTEMPT_S):
                await self._producer.commit_transaction()
        except Exception as error:
            meaning = _meaning(error)
            raise meaning if isinstance(meaning, Fenced) else Unclear(span) from None
        self._open = False
        return span

    async def _write(self, records: Sequence[Outgoing]) -> Span:
        await self._producer.begin_transaction()
        self._open = True
        pending: list[asyncio.Future[Any]] = []
        try:
            for one in records:
                # A new list: aiokafka keeps it until the batch is built.
                headers = list(one.headers)
                sent = await self._producer.send(
                    one.topic, one.value, key=one.key, partition=one.partition, headers=headers
                )
                sent.add_done_callback(_looked_at)
                pending.append(sent)
            written = await asyncio.gather(*pending)
        except BaseException:
            for future in pending:
                future.cancel()
            raise
        offsets = [place.offset for place in written if place.topic == CURSORS.name]
        return Span(min(offsets), max(offsets))

    async def close(self, *, seconds: float = 2.0) -> None:
        """Abort what is open, so that readers need not wait for the broker to do it, and disconnect. Never raises."""
        if self._open:
            try:
                async with asyncio.timeout(seconds):
                    await self._producer.abort_transaction()
            except Exception as error:  # whoever opens the id next aborts it
                log.debug("transaction not aborted: %s", _name(error))
        await close_within(self._producer, seconds)


def _meaning(error: Exception) -> Exception:
    from aiokafka import errors

    losses = (
        errors.ProducerFenced, errors.InvalidProducerEpoch, errors.InvalidProducerIdMapping, errors.InvalidTxnState
    )  # fmt: skip
    if isinstance(error, losses):
        return Fenced(_name(error))
    if isinstance(error, (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError)):
        return TooLarge(_name(error))
    return NotStored(_name(error))


def _looked_at(future: asyncio.Future[Any]) -> None:
    """A failed delivery is reported once, by whoever awaits it; asyncio need not add that nobody did."""
    if not future.cancelled():
        future.exception()


def _name(error: BaseException) -> str:
    return type(error).__name__
