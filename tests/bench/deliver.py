"""Verdicts per second that one `triage deliver` posts, to receivers in a process of their own:

- one: a single endpoint;
- four: four endpoints side by side, each gets everything;
- beside_slow: one endpoint while another answers nothing.

The clock of an endpoint runs from its first delivery to its last. `four_to_one` is what all four get together per second
against one alone (the process has one core); `beside_slow_to_one` says what a slow neighbour costs: nothing, at 1."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from urllib.request import urlopen

from confluent_kafka import Producer

from agents.deliver.signature import new_secret
from streams.partitioning import partition_of
from streams.topics import LANES
from streams.triage.verdict import Lane
from tests.bench.rig.report import Report, say, spread
from tests.bench.rig.site import Site, site
from tests.unit.deliver.rows import lane_record

NAME = "deliver"
ACCOUNTS = 64
LANDED_S = 120.0
RECEIVER = """
import asyncio, sys, time
from aiohttp import web

async def main():
    got = {}
    async def hook(request):
        await request.read()
        name = request.match_info["name"]
        if name.startswith("slow"):
            await asyncio.sleep(3600)
        first, _, many = got.get(name, (time.time(), 0, 0))
        got[name] = (first, time.time(), many + 1)
        return web.Response(status=204)
    async def figures(_):
        return web.json_response(got)
    app = web.Application()
    app.router.add_post("/{name}", hook)
    app.router.add_get("/figures", figures)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@dataclass
class Receivers:
    """The other side."""

    port: int
    figures: dict[str, tuple[float, float, int]] = field(default_factory=dict)

    def until(self, names: Sequence[str], count: int) -> list[float]:
        """Deliveries per second of each, when all have so many."""
        deadline = time.monotonic() + LANDED_S
        while time.monotonic() < deadline:
            with urlopen(f"http://127.0.0.1:{self.port}/figures") as answer:
                found = json.load(answer)
            if all(found.get(name, (0, 0, 0))[2] >= count for name in names):
                return [found[name][2] / (found[name][1] - found[name][0]) for name in names]
            time.sleep(0.2)
        raise TimeoutError(f"not all of {count} verdicts came to {names} within {LANDED_S:.0f} s: {found}")


@contextmanager
def receivers() -> Iterator[Receivers]:
    process = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Receivers(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()


def run(verdicts: int, rounds: int) -> Report:
    """Each setting in turn, `rounds` times; endpoints are new each time, and begin with all that is there."""
    rates: dict[str, list[float]] = {"one": [], "four": [], "beside_slow": []}
    secret = new_secret()
    with site() as at, receivers() as there:
        _fill(at, verdicts)
        for number in range(rounds):
            for setting, names in (
                ("one", [f"one-{number}"]),
                ("four", [f"four-{number}-{which}" for which in "abcd"]),
                ("beside_slow", [f"beside-{number}", f"slow-{number}"]),
            ):
                with _delivering(at, there, secret, names):
                    wanted = [name for name in names if not name.startswith("slow")]
                    rates[setting].append(sum(there.until(wanted, verdicts)))
            say(", ".join(f"{setting} {found[-1]:.0f}/s" for setting, found in rates.items()))
    return _report(rates)


def _report(rates: dict[str, list[float]]) -> Report:
    alone = rates["one"]
    ratios = {
        f"{setting}_to_one": median(a / b for a, b in zip(rates[setting], alone, strict=True))
        for setting in ("four", "beside_slow")
    }
    values = {f"{setting}_verdicts_per_s": median(found) for setting, found in rates.items()}
    return Report(name=NAME, ratios=ratios, values=values | {"one_spread": spread(alone)})


def _fill(at: Site, verdicts: int) -> None:
    producer = Producer({"bootstrap.servers": at.bootstrap, "queue.buffering.max.messages": 1_000_000})
    for number in range(verdicts):
        account = f"account-{number % ACCOUNTS}"
        one = lane_record(account, number, lane=Lane.NORMAL)
        partition = partition_of(account.encode(), at.settings.topic_partitions)
        producer.produce(LANES[Lane.NORMAL].name, one.value, one.key, partition, headers=list(one.headers))
        producer.poll(0)
    producer.flush()


@contextmanager
def _delivering(at: Site, there: Receivers, secret: str, names: Sequence[str]) -> Iterator[None]:
    file = at.folder / "deliver.toml"
    file.write_text("\n".join(_endpoint(name, there.port) for name in names))
    at.flow.environment = {**at.flow.environment, "DELIVER_FILE": str(file), "HOOK_SECRET": secret}
    at.flow.start("deliver-0")
    try:
        yield
    finally:
        at.flow.kill("deliver-0")


def _endpoint(name: str, port: int) -> str:
    return (
        f'[[endpoint]]\nname = "{name}"\nurl = "http://127.0.0.1:{port}/{name}"\nsecrets = ["env:HOOK_SECRET"]\n'
        'lanes = ["normal"]\nallow_networks = ["127.0.0.0/8"]\nmax_in_flight = 16\ntimeout_s = 60\n'
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--verdicts", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    run(chosen.verdicts, chosen.rounds).publish()


if __name__ == "__main__":
    main()
