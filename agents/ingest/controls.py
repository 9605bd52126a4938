"""What operators turn on a running ingest process."""

from __future__ import annotations

from typing import cast

from agents.breakers import BREAKERS, Hold
from agents.ingest.mailbox import Surroundings
from infra import logging as log_lines
from streams.control import Follower, Values


def follow(control: Follower, around: Surroundings) -> None:
    """Have the process do what the control topic says."""

    def fall_back(values: Values) -> None:
        around.gmail.fallback = values["FALLBACK_PROVIDER"] == "imap"
        around.soon.now()

    def hold_breakers(values: Values) -> None:
        BREAKERS.hold({name: cast("Hold", state) for name, state in values.of("BREAKER").items()})
        around.soon.now()

    control.on("LOG_LEVEL", apply=lambda values: log_lines.set_level(str(values["LOG_LEVEL"])))
    control.on("FALLBACK_PROVIDER", apply=fall_back)
    control.on("BREAKER", apply=hold_breakers)
