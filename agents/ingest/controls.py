"""What operators turn on a running ingest process."""

from __future__ import annotations

from agents import controls
from agents.ingest.mailbox import Surroundings
from streams.control import Follower, Values


def follow(control: Follower, around: Surroundings) -> None:
    """Have the process do what the control topic says."""

    def fall_back(values: Values) -> None:
        around.gmail.fallback = values["FALLBACK_PROVIDER"] == "imap"
        around.soon.now()

    controls.follow(control, then=around.soon.now)
    control.on("FALLBACK_PROVIDER", apply=fall_back)
