"""Where an endpoint's consumer begins, when the group answers slowly and records are there at once; and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from agents.deliver import reading as module
from agents.deliver.courier import Courier
from agents.deliver.reading import Reading
from agents.deliver.schedule import Place, Schedule
from infra.settings import load

PLACE = TopicPartition("mail.high", 0)
END = 300


class Consumer:
    """aiokafka's, as far as it matters here: it fetches as soon as a partition is assigned, unless it is paused."""

    def __init__(self, committed: int | None) -> None:
        self.offsets, self.place = committed, committed or 0
        self.resting: set[TopicPartition] = set()
        self.held: set[TopicPartition] = set()
        self.reading: Any = None
        self.fetches = 0
        self.refused = False

    def subscribe(self, *, topics: Iterable[str], listener: Any) -> None:
        self.reading = listener

    async def start(self) -> None:
        self.held = {PLACE}
        self.joining = asyncio.create_task(self.reading.on_partitions_assigned({PLACE}))
        await asyncio.sleep(0)

    async def stop(self) -> None: ...

    async def getmany(self, **_: object) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0.001)
        self.fetches += 1
        if PLACE in self.resting or self.place >= END:
            return {}
        self.place += 1
        return {PLACE: [SimpleNamespace(offset=self.place - 1)]}

    async def committed(self, _: TopicPartition) -> int | None:
        await asyncio.sleep(0.05)
        return self.offsets

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        await asyncio.sleep(0.05)
        return dict.fromkeys(places, END)

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 0)

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.place = offset

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        if self.refused:
            raise CommitFailedError
        self.offsets = offsets[PLACE]

    def assignment(self) -> set[TopicPartition]:
        return self.held

    def paused(self) -> set[TopicPartition]:
        return set(self.resting)

    def pause(self, *places: TopicPartition) -> None:
        self.resting |= set(places)

    def resume(self, *places: TopicPartition) -> None:
        self.resting -= set(places)


def reading_of(taken: list[int], start: str, position: int | None = None) -> Reading:
    """With a courier that only notes what it is given."""

    async def give_back() -> dict[Any, int]:
        return {}

    done = {} if position is None else {Place("mail.high", 0): position}
    courier = SimpleNamespace(
        endpoint=SimpleNamespace(start=start, topics=("mail.high",), group="g", name="hook"),
        schedule=Schedule() if position is None else SimpleNamespace(positions=lambda: done, full=frozenset),
        take=lambda record: taken.append(record.offset), dispatch=lambda: None, give_back=give_back,
    )  # fmt: skip
    return Reading(load(), cast("Courier", courier))


async def read(monkeypatch: pytest.MonkeyPatch, start: str, committed: int | None) -> tuple[list[int], Consumer]:
    """The offsets that reach the courier until the partition's end."""
    taken: list[int] = []
    consumer = Consumer(committed)
    reading = reading_of(taken, start)
    monkeypatch.setattr(reading, "_new", lambda: consumer)
    running = asyncio.create_task(reading.run())
    async with asyncio.timeout(60):
        while not (reading.assigned and consumer.place >= END and not consumer.resting):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return taken, consumer


@pytest.mark.parametrize(
    ("start", "committed", "first"), [("now", None, END), ("beginning", None, 0), ("now", 290, 290)], ids=str
)
async def test_nothing_is_read_before_it_is_known_where_to_begin(
    monkeypatch: pytest.MonkeyPatch, start: str, committed: int | None, first: int
) -> None:
    taken, consumer = await read(monkeypatch, start, committed)
    assert taken == list(range(first, END))
    assert consumer.offsets == (END if start == "now" and committed is None else committed or 0)
    assert consumer.fetches > 1, "it stays in the group meanwhile"


async def test_a_consumer_that_never_comes_back_into_its_group_is_given_up_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """aiokafka goes on fetching what it was once given, while somebody else has it and every commit is refused."""
    monkeypatch.setattr(module, "REFUSED_S", 0.05)
    monkeypatch.setattr(module, "COMMIT_S", 0.0)
    lost, fresh = Consumer(0), Consumer(0)
    lost.refused = True
    reading, consumers = reading_of([], "now", position=7), iter((lost, fresh))
    monkeypatch.setattr(reading, "_new", lambda: next(consumers))
    running = asyncio.create_task(reading.run())
    async with asyncio.timeout(60):
        while fresh.offsets != 7:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
    assert (lost.offsets, reading.trouble) == (0, "")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
