"""What the headers of a record say, when anybody may have written it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, datetime

from streams.moments import utc_moment

_EVENT_ID = re.compile("[0-9a-f]{32}")
_EPOCH_YEAR = 1970


def texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """All of them; one that has no value, as Kafka allows, says nothing."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def value(headers: Iterable[tuple[str, bytes | None]], name: str) -> bytes:
    """One of them; empty where it is missing or has no value."""
    return dict(headers).get(name) or b""


def identity(text: str) -> str:
    """An event id. Raises ValueError: what is none would share its archive row with others that are none."""
    if _EVENT_ID.fullmatch(text) is None:
        raise ValueError("ce_id: not 32 hexadecimal digits")
    return text


def moment(text: str) -> datetime:
    """A time on the wire, in UTC. Raises ValueError for one that cannot be compared with others."""
    found = utc_moment(text)
    if not _EPOCH_YEAR <= found.year < MAXYEAR:
        raise ValueError(f"ce_time: no mail was found in the year {found.year}")
    return found


def size(text: str) -> int:
    """Bytes; 0 where nothing is said. Raises ValueError."""
    said = int(text or 0)
    if not 0 <= said < 1 << 63:
        raise ValueError("ce_mailsize: no size of a mail")
    return said
