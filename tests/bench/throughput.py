"""Events per second of one worker process, beside the libraries one would use instead and bare loops of Kafka calls.

The work: JSON events of 953 bytes, keyed by 1,000 accounts in 4 partitions; loads, 10 µs of plain Python, dumps of 570
bytes, to one of 4 topics with the same key, lz4, acks=all. Same bytes, same topic to read, same broker for everybody:

- worker, worker_table: this project's worker, exactly once; the table's rows and changelog are in the transaction;
- quix, quix_state: Quix Streams, at least once, stateless and with a keyed count in its RocksDB store with changelog;
- bare, bare_pipelined: a confluent-kafka loop, at least once, waiting for each batch or not;
- aiokafka: an aiokafka loop, a transaction per poll;
- faust, faust_table: plain Faust as its documentation writes it. It gets fewer events, so that the run stays short.

Each is a process of its own with a fresh group and fresh outputs, alone on the machine but for the broker; they take turns,
each round starts with another one, and the broker is warmed up before. `tests.bench.rig.drain` says what the clock
covers. Linger 10 ms, batches of 256 KiB and a commit per second for those whose settings are not the product's. Ratios are
medians of the rounds' own ratios."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from statistics import median

from tests.bench.peers.work import events
from tests.bench.rig.arena import Arena, arena
from tests.bench.rig.contenders import ALL, BY_NAME, Contender, chosen, running
from tests.bench.rig.drain import Pace, drain
from tests.bench.rig.report import Report, say

NAME = "throughput"
FULL, SHORT = "bench-in", "bench-in-short"
RATIOS: Mapping[str, tuple[str, str, float | None]] = {
    # name                     of             to                floor
    "worker_to_quix":          ("worker",       "quix",           1.35),
    "worker_table_to_quix_state": ("worker_table", "quix_state",  1.7),
    "worker_to_bare":          ("worker",       "bare",           0.85),
    "worker_to_bare_pipelined": ("worker",      "bare_pipelined", None),
    "worker_to_aiokafka":      ("worker",       "aiokafka",       None),
    "worker_to_faust":         ("worker",       "faust",          16.0),
    "worker_table_to_faust_table": ("worker_table", "faust_table", None),
}  # fmt: skip
"""What is compared with what, and the floor that issue 4 sets (none: for information)."""


def run(contenders: Sequence[Contender], count: int, short: int, rounds: int) -> Report:
    """All contenders in turn, `rounds` times."""
    paces: dict[str, list[Pace]] = {one.name: [] for one in contenders}
    with arena() as at:
        _fill(at, count, short)
        say("a run of the bare loop to warm up the broker")
        _one(at, BY_NAME["bare"], "warm-up", count, short)
        for number in range(rounds):
            for one in turns(contenders, number):
                paces[one.name].append(pace := _one(at, one, f"{number}", count, short))
                say(
                    f"round {number + 1}: {one.name:>15} {pace.events_per_s:8.0f} events/s,"
                    f" {pace.cpu_us / 10:5.2f} CPU s per 100,000, at most {pace.peak_mb:4.0f} MB"
                )
    return _report(paces)


def turns(contenders: Sequence[Contender], number: int) -> Sequence[Contender]:
    """The order of a round."""
    start = number % len(contenders)
    return [*contenders[start:], *contenders[:start]]


def _fill(at: Arena, count: int, short: int) -> None:
    say(f"writing {count} events, and {short} for the slow ones")
    for topic, number in ((FULL, count), (SHORT, short)):
        at.make_input(topic)
        at.fill(topic, events(number))


def _one(at: Arena, one: Contender, name: str, count: int, short: int) -> Pace:
    task = at.task(one, name, SHORT if one.slow else FULL)
    with running(one, task) as process:
        pace = drain(process, task, short if one.slow else count)
    at.drop(task)
    return pace


def ratios_of(paces: Mapping[str, Sequence[Pace]]) -> dict[str, float]:
    """The ratios whose two sides have run: medians over the rounds."""
    return {
        name: median(a.events_per_s / b.events_per_s for a, b in zip(paces[ours], paces[theirs], strict=True))
        for name, (ours, theirs, _) in RATIOS.items()
        if ours in paces and theirs in paces
    }


def _report(paces: Mapping[str, Sequence[Pace]]) -> Report:
    values: dict[str, float] = {}
    for name, found in paces.items():
        speeds = [pace.events_per_s for pace in found]
        say(f"{name:>15}: {min(speeds):8.0f} / {median(speeds):8.0f} / {max(speeds):8.0f} events/s")
        for figure, value in (("least", min(speeds)), ("median", median(speeds)), ("most", max(speeds))):
            values[f"{name}_{figure}_events_per_s"] = value
        values[f"{name}_cpu_us"] = median(pace.cpu_us for pace in found)
        values[f"{name}_peak_mb"] = max(pace.peak_mb for pace in found)
    ratios = ratios_of(paces)
    for name, ratio in ratios.items():
        floor = RATIOS[name][2]
        wanted = "" if floor is None else f", floor {floor:g}: {'reached' if ratio >= floor else 'NOT reached'}"
        say(f"{name:>27}: {ratio:6.2f}{wanted}")
    return Report(name=NAME, ratios=ratios, values=values)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog=f"make bench NAME={NAME}", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=200_000, help="per run")
    parser.add_argument("--slow-events", type=int, default=12_000, help="per run of plain Faust")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--contenders", default=",".join(one.name for one in ALL), help="comma-separated; default: %(default)s"
    )
    told = parser.parse_args(arguments)
    run(chosen(told.contenders.split(",")), told.events, told.slow_events, told.rounds).publish()


if __name__ == "__main__":
    main()
