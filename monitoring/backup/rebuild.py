"""PostgreSQL is gone and the log is there: the archive reads the lanes from their beginning again."""

from __future__ import annotations

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from infra.errors import Fatal
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.archive.command import GROUP
from streams.kafka_errors import KafkaUnavailable, answered
from streams.topics import LANES

CALL_S = 15.0


def rebuild(settings: Settings) -> int:
    """Set the archive's offsets to the first records that the lanes keep; how many partitions. Rows that are there
    stay.

    Raises:
        Fatal: an archive is running. KafkaUnavailable
    """
    client = AdminClient({**librdkafka_options(settings), "log_level": 0})
    try:
        group = answered(lambda: client.describe_consumer_groups([GROUP], request_timeout=CALL_S)[GROUP], CALL_S)
        if group.members:
            raise Fatal(f"{len(group.members)} archives run: stop them first (docker compose stop crewai-archive)")
        known = client.list_topics(timeout=CALL_S).topics
        spots = [
            TopicPartition(spec.name, number, 0) for spec in LANES.values() if spec.name in known
            for number in known[spec.name].partitions
        ]  # fmt: skip
        wanted = ConsumerGroupTopicPartitions(GROUP, spots)
        answered(lambda: client.alter_consumer_group_offsets([wanted], request_timeout=CALL_S)[GROUP], CALL_S)
    except KafkaException as error:
        where = settings.kafka_bootstrap_servers
        raise KafkaUnavailable(f"offsets of {GROUP} at {where}: {error.args[0].str()}") from None
    return len(spots)
