"""What an operator turns while tasks run: topics that wait in place, places at work, batch sizes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from infra.errors import Permanent, Transient
from streams.runtime import Agent, Event, Known, Outcome, Output
from streams.transport.flow import Flow
from tests.stream.scripted import ScriptedProducer, task
from tests.unit.runtime.records import Record


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def work(flow: Flow, topic: str, log: list[str], done: asyncio.Event) -> None:
    async with flow.place(topic):
        log.append(topic)
        await done.wait()


async def test_places_go_to_the_most_pressing_first_then_in_order() -> None:
    flow, log, done = Flow(batch_size=1, workers=1, ranks={"urgent": 0, "low": 3}), list[str](), asyncio.Event()
    waiting = [asyncio.create_task(work(flow, topic, log, done)) for topic in ("low", "low", "urgent")]
    await settle()
    assert log == ["low"]
    done.set()
    await asyncio.wait(waiting)
    assert log == ["low", "urgent", "low"]


async def test_more_places_are_taken_at_once_and_fewer_when_work_ends() -> None:
    flow, log, done = Flow(batch_size=1, workers=1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(work(flow, "t", log, done)) for _ in range(4)]
    await settle()
    flow.employ(3)
    await settle()
    assert len(log) == 3
    flow.employ(1)
    done.set()
    await asyncio.wait(tasks)
    assert len(log) == 4


async def test_a_topic_with_few_places_of_its_own_leaves_the_others_to_the_rest() -> None:
    flow, log, done = Flow(batch_size=1, workers=3, ranks={"low": 0, "high": 1}), list[str](), asyncio.Event()
    flow.employ(3, {"low": 1})
    tasks = [asyncio.create_task(work(flow, topic, log, done)) for topic in ("low", "low", "high", "high", "high")]
    await settle()
    assert log == ["low", "high", "high"]
    done.set()
    await asyncio.wait(tasks)
    assert sorted(log) == ["high"] * 3 + ["low"] * 2


def test_a_topic_may_have_a_batch_size_of_its_own() -> None:
    flow = Flow(batch_size=100)
    flow.batch_sizes = {"low": 10}
    assert (flow.size_of("low"), flow.size_of("high")) == (10, 100)


@pytest.mark.parametrize("admitted", [False, True])
async def test_whoever_is_cancelled_while_waiting_keeps_no_place(admitted: bool) -> None:
    flow, log, done = Flow(batch_size=1, workers=1), list[str](), asyncio.Event()
    first = asyncio.create_task(work(flow, "first", log, done))
    await settle()
    second = asyncio.create_task(work(flow, "second", log, done))
    await settle()
    if admitted:  # in the same moment
        first.cancel()
        await asyncio.sleep(0)
    second.cancel()
    await settle()
    third = asyncio.create_task(work(flow, "third", log, done))
    done.set()
    await asyncio.wait([first, second, third])
    assert log[0] == "first"
    assert log[-1] == "third"
    assert flow._at_work.total() == 0


class Topic:
    """A partition that can be read from any offset, a few records at a time."""

    def __init__(self, length: int) -> None:
        self.records: list[Event] = [Record(offset=offset, value=b"%d" % offset) for offset in range(length)]
        self.sizes: list[int] = []

    def read(self, topic: str, partition: int, offset: int) -> Reading:
        del topic, partition
        return Reading(self, offset)


class Reading:
    """One inlet."""

    def __init__(self, topic: Topic, offset: int) -> None:
        self._topic, self._offset = topic, offset

    async def take(self, limit: int) -> list[Event]:
        await asyncio.sleep(0)
        taken = self._topic.records[self._offset : self._offset + min(limit, 5)]
        if not taken:
            await asyncio.Event().wait()
        self._offset += len(taken)
        return taken

    def close(self) -> None:
        """Nothing to release."""


def copy(event: Event, known: Known) -> Outcome:
    del known
    return Outcome(outputs=(Output("out", event.key, event.value),), effect=event.value)


@pytest.mark.parametrize("seed", range(20))
async def test_a_topic_that_is_held_and_released_at_any_moment_loses_repeats_and_reorders_nothing(seed: int) -> None:
    rnd, topic, producer = random.Random(seed), Topic(60), ScriptedProducer()
    agent = Agent(name="copy", reads=("in",), decide=copy)
    flow = Flow(batch_size=7)
    running = asyncio.create_task(task(agent, topic, producer, flow=flow).run())  # type: ignore[arg-type]
    while len(producer.committed) < len(topic.records):
        flow.hold(["in"] if rnd.random() < 0.5 else [])
        flow.batch_size = rnd.randint(1, 7)
        for _ in range(rnd.randint(0, 6)):
            await asyncio.sleep(0)
    running.cancel()
    assert [out.value for out in producer.committed] == [one.value for one in topic.records]


async def test_a_topic_whose_effects_do_not_succeed_is_let_go_of_when_it_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is tried while it waits, and its place is free for others; afterwards it is tried again."""
    monkeypatch.setattr("streams.transport.task._PAUSE_S", 0.001)
    tried: list[int] = []
    away = True

    async def deliver(effects: Sequence[Any]) -> Mapping[int, Permanent]:
        tried.append(len(effects))
        if away:
            raise Transient("the database is away")
        return {}

    topic, producer, flow = Topic(3), ScriptedProducer(), Flow(batch_size=7, workers=1)
    work = task(Agent(name="copy", reads=("in",), decide=copy, effect=deliver), topic, producer, flow=flow)  # type: ignore[arg-type]
    running = asyncio.create_task(work.run())
    async with asyncio.timeout(60):
        while len(tried) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        async with flow.place("other"):  # there is one place, and it is not held while the effect waits
            flow.hold(["in"])
        while work.progress.stuck:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        before, away = len(tried), False
        await asyncio.sleep(0.02)
        assert (len(tried), producer.committed) == (before, [])
        flow.hold([])
        while not producer.committed:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    running.cancel()
    assert producer.offsets == [3]
