"""Burrow's states of a group on a partition, from a window of measurements. Pure: the caller brings the clock.

Burrow (github.com/linkedin/Burrow, wiki "Consumer Lag Evaluation Rules") judges by what is between two commits, without
thresholds on lag. Its known false alarms are not ours: a record that arrives on a topic long quiet finds measurements
without lag in the window (Burrow's pull request 338); markers of transactions are no lag; a short lag that keeps its
length while the group moves on is no WARN (issue 223), since the oldest record does not age."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

WINDOW_S = 60.0
MEASUREMENTS = 6
"""A window has at least so many, however seldom one is made."""
GAP = 3
"""Longer without a measurement than so many intervals, and nothing is known of the time between."""


class Status(StrEnum):
    """From best to worst. Burrow's words, but STOP is known from the group's members and not guessed."""

    OK = "ok"
    WARN = "warn"
    """Falls behind: commits move on, but lag and age only grow."""
    REWIND = "rewind"
    """A committed offset went back and has not returned to where it was."""
    STALL = "stall"
    """Live members, and nothing moved although something waited all the time."""
    STOP = "stop"
    """The same without a live member."""


_SEVERITY = {status: number for number, status in enumerate(Status)}


class Sample(NamedTuple):
    """One measurement of a partition."""

    at_s: float
    committed: int | None
    end: int
    lag: int
    age_s: float | None
    """Of the oldest record that waits; None: not known."""


class History:
    """The measurements of one group on one partition over a sliding window."""

    def __init__(self, *, interval_s: float) -> None:
        self._window_s = max(WINDOW_S, MEASUREMENTS * interval_s)
        self._gap_s = max(self._window_s / 2, GAP * interval_s)
        self._samples: deque[Sample] = deque()

    def observe(self, sample: Sample, *, members: int) -> Status | None:
        """Add a measurement and judge; None: it is too early to say."""
        last = self._samples[-1] if self._samples else None
        # After a gap nobody knows what happened; a log that has become shorter is a topic made anew.
        if last and (sample.at_s - last.at_s > self._gap_s or sample.end < last.end):
            self._samples.clear()
        self._samples.append(sample)
        while len(self._samples) > 1 and self._samples[1].at_s <= sample.at_s - self._window_s:
            self._samples.popleft()
        covered = sample.at_s - self._samples[0].at_s >= self._window_s
        return judge(self._samples, members=members, covered=covered)


def judge(samples: Sequence[Sample], *, members: int, covered: bool) -> Status | None:
    """The status that follows from the measurements, oldest first.

    Args:
        samples: at least one.
        members: live members of the group now.
        covered: whether they span the whole window; without that only what needs no patience is said.
    """
    now = samples[-1]
    if now.lag == 0:
        return Status.OK
    if _place(now) < max(map(_place, samples)):  # also when nothing waited before (pull request 716)
        return Status.REWIND
    if any(sample.lag == 0 for sample in samples):
        return Status.OK
    if not covered:
        return None
    if all(sample.committed == now.committed for sample in samples):
        return Status.STALL if members else Status.STOP
    return Status.WARN if _only_grows(samples) else Status.OK


def worst(statuses: Iterable[Status | None]) -> Status | None:
    """The worst; None when nothing bad is known and one is not known."""
    found = tuple(statuses)
    known = max((status for status in found if status is not None), key=_SEVERITY.__getitem__, default=Status.OK)
    return None if known is Status.OK and None in found else known


def _place(sample: Sample) -> int:
    """A group whose offset was deleted begins at the log's start: that is back from anywhere."""
    return -1 if sample.committed is None else sample.committed


def _only_grows(samples: Sequence[Sample]) -> bool:
    first, last = samples[0], samples[-1]
    if last.lag <= first.lag or any(later.lag < earlier.lag for earlier, later in pairwise(samples)):
        return False
    return first.age_s is None or last.age_s is None or last.age_s > first.age_s
