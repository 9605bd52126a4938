"""How arrivals become batches: bounded portions of mails, and how far the cursor moves with each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from agents.sources.gmail.fetch import Fetched
from agents.sources.gmail.history import Arrival
from agents.sources.gmail.position import Position
from monitoring import metrics

BATCH_MAILS = 50
BATCH_BYTES = 2 * 1024 * 1024


async def portions(fetched: AsyncIterator[Fetched]) -> AsyncGenerator[list[Fetched], None]:
    """Consecutive ones of at most BATCH_MAILS and BATCH_BYTES together, or one."""
    portion: list[Fetched] = []
    size = 0
    async for one in fetched:
        more = len(one.mail.raw) if one.mail else 0
        if portion and (len(portion) >= BATCH_MAILS or size + more > BATCH_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(one)
        size += more
        if one.mail is None:
            metrics.MAILS_GONE.labels(source="gmail").inc()
    if portion:
        yield portion


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
