"""Pure: which lanes their consumers leave alone.

Whole lanes wait, or none of it: a lane's order is what its consumers rely on, and what waits is what Kafka counts as
lag. So a lane that has priorities on both sides of a bound goes on as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.control.view import Values
from streams.topics import LANES
from streams.triage.policy import LaneBounds
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Lane

RANKS: Mapping[str, int] = {LANES[lane].name: rank for rank, lane in enumerate(Lane)}
"""Topics of lanes, the most pressing first."""


def held_lanes(values: Values, lanes: Sequence[LaneBounds] = DEFAULT.lanes) -> frozenset[Lane]:
    """Lanes that are paused, or whose mails are all below the least priority that is wanted."""
    least = int(values["MIN_PRIORITY"])
    paused = {Lane(name) for name, state in values.of("LANE").items() if state == "paused"}
    return frozenset(paused | {bounds.lane for bounds in lanes if bounds.highest < least})
