"""Cursor entries as JSON objects. One that is unreadable (another version's, damaged) costs a look at the log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

Position = TypeVar("Position")


def decoded(entry: bytes | None, make: Callable[[Mapping[str, Any]], Position]) -> Position | None:
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
