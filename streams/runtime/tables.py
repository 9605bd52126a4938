"""Tables as an agent sees them: rows of one input partition, decoded; the store keeps them as in the changelog.

Every row carries the source offset of its last update; an update from that offset or an older one changes nothing, so
that processing an event again cannot count it twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import orjson

from streams.runtime.store import OWN, Changes, Store

Row = TypeVar("Row")
Entry = tuple[Any, int]
"""A row and the offset of the event that changed it last (-1: before there were offsets)."""
_OFFSET = "source_offset"
POSITION_KEY = b"\x00position"
"""In an agent's first changelog: the input offset up to which its rows count the events, as decimal digits."""
RECENT_ROWS = 2000
"""Rows of a table and partition that are kept decoded: at least so many, at most twice as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[Row]):
    """A table: its name, its changelog topic and the dataclass of its rows. Keys are bytes."""

    name: str
    changelog: str
    row: type[Row]
    source: str = ""
    """The input topic whose events write it; empty: the agent's first."""

    def encode(self, row: Row, source_offset: int) -> bytes:
        """A row as it stands in the changelog: one JSON object with `source_offset` as its last member."""
        body = orjson.dumps(row)
        return b'%s%s"source_offset":%d}' % (body[:-1], b"," if len(body) > 2 else b"", source_offset)

    def decode(self, value: bytes) -> Row:
        """A row from the changelog."""
        row: Row = self.entry(value)[0]
        return row

    def entry(self, value: bytes) -> Entry:
        """A row from the changelog and its offset. Fields of another version's rows: unknown ones are left out,
        missing ones have their defaults."""
        data: dict[str, Any] = orjson.loads(value)
        offset = int(data.pop(_OFFSET, -1))
        known = _names(self)
        return self.row(**{name: held for name, held in data.items() if name in known}), offset


def position_key(topic: str, first: str) -> bytes:
    """The key of an input's position; that of an agent's first topic is as it was when there was only one."""
    return POSITION_KEY if topic == first else POSITION_KEY + b" " + topic.encode()


@cache
def _names(table: Table[Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(table.row))


class Write(NamedTuple):
    """A table row to set."""

    table: Table[Any]
    key: bytes
    row: Any


class Known(Protocol):
    """What an agent may ask of its tables while it decides."""

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """The row, as the events before this one left it; None when there is none."""
        ...


class Tables:
    """The committed rows of one input partition: a store, and the rows lately used, decoded, before it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._recent: dict[str, dict[bytes, Entry | None]] = {}
        self._former: dict[str, dict[bytes, Entry | None]] = {}

    def entry(self, table: Table[Any], key: bytes) -> Entry | None:
        """The committed row, or None."""
        recent = self._recent.get(table.name)
        if recent is None:
            recent = self._recent[table.name] = {}
        try:
            return recent[key]
        except KeyError:
            pass
        former = self._former.get(table.name)
        if former and key in former:
            entry = former[key]
        else:
            value = self.store.get(table.name, key)
            entry = None if value is None else table.entry(value)
        self._remember(table.name, {key: entry})
        return entry

    @property
    def position(self) -> int:
        """Up to where in the first input the rows count the events; 0 when they count none."""
        return self.position_at(POSITION_KEY)

    def position_at(self, key: bytes) -> int:
        """The same of the input whose `position_key` it is."""
        return int(self.store.get(OWN, key) or 0)

    def store_batch(self, rows: Changes, position: int, key: bytes = POSITION_KEY) -> None:
        """The transaction that made these rows is committed: into the store with them. Any thread.

        Raises:
            StoreFailed
        """
        self.store.apply({**rows, OWN: {key: b"%d" % position}})

    def remember_batch(self, entries: Mapping[str, Mapping[bytes, Entry]]) -> None:
        """The same rows, decoded: most are asked for again soon."""
        for name, changed in entries.items():
            self._remember(name, changed)

    def _remember(self, name: str, entries: Mapping[bytes, Entry | None]) -> None:
        """Two generations: when the younger is full, the elder is forgotten. Bounded, and no bookkeeping per use."""
        recent = self._recent.setdefault(name, {})
        if len(recent) + len(entries) > RECENT_ROWS:
            self._former[name], self._recent[name] = recent, dict(entries)
        else:
            recent.update(entries)


class Overlay:
    """The committed rows of a partition under the changes of the batch that is being decided."""

    def __init__(self, committed: Tables) -> None:
        self._committed = committed.entry
        self.entries: dict[str, dict[bytes, Entry]] = {}
        """By table name and key: what the batch changes."""
        self._tables: dict[str, Table[Any]] = {}

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """The row as this batch sees it."""
        changed = self.entries.get(table.name)
        entry = None if changed is None else changed.get(key)
        if entry is None:
            entry = self._committed(table, key)
        return None if entry is None else entry[0]

    def write(self, writes: Iterable[Write], offset: int) -> None:
        """Change rows because of the event at `offset`; a row from that event or a later one stays as it is."""
        for table, key, row in writes:
            changed = self.entries.get(table.name)
            if changed is None:
                changed = self.entries[table.name] = {}
                self._tables[table.name] = table
            old = changed.get(key) or self._committed(table, key)
            if old is None or old[1] < offset:
                changed[key] = (row, offset)

    def encoded(self) -> Changes:
        """The changed rows as they go into changelog and store, each once however often it changed.

        Raises what the encoder does.
        """
        return {
            name: {key: self._tables[name].encode(row, offset) for key, (row, offset) in changed.items()}
            for name, changed in self.entries.items()
        }


class AllPartitions(Mapping[bytes, bytes]):
    """One table over all partitions of this worker, as Faust's own `app.tables` shows it. Read only."""

    def __init__(self, name: str, partitions: Mapping[tuple[str, int], Tables], topics: Collection[str]) -> None:
        self._name, self._partitions, self._topics = name, partitions, topics

    @property
    def _own(self) -> Iterable[Tables]:
        """Of the table's agent; others have others."""
        return (tables for (topic, _), tables in self._partitions.items() if topic in self._topics)

    def __getitem__(self, key: bytes) -> bytes:
        for tables in self._own:
            if (value := tables.store.get(self._name, key)) is not None:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[bytes]:
        for tables in self._own:
            for key, _ in tables.store.items(self._name):
                yield key

    def __len__(self) -> int:
        return sum(tables.store.count(self._name) for tables in self._own)
