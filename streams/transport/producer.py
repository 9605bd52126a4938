"""One transactional librdkafka producer with blocking calls in threads and errors whose type says what to do next.

KIP-98. Traps that this module knows: `retry.backoff.ms` above 2 stalls a transaction that begins while the markers of
the last one are being written; `init_transactions` without a connection sits out 500 ms, so metadata comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, NoReturn, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from infra.errors import Transient
from streams.runtime.agent import Output
from streams.transport.calls import BlockingCalls

T = TypeVar("T")
TRANSACTION_S = 60.0
"""The broker aborts a transaction that is older; a batch must be decided and written well within it."""
ANSWER_S = 20.0
"""Longest time for opening or for one transaction; after it the producer is given up."""
RETRY_S = 10.0
"""How long one step is called again after a time-out that says it may be."""
_STEP_S = 3.0
_DISCARD_S = 2.0


def _nothing() -> None:
    """What there is to do after most commits."""


class Aborted(Transient):
    """The transaction was rolled back: nothing of it is visible. Take the batch again."""


class LostOwnership(Transient):
    """Another producer took over the transactional id, or this one cannot go on: drop it and join the group again."""


class TransactionalProducer:
    """Writes batches atomically: records and source offsets are visible together or not at all."""

    def __init__(self, options: Mapping[str, Any], transactional_id: str) -> None:
        self._config = {
            **options,
            "transactional.id": transactional_id,
            "transaction.timeout.ms": int(TRANSACTION_S * 1000),
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 0,  # a batch is there at once; what comes while a request is on its way goes with the next
            "batch.size": 262144,
            "message.max.bytes": 2 * 1024 * 1024,
            "delivery.report.only.error": True,
            "retry.backoff.ms": 2,
            "retry.backoff.max.ms": 500,
        }
        self.calls = BlockingCalls(transactional_id)
        self._producer: Producer | None = None

    async def open(self) -> None:
        """Take the transactional id over: fences the former owner and ends its open transaction.

        Raises:
            Transient: the brokers are away; call again.
            LostOwnership: not to be had.
        """
        try:
            await self.calls.run(self._open, seconds=ANSWER_S)
        except TimeoutError:
            raise Transient(f"no answer within {ANSWER_S:g} s") from None

    def _open(self) -> None:
        producer = Producer(self._config)
        try:
            producer.list_topics(timeout=_STEP_S)
            self._until_done(producer.init_transactions)
        except KafkaException as error:
            raise (Transient if error.args[0].retriable() else LostOwnership)(str(error.args[0])) from None
        self._producer = producer

    async def write(
        self, outputs: Iterable[Output], offset: TopicPartition, group: Any, then: Callable[[], None] = _nothing
    ) -> None:
        """One transaction: outputs to the partition number of `offset` in their topics, and the group's next offset.
        `then` is called once it is committed, in the producer's thread.

        Raises:
            Aborted, LostOwnership, what `then` raises
        """
        try:
            await self.calls.run(self._write, outputs, offset, group, then, seconds=ANSWER_S)
        except TimeoutError:
            raise LostOwnership(f"no answer within {ANSWER_S:g} s") from None

    def _write(self, outputs: Iterable[Output], offset: TopicPartition, group: Any, then: Callable[[], None]) -> None:
        producer = self._producer
        if producer is None:
            raise LostOwnership("closed")
        produce, partition = producer.produce, offset.partition
        try:
            producer.begin_transaction()
            for topic, key, value, headers in outputs:
                if headers:
                    produce(topic, value, key, partition, headers=list(headers))
                else:
                    produce(topic, value, key, partition)
            self._until_done(producer.send_offsets_to_transaction, [offset], group)
            self._until_done(producer.commit_transaction)
        except (KafkaException, BufferError) as error:
            self._roll_back(producer, error)
        then()

    def _roll_back(self, producer: Producer, error: KafkaException | BufferError) -> NoReturn:
        cause = error.args[0] if isinstance(error, KafkaException) else None
        if cause is not None and (cause.fatal() or cause.code() in (KafkaError._FENCED, KafkaError._STATE)):
            raise LostOwnership(str(cause)) from None
        if cause is not None and cause.retriable() and not cause.txn_requires_abort():
            raise LostOwnership(f"no answer: {cause}") from None  # the outcome is unknown: the next `open` decides it
        try:
            self._until_done(producer.abort_transaction)
        except KafkaException as second:
            raise LostOwnership(str(second.args[0])) from None
        raise Aborted(str(cause or error)) from None

    def _until_done(self, call: Callable[..., T], *args: Any) -> T:
        deadline = monotonic() + RETRY_S
        while True:
            try:
                return call(*args, _STEP_S)
            except KafkaException as error:
                if not error.args[0].retriable() or monotonic() > deadline:
                    raise

    async def close(self) -> None:
        """Drop the producer without waiting for what was not committed; the next owner's `open` ends it."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(TimeoutError):
                await self.calls.settle(_discard, producer, seconds=_DISCARD_S)
        self.calls.close()


def _discard(producer: Producer) -> None:
    producer.purge()
    producer.flush(_DISCARD_S / 2)
