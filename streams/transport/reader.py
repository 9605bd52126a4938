"""Reads the input partitions of this process: one librdkafka consumer, on a thread of its own, for all of them.

It is assigned by hand and never joins the group: who owns what is decided elsewhere, it only fetches, read_committed.
Unlike aiokafka's fetcher it goes on fetching a partition while records of it are waiting, so that neither a busy nor an
empty partition holds back another, and it parses outside the interpreter."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.runtime.agent import Event, Headers

log = logging.getLogger(__name__)

_POLL_S = 0.1
"""Longest wait of the thread for records; an order (open, close) waits for it at most."""
_CONNECT_S = 5.0
_MOST = 1000
"""Records that are taken over in one go."""
BUFFER_BYTES = 16 * 1024 * 1024
"""About so much may wait to be taken, all partitions together."""
_STUCK_S = 1.0
"""So long the buffer may be full, while some partition has nothing, before the others are paused."""
BATCH_BYTES = 1024 * 1024
"""A batch is cut here: what its outcomes hold is of the same order."""
_SAY_S = 10.0

CONFIGURATION: Final[Mapping[str, Any]] = {
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",  # a position that retention has passed: the opening says so
    # Delays no record, the broker answers as soon as there is one; but a partition that is opened or resumed meanwhile
    # waits for the answer to the request that left without it.
    "fetch.wait.max.ms": 50,
    "fetch.queue.backoff.ms": 5,  # default 1,000: how long a full queue stops the fetching
    # Per partition, compressed: small portions keep partitions in step. A larger record still comes, alone (KIP-74).
    "fetch.message.max.bytes": 128 * 1024,
    "fetch.max.bytes": 4 * 1024 * 1024,
    "queued.max.messages.kbytes": 4 * 1024,
    "queued.min.messages": 4000,
}


class Record:
    """A fetched record (`streams.runtime.Event`). A plain class: there is one per event."""

    __slots__ = ("_message", "key", "offset", "partition", "topic", "value")

    def __init__(self, topic: str, partition: int, message: Any) -> None:
        self.topic, self.partition = topic, partition
        self.offset: int = message.offset()
        self.key: bytes | None = message.key()
        self.value: bytes | None = message.value()
        self._message = message

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970."""
        return int(self._message.timestamp()[1])

    @property
    def headers(self) -> Headers:
        """In the order of the record."""
        return [(name, value or b"") for name, value in self._message.headers() or ()]


class Inlet:
    """The records of one partition, from a position on, as they arrive. Belongs to the event loop's thread."""

    def __init__(self, topic: str, partition: int, reader: Reader) -> None:
        self.topic, self.partition = topic, partition
        self._reader = reader
        self._waiting: deque[tuple[Event, int]] = deque()
        self.bytes = 0
        """Size of what waits."""
        self.paused = False
        self._arrived = asyncio.Event()

    async def take(self, limit: int) -> list[Event]:
        """The next records, at least one: whatever is there, up to `limit` of them or BATCH_BYTES."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        taken: list[Event] = []
        size, waiting = 0, self._waiting
        while waiting and len(taken) < limit and size < BATCH_BYTES:
            record, length = waiting.popleft()
            taken.append(record)
            size += length
        self.bytes -= size
        if self.paused:
            self._reader.resume(self)
        self._reader.balance()
        return taken

    def put(self, records: Sequence[tuple[Event, int]]) -> None:
        """Records with their sizes, in order."""
        self._waiting.extend(records)
        self.bytes += sum(size for _, size in records)
        self._reader.balance()
        self._arrived.set()

    def close(self) -> None:
        """Fetch no more."""
        self._waiting.clear()
        self._reader.close_inlet(self)


_Order = tuple[Callable[[Any, TopicPartition], None], Inlet, int]


class Reader:
    """All inlets of a process. Orders to the consumer are carried out by the thread that polls it, so that what was
    fetched before an order is never taken for something fetched after it."""

    def __init__(self, options: Mapping[str, Any], group: str, crash: Callable[[BaseException], None]) -> None:
        self._consumer = Consumer({**options, **CONFIGURATION, "group.id": f"{group}-reader"})
        self._crash = crash
        self._loop = asyncio.get_running_loop()
        self._orders: deque[_Order] = deque()
        self._inlets: dict[tuple[str, int], Inlet] = {}
        """The thread's own."""
        self._open: set[Inlet] = set()
        """The event loop's own."""
        self._wanted = threading.Event()
        """Whether the thread shall poll: not while every partition has enough."""
        self._wanted.set()
        self._stopping = False
        self._said = 0.0
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._thread.start()

    def open(self, topic: str, partition: int, offset: int) -> Inlet:
        """Fetch a partition from `offset` on. At most one inlet of a partition may be open."""
        inlet = Inlet(topic, partition, self)
        self._open.add(inlet)

        def assign(consumer: Any, spot: TopicPartition) -> None:
            self._inlets[topic, partition] = inlet
            consumer.incremental_assign([spot])
            consumer.resume([spot])  # a pause outlives the assignment it was made in

        self.order(assign, inlet, offset)
        return inlet

    def balance(self) -> None:
        """Stop and go. The thread rests while everybody has enough, or all together too much; librdkafka's own queue
        then fills up and stops the fetching, which costs nothing."""
        inlets = [inlet for inlet in self._open if not inlet.paused]
        full = sum(inlet.bytes for inlet in inlets) >= BUFFER_BYTES
        if full or (inlets and all(inlet.bytes >= self._enough for inlet in inlets)):
            self._wanted.clear()
        else:
            self._wanted.set()

    @property
    def _enough(self) -> int:
        return min(BATCH_BYTES, BUFFER_BYTES // (2 * max(1, len(self._open))))

    def _make_room(self) -> None:
        """Nobody has taken anything for a while. If some wait for records, it is those who have them who are stuck:
        they are paused, which throws away what the queue holds of them, so nobody is who only is slow."""
        if all(inlet.bytes >= self._enough for inlet in self._open):
            return
        for inlet in self._open:
            if inlet.bytes >= self._enough and not inlet.paused:
                inlet.paused = True
                self.order(lambda consumer, spot: consumer.pause([spot]), inlet)
        self.balance()

    def resume(self, inlet: Inlet) -> None:
        """Its taker goes on."""
        inlet.paused = False
        self.order(lambda consumer, spot: consumer.resume([spot]), inlet)

    def close_inlet(self, inlet: Inlet) -> None:
        """See `Inlet.close`."""
        self._open.discard(inlet)
        self._wanted.set()

        def unassign(consumer: Any, spot: TopicPartition) -> None:
            if self._inlets.get((inlet.topic, inlet.partition)) is inlet:
                del self._inlets[inlet.topic, inlet.partition]
                consumer.incremental_unassign([spot])

        self.order(unassign, inlet)

    def order(self, call: Callable[[Any, TopicPartition], None], inlet: Inlet, offset: int | None = None) -> None:
        """Have the thread do something about an inlet's partition."""
        self._orders.append((call, inlet, offset if offset is not None else _NO_OFFSET))
        self._wanted.set()

    async def stop(self) -> None:
        """End the thread and release the connections."""
        self._stopping = True
        self._wanted.set()
        await asyncio.to_thread(self._thread.join, 10 * _POLL_S)

    def _run(self) -> None:
        with suppress(KafkaException):  # connects now; what is assigned to an unconnected client waits for its timers
            self._consumer.list_topics(timeout=_CONNECT_S)
        try:
            while not self._stopping:
                self._obey()
                if not self._wanted.wait(_STUCK_S):
                    self._call(self._make_room)
                    continue
                first = self._consumer.poll(_POLL_S)
                if first is not None:
                    self._deliver([first, *self._consumer.consume(_MOST, 0)])
        except BaseException as error:  # without records nothing works: the process says so and ends
            log.exception("the reader failed")
            self._call(self._crash, error)
        finally:
            self._consumer.close()

    def _obey(self) -> None:
        """Carry out what was ordered; with nothing to read, wait for the next order instead of polling."""
        while self._orders or not (self._inlets or self._stopping):
            if not self._orders:
                self._wanted.clear()
                if not (self._orders or self._stopping):
                    self._wanted.wait()
                continue
            call, inlet, offset = self._orders.popleft()
            call(self._consumer, TopicPartition(inlet.topic, inlet.partition, offset))

    def _deliver(self, messages: Sequence[Any]) -> None:
        found: dict[tuple[str, int], list[tuple[Event, int]]] = {}
        for message in messages:
            if message.error() is not None:
                self._complain(message.error())
                continue
            place = message.topic(), message.partition()
            record = Record(*place, message)
            size = len(record.value) if record.value is not None else 0
            try:
                found[place].append((record, size))
            except KeyError:
                found[place] = [(record, size)]
        for place, records in found.items():
            if (inlet := self._inlets.get(place)) is not None:
                self._call(inlet.put, records)

    def _complain(self, error: Any) -> None:
        """The client goes on by itself; only what it calls fatal ends the process."""
        if error.fatal():
            raise KafkaException(error)
        now = monotonic()
        if now - self._said > _SAY_S:
            self._said = now
            log.warning("fetching: %s", error)

    def _call(self, call: Callable[..., object], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:  # the loop is closed: the process is ending
            self._stopping = True


_NO_OFFSET = -1001
"""librdkafka's RD_KAFKA_OFFSET_INVALID: the order does not need one."""
