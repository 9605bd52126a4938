"""Faust 0.15's four ways to lose or show a record that it should not, beside the same situation here.

The first half of each pair asserts that plain Faust does have the defect: when it fails, Faust has mended it and the seam
in `streams/transport` that works around it can be looked at again."""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from faust.transport import consumer as stock
from faust.transport.drivers import aiokafka as stock_driver
from faust.types import TP

from infra.settings import load
from streams.app import create_app
from streams.transport.producer import LostOwnership
from streams.transport.reader import CONFIGURATION
from tests.stream.scripted import ScriptedInputs, ScriptedProducer, task, until_drained
from tests.unit.runtime.records import Record, agent_of

TP0 = TP("in", 0)


def bookkeeping(committed: int | None = None) -> Any:
    """The offset bookkeeping of Faust's own consumer, without a connection."""

    class Bare(stock.Consumer):  # type: ignore[misc]
        def __init__(self) -> None:
            self._acked: dict[TP, list[int]] = defaultdict(list)
            self._acked_index: dict[TP, set[int]] = defaultdict(set)
            self._gap: dict[TP, Any] = defaultdict(stock.IntervalTree)
            self._committed_offset: dict[TP, int | None] = defaultdict(lambda: committed)

        def acknowledge(self, *offsets: int) -> None:
            for offset in offsets:
                self._acked[TP0].append(offset)
                self._acked_index[TP0].add(offset)

    Bare.__abstractmethods__ = frozenset()
    return Bare()


class TestTheRecordAfterATransactionMarker:
    """Offset 2 is a marker. Offsets 0, 1 and 4 are done, 3 is still being worked on."""

    async def test_plain_faust_commits_past_it(self) -> None:
        consumer = bookkeeping()
        read, arrived = 1, 3
        await consumer._add_gap(TP0, read + 1, arrived)  # as `_drain_messages` calls it when offset 3 arrives
        consumer.acknowledge(0, 1, 4)
        assert consumer._new_offset(TP0) == 5, "3 counts as done: a crash now loses it"

    async def test_here_the_offset_waits_for_it(self) -> None:
        inputs = ScriptedInputs([Record(offset=0), Record(offset=1)], [Record(offset=3), Record(offset=4)])
        producer = ScriptedProducer(None, LostOwnership("killed in the middle of it"))
        work = task(agent_of(), inputs, producer)
        with pytest.raises(LostOwnership):
            await work.run()
        assert producer.offsets == [2], "the next owner begins at the marker, and so at 3"


class TestARecordInFlight:
    """#606: offset 1 is done while offset 0 is still being worked on."""

    def test_plain_faust_commits_past_it(self) -> None:
        consumer = bookkeeping()
        consumer.acknowledge(1)
        assert consumer._new_offset(TP0) == 2, "0 is passed over: a crash now loses it"

    async def test_here_a_batch_is_committed_whole_or_not_at_all(self) -> None:
        inputs, producer = ScriptedInputs([Record(offset=0), Record(offset=1)]), ScriptedProducer()
        await until_drained(task(agent_of(), inputs, producer), inputs)
        assert producer.offsets == [2], "one offset, of the last record of a batch that is done"


class TestAnExceptionThatEscapesADecision:
    async def test_plain_faust_acknowledges_the_event_and_keeps_nothing_of_it(self) -> None:
        acknowledged: list[bool] = []
        message = SimpleNamespace(incref=lambda *_: None, headers=None)
        app = faust.App("trap-exception", broker="kafka://127.0.0.1:1", web_enabled=False)
        event = faust.Event(app, b"key", b"value", {}, message)
        event.ack = lambda: acknowledged.append(True)
        with pytest.raises(ZeroDivisionError):
            async with event:
                raise ZeroDivisionError
        assert acknowledged == [True]

    async def test_here_the_event_is_a_dead_letter_with_its_bytes(self) -> None:
        inputs, producer = ScriptedInputs([Record(offset=0, value=b"bug")]), ScriptedProducer()
        await until_drained(task(agent_of(), inputs, producer), inputs)
        dead, _position = producer.committed
        assert (dead.topic, dead.value) == ("mail.dead", b"bug")
        assert dict(dead.headers)["dead_error"] == b"ZeroDivisionError"
        assert producer.offsets == [1]


class TestRecordsOfAnAbortedTransaction:
    async def test_plain_faust_reads_them(self) -> None:
        app = faust.App("trap-isolation", broker="kafka://127.0.0.1:1", web_enabled=False)
        assert isolation(app) == "read_uncommitted"

    async def test_here_only_what_is_committed_is_read(self, tmp_path: Any) -> None:
        """Every record comes through the reader (`tests/integration/transport` sees it skip what was aborted)."""
        settings = load(kafka_bootstrap_servers="127.0.0.1:1", table_dir=tmp_path)
        app = create_app(settings, "trap", [agent_of()])
        assert CONFIGURATION["isolation.level"] == "read_committed"
        app.finalize()
        reader = app.make_reader(lambda error: None)
        await reader.stop()


def isolation(app: Any) -> str:
    """What the app's consumer will ask its brokers for."""
    app.finalize()
    consumer = app.transport.create_consumer(
        callback=lambda *_: None, on_partitions_revoked=lambda *_: None, on_partitions_assigned=lambda *_: None
    )
    thread = consumer._thread
    assert isinstance(thread, stock_driver.AIOKafkaConsumerThread)
    client = thread._create_worker_consumer(app.transport)
    try:
        return str(client._isolation_level)
    finally:
        client._closed = True
        thread.thread_loop.close()
