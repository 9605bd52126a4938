"""The exactly-once soak: a fleet under load while workers and brokers are killed, frozen and replaced at random."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack import KafkaBroker
from tests.integration.transport.fleet import Fleet, fleet, until
from tests.integration.transport.load import Load
from tests.integration.transport.reading import create_topics, verdict, wait_for_records

SESSION_S = 6
"""The least that the settings and the broker allow."""
FROZEN_S = SESSION_S + 3


@dataclass(kw_only=True)
class Plan:
    """How long and how rough."""

    events: int
    seconds: float
    workers: int = 3
    pause: tuple[float, float] = (2.0, 4.0)
    """Seconds between mishaps."""
    kills: int = 8
    """It goes on until there were so many."""
    freezes: int = 1
    terms: int = 1
    broker_kills: int = 1
    static: bool = False
    replacements: int = 0
    """A second process under the id of a live one (static membership: the group fences the first)."""
    drain_s: float = 90.0


@dataclass
class Tally:
    """What was done to the fleet."""

    kills: int = 0
    freezes: int = 0
    terms: int = 0
    broker_kills: int = 0
    replacements: int = 0
    hung: list[str] = field(default_factory=list)
    died: list[str] = field(default_factory=list)


class Soak:
    """One run. `run` returns when all is drained and compared."""

    def __init__(self, brokers: Sequence[KafkaBroker], prefix: str, folder: Path, plan: Plan) -> None:
        self.seed = int(os.environ.get("SEED", random.randrange(10**6)))
        print(f"seed {self.seed}")
        self._rnd = random.Random(self.seed)
        self._brokers, self._prefix, self._folder, self._plan = brokers, prefix, folder, plan
        self._bootstrap = ",".join(broker.bootstrap for broker in brokers)
        self._failure: Exception | None = None
        self.tally = Tally()

    def run(self) -> None:
        """Load and mishaps, drain, compare, stop."""
        create_topics(self._bootstrap, self._prefix, replicas=len(self._brokers))
        load = Load(self._bootstrap, self._prefix, random.Random(self.seed))
        with self._fleet() as workers:
            for number in range(self._plan.workers):
                workers.start(number)
            writer = threading.Thread(target=self._write, args=(load,))
            writer.start()
            self._mishaps(workers)
            writer.join()
            assert self._failure is None, f"the load's producer failed: {self._failure!r}"
            self._judge(load, workers)

    def _fleet(self) -> AbstractContextManager[Fleet]:
        return fleet(
            self._prefix,
            self._folder,
            KAFKA_BOOTSTRAP_SERVERS=self._bootstrap,
            KAFKA_SESSION_TIMEOUT_S=str(SESSION_S),
            STATIC_MEMBERSHIP=str(self._plan.static),
            BATCH_SIZE="200",
        )

    def _write(self, load: Load) -> None:
        started, size = time.monotonic(), 50
        try:
            while load.written < self._plan.events:
                load.write(min(size, self._plan.events - load.written))
                due = started + self._plan.seconds * load.written / self._plan.events
                time.sleep(max(0.0, due - time.monotonic()))
        except Exception as error:
            self._failure = error

    def _mishaps(self, workers: Fleet) -> None:
        plan, started = self._plan, time.monotonic()
        special = [*["freeze"] * plan.freezes, *["term"] * plan.terms]
        special += [*["broker"] * plan.broker_kills, *["replace"] * plan.replacements]
        self._rnd.shuffle(special)
        due = {plan.seconds * (turn + 1) / (len(special) + 1): what for turn, what in enumerate(special)}
        while (now := time.monotonic() - started) < plan.seconds or self.tally.kills < plan.kills:
            self._note_deaths(workers)
            what = due.pop(min(due)) if due and min(due) < now else "kill"
            getattr(self, f"_{what}")(workers, self._rnd.choice(sorted(workers.running)))
            time.sleep(self._rnd.uniform(*plan.pause))

    def _note_deaths(self, workers: Fleet) -> None:
        for number, code in workers.died().items():
            self.tally.died.append(f"worker {number}, exit code {code}")
            workers.start(number)

    def _kill(self, workers: Fleet, number: int) -> None:
        workers.kill(number)
        workers.start(number)
        self.tally.kills += 1

    def _freeze(self, workers: Fleet, number: int) -> None:
        workers.freeze(number)
        time.sleep(FROZEN_S)
        workers.wake(number)
        self.tally.freezes += 1

    def _term(self, workers: Fleet, number: int) -> None:
        up = workers.is_up(number)  # or the signal may meet an interpreter that is still importing, and just end it
        (code,) = workers.terminate(number)
        if code != 0 and (up or code != -signal.SIGTERM):
            self.tally.hung.append(f"worker {number}, exit code {code}")
        workers.start(number)
        self.tally.terms += 1

    def _broker(self, workers: Fleet, number: int) -> None:
        broker = self._rnd.choice(self._brokers)
        broker.kill()
        time.sleep(self._rnd.uniform(0, 3))
        broker.start()
        self.tally.broker_kills += 1

    def _replace(self, workers: Fleet, number: int) -> None:
        """Start a second process under a live one's id, then end the first."""
        newcomer = max(workers.running) + 1
        workers.start(newcomer, instance=number)
        time.sleep(self._rnd.uniform(2, 5))
        old = workers.running.pop(number)
        old.kill()
        old.wait(10)
        workers.running[number] = workers.running.pop(newcomer)
        self.tally.replacements += 1

    def _judge(self, load: Load, workers: Fleet) -> None:
        self._note_deaths(workers)
        wanted, started = sum(load.model.counts.values()), time.monotonic()
        wait_for_records(self._bootstrap, f"{self._prefix}out", wanted, self._plan.drain_s)
        drained = time.monotonic() - started
        time.sleep(2)  # whatever would come twice is on its way now
        found = verdict(self._bootstrap, self._prefix, load.model)
        print(
            f"seed {self.seed}: {wanted} events, {load.aborted} aborted transactions, {self.tally}, {drained:.1f} s to drain"
        )
        assert not found, f"seed {self.seed}: {found}\n{workers.logs()}"
        assert not self.tally.died, f"seed {self.seed}: died by themselves: {self.tally.died}\n{workers.logs()}"
        until(lambda: all(workers.is_up(number) for number in workers.running), workers, 90)
        codes = workers.terminate(*sorted(workers.running))
        assert codes == [0] * self._plan.workers, (
            f"SIGTERM did not end all within a minute: {codes}\n{workers.logs(60)}"
        )
        assert not self.tally.hung, f"hung on SIGTERM: {self.tally.hung}\n{workers.logs(60)}"
