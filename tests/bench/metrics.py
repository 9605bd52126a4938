"""What metrics cost: mails per second of `triage worker` as it is, scraped every second, beside one that records nothing.

The two take turns on the same broker with the same mails, and every other round the second is first. Runs of one worker
differ by more than metrics cost, so that the processor time per mail is the ratio to trust; and the part that is done for
every mail is timed by itself, in this process."""

from __future__ import annotations

import argparse
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import process_time

import psutil

from infra.stack.ports import any_free
from streams.measure import count_mails
from streams.runtime import Outcome
from streams.topics import RECEIVED
from streams.triage.verdict import Lane
from tests.bench.mail import Pace, through_kafka
from tests.bench.rig import corpus
from tests.bench.rig.lanes import LANE_NAMES
from tests.bench.rig.prefill import received_mail
from tests.bench.rig.report import Report, say, spread
from tests.bench.rig.site import Site, site
from tests.integration.pipeline.processes import TRIAGE
from tests.unit.runtime.records import Record

NAME = "metrics"
SCRAPE_S = 1.0
"""Prometheus asks every 15 seconds."""
BATCH = 2000
BATCHES = 20


def run(mails: int, rounds: int) -> Report:
    """Both, `rounds` times."""
    chosen = corpus.mails(mails)
    paces: dict[str, list[Pace]] = {"recording": [], "silent": []}
    with site() as at:
        for number in range(2 * rounds):
            name = ("recording", "silent", "silent", "recording")[number % 4]
            with (_recording if name == "recording" else _silent)(at) as process:
                paces[name].append(through_kafka(at, process, RECEIVED.name, LANE_NAMES, chosen, f"{number}"))
            say(f"{name:>9}: {paces[name][-1].mails_per_s:6.0f} mails/s, {paces[name][-1].cpu_us:5.0f} µs CPU a mail")
    return _report(paces, counting_us())


def counting_us() -> float:
    """Processor microseconds per mail of counting committed batches."""
    one = received_mail("box-00", "0", b"")
    outcomes = [Outcome(label=list(Lane)[number % len(Lane)], note=one) for number in range(BATCH)]
    events = [Record(offset=number) for number in range(BATCH)]
    count_mails(events, outcomes)
    started = process_time()
    for _ in range(BATCHES):
        count_mails(events, outcomes)
    return 1e6 * (process_time() - started) / (BATCH * BATCHES)


@contextmanager
def _recording(at: Site) -> Iterator[psutil.Process]:
    (port,) = any_free(1)
    at.flow.start("worker-0", "env", f"PROCESS_METRICS_PORT={port}", str(TRIAGE), "worker")
    at.until("worker-0", lambda status: status.ok)
    over = threading.Event()
    scraper = threading.Thread(target=_scrape, args=(port, over))
    scraper.start()
    try:
        yield psutil.Process(at.flow.running["worker-0"].pid)
    finally:
        over.set()
        scraper.join()
        at.flow.terminate("worker-0")


def _scrape(port: int, over: threading.Event) -> None:
    while not over.wait(SCRAPE_S):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read()


@contextmanager
def _silent(at: Site) -> Iterator[psutil.Process]:
    at.flow.start("worker-silent", sys.executable, "-m", "tests.bench.rig.unmetered_worker")
    at.until("worker-silent", lambda status: status.ok)
    try:
        yield psutil.Process(at.flow.running["worker-silent"].pid)
    finally:
        at.flow.terminate("worker-silent")


def _report(paces: dict[str, list[Pace]], counting: float) -> Report:
    """Medians over the rounds."""
    recording, silent = paces["recording"], paces["silent"]
    cpu = {name: median(pace.cpu_us for pace in found) for name, found in paces.items()}
    ratios = {
        "recording_to_silent": median(a.mails_per_s / b.mails_per_s for a, b in zip(recording, silent, strict=True)),
        "recording_cpu_to_silent_cpu": cpu["recording"] / cpu["silent"],
        "counting_of_recording_cpu": counting / cpu["recording"],
    }
    values = {"counting_us_per_mail": counting}
    for name, found in paces.items():
        speeds = [pace.mails_per_s for pace in found]
        values[f"{name}_mails_per_s"] = median(speeds)
        values[f"{name}_spread_percent"] = 100 * spread(speeds)
        values[f"{name}_cpu_us_per_mail"] = cpu[name]
    return Report(name=NAME, ratios=ratios, values=values)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=4000, help="per round")
    parser.add_argument("--rounds", type=int, default=4, help="of each")
    chosen = parser.parse_args(arguments)
    run(chosen.mails, chosen.rounds).publish()


if __name__ == "__main__":
    main()
