"""The desk of a partition of `mail.review`, without a broker."""

from __future__ import annotations

from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer

from agents.crew.cache import Cache
from agents.crew.desk import Desk
from infra.settings import load
from streams.runtime.dead import LARGEST_LETTER


async def test_the_largest_dead_letter_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A producer that refuses it would be asked for ever, and no request behind it got an answer."""

    async def started(_: AIOKafkaProducer) -> None: ...

    monkeypatch.setattr(AIOKafkaProducer, "start", started)
    desk = cast("Any", Desk(load(), 0, cast("Cache", None)))
    await desk._reopen()
    try:
        desk._producer._serialize(b"box", b"x" * LARGEST_LETTER, [("dead_agent", b"crew")])
    finally:
        desk._producer._closed = True  # it was never open
