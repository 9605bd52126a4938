"""Which partitions of `mail.review` are this process's, and reading them into the backlog, as far as there is room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from agents.crew.backlog import Backlog, Waiting
from agents.crew.cache import Cache
from agents.crew.desk import GROUP, Desk
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams import header_values
from streams.closing import close_within
from streams.events import MalformedEvent
from streams.group_watch import GroupWatch, standing
from streams.kafka_errors import KafkaUnavailable
from streams.reviews import ReviewRequest
from streams.topics import REVIEW

log = logging.getLogger(__name__)
START_S = 20.0
REBALANCE_S = 30.0
"""How long the group waits for its members."""
FETCH_RECORDS = 100


class Reading:
    """`run` until something fails, then `close`; after that `run` again."""

    def __init__(self, settings: Settings, cache: Cache, backlog: Backlog) -> None:
        self._settings, self._cache, self._backlog = settings, cache, backlog
        self._consumer: Any = None
        self._changed = asyncio.Event()
        self._owned: frozenset[int] = frozenset()
        self._waiting: dict[int, int] = {}
        self.desks: dict[int, Desk] = {}
        self.arrived = asyncio.Event()
        self._watch = GroupWatch(settings, GROUP, rebalance_s=REBALANCE_S)
        self._trouble = ""
        self.joined = False

    @property
    def trouble(self) -> str:
        """Why nothing is reviewed at the moment; empty when all is well."""
        return self._trouble or self._watch.trouble

    def failed(self, reason: str) -> None:
        """What ended the last `run`; it is told until partitions are held again."""
        self._trouble = reason

    async def run(self) -> None:
        """Join, open a desk for every partition that the group gives, read.

        Raises:
            Transient, Fatal: everything begins anew.
        """
        await self._join()
        consumer = self._consumer
        await self._watch.beside(self._read(), lambda: standing(consumer))

    async def _read(self) -> None:
        async with asyncio.TaskGroup() as committing:
            while True:
                if self._changed.is_set():
                    self._changed.clear()
                    await self._take_over(committing)
                await self._fetch()

    async def close(self) -> None:
        """Leave the group and let go of all partitions. Never raises."""
        consumer, self._consumer, self.joined = self._consumer, None, False
        for partition in list(self.desks):
            await self._let_go(partition)
        if consumer is not None:
            await close_within(consumer, 2.0)

    async def _join(self) -> None:
        from aiokafka import AIOKafkaConsumer
        from aiokafka.errors import KafkaError

        session_ms = int(self._settings.kafka_session_timeout_s * 1000)
        self._consumer = AIOKafkaConsumer(
            **aiokafka_options(self._settings),
            client_id=self._settings.instance_id,
            group_id=GROUP,
            group_instance_id=self._settings.instance_id if self._settings.static_membership else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=min(3000, session_ms // 3),
            rebalance_timeout_ms=int(REBALANCE_S * 1000),
            max_poll_interval_ms=600_000,
        )
        try:
            async with asyncio.timeout(START_S):
                await self._consumer.start()
                if REVIEW.name not in await self._consumer.topics():
                    raise KafkaUnavailable(f"no topic {REVIEW.name}; run `triage topics create`")
        except (KafkaError, TimeoutError) as error:
            where = self._settings.kafka_bootstrap_servers
            raise KafkaUnavailable(f"no broker at {where} ({type(error).__name__})") from None
        self._consumer.subscribe([REVIEW.name], listener=_listener(self))

    def assigned(self, partitions: Iterable[Any]) -> None:
        """The group has decided. Nothing is read before the desks are open."""
        partitions = list(partitions)
        self._owned = frozenset(one.partition for one in partitions)
        if partitions:
            self._consumer.pause(*partitions)
        self._changed.set()

    async def _take_over(self, committing: asyncio.TaskGroup) -> None:
        from aiokafka.structs import TopicPartition

        owned = self._owned
        for partition in self.desks.keys() - owned:
            await self._let_go(partition)
        for partition in sorted(owned):
            if partition not in self.desks:
                desk = Desk(self._settings, partition, self._cache)
                try:
                    await desk.open()
                except BaseException:
                    await desk.close()
                    raise
                self.desks[partition] = desk
                committing.create_task(self._commit(desk), name=f"desk-{partition}")
                self._waiting[partition] = desk.ledger.position
            place = TopicPartition(REVIEW.name, partition)
            if place in self._consumer.assignment():
                self._consumer.seek(place, self._waiting[partition])
                self._consumer.resume(place)
        self.joined, self._trouble = True, ""
        log.info("partitions of %s: %s", REVIEW.name, sorted(owned) or "none")

    async def _commit(self, desk: Desk) -> None:
        """A desk that was let go of ends quietly."""
        running = asyncio.ensure_future(desk.run())
        while self.desks.get(desk.partition) is desk:
            await asyncio.wait([running], timeout=0.5)
            if running.done() and self.desks.get(desk.partition) is desk:
                running.result()  # raises
        running.cancel()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # of a desk that is no longer ours: looked at

    async def _let_go(self, partition: int) -> None:
        desk = self.desks.pop(partition)
        self._backlog.drop(partition)
        await desk.close()

    async def _fetch(self) -> None:
        """What there is room for; the others wait on the log."""
        full = [one for one in self._consumer.assignment() if not self._has_room(one.partition)]
        open_ = [one for one in self._consumer.assignment() if self._has_room(one.partition)]
        self._consumer.pause(*full)
        self._consumer.resume(*open_)
        fetched = await self._consumer.getmany(timeout_ms=200, max_records=FETCH_RECORDS)
        for place, records in fetched.items():
            desk = self.desks.get(place.partition)
            if desk is None:
                continue
            for record in records:
                if record.offset < self._waiting[place.partition]:
                    continue  # fetched from the committed offset, when the group had just given the partition again
                self._waiting[place.partition] = record.offset + 1
                self._take_in(desk, record)
        if fetched:
            self.arrived.set()

    def _has_room(self, partition: int) -> bool:
        desk = self.desks.get(partition)
        held = sum(one.partition == partition for one in self._backlog)
        return desk is not None and desk.ledger.room and held < self._settings.crew_backlog

    def _take_in(self, desk: Desk, record: Any) -> None:
        if not desk.ledger.read(record.offset):
            return
        said = header_values.value(record.headers, "traceparent")
        try:
            request = ReviewRequest.decode(record.value)
        except MalformedEvent as error:
            log.warning("no review request: %s", error, extra={"partition": record.partition, "offset": record.offset})
            desk.dead_letter(record, error)
            return
        self._backlog.add(
            Waiting(
                partition=record.partition,
                offset=record.offset,
                written_at=record.timestamp / 1000,
                request=request,
                traceparent=said.decode("latin-1"),
            )
        )


def _listener(reading: Reading) -> Any:
    from aiokafka.abc import ConsumerRebalanceListener

    class Listener(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked: Any) -> None:
            """Nothing: desks close when the new assignment shows that they are lost, or when they are fenced."""

        def on_partitions_assigned(self, assigned: Any) -> None:
            reading.assigned(assigned)

    return Listener()
