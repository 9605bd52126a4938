"""Which leases run: what the group gives is taken, what it takes is let go, whatever a lease is doing just then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.structs import TopicPartition

from agents.ingest import membership
from agents.ingest.budget import ByteBudget
from agents.ingest.cursors import Cursors
from agents.ingest.lease import Lease
from agents.ingest.log_writer import Fenced
from agents.ingest.mailbox import Surroundings
from agents.ingest.membership import Membership
from agents.ingest.states import States
from agents.sources.gmail import Service
from infra.settings import load
from streams.topics import ACCOUNTS


class Committer:
    """Of a partition that somebody else takes over as soon as `fence` is set."""

    trouble = ""

    def __init__(self, fence: asyncio.Event) -> None:
        self._fence = fence

    async def open(self) -> None:
        """At once."""

    async def run(self, _cursors: Cursors) -> None:
        """Until it is fenced."""
        await self._fence.wait()
        raise Fenced("somebody else has it")

    async def close(self) -> None:
        """At once."""


class Consumer:
    """Takes every order."""

    def seek(self, _partition: TopicPartition, _offset: int) -> None:
        """Done."""

    def assignment(self) -> set[TopicPartition]:
        """Nothing."""
        return set()


class Group:
    """A process in a group that gives and takes partitions; `running` are those whose lease has come to its mailboxes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = load()
        self.running: list[int] = []
        self.fence = asyncio.Event()
        self.membership = Membership(
            Surroundings(
                settings=settings, states=States(), budget=ByteBudget(1000), slots=asyncio.Semaphore(1),
                gmail=Service(settings),
            )
        )  # fmt: skip
        self.membership._consumer = Consumer()
        group = self

        class FakeKafka(Lease):
            def __init__(self, partition: int, *more: Any) -> None:
                super().__init__(partition, *more)
                self.committer = Committer(group.fence if partition == 0 else asyncio.Event())  # type: ignore[assignment]

            async def _load(self) -> Cursors:
                group.running.append(self._partition)
                return Cursors()

        monkeypatch.setattr(membership, "Lease", FakeKafka)

    def gives(self, *partitions: int) -> None:
        """A rebalance ended so."""
        self.membership.assigned([TopicPartition(ACCOUNTS.name, number) for number in partitions])

    async def until(self, fits: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(60):
            while not fits():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("turns", range(8))
async def test_a_partition_that_is_lost_while_its_lease_is_fenced_holds_up_no_other(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many turns of the loop: in the middle of them the cancellation would be swallowed by a TaskGroup."""
    group = Group(monkeypatch)
    group.gives(0)
    await group.until(lambda: group.running == [0])
    group.fence.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    group.gives(1)
    await group.until(lambda: group.running == [0, 1])
    assert set(group.membership.leases) == {1}
    await group.membership._end()
    assert not group.membership.leases


async def test_who_waits_to_be_confirmed_hears_that_the_partition_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    group = Group(monkeypatch)
    holder = asyncio.create_task(asyncio.sleep(60))
    group.membership._holding[3] = holder
    confirming = asyncio.create_task(group.membership._confirm(3, holder))
    await asyncio.sleep(0.05)
    assert not confirming.done()
    del group.membership._holding[3]
    with pytest.raises(Fenced, match="given to another"):
        await asyncio.wait_for(confirming, 60)
    holder.cancel()
