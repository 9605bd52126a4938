"""Which partitions of `accounts` this process holds: the consumer group `triage-ingest`, and a lease per partition.

A lease outlives a rebalance that leaves its partition here, so mailboxes are not reconnected when a neighbour comes
or goes. That is safe because the group is only a hint: the transactional id fences whoever is behind."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from agents.ingest.backoff import Backoff
from agents.ingest.lease import Lease
from agents.ingest.log_writer import Fenced
from agents.ingest.mailbox import Surroundings
from agents.ingest.roster import Roster
from infra.errors import Transient
from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.closing import close_within
from streams.group_watch import GroupWatch, Patience, standing
from streams.kafka_errors import KafkaUnavailable
from streams.partitioning import partition_of
from streams.topics import ACCOUNTS

log = logging.getLogger(__name__)

GROUP = "triage-ingest"
START_S = 20.0
CONFIRM_S = 3.0
REBALANCE_S = 30.0
"""How long the group waits for its members."""
UNHEARD_S = 60.0
"""A consumer whose commits fail for so long, or that is not told for so long where partitions end, is given up for a
new one, as one that is out of its group (`streams.group_watch`)."""
POLL_S = 5.0
"""How long a poll may take that asks for records for half a second: in a rebalance aiokafka waits for its end."""
ANSWER_S = 3.0
RETRY_MAX_S = 5.0
CLOSE_S = 2.0
EARLIER_S = 5.0
"""So long a new lease waits for those that were lost before; they end within `lease.END_S`."""


class Membership:
    """`run` joins the group and keeps leases in step with it until cancelled; then it ends them and leaves."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._consumer: Any = None
        self._rosters: dict[int, Roster] = {}
        self._holding: dict[int, asyncio.Task[None]] = {}
        self._leases: dict[int, Lease] = {}
        self._ended: set[asyncio.Task[None]] = set()
        self._unheard: Any = None
        """The consumer that is to be given up."""
        self._ends = Patience(UNHEARD_S)
        """With a broker that is asked where partitions end."""
        self._watch = GroupWatch(around.settings, GROUP, rebalance_s=REBALANCE_S)
        self._trouble = "not joined yet"

    @property
    def trouble(self) -> str:
        """Why this process is not in the group at the moment; empty when it is."""
        return self._trouble or self._watch.trouble

    @property
    def leases(self) -> Mapping[int, Lease]:
        """The partitions that are held now."""
        return self._leases

    @property
    def invalid_accounts(self) -> Mapping[str, str]:
        """Records that break the contract, with the reason."""
        return {name: why for roster in self._rosters.values() for name, why in roster.invalid.items()}

    async def run(self) -> None:
        """Stay in the group; whatever goes wrong with the consumer, a new one is made."""
        backoff = Backoff(RETRY_MAX_S)
        try:
            while True:
                try:
                    await self._join()
                    backoff.reset()
                    await self._poll()
                except Exception as error:
                    self._trouble = f"group {GROUP}: {str(error) or type(error).__name__}"
                    known = isinstance(error, Transient)
                    log.warning("%s; joining again", self._trouble, exc_info=None if known else error)
                await self._leave()
                await asyncio.sleep(backoff.next_s())
        finally:
            await self._end()

    async def _join(self) -> None:
        from aiokafka.errors import KafkaError

        self._consumer = _consumer(self._around.settings)
        self._ends.succeeded()
        try:
            async with asyncio.timeout(START_S):
                await self._consumer.start()
                if ACCOUNTS.name not in await self._consumer.topics():
                    raise KafkaUnavailable(f"no topic {ACCOUNTS.name}; run `triage topics create`")
        except (KafkaError, TimeoutError) as error:
            where = self._around.settings.kafka_bootstrap_servers
            raise KafkaUnavailable(f"no broker at {where} ({type(error).__name__})") from None
        self._consumer.subscribe([ACCOUNTS.name], listener=_listener(self))

    async def _poll(self) -> None:
        while True:
            if self._unheard is self._consumer:
                raise KafkaUnavailable(f"no answer of the coordinator for {UNHEARD_S:.0f} s")
            await self._watch.check(standing(self._consumer))
            fetched: Mapping[Any, Any] = {}
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    fetched = await self._consumer.getmany(timeout_ms=500, max_records=1000)
            for partition, records in fetched.items():
                if roster := self._rosters.get(partition.partition):
                    roster.take_in((record.key, record.value) for record in records)
            await self._publish_loaded()
            if fetched:
                with suppress(Exception):  # only for the lag that others see: nobody starts from it
                    async with asyncio.timeout(CONFIRM_S):
                        await self._consumer.commit()

    async def _publish_loaded(self) -> None:
        """A roster counts once the partition was read to where it ended after the assignment.

        Raises:
            KafkaUnavailable: nobody said for long where that is.
        """
        assigned = self._consumer.assignment()
        loading = [one for one in assigned if (roster := self._rosters.get(one.partition)) and not roster.loaded]
        reached = await self._reached_the_end(loading) if loading else []
        for partition in reached:
            if roster := self._rosters.get(partition.partition):  # not lost meanwhile
                roster.publish()

    async def _reached_the_end(self, partitions: Sequence[Any]) -> list[Any]:
        """Those that were read to the end. None when there is no answer now: who reads on asks again."""
        from aiokafka.errors import IllegalStateError, KafkaError

        try:
            async with asyncio.timeout(ANSWER_S):
                ends = await self._consumer.end_offsets(partitions)
                reached = [one for one in partitions if await self._consumer.position(one) >= ends[one]]
        except (KafkaError, TimeoutError) as error:
            if isinstance(error, IllegalStateError):  # a partition was lost meanwhile
                return []
            if isinstance(error, KafkaError) and not error.retriable:
                raise
            if self._ends.failed(time.monotonic()):
                raise KafkaUnavailable(f"no answer for {UNHEARD_S:.0f} s about where {ACCOUNTS.name} ends") from None
            return []
        self._ends.succeeded()
        return reached

    def assigned(self, partitions: Iterable[Any]) -> None:
        """The group has decided: let go of what is lost, take what is new, keep the rest."""
        self._trouble = ""
        owned = {one.partition for one in partitions}
        for one in partitions:
            self._consumer.seek(one, 0)
        for lost in self._holding.keys() - owned:
            task = self._holding.pop(lost)
            task.cancel()
            self._ended.add(task)
            task.add_done_callback(self._ended.discard)
            del self._rosters[lost]
        for partition in owned:
            roster = self._rosters.setdefault(partition, Roster(partial(self._belongs, partition)))
            roster.restart()
            if partition not in self._holding:
                self._holding[partition] = asyncio.create_task(self._hold(partition, roster), name=f"lease-{partition}")
        log.info("partitions of %s: %s", ACCOUNTS.name, sorted(owned) or "none")

    def _belongs(self, partition: int, key: bytes) -> bool:
        """Whether every client of ours would put an account's record on this partition."""
        known = self._consumer.partitions_for_topic(ACCOUNTS.name) if self._consumer else None
        return not known or partition_of(key, len(known)) == partition

    async def _hold(self, partition: int, roster: Roster) -> None:
        """Leases one after another, as long as the group leaves the partition here. It looks for itself and does not
        rely on being cancelled: a task group that fails in the same moment raises its failure alone, and a client
        of aiokafka that is being closed (`AIOKafkaClient.close`) keeps a cancellation to itself."""
        if earlier := set(self._ended):
            await asyncio.wait(earlier, timeout=EARLIER_S)  # their connections and memory; who is late is fenced
        backoff = Backoff(RETRY_MAX_S)
        holder = asyncio.current_task()
        while self._holding.get(partition) is holder:
            lease = Lease(partition, roster, lambda: self._confirm(partition, holder), self._around)
            self._leases[partition] = lease
            try:
                await lease.run()
            except Fenced as error:
                log.warning("fenced: %s; starting over", error, extra={"partition": partition})
            except Exception:
                log.exception("a lease failed; starting over", extra={"partition": partition})
            finally:
                if self._leases.get(partition) is lease:
                    del self._leases[partition]
            if roster.loaded:
                roster.changed.set()
            if self._holding.get(partition) is holder:
                await asyncio.sleep(backoff.next_s())

    async def _confirm(self, partition: int, holder: asyncio.Task[None] | None) -> None:
        """Ask the coordinator whether this process is still a member of the current generation: it takes a commit from
        no other. A process that slept through its session must not fence the one that took over.

        Raises:
            Fenced: `holder` was let go but goes on: a client of aiokafka that closes swallows a cancellation.
        """
        from aiokafka.structs import TopicPartition

        mine, began = TopicPartition(ACCOUNTS.name, partition), time.monotonic()
        while self._holding.get(partition) is holder:
            consumer = self._consumer
            if consumer is not None and mine in consumer.assignment():
                with suppress(Exception):
                    async with asyncio.timeout(CONFIRM_S):
                        await consumer.commit({mine: await consumer.position(mine)})
                    return
                if time.monotonic() - began > UNHEARD_S:
                    self._unheard, began = consumer, time.monotonic()
            await asyncio.sleep(0.3)
        raise Fenced("the partition was given to another process")

    async def _leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._watch.left()
        if consumer is not None:
            await close_within(consumer, CLOSE_S)

    async def _end(self) -> None:
        tasks = [*self._holding.values(), *self._ended]
        self._rosters.clear()
        self._holding.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._leave()


def _consumer(settings: Settings) -> Any:
    from aiokafka import AIOKafkaConsumer
    from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

    session_ms = int(settings.kafka_session_timeout_s * 1000)
    return AIOKafkaConsumer(
        **aiokafka_options(settings),
        client_id=settings.instance_id,
        group_id=GROUP,
        group_instance_id=settings.instance_id if settings.static_membership else None,
        partition_assignment_strategy=(StickyPartitionAssignor,),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=min(3000, session_ms // 3),
        rebalance_timeout_ms=int(REBALANCE_S * 1000),
    )


def _listener(membership: Membership) -> Any:
    from aiokafka.abc import ConsumerRebalanceListener

    class Listener(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked: Any) -> None:
            """Nothing: leases end when the new assignment shows that they are lost, or when they are fenced."""

        def on_partitions_assigned(self, assigned: Any) -> None:
            membership.assigned(assigned)

    return Listener()
