"""The figures beside what an ordinary consumer counts, while everything works on the log at once, and beside Kafka's own
kafka-consumer-groups: the same where that one is right."""

from __future__ import annotations

import asyncio
import random

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from infra.stack.jars import locked
from tests.integration.monitoring.bench import Bench
from tests.services.kafka_tools import TOOLS, consumer_group_lag

ROUNDS = 4


def test_the_tool_is_of_the_broker_that_is_asked():
    assert TOOLS.version == next(jar.version for jar in locked() if jar.artifact == "kafka-clients")


async def exact(bench: Bench, at: dict[int, int | None]) -> int:
    """Measure until the truth did not move meanwhile (the cleaner has its own pace), and compare."""
    while True:
        before = await bench.real(at)
        lag = await bench.measure()
        if before == await bench.real(at):
            assert (lag.records, lag.exact) == (before, True)
            return before


async def test_exact_every_time_while_transactions_abort_and_compaction_and_retention_remove(bench):
    """A stopped consumer; keys that repeat; segments that roll by the second write; the log's start that moves."""
    await bench.create(
        2,
        cleanup_policy="compact,delete",
        segment_ms="100",
        min_cleanable_dirty_ratio="0.01",
        max_compaction_lag_ms="100",
        delete_retention_ms="100",
    )
    chance = random.Random(6)
    at: dict[int, int | None] = {0: 3, 1: 0}
    await bench.transaction(5)
    await bench.commit({0: 3, 1: 0})
    written = 5
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        for number in range(ROUNDS):
            abort = chance.random() < 0.4
            count = chance.randint(1, 12)
            await bench.transaction(count, partition=number % 2, abort=abort)
            written += 0 if abort else count
            if number == ROUNDS // 2:
                await admin.delete_records({bench.tp(): RecordsToDelete(before_offset=9)})
            await exact(bench, at)
    finally:
        await admin.close()
    async with asyncio.timeout(
        180
    ):  # ten keys or fewer are left of each partition in the end, and what is not yet cleaned
        while await exact(bench, at) > written // 2:
            await bench.transaction(1)
            written += 1
            await asyncio.sleep(0.2)
    said = await asyncio.to_thread(consumer_group_lag, bench.settings.kafka_bootstrap_servers, bench.group)
    assert sum(lag or 0 for lag in said.values()) > (await bench.measure()).records


async def test_where_offsets_are_mails_kafkas_own_tool_says_the_same(bench):
    """Plain producer, nothing removed, a consumer that is somewhere: the one case in which subtracting is right."""
    await bench.create(3)
    async with AIOKafkaProducer(bootstrap_servers=bench.settings.kafka_bootstrap_servers) as producer:
        await asyncio.gather(*[await producer.send(bench.topic, b"x", partition=n % 3) for n in range(90)])
    await bench.commit({0: 10, 1: 30, 2: 0})
    said = await asyncio.to_thread(consumer_group_lag, bench.settings.kafka_bootstrap_servers, bench.group)
    lag = await bench.measure()
    assert {(row.topic, row.partition): row.records for row in lag.partitions} == said
    assert [said[place] for place in sorted(said)] == [20, 0, 30]
