"""Two input topics of one agent: one task, one offset per transaction, positions and rows apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from streams.runtime import Agent, Event, Known, Outcome, Output, Table, Write
from streams.runtime.store import OWN
from streams.runtime.tables import POSITION_KEY, position_key
from streams.transport.flow import Flow
from streams.transport.merge import Merged
from streams.transport.producer import Aborted
from streams.transport.task import PartitionTask
from tests.stream.scripted import NoOffsets, ScriptedInputs, ScriptedProducer, decider, stopped
from tests.unit.runtime.records import Count, Record, tables_of

MAILS = Table(name="mails", changelog="mails-changelog", row=Count)
TOLD = Table(name="told", changelog="told-changelog", row=Count, source="told")


def decide(event: Event, known: Known) -> Outcome:
    table = TOLD if event.topic == "told" else MAILS
    row = known.get(table, b"home") or Count()
    heard = known.get(TOLD, b"home") or Count()
    write = Write(table, b"home", Count(events=row.events + 1))
    return Outcome(outputs=(Output("out", b"home", b"%d" % heard.events),), writes=(write,))


AGENT = Agent(name="app", reads=("in", "told"), decide=decide, tables=(MAILS, TOLD))


class TwoInputs:
    """A script for each topic."""

    def __init__(self, mails: ScriptedInputs, told: ScriptedInputs) -> None:
        self.of = {"in": mails, "told": told}

    def read(self, topic: str, partition: int, offset: int) -> ScriptedInputs:
        return self.of[topic].read(topic, partition, offset)


def told(*offsets: int) -> list[Event]:
    return [Record(offset=offset, topic="told") for offset in offsets]


async def test_both_topics_are_read_and_each_transaction_moves_the_offset_of_one() -> None:
    mails, feedback = ScriptedInputs([Record(offset=5)], [Record(offset=6)]), ScriptedInputs(told(2))
    producer = ScriptedProducer()
    work = PartitionTask(
        "in", 3, decider=decider(AGENT), producer=producer, offsets=NoOffsets(), inputs=TwoInputs(mails, feedback),  # type: ignore[arg-type]
        tables=tables_of(), position=5, joined={"told": 2}, flow=Flow(batch_size=100),
    )  # fmt: skip
    running = asyncio.create_task(work.run())
    await asyncio.wait_for(asyncio.gather(mails.drained.wait(), feedback.drained.wait()), 60)
    await stopped(work, running)
    assert work.positions == {"in": 7, "told": 3}
    assert (work.tables.position, work.tables.position_at(position_key("told", "in"))) == (7, 3)
    assert sorted(producer.offsets) == [3, 6, 7]
    marks = [(out.topic, out.value) for out in producer.committed if (out.key or b"").startswith(POSITION_KEY)]
    assert sorted(marks) == [("mails-changelog", b"6"), ("mails-changelog", b"7"), ("told-changelog", b"3")]
    assert work.tables.entry(TOLD, b"home") == (Count(events=1), 2)
    assert work.tables.entry(MAILS, b"home") == (Count(events=2), 6)
    assert work.tables.store.get(OWN, POSITION_KEY) == b"7"
    assert (mails.reads, feedback.reads, mails.closed, feedback.closed) == ([5], [2], 1, 1)


async def test_an_aborted_batch_is_told_of_by_its_own_topic(caplog: pytest.LogCaptureFixture) -> None:
    mails, feedback = ScriptedInputs(), ScriptedInputs(told(2))
    producer = ScriptedProducer(Aborted("try again"))
    work = PartitionTask(
        "in", 3, decider=decider(AGENT), producer=producer, offsets=NoOffsets(), inputs=TwoInputs(mails, feedback),  # type: ignore[arg-type]
        tables=tables_of(), position=5, joined={"told": 2}, flow=Flow(batch_size=100),
    )  # fmt: skip
    running = asyncio.create_task(work.run())
    await asyncio.wait_for(feedback.drained.wait(), 60)
    await stopped(work, running)
    (aborted,) = [vars(record) for record in caplog.records if "aborted" in record.message]
    assert (aborted["topic"], aborted["offset"]) == ("told", 2)


class Always:
    """A topic that has always records."""

    def __init__(self, name: str) -> None:
        self.name, self.closed = name, False

    async def take(self, limit: int) -> Sequence[Event]:
        return [Record(offset=0, topic=self.name)][:limit]

    def close(self) -> None:
        self.closed = True


async def test_a_topic_that_is_always_full_does_not_starve_the_other() -> None:
    inlets = {name: Always(name) for name in ("in", "told")}
    merged = Merged(inlets)  # type: ignore[arg-type]
    taken = [(await merged.take(9))[0].topic for _ in range(6)]
    merged.close()
    assert taken == ["in", "told"] * 3
    assert all(inlet.closed for inlet in inlets.values())


@pytest.mark.parametrize(
    ("reads", "tables", "said"),
    [(("in",), (MAILS, TOLD), "told is not read"), (("in", "told"), (MAILS,), "needs a table of its own")],
)
def test_a_declaration_that_cannot_work_is_refused(
    reads: tuple[str, ...], tables: tuple[Table[Count], ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Agent(name="app", reads=reads, decide=decide, tables=tables)
