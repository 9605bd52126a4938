"""Decide a batch: records in, everything to be committed out. Pure but for the clock; no Kafka, no Faust."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from infra.logging import where
from monitoring.metrics import DEAD_LETTERS, EMAILS_PROCESSED
from streams.runtime.agent import Agent, Event, Outcome, Output
from streams.runtime.dead import DeadLetterLimit, check_size, dead_letter
from streams.runtime.tables import Overlay, Rows
from streams.runtime.watch import Watch

log = logging.getLogger(__name__)

SLICE_S = 0.02
"""A batch gives way to the other partitions this often."""
TURN_S = 1.0
"""A batch is committed after this long even if records are left, so that a slow one delays nobody's first results."""


@dataclass(slots=True, kw_only=True)
class Decided:
    """What a batch (or its first part) caused."""

    taken: int = 0
    next_offset: int = 0
    outputs: list[Output] = field(default_factory=list)
    changes: Rows = field(default_factory=dict)
    effects: list[tuple[Event, Outcome]] = field(default_factory=list)
    """Outcomes that have an effect."""
    labels: dict[str, int] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    """Error names of what was dead-lettered."""


class Decider:
    """Runs one agent's decision over batches, with a deadline per event and dead letters for what fails."""

    def __init__(self, agent: Agent, *, event_timeout_s: float, limit: DeadLetterLimit) -> None:
        self.agent = agent
        self._watch = Watch(event_timeout_s)
        self._limit = limit

    async def decide(self, events: Sequence[Event], rows: Rows) -> Decided:
        """Decide events in order, until all are decided or the turn is over.

        Raises:
            TooManyDeadLetters: nothing of the batch may be committed.
        """
        decided, overlay = Decided(), Overlay(rows)
        decided.changes = overlay.changes
        turn_ends = monotonic() + TURN_S
        while decided.taken < len(events) and (decided.taken == 0 or monotonic() < turn_ends):
            self._slice(events, decided, overlay)
            await asyncio.sleep(0)
        decided.next_offset = events[decided.taken - 1].offset + 1
        self._limit.took(decided.taken, monotonic())
        return decided

    def _slice(self, events: Sequence[Event], decided: Decided, overlay: Overlay) -> None:
        slice_ends = monotonic() + SLICE_S
        with self._watch:
            while decided.taken < len(events):
                self._one(events[decided.taken], decided, overlay)
                decided.taken += 1
                if monotonic() > slice_ends:
                    return

    def _one(self, event: Event, decided: Decided, overlay: Overlay) -> None:
        self._watch.start()
        try:
            try:
                outcome = self.agent.decide(event, overlay)
                rows = overlay.encoded(outcome.writes, event.offset)
                for output in outcome.outputs:
                    check_size(output)
            finally:
                self._watch.done()  # inside the outer try: the timer may fire until this has run
        except Exception as error:
            self._watch.done()
            self._bury(event, error, decided, deciding=decided.taken + 1)
        else:
            overlay.change(rows)
            self._keep(event, outcome, decided)

    @staticmethod
    def _keep(event: Event, outcome: Outcome, decided: Decided) -> None:
        decided.outputs += outcome.outputs
        if outcome.effect is not None:
            decided.effects.append((event, outcome))
        decided.labels[outcome.label] = decided.labels.get(outcome.label, 0) + 1

    def _bury(self, event: Event, error: Exception, decided: Decided, deciding: int = 0) -> None:
        unexpected = not isinstance(error, self.agent.expected)
        if unexpected:
            self._limit.failed(monotonic(), deciding)
        decided.outputs.append(dead_letter(event, self.agent.name, error))
        decided.dead.append(type(error).__name__)
        log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "dead letter: %s%s",
            type(error).__name__,
            f" at {where(error)[-1:]}" if unexpected else "",
            extra={"topic": event.topic, "partition": event.partition, "offset": event.offset},
        )

    def reject(self, decided: Decided, rejected: Mapping[int, Exception]) -> None:
        """Bury the effects that can never succeed."""
        for index, error in rejected.items():
            event, outcome = decided.effects[index]
            decided.labels[outcome.label] -= 1
            self._bury(event, error, decided)

    def count(self, decided: Decided) -> None:
        """Count what was committed."""
        for label, number in decided.labels.items():
            EMAILS_PROCESSED.labels("success", label, self.agent.name).inc(number)
        for error in decided.dead:
            EMAILS_PROCESSED.labels("failure", "", self.agent.name).inc()
            DEAD_LETTERS.labels(self.agent.name, error).inc()
