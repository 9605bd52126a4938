"""The game days, as a table: a fault in the real system, what must be noticed, and what may be told along with it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.stack.postgres import binaries
from tests.integration.gameday.system import System

LATE = frozenset({"UrgentMailLateFastBurn", "SlowEmailProcessing"})
"""Mails that waited during an outage are late afterwards; that is no false alarm."""
QUEUES = frozenset({"EmailQueueBacklog", "LaneDelayed", "LaneNotDraining"})


@dataclass(frozen=True, kw_only=True)
class Day:
    """One."""

    name: str
    fault: Callable[[System], Callable[[], None]]
    """Makes it; what it returns removes it."""
    fires: frozenset[str]
    """All of these fire."""
    pages: frozenset[str]
    """All of these reach the primary on-call."""
    along: frozenset[str] = frozenset()
    """These may reach him too: they are true, and nothing explains them away in time."""
    in_ci: bool = False
    patience_s: float = 90.0


def killed(name: str) -> Callable[[System], Callable[[], None]]:
    """SIGKILL, and nobody starts it again until the end."""

    def make(at: System) -> Callable[[], None]:
        at.flow.kill(name)
        return lambda: at.start(name)

    return make


def classifier(what: str) -> Callable[[System], Callable[[], None]]:
    """The worker's classifier fails, is slow, or holds memory."""

    def make(at: System) -> Callable[[], None]:
        at.fault.write_text(what)
        return at.fault.unlink

    return make


def restarted_again_and_again(at: System) -> Callable[[], None]:
    """The archive ends soon after each start."""
    for _ in range(3):
        at.flow.kill("archive-0")
        at.start("archive-0")
        time.sleep(5)  # long enough to be scraped
    return lambda: None


def imap_stopped(at: System) -> Callable[[], None]:
    """The IMAP server is shut down."""
    at.dovecot.stop()
    return at.dovecot.start


def kafka_killed(at: System) -> Callable[[], None]:
    """The broker is killed."""
    at.kafka.kill()
    return at.kafka.start


def postgres_killed(at: System) -> Callable[[], None]:
    """The database server is killed."""
    at.postgres.kill()
    return at.postgres.start


def table_locked(at: System) -> Callable[[], None]:
    """Somebody holds a lock on the archive's table: the database answers, and no row can be written."""
    lock = "BEGIN; LOCK TABLE verdicts IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600);"
    session = subprocess.Popen(
        [binaries() / "psql", "-Xq", "-c", lock, at.postgres.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def release() -> None:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'"
        subprocess.run(
            [binaries() / "psql", "-Xq", "-c", ended, at.postgres.url], check=True, stdout=subprocess.DEVNULL
        )
        session.wait(60)

    return release


BACK = frozenset({"ConsumerGroupStalled"})
"""A member that has just come back has not moved yet: the minute that it is given lasts two seconds here."""

DAYS = (
    Day(name="workers killed under load", fault=killed("worker-0"), in_ci=True,
        fires=frozenset({"ComponentDown", "EmailQueueBacklog"}), pages=frozenset({"ComponentDown"}), along=LATE | QUEUES | BACK),
    Day(name="IMAP server stopped", fault=imap_stopped, in_ci=True,
        fires=frozenset({"EmailProviderDown"}), pages=frozenset({"EmailProviderDown"})),
    Day(name="classifier fails", fault=classifier("fail"),
        fires=frozenset({"HighEmailProcessingErrorRate", "DeadLetters"}), pages=frozenset({"DeadLetters"})),
    Day(name="memory grown", fault=classifier("memory"),
        fires=frozenset({"HighMemoryUsage"}), pages=frozenset()),
    Day(name="slow classifier", fault=classifier("slow"),
        fires=frozenset({"SlowEmailProcessing", "EmailQueueBacklog", "LaneDelayed", "LaneNotDraining"}), pages=frozenset({"LaneDelayed"}), along=LATE | QUEUES),
    Day(name="table locked: a slow database", fault=table_locked,
        fires=frozenset({"ConsumerGroupStalled"}), pages=frozenset({"ConsumerGroupStalled"}), along=QUEUES),
    Day(name="database killed", fault=postgres_killed,
        fires=frozenset({"DatabaseDown"}), pages=frozenset({"DatabaseDown"}), along=QUEUES),
    Day(name="archive killed", fault=killed("archive-0"),
        fires=frozenset({"ComponentDown"}), pages=frozenset({"ComponentDown"}), along=QUEUES | BACK),
    Day(name="ingest killed", fault=killed("ingest-0"),
        fires=frozenset({"ComponentDown"}), pages=frozenset({"ComponentDown"}), along=LATE),
    Day(name="Kafka killed", fault=kafka_killed,
        fires=frozenset({"KafkaDown"}), pages=frozenset({"KafkaDown"}), along=LATE | QUEUES | BACK),
    Day(name="control killed", fault=killed("control-0"),
        fires=frozenset({"LagExporterAbsent"}), pages=frozenset({"LagExporterAbsent"})),
    Day(name="workers away for long", fault=killed("worker-0"),
        fires=frozenset({"ComponentDown", "ConsumerGroupStopped", "LaneDelayed"}), pages=frozenset({"ComponentDown"}), along=LATE | QUEUES | BACK),
    Day(name="a process that ends soon after each start", fault=restarted_again_and_again,
        fires=frozenset({"ProcessRestarting"}), pages=frozenset({"ProcessRestarting"})),
    Day(name="all processes are well and no mail gets through", fault=classifier("fail"), patience_s=230,
        fires=frozenset({"CanaryMissing", "DeadLetters", "HighEmailProcessingErrorRate"}), pages=frozenset({"CanaryMissing", "DeadLetters"})),
)  # fmt: skip
