"""The reader of input partitions on a real broker: committed records from a position on, one partition never another's wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from infra.kafka import librdkafka_options
from infra.settings import load
from streams.runtime import Event
from streams.transport import reader as reader_module
from streams.transport.reader import BATCH_BYTES, BUFFER_BYTES, Inlet, Reader
from tests.integration.transport.reading import create_topics

WITHIN_S = 60.0


@pytest.fixture
def topic(kafka: str, topic_prefix: str) -> str:
    create_topics(kafka, topic_prefix)
    return f"{topic_prefix}in"


@pytest.fixture
async def reader(kafka: str, unique: str) -> AsyncIterator[Reader]:
    def crash(error: BaseException) -> None:
        raise AssertionError(error)

    made = Reader(librdkafka_options(load(kafka_bootstrap_servers=kafka)), unique, crash)
    yield made
    await made.stop()


def write(bootstrap: str, topic: str, partition: int, *values: bytes, commit: bool = True) -> None:
    """One transaction."""
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"{topic}-writer", "linger.ms": 0})
    producer.init_transactions(30)
    producer.begin_transaction()
    for value in values:
        producer.produce(topic, value, b"key", partition, headers=[("h", b"1"), ("empty", None)])
    producer.flush()
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


async def take(inlet: Inlet, count: int, limit: int = 1000) -> list[Event]:
    found: list[Event] = []
    async with asyncio.timeout(WITHIN_S):
        while len(found) < count:
            found += await inlet.take(limit)
    return found


async def test_committed_records_come_whole_in_order_and_aborted_ones_never(
    kafka: str, topic: str, reader: Reader
) -> None:
    write(kafka, topic, 1, b"a", b"b")
    write(kafka, topic, 1, b"lost", commit=False)
    write(kafka, topic, 1, b"c")
    found = await take(reader.open(topic, 1, 0), 3)
    assert [(record.value, record.offset) for record in found] == [(b"a", 0), (b"b", 1), (b"c", 5)]
    first = found[0]
    assert (first.topic, first.partition, first.key) == (topic, 1, b"key")
    assert list(first.headers) == [("h", b"1"), ("empty", b"")]
    assert abs(first.timestamp / 1000 - time.time()) < 60


async def test_after_a_rewind_the_records_from_there_on_come_first(kafka: str, topic: str, reader: Reader) -> None:
    """Whatever had been fetched for the inlet before it was closed."""
    write(kafka, topic, 0, *(b"%d" % number for number in range(3000)))
    for start in (0, 2000, 10, 2999, 0):
        inlet = reader.open(topic, 0, start)
        wanted = min(500, 3000 - start)
        found = await take(inlet, wanted, limit=wanted)
        assert [record.offset for record in found[:wanted]] == list(range(start, start + wanted))
        inlet.close()


async def test_what_arrives_later_comes_at_once_to_whichever_partition(kafka: str, topic: str, reader: Reader) -> None:
    inlets = [reader.open(topic, number, 0) for number in range(4)]
    for number in (2, 0, 3, 1, 2):
        waiting = asyncio.create_task(inlets[number].take(10))
        await asyncio.sleep(0)
        await asyncio.to_thread(write, kafka, topic, number, b"later")
        (record,) = await asyncio.wait_for(waiting, WITHIN_S)
        assert (record.partition, record.value) == (number, b"later")


async def test_a_partition_that_nobody_takes_from_is_paused_and_holds_up_no_other(
    kafka: str, topic: str, reader: Reader
) -> None:
    many, body = 2500, b"x" * 20_000  # 50 MB: several times what may wait
    write(kafka, topic, 0, *[body] * many)
    stuck, other = reader.open(topic, 0, 0), reader.open(topic, 1, 0)
    async with asyncio.timeout(WITHIN_S):
        while not stuck.paused:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    held = stuck.bytes
    await asyncio.to_thread(write, kafka, topic, 1, b"passes")
    assert [record.value for record in await take(other, 1)] == [b"passes"]
    await asyncio.sleep(0.3)
    assert stuck.bytes <= held + 1000 * len(body), "what was on its way when it was paused, and no more"
    assert stuck.bytes < 2 * BUFFER_BYTES
    found = await take(stuck, many)
    assert [record.offset for record in found] == list(range(many))


async def test_a_partition_that_was_paused_is_read_when_it_is_opened_again(
    kafka: str, topic: str, reader: Reader
) -> None:
    write(kafka, topic, 0, *[b"x" * 20_000] * 2500)
    stuck, _other = reader.open(topic, 0, 0), reader.open(topic, 1, 0)
    async with asyncio.timeout(WITHIN_S):
        while not stuck.paused:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)  # the thread obeys
    stuck.close()
    found = await take(reader.open(topic, 0, 2000), 400)
    assert [record.offset for record in found[:400]] == list(range(2000, 2400))


async def test_a_batch_is_bounded_in_bytes_and_a_larger_record_comes_alone(
    kafka: str, topic: str, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "BATCH_BYTES", 50_000)
    write(kafka, topic, 0, b"x" * 200_000, *[b"y" * 20_000] * 6)
    inlet = reader.open(topic, 0, 0)
    async with asyncio.timeout(WITHIN_S):
        while len(inlet._waiting) < 7:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    sizes = [len(await inlet.take(100)) for _ in range(3)]
    assert sizes == [1, 3, 3]
    assert BATCH_BYTES > 200_000


async def test_a_position_before_what_retention_left_goes_on_with_what_there_is(
    kafka: str, topic: str, reader: Reader
) -> None:
    from confluent_kafka import TopicPartition
    from confluent_kafka.admin import AdminClient

    write(kafka, topic, 0, b"a", b"b", b"c")
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.delete_records([TopicPartition(topic, 0, 2)]).values():
        future.result(WITHIN_S)
    assert [record.value for record in await take(reader.open(topic, 0, 0), 1)] == [b"c"]


async def test_a_fatal_error_ends_the_process_instead_of_leaving_it_deaf(
    kafka: str, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    def crash(error: BaseException) -> None:
        if not crashed.done():
            crashed.set_result(error)

    reader = Reader(librdkafka_options(load(kafka_bootstrap_servers=kafka)), unique, crash)
    inlet = reader.open("no-such-topic", 0, 0)

    def broken(*_: object) -> None:
        raise KafkaException(KafkaError(KafkaError._FATAL))

    reader.order(broken, inlet)
    assert isinstance(await asyncio.wait_for(crashed, WITHIN_S), KafkaException)
    await reader.stop()
