"""A replay over all its parts, in as many processes as there are cores and partitions."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from infra.errors import Fatal
from infra.settings import Settings
from streams.replay import spool
from streams.replay.again import FactsFrom, Replay
from streams.replay.difference import Sums
from streams.replay.plan import Range, Span
from streams.versions.judge import Judge, judge

LOOK_S = 0.5
POLICY, MODEL = "policy", "model"
"""Files of the order's folder, for the processes: what is written to one that never reads must fit into a pipe."""
Progress = Callable[[int], None]
"""Told how many mails were read so far."""


class ProcessLost(Fatal):
    """A process of the replay could not start, or was ended before its work was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be decided again, and by what."""

    settings: Settings
    document: bytes
    weights: bytes
    wanted: Range
    facts: FactsFrom
    folder: Path
    """Where the changes go."""

    @classmethod
    def of(cls, settings: Settings, by: Judge, wanted: Range, facts: FactsFrom, folder: Path) -> Order:
        """The order to have `by` decide."""
        return cls(
            settings=settings, document=by.document, weights=by.weights, wanted=wanted, facts=facts, folder=folder
        )


def run(order: Order, spans: Sequence[Span], processes: int, progress: Progress) -> Sums:
    """Decide all spans again; the changes are in the order's folder, their sums are returned.

    Raises:
        KafkaUnavailable
        UnusableVersion: the policy or the model does not fit this program.
        ProcessLost
    """
    parts = [list(part) for _, part in groupby(sorted(spans, key=_place), key=lambda span: span.partition)]
    count = min(processes or available(), len(parts))
    if count <= 1:
        with _few_collections():
            return _here(order, parts, progress)
    return _in_processes(order, parts, count, progress)


def _here(order: Order, parts: Sequence[Sequence[Span]], progress: Progress) -> Sums:
    by = judge(order.document, order.weights)
    total, done = Sums(), 0
    for part in parts:
        sums, read = _part(order, by, part, partial(_ahead, progress, done))
        done += read
        _add(total, sums, total.seconds + sums.seconds)
    return total


@contextmanager
def _few_collections() -> Iterator[None]:
    """A mail makes thousands of small objects and no cycles: looking for them at the usual pace costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def available() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_processes(order: Order, parts: Sequence[Sequence[Span]], count: int, progress: Progress) -> Sums:
    context = multiprocessing.get_context("spawn")  # librdkafka's threads do not survive a fork
    read = context.RawArray("q", len(parts))  # without a lock: a process that is killed could not give it back
    (order.folder / POLICY).write_bytes(order.document)
    (order.folder / MODEL).write_bytes(order.weights)
    told = replace(order, document=b"", weights=b"")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(count, context, _begin, (told, read)) as executor:
        try:
            waiting = [executor.submit(_work, number, part) for number, part in enumerate(parts)]
            return _together(waiting, lambda: progress(sum(read)))
        except BrokenProcessPool:
            raise ProcessLost(
                "a process of the replay ended before its work was done: it could not start (it says why above), "
                "or was killed, as for want of memory; nothing was published. --processes 1 starts no other process"
            ) from None
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _together(waiting: Sequence[Future[tuple[int, Sums]]], look: Callable[[], None]) -> Sums:
    """The sums of all, in the time of the process that took longest."""
    per_process: dict[int, float] = {}
    total = Sums()
    for one in waiting:
        while wait([one], LOOK_S).not_done:
            look()
        pid, sums = one.result()
        per_process[pid] = per_process.get(pid, 0.0) + sums.seconds
        _add(total, sums, max(per_process.values()))
    return total


_state: dict[str, Any] = {}
"""A process's own."""


def _begin(order: Order, read: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its processes
    _state.update(order=order, read=read)
    gc.set_threshold(50_000, 20, 100)


def _work(number: int, part: Sequence[Span]) -> tuple[int, Sums]:
    order, read = _state["order"], _state["read"]
    if "judge" not in _state:
        _state["judge"] = judge((order.folder / POLICY).read_bytes(), (order.folder / MODEL).read_bytes())
        gc.freeze()
    sums, _ = _part(order, _state["judge"], part, partial(read.__setitem__, number))
    return os.getpid(), sums


def _part(order: Order, by: Judge, part: Sequence[Span], progress: Progress) -> tuple[Sums, int]:
    total, done = Sums(), 0
    for span in part:
        replay = Replay(
            settings=order.settings, span=span, judge=by, wanted=order.wanted, facts=order.facts, sums=Sums(),
            progress=partial(_ahead, progress, done),
        )  # fmt: skip
        spool.write(spool.place(order.folder, span), replay.found())
        done += replay.read
        _add(total, replay.sums, total.seconds + replay.sums.seconds)
    return total, done


def _ahead(progress: Progress, before: int, read: int) -> None:
    progress(before + read)


def _add(total: Sums, sums: Sums, seconds: float) -> None:
    total.add(sums)
    total.seconds = seconds


def _place(span: Span) -> tuple[int, int]:
    return span.partition, span.first
