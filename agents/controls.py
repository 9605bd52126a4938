"""What operators turn on every process of agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from agents.breakers import BREAKERS, Hold
from infra import logging as log_lines
from streams.control import Follower, Values


def follow(control: Follower, *, then: Callable[[], None] = lambda: None) -> None:
    """Have log and breakers do what the control topic says; `then` is called after each change of the breakers."""

    def hold_breakers(values: Values) -> None:
        BREAKERS.hold({name: cast("Hold", state) for name, state in values.of("BREAKER").items()})
        then()

    control.on("LOG_LEVEL", apply=lambda values: log_lines.set_level(str(values["LOG_LEVEL"])))
    control.on("BREAKER", apply=hold_breakers)
