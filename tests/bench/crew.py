"""What the second opinion costs the main path, and what a crew process does: CrewAI, a fake model, real Kafka.

A worker works off a backlog while the crew is suspended (the baseline), while its model is away, and while its model never
answers. Then reviews with a model that takes 2 s an answer, at a concurrency of 16, and the memory of the crew process."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psutil

from streams.events import event_id
from streams.partitioning import partition_of
from streams.reviews import ReviewRequest
from streams.topics import RECEIVED, REVIEW, REVIEWED
from tests.bench.memory import Watched
from tests.bench.rig import corpus, prefill
from tests.bench.rig.lanes import Follower
from tests.bench.rig.report import Report, say
from tests.bench.rig.site import Site, site
from tests.services.model import CREW_PYTHON, Model
from tests.unit.crew.requests import request_of

NAME = "crew"
CONCURRENCY, LATENCY_S = 16, 2.0
LANDED_S = 300.0
CONDITIONS = ("suspended", "model_away", "model_hangs")


def run(mails: int, rounds: int, reviews: int) -> Report:
    """Both parts, on one broker."""
    if not CREW_PYTHON.is_file():
        raise SystemExit("no .venv-crew: make crew")
    with _working() as (at, model, crew):
        speeds = _main_path(at, model, crew, corpus.mails(mails), rounds)
        values = {f"{name}_mails_per_s": statistics.median(found) for name, found in speeds.items()}
        baseline = values["suspended_mails_per_s"]
        ratios = {f"{name}_to_suspended": values[f"{name}_mails_per_s"] / baseline for name in CONDITIONS[1:]}
        values |= _reviews(at, model, crew, reviews)
    for name, value in values.items():
        say(f"{name:>32}: {value:.1f}")
    return Report(name=NAME, ratios=ratios, values=values)


@contextmanager
def _working() -> Iterator[tuple[Site, Model, psutil.Process]]:
    model = Model()
    model.start()
    try:
        with site() as at:
            at.flow.environment = {
                **at.flow.environment,
                "CREW_URL": model.remote.endpoint, "CREW_MODEL": "scripted", "CREW_CONCURRENCY": str(CONCURRENCY),
                "CREW_TIMEOUT_S": "10", "CREW_TOKENS_PER_DAY": "0", "CREW_EXPIRE_S": "86400", "BREAKER_RESET_S": "5",
            }  # fmt: skip
            at.start("worker-0")
            at.flow.start("crew-0", str(CREW_PYTHON), "-c", "from infra.cli import main; main()", "crew")
            at.until("crew-0", lambda status: status.ok, 120)
            yield at, model, psutil.Process(at.flow.running["crew-0"].pid)
    finally:
        model.kill()


def _main_path(
    at: Site, model: Model, crew: psutil.Process, mails: Sequence[bytes], rounds: int
) -> dict[str, list[float]]:
    speeds: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    total = 0
    with Follower(at.bootstrap) as follower:
        for number in range(rounds + 1):
            for condition in CONDITIONS:
                _bring_about(condition, model, crew)
                appear = prefill.write(at.settings, RECEIVED.name, mails, f"{condition}-{number}")
                began = time.monotonic()
                appear()
                total += len(mails)
                follower.until(total, LANDED_S)
                if number:  # the first round warms up
                    speeds[condition].append(len(mails) / (time.monotonic() - began))
        say(", ".join(f"{name} {[round(each) for each in found]}" for name, found in speeds.items()))
    _bring_about("model_hangs", model, crew)
    return speeds


def _bring_about(condition: str, model: Model, crew: psutil.Process) -> None:
    model.kill()
    if condition == "suspended":
        crew.suspend()
        return
    crew.resume()
    if condition == "model_hangs":
        model.start()
        model.remote.behave(faults=[{"kind": "hang"}])


def _reviews(at: Site, model: Model, crew: psutil.Process, count: int) -> dict[str, float]:
    """Reviews per second and the largest memory, from the first answer after the model came to itself on."""
    model.remote.behave(latency_s=LATENCY_S)
    _ask(at, [request_of(account=f"box-{number:03}", importance=100) for number in range(count)])
    wanted = {event_id_of(number) for number in range(count)}
    with Follower(at.bootstrap, (REVIEWED.name,)) as follower, Watched(crew) as watched:
        deadline = time.monotonic() + LANDED_S
        while not wanted <= follower.landed.keys() and time.monotonic() < deadline:
            time.sleep(0.2)
        seen = sorted(follower.landed[name].seen for name in wanted & follower.landed.keys())
    assert len(seen) == count, f"{len(seen)} of {count} reviews"
    return {
        "reviews_per_s": (count - 1) / (seen[-1] - seen[0]),
        "crew_peak_mb": watched.peak_mb,
        "crew_cpu_percent": watched.cpu_percent,
    }


def event_id_of(number: int) -> str:
    """Of the request number so and so."""
    return event_id("bench", "review", number)


def _ask(at: Site, requests: Sequence[ReviewRequest]) -> None:
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": at.bootstrap})
    for number, request in enumerate(requests):
        verdict = replace(request.verdict, event_id=event_id_of(number))
        key = verdict.account.encode()
        producer.produce(
            REVIEW.name, replace(request, verdict=verdict).encode(), key,
            partition_of(key, at.settings.topic_partitions), headers=[("ce_id", verdict.event_id.encode())],
        )  # fmt: skip
    producer.flush(30)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=6000, help="the worker's backlog in each condition and round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reviews", type=int, default=100)
    chosen = parser.parse_args(arguments)
    run(chosen.mails, chosen.rounds, chosen.reviews).publish()


if __name__ == "__main__":
    main()
