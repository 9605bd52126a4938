"""Staying within Google's quota: token buckets in its units, one per mailbox and one for this process's part of the
project's. The figures are those of projects made since May 2026; older ones have larger budgets and cheaper gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitoring import metrics

PROVIDER = "gmail"
COST: Mapping[str, int] = {
    "users.getProfile": 1,
    "users.history.list": 2,
    "users.labels.list": 1,
    "users.messages.list": 5,
    "users.messages.get": 20,
    "users.threads.get": 40,
    "users.watch": 100,
    "users.stop": 50,
}
"""Units per call (Gmail API, "Usage limits")."""
BURST = 1 / 6
"""Part of a minute's units that may go at once; the rest flows evenly, so that no minute ever sees more than all."""
LEAST_SHARE = 1 / 64
"""A process without partitions yet still tests accounts."""

Clock = Callable[[], float]


class Bucket:
    """`per_minute` units in any 60 seconds, first come first served. `share` scales it, asked at every use."""

    def __init__(
        self, per_minute: float, *, share: Callable[[], float] = lambda: 1.0, clock: Clock = time.monotonic
    ) -> None:
        self._per_minute, self._share, self._clock = per_minute, share, clock
        self._level = per_minute * BURST  # cut to this process's share at the first use
        self._filled_at = clock()
        self._held_until = 0.0

    @property
    def capacity(self) -> float:
        """Units that may go at once."""
        return self._per_minute * BURST * self._share()

    @property
    def rate(self) -> float:
        """Units per second."""
        return self._per_minute * (1 - BURST) / 60 * self._share()

    @property
    def remaining(self) -> float:
        """Units that may be used right now; negative: so many are promised to calls that wait."""
        self._fill()
        return 0.0 if self._clock() < self._held_until else self._level

    def take(self, units: float) -> float:
        """Take units; returns the seconds to wait before using them. Never refuses: what is promised is owed."""
        self._fill()
        self._level -= units
        now = self._clock()
        return max(-self._level / self.rate, self._held_until - now, 0.0)

    def hold(self, seconds: float) -> None:
        """The provider says that this is too much: nothing for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def _fill(self) -> None:
        now = self._clock()
        self._level = min(self.capacity, self._level + (now - self._filled_at) * self.rate)
        self._filled_at = now


@dataclass(frozen=True, slots=True)
class Budget:
    """What one mailbox may use: its own bucket, and the project's that all mailboxes of this process share."""

    user: Bucket
    project: Bucket
    message_units: int = COST["users.messages.get"]

    async def spend(self, method: str) -> None:
        """Wait until the method may be called."""
        units = self.units(method)
        wait_s = max(self.user.take(units), self.project.take(units))
        metrics.QUOTA_UNITS.labels(provider=PROVIDER, method=method).inc(units)
        if wait_s > 0:
            metrics.QUOTA_WAIT_SECONDS.labels(provider=PROVIDER).inc(wait_s)
            await asyncio.sleep(wait_s)

    def units(self, method: str) -> int:
        """What a call costs. A thread costs two messages, in older projects, too."""
        by_size = {"users.messages.get": self.message_units, "users.threads.get": 2 * self.message_units}
        return by_size.get(method) or COST[method]

    def exceeded(self, scope: str, seconds: float) -> None:
        """The provider refused a call for its rate: "user" or "project" pauses."""
        metrics.RATE_LIMITED.labels(provider=PROVIDER, scope=scope).inc()
        (self.user if scope == "user" else self.project).hold(seconds)


class Quota:
    """All budgets of a process."""

    def __init__(
        self,
        *,
        user_per_minute: float,
        project_per_minute: float,
        message_units: int = COST["users.messages.get"],
        share: Callable[[], float] = lambda: 1.0,
        clock: Clock = time.monotonic,
    ) -> None:
        """Args are keyword-only.

        Args:
            user_per_minute: units that Google grants per mailbox.
            project_per_minute: units that Google grants to all processes together.
            message_units: of users.messages.get.
            share: this process's part of the project's, 0..1: the part of the mailboxes' partitions that it holds.
            clock: monotonic seconds.
        """
        self._user_per_minute, self._message_units, self._clock = user_per_minute, message_units, clock
        self.project = Bucket(project_per_minute, share=lambda: max(share(), LEAST_SHARE), clock=clock)
        self._users: dict[str, Bucket] = {}

    def of(self, email: str) -> Budget:
        """The budget of a mailbox: one per address, however many accounts and restarts it has."""
        user = self._users.get(email)
        if user is None:
            user = self._users[email] = Bucket(self._user_per_minute, clock=self._clock)
        return Budget(user, self.project, self._message_units)

    def measure(self) -> None:
        """Set the gauges; of the mailboxes' the lowest counts."""
        remaining = metrics.RATE_LIMIT_REMAINING
        remaining.labels(provider=PROVIDER, scope="project").set(self.project.remaining)
        lowest = min((one.remaining for one in self._users.values()), default=self._user_per_minute * BURST)
        remaining.labels(provider=PROVIDER, scope="user").set(lowest)
        limit = metrics.RATE_LIMIT
        limit.labels(provider=PROVIDER, scope="project").set(self.project.rate * 60 + self.project.capacity)
        limit.labels(provider=PROVIDER, scope="user").set(self._user_per_minute)
