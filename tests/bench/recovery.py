"""Seconds from the start of a worker process to its first verdict: with nothing, and with a million table rows to have.

An event waits in each partition; the clock runs from the moment the process is started until a read_committed consumer has
all their outputs. The outputs' counts prove that the table was there: each is one more than the row that was written to the
changelog beforehand. Each variant is measured cold, with an empty TABLE_DIR, and, where its store keeps something there,
again after an orderly end with TABLE_DIR kept."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from zlib import crc32

import orjson

from streams.partitioning import partition_of
from tests.bench.pace import Verdicts, until
from tests.bench.peers.ours import Count, counts_table
from tests.bench.peers.work import ACCOUNTS, PARTITIONS, Task, events
from tests.bench.rig.arena import Arena, arena
from tests.bench.rig.contenders import BY_NAME, running
from tests.bench.rig.report import Report, say

NAME = "recovery"
WORKER = BY_NAME["worker_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A way to keep tables."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    keeps: bool = False
    """Whether something in TABLE_DIR shortens the next start."""


VARIANTS: tuple[Variant, ...] = (
    Variant(name="memory", environment={"TABLE_STORE": "memory"}),
    Variant(name="rocksdb", environment={"TABLE_STORE": "rocksdb"}, keeps=True),
)
"""To measure another store, or other settings of one, add a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """One start."""

    seconds: float
    rss_mb: float
    """Resident set at that moment."""


def run(rows: int, rounds: int) -> Report:
    """The empty worker, then every variant, `rounds` times."""
    found: dict[str, list[Started]] = {}
    with arena() as at:
        for number in range(rounds):
            for name, started in _round(at, number, rows):
                say(f"round {number + 1}: {name:>18} {started.seconds:6.2f} s, then {started.rss_mb:4.0f} MB")
                found.setdefault(name, []).append(started)
    return _report(found)


def _report(found: Mapping[str, Sequence[Started]]) -> Report:
    seconds = {name: median(one.seconds for one in starts) for name, starts in found.items()}
    values = {f"{name}_s": value for name, value in seconds.items()}
    values |= {f"{name}_mb": median(one.rss_mb for one in starts) for name, starts in found.items()}
    ratios = {f"{name}_to_empty": value / seconds["empty"] for name, value in seconds.items() if name != "empty"}
    return Report(name=NAME, ratios=ratios, values=values)


def _round(at: Arena, number: int, rows: int) -> Iterator[tuple[str, Started]]:
    task = _task(at, f"empty-{number}")
    yield "empty", _start(at, task, {}, 1, {})
    for variant in VARIANTS:
        task = _task(at, f"{variant.name}-{number}")
        table = counts_table(task.prefix)
        counts = {key: crc32(key) % 1000 for key in _keys(rows)}
        say(f"writing {rows} rows to the changelog")
        at.fill(table.changelog, ((key, table.encode(Count(events=count), -1)) for key, count in counts.items()))
        for start, name in enumerate(("cold", "warm") if variant.keeps else ("cold",), 1):
            yield f"{variant.name}_{name}", _start(at, task, variant.environment, start, counts)
        shutil.rmtree(task.folder)
        at.drop(task)


def _task(at: Arena, name: str) -> Task:
    topic = f"bench-in-{name}"
    at.make_input(topic)
    return at.task(WORKER, name, topic, linger_ms=0)


def _start(at: Arena, task: Task, environment: Mapping[str, str], start: int, counts: Mapping[bytes, int]) -> Started:
    """The start number `start` of a worker that finds an event waiting in each partition, and these counts in its table."""
    waiting = _waiting(start)
    at.fill(task.input, waiting)
    wanted = {orjson.loads(value)["event_id"]: counts.get(key, 0) + 1 for key, value in waiting}
    with Verdicts(at.bootstrap, list(task.outputs.values())) as verdicts:
        started = time.time()
        with running(WORKER, task, environment) as process:
            until(verdicts, start * len(wanted), process)
            rss_mb = process.rss_mb
    found = {event: verdicts.outputs[event]["count"] for event in wanted}
    if found != wanted:
        raise RuntimeError(f"the table was not recovered: counts {found}, should be {wanted}")
    return Started(seconds=max(verdicts.landed[event].seen for event in wanted) - started, rss_mb=rss_mb)


def _waiting(start: int) -> list[tuple[bytes, bytes]]:
    """For each start of a worker other events, of accounts that no other start has: one for each partition."""
    found: dict[int, list[tuple[bytes, bytes]]] = {}
    for key, value in {key: (key, value) for key, value in events(50 * start)}.values():
        found.setdefault(partition_of(key, PARTITIONS), []).append((key, value))
    return [of_partition[start - 1] for of_partition in found.values()]


def _keys(rows: int) -> Iterator[bytes]:
    """Those of the events, then as many others as it takes."""
    yield from (f"acct-{number:04d}".encode() for number in range(min(rows, ACCOUNTS)))
    yield from (f"acct-{number:07d}-more".encode() for number in range(rows - ACCOUNTS))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help=f"at least {ACCOUNTS}")
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args(arguments)
    if told.rows < ACCOUNTS:
        parser.error(f"--rows: at least {ACCOUNTS}, since the events have so many accounts")
    run(told.rows, told.rounds).publish()


if __name__ == "__main__":
    main()
