"""A Faust app made of agent declarations. Nothing is read from the environment here; settings come as an argument."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

import faust
from faust.tables.manager import TableManager

from infra.kafka import librdkafka_options
from infra.settings import Settings
from monitoring import metrics
from streams.faust_security import credentials
from streams.group_watch import Standing
from streams.runtime.agent import Agent
from streams.runtime.batch import Decider, deciders
from streams.runtime.dead import DeadLetterLimit
from streams.runtime.tables import AllPartitions
from streams.transport import register
from streams.transport.driver import SCHEME, Consumer
from streams.transport.flow import Flow
from streams.transport.opening import Opener, OpenStore
from streams.transport.ownership import Ownership
from streams.transport.reader import Reader

log = logging.getLogger(__name__)
FOREVER_S = 100 * 365 * 86_400.0
"""How long the group's client may go without a poll: nobody polls it (`transport.reader` fetches), and aiokafka leaves
the group for good when that time is over. Dead processes miss their heartbeats instead."""


class Tables(TableManager):
    """Faust's table manager, which otherwise sleeps a second at each start in case a table is declared meanwhile."""

    async def on_start(self) -> None:
        """All tables are declared before the app starts."""
        await self._update_channels()
        await self.recovery.start()


class TriageApp(faust.App):
    """A Faust app whose agents are declarations and whose consumer owns its partitions exactly once."""

    settings: Settings
    declared: Sequence[Agent] = ()
    flow: Flow
    limit: DeadLetterLimit
    failure: BaseException | None = None
    on_fatal: Callable[[], None]

    @property
    def input_topics(self) -> frozenset[str]:
        """Topics that agents read."""
        return frozenset(topic for agent in self.declared for topic in agent.reads)

    @property
    def consumer_started(self) -> bool:
        """Whether there is a consumer to ask."""
        return self._consumer is not None

    @property
    def ready(self) -> bool:
        """Whether the group has given this process its share and it works on it."""
        return self.consumer_started and self.ownership.opened

    @property
    def standing(self) -> Standing:
        """How this process is in with its group."""
        return cast("Consumer", self.consumer).standing() if self.consumer_started else Standing()

    @property
    def ownership(self) -> Ownership:
        """The partitions at work."""
        return cast("Consumer", self.consumer).ownership

    def make_ownership(self, consumer: Consumer) -> Ownership:
        """Called by the transport's consumer."""
        decided = deciders(
            self.declared, lambda agent: Decider(agent, event_timeout_s=self.settings.event_timeout_s, limit=self.limit)
        )
        opener = Opener(
            consumer,
            decided,
            name=self.conf.id,
            options=librdkafka_options(self.settings),
            flow=self.flow,
            stores=self._open_store(),
        )
        ownership = Ownership(consumer, decided, opener, batch_timeout_s=self.settings.batch_timeout_s)
        for agent in self.declared:
            for table in agent.tables:
                self.tables[table.name].data.data = AllPartitions(table.name, ownership.tables, agent.reads)
        return ownership

    def _open_store(self) -> OpenStore | None:
        if self.settings.table_store == "memory":
            return None
        from streams.runtime.rocks import RocksStores

        stores = RocksStores(self.settings.table_dir / self.conf.id, self.settings.table_memory_bytes)
        if any(agent.tables for agent in self.declared):
            metrics.TABLE_CACHE_BYTES.set_function(lambda: stores.memory_bytes)
        return stores.open

    def make_reader(self, crash: Callable[[BaseException], None]) -> Reader:
        """Called by the transport's consumer, on its event loop."""
        return Reader(librdkafka_options(self.settings), self.conf.id, crash)

    def fatal(self, error: BaseException) -> None:
        """End the process because of `error`."""
        if self.failure is None:
            self.failure = error
            log.critical("stopping: %s: %s", type(error).__name__, error)
            self.on_fatal()


def rebalance_s(settings: Settings) -> float:
    """How long the group waits for its members to end their batches and join."""
    return max(60.0, settings.batch_timeout_s)


def create_app(
    settings: Settings,
    name: str,
    agents: Sequence[Agent],
    *,
    flow: Flow | None = None,
    limit: DeadLetterLimit | None = None,
) -> TriageApp:
    """The Faust app `name` (= its consumer group) with these agents. `flow` and `limit`: what an operator may turn
    while it runs; as the settings say when there is none."""
    register()
    instance = f"{name}-{settings.instance_id}" if settings.static_membership else None
    brokers = settings.kafka_bootstrap_servers.replace(",", f";{SCHEME}://")
    tables = settings.table_dir / name
    tables.mkdir(parents=True, exist_ok=True)
    app = TriageApp(
        name,
        TableManager=Tables,
        broker=f"{SCHEME}://{brokers}",
        broker_producer="kafka://" + settings.kafka_bootstrap_servers.replace(",", ";kafka://"),
        broker_credentials=credentials(settings),
        broker_session_timeout=settings.kafka_session_timeout_s,
        broker_heartbeat_interval=settings.kafka_session_timeout_s / 5,
        broker_rebalance_timeout=rebalance_s(settings),
        broker_max_poll_interval=FOREVER_S,
        consumer_group_instance_id=instance,
        consumer_auto_offset_reset="earliest",
        store="memory://",
        table_standby_replicas=0,  # Faust's standbys wait for a recovery that is not ours
        datadir=str(tables),
        topic_partitions=settings.topic_partitions,
        topic_replication_factor=settings.topic_replication_factor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        web_enabled=False,
        tracer=None,
    )
    app.settings, app.declared = settings, tuple(agents)
    app.flow = flow or Flow.of(settings)
    app.limit = limit or DeadLetterLimit(settings.dead_letter_limit)
    for agent in agents:
        _declare(app, agent)
    return app


def _declare(app: TriageApp, agent: Agent) -> None:
    for table in agent.tables:
        app.Table(table.name, key_type=bytes, value_type=bytes, partitions=app.settings.topic_partitions)
    topic = app.topic(*agent.reads, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")

    async def subscribed(stream: Any) -> None:
        """Makes Faust subscribe and assign; the events themselves take the transport's way to `agent.decide`."""
        async for _ in stream:
            pass

    app.agent(topic, name=agent.name)(subscribed)
