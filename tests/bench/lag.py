"""Processor time of one lag measurement and one scrape with many partitions, on a real broker.

One topic, written in transactions; one group that is behind on every partition. Idle: nothing happened since the last
measurement; moving: every partition has new records and the group has committed. Each measurement is shown as series and
scraped, as `triage control` does it; the broker's own time is not counted."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition
from prometheus_client import REGISTRY, generate_latest

from infra.settings import Settings, load
from monitoring.lag import export
from monitoring.lag.cluster import Cluster
from monitoring.lag.meter import LagMeter
from monitoring.lag.model import GroupLag
from tests.bench.rig.report import Report, say
from tests.services.servers import new_bench_broker

NAME = "lag"
TOPIC, GROUP = "bench.lag", "bench-lag"
BOUND_S = 1.0
RECORDS = 3
"""Per partition and round."""


def run(partitions: int, rounds: int) -> Report:
    """Fill, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        broker = new_bench_broker(Path(folder))
        broker.start()
        try:
            settings = load(kafka_bootstrap_servers=broker.bootstrap)
            values = asyncio.run(Bench(settings, partitions).run(rounds))
        finally:
            broker.stop()
    for name, value in values.items():
        say(f"{name:>24}: {value:.4g}")
    ratios = {f"{name}_to_bound": values[f"{name}_cpu_s"] / BOUND_S for name in ("idle", "moving", "first")}
    return Report(name=NAME, ratios=ratios, values=values)


class Bench:
    """One meter over one topic."""

    def __init__(self, settings: Settings, partitions: int) -> None:
        self._settings = settings
        self._places = [TopicPartition(TOPIC, number) for number in range(partitions)]
        self._meter = LagMeter()
        self._written = 0

    async def run(self, rounds: int) -> dict[str, float]:
        """Processor seconds: of the first measurement, of idle and of moving ones (median), the scrape included."""
        say(f"{len(self._places)} partitions")
        admin = AIOKafkaAdminClient(
            bootstrap_servers=self._settings.kafka_bootstrap_servers, request_timeout_ms=120_000
        )
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, len(self._places), 1)])
        await admin.close()
        await self._write()
        await self._commit(1)
        async with Cluster.connect(self._settings) as cluster:
            first, scrape, took = await self._once(cluster)
            idle = [await self._once(cluster) for _ in range(rounds)]
            moving = []
            for number in range(rounds):
                await self._write()
                await self._commit(1 + (number + 1) * RECORDS)
                moving.append(await self._once(cluster))
        return {
            "partitions": len(self._places),
            "first_cpu_s": first,
            "idle_cpu_s": statistics.median(one[0] for one in idle),
            "moving_cpu_s": statistics.median(one[0] for one in moving),
            "moving_most_cpu_s": max(one[0] for one in moving),
            "of_it_scrape_cpu_s": statistics.median([scrape, *(one[1] for one in idle)]),
            "first_took_s": took,
            "moving_took_s": statistics.median(one[2] for one in moving),
        }

    async def _once(self, cluster: Cluster) -> tuple[float, float, float]:
        """Processor seconds of measuring, showing and scraping; of the scrape alone; seconds that it took."""
        began, cpu = time.perf_counter(), time.process_time()
        snapshot = await self._meter.measure(cluster)
        export.show(snapshot)
        scrape = time.process_time()
        generate_latest(REGISTRY)
        done = time.process_time()
        self._check(next(row for row in snapshot.groups if row.group == GROUP))
        return done - cpu, done - scrape, time.perf_counter() - began

    def _check(self, lag: GroupLag) -> None:
        """A figure that is wrong costs nothing to make."""
        expected = len(self._places) * (RECORDS - 1)
        if (lag.records, lag.exact, len(lag.partitions)) != (expected, True, len(self._places)):
            raise SystemExit(f"{lag.records} records of {len(lag.partitions)} partitions instead of {expected}")

    async def _write(self) -> None:
        """The same number of records to every partition, in one transaction: each gets a marker too."""
        self._written += 1
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            transactional_id=f"{GROUP}-{self._written}",
            transaction_timeout_ms=120_000,
        )
        async with producer, producer.transaction():
            sent = [
                await producer.send(place.topic, b"v" * 200, partition=place.partition)
                for place in self._places
                for _ in range(RECORDS)
            ]
            await asyncio.gather(*sent)
        await self._settled()

    async def _settled(self) -> None:
        """A commit is acknowledged before its markers are written."""
        consumers = [
            AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap_servers, isolation_level=level)
            for level in ("read_committed", "read_uncommitted")
        ]
        for consumer in consumers:
            await consumer.start()
        try:
            while await consumers[0].end_offsets(self._places) != await consumers[1].end_offsets(self._places):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        finally:
            for consumer in consumers:
                await consumer.stop()

    async def _commit(self, records: int) -> None:
        """A consumer that then stopped had taken so many of each partition."""
        offset = records + (records - 1) // RECORDS  # a marker after each round
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers, group_id=GROUP, enable_auto_commit=False
        )
        await consumer.start()
        consumer.assign(self._places)
        await consumer.commit(dict.fromkeys(self._places, offset))
        await consumer.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--partitions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    run(chosen.partitions, chosen.rounds).publish()


if __name__ == "__main__":
    main()
