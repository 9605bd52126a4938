"""Which mails to take, and in what portions. Pure: bounds hold for folders of any size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

SEARCH_MAX = 50_000
"""About so many UIDs come back from one SEARCH."""
LISTED_MAX = 100_000
"""UIDs that are held at once: 800 KB."""
DESCRIBED_MAX = 200
"""Mails whose sizes and dates are asked for at once."""
BATCH_MAILS = 50
BATCH_BYTES = 2 * 1024 * 1024

Item = TypeVar("Item")
Window = tuple[int, int | None]
"""First and last UID; None: the newest."""


def windows(first: int, last: int, exists: int, *, open_ended: bool) -> Iterator[Window]:
    """UID ranges from `first` to `last` that hold about SEARCH_MAX mails each when mails are spread evenly.

    The number of ranges depends on how many mails there are, not on how large their UIDs are. An open-ended last range
    reaches to whatever is newest when it is asked for.
    """
    width = max(SEARCH_MAX, (last - first + 1) * SEARCH_MAX // max(exists, 1))
    start = first
    while start + width <= last:
        yield start, start + width - 1
        start += width
    if open_ended or start <= last:
        yield start, None if open_ended else last


def portions(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Consecutive items of at most BATCH_MAILS and BATCH_BYTES together, or one."""
    portion: list[Item] = []
    total = 0
    for item in items:
        if portion and (len(portion) >= BATCH_MAILS or total + size(item) > BATCH_BYTES):
            yield portion
            portion, total = [], 0
        portion.append(item)
        total += size(item)
    if portion:
        yield portion


def sequence_set(uids: Sequence[int]) -> str:
    """Ascending UIDs in IMAP's short form: 1:3,7 (RFC 3501 §9)."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def imap_date(moment: datetime) -> str:
    """A date for SEARCH, in English whatever the locale (RFC 3501 §9)."""
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[moment.month - 1]
    return f"{moment.day}-{month}-{moment.year}"
