"""The seams into Faust 0.15: its aiokafka transport with the message path replaced. All private calls are in this file.

Seams used: `TRANSPORTS.aliases`; Consumer `_new_consumer_thread`, `_drain_messages`, `on_partitions_*`, `perform_seek`,
`highwaters`, `on_stop`; thread `on_start`, `verify_event_path`; aiokafka
`_fetcher._get_actions_per_node`, `_coordinator.request_rejoin`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from time import monotonic
from typing import Any

from faust.transport import drivers
from faust.transport.drivers import aiokafka as stock
from faust.types import TP

from streams.group_watch import Standing, standing
from streams.transport.opening import Input
from streams.transport.ownership import Ownership
from streams.transport.reader import Inlet, Reader

log = logging.getLogger(__name__)
SCHEME = "eos"
_SAY_MISSING_S = 5.0
_FETCHER_PAUSE_S = 10.0


class ConsumerThread(stock.AIOKafkaConsumerThread):
    """Faust's consumer thread: a member of the group that fetches nothing; `streams.transport.reader` does."""

    async def on_start(self) -> None:
        """Start, and never let this member assign partitions while it does not know all topics."""
        await super().on_start()
        consumer = self._ensure_consumer()
        consumer._fetcher._get_actions_per_node = _fetch_nothing
        coordinator = consumer._coordinator
        assign = coordinator._perform_assignment

        async def assign_what_is_known(response: Any) -> Any:
            await self._know_topics()
            return await assign(response)

        coordinator._perform_assignment = assign_what_is_known

    async def _know_topics(self) -> None:
        """Wait for metadata of all subscribed topics.

        A broker that has just come back answers without topics; Faust's assignor then leaves those out of the
        assignment, and with static membership that stays so: nobody has a reason to rebalance again.
        """
        consumer = self._ensure_consumer()
        started, said = monotonic(), False
        while missing := self.missing():
            if monotonic() - started > _SAY_MISSING_S and not said:
                log.warning("waiting for topics %s; `triage topics create` makes what is missing", sorted(missing))
                said = True
            await asyncio.sleep(0.1)
            await consumer._client.force_metadata_update()

    def missing(self) -> list[str]:
        """Topics that are subscribed to and not known yet. May be asked from any thread: each answer of a broker
        replaces the table as a whole."""
        consumer = self._ensure_consumer()
        known = consumer._client.cluster._partitions
        return [topic for topic in consumer.subscription() if not known.get(topic)]

    def standing(self) -> Standing:
        """How the member is in with its group; one whose topics are not there waits for whoever makes them."""
        return Standing() if self._consumer is None or self.missing() else standing(self._consumer)

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust's livelock checks watch a message path that is not in use here."""


def _fetch_nothing(assignment: object) -> tuple[list[Any], dict[Any, Any], float, bool, list[Any]]:
    """No fetch and no reset of a position, for any assignment (aiokafka's `Fetcher._get_actions_per_node`)."""
    del assignment
    return [], {}, _FETCHER_PAUSE_S, False, []


class Consumer(stock.Consumer):
    """Faust's consumer; ownership and tasks live in `Ownership`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ownership: Ownership = self.app.make_ownership(self)
        self._readers: dict[str, Reader] = {}
        """One per topic: what is fetched of a lane never stands in line behind another's backlog. Made on the event
        loop; they connect while the group still deliberates."""

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # What Ownership asks of the group -------------------------------------------------------------------------------

    def assigned(self) -> set[Input]:
        """Input partitions of the present generation."""
        inputs = self.app.input_topics
        return {(tp.topic, tp.partition) for tp in self.assignment() if tp.topic in inputs}

    def standing(self) -> Standing:
        """How this process is in with its group. Where Faust does not get through with its part of a rebalance (it may
        take one for overtaken by a next that does not come), nobody works on the share."""
        seen: Standing = self._thread.standing()
        ownership = self.ownership
        taken_up = ownership.opened or ownership.opening
        if seen.generation > 0 and not seen.trouble and not taken_up and self.assigned():
            return seen._replace(trouble="its share is not taken up")
        return seen

    async def on_start(self) -> None:
        """Connect what reads and asks, then Faust's own start."""
        self._readers = {topic: self.app.make_reader(self.crash) for topic in sorted(self.app.input_topics)}
        self.ownership.opener.connect()
        await super().on_start()

    def read(self, topic: str, partition: int, offset: int) -> Inlet:
        """Records of a partition from `offset` on."""
        return self._readers[topic].open(topic, partition, offset)

    def rejoin(self) -> None:
        """Ask the group for a rebalance."""
        coordinator = self._thread._ensure_consumer()._coordinator
        self._thread.thread_loop.call_soon_threadsafe(coordinator.request_rejoin)

    def crash(self, error: BaseException) -> None:
        """Stop the app; the worker exits with this error."""
        self.app.fatal(error)

    # What Faust asks of its consumer --------------------------------------------------------------------------------

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """Nothing to recover for Faust: `streams.transport.recovery` does it after fencing."""
        return dict.fromkeys(partitions, 0)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """End running transactions before the group goes on."""
        await self.ownership.pause()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Drop what went away; opening what came waits for `perform_seek`."""
        await self.ownership.keep_only({(tp.topic, tp.partition) for tp in assigned})
        await super().on_partitions_assigned(assigned, generation_id)
        if not assigned:  # Faust seeks nothing then, and a spare worker would never say that it is ready
            self.ownership.open()

    async def perform_seek(self) -> None:
        """Called when Faust is through with its part of a rebalance."""
        self.ownership.open()

    async def _drain_messages(self, fetcher: Any) -> None:
        while not (self._stopped.is_set() or fetcher._stopped.is_set()):  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    async def on_stop(self) -> None:
        """Tasks first, then Faust's own end."""
        await self.ownership.stop()
        await asyncio.gather(*(reader.stop() for reader in self._readers.values()))
        await super().on_stop()


class Transport(stock.Transport):
    """Faust's aiokafka transport with our consumer."""

    Consumer = Consumer


def register() -> None:
    """Make `eos://` known to Faust."""
    drivers.TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"
