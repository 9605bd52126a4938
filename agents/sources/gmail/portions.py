"""How arrivals become batches: bounds of a portion of mails, and how far the cursor moves with each. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.sources.gmail.history import Arrival
from agents.sources.gmail.position import Position

if TYPE_CHECKING:
    from agents.sources.gmail.fetch import Fetched

BATCH_MAILS = 50
BATCH_BYTES = 2 * 1024 * 1024


def most(count: int, mail_max_bytes: int, ahead: int) -> int:
    """Bytes of at most `count` mails that are fetched in one go: sizes are known only when mails are here, so it ends
    when BATCH_BYTES have come, and `ahead` mails are on their way then."""
    return min(min(count, BATCH_MAILS) * mail_max_bytes, BATCH_BYTES + ahead * mail_max_bytes)


def take(fetched: deque[Fetched]) -> tuple[Fetched, ...]:
    """Take off the front what fits BATCH_BYTES, or one."""
    portion = [fetched.popleft()]
    size = portion[0].bytes
    while fetched and size + fetched[0].bytes <= BATCH_BYTES:
        size += fetched[0].bytes
        portion.append(fetched.popleft())
    return tuple(portion)


def position_after(position: Position, arrivals: Sequence[Arrival], taken: int, up_to: int) -> Position:
    """The position when so many of the arrivals are taken. A record counts when all of its mails are."""
    if taken == len(arrivals):
        return position.at(up_to)
    record = arrivals[taken - 1].record
    if arrivals[taken].record > record:
        return position.at(record)
    before = max((one.record for one in arrivals[:taken] if one.record < record), default=position.history_id)
    done = [one.message for one in arrivals[:taken] if one.record == record]
    return position.at(before).at(max(before, position.history_id), done)
