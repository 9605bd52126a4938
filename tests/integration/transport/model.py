"""What must come out of the counting agent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Model:
    """What the committed input holds."""

    events: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """Good event ids per key, in the order of the input."""
    poison: list[bytes] = field(default_factory=list)

    @property
    def outputs(self) -> dict[bytes, list[bytes]]:
        """Values per key, in order, that the agent must have written, each once."""
        return {
            key: [b"%s %d" % (event, count) for count, event in enumerate(events, 1)]
            for key, events in self.events.items()
        }

    @property
    def counts(self) -> dict[bytes, int]:
        """Rows of the table."""
        return {key: len(events) for key, events in self.events.items()}
