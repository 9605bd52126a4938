"""Latency at a steady 200 events per second, and what a worker costs meanwhile and when it has nothing to do.

Milliseconds from the broker's time of the input record (LogAppendTime, whole milliseconds) until a read_committed
consumer here has the output record. Events come one by one, evenly. Each contender is alone with the broker, with fresh
topics, linger 0 and settings else as in `make bench NAME=throughput`, where its name is explained. Quix Streams and Faust
are at least once: their output is visible before its input is committed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from confluent_kafka import Producer

from streams.partitioning import partition_of
from tests.bench.peers.work import PARTITIONS, events
from tests.bench.rig.arena import Arena, arena
from tests.bench.rig.contenders import Contender, Running, chosen, running
from tests.bench.rig.lanes import Follower, Landed
from tests.bench.rig.report import Report, p50_p99, say

NAME = "pace"
DEFAULT = ("worker", "worker_table", "quix", "faust")
WARM_UP_S = 2.0
SETTLE_S = 3.0
"""Not measured: what a process still does after its first events."""
LANDED_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of one contender."""

    latencies_ms: Sequence[float]
    idle_cpu_percent: float
    busy_cpu_percent: float
    """Of one core, at the steady rate."""


class Verdicts(Follower):
    """Follows outputs by the event id in them."""

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        super().__init__(bootstrap, topics)
        self.outputs: dict[str, dict[str, Any]] = {}
        """By event id."""

    def _take(self, message: Any, now: float) -> None:
        output = orjson.loads(message.value())
        self.outputs[output["event_id"]] = output
        self.landed[output["event_id"]] = Landed(output["ts"], message.timestamp()[1] / 1000, now)


class Metronome:
    """Writes events one by one at a steady rate; knows the broker's time of each."""

    def __init__(self, bootstrap: str, topic: str, rate: float) -> None:
        self._topic, self._rate = topic, rate
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, "acks": 1})
        self.appended: dict[str, float] = {}
        """Seconds since 1970, by event id."""

    def write(self, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Write all of them, and wait until the broker has the last."""
        due = time.monotonic()
        for key, value in records:
            due += 1 / self._rate
            while (left := due - time.monotonic()) > 0:
                self._producer.poll(left)
            event = orjson.loads(value)["event_id"]
            self._producer.produce(
                self._topic,
                value,
                key,
                partition_of(key, PARTITIONS),
                on_delivery=lambda _, message, event=event: self._delivered(event, message),
            )
        self._producer.flush(LANDED_S)

    def _delivered(self, event: str, message: Any) -> None:
        self.appended[event] = message.timestamp()[1] / 1000


def run(contenders: Sequence[Contender], rate: float, seconds: float, idle_s: float) -> Report:
    """One contender after the other."""
    with arena() as at:
        return _report({one.name: _one(at, one, rate, seconds, idle_s) for one in contenders})


def _one(at: Arena, one: Contender, rate: float, seconds: float, idle_s: float) -> Found:
    topic = f"bench-in-{one.name}"
    at.make_input(topic)
    task = at.task(one, NAME, topic, linger_ms=0)
    warm, steady = int(WARM_UP_S * rate), int(seconds * rate)
    records = list(events(warm + steady))
    say(f"{one.name}: {warm} events to warm up, {idle_s:g} s of nothing, {steady} at {rate:g} per second")
    with running(one, task) as process, Verdicts(at.bootstrap, list(task.outputs.values())) as verdicts:
        metronome = Metronome(at.bootstrap, topic, rate)
        metronome.write(records[:warm])
        until(verdicts, warm, process)
        time.sleep(SETTLE_S)
        idle = _cpu_percent(process, lambda: time.sleep(idle_s))
        busy = _cpu_percent(process, lambda: metronome.write(records[warm:]))
        until(verdicts, warm + steady, process)
    measured = islice(metronome.appended.items(), warm, None)
    return Found(
        latencies_ms=[1000 * (verdicts.landed[event].seen - at_s) for event, at_s in measured],
        idle_cpu_percent=idle,
        busy_cpu_percent=busy,
    )


def until(verdicts: Verdicts, count: int, process: Running) -> None:
    """Wait for so many outputs.

    Raises:
        TimeoutError: with the end of the contender's log.
        RuntimeError: it ended by itself.
    """
    try:
        verdicts.until(count, LANDED_S)
    except TimeoutError as error:
        process.require_alive()
        raise TimeoutError(f"{process.name}: {error}\n{process.log_end()}") from None


def _cpu_percent(process: Running, meanwhile: Any) -> float:
    started, busy = time.monotonic(), process.cpu_s
    meanwhile()
    return 100 * (process.cpu_s - busy) / (time.monotonic() - started)


def _report(found: dict[str, Found]) -> Report:
    values: dict[str, float] = {}
    for name, one in found.items():
        p50, p99 = p50_p99(one.latencies_ms)
        values |= {
            f"{name}_p50_ms": p50,
            f"{name}_p99_ms": p99,
            f"{name}_idle_cpu_percent": one.idle_cpu_percent,
            f"{name}_busy_cpu_percent": one.busy_cpu_percent,
        }
        say(
            f"{name:>15}: p50 {p50:6.1f} ms, p99 {p99:6.1f} ms, most {max(one.latencies_ms):6.1f} ms;"
            f" CPU {one.idle_cpu_percent:.1f} % idle, {one.busy_cpu_percent:.1f} % busy"
        )
    ratios = {
        f"worker_to_{name}_{cut}": values[f"worker_{cut}_ms"] / values[f"{name}_{cut}_ms"]
        for name in found
        for cut in ("p50", "p99")
        if "worker" in found and not name.startswith("worker")
    }
    return Report(name=NAME, ratios=ratios, values=values)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--rate", type=float, default=200.0, help="events per second")
    parser.add_argument("--seconds", type=float, default=20.0, help="at that rate")
    parser.add_argument("--idle-s", type=float, default=10.0)
    parser.add_argument("--contenders", default=",".join(DEFAULT), help="comma-separated; default: %(default)s")
    told = parser.parse_args(arguments)
    run(chosen(told.contenders.split(",")), told.rate, told.seconds, told.idle_s).publish()


if __name__ == "__main__":
    main()
