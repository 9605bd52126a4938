"""Rebuild a partition's table rows from their committed changelogs.

Ends at PARTITION_EOF, not at a record: the last offset of a transactional topic is a marker that no consumer ever sees
(Faust's own recovery waits for it without end)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from infra.errors import Transient
from streams.runtime.tables import Rows, Table
from streams.transport.calls import BlockingCalls

log = logging.getLogger(__name__)
LONGEST_S = 1800.0
_BATCH = 5000
_SILENCE_S = 30.0
_SAY_S = 2.0


async def recover(
    options: Mapping[str, Any],
    tables: Sequence[Table[Any]],
    partition: int,
    calls: BlockingCalls,
    cancelled: Callable[[], bool],
) -> Rows:
    """All rows of `partition`, as the last committed transaction left them. Call it after the former owner is fenced.

    Raises:
        Transient: the brokers fell silent, or `cancelled` answered True.
    """
    if not tables:
        return {}
    try:
        return await calls.run(_recover, options, tables, partition, cancelled, seconds=LONGEST_S)
    except TimeoutError:
        raise Transient(f"tables of partition {partition} not recovered within {LONGEST_S:g} s") from None


def _recover(
    options: Mapping[str, Any], tables: Sequence[Table[Any]], partition: int, cancelled: Callable[[], bool]
) -> Rows:
    name_of = {table.changelog: table.name for table in tables}
    rows: Rows = {table.name: {} for table in tables}
    consumer = Consumer(
        {
            **options,
            "group.id": f"recovery-{partition}",  # required by the client, never used: no join, no commit
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "fetch.wait.max.ms": 10,
        }
    )
    try:
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic in name_of])
        left, count, heard, said = set(name_of), 0, monotonic(), monotonic()
        while left:
            if cancelled():
                raise Transient("recovery was overtaken by a rebalance")
            messages = consumer.consume(_BATCH, 0.05)
            now = monotonic()
            if messages:
                heard = now
            elif now - heard > _SILENCE_S:
                raise Transient(f"no answer from the changelogs {sorted(left)} for {_SILENCE_S:g} s")
            if now - said > _SAY_S:
                log.info("recovering tables: %d changes so far", count, extra={"partition": partition})
                said = now
            for message in messages:
                if message.error() is not None:
                    _check(message, left)
                    continue
                count += 1
                _apply(rows[name_of[message.topic()]], message.key(), message.value())
    except KafkaException as error:
        raise Transient(f"changelog of partition {partition}: {error.args[0]}") from None
    finally:
        consumer.close()
    return rows


def _check(message: Any, left: set[str]) -> None:
    error = message.error()
    if error.code() == KafkaError._PARTITION_EOF:
        left.discard(message.topic())
    elif not error.retriable() and error.code() != KafkaError._ALL_BROKERS_DOWN:
        raise Transient(f"changelog {message.topic()}: {error}")


def _apply(rows: dict[bytes, bytes], key: bytes, value: bytes | None) -> None:
    if value is None:
        rows.pop(key, None)
    else:
        rows[key] = value
