"""The membership of a real aiokafka client, at a broker that is a few lines here and of which any part may be silent."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, Self

from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.coordinator.protocol import ConsumerProtocol
from aiokafka.errors import UnknownMemberIdError

TOPIC, MEMBER = "topic", "member-1"
SHARE = ConsumerProtocol.ASSIGNMENT(0, [(TOPIC, [0])], b"").encode()


class Broker:
    """An AIOKafkaClient as far as a group coordinator asks one."""

    def __init__(self) -> None:
        self.cluster = ClusterMetadata()
        self.silent = ""
        """What it does not answer: coordinator_lookup, or the beginning of a request's name."""
        self.evicts = False
        self.requests: list[str] = []

    async def coordinator_lookup(self, *_: object) -> int:
        if self.silent == "coordinator_lookup":
            await asyncio.Event().wait()
        return 0

    async def ready(self, *_: object, **__: object) -> bool:
        return True

    async def send(self, _: int, request: Any, **__: object) -> Any:
        name = type(request).__name__
        self.requests.append(name)
        if self.silent and name.startswith(self.silent):
            await asyncio.Event().wait()
        error = UnknownMemberIdError.errno if self.evicts and name.startswith("Heartbeat") else 0
        return SimpleNamespace(
            error_code=error, member_id=MEMBER, leader_id="another", group_protocol="roundrobin", members=[],
            generation_id=self.requests.count("JoinGroupRequest"), member_assignment=SHARE,
        )  # fmt: skip

    def set_topics(self, *_: object) -> None: ...


class Member:
    """A consumer as `streams.group_watch.standing` sees one, with a real coordinator. `async with` ends it."""

    def __init__(self, *, listener: Any = None, max_poll_interval_ms: int = 300_000) -> None:
        self.broker = Broker()
        self._subscription = SubscriptionState()
        self._listener = listener
        self._coordinator = GroupCoordinator(
            self.broker, self._subscription, group_id="group", heartbeat_interval_ms=5, session_timeout_ms=6000,
            retry_backoff_ms=5, enable_auto_commit=False, max_poll_interval_ms=max_poll_interval_ms,
        )  # fmt: skip

    def subscribe(self) -> None:
        self._subscription.subscribe({TOPIC}, listener=self._listener)

    @property
    def generation(self) -> int:
        return int(self._coordinator.generation)

    def idle_since(self, when: float) -> None:
        """Nobody has polled since then, of the monotonic clock."""
        self._subscription._last_fetch_ended = when

    def lose(self) -> None:
        """Its task ends, as after an error that it does not expect."""
        self._coordinator._coordination_task.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [self._coordinator._coordination_task, self._coordinator._heartbeat_task]
        for task in filter(None, tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
