"""What a stream agent declares: the topics it reads, its tables, one pure decision and, for a sink, one effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from streams.runtime.tables import Known, Table, Write

Headers = Sequence[tuple[str, bytes]]

__all__ = ["Agent", "Decide", "Effect", "Event", "Headers", "Outcome", "Output", "Write"]


class Event(Protocol):
    """A record of an input topic (`streams.transport.reader.Record`; aiokafka's ConsumerRecord fits too)."""

    @property
    def topic(self) -> str:
        """Where it was read."""
        ...

    @property
    def partition(self) -> int:
        """Its account's."""
        ...

    @property
    def offset(self) -> int:
        """Its place in the partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970."""
        ...

    @property
    def key(self) -> bytes | None:
        """The account."""
        ...

    @property
    def value(self) -> bytes | None:
        """None: a tombstone."""
        ...

    @property
    def headers(self) -> Headers:
        """In the order of the record."""
        ...


# The three shapes that every event makes are tuples: half the cost of a frozen dataclass, and no less frozen.


class Output(NamedTuple):
    """A record to write. It goes to the partition its event came from: all topics are co-partitioned by account."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Outcome(NamedTuple):
    """All that an event causes. Outputs, rows and the event's offset are committed in one transaction."""

    outputs: tuple[Output, ...] = ()
    writes: tuple[Write, ...] = ()
    effect: Any = None
    """What the agent's effect is to do outside Kafka; None: nothing."""
    label: str = ""
    """Bounded label for metrics, e.g. the lane."""
    note: Any = None
    """What the agent's `committed` wants to know of the event; None also marks a dead letter."""


Decide = Callable[[Event, Known], Outcome]
Effect = Callable[[Sequence[Any]], Awaitable[Mapping[int, Exception]]]
"""Does the batch's effects outside Kafka, before the offsets are committed; must be idempotent.

Returns the indexes that can never succeed, each with its error (they become dead letters); raises Transient when
all of it should be tried again."""

Committed = Callable[[Sequence[Event], Sequence[Outcome]], None]
"""Told of each committed batch: its events and their outcomes, dead letters included. For the agent's own metrics; it
must be quick and never raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A stream agent."""

    name: str
    reads: tuple[str, ...]
    """Input topics. With tables they are joined: one task reads the same partition of all, the first names it."""
    decide: Decide
    """Pure. An exception makes the event a dead letter; `expected` ones are the data's fault, all others a defect."""
    expected: tuple[type[Exception], ...] = ()
    """Documented errors of `decide` that mean bad input. They never stop the worker."""
    tables: tuple[Table[Any], ...] = ()
    """Each is written by events of one of the topics alone (`Table.source`): the offsets that number its updates are
    of one partition."""
    effect: Effect | None = None
    committed: Committed | None = None

    @property
    def changelogs(self) -> tuple[str, ...]:
        """Topics of its tables' changes."""
        return tuple(table.changelog for table in self.tables)

    @property
    def joined(self) -> tuple[str, ...]:
        """Topics that are read together with the first."""
        return self.reads[1:] if self.tables else ()

    def tables_of(self, topic: str) -> tuple[Table[Any], ...]:
        """The tables that events of a topic write."""
        return tuple(table for table in self.tables if (table.source or self.reads[0]) == topic)

    def __post_init__(self) -> None:
        for table in self.tables:
            if table.source and table.source not in self.reads:
                raise ValueError(f"agent {self.name}: nothing writes table {table.name}, {table.source} is not read")
        for topic in self.joined:
            if not self.tables_of(topic):
                raise ValueError(f"agent {self.name}: {topic} needs a table of its own, to keep its position in")
