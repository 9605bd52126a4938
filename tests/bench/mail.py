"""Mails per second of one `triage worker` from mail.received to the lanes, beside two things in the same run:

- pure: parse and decide in a plain loop, no Kafka, no tables;
- bare: the shortest librdkafka loop that does the same work exactly once (`tests.bench.rig.bare`), no Faust, no runtime.

All mails of a round become visible in one moment (one transaction); the clock runs from that commit to the broker's
time of the last lane record. Each process first works off a warm-up that is not measured, and is alone meanwhile.
At the end the whole way is measured: a Maildir to rows in PostgreSQL."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from subprocess import Popen
from typing import NamedTuple

import psutil

from streams.admin import create_topics
from streams.mail import parse
from streams.topics import RECEIVED
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts
from tests.bench.rig import corpus, prefill, whole_way
from tests.bench.rig.bare import CHANGES, INPUT, OUTPUT
from tests.bench.rig.lanes import LANE_NAMES, Follower
from tests.bench.rig.report import Report, say, spread
from tests.bench.rig.site import Site, site
from tests.bench.rig.timed_worker import WHOLE

NAME = "mail"
WARM_UP = 400
LANDED_S = 300.0


class Pace(NamedTuple):
    """How fast one contender was in one round."""

    mails_per_s: float
    cpu_us: float
    """Processor time per mail, microseconds, all threads: hardly depends on what else the machine does."""


def run(mails: int, rounds: int) -> Report:
    """Every contender in turn, `rounds` times; then the whole way once."""
    chosen = corpus.mails(mails)
    paces: dict[str, list[Pace]] = {"pure": [], "bare": [], "worker": []}
    with site() as at:
        create_topics(at.settings, (INPUT, OUTPUT, CHANGES))
        for number in range(rounds):
            paces["pure"].append(_pure(chosen))
            with _bare(at) as process:
                paces["bare"].append(through_kafka(at, process, INPUT.name, [OUTPUT.name], chosen, f"{number}"))
            with _worker(at) as process:
                paces["worker"].append(through_kafka(at, process, RECEIVED.name, LANE_NAMES, chosen, f"{number}"))
            say(", ".join(f"{name} {found[-1].mails_per_s:.0f}/s" for name, found in paces.items()))
        spent = _timed(at, chosen, rounds)
    return _report(paces, shares(spent), whole_way.maildir_to_rows(chosen, WARM_UP))


def _report(paces: dict[str, list[Pace]], stages: dict[str, float], whole: float) -> Report:
    """Medians over the rounds; a ratio is taken within each round first."""
    worker, bare, pure = paces["worker"], paces["bare"], paces["pure"]
    ratios = {
        "worker_to_bare": median(a.mails_per_s / b.mails_per_s for a, b in zip(worker, bare, strict=True)),
        "worker_to_pure": median(a.mails_per_s / b.mails_per_s for a, b in zip(worker, pure, strict=True)),
        "worker_cpu_to_bare_cpu": median(a.cpu_us / b.cpu_us for a, b in zip(worker, bare, strict=True)),
        "worker_cpu_to_pure_cpu": median(a.cpu_us / b.cpu_us for a, b in zip(worker, pure, strict=True)),
    }
    ratios |= stages
    for name, share in stages.items():
        say(f"{name:>32}: {100 * share:5.1f} %")
    values = {"maildir_to_postgresql_mails_per_s": whole}
    for name, found in paces.items():
        speeds = [pace.mails_per_s for pace in found]
        values[f"{name}_mails_per_s"] = median(speeds)
        values[f"{name}_spread_percent"] = 100 * spread(speeds)
        values[f"{name}_cpu_us_per_mail"] = median(pace.cpu_us for pace in found)
    return Report(name=NAME, ratios=ratios, values=values)


def _pure(mails: Sequence[bytes]) -> Pace:
    facts = Facts(owner=("box@example.com",), received_at=datetime.now(UTC).isoformat())
    for raw in mails[:WARM_UP]:
        decide(parse(raw), facts, DEFAULT)
    started, cpu = time.perf_counter(), time.process_time()
    for raw in mails:
        decide(parse(raw), facts, DEFAULT)
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    return Pace(len(mails) / seconds, 1e6 * busy / len(mails))


@contextmanager
def _bare(at: Site) -> Iterator[psutil.Process]:
    with Popen([sys.executable, "-m", "tests.bench.rig.bare", at.bootstrap]) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


@contextmanager
def _worker(at: Site) -> Iterator[psutil.Process]:
    yield at.start("worker-0")
    at.flow.terminate("worker-0")


def _timed(at: Site, mails: Sequence[bytes], series: int) -> dict[str, float]:
    """Processor seconds by stage, of one more run."""
    say("once more with clocks inside the worker")
    written = at.folder / "spent.json"
    at.flow.start("worker-timed", sys.executable, "-m", "tests.bench.rig.timed_worker", str(WARM_UP), str(written))
    at.until("worker-timed", lambda status: status.ok)
    process = psutil.Process(at.flow.running["worker-timed"].pid)
    through_kafka(at, process, RECEIVED.name, LANE_NAMES, mails, f"{series}")
    at.flow.terminate("worker-timed")
    return dict(json.loads(written.read_text()))


def shares(spent: Mapping[str, float]) -> dict[str, float]:
    """Parts of the main thread's time, from the seconds of `timed_worker`; they add up to 1.

    `facts` is the rest of the agent's own time: the record's headers, keys, and what the stages do not cover.
    Beside them: `runtime_of_all_threads`, a part of the whole process's time; and `main_thread_of_elapsed`, how much of the
    time the main thread was at work at all, the rest is waiting for records, commits, a free core or the interpreter's lock.
    """
    main, inside = spent["main_thread"], ("parse", "decide", "encode", "learn", "rows_read")
    work = spent[WHOLE] + spent["rows_written"]
    parts = {stage: spent[stage] for stage in ("parse", "decide", "encode", "learn")}
    parts["tables"] = spent["rows_read"] + spent["rows_written"]
    parts["facts"] = spent[WHOLE] - sum(spent[stage] for stage in inside)
    parts["runtime"] = main - work
    found = {f"{name}_of_main_thread": seconds / main for name, seconds in parts.items()}
    found["runtime_of_all_threads"] = 1 - work / spent["process"]
    found["main_thread_of_elapsed"] = main / spent["elapsed"]
    return found


def through_kafka(
    at: Site, process: psutil.Process, topic: str, outputs: Sequence[str], mails: Sequence[bytes], series: str
) -> Pace:
    """Write the mails to a topic; how fast the process brings them to the outputs. `series`: its number, from 0."""
    with Follower(at.bootstrap, outputs) as follower:
        prefill.write(at.settings, topic, mails[:WARM_UP], f"{series}-warm")()
        before = len(mails) * int(series) + WARM_UP * (int(series) + 1)
        follower.until(before, LANDED_S)
        commit = prefill.write(at.settings, topic, mails, series)
        time.sleep(0.5)
        started, cpu = time.time(), _cpu(process)
        commit()
        follower.until(before + len(mails), LANDED_S)
        ended, busy = max(one.logged for one in follower.landed.values()), _cpu(process) - cpu
    return Pace(len(mails) / (ended - started), 1e6 * busy / len(mails))


def _cpu(process: psutil.Process) -> float:
    """Seconds of processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=4000, help="per round")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    run(chosen.mails, chosen.rounds).publish()


if __name__ == "__main__":
    main()
