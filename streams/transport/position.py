"""Where an input is read from when its partition was taken over."""

from __future__ import annotations

import logging

from confluent_kafka import TopicPartition

from streams.runtime.tables import POSITION_KEY, Tables
from streams.transport.offsets import GroupOffsets, OrphanedOffset
from streams.transport.producer import TransactionalProducer

log = logging.getLogger(__name__)

MARKER = 1
"""A position stands behind the last record that was processed; the offset after it is the end of its transaction. Of
an idle topic retention takes that, too, and nobody has missed anything."""


async def position_of(
    input_: tuple[str, int],
    tables: Tables,
    producer: TransactionalProducer,
    offsets: GroupOffsets,
    key: bytes = POSITION_KEY,
) -> int:
    """The next offset to read. An orphaned offset is replaced by what the tables know (under `key`), in a transaction
    of the same producer, whose marker ends the wait for the lost one.

    Raises:
        Transient: the brokers did not answer.
        Aborted, LostOwnership: of that transaction.
    """
    topic, partition = input_
    try:
        position = await offsets.committed(topic, partition, producer.calls)
    except OrphanedOffset as orphan:
        position = max(orphan.settled, tables.position_at(key))
        log.warning("%s; going on from %d", orphan, position, extra={"topic": topic, "partition": partition})
        await producer.write((), TopicPartition(topic, partition, position), offsets.metadata)
    low, _ = await offsets.bounds(topic, partition, producer.calls)
    if position is None:  # nothing was ever read of it: what went before that was nobody's
        return low
    if position + MARKER < low:
        log.error(
            "up to %d offsets are gone: retention passed them before they were processed",
            low - position,
            extra={"topic": topic, "partition": partition, "offset": position},
        )
    return position
