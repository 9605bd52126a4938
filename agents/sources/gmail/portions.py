"""How arrivals become batches: bounds of a portion of mails, and how far the cursor moves with each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agents.sources.gmail.history import Arrival
from agents.sources.gmail.position import Position

BATCH_MAILS = 50
BATCH_BYTES = 2 * 1024 * 1024


def most(count: int, mail_max_bytes: int, ahead: int) -> int:
    """Bytes that a portion of at most `count` mails can have: sizes are known only when mails are here, so it is full
    when BATCH_BYTES have come, and `ahead` mails were on their way then."""
    return min(min(count, BATCH_MAILS) * mail_max_bytes, BATCH_BYTES + ahead * mail_max_bytes)


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
