"""One input partition at work: what is committed, what is taken again, what is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.errors import Transient
from streams.runtime import Agent, Event, Known, Outcome, Tables
from streams.runtime.store import MemoryStore
from streams.runtime.tables import POSITION_KEY
from streams.transport import task as task_module
from streams.transport.calls import BlockingCalls
from streams.transport.producer import Aborted, LostOwnership
from tests.stream.scripted import NoOffsets, ScriptedInputs, ScriptedProducer, stopped, task, until_drained
from tests.unit.runtime.records import COUNTS, Count, Record, agent_of


def records(*offsets: int) -> list[Event]:
    return [Record(offset=offset, value=b"%d" % offset) for offset in offsets]


def counted(tables: Tables) -> int:
    """What the store has; the decoded copy in front of it must be the same."""
    value = tables.store.get("counts", b"home")
    assert value is not None
    assert tables.entry(COUNTS, b"home") == COUNTS.entry(value)
    return COUNTS.decode(value).events


async def test_a_store_is_let_go_even_if_the_producers_thread_is_away_for_longer_than_anybody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise its lock stays taken, and the next opening replays the whole changelog into another folder."""
    monkeypatch.setattr(task_module, "_CLOSE_S", 0.02)
    calls, away, closed = BlockingCalls("away"), threading.Event(), threading.Event()

    class Closing(MemoryStore):
        def close(self) -> None:
            closed.set()

    async def close() -> None:
        calls.close()

    begun = threading.Event()

    def stay_away() -> None:
        begun.set()
        away.wait(60)

    staying = asyncio.create_task(calls.run(stay_away, seconds=60))
    assert await asyncio.to_thread(begun.wait, 60)
    await task_module.let_go(cast("Any", SimpleNamespace(calls=calls, close=close)), [Closing()])
    assert not closed.is_set()
    away.set()
    assert await asyncio.to_thread(closed.wait, 60)
    await staying


async def test_outputs_rows_and_offset_are_one_transaction() -> None:
    inputs, producer = ScriptedInputs(records(4, 5, 7)), ScriptedProducer()
    work = task(agent_of(), inputs, producer, position=4)
    await until_drained(work, inputs)
    assert [(out.topic, out.value) for out in producer.committed[:3]] == [("out", b"1"), ("out", b"2"), ("out", b"3")]
    changes = producer.committed[3:]
    assert [(out.topic, out.key) for out in changes] == [(COUNTS.changelog, b"home"), (COUNTS.changelog, POSITION_KEY)]
    assert changes[1].value == b"8", "one row however often it changed, and up to where it counts"
    assert producer.offsets == [8]
    assert (work.position, counted(work.tables), work.tables.position) == (8, 3, 8)
    assert (inputs.reads, inputs.closed) == ([4], 1)


async def test_an_aborted_batch_is_taken_again_and_counts_once() -> None:
    inputs, producer = ScriptedInputs(records(0, 1)), ScriptedProducer(Aborted("broker says no"), None)
    work = task(agent_of(), inputs, producer)
    await until_drained(work, inputs)
    assert producer.attempts == 2
    assert [out.value for out in producer.committed if out.topic == "out"] == [b"1", b"2"]
    assert (producer.offsets, counted(work.tables), work.progress.aborted) == ([2], 2, 1)


async def test_rows_do_not_change_before_the_transaction_is_committed() -> None:
    inputs, producer = ScriptedInputs(records(0)), ScriptedProducer()
    producer.hold = asyncio.Event()
    work = task(agent_of(), inputs, producer)
    running = asyncio.create_task(work.run())
    while not work.committing:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert work.tables.store.get("counts", b"home") is None
    assert work.position == 0
    producer.hold.set()
    await asyncio.wait_for(inputs.drained.wait(), 60)
    assert counted(work.tables) == 1
    await stopped(work, running)


async def test_a_lost_partition_ends_the_task_with_its_rows_as_they_were() -> None:
    inputs, producer = ScriptedInputs(records(0), records(1)), ScriptedProducer(None, LostOwnership("fenced"))
    work = task(agent_of(), inputs, producer)
    with pytest.raises(LostOwnership):
        await work.run()
    assert (work.position, counted(work.tables), producer.offsets) == (1, 1, [1])


async def test_a_dead_letter_and_its_offset_are_one_transaction_with_the_rest() -> None:
    bad = Record(offset=1, value=b"bad", headers=(("ce_id", b"x"),))
    inputs, producer = ScriptedInputs([Record(offset=0), bad, Record(offset=2)]), ScriptedProducer()
    await until_drained(task(agent_of(), inputs, producer), inputs)
    (dead,) = [out for out in producer.committed if out.topic == "mail.dead"]
    headers = dict(dead.headers)
    assert (dead.key, dead.value) == (b"home", b"bad")
    assert (headers["dead_topic"], headers["dead_partition"], headers["dead_offset"]) == (b"in", b"3", b"1")
    assert headers["ce_id"] == b"x"
    assert producer.offsets == [3]


async def test_stopping_lets_a_running_transaction_end() -> None:
    inputs, producer = ScriptedInputs(records(0), records(1)), ScriptedProducer()
    producer.hold = asyncio.Event()
    work = task(agent_of(), inputs, producer)
    running = asyncio.create_task(work.run())
    while not work.committing:  # noqa: ASYNC110
        await asyncio.sleep(0)
    work.stop()
    producer.hold.set()
    await asyncio.wait_for(running, 60)
    assert producer.offsets == [1], "what ran is committed, nothing else is begun"


class Sink:
    """An effect by script: errors first, then it keeps what it is given."""

    def __init__(self, *errors: Exception, refuse: bytes | None = None) -> None:
        self.errors, self.refuse = list(errors), refuse
        self.kept: list[Any] = []

    async def __call__(self, items: Sequence[Any]) -> Mapping[int, Exception]:
        if self.errors:
            raise self.errors.pop(0)
        refused = {index: ValueError("refused") for index, item in enumerate(items) if item == self.refuse}
        self.kept += [item for index, item in enumerate(items) if index not in refused]
        return refused

    def agent(self) -> Agent:
        """An agent whose effect this is."""

        def decide(event: Event, known: Known) -> Outcome:
            del known
            return Outcome(effect=event.value)

        return Agent(name="sink", reads=("in",), decide=decide, expected=(ValueError,), effect=self)


async def test_nothing_is_committed_while_the_effect_waits_and_all_of_it_after() -> None:
    sink = Sink(Transient("database away"), Transient("database away"))
    inputs, producer = ScriptedInputs(records(0, 1)), ScriptedProducer()
    work = task(sink.agent(), inputs, producer)
    running = asyncio.create_task(work.run())
    while not work.progress.stuck:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert (work.progress.stuck, producer.attempts) == ("database away", 0)
    await asyncio.wait_for(inputs.drained.wait(), 60)
    assert (sink.kept, producer.offsets, work.progress.stuck) == ([b"0", b"1"], [2], "")
    await stopped(work, running)


async def test_what_the_effect_refuses_is_a_dead_letter_and_the_rest_is_kept() -> None:
    sink = Sink(refuse=b"1")
    inputs, producer = ScriptedInputs(records(0, 1, 2)), ScriptedProducer()
    await until_drained(task(sink.agent(), inputs, producer), inputs)
    assert sink.kept == [b"0", b"2"]
    assert [(out.topic, out.value) for out in producer.committed] == [("mail.dead", b"1")]
    assert producer.offsets == [3]


async def test_a_table_row_knows_the_rows_of_the_batch_before() -> None:
    rows = {"counts": {b"home": COUNTS.encode(Count(events=40), 9)}}
    inputs, producer = ScriptedInputs(records(10), records(11)), ScriptedProducer()
    work = task(agent_of(), inputs, producer, rows=rows, position=10)
    await until_drained(work, inputs)
    assert [out.value for out in producer.committed if out.topic == "out"] == [b"41", b"42"]


async def test_transactions_that_never_succeed_are_said_and_forgotten_when_one_does() -> None:
    inputs, producer = ScriptedInputs(records(0)), ScriptedProducer(*[Aborted("no such partition")] * 4)
    work = task(agent_of(), inputs, producer)
    running = asyncio.create_task(work.run())
    while not work.progress.stuck:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert "no such partition" in work.progress.stuck
    assert producer.attempts == 3
    await asyncio.wait_for(inputs.drained.wait(), 60)
    assert (work.progress.stuck, producer.offsets) == ("", [1])
    await stopped(work, running)


class Ends(NoOffsets):
    """Where the changelog ends; None: the brokers do not say."""

    def __init__(self, *ends: int | None) -> None:
        self.ends = list(ends)

    async def bounds(self, topic: str, partition: int, calls: object) -> tuple[int, int]:
        del calls
        assert (topic, partition) == (COUNTS.changelog, 3)
        end = self.ends.pop(0)
        if end is None:
            raise Transient("brokers away")
        return 0, end


async def test_a_checkpoint_follows_the_commit_and_one_that_is_not_to_be_had_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each batch is followed by one here; the second finds the brokers away, the last has nothing new to say."""
    marks: list[tuple[Mapping[str, int], int]] = []
    monkeypatch.setattr(task_module, "CHECKPOINT_S", -1.0)
    inputs, producer, ends = (
        ScriptedInputs(records(0), records(1), records(2), []),
        ScriptedProducer(),
        Ends(3, None, 9),
    )
    work = task(agent_of(), inputs, producer, offsets=ends)
    monkeypatch.setattr(MemoryStore, "mark", lambda store, at: marks.append((at, len(producer.offsets))))
    await until_drained(work, inputs)
    assert marks == [({COUNTS.changelog: 3}, 1), ({COUNTS.changelog: 9}, 3)]
    assert producer.offsets == [1, 2, 3]
    assert not work.changed
