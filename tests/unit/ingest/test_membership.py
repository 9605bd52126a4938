"""Which leases a process has, as the group gives and takes partitions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest
from aiokafka.errors import IllegalStateError, KafkaConnectionError
from aiokafka.structs import TopicPartition

from agents.ingest import membership
from agents.ingest.log_writer import Fenced
from agents.ingest.mailbox import Surroundings
from agents.ingest.membership import Membership
from agents.ingest.roster import Roster
from streams import group_watch
from streams.group_watch import OutOfGroup, Patience, Standing
from streams.kafka_errors import KafkaUnavailable
from streams.topics import ACCOUNTS


class Consumer:
    """As much of aiokafka's as an assignment needs."""

    def __init__(self) -> None:
        self.held: set[TopicPartition] = set()
        self._coordinator, self._subscription = None, SimpleNamespace(subscription=None)

    def seek(self, partition: TopicPartition, offset: int) -> None: ...

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {0, 1}

    def assignment(self) -> set[TopicPartition]:
        return self.held

    async def commit(self, offsets: object) -> None: ...

    async def position(self, partition: TopicPartition) -> int:
        return 0


class Lease:
    """Asks whether it may begin, then holds on. How it ends when it is cancelled is the test's to say."""

    running: ClassVar[set[int]] = set()
    at_the_end: Callable[[], Awaitable[None]]

    def __init__(
        self, partition: int, roster: Roster, confirm: Callable[[], Awaitable[None]], around: Surroundings
    ) -> None:
        self._partition, self._confirm = partition, confirm

    async def run(self) -> None:
        await self._confirm()
        self.running.add(self._partition)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await type(self).at_the_end()
            raise
        finally:
            self.running.discard(self._partition)


class Group:
    """A membership, and the group's decisions about it."""

    def __init__(self) -> None:
        self.consumer = Consumer()
        self.membership = Membership(
            cast("Surroundings", SimpleNamespace(settings=SimpleNamespace(kafka_session_timeout_s=0.05)))
        )
        cast("Any", self.membership)._consumer = self.consumer

    def gives(self, *partitions: int) -> None:
        self.consumer.held = {TopicPartition(ACCOUNTS.name, partition) for partition in partitions}
        self.membership.assigned(self.consumer.held)


async def dies_fenced() -> None:
    raise Fenced("in the moment of its cancellation")


async def keeps_the_cancellation_to_itself() -> None:
    raise RuntimeError("a client that could not be closed")


async def takes_its_time() -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(3600)


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> Group:
    Lease.running.clear()
    monkeypatch.setattr(membership, "Lease", Lease)
    monkeypatch.setattr(membership, "RETRY_MAX_S", 0.01)
    monkeypatch.setattr(membership, "EARLIER_S", 0.05)
    return Group()


async def until_running(*partitions: int) -> None:
    async with asyncio.timeout(60):
        while Lease.running != set(partitions):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("ending", [dies_fenced, keeps_the_cancellation_to_itself, takes_its_time])
async def test_a_lost_lease_that_ends_oddly_holds_up_no_new_one(
    group: Group, monkeypatch: pytest.MonkeyPatch, ending: Callable[[], Awaitable[None]]
) -> None:
    monkeypatch.setattr(Lease, "at_the_end", staticmethod(ending), raising=False)
    group.gives(0)
    await until_running(0)
    group.gives(1)
    await until_running(*((0, 1) if ending is takes_its_time else (1,)))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_a_partition_that_was_given_away_is_not_taken_over_any_more(group: Group) -> None:
    group.gives()
    with pytest.raises(Fenced):
        await cast("Any", group.membership)._confirm(0, asyncio.current_task())


@pytest.mark.parametrize("fetches", [True, False])
async def test_a_consumer_that_has_lost_its_coordinator_for_good_is_given_up(
    group: Group, monkeypatch: pytest.MonkeyPatch, fetches: bool
) -> None:
    """No commit of it is ever answered again: whoever waits to be confirmed would wait for ever. It fetches on, or, lost
    in the middle of a rebalance, does not come back from that, whatever its time-out."""

    class Deaf(Consumer):
        async def commit(self, offsets: object = None) -> None:
            raise KafkaConnectionError

        async def getmany(self, **_: object) -> dict[object, object]:
            await (asyncio.sleep(0.01) if fetches else asyncio.Event().wait())
            return {}

        async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(partitions, 1)

    monkeypatch.setattr(membership, "UNHEARD_S", 0.05)
    monkeypatch.setattr(membership, "POLL_S", 0.05)
    group.consumer = cast("Any", group.membership)._consumer = Deaf()
    group.gives(0)
    async with asyncio.timeout(60):
        with pytest.raises(KafkaUnavailable, match="no answer of the coordinator"):
            await cast("Any", group.membership)._poll()
    heard = cast("Any", group.membership)._consumer = Consumer()
    heard.held = group.consumer.held
    await until_running(0)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_a_consumer_that_is_not_let_in_is_given_up(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asked to join, for the first time or again, and never hears of it; the group's coordinator answers others."""

    class Unheard(Consumer):
        def subscribe(self, *_: object, **__: object) -> None: ...

        async def start(self) -> None: ...

        async def topics(self) -> set[str]:
            return {ACCOUNTS.name}

        async def getmany(self, **_: object) -> dict[object, object]:
            await asyncio.sleep(0.01)
            return {}

    async def yes(*_: object) -> bool:
        return True

    waiting, seen = cast("Any", group.membership), [Standing("it waits to be let in")]
    waiting._watch._patience = Patience(0.05)
    monkeypatch.setattr(membership, "_consumer", lambda _: Unheard())
    monkeypatch.setattr(membership, "standing", lambda _: seen[-1])
    monkeypatch.setattr(group_watch, "answers", yes)
    await waiting._join()
    async with asyncio.timeout(60):
        with pytest.raises(OutOfGroup, match="triage-ingest: it waits to be let in"):
            await waiting._poll()
    seen.append(Standing())
    await waiting._join()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await waiting._poll()


@pytest.mark.parametrize("silent", ["end_offsets", "position"])
async def test_a_broker_that_does_not_say_where_a_partition_ends_keeps_nobody_from_reading_on(
    group: Group, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    class Silent(Consumer):
        fetches = 0

        async def getmany(self, **_: object) -> dict[object, object]:
            self.fetches += 1
            await asyncio.sleep(0.001)
            return {}

        async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(partitions, 1)

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(membership, "ANSWER_S", 0.01)
    monkeypatch.setattr(Silent, silent, never)
    cast("Any", group.membership)._ends = Patience(1.0)
    consumer = group.consumer = cast("Any", group.membership)._consumer = Silent()
    group.gives(0)
    async with asyncio.timeout(60):
        with pytest.raises(KafkaUnavailable, match="where accounts ends"):
            await cast("Any", group.membership)._poll()
    assert consumer.fetches > 2
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_a_partition_that_is_lost_while_its_end_is_asked_for_makes_nobody_join_again(group: Group) -> None:
    class Losing(Consumer):
        async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(partitions, 1)

        async def position(self, partition: TopicPartition) -> int:
            raise IllegalStateError(f"Partition {partition} is not assigned")

    cast("Any", group.membership)._consumer = group.consumer = Losing()
    group.gives(0)
    await cast("Any", group.membership)._publish_loaded()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
