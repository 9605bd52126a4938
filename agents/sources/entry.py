"""Cursor entries as JSON objects. One that is unreadable (another version's, damaged) costs a look at the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar, get_type_hints

Made = TypeVar("Made")


def decoded(entry: bytes | None, make: Callable[[Mapping[str, Any]], Made]) -> Made | None:
    """What `make` makes of the entry's fields; None: there is no entry, or it cannot be read."""
    try:
        return make(json.loads(entry or b""))
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
        return None


def moment(text: str) -> datetime:
    """A point in time, UTC where it does not say.

    Raises:
        ValueError, TypeError: it is none.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A cursor entry with a JSON value for each field of its subclass, whose types are those of READERS."""

    def encode(self) -> bytes:
        """The cursor entry; what is None is left out."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return json.dumps({name: value for name, value in found.items() if value is not None}, default=_text).encode()

    @classmethod
    def decode(cls, entry: bytes | None) -> Self | None:
        """Read a cursor entry; a field that is missing has its default. See `decoded`."""
        readers = _readers(cls)
        return decoded(
            entry, lambda found: cls(**{name: read(found[name]) for name, read in readers.items() if name in found})
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Entry):
    """How far a mailbox was read."""

    REFRESH: ClassVar[timedelta]
    """One that only became younger is stored anew this often."""
    synced_at: datetime
    """When all of the mailbox was known, UTC, by our clock."""

    def worth_storing(self, stored: Self | None) -> bool:
        """Whether it says more than what is stored."""
        if stored is None or replace(self, synced_at=stored.synced_at) != stored:
            return True
        return self.synced_at - stored.synced_at > self.REFRESH


READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: int,
    bool: bool,
    str: str,
    datetime: moment,
    datetime | None: moment,
    tuple[int, ...]: lambda values: tuple(map(int, values)),
    tuple[str, ...]: lambda values: tuple(map(str, values)),
}
"""By type of a field: what makes it of its JSON value."""


def _readers(entry: type[Entry]) -> Mapping[str, Callable[[Any], Any]]:
    types = get_type_hints(entry)
    return {one.name: READERS[types[one.name]] for one in fields(entry)}


def _text(at: datetime) -> str:
    return at.isoformat()
