"""Decide a batch: records in, everything to be committed out. Pure but for the clock; no Kafka, no Faust."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from time import monotonic
from typing import Any

from infra.errors import Fatal
from infra.logging import where
from monitoring.metrics import AGENT_RECORDS, DEAD_LETTERS
from streams.runtime.agent import Agent, Event, Outcome, Output
from streams.runtime.dead import (
    DeadLetterLimit,
    OutputTooLarge,
    check_row,
    check_size,
    dead_letter,
    is_replayed,
    may_be_too_large,
)
from streams.runtime.store import Changes
from streams.runtime.tables import Entry, Overlay, Tables
from streams.runtime.watch import IDLE, Watch

log = logging.getLogger(__name__)

SLICE_S = 0.02
"""A batch gives way to the other partitions this often."""
TURN_S = 1.0
"""A batch is committed after this long even if records are left, so that a slow one delays nobody's first results."""
_BURIED = "\0buried"
EVENT_ID = "ce_id"
"""The header that names an event in logs (CloudEvents, Kafka protocol binding)."""
ID_BYTES = 32
"""Of an id: a foreign record's may be as long as it likes."""
NO_LABEL = "none"
"""In metrics, of a record that has become a dead letter."""
_label = attrgetter("label")


@dataclass(slots=True, kw_only=True)
class Decided:
    """What a batch (or its first part) caused: one outcome per event, dead letters included."""

    events: Sequence[Event]
    outcomes: list[Outcome]
    failures: dict[int, Exception] = field(default_factory=dict)
    """By event: why it is a dead letter."""
    entries: Mapping[str, Mapping[bytes, Entry]] = field(default_factory=dict)
    """Rows that the batch changes, by table name and key."""
    rows: Changes = field(default_factory=dict)
    """The same, encoded."""

    @property
    def taken(self) -> int:
        """Events decided."""
        return len(self.outcomes)

    @property
    def next_offset(self) -> int:
        """Where the input goes on behind them."""
        return self.events[len(self.outcomes) - 1].offset + 1

    @property
    def outputs(self) -> list[Output]:
        """Records to write, in the order of their events."""
        return [output for outcome in self.outcomes for output in outcome.outputs]

    @property
    def effects(self) -> dict[int, Any]:
        """By event: what the agent's effect is to do."""
        return {number: outcome.effect for number, outcome in enumerate(self.outcomes) if outcome.effect is not None}

    @property
    def labels(self) -> dict[str, int]:
        """How many events there are of each label, dead letters not counted."""
        counts = Counter(map(_label, self.outcomes))
        counts.pop(_BURIED, None)
        return counts


class Decider:
    """Runs one agent's decision over batches, with a deadline per event and dead letters for what fails."""

    def __init__(self, agent: Agent, *, event_timeout_s: float, limit: DeadLetterLimit) -> None:
        self.agent = agent
        self._watch = Watch(event_timeout_s)
        self._limit = limit

    async def decide(self, events: Sequence[Event], tables: Tables) -> Decided:
        """Decide events in order, until all are decided or the turn is over.

        Raises:
            TooManyDeadLetters: nothing of the batch may be committed.
            StoreFailed: the same.
        """
        try:
            decided = await self._decided(events, tables, careful=False)
        except _UnencodableRow:
            decided = await self._decided(events, tables, careful=True)
        for number, error in decided.failures.items():
            self._report(events[number], error, deciding=number + 1)
        self._limit.took(decided.taken, monotonic())
        return decided

    async def _decided(self, events: Sequence[Event], tables: Tables, *, careful: bool) -> Decided:
        """`careful` encodes each row as it is written, to bury the event whose row cannot be encoded; otherwise a
        row is encoded once, at the end, however often it changed."""
        overlay = Overlay(tables)
        decided = Decided(events=events, outcomes=[])
        turn_ends = monotonic() + TURN_S
        while decided.taken < len(events) and (decided.taken == 0 or monotonic() < turn_ends):
            self._slice(decided, overlay, careful=careful)
            await asyncio.sleep(0)
        if overlay.entries:
            decided.entries = overlay.entries
            try:
                decided.rows = overlay.encoded()
                check_row(decided.rows)
            except Exception as error:
                raise _UnencodableRow from error
        return decided

    def _slice(self, decided: Decided, overlay: Overlay, *, careful: bool) -> None:
        """The loop that every event goes through: kept flat, a call saved here is a percent of the throughput."""
        decide, watch, events, outcomes = self.agent.decide, self._watch, decided.events, decided.outcomes
        slice_ends = monotonic() + SLICE_S
        number = len(outcomes)
        with watch:
            while number < len(events):
                event = events[number]
                try:
                    watch.deciding = number
                    outcome = decide(event, overlay)
                    for output in outcome.outputs:
                        if may_be_too_large(output):
                            check_size(output)
                    if careful:
                        _check_rows(outcome, event.offset)
                    watch.deciding = IDLE  # inside the try: the timer may fire until this has run
                except Fatal:
                    raise
                except Exception as error:
                    watch.deciding = IDLE
                    outcome = self._buried(event, error)
                    decided.failures[number] = error
                else:
                    if outcome.writes:
                        overlay.write(outcome.writes, event.offset)
                outcomes.append(outcome)
                number += 1
                if monotonic() > slice_ends:
                    return

    def _buried(self, event: Event, error: Exception) -> Outcome:
        return Outcome(outputs=(dead_letter(event, self.agent.name, error),), label=_BURIED)

    def _report(self, event: Event, error: Exception, deciding: int = 0) -> None:
        unexpected = not isinstance(error, (OutputTooLarge, *self.agent.expected))
        if unexpected and not is_replayed(event.headers):
            self._limit.failed(monotonic(), deciding)
        log.log(
            logging.ERROR if unexpected else logging.WARNING,
            "dead letter: %s%s",
            type(error).__name__,
            f" at {where(error)[-1:]}" if unexpected else "",
            extra={
                "topic": event.topic,
                "partition": event.partition,
                "offset": event.offset,
                "event_id": dict(event.headers).get(EVENT_ID, b"")[:ID_BYTES].decode("ascii", "replace") or None,
            },
        )

    def reject(self, decided: Decided, rejected: Mapping[int, Exception]) -> None:
        """Bury events whose effects can never succeed."""
        for number, error in rejected.items():
            decided.outcomes[number] = self._buried(decided.events[number], error)
            decided.failures[number] = error
            self._report(decided.events[number], error)

    def count(self, decided: Decided) -> None:
        """Count what was committed."""
        for label, number in decided.labels.items():
            AGENT_RECORDS.labels(self.agent.name, "success", label).inc(number)
        for error in decided.failures.values():
            AGENT_RECORDS.labels(self.agent.name, "failure", NO_LABEL).inc()
            DEAD_LETTERS.labels(self.agent.name, type(error).__name__).inc()
        if self.agent.committed is not None:
            self.agent.committed(decided.events[: decided.taken], decided.outcomes)


def deciders(agents: Iterable[Agent], make: Callable[[Agent], Decider]) -> dict[str, Decider]:
    """Input topic → the decider that takes its events.

    Raises:
        ValueError: two agents read one topic.
    """
    made: dict[str, Decider] = {}
    for agent in agents:
        decider = make(agent)
        for topic in agent.reads:
            if topic in made:
                first = made[topic].agent.name
                raise ValueError(f"{first} and {agent.name} both read {topic}: give one an app (group) of its own")
            made[topic] = decider
    return made


class _UnencodableRow(Exception):
    """Some row of the batch cannot be encoded or is too large."""


def _check_rows(outcome: Outcome, offset: int) -> None:
    for table, key, row in outcome.writes:
        check_row({table.name: {key: table.encode(row, offset)}})
