"""A whole replay as commands call it: plan, decide again, and, when told, publish."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.settings import Settings
from streams.replay import pool, spool
from streams.replay.again import FactsFrom, Found
from streams.replay.apply import Publisher
from streams.replay.difference import Change, Sums
from streams.replay.plan import Range, Span, spans
from streams.replay.pool import Order
from streams.versions.document import digest
from streams.versions.judge import Judge

Told = Callable[[int, int], None]
"""Told how many mails are read, and of about how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done."""

    settings: Settings
    judge: Judge
    wanted: Range
    facts: FactsFrom = "recorded"
    processes: int = 0
    """0: as many as there are cores."""

    @property
    def name(self) -> str:
        """Of the group and transactional id of an `--apply`: the same for the same work."""
        said = (self.judge.name, self.facts, *map(str, _said(self.wanted)))
        return f"triage-replay-{digest(repr(said).encode())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. The changes are on disk, until the block ends."""

    sums: Sums
    folder: Path
    resumed: bool = False

    def found(self) -> Iterator[Found]:
        """Every change, with the revision that would make it so."""
        return spool.read(self.folder)

    def changes(self) -> Iterator[Change]:
        """Every change."""
        return (found.change for found in self.found())


@contextmanager
def compared(task: Task, told: Told, publisher: Publisher | None = None) -> Iterator[Outcome]:
    """Decide again; with a publisher only what it has not published yet.

    Raises:
        KafkaUnavailable, ConfigError, UnusableVersion
    """
    chosen: list[Span] = spans(task.settings, task.wanted)
    left = publisher.left(chosen) if publisher else chosen
    total = sum(span.end - span.first for span in left)
    with tempfile.TemporaryDirectory(prefix="triage-replay-") as folder:
        order = Order.of(task.settings, task.judge, task.wanted, task.facts, Path(folder))
        sums = pool.run(order, left, task.processes, lambda read: told(read, total)) if left else Sums()
        yield Outcome(sums=sums, folder=Path(folder), resumed=left != chosen)


def _said(wanted: Range) -> Iterator[object]:
    yield from (wanted.since, wanted.until, wanted.offsets)
    yield from (sorted(each) for each in (wanted.accounts, wanted.lanes, wanted.rules))
