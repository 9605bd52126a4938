"""Lane records as a courier gets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streams.events import event_id
from streams.topics import LANES
from streams.triage.verdict import Lane
from tests.verdicts import changed


@dataclass(frozen=True)
class LaneRecord:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp: int = 0


def lane_record(account: str, number: int, *, lane: Lane = Lane.HIGH, partition: int = 0, **fields: Any) -> LaneRecord:
    """The record at offset `number`."""
    identity = event_id(account, number)
    verdict = changed(event_id=identity, account=account, lane=lane, **fields)
    headers = (("ce_id", identity.encode()),)
    return LaneRecord(LANES[lane].name, partition, number, account.encode(), verdict.encode(), headers)
