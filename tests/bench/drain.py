"""Drain and refill of many mails beside a bare consumer and a bare producer that move the same bytes, in the same run.

The topic is filled in transactions, read by the bare consumer, drained, wiped, refilled, and then compared record by
record with what was there before: a difference ends the benchmark. The bound is a minute for 100,000 mails each way."""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.admin import create_topics
from streams.drain.drain import drain
from streams.drain.refill import refill
from streams.topics import RECEIVED
from tests.bench.rig import corpus, prefill
from tests.bench.rig.report import Report, say
from tests.bench.rig.site import Site, site

NAME = "drain"
BOUND_S = 60.0
BOUND_MAILS = 100_000
COPY = "bench.copy"
FILL = 10_000
"""Mails in one transaction of the filling."""


def run(mails: int) -> Report:
    """Once each: a run moves the same bytes six times."""
    chosen = corpus.mails(mails)
    with site() as at:
        for start in range(0, mails, FILL):
            prefill.write(at.settings, RECEIVED.name, chosen[start : start + FILL], f"{start}")()
        say("filled; reading with a bare consumer")
        before, bare_read_s = _timed(lambda: _digests(at, RECEIVED.name))
        say(f"{bare_read_s:.1f} s; copying with a bare producer")
        create_topics(at.settings, [replace(RECEIVED, name=COPY)])
        bare_write_s = _timed(lambda: _copied(at))[1]
        say(f"{bare_write_s:.1f} s; draining")
        file = at.folder / "mails.drain"
        drained, drain_s = _timed(
            lambda: drain(at.settings, RECEIVED.name, file, group=None, advance=False, progress=_silent)
        )
        say(f"{drain_s:.1f} s; wiping, refilling")
        _wipe(at)
        refilled, refill_s = _timed(lambda: refill(at.settings, file, progress=_silent))
        after = _digests(at, RECEIVED.name)
        if (drained.end.records, refilled.written, after) != (mails, mails, before):
            raise SystemExit("what came back is not what was there")
        size, raw = file.stat().st_size, sum(map(len, chosen))
    bound = BOUND_S * mails / BOUND_MAILS
    values = {"mails": mails, "drain_s": drain_s, "refill_s": refill_s, "bare_read_s": bare_read_s,
              "bare_write_s": bare_write_s, "file_mb": size / 1e6, "mails_mb": raw / 1e6}  # fmt: skip
    for name, value in values.items():
        say(f"{name:>14}: {value:.4g}")
    ratios = {
        "drain_to_bound": drain_s / bound,
        "refill_to_bound": refill_s / bound,
        "drain_to_bare_read": drain_s / bare_read_s,
        "refill_to_bare_write": refill_s / bare_write_s,
        "file_to_mails": size / raw,
    }
    return Report(name=NAME, ratios=ratios, values=values)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _silent(_: float, __: float) -> None:
    """Nobody watches."""


def _records(at: Site, topic: str) -> Iterator[Any]:
    """All committed records, by a bare consumer."""
    consumer = Consumer({
        "bootstrap.servers": at.bootstrap, "group.id": "bench", "isolation.level": "read_committed",
        "enable.partition.eof": True, "enable.auto.commit": False, "queued.max.messages.kbytes": 64 * 1024,
    })  # fmt: skip
    with closing(consumer):
        left = set(range(at.settings.topic_partitions))
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in left])
        while left:
            for message in consumer.consume(2000, 0.2):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())


def _digests(at: Site, topic: str) -> dict[int, str]:
    """One for each partition: over keys, values, headers and timestamps in their order."""
    sums = {number: hashlib.blake2b() for number in range(at.settings.topic_partitions)}
    for one in _records(at, topic):
        said = repr((one.timestamp(), one.key(), one.headers())).encode()
        sums[one.partition()].update(said + (one.value() or b""))
    return {number: found.hexdigest() for number, found in sums.items()}


def _copied(at: Site) -> None:
    """A bare producer writes what a bare consumer reads, to a topic of its own."""
    producer = Producer({
        "bootstrap.servers": at.bootstrap, "compression.type": "lz4", "linger.ms": 5, "batch.size": 512 * 1024,
        "queue.buffering.max.messages": 1_000_000, "message.max.bytes": 2 * 1024 * 1024,
    })  # fmt: skip
    for one in _records(at, RECEIVED.name):
        while True:
            try:
                producer.produce(
                    COPY, one.value(), one.key(), one.partition(), headers=one.headers(), timestamp=one.timestamp()[1]
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(60)


def _wipe(at: Site) -> None:
    client = AdminClient({"bootstrap.servers": at.bootstrap})
    for future in client.delete_topics([RECEIVED.name]).values():
        future.result(30)
    deadline = time.monotonic() + 30
    while RECEIVED.name not in create_topics(at.settings, [RECEIVED]).created:
        if time.monotonic() > deadline:
            raise SystemExit("the topic could not be made anew")
        time.sleep(0.2)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=BOUND_MAILS)
    run(parser.parse_args(arguments).mails).publish()


if __name__ == "__main__":
    main()
