"""One ingest process with many watched Gmail mailboxes, and how long a push takes to its lane record.

Real Kafka and Google's own Pub/Sub server; the fake Gmail and OAuth server as a process, with Google's quotas in force.
Every mailbox has mails to read first. The time of a push is when the mail was handed to the fake, which pushes at once;
the lane record's is the broker's clock."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence

import psutil

from agents.accounts import Account, GmailMailbox
from agents.sources.gmail.fetch import identity
from tests.bench.memory import Watched
from tests.bench.rig import corpus
from tests.bench.rig.lanes import Follower
from tests.bench.rig.report import Report, p50_p99, say
from tests.bench.rig.site import Site, site
from tests.services.google import Google
from tests.services.pubsub.server import PubSub

NAME = "gmail"
MAILS_EACH = 1
WARM_UP = 20
IN_STEP_S = 170.0
LANDED_S = 60.0
MEMORY_BOUND_MB = 300
LATENCY_BOUND_MS = 200
SERVICE_ACCOUNT = "bench@project.iam.gserviceaccount.example"


def run(mailboxes: int, mails: int, rate: float, idle_s: float) -> Report:
    """Start, come into step, idle, then deliver."""
    with site() as at:
        google = _google(at)
        names = [f"user{number}" for number in range(mailboxes)]
        google.create(*(f"{name}@example.org" for name in names))
        for name in names:
            google.fill(f"{name}@example.org", MAILS_EACH)
        at.start("worker-0")
        process = at.start("ingest-0")
        say(f"{mailboxes} mailboxes with {MAILS_EACH} mail each")
        began = time.monotonic()
        with Watched(process) as starting:
            at.save([_account(at, name) for name in names])
            at.until("ingest-0", lambda said: (said.counts or {}).get("in_step") == mailboxes, IN_STEP_S)
        in_step_s = time.monotonic() - began
        idle = _idle(process, idle_s)
        values = {"in_step_s": in_step_s, "starting_peak_mb": starting.peak_mb, **idle}
        values |= _latency(at, google, names, mails, rate, mailboxes * MAILS_EACH)
        counted = google.counters()
    values |= {"peak_units_of_a_mailbox": counted.peak_units, "refused_calls": sum(counted.refused.values())}
    for name, value in values.items():
        say(f"{name:>28}: {value:.1f}")
    ratios = {
        "memory_to_bound": values["idle_mb"] / MEMORY_BOUND_MB,
        "push_to_lane_p50_to_bound": values["push_to_lane_p50_ms"] / LATENCY_BOUND_MS,
    }
    return Report(name=NAME, ratios=ratios, values=values)


def _google(at: Site) -> Google:
    pubsub = PubSub(at.folder / "pubsub")
    at.stack.callback(pubsub.kill)
    pubsub.start()
    google = Google(at.folder / "google", pubsub)
    at.stack.callback(google.kill)
    google.start()
    key = at.folder / "key.json"
    key.write_text(json.dumps(google.add_service_account(SERVICE_ACCOUNT)))
    at.flow.environment = {
        **at.flow.environment,
        **pubsub.environment,
        "GMAIL_API_ROOT": google.url,
        "GOOGLE_TOKEN_URL": f"{google.url}/token",
        "GMAIL_TOPIC": "projects/local/topics/bench",
        "GMAIL_SUBSCRIPTION": "projects/local/subscriptions/bench",
    }
    return google


def _account(at: Site, name: str) -> Account:
    gmail = GmailMailbox(email=f"{name}@example.org", service_account=f"file:{at.folder / 'key.json'}")
    return Account(id=name, kind="gmail", gmail=gmail)


def _idle(process: psutil.Process, seconds: float) -> dict[str, float]:
    say(f"idle for {seconds:g} s")
    time.sleep(5)
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, took = process.cpu_times(), time.monotonic() - began
    used = after.user + after.system - before.user - before.system
    return {"idle_mb": process.memory_info().rss / 1e6, "idle_cpu_percent": 100 * used / took}


def _latency(at: Site, google: Google, names: Sequence[str], mails: int, rate: float, before: int) -> dict[str, float]:
    """Milliseconds from the fake's acceptance of a mail to its lane record."""
    chosen = [raw for raw in corpus.mails(2 * (mails + WARM_UP)) if len(raw) < 100_000][: mails + WARM_UP]
    dice = random.Random(mails)
    accepted: dict[str, float] = {}
    with Follower(at.bootstrap) as lanes:
        lanes.until(before, LANDED_S)
        for number, raw in enumerate(chosen):
            name = dice.choice(names)
            handed = time.time()
            (one,) = google.deliver(f"{name}@example.org", raw)
            if number >= WARM_UP:
                accepted[identity(name, int(one, 16))] = handed
            time.sleep(dice.uniform(0.5, 1.5) / rate)
        lanes.until(before + len(chosen), LANDED_S)
        took = [lanes.landed[event].logged - at_s for event, at_s in accepted.items()]
    p50, p99 = (1000 * cut for cut in p50_p99(took))
    return {"push_to_lane_p50_ms": p50, "push_to_lane_p99_ms": p99}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=2000)
    parser.add_argument("--mails", type=int, default=80)
    parser.add_argument("--rate", type=float, default=5.0, help="mails per second")
    parser.add_argument("--idle", type=float, default=10.0, help="seconds")
    chosen = parser.parse_args(arguments)
    run(chosen.mailboxes, chosen.mails, chosen.rate, chosen.idle).publish()


if __name__ == "__main__":
    main()
