"""The consumer of one endpoint: lanes → its courier, read committed; offsets are committed behind what is done."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError

from agents.deliver.courier import Courier
from agents.deliver.schedule import Place
from agents.ingest.backoff import Backoff
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.group_watch import GroupWatch, OutOfGroup, Patience, standing

log = logging.getLogger(__name__)

COMMIT_S = 0.5
"""After a kill, what was delivered since the last commit is delivered again."""
POLL_MS = 100
REFUSED_S = 60.0
"""A consumer whose group takes no commit for so long is given up for a new one. Who is put out of the group is back
within a rebalance; one that never joins again would go on fetching, and repeat what the partitions' new owner does."""
RETRY_MAX_S = 5.0
START_S = 20.0
REBALANCE_S = 60.0
"""How long the group waits for its members, which give back what is under way."""
CLOSE_S = 2.0
FOREVER_MS = 86_400_000
"""A consumer whose endpoint takes nothing stays in the group; dead processes miss their heartbeats instead."""


class Reading(ConsumerRebalanceListener):
    """`run` until cancelled."""

    def __init__(self, settings: Settings, courier: Courier) -> None:
        self._settings, self._courier, self._endpoint = settings, courier, courier.endpoint
        self._consumer: Any = None
        self._committed: dict[Place, int] = {}
        self._commit_at = 0.0
        self.batch_size = settings.batch_size
        self.assigned = False
        self._beginning = False
        """Whether it is being found out where the new share begins: nothing is read meanwhile."""
        self._failed: KafkaError | None = None
        self._commits = Patience(REFUSED_S)
        """With a group that takes no commit and gives no share: to it this process is no member."""
        self._watch = GroupWatch(settings, self._endpoint.group, rebalance_s=REBALANCE_S)
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why nothing is read at the moment; empty when all is well."""
        return self._trouble or self._watch.trouble

    async def run(self) -> None:
        """Stay connected; whatever Kafka does, connect again."""
        backoff = Backoff(RETRY_MAX_S)
        while True:
            try:
                await self._read(backoff)
            except (KafkaError, OSError, TimeoutError, OutOfGroup) as error:
                said = str(error) if isinstance(error, OutOfGroup) else type(error).__name__
                self._trouble = f"{self._endpoint.group}: {said}"
                log.warning("%s; connecting again", self._trouble)
            await asyncio.sleep(backoff.next_s())

    async def _read(self, backoff: Backoff) -> None:
        self._failed, self._beginning = None, False
        self._commits.succeeded()
        self._consumer = consumer = self._new()
        try:
            async with asyncio.timeout(START_S):
                await consumer.start()
            # Not before: `start` would then wait for the first share, without a bound.
            consumer.subscribe(topics=list(self._endpoint.topics), listener=self)
            backoff.reset()
            await self._watch.beside(self._poll(consumer), lambda: standing(consumer))
        finally:
            self.assigned = False
            await self._commit(await self._courier.give_back())
            self._committed.clear()
            await close_within(consumer, CLOSE_S)

    async def _poll(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=self.batch_size)
            if self._failed is not None:
                raise self._failed
            self._trouble = ""
            for records in fetched.values():
                for record in records:
                    self._courier.take(record)
            self._courier.dispatch()
            if not self._beginning:
                self._hold_back()
            if time.monotonic() >= self._commit_at:
                await self._commit(self._courier.schedule.positions())

    def _new(self) -> AIOKafkaConsumer:
        instance = f"{self._endpoint.group}-{self._settings.instance_id}" if self._settings.static_membership else None
        return AIOKafkaConsumer(
            **aiokafka_options(self._settings),
            client_id=f"{self._settings.instance_id}-{self._endpoint.name}",
            group_id=self._endpoint.group,
            group_instance_id=instance,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=int(self._settings.kafka_session_timeout_s * 1000),
            heartbeat_interval_ms=int(self._settings.kafka_session_timeout_s * 200),
            max_poll_interval_ms=FOREVER_MS,
            rebalance_timeout_ms=int(REBALANCE_S * 1000),
            max_partition_fetch_bytes=1024 * 1024,
        )

    def _hold_back(self) -> None:
        """Pause the partitions of which enough is waiting."""
        full = {TopicPartition(*place) for place in self._courier.schedule.full()} & self._consumer.assignment()
        paused = self._consumer.paused()
        self._consumer.pause(*(full - paused))
        self._consumer.resume(*(paused - full))

    async def _commit(self, positions: dict[Place, int]) -> None:
        self._commit_at = time.monotonic() + COMMIT_S
        new = {place: offset for place, offset in positions.items() if self._committed.get(place) != offset}
        if not new:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._consumer.commit({TopicPartition(*place): offset for place, offset in new.items()})
        except (KafkaError, TimeoutError, ValueError) as error:
            # The group has moved on (the next owner delivers these again), or the broker is away (committed later).
            log.info("%s: offsets not committed: %s", self._endpoint.group, type(error).__name__)
            if isinstance(error, CommitFailedError) and self._commits.failed(time.monotonic()):
                self._failed = error
        else:
            self._committed |= new
            self._commits.succeeded()

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Called before the group shares out anew: finish, and let go."""
        del revoked
        await self._commit(await self._courier.give_back())
        self._committed.clear()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """Called with the new share. aiokafka fetches already, from the first offset where none is committed."""
        self._beginning = True
        self._commits.succeeded()
        self._consumer.pause(*assigned)
        try:
            await self._begin(assigned)
        except KafkaError as error:  # aiokafka would go on without a word
            self._failed = error
        self._beginning, self.assigned = False, True

    async def _begin(self, assigned: Any) -> None:
        """Commit where a new endpoint begins, before anything is read: from then on its lag shows, even if it never
        takes anything, and nothing is passed over, whatever happens to this process."""
        new = [one for one in assigned if await self._consumer.committed(one) is None]
        if not new:
            return
        from_now = self._endpoint.start == "now"
        begin = await (self._consumer.end_offsets if from_now else self._consumer.beginning_offsets)(new)
        for one, offset in begin.items():
            self._consumer.seek(one, offset)
        await self._consumer.commit(begin)
