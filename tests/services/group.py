"""Consumer groups as their coordinator sees them, and members put out of them, as it does with who is not heard from."""

from __future__ import annotations

from typing import Any

from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.errors import for_code
from aiokafka.protocol.group import LeaveGroupRequest
from confluent_kafka.admin import AdminClient

from streams.kafka_errors import answered


def described(bootstrap: str, group: str) -> Any:
    """The group, as confluent_kafka describes it."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 4})  # it lives as long as its answer is awaited
    return answered(lambda: admin.describe_consumer_groups([group])[group], within_s=60)


def members(bootstrap: str, group: str) -> dict[str, int]:
    """How many partitions each member has, by member id."""
    return {one.member_id: len(one.assignment.topic_partitions) for one in described(bootstrap, group).members}


async def evict(bootstrap: str, group: str) -> frozenset[str]:
    """Put all members out behind their backs, at once, where a session would have to run out; who they were.

    LeaveGroup is taken from any connection that knows the member's id."""
    put_out = frozenset(members(bootstrap, group))
    assert put_out, "nobody is in it"
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        node = await client.coordinator_lookup(CoordinationType.GROUP, group)
        assert await client.ready(node, group=ConnectionGroup.COORDINATION)
        for member in put_out:
            answer = await client.send(node, LeaveGroupRequest(group, member), group=ConnectionGroup.COORDINATION)
            assert for_code(answer.error_code).errno == 0, for_code(answer.error_code)
    finally:
        await client.close()
    return put_out
