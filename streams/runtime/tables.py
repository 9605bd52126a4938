"""Tables as the runtime sees them: rows of one input partition, encoded as they stand in the changelog.

Every row carries the source offset of its last update; an update from that offset or an older one changes nothing, so
that processing an event again cannot count it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, Protocol, TypeVar

import orjson

Row = TypeVar("Row")
_OFFSET = "source_offset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[Row]):
    """A table: its name, its changelog topic and the dataclass of its rows. Keys are bytes."""

    name: str
    changelog: str
    row: type[Row]

    def encode(self, row: Row, source_offset: int) -> bytes:
        """A row as it stands in the changelog."""
        return orjson.dumps(asdict(row) | {_OFFSET: source_offset})  # type: ignore[call-overload]

    def decode(self, value: bytes) -> Row:
        """A row from the changelog."""
        data: dict[str, Any] = orjson.loads(value)
        data.pop(_OFFSET, None)
        return self.row(**data)


def source_offset(value: bytes) -> int:
    """Offset of the event that last changed an encoded row."""
    return int(orjson.loads(value).get(_OFFSET, -1))


Rows = dict[str, dict[bytes, bytes]]
"""Table name → key → encoded row, for one input partition."""


class Known(Protocol):
    """What an agent may ask of its tables while it decides."""

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """The row, as the events before this one left it; None when there is none."""
        ...


class Change(Protocol):
    """A row to set (`streams.runtime.agent.Write`)."""

    @property
    def table(self) -> Table[Any]:
        """Of the agent's."""
        ...

    @property
    def key(self) -> bytes:
        """Of the row."""
        ...

    @property
    def row(self) -> Any:
        """An instance of the table's dataclass."""
        ...


class Overlay:
    """The committed rows of a partition under the changes of the batch that is being decided."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.changes: Rows = {}

    def get(self, table: Table[Row], key: bytes) -> Row | None:
        """The row as this batch sees it."""
        value = self._value(table.name, key)
        return None if value is None else table.decode(value)

    def encoded(self, writes: Iterable[Change], offset: int) -> Rows:
        """Rows that the event at `offset` changes, encoded; a row from that event or a later one stays as it is.

        Raises what the encoder does, before anything has changed: half of an event's rows must never be kept.
        """
        rows: Rows = {}
        for write in writes:
            old = self._value(write.table.name, write.key)
            if old is None or source_offset(old) < offset:
                rows.setdefault(write.table.name, {})[write.key] = write.table.encode(write.row, offset)
        return rows

    def put(self, table: Table[Row], key: bytes, row: Row, offset: int) -> None:
        """Change one row because of the event at `offset`; a row from that event or a later one stays as it is."""
        old = self._value(table.name, key)
        if old is None or source_offset(old) < offset:
            self.changes.setdefault(table.name, {})[key] = table.encode(row, offset)

    def change(self, rows: Rows) -> None:
        """Let these rows be seen by the events that follow."""
        for name, changed in rows.items():
            self.changes.setdefault(name, {}).update(changed)

    def _value(self, name: str, key: bytes) -> bytes | None:
        value = self.changes.get(name, {}).get(key)
        return value if value is not None else self._rows.get(name, {}).get(key)


class AllPartitions(Mapping[bytes, bytes]):
    """One table over all partitions of this worker, as Faust's own `app.tables` shows it. Read only."""

    def __init__(self, name: str, partitions: Mapping[tuple[str, int], Rows]) -> None:
        self._name = name
        self._partitions = partitions

    def __getitem__(self, key: bytes) -> bytes:
        for rows in self._partitions.values():
            if key in rows.get(self._name, {}):
                return rows[self._name][key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[bytes]:
        for rows in self._partitions.values():
            yield from rows.get(self._name, {})

    def __len__(self) -> int:
        return sum(len(rows.get(self._name, {})) for rows in self._partitions.values())
