"""One connection to the cluster for requests that only read. No group is ever joined and nothing is committed.

What aiokafka's own clients hide (the errors of a group's offsets, last stable offsets, a fetch of a given range) is
asked for directly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.structs import TopicPartition

from infra.kafka import aiokafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable

REQUEST_TIMEOUT_MS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which brokers live, and the leader of every partition (None: it has none now)."""

    brokers: tuple[int, ...]
    leaders: dict[TopicPartition, int | None]
    under_replicated: int = 0
    """Partitions with fewer replicas in sync than they have."""

    def partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        """All partitions of these topics, ordered; unknown topics have none."""
        wanted = set(topics)
        return sorted(tp for tp in self.leaders if tp.topic in wanted)


class Cluster:
    """Sends requests to brokers by number; every failure of transport or protocol is a KafkaUnavailable."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def connect(cls, settings: Settings) -> AsyncIterator[Cluster]:
        """Connect, and close at the end.

        Raises:
            KafkaUnavailable: no broker answers at the configured addresses.
        """
        client = AIOKafkaClient(
            **aiokafka_options(settings),
            client_id=f"{settings.instance_id}-lag",
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        try:
            await client.bootstrap()
            yield cls(client)
        except KafkaError as error:
            where = settings.kafka_bootstrap_servers
            raise KafkaUnavailable(f"no answer from Kafka at {where}: {type(error).__name__}") from error
        finally:
            await client.close()

    async def ask(self, request: Any, broker: int | None = None) -> Any:
        """Send one request to a broker (any when not named) and return the response."""
        node = self._client.get_random_node() if broker is None else broker
        if node is None:
            raise KafkaUnavailable("no broker is known")
        try:
            return await self._client.send(node, request)
        except KafkaError as error:
            raise KafkaUnavailable(f"broker {node}: {error!r}") from error

    async def layout(self) -> Layout:
        """Brokers and leaders as of now."""
        response = await self.ask(MetadataRequest(None))
        leaders = {
            TopicPartition(name, number): None if leader < 0 else leader
            for _, name, _, partitions in response.topics
            for _, number, leader, *_ in partitions
        }
        listed = (partition for *_, partitions in response.topics for partition in partitions)
        under = sum(len(in_sync) < len(replicas) for _, _, _, replicas, in_sync, *_ in listed)
        brokers = tuple(broker[0] for broker in response.brokers)
        return Layout(brokers=brokers, leaders=leaders, under_replicated=under)


def check(code: int, doing: str) -> None:
    """Raise KafkaUnavailable when a response carries an error code."""
    if code:
        raise KafkaUnavailable(f"{doing}: {for_code(code).__name__}")
