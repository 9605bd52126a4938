"""Making and checking the topics of `streams.topics` on a real cluster. Blocking calls, for commands and start-up."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._metadata import TopicMetadata
from confluent_kafka.cimpl import NewTopic

from infra.errors import Permanent
from infra.kafka import librdkafka_options
from infra.settings import Settings
from streams.kafka_errors import KafkaUnavailable
from streams.topics import ALL, TopicSpec

log = logging.getLogger(__name__)

CALL_SECONDS = 15.0
"""Bound of one administrative call."""


class TopicRefused(Permanent):
    """The cluster refused to create a topic; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which the cluster's topics differ from `streams.topics`."""

    topic: str
    kind: Literal["missing", "partitions", "replication", "config"]
    message: str
    """What is, what should be, and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What `create_topics` did."""

    created: tuple[str, ...]
    existing: tuple[str, ...]


def create_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL) -> Created:
    """Create the topics that are missing and wait until the cluster shows them; existing ones are left as they are.

    Raises:
        KafkaUnavailable: no broker answered.
        TopicRefused: the cluster refused one (authorisation, replication factor, an unknown configuration).
    """
    client = _client(settings)
    present = _present(client, settings)
    missing = [spec for spec in specs if spec.name not in present]
    created = _create(client, settings, missing)
    _wait_until_shown(client, settings, {spec.name for spec in missing})
    return Created(created=created, existing=tuple(s.name for s in specs if s.name not in created))


def check_topics(settings: Settings, specs: Sequence[TopicSpec] = ALL) -> tuple[Finding, ...]:
    """Compare the cluster's topics with `specs`: missing ones, partition counts, replication, settings.

    Raises:
        KafkaUnavailable: no broker answered.
    """
    client = _client(settings)
    present = _present(client, settings)
    findings = [
        Finding(topic=spec.name, kind="missing", message="missing; run `triage topics create`")
        for spec in specs
        if spec.name not in present
    ]
    existing = [spec for spec in specs if spec.name in present]
    for spec in existing:
        findings += _shape_findings(settings, spec, present[spec.name])
    return (*findings, *_config_findings(client, settings, existing))


def _client(settings: Settings) -> AdminClient:
    # log_level 0: failures come back as exceptions, librdkafka need not also write them to standard error.
    return AdminClient({**librdkafka_options(settings), "log_level": 0})


def _unavailable(settings: Settings, error: KafkaException) -> KafkaUnavailable:
    reason = error.args[0].str() if error.args and isinstance(error.args[0], KafkaError) else str(error)
    return KafkaUnavailable(f"no answer from Kafka at {settings.kafka_bootstrap_servers}: {reason}")


def _present(client: AdminClient, settings: Settings) -> dict[str, TopicMetadata]:
    try:
        topics: dict[str, TopicMetadata] = client.list_topics(timeout=CALL_SECONDS).topics
    except KafkaException as error:
        raise _unavailable(settings, error) from None
    return topics


def _create(client: AdminClient, settings: Settings, missing: Sequence[TopicSpec]) -> tuple[str, ...]:
    if not missing:
        return ()
    wanted = [
        NewTopic(spec.name, _partitions(settings, spec), settings.topic_replication_factor, config=dict(spec.config))
        for spec in missing
    ]
    created = []
    for name, future in client.create_topics(wanted, operation_timeout=CALL_SECONDS).items():
        try:
            future.result(CALL_SECONDS + 1)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another process was quicker
                raise TopicRefused(f"topic {name} was not created: {error.args[0].str()}") from None
        else:
            created.append(name)
    return tuple(created)


def _partitions(settings: Settings, spec: TopicSpec) -> int:
    return settings.topic_partitions if spec.partitions is None else spec.partitions


def _wait_until_shown(client: AdminClient, settings: Settings, names: set[str]) -> None:
    """A created topic appears in a broker's metadata a moment after the controller has made it."""
    deadline = time.monotonic() + CALL_SECONDS
    while missing := names - _with_leaders(_present(client, settings)):
        if time.monotonic() > deadline:
            names_missing = ", ".join(sorted(missing))
            raise KafkaUnavailable(f"created, but without a leader after {CALL_SECONDS:.0f} s: {names_missing}")
        time.sleep(0.05)


def _with_leaders(present: dict[str, TopicMetadata]) -> set[str]:
    return {
        name
        for name, topic in present.items()
        if topic.partitions and all(partition.leader >= 0 for partition in topic.partitions.values())
    }


def _shape_findings(settings: Settings, spec: TopicSpec, topic: TopicMetadata) -> list[Finding]:
    found = []
    if spec.partitions is not None and len(topic.partitions) != spec.partitions:
        found.append(
            Finding(
                topic=spec.name,
                kind="partitions",
                message=f"{len(topic.partitions)} partitions instead of {spec.partitions}: note what it says"
                " (`triage control show`), delete it and run `triage topics create`",
            )
        )
    elif spec.partitions is None and len(topic.partitions) != settings.topic_partitions:
        found.append(
            Finding(
                topic=spec.name,
                kind="partitions",
                message=f"{len(topic.partitions)} partitions, but TOPIC_PARTITIONS={settings.topic_partitions}:"
                " a mailbox's order and tables depend on the count;"
                " set TOPIC_PARTITIONS to it, or drain, delete and create the topics",
            )
        )
    replicas = min((len(partition.replicas) for partition in topic.partitions.values()), default=0)
    if replicas < settings.topic_replication_factor:
        found.append(
            Finding(
                topic=spec.name,
                kind="replication",
                message=f"{replicas} replicas, but TOPIC_REPLICATION_FACTOR={settings.topic_replication_factor}:"
                " reassign its partitions",
            )
        )
    return found


def _config_findings(client: AdminClient, settings: Settings, specs: Sequence[TopicSpec]) -> list[Finding]:
    by_resource = {ConfigResource(ConfigResource.Type.TOPIC, spec.name): spec for spec in specs}
    if not by_resource:
        return []
    findings = []
    for resource, future in client.describe_configs(list(by_resource), request_timeout=CALL_SECONDS).items():
        spec = by_resource[resource]
        try:
            entries = future.result(CALL_SECONDS + 1)
        except KafkaException as error:
            raise _unavailable(settings, error) from None
        findings += [
            Finding(topic=spec.name, kind="config", message=f"{name}={entries[name].value}, should be {wanted}")
            for name, wanted in spec.config.items()
            if name not in entries or entries[name].value != wanted
        ]
    return findings
