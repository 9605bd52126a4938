"""Reading one partition from an offset on, committed records only, as fast as librdkafka fetches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable, passing
from streams.replay.plan import CALL_S, READING

CHUNK = 500
POLL_S = 0.5
STALL_S = 30.0
"""Without a record or the end for this long the read fails."""


@contextmanager
def consumer(settings: Settings) -> Iterator[Any]:
    """A consumer without a group."""
    made = Consumer({**librdkafka_options(settings), **READING})
    try:
        with suppress(KafkaException):  # connects now: what is assigned to an unconnected client waits for its timers
            made.list_topics(timeout=CALL_S)
        yield made
    finally:
        made.close()


def records(made: Any, topic: str, partition: int, first: int, end: int | None = None) -> Iterator[list[Any]]:
    """Chunks of messages from `first` on, up to `end` or where the partition ends now.

    Raises:
        KafkaUnavailable: no progress, or the topic is not there.
    """
    made.assign([TopicPartition(topic, partition, first)])
    moved_at, trouble = monotonic(), ""
    while True:
        first_message = made.poll(POLL_S)  # `consume` alone would wait for a whole chunk
        messages = [] if first_message is None else [first_message, *made.consume(CHUNK, 0)]
        chunk = []
        over = False
        for message in messages:
            error = message.error()
            if error is not None and not _is_end(error):
                trouble = _passing(error, topic)
            elif error is not None or (end is not None and message.offset() >= end):
                over = True
            else:
                chunk.append(message)
        if chunk:
            yield chunk
            moved_at = monotonic()  # who takes the chunks may come back after minutes
        if over:
            return
        if monotonic() - moved_at > STALL_S:
            raise KafkaUnavailable(f"{topic}/{partition}: no progress for {STALL_S:.0f} s{trouble}")


def _is_end(error: Any) -> bool:
    return bool(error.code() == KafkaError._PARTITION_EOF)  # noqa: SLF001 - the client's own name for it


def _passing(error: Any, topic: str) -> str:
    if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
        raise KafkaUnavailable(f"reading failed: {error.str()}")
    return f" ({passing(error, topic)})"  # the client goes on by itself


def offset_at(made: Any, topic: str, partition: int, milliseconds: int) -> int:
    """The first offset whose record is not older; the end when there is none.

    Raises:
        KafkaUnavailable
    """
    if milliseconds <= 0:
        return int(OFFSET_BEGINNING)
    try:
        (found,) = made.offsets_for_times([TopicPartition(topic, partition, milliseconds)], timeout=CALL_S)
    except KafkaException as error:
        raise KafkaUnavailable(f"{topic}/{partition}: {error.args[0].str()}") from None
    offset: int = found.offset
    return int(OFFSET_END) if offset < 0 else offset
