"""Records and agents that the tests of the runtime share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Tables, Write
from streams.runtime.store import Changes, MemoryStore


@dataclass(frozen=True, kw_only=True)
class Record:
    """An event as aiokafka would hand it over."""

    offset: int
    value: bytes | None = b"mail"
    key: bytes | None = b"home"
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = "in"
    partition: int = 3
    timestamp: int = 1_700_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A row."""

    events: int = 0
    last: str = ""


COUNTS = Table(name="counts", changelog="app-counts-changelog", row=Count)


def tables_of(rows: Changes | None = None) -> Tables:
    """Committed rows of one partition, in memory."""
    store = MemoryStore()
    store.apply(rows or {})
    return Tables(store)


class BadInput(ValueError):
    """The expected error."""


def counting(event: Event, known: Known) -> Outcome:
    """Counts events by key; b"bad" is bad input, b"bug" meets a defect."""
    if event.value == b"bad":
        raise BadInput("this is no mail")
    if event.value == b"bug":
        raise ZeroDivisionError
    assert event.key is not None
    row = known.get(COUNTS, event.key) or Count()
    new = Count(events=row.events + 1, last=(event.value or b"").decode())
    return Outcome(
        outputs=(Output(topic="out", key=event.key, value=b"%d" % new.events),),
        writes=(Write(table=COUNTS, key=event.key, row=new),),
        label="counted",
    )


def agent_of(decide: Callable[[Event, Known], Outcome] = counting) -> Agent:
    """An agent with one table and one expected error."""
    return Agent(name="counter", reads=("in",), decide=decide, expected=(BadInput,), tables=(COUNTS,))
