"""Lag figures against ground truth on a real broker."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from confluent_kafka import IsolationLevel
from confluent_kafka import TopicPartition as ConfluentPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from infra.errors import Transient
from infra.settings import load
from infra.stack.ports import any_free
from monitoring.lag.cluster import Cluster
from monitoring.lag.meter import LagMeter
from streams.kafka_errors import KafkaUnavailable
from tests.integration.monitoring.bench import Bench


async def three_transactions(bench: Bench) -> None:
    """Offsets 0-4 records, 5 marker, 6-8 aborted, 9 marker, 10-11 records, 12 marker: the log ends at 13."""
    await bench.create()
    await bench.transaction(5)
    await bench.transaction(3, abort=True)
    await bench.transaction(2)


@pytest.mark.parametrize(
    ("committed", "expected"),
    [(0, 7), (3, 4), (5, 2), (6, 2), (8, 2), (9, 2), (10, 2), (11, 1), (12, 0), (13, 0)],
    ids=str,
)
async def test_markers_and_aborted_records_are_no_mails(bench, committed, expected):
    await three_transactions(bench)
    await bench.commit({0: committed})
    lag = await bench.measure()
    assert (lag.records, lag.exact) == (expected, True)
    assert lag.records == await bench.real({0: committed})
    assert (lag.seconds == 0) == (expected == 0)


async def test_the_figure_follows_the_group_over_many_measurements(bench):
    """One meter, two partitions, commits forward and back, new transactions between: always the slow way's figure."""
    await bench.create(2)
    at: dict[int, int | None] = {0: 0, 1: 0}
    script = [(0, 7, False, 0), (1, 4, True, 0), (1, 3, False, 1), (0, 2, False, 9), (0, 1, True, 4), (1, 6, False, 7)]
    for partition, count, abort, commit in script:
        await bench.transaction(count, partition=partition, abort=abort)
        at[partition] = commit
        await bench.commit({p: offset or 0 for p, offset in at.items()})
        lag = await bench.measure()
        assert (lag.records, lag.exact) == (await bench.real(at), True)


async def test_an_idle_transactional_queue_shows_zero_where_offsets_alone_say_more(bench):
    """A consumer commits behind the last record it saw, the marker stays before it: Kafka's own tool shows 1."""
    await three_transactions(bench)
    await bench.commit({0: 12})
    admin = AdminClient({"bootstrap.servers": bench.settings.kafka_bootstrap_servers})
    spec = {ConfluentPartition(bench.topic, 0): OffsetSpec.latest()}
    kafkas = admin.list_offsets(spec, isolation_level=IsolationLevel.READ_COMMITTED)
    (end,) = [await asyncio.to_thread(future.result) for future in kafkas.values()]
    assert end.offset - 12 == 1
    assert (await bench.measure()).records == 0


async def test_without_transactions_the_figure_is_kafkas_own(bench):
    await bench.create(3)
    producer = AIOKafkaProducer(bootstrap_servers=bench.settings.kafka_bootstrap_servers)
    await producer.start()
    for n in range(90):
        await producer.send_and_wait(bench.topic, b"x", partition=n % 3)
    await producer.stop()
    await bench.commit({0: 10, 1: 30, 2: 0})
    ends = await bench.ends()
    lag = await bench.measure()
    assert [row.records for row in lag.partitions] == [ends[bench.tp(0)] - 10, 0, ends[bench.tp(2)]] == [20, 0, 30]


async def test_a_group_that_never_committed_waits_for_everything_from_the_logs_start(bench):
    await three_transactions(bench)
    consumer = AIOKafkaConsumer(
        bench.topic,
        bootstrap_servers=bench.settings.kafka_bootstrap_servers,
        group_id=bench.group,
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        lag = await bench.measure()
    finally:
        await consumer.stop()
    assert (lag.records, lag.exact, lag.members, lag.state) == (7, True, 1, "Stable")
    assert lag.partitions[0].committed is None


async def test_records_that_retention_removed_wait_for_nobody(bench):
    await three_transactions(bench)
    await bench.commit({0: 1})
    assert (await bench.measure()).records == 6
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.kafka_bootstrap_servers)
    await admin.start()
    await admin.delete_records({bench.tp(): RecordsToDelete(before_offset=4)})
    await admin.close()
    lag = await bench.measure()
    assert (lag.records, lag.exact, lag.partitions[0].start) == (3, True, 4)


async def test_records_that_compaction_removed_wait_for_nobody(bench):
    """Compacted while the meter remembers them: the same ten keys in each round leave far fewer records than were seen."""
    await bench.create(
        cleanup_policy="compact", segment_ms="100", min_cleanable_dirty_ratio="0.01", max_compaction_lag_ms="100"
    )
    for _ in range(3):
        await bench.transaction(10)
        await asyncio.sleep(0.15)
    await bench.commit({0: 2})
    assert (await bench.measure()).records <= 28
    async with asyncio.timeout(180):
        while await bench.real({0: 2}) > 20:
            await asyncio.sleep(0.2)
            await bench.transaction(1)  # a segment is only rolled by a write
    before = await bench.real({0: 2})
    lag = await bench.measure()
    assert lag.exact
    assert await bench.real({0: 2}) <= lag.records <= before


async def test_the_age_is_that_of_the_record_at_the_committed_offset(bench):
    """Five records an hour apart by their own clock, a marker, then a new one."""
    await bench.create()
    now = int(time.time() * 1000)
    producer = AIOKafkaProducer(bootstrap_servers=bench.settings.kafka_bootstrap_servers)
    await producer.start()
    for hours in (5, 4, 3, 2, 1):
        await producer.send_and_wait(bench.topic, b"x", timestamp_ms=now - hours * 3_600_000)
    await producer.stop()
    bench.meter = LagMeter(now_ms=lambda: now)
    for committed, hours in ((0, 5), (2, 3), (4, 1), (5, 0)):
        await bench.commit({0: committed})
        assert (await bench.measure()).seconds == hours * 3600


async def test_lane_topics_use_the_brokers_clock(bench):
    await bench.create(message_timestamp_type="LogAppendTime")
    await bench.transaction(1)
    await bench.commit({0: 0})
    assert 0 <= ((await bench.measure()).seconds or -1) < 60


async def test_an_open_transaction_is_not_waited_for(bench):
    """What a read_committed consumer cannot get yet is not its lag."""
    await bench.create()
    await bench.transaction(2)
    await bench.commit({0: 0})
    producer = AIOKafkaProducer(
        bootstrap_servers=bench.settings.kafka_bootstrap_servers, transactional_id=f"{bench.group}-open"
    )
    await producer.start()
    await producer.begin_transaction()
    await producer.send_and_wait(bench.topic, b"open", partition=0)
    assert (await bench.measure()).records == 2
    await producer.commit_transaction()
    await producer.stop()
    await bench.settled()
    assert (await bench.measure()).records == 3


async def test_batches_greater_than_a_fetch_are_read_whole(bench):
    """Mails up to 1 MB: more than one partition's share of a fetch, on several partitions at once."""
    await bench.create(3, max_message_bytes="2097152")
    for partition in range(3):
        await bench.transaction(1, partition=partition, size=900_000)
        await bench.transaction(3, partition=partition, size=300_000)
    await bench.commit({0: 0, 1: 0, 2: 1})
    lag = await bench.measure()
    assert (lag.records, lag.exact) == (11, True)


async def test_beyond_the_bound_the_figure_is_an_upper_bound_and_says_so(bench):
    await three_transactions(bench)
    await bench.commit({0: 0})
    bench.meter = LagMeter(capacity=3)
    lag = await bench.measure()
    assert (lag.records, lag.exact) == (3 + 10, False)
    assert lag.seconds is not None
    await bench.commit({0: 10})
    lag = await bench.measure()
    assert (lag.records, lag.exact) == (2, True)


async def test_each_waiting_record_is_read_once(bench):
    await bench.create()
    await bench.transaction(50, size=1000)
    await bench.commit({0: 0})
    await bench.measure()
    async with Cluster.connect(bench.settings) as cluster:
        again = await bench.meter.measure(cluster)
    assert again.read_bytes < 50 * 1000  # other tests' groups on the shared broker may have something new
    assert next(row for row in again.groups if row.group == bench.group).records == 50


async def test_a_new_exporter_says_the_same_at_once(bench):
    """Nothing but the log and the commits is needed: neither count nor age is carried over."""
    await three_transactions(bench)
    await bench.commit({0: 3})
    before = await bench.measure()
    bench.meter = LagMeter()
    after = await bench.measure()
    assert (after.records, after.exact, after.last_commit_s) == (before.records, True, 0)
    assert (after.seconds or 0) >= (before.seconds or 0) > 0


async def test_a_group_left_behind_does_not_spoil_its_neighbours_figure(bench):
    """Two groups on one topic, one far behind with a full index: the other stays exact."""
    await three_transactions(bench)
    bench.meter = LagMeter(capacity=3)
    await bench.commit({0: 0}, group=f"{bench.group}-left")
    await bench.commit({0: 10})
    await bench.measure()
    mine, left = await bench.measure(), await bench.measure(f"{bench.group}-left")
    assert (mine.records, mine.exact) == (2, True)
    assert (left.exact, left.records) == (False, 13)


async def test_a_topic_made_anew_is_counted_from_its_start(bench):
    await three_transactions(bench)
    await bench.commit({0: 11})
    await bench.measure()
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.kafka_bootstrap_servers)
    await admin.start()
    await admin.delete_topics([bench.topic])
    while bench.topic in await admin.list_topics():  # noqa: ASYNC110 - the broker tells nobody
        await asyncio.sleep(0.05)
    await admin.close()
    await bench.create()
    await bench.transaction(4)
    # Deleting a topic also removes the groups' offsets in it, at some later time: the old 11 means "from the start" too.
    while not (lag := await bench.measure()).topics:
        await bench.commit({0: 0})
    assert (lag.records, lag.exact) == (4, True)


async def known_groups(bench: Bench) -> set[str]:
    async with Cluster.connect(bench.settings) as cluster:
        return {row.group for row in (await bench.meter.measure(cluster)).groups}


async def test_our_groups_are_shown_before_they_first_run(bench):
    assert {"triage", "triage-archive"} <= await known_groups(bench)


async def test_measuring_joins_no_group(bench):
    await three_transactions(bench)
    await bench.commit({0: 0})
    lag = await bench.measure()
    assert (lag.state, lag.members) == ("Empty", 0)
    assert not any("lag" in name for name in await known_groups(bench))


async def test_no_broker_is_an_error_that_a_retry_can_help():
    (port,) = any_free()
    with pytest.raises(KafkaUnavailable) as raised:
        async with Cluster.connect(load(kafka_bootstrap_servers=f"127.0.0.1:{port}")):
            pass
    assert isinstance(raised.value, Transient)
