"""Reading a topic to its end takes no longer than said, whatever the broker leaves unanswered."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiokafka
import pytest
from aiokafka import TopicPartition

from infra.settings import load
from streams.kafka_errors import KafkaUnavailable
from streams.reading import to_end

PLACE = TopicPartition("mail.low", 0)


class Consumer:
    """aiokafka's; what is `silent` is never answered. Three records."""

    silent = ""

    def __init__(self, **_: object) -> None:
        self.at, self.closed = 0, False

    async def start(self) -> None:
        await self._answer("start")

    async def stop(self) -> None:
        self.closed = True

    def partitions_for_topic(self, _: str) -> set[int]:
        return {0}

    def assign(self, _: object) -> None: ...

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.at = offset

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        await self._answer("end_offsets")
        return dict.fromkeys(places, 3)

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        await self._answer("beginning_offsets")
        return dict.fromkeys(places, 0)

    async def getmany(self, *_: object, **__: object) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0)
        if self.silent == "getmany" or self.at == 3:
            return {}
        self.at += 1
        return {PLACE: [SimpleNamespace(offset=self.at - 1, key=b"k", value=b"v", headers=(), timestamp=1)]}

    async def position(self, _: TopicPartition) -> int:
        await self._answer("position")
        return self.at

    async def _answer(self, what: str) -> None:
        if what == self.silent:
            await asyncio.Event().wait()


async def offsets(monkeypatch: pytest.MonkeyPatch, silent: str) -> list[int]:
    monkeypatch.setattr(aiokafka, "AIOKafkaConsumer", type("Consumer", (Consumer,), {"silent": silent}))
    stall_s = 0.05 if silent else 60.0
    async with asyncio.timeout(60):
        return [one.offset async for chunk in to_end(load(), "mail.low", stall_s=stall_s) for one in chunk]


async def test_all_is_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await offsets(monkeypatch, "") == [0, 1, 2]


@pytest.mark.parametrize("silent", ["start", "end_offsets", "beginning_offsets", "getmany", "position"])
async def test_a_broker_that_falls_silent_ends_the_reading_in_time(
    monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    """A position is asked for, e.g., when the first offsets are gone and the partition has lost its leader."""
    with pytest.raises(KafkaUnavailable, match=r"mail\.low could not be read"):
        await offsets(monkeypatch, silent)
