"""What operators turn on a running deliver process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents import controls
from streams.control import Follower, Values
from streams.control.lanes import held_lanes
from streams.topics import LANES

if TYPE_CHECKING:
    from agents.deliver.process import Line


def follow(control: Follower, lines: Sequence[Line]) -> None:
    """Have the process do what the control topic says. Couriers look at it with their next dispatch."""

    def hold_lanes(values: Values) -> None:
        held = frozenset(LANES[lane].name for lane in held_lanes(values))
        for line in lines:
            line.courier.held = held

    def employ(values: Values) -> None:
        most = int(values["MAX_WORKERS"]) if values["PARALLEL_PROCESSING"] else 1
        for line in lines:
            line.courier.at_once = min(most, line.courier.endpoint.max_in_flight)

    def resize(values: Values) -> None:
        for line in lines:
            line.reading.batch_size = int(values["BATCH_SIZE"])

    controls.follow(control)
    control.on("LANE", "MIN_PRIORITY", apply=hold_lanes)
    control.on("MAX_WORKERS", "PARALLEL_PROCESSING", apply=employ)
    control.on("BATCH_SIZE", apply=resize)
