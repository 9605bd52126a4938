"""What goes wrong on purpose: rules that say which requests fail, how, how often."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from agents.fakes.google.errors import ERROR_NAMES

Effect = Literal["error", "slow", "hang", "truncate", "drop", "junk"]
"""error: the named answer. slow: the right answer after delay_s. hang: none, the connection stays open.
truncate: the right answer's first half, then the connection ends. drop: done, but the connection ends without one.
junk: 200 with HTML instead of JSON (a proxy's page)."""


@dataclass
class Fault:
    """One rule."""

    method: str = "*"
    """`users.history.list`, `users.messages.get`, ..., `batch`, `oauth.token`, or `*` for all of Gmail's."""
    user: str | None = None
    effect: Effect = "error"
    error: str = "503"
    """For effect error: a name in errors.py (429, 429-until, 403-user, 403-project, 401, 403-scope, 404, 500-504)."""
    probability: float = 1.0
    times: int | None = None
    """How often at most; None: until it is removed."""
    delay_s: float = 0.0
    retry_after_s: float | None = None

    def __post_init__(self) -> None:
        if self.effect not in get_args(Effect):
            raise ValueError(f"effect {self.effect!r} is none of {', '.join(get_args(Effect))}")
        if self.effect == "error" and self.error not in ERROR_NAMES:
            raise ValueError(f"error {self.error!r} is none of {', '.join(sorted(ERROR_NAMES))}")

    def matches(self, method: str, user: str) -> bool:
        """Whether it is about this request."""
        named = self.method == method or (self.method == "*" and not method.startswith("oauth."))
        return named and self.user in {None, user} and self.times != 0


class Faults:
    """The rules in force; the first that matches and whose die falls decides."""

    def __init__(self, seed: int = 0) -> None:
        self.rules: list[Fault] = []
        self.dice = random.Random(seed)

    def set(self, rules: Iterable[dict[str, Any]]) -> None:
        """Replace all rules. TypeError or ValueError for a rule that can't be."""
        self.rules = [Fault(**rule) for rule in rules]

    def draw(self, method: str, user: str, effects: Iterable[Effect] = get_args(Effect)) -> Fault | None:
        """The fault that befalls this request, if any, counted down."""
        for rule in self.rules:
            if rule.effect in effects and rule.matches(method, user) and self.dice.random() < rule.probability:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None
