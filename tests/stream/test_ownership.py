"""Which partitions a process works on, over rebalances, without a broker: the group, the producers and the tables by script."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.errors import Transient
from streams.runtime import Event
from streams.runtime.dead import TooManyDeadLetters
from streams.runtime.store import Changes, MemoryStore
from streams.transport import opening, ownership
from streams.transport.calls import BlockingCalls
from streams.transport.flow import Flow
from streams.transport.offsets import OrphanedOffset, UnevenTopics
from streams.transport.opening import Input
from streams.transport.ownership import Ownership
from streams.transport.producer import LostOwnership
from tests.stream.scripted import NoCalls, NoOffsets, decider
from tests.unit.runtime.records import Record, agent_of

ZERO, ONE = ("in", 0), ("in", 1)


@dataclass
class Group:
    """The group as the test moves it."""

    mine: set[Input] = field(default_factory=set)
    records: dict[int, deque[Sequence[Event]]] = field(default_factory=lambda: defaultdict(deque))
    reads: list[tuple[int, int]] = field(default_factory=list)
    rejoins: int = 0
    crashes: list[BaseException] = field(default_factory=list)

    def assigned(self) -> set[Input]:
        return set(self.mine)

    def rejoin(self) -> None:
        self.rejoins += 1

    def crash(self, error: BaseException) -> None:
        self.crashes.append(error)

    def read(self, topic: str, partition: int, offset: int) -> Inlet:
        del topic
        self.reads.append((partition, offset))
        return Inlet(self.records[partition])


class Inlet:
    """Hands out batches as the test adds them."""

    def __init__(self, batches: deque[Sequence[Event]]) -> None:
        self._batches = batches

    async def take(self, limit: int) -> list[Event]:
        del limit
        while not self._batches:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        return list(self._batches.popleft())

    def close(self) -> None:
        """Nothing to release."""


@dataclass
class Cluster:
    """Brokers by script: who opened which id, what is committed; `hold` stops an opening, `errors` fail it or a write."""

    made: list[ScriptedOwner] = field(default_factory=list)
    committed: dict[int, int | None] = field(default_factory=lambda: defaultdict(int))
    open_errors: deque[Exception] = field(default_factory=deque)
    write_errors: deque[Exception] = field(default_factory=deque)
    hold_open: asyncio.Event | None = None
    hold_write: asyncio.Event | None = None
    hold_close: asyncio.Event | None = None
    recovered: int = 0
    orphaned: int | None = None
    low: int = 0
    uneven: UnevenTopics | None = None
    stores: list[NotingStore] = field(default_factory=list)
    hold_store: threading.Event | None = None
    opening_store: threading.Event = field(default_factory=threading.Event)
    calls: Callable[[str], Any] = lambda name: NoCalls()

    def producer(self, options: object, name: str) -> ScriptedOwner:
        del options
        self.made.append(ScriptedOwner(self, name, calls=self.calls(name)))
        return self.made[-1]

    def store(self, name: str, tables: object, identity: str) -> NotingStore:
        del name, tables, identity
        self.opening_store.set()
        if self.hold_store is not None:
            assert self.hold_store.wait(60)
        self.stores.append(NotingStore())
        return self.stores[-1]

    async def recover(
        self, options: object, tables: object, partition: int, store: object, calls: object, **asked: object
    ) -> int:
        del options, tables, partition, store, calls, asked
        self.recovered += 1
        return 0


class NotingStore(MemoryStore):
    """Notes whether it was let go, and whether it was changed after that."""

    closed = False
    changed_after = False

    def apply(self, changes: Changes) -> None:
        self.changed_after |= self.closed
        super().apply(changes)

    def close(self) -> None:
        self.closed = True
        super().close()


@dataclass
class ScriptedOwner:
    """The transactional producer of one partition."""

    cluster: Cluster
    name: str
    calls: Any
    opened: bool = False
    closed: bool = False

    async def open(self) -> None:
        if self.cluster.hold_open is not None:
            await self.cluster.hold_open.wait()
        if self.cluster.open_errors:
            raise self.cluster.open_errors.popleft()
        self.opened = True

    async def write(self, outputs: object, offset: Any, group: object, then: Callable[[], None] = lambda: None) -> None:
        del outputs, group
        if self.cluster.hold_write is not None:
            await self.cluster.hold_write.wait()
        if self.cluster.write_errors:
            raise self.cluster.write_errors.popleft()
        assert not self.closed
        self.cluster.committed[offset.partition] = offset.offset
        then()

    async def close(self) -> None:
        if self.cluster.hold_close is not None:
            await self.cluster.hold_close.wait()
        self.closed = True


class Offsets(NoOffsets):
    """What the group has committed."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def committed(self, topic: str, partition: int, calls: object) -> int | None:
        del topic, calls
        if self._cluster.orphaned is not None:
            settled, self._cluster.orphaned = self._cluster.orphaned, None
            raise OrphanedOffset(settled)
        return self._cluster.committed[partition]

    async def bounds(self, topic: str, partition: int, calls: object) -> tuple[int, int]:
        del topic, partition, calls
        return self._cluster.low, 1000

    async def require_even(self, topic: str, changelogs: Sequence[str], calls: object) -> None:
        del topic, changelogs, calls
        if self._cluster.uneven is not None:
            raise self._cluster.uneven

    async def identity(self, topics: object, calls: object) -> str:
        del topics, calls
        return "the same"

    async def close(self) -> None:
        """Nothing to release."""


@dataclass
class Rig:
    """One process of the group."""

    group: Group
    cluster: Cluster
    owner: Ownership

    async def rebalance(self, *mine: Input) -> None:
        """As Faust does it: revoke, assign, and when it is through with its own part, open."""
        await self.owner.pause()
        self.group.mine = set(mine)
        await self.owner.keep_only(mine)
        self.owner.open()

    async def at_work(self, *mine: Input) -> None:
        await self.rebalance(*mine)
        await until(lambda: self.owner.opened)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.fixture
async def rig(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    group, cluster = Group(), Cluster()
    monkeypatch.setattr(opening, "TransactionalProducer", cluster.producer)
    monkeypatch.setattr(opening, "recover", cluster.recover)
    monkeypatch.setattr(opening, "GroupOffsets", lambda options, name: Offsets(cluster))
    monkeypatch.setattr(ownership, "_PAUSE_S", 0.001)
    decided = {"in": decider(agent_of(), limit=1)}
    opener = opening.Opener(group, decided, name="app", options={}, flow=Flow(batch_size=10), stores=cluster.store)
    owner = Ownership(group, decided, opener, batch_timeout_s=120)
    yield Rig(group, cluster, owner)
    if cluster.hold_write is not None:
        cluster.hold_write.set()
    await owner.stop()


def mails(*offsets: int) -> list[Event]:
    return [Record(offset=offset, partition=0) for offset in offsets]


async def test_an_assigned_partition_is_fenced_recovered_and_read_from_the_committed_offset(rig: Rig) -> None:
    rig.cluster.committed[0] = 7
    await rig.at_work(ZERO, ONE)
    assert sorted(producer.name for producer in rig.cluster.made) == ["app-in-0", "app-in-1"]
    await until(lambda: len(rig.group.reads) == 2)
    assert sorted(rig.group.reads) == [(0, 7), (1, 0)]
    rig.group.records[0].append(mails(7, 8))
    await until(lambda: rig.cluster.committed[0] == 9)


async def test_a_kept_partition_keeps_its_producer_rows_and_position_over_a_rebalance(rig: Rig) -> None:
    await rig.at_work(ZERO)
    rig.group.records[0].append(mails(0, 1))
    await until(lambda: rig.cluster.committed[0] == 2)
    tables = rig.owner.tables[ZERO]
    await rig.at_work(ZERO, ONE)
    assert [producer.name for producer in rig.cluster.made] == ["app-in-0", "app-in-1"]
    assert not rig.cluster.made[0].closed
    assert rig.owner.tables[ZERO] is tables
    assert tables.store.count("counts") == 1
    await until(lambda: (0, 2) in rig.group.reads)


async def test_a_revoked_partition_is_closed_and_fenced_anew_when_it_comes_back(rig: Rig) -> None:
    await rig.at_work(ZERO)
    await rig.at_work()
    assert rig.cluster.made[0].closed
    assert rig.owner.tables == {}
    rig.cluster.committed[0] = 40
    await rig.at_work(ZERO)
    assert (len(rig.cluster.made), rig.cluster.recovered) == (2, 2)
    await until(lambda: (0, 40) in rig.group.reads)


async def test_a_rebalance_in_the_middle_of_an_opening_ends_it_and_the_next_one_opens(rig: Rig) -> None:
    rig.cluster.hold_open = asyncio.Event()
    await rig.rebalance(ZERO)
    await until(lambda: rig.cluster.made)
    await rig.owner.pause()
    assert rig.cluster.made[0].closed
    assert rig.owner.tasks == {}
    rig.cluster.hold_open = None
    await rig.at_work(ZERO)
    assert rig.cluster.made[1].opened


async def test_a_partition_that_goes_away_while_it_is_opened_is_not_worked_on(rig: Rig) -> None:
    rig.cluster.hold_open = asyncio.Event()
    await rig.rebalance(ZERO)
    await until(lambda: rig.cluster.made)
    rig.group.mine = set()
    rig.cluster.hold_open.set()
    await until(lambda: rig.owner.opened)
    assert rig.owner.tasks == {}
    assert rig.cluster.made[0].closed
    assert rig.group.reads == []


async def test_what_is_being_opened_is_told_with_its_age_until_it_is_open_or_gone(rig: Rig) -> None:
    rig.cluster.hold_open = asyncio.Event()
    before = time.monotonic()
    await rig.rebalance(ZERO, ONE)
    await until(lambda: set(rig.owner.opening) == {ZERO, ONE})
    rig.cluster.open_errors.append(Transient("away"))  # its retries do not begin the count anew
    assert all(before <= since <= time.monotonic() for since in rig.owner.opening.values())
    since = dict(rig.owner.opening)
    rig.cluster.hold_open.set()
    await until(lambda: len(rig.owner.opening) == 1)
    assert rig.owner.opening.items() <= since.items()
    await until(lambda: rig.owner.opened)
    assert rig.owner.opening == {}
    rig.cluster.hold_open.clear()
    await rig.rebalance(("in", 2))
    await until(lambda: set(rig.owner.opening) == {("in", 2)})
    await rig.owner.pause()
    assert rig.owner.opening == {}


async def test_brokers_that_are_away_are_asked_again(rig: Rig) -> None:
    rig.cluster.open_errors.extend([Transient("away"), LostOwnership("not yet"), Transient("away")])
    await rig.at_work(ZERO)
    assert [producer.closed for producer in rig.cluster.made] == [True, True, True, False]


async def test_a_lost_partition_asks_for_a_rebalance_and_is_not_fenced_again_before_it(rig: Rig) -> None:
    rig.cluster.write_errors.append(LostOwnership("fenced"))
    await rig.at_work(ZERO)
    rig.group.records[0].append(mails(0))
    await until(lambda: rig.group.rejoins == 1)
    assert len(rig.cluster.made) == 1, "a zombie that took the id back would fence the owner"
    assert not rig.owner.opened
    assert rig.owner.tables == {}
    rig.group.records[0].append(mails(0))
    await rig.at_work(ZERO)
    await until(lambda: rig.cluster.committed[0] == 1)
    assert rig.cluster.made[0].closed


async def test_a_partition_that_is_lost_while_it_is_paused_is_fenced_anew(rig: Rig) -> None:
    rig.cluster.hold_write = asyncio.Event()
    rig.cluster.write_errors.append(LostOwnership("fenced"))
    await rig.at_work(ZERO)
    rig.group.records[0].append(mails(0))
    await until(lambda: any(task.committing for task in rig.owner.tasks.values()))
    pausing = asyncio.create_task(rig.owner.pause())
    await asyncio.sleep(0)
    rig.cluster.hold_write.set()
    await pausing
    assert rig.owner.tasks == {}
    rig.cluster.hold_write = None
    await rig.at_work(ZERO)
    assert len(rig.cluster.made) == 2


async def test_a_revocation_waits_for_the_running_transaction(rig: Rig) -> None:
    rig.cluster.hold_write = asyncio.Event()
    await rig.at_work(ZERO)
    rig.group.records[0].extend([mails(0), mails(1)])
    await until(lambda: any(task.committing for task in rig.owner.tasks.values()))
    pausing = asyncio.create_task(rig.owner.pause())
    await asyncio.sleep(0.01)
    assert not pausing.done()
    rig.cluster.hold_write.set()
    await pausing
    assert rig.cluster.committed[0] == 1, "what ran is committed and nothing else is begun"
    assert rig.owner.tasks[ZERO].position == 1


async def test_a_transaction_that_outlasts_the_pause_voids_rows_and_position(rig: Rig) -> None:
    """It may be committed later: a kept position would then take the same mails twice."""
    rig.owner._batch_timeout_s = 0.1
    rig.cluster.hold_write = asyncio.Event()
    await rig.at_work(ZERO)
    rig.group.records[0].append(mails(0))
    await until(lambda: any(task.committing for task in rig.owner.tasks.values()))
    await rig.owner.pause()
    assert rig.owner.tasks == {}
    rig.cluster.hold_write = None
    rig.cluster.committed[0] = 1  # the late commit
    await rig.at_work(ZERO)
    assert len(rig.cluster.made) == 2, "its id is fenced before the committed offset is read"
    await until(lambda: rig.group.reads[-1] == (0, 1))
    assert rig.group.rejoins == 0


async def test_too_many_dead_letters_crash_the_process_and_commit_nothing(rig: Rig) -> None:
    await rig.at_work(ZERO)
    rig.group.records[0].append([Record(offset=0, partition=0, value=b"bug")])
    await until(lambda: rig.group.crashes)
    assert isinstance(rig.group.crashes[0], TooManyDeadLetters)
    assert rig.cluster.committed[0] == 0


async def test_an_opening_that_meets_a_defect_crashes_the_process_instead_of_idling(rig: Rig) -> None:
    rig.cluster.open_errors.append(KeyError("defect"))
    await rig.rebalance(ZERO)
    await until(lambda: rig.group.crashes)
    assert isinstance(rig.group.crashes[0], KeyError)
    assert not rig.owner.opened


async def test_a_changelog_with_too_few_partitions_ends_the_process_before_anything_is_read(rig: Rig) -> None:
    rig.cluster.uneven = UnevenTopics("changelog has 3 partitions, in has 4")
    await rig.rebalance(ZERO)
    await until(lambda: rig.group.crashes)
    assert rig.group.crashes == [rig.cluster.uneven]
    assert [owner.closed for owner in rig.cluster.made] == [True]


async def test_partitions_that_are_lost_together_are_all_closed_when_it_stops(rig: Rig) -> None:
    await rig.at_work(ZERO, ONE)
    rig.cluster.hold_close = asyncio.Event()
    rig.cluster.write_errors.extend([LostOwnership("fenced"), LostOwnership("fenced")])
    for partition in (0, 1):
        rig.group.records[partition].append([Record(offset=0, partition=partition)])
    await until(lambda: rig.group.rejoins == 2)
    stopping = asyncio.create_task(rig.owner.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    rig.cluster.hold_close.set()
    await stopping
    assert all(producer.closed for producer in rig.cluster.made)


async def test_after_stop_nothing_is_opened_again(rig: Rig) -> None:
    await rig.at_work(ZERO)
    await rig.owner.stop()
    assert rig.cluster.made[0].closed
    rig.owner.open()
    await asyncio.sleep(0.01)
    assert rig.owner.tasks == {}
    assert len(rig.cluster.made) == 1


async def test_an_orphaned_offset_is_replaced_in_a_transaction_of_the_same_producer(rig: Rig) -> None:
    rig.cluster.orphaned = 26
    await rig.at_work(ZERO)
    assert rig.cluster.committed[0] == 26
    await until(lambda: rig.group.reads == [(0, 26)])


@pytest.mark.parametrize(
    ("committed", "low", "read_from", "said"),
    [
        pytest.param(7, 19, 7, "12 offsets are gone", id="the group was away for longer than records are kept"),
        pytest.param(7, 9, 7, "2 offsets are gone", id="at least one of two is a record"),
        pytest.param(7, 8, 7, "", id="an idle topic: the one offset is its last transaction's marker"),
        pytest.param(7, 7, 7, "", id="an idle topic without transactions"),
        pytest.param(None, 19, 19, "", id="never read before: what was there earlier was nobody's"),
        pytest.param(None, 0, 0, "", id="new group, new topic"),
    ],
)
async def test_mails_that_retention_took_before_they_were_processed_are_told_of(
    rig: Rig, caplog: Any, committed: int | None, low: int, read_from: int, said: str
) -> None:
    rig.cluster.committed[0], rig.cluster.low = committed, low
    await rig.at_work(ZERO)
    await until(lambda: rig.group.reads == [(0, read_from)])
    gone = [record.message for record in caplog.records if "gone" in record.message]
    assert [said in message for message in gone] == [True] * bool(said)


async def test_a_recovery_that_a_rebalance_overtakes_has_ended_before_its_rows_are_let_go(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the partition stays here: the next recovery begins on the same rows."""
    rig.cluster.calls = BlockingCalls
    replaying, ended = threading.Event(), threading.Event()

    async def endless(*asked: Any, cancelled: Callable[[], bool], **more: object) -> int:
        _, _, _, store, calls = asked
        del more

        def replay() -> int:
            replaying.set()
            deadline = time.monotonic() + 60
            while not cancelled() and time.monotonic() < deadline:
                store.apply({"counts": {b"home": b"1"}})
            ended.set()
            raise Transient("overtaken")

        return int(await calls.run(replay, seconds=120))

    with monkeypatch.context() as patch:
        patch.setattr(opening, "recover", endless)
        await rig.rebalance(ZERO)
        await until(replaying.is_set)
        await rig.owner.pause()
    assert ended.is_set()
    (first,) = rig.cluster.stores
    assert (first.closed, first.changed_after) == (True, False)
    assert rig.cluster.made[0].closed
    await rig.at_work(ZERO)
    assert [store.closed for store in rig.cluster.stores] == [True, False]
    assert rig.group.crashes == []


async def test_a_store_that_is_still_being_opened_when_a_rebalance_comes_is_let_go_too(rig: Rig) -> None:
    rig.cluster.calls, rig.cluster.hold_store = BlockingCalls, threading.Event()
    await rig.rebalance(ZERO)
    await until(rig.cluster.opening_store.is_set)
    pausing = asyncio.create_task(rig.owner.pause())
    await asyncio.sleep(0.01)
    rig.cluster.hold_store.set()
    await pausing
    assert [store.closed for store in rig.cluster.stores] == [True]


async def test_a_revocation_in_the_middle_of_a_decision_leaves_the_batch_to_the_next_owner(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.runtime.batch.SLICE_S", 0.0)  # gives way after each event
    await rig.at_work(ZERO)
    rig.group.records[0].append(mails(*range(50)))
    task = rig.owner.tasks[ZERO]
    await until(lambda: not rig.group.records[0])
    await rig.owner.pause()
    assert (task.committing, task.position, rig.cluster.committed[0]) == (False, 0, 0)
    assert task.tables.store.count("counts") == 0
    rig.group.records[0].append(mails(*range(50)))
    await rig.at_work(ZERO)
    await until(lambda: rig.cluster.committed[0] == 50)
    assert rig.group.reads == [(0, 0), (0, 0)]
