"""Mails per second of `triage replay` beside those of the worker that decided them first, on the same mails in the same run.

The worker takes a round's mails from mail.received to the lanes (`tests.bench.mail` says what the clock covers); then it
is stopped and the whole log is replayed, by the recorded facts, with a candidate that mutes one sender in a hundred: in
one process, which is what one worker is, and in as many as there are cores. The replay's clock runs from each process's
first record to its last. Every change is checked: exactly the mails of the muted sender may be told."""

from __future__ import annotations

import argparse
import resource
import subprocess
from collections.abc import Sequence
from statistics import median
from typing import Any

import orjson

from streams.events import event_id
from tests.bench.mail import WARM_UP, through_kafka
from tests.bench.rig import corpus, prefill
from tests.bench.rig.lanes import LANE_NAMES
from tests.bench.rig.report import Report, say
from tests.bench.rig.site import Site, site
from tests.integration.pipeline.processes import TRIAGE

NAME = "replay"
EVERY = 100
SENDER = "quiet@muted.example"
MUTED = f"""From: Quiet <{SENDER}>\r
To: box@example.com\r
Subject: Can you sign this today?\r
Date: Tue, 24 Nov 2026 09:00:00 +0000\r
\r
Could you please sign the contract and answer by tomorrow noon?\r
""".encode()


class Wrong(Exception):
    """The replay told other changes than there are."""


def run(mails: int, rounds: int) -> Report:
    """Worker and replays in turn."""
    chosen = [MUTED if number % EVERY == 0 else raw for number, raw in enumerate(corpus.mails(mails))]
    paces: dict[str, list[float]] = {"worker": [], "replay": [], "replay_all_cores": []}
    busy: dict[str, list[float]] = {"worker": [], "replay": [], "replay_all_cores": []}
    with site() as at:
        policy = at.folder / "policy.toml"
        policy.write_text(f'mutes = ["{SENDER}"]\n')
        for number in range(rounds):
            process = at.start("worker-0")
            worker = through_kafka(at, process, "mail.received", LANE_NAMES, chosen, f"{number}")
            at.flow.terminate("worker-0")
            paces["worker"].append(worker.mails_per_s)
            busy["worker"].append(worker.cpu_us)
            for name, processes in (("replay", 1), ("replay_all_cores", 0)):
                sums, cpu_us = _replayed(at, str(policy), processes, _expected(mails, number + 1))
                paces[name].append(float(sums["mails_per_s"]))
                busy[name].append(cpu_us)
            say(", ".join(f"{name} {found[-1]:.0f}/s" for name, found in paces.items()))
    ratios = {f"{name}_to_worker": _ratio(paces[name], paces["worker"]) for name in ("replay", "replay_all_cores")}
    ratios["replay_cpu_to_worker_cpu"] = _ratio(busy["replay"], busy["worker"])
    say(f"floor of replay_to_worker 0.8: {'reached' if ratios['replay_to_worker'] >= 0.8 else 'NOT reached'}")
    values = {f"{name}_mails_per_s": median(found) for name, found in paces.items()}
    values |= {f"{name}_cpu_us_per_mail": median(found) for name, found in busy.items()}
    return Report(name=NAME, ratios=ratios, values=values)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def _expected(mails: int, rounds: int) -> set[str]:
    """Ids of the muted sender's mails."""
    series = [(f"{number}-warm", WARM_UP) for number in range(rounds)] + [
        (f"{number}", mails) for number in range(rounds)
    ]
    accounts = prefill.ACCOUNTS
    return {
        event_id(accounts[number % len(accounts)], "bench", f"{name}-{number}")
        for name, count in series
        for number in range(0, min(count, mails), EVERY)
    }


def _replayed(at: Site, policy: str, processes: int, expected: set[str]) -> tuple[dict[str, Any], float]:
    """Its sums, and processor time per mail, microseconds, start and all."""
    command = [str(TRIAGE), "replay", "--policy", policy, "--json", "--processes", str(processes)]
    environment = at.flow._env("command")
    before = _children_s()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    *changes, sums = [orjson.loads(line) for line in done.stdout.splitlines()]
    told = {change["event_id"] for change in changes}
    if told != expected:
        raise Wrong(f"{len(told - expected)} changes too many, {len(expected - told)} missing")
    say(f"{sums['mails']} mails replayed, {len(changes)} changes, all of them expected and no other")
    return dict(sums), 1e6 * (_children_s() - before) / sums["mails"]


def _children_s() -> float:
    """Processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=8000, help="per round")
    parser.add_argument("--rounds", type=int, default=2)
    told = parser.parse_args(arguments)
    run(told.mails, told.rounds).publish()


if __name__ == "__main__":
    main()
