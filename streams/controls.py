"""What operators turn on a running stream process."""

from __future__ import annotations

from collections.abc import Sequence

from infra import logging as log_lines
from infra.settings import Settings
from streams.control import Follower, Values
from streams.control.lanes import RANKS, held_lanes
from streams.runtime import Agent
from streams.runtime.dead import DeadLetterLimit
from streams.topics import LANES
from streams.transport.flow import Flow
from streams.triage.verdict import Lane


class Controls:
    """What the tasks of a process look at; `follow` has the control topic change it."""

    def __init__(self, settings: Settings, agents: Sequence[Agent]) -> None:
        self.flow = Flow.of(settings, RANKS)
        self.limit = DeadLetterLimit(settings.dead_letter_limit)
        self._reads = frozenset(topic for agent in agents for topic in agent.reads)

    def follow(self, control: Follower) -> None:
        """Do what the control topic says, now and later."""
        control.on("LOG_LEVEL", apply=lambda values: log_lines.set_level(str(values["LOG_LEVEL"])))
        control.on("BATCH_SIZE", "LANE_BATCH_SIZE", apply=self._resize)
        control.on("MAX_WORKERS", "PARALLEL_PROCESSING", "LANE_WORKERS", apply=self._employ)
        control.on("DEAD_LETTER_LIMIT", apply=self._limit)
        if self._reads & RANKS.keys():
            control.on("LANE", "MIN_PRIORITY", apply=self._hold)

    def _resize(self, values: Values) -> None:
        self.flow.batch_size, self.flow.batch_sizes = int(values["BATCH_SIZE"]), _by_topic(values, "LANE_BATCH_SIZE")

    def _employ(self, values: Values) -> None:
        workers = int(values["MAX_WORKERS"]) if values["PARALLEL_PROCESSING"] else 1
        self.flow.employ(workers, _by_topic(values, "LANE_WORKERS"))

    def _limit(self, values: Values) -> None:
        self.limit.limit = int(values["DEAD_LETTER_LIMIT"])

    def _hold(self, values: Values) -> None:
        self.flow.hold(LANES[lane].name for lane in held_lanes(values))


def _by_topic(values: Values, name: str) -> dict[str, int]:
    return {LANES[Lane(lane)].name: int(value) for lane, value in values.of(name).items()}
