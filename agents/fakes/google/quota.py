"""Quota units per minute, by user and by project (Gmail API, "Usage limits"). Counted also when nothing is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from agents.fakes.google.errors import ApiError, rate_limited

MINUTE_S = 60.0


@dataclass(frozen=True)
class Plan:
    """What a project may use, in units."""

    user_per_minute: int
    project_per_minute: int
    get: int
    """Units of messages.get. A thread costs twice as many; the other methods cost the same in every plan."""

    def cost(self, method: str) -> int:
        """Units of a call."""
        by_size = {"users.messages.get": self.get, "users.threads.get": 2 * self.get}
        return by_size.get(method) or UNITS[method]


PLANS = {
    "2026-05": Plan(user_per_minute=6_000, project_per_minute=1_200_000, get=20),  # projects made since May 2026
    "older": Plan(user_per_minute=15_000, project_per_minute=1_200_000, get=5),
}
UNITS = {
    "users.getProfile": 1,
    "users.watch": 100,
    "users.stop": 50,
    "users.history.list": 2,
    "users.messages.list": 5,
    "users.labels.list": 1,
}


@dataclass
class Window:
    """Units used in a minute that began with its first request."""

    began_s: float = 0.0
    used: int = 0

    def left_s(self, now_s: float) -> float:
        """Seconds until it ends; renews itself when that is past or when the clock was set back."""
        if not 0 <= now_s - self.began_s < MINUTE_S:
            self.began_s, self.used = now_s, 0
        return self.began_s + MINUTE_S - now_s


@dataclass
class Quota:
    """The meter. `plan` may be replaced at any time; None never refuses."""

    plan: Plan | None = field(default_factory=lambda: PLANS["2026-05"])
    code: str = "429"
    """How a refusal is written: 429 or 403. Google does both."""
    retry_after: bool = True
    units: Counter[str] = field(default_factory=Counter)
    """Units used per method since the last reset."""
    refused: Counter[str] = field(default_factory=Counter)
    """Requests refused per method."""
    seconds: Counter[int] = field(default_factory=Counter)
    """Units that the project used in each second since the epoch."""
    peak: dict[str, int] = field(default_factory=dict)
    """Most units that a user used in one minute."""

    def __post_init__(self) -> None:
        self._project = Window()
        self._users: dict[str, Window] = {}

    def take(self, method: str, user: str, now_s: float) -> ApiError | None:
        """Charge a request, or say how it is refused."""
        plan = self.plan or PLANS["2026-05"]
        cost = plan.cost(method)
        mine = self._users.setdefault(user, Window())
        limits = ((mine, plan.user_per_minute, "user"), (self._project, plan.project_per_minute, "project"))
        for window, limit, name in limits:
            left = window.left_s(now_s)
            if self.plan is not None and window.used + cost > limit:
                self.refused[method] += 1
                return rate_limited(f"{self.code}-{name}", left if self.retry_after else None)
        for window, _, _ in limits:
            window.used += cost
        self.units[method] += cost
        self.seconds[int(now_s)] += cost
        self.peak[user] = max(self.peak.get(user, 0), mine.used)
        return None
