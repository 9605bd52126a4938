"""Memory (resident set, shared libraries included) and idle processor time of the long-running processes.

A worker while it works off a backlog of mails, and then with nothing to do; ingest with many idle IMAP mailboxes of a
real Dovecot, over plain TCP and, as a fresh process, over TLS. Each mailbox had mails to read first."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

import psutil

from streams.status import Status
from streams.topics import RECEIVED
from tests.bench.latency import account
from tests.bench.rig import corpus, prefill
from tests.bench.rig.lanes import Follower
from tests.bench.rig.report import Report, say
from tests.bench.rig.site import PASSWORD, Site, site
from tests.services.dovecot import Dovecot

NAME = "memory"
WORKER_BOUND_MB = 200
INGEST_BOUND_MB = 150
MAILS_EACH = 3
"""In each IMAP mailbox before it is read."""
SETTLE_S = 5.0
"""Not measured: what a process still does after its last mail."""
LANDED_S = 300.0
IN_STEP_S = 180.0


def run(mails: int, mailboxes: int, idle_s: float) -> Report:
    """Measure both processes, one after the other."""
    chosen = corpus.mails(mails)
    values = _worker(chosen, idle_s) | _ingest(chosen, mailboxes, idle_s)
    ratios = {
        "worker_to_bound": values["worker_peak_mb"] / WORKER_BOUND_MB,
        "ingest_plain_to_bound": values["ingest_plain_idle_mb"] / INGEST_BOUND_MB,
        "ingest_tls_to_bound": values["ingest_tls_idle_mb"] / INGEST_BOUND_MB,
    }
    for name, value in values.items():
        say(f"{name:>32}: {value:.1f}")
    return Report(name=NAME, ratios=ratios, values=values)


class Watched:
    """Samples a process for the length of a block."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.peak_mb = self.last_mb = self.cpu_percent = 0.0

    def __enter__(self) -> Self:
        self._started, self._busy = time.monotonic(), self._cpu()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self.cpu_percent = 100 * (self._cpu() - self._busy) / (time.monotonic() - self._started)

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _sample(self) -> None:
        while True:
            self.last_mb = self._process.memory_info().rss / 1e6
            self.peak_mb = max(self.peak_mb, self.last_mb)
            if self._ending.wait(0.1):
                return


def _worker(mails: Sequence[bytes], idle_s: float) -> dict[str, float]:
    with site() as at:
        say("worker: idle, then with a backlog, then idle again")
        process = at.start("worker-0")
        with Watched(process) as fresh:
            time.sleep(1)
        with Follower(at.bootstrap) as follower, Watched(process) as loaded:
            prefill.write(at.settings, RECEIVED.name, mails, "load")()
            follower.until(len(mails), LANDED_S)
        idle = _idle(process, idle_s)
    return {
        "worker_fresh_mb": fresh.last_mb,
        "worker_peak_mb": loaded.peak_mb,
        **{f"worker_{figure}": value for figure, value in idle.items()},
    }


def _ingest(mails: Sequence[bytes], mailboxes: int, idle_s: float) -> dict[str, float]:
    values: dict[str, float] = {}
    with site() as at:
        server = at.dovecot(connections=mailboxes + 50)
        names = [f"user{number:03}" for number in range(mailboxes)]
        say(f"Dovecot: {mailboxes} mailboxes with {MAILS_EACH} mails each")
        for number, name in enumerate(names):
            server.add_user(name, PASSWORD)
            for mail in range(MAILS_EACH):
                server.deliver(name, mails[(number * MAILS_EACH + mail) % len(mails)])
        for kind, tls in (("plain", False), ("tls", True)):
            say(f"ingest, {kind}")
            with _following(at, server, names, tls=tls) as process:
                values |= {f"ingest_{kind}_{figure}": value for figure, value in _idle(process, idle_s).items()}
    return values


@contextmanager
def _following(at: Site, server: Dovecot, names: Sequence[str], *, tls: bool) -> Iterator[psutil.Process]:
    """A fresh ingest process with every mailbox read and idle. An id of its own: every mailbox is a new one to it."""
    kind = "tls" if tls else "plain"
    accounts = [replace(account(server, name, tls=tls), id=f"{name}-{kind}") for name in names]
    at.save(accounts)
    process = at.start("ingest-0")
    expected = len(names) * MAILS_EACH

    def in_step(status: Status) -> bool:
        counts = status.counts or {}
        return counts.get("in_step") == len(names) == counts.get("folders") and counts.get("announced") == expected

    at.until("ingest-0", in_step, IN_STEP_S)
    yield process
    at.flow.terminate("ingest-0")
    at.remove(accounts)


def _idle(process: psutil.Process, seconds: float) -> dict[str, float]:
    time.sleep(SETTLE_S)
    with Watched(process) as idle:
        time.sleep(seconds)
    return {"idle_mb": idle.peak_mb, "idle_cpu_percent": idle.cpu_percent}


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog=f"make bench NAME={NAME}", description=__doc__)
    parser.add_argument("--mails", type=int, default=15000, help="the worker's backlog; its memory still grows at 5000")
    parser.add_argument("--mailboxes", type=int, default=200)
    parser.add_argument("--idle-s", type=float, default=10.0)
    chosen = parser.parse_args(arguments)
    run(chosen.mails, chosen.mailboxes, chosen.idle_s).publish()


if __name__ == "__main__":
    main()
