"""Where the rows of one input partition live: encoded as in the changelog, which is the truth; a store is its copy.

A store is changed only after a transaction was committed, and by its partition's owner alone. It may remember how much
of each changelog it holds (`positions`), so that the next owner on this machine replays only the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from infra.errors import Fatal

Changes = Mapping[str, Mapping[bytes, bytes | None]]
"""Table name → key → encoded row; None removes a row."""
OWN = ""
"""The table in which the runtime keeps what it has to remember beside the rows."""


class StoreFailed(Fatal):
    """The disk under a store failed. Nothing is lost: the changelog has every row; see to the disk and start again."""


class Store(Protocol):
    """Rows by table name and key. All calls may raise StoreFailed."""

    def get(self, table: str, key: bytes) -> bytes | None:
        """The encoded row; None when there is none."""
        ...

    def items(self, table: str) -> Iterable[tuple[bytes, bytes]]:
        """All rows of a table, in no order."""
        ...

    def count(self, table: str) -> int:
        """About how many rows."""
        ...

    def size(self, table: str) -> int:
        """About how many bytes on disk; 0 when it is all in memory."""
        ...

    def apply(self, changes: Changes) -> None:
        """Set and remove rows, all or none."""
        ...

    def positions(self) -> Mapping[str, int]:
        """Changelog → the offset up to which its records are held. Empty: replay all."""
        ...

    def mark(self, positions: Mapping[str, int]) -> None:
        """Remember that all committed records before these offsets are held."""
        ...

    def clear(self) -> None:
        """Forget everything, positions included."""
        ...

    def close(self) -> None:
        """Release memory, files and locks."""
        ...


class MemoryStore:
    """A dict per table. Nothing survives the process: each start replays the whole changelog."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[bytes, bytes]] = {}

    def get(self, table: str, key: bytes) -> bytes | None:
        """See Store."""
        rows = self._rows.get(table)
        return None if rows is None else rows.get(key)

    def items(self, table: str) -> Iterable[tuple[bytes, bytes]]:
        """See Store."""
        return list(self._rows.get(table, {}).items())

    def count(self, table: str) -> int:
        """See Store; exact."""
        return len(self._rows.get(table, ()))

    def size(self, table: str) -> int:
        """See Store."""
        del table
        return 0

    def apply(self, changes: Changes) -> None:
        """See Store."""
        for table, changed in changes.items():
            rows = self._rows.setdefault(table, {})
            for key, value in changed.items():
                if value is None:
                    rows.pop(key, None)
                else:
                    rows[key] = value

    def positions(self) -> Mapping[str, int]:
        """See Store: none."""
        return {}

    def mark(self, positions: Mapping[str, int]) -> None:
        """See Store: nothing to remember."""

    def clear(self) -> None:
        """See Store."""
        self._rows.clear()

    def close(self) -> None:
        """See Store."""
        self._rows.clear()
