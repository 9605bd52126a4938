"""Whether a member is in its group, asked of aiokafka's own client: whatever keeps it out is seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.abc import ConsumerRebalanceListener

from infra.settings import load
from streams.app import create_app
from streams.group_watch import Standing, standing
from tests.unit.group_broker import Member


class Hangs(ConsumerRebalanceListener):  # type: ignore[misc]
    """Its user has not taken what it was given, or not let go of what it had."""

    def __init__(self, at: str) -> None:
        self._at = at

    async def on_partitions_revoked(self, revoked: object) -> None:
        if self._at == "revoked":
            await asyncio.Event().wait()

    async def on_partitions_assigned(self, assigned: object) -> None:
        if self._at == "assigned":
            await asyncio.Event().wait()


async def until(holds: Callable[[], object], said: Callable[[], object]) -> None:
    try:
        async with asyncio.timeout(30):
            while not holds():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail(f"still {said()}")


async def settles(member: Member, trouble: str) -> None:
    """Whatever it is on its way to, it comes to this and stays there for several heartbeats."""
    await until(lambda: standing(member).trouble == trouble, lambda: standing(member))
    for _ in range(20):
        await asyncio.sleep(0.005)
        assert standing(member).trouble == trouble


async def test_a_consumer_that_has_not_started_or_subscribed_is_in_no_trouble() -> None:
    consumer = AIOKafkaConsumer(group_id="group")
    assert standing(consumer) == Standing()
    await consumer.stop()
    async with Member() as member:
        assert standing(member) == Standing()


@pytest.mark.parametrize(
    ("silent", "hangs_at", "trouble"),
    [
        ("", "", ""),
        ("coordinator_lookup", "", "the group's coordinator is not found"),
        ("JoinGroup", "", "it waits to be let in"),
        ("SyncGroup", "", "it waits to be let in"),
        ("", "revoked", "it waits to be let in"),
        ("", "assigned", "it waits for its share"),
    ],
)
async def test_a_member_that_never_gets_its_first_share_is_seen(silent: str, hangs_at: str, trouble: str) -> None:
    async with Member(listener=Hangs(hangs_at)) as member:
        member.broker.silent = silent
        member.subscribe()
        await settles(member, trouble)


@pytest.mark.parametrize("silent", ["JoinGroup", "SyncGroup"])
async def test_a_member_that_was_put_out_and_never_comes_back_is_seen(silent: str) -> None:
    async with Member() as member:
        member.subscribe()
        await settles(member, "")
        member.broker.silent, member.broker.evicts = silent, True
        await until(lambda: standing(member).trouble, lambda: standing(member))
        await asyncio.sleep(0.05)
        assert standing(member).trouble


async def test_a_member_that_was_put_out_and_comes_back_is_in_a_later_generation() -> None:
    async with Member() as member:
        member.subscribe()
        await settles(member, "")
        member.broker.evicts = True
        await until(lambda: member.broker.requests.count("JoinGroupRequest") > 1, lambda: standing(member))
        member.broker.evicts = False
        await settles(member, "")
        assert standing(member).generation > 1


async def test_a_membership_that_nobody_looks_after_any_more_is_seen() -> None:
    async with Member() as member:
        member.subscribe()
        await settles(member, "")
        member.lose()
        await settles(member, "its membership is no longer looked after")


async def test_a_worker_stays_in_its_group_however_long_nobody_has_polled_its_client(tmp_path: Path) -> None:
    """Its records are fetched by another client. aiokafka leaves a group for good when its time for a poll is over."""
    app = create_app(load(table_dir=tmp_path), "group", [])
    for interval_ms in (1000, int(app.conf.broker_max_poll_interval * 1000)):
        async with Member(max_poll_interval_ms=interval_ms) as member:
            member.subscribe()
            await settles(member, "")
            member.idle_since(time.monotonic() - 10 * 365 * 86_400)
            member.broker.requests.clear()
            if interval_ms == 1000:
                await until(lambda: "LeaveGroupRequest" in member.broker.requests, lambda: standing(member))
                await settles(member, "it waits to be let in")
            else:
                await until(lambda: len(member.broker.requests) > 5, lambda: standing(member))
                assert set(member.broker.requests) == {"HeartbeatRequest"}
                assert standing(member) == Standing("", 1)
