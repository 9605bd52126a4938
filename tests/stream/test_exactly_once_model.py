"""A partition's task against a model of what must come out, whatever happens to its transactions.

The log has gaps as transaction markers, aborted transactions and compaction leave them; batches are cut anywhere;
transactions commit, abort, fail before they commit or after it (the answer is lost); the next owner starts from the
committed offset with rows out of the committed changelog, or with a store that it kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.runtime import Event, Output
from streams.runtime.store import OWN, MemoryStore
from streams.runtime.tables import POSITION_KEY, Tables
from streams.transport import task as task_module
from streams.transport.flow import Flow
from streams.transport.producer import Aborted, LostOwnership
from streams.transport.task import PartitionTask
from tests.stream.scripted import NoCalls, NoOffsets, decider, stopped
from tests.unit.runtime.records import COUNTS, Record, agent_of


@pytest.fixture(autouse=True, scope="module")
def no_pause() -> Iterator[None]:
    """Nothing here is away: an aborted batch may be taken again at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_module, "_PAUSE_S", 0.0)
        yield


class Fate(Enum):
    """How a transaction ends."""

    COMMITS = "commits"
    ABORTS = "aborts"
    IS_LOST = "the owner is fenced before it commits"
    COMMITS_UNSEEN = "it commits, and the answer is lost"


class Broker:
    """The committed state of one partition's input, outputs, changelog and group offset."""

    def __init__(self, log: list[Event], cuts: list[int], fates: list[Fate]) -> None:
        self.log, self.cuts, self.fates = log, deque(cuts), deque(fates)
        self.outputs: list[Output] = []
        self.changelog: list[Output] = []
        self.committed = 0
        self.drained = asyncio.Event()

    def read(self, topic: str, partition: int, offset: int) -> Inlet:
        del topic, partition
        return Inlet(self, [record for record in self.log if record.offset >= offset])

    def recovered(self) -> MemoryStore:
        """A new owner's rows."""
        store = MemoryStore()
        for change in self.changelog:
            assert change.key is not None
            store.apply({OWN if change.key == POSITION_KEY else "counts": {change.key: change.value}})
        return store


class Inlet:
    """The log from a position on, cut into batches by the test."""

    def __init__(self, broker: Broker, records: list[Event]) -> None:
        self._broker, self._records = broker, records

    async def take(self, limit: int) -> list[Event]:
        if not self._records:
            self._broker.drained.set()
            await asyncio.Event().wait()
        cut = min(limit, self._broker.cuts.popleft() if self._broker.cuts else limit)
        taken, self._records = self._records[:cut], self._records[cut:]
        return taken

    def close(self) -> None:
        """Nothing to release."""


class Producer:
    """One owner's transactions."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.calls = NoCalls()

    async def write(self, outputs: Iterable[Output], offset: Any, group: object, then: Callable[[], None]) -> None:
        del group
        written = list(outputs)
        await asyncio.sleep(0)
        fate = self._broker.fates.popleft() if self._broker.fates else Fate.COMMITS
        if fate is Fate.ABORTS:
            raise Aborted("by script")
        if fate is Fate.IS_LOST:
            raise LostOwnership("by script")
        self._broker.outputs += [output for output in written if output.topic != COUNTS.changelog]
        self._broker.changelog += [output for output in written if output.topic == COUNTS.changelog]
        self._broker.committed = offset.offset
        if fate is Fate.COMMITS_UNSEEN:
            raise LostOwnership("no answer")
        then()


RECORDS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([b"a", b"b", b"c"]), st.sampled_from([b"mail", b"mail", b"bad"])),
    max_size=30,
)
"""Steps to the next offset, key, value."""


@given(
    RECORDS,
    st.lists(st.integers(1, 7), max_size=30),
    st.lists(st.sampled_from(Fate), max_size=12),
    st.lists(st.booleans(), min_size=20, max_size=20),
)
async def test_every_event_takes_effect_once_in_order(
    steps: list[tuple[int, bytes, bytes]], cuts: list[int], fates: list[Fate], keeps: list[bool]
) -> None:
    log: list[Event] = []
    offset = -1
    for step, key, value in steps:
        offset += step
        log.append(Record(offset=offset, key=key, value=value))
    broker = Broker(log, cuts, fates)
    store = MemoryStore()
    for kept in keeps:
        if not await _owner_ended(broker, store):
            break
        if not kept:
            store = broker.recovered()
        else:  # as a store on disk is brought up to date: the tail is replayed over what it holds
            store.apply({name: dict(broker.recovered().items(name)) for name in ("counts", OWN)})
    counts: dict[bytes, int] = defaultdict(int)
    wanted = []
    for _, key, value in steps:
        if value == b"bad":
            wanted.append(("mail.dead", key, b"bad"))
        else:
            counts[key] += 1
            wanted.append(("out", key, b"%d" % counts[key]))
    assert [(output.topic, output.key, output.value) for output in broker.outputs] == wanted
    for rows in (store, broker.recovered()):
        assert {key: COUNTS.decode(value).events for key, value in rows.items("counts")} == counts
        assert Tables(rows).position == broker.committed == (offset + 1 if steps else 0)


async def _owner_ended(broker: Broker, store: MemoryStore) -> bool:
    """Work as one owner: True when it lost the partition, False when everything is done."""
    work = PartitionTask(
        "in",
        3,
        decider=decider(agent_of()),
        producer=Producer(broker),  # type: ignore[arg-type]
        offsets=NoOffsets(),  # type: ignore[arg-type]
        inputs=broker,
        tables=Tables(store),
        position=broker.committed,
        flow=Flow(batch_size=5),
    )
    running = asyncio.create_task(work.run())
    drained = asyncio.create_task(broker.drained.wait())
    await asyncio.wait({running, drained}, return_when=asyncio.FIRST_COMPLETED)
    drained.cancel()
    if running.done():
        assert isinstance(running.exception(), LostOwnership)
        return True
    await stopped(work, running)
    return False
