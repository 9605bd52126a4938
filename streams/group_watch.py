"""Whether a consumer is a working member of its group, and the end of patience with one that is not.

aiokafka (0.14) joins again by itself whatever happens and says nothing meanwhile: a poll gives no records, as on a
quiet day. A join that never ends (a task of the client that died, a coordinator that it never finds again or that never
answers, a listener that hangs) shows only to whoever looks. `standing` looks, `Patience` decides and is pure; a
`GroupWatch` is both for one member, and asks whether the group could let anybody in before it gives one up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, NamedTuple

from infra.kafka import aiokafka_options
from infra.settings import Settings
from infra.waiting import first
from monitoring import metrics
from streams.closing import hang_up_within
from streams.kafka_errors import KafkaUnavailable

log = logging.getLogger(__name__)

LOOK_S = 1.0
TELL_AFTER_S = 30.0
"""Most rebalances are over by then; one that is not is told in the status."""
ASK_S = 10.0


class OutOfGroup(KafkaUnavailable):
    """A consumer was out of its group for longer than any rebalance takes, and the group could have let it in."""


class Standing(NamedTuple):
    """How a member is in with its group, as its own client knows."""

    trouble: str = ""
    """Why it is not a working member at the moment; empty when it is, or was not to join yet."""
    generation: int = -1
    """The group's count of rebalances, as the member heard last; -1: it is in none."""


class Patience:
    """How long something may fail without a break. Seconds of one monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def failed(self, now: float) -> bool:
        """It failed, or fails still: whether it has done so for too long."""
        if self._since is None:
            self._since = now
        return now - self._since > self._seconds

    def succeeded(self) -> None:
        """It did not fail: the next failure is a first one."""
        self._since = None


def standing(consumer: Any) -> Standing:
    """What an AIOKafkaConsumer knows of its membership. May be asked from another thread; asks nobody itself."""
    coordinator, subscription = consumer._coordinator, consumer._subscription.subscription  # noqa: SLF001 - see above
    if coordinator is None or subscription is None:
        return Standing()
    return Standing(_trouble(coordinator, subscription), coordinator.generation)


def _trouble(coordinator: Any, subscription: Any) -> str:
    if coordinator._coordination_task.done():  # noqa: SLF001
        return "its membership is no longer looked after"
    if coordinator.coordinator_id is None:
        return "the group's coordinator is not found"
    if coordinator.need_rejoin(subscription):
        return "it waits to be let in"
    heart = coordinator._heartbeat_task  # noqa: SLF001 - started last, when the listener has taken the share
    if heart is None or heart.done():
        return "it waits for its share"
    return ""


class GroupWatch:
    """One member of one group, over as many consumers as it takes."""

    def __init__(self, settings: Settings, group: str, *, rebalance_s: float) -> None:
        """`rebalance_s`: how long the group waits for its members to join, and then as long for its leader to share out
        (Kafka's rebalance.timeout.ms); a member that died, for which both wait, is out of it after its session."""
        self._settings, self._group = settings, group
        self._patience = Patience(2 * rebalance_s + settings.kafka_session_timeout_s)
        self._generation = -1
        self._out_since: float | None = monotonic()
        self.trouble = ""
        """Why this member has been out of its group for a while; empty when it is in, or a rebalance may explain it."""
        metrics.CONSUMERS_GIVEN_UP.labels(group)
        metrics.GROUP_OUT_SECONDS.labels(group).set_function(self._out_s)

    def left(self) -> None:
        """This process has no consumer in the group at the moment."""
        self._out_since = monotonic() if self._out_since is None else self._out_since

    def _out_s(self) -> float:
        since = self._out_since
        return 0.0 if since is None else monotonic() - since

    async def check(self, seen: Standing) -> None:
        """Take note of how the member stands.

        Raises:
            OutOfGroup: give this consumer up for a new one. While the group's coordinator answers nobody, a new one
                would fare no better, and the time does not count.
        """
        if not self._note(seen, monotonic()):
            return
        self._patience.succeeded()
        if await answers(self._settings, self._group):
            metrics.CONSUMERS_GIVEN_UP.labels(self._group).inc()
            raise OutOfGroup(f"group {self._group}: {seen.trouble}, for longer than any rebalance takes")

    def _note(self, seen: Standing, now: float) -> bool:
        """Whether patience is at an end. One that was in a later generation got on, whatever it waits for now."""
        if seen.generation > 0 and not seen.trouble:
            self._out_since = None
        else:
            self.left()
        told = seen.trouble and self._out_s() > TELL_AFTER_S
        self.trouble = f"group {self._group}: {seen.trouble}" if told else ""
        if not seen.trouble or seen.generation > self._generation:
            self._patience.succeeded()
        self._generation = seen.generation
        return bool(seen.trouble) and self._patience.failed(now)

    async def beside(self, work: Coroutine[Any, Any, None], look: Callable[[], Standing]) -> None:
        """Do the work, which polls the consumer and may wait in that for the end of a rebalance, and look meanwhile.

        Raises:
            OutOfGroup: the work was ended because of that, or aiokafka ended it by a cancellation of its own.
            Exception: whatever the work raises.
        """
        working, watching = asyncio.ensure_future(work), asyncio.ensure_future(self._watch(look))
        try:
            await first(working, watching)
        finally:
            self.left()
            for task in (working, watching):
                task.cancel()
            await asyncio.wait({working, watching})
        ends = [task.exception() for task in (watching, working) if not task.cancelled()]
        for error in filter(None, ends):
            raise error
        if working.cancelled():
            raise OutOfGroup(f"group {self._group}: the client ended what polls it")

    async def _watch(self, look: Callable[[], Standing]) -> None:
        while True:
            await self.check(look())
            await asyncio.sleep(LOOK_S)


async def answers(settings: Settings, group: str) -> bool:
    """Whether a client that has just come finds the group's coordinator and reaches it."""
    from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType

    client = AIOKafkaClient(**aiokafka_options(settings), client_id=f"{settings.instance_id}-ask")
    try:
        async with asyncio.timeout(ASK_S):
            await client.bootstrap()
            node = await client.coordinator_lookup(CoordinationType.GROUP, group)
            return bool(await client.ready(node, group=ConnectionGroup.COORDINATION))
    except Exception as error:  # also aiokafka's own assertions, of a cluster without brokers
        log.debug("group %s: its coordinator answers no newcomer: %s", group, type(error).__name__)
        return False
    finally:
        await hang_up_within(client, 1)
