"""What drain and refill ask of the cluster: ends of a topic, offsets of a group, settings of a topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any, TypeVar

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource

from infra.errors import Permanent
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable, answered, comes_back

T = TypeVar("T")
CALL_S = 15.0
LOOK_S = 0.05
FOLLOWS_S = 0.2
"""A broker tells of a new setting a moment before its log goes by it; nothing can be asked that tells which."""


class NotDrainable(Permanent):
    """The topic or the group is not as it must be; the message says what to do."""


class ClusterView:
    """Blocking questions, and the two changes that an operator asks for."""

    def __init__(self, settings: Settings, group: str | None = None) -> None:
        self._where = settings.kafka_bootstrap_servers
        options = {**librdkafka_options(settings), "log_level": 0}
        self._admin = AdminClient(options)
        self.group = group
        self._consumer = Consumer({**options, "group.id": group or "triage-drain", "enable.auto.commit": False})

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    @property
    def metadata(self) -> Any:
        """The group's, for a transaction that commits its offsets."""
        return self._consumer.consumer_group_metadata()

    def partitions(self, topic: str) -> tuple[int, str]:
        """How many a topic has, and the cluster's id.

        Raises:
            NotDrainable: there is no such topic.
            KafkaUnavailable
        """
        try:
            found = self._admin.list_topics(timeout=CALL_S)
        except KafkaException as error:
            raise self._unavailable(error) from None
        if topic not in found.topics:
            raise NotDrainable(f"{topic}: no such topic; `triage topics create` makes those of this system")
        return len(found.topics[topic].partitions), str(found.cluster_id)

    def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """The first offset that is there, and the one behind the last that is committed.

        Raises:
            KafkaUnavailable
        """
        try:
            low, high = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=CALL_S)
        except KafkaException as error:
            raise self._unavailable(error) from None
        return int(low), int(high)

    def committed(self, topic: str, partitions: int) -> dict[int, int]:
        """The group's offsets; partitions without one are missing.

        Raises:
            KafkaUnavailable
        """
        wanted = [TopicPartition(topic, number) for number in range(partitions)]
        try:
            found = self._consumer.committed(wanted, timeout=CALL_S)
        except KafkaException as error:
            raise self._unavailable(error) from None
        return {one.partition: int(one.offset) for one in found if one.offset >= 0}

    def require_no_members(self) -> None:
        """Raises NotDrainable: processes of the group are at work."""
        assert self.group is not None
        group = self.group
        described = self._answer(lambda: self._admin.describe_consumer_groups([group], request_timeout=CALL_S)[group])
        if described.members:
            names = ", ".join(sorted({one.client_id for one in described.members})[:5])
            raise NotDrainable(
                f"group {self.group} has {len(described.members)} live members ({names}):"
                " stop them before its offsets are advanced"
            )

    def advance(self, topic: str, ends: Mapping[int, int]) -> None:
        """Set the group's offsets. The broker itself refuses while the group has members.

        Raises:
            NotDrainable, KafkaUnavailable
        """
        assert self.group is not None
        group = self.group
        spots = [TopicPartition(topic, number, end) for number, end in ends.items()]
        request = ConsumerGroupTopicPartitions(group, spots)
        done = self._answer(lambda: self._admin.alter_consumer_group_offsets([request], request_timeout=CALL_S)[group])
        if failed := [one.error for one in done.topic_partitions if one.error]:
            raise NotDrainable(f"group {self.group}: offsets not advanced: {failed[0].str()}")

    def config(self, topic: str) -> dict[str, str]:
        """A topic's settings.

        Raises:
            KafkaUnavailable
        """
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        found = self._answer(lambda: self._admin.describe_configs([resource], request_timeout=CALL_S)[resource])
        return {name: str(entry.value) for name, entry in found.items()}

    def set_config(self, topic: str, name: str, value: str) -> None:
        """Change one of a topic's settings, and wait until it holds: the controller answers before the brokers have
        heard of it, and until then they would give records their own time, or delete them.

        Raises:
            NotDrainable: the cluster does not let us. KafkaUnavailable
        """
        entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
        self._answer(lambda: self._admin.incremental_alter_configs([resource], request_timeout=CALL_S)[resource])
        deadline = monotonic() + CALL_S
        while self.config(topic).get(name) != value:
            if monotonic() > deadline:
                raise KafkaUnavailable(f"{topic}: {name} was set to {value}, and no broker says so: run this again")
            sleep(LOOK_S)
        sleep(FOLLOWS_S)

    def _answer(self, ask: Callable[[], Future[T]]) -> T:
        try:
            return answered(ask, CALL_S)
        except KafkaException as error:
            if comes_back(error.args[0]):
                raise self._unavailable(error) from None
            raise NotDrainable(f"Kafka refuses: {error.args[0].str()}") from None

    def _unavailable(self, error: KafkaException) -> KafkaUnavailable:
        return KafkaUnavailable(f"no answer from Kafka at {self._where}: {error.args[0].str()}")
