"""A snapshot as Prometheus series, under the names that users of klag-exporter and KMinion know."""

from __future__ import annotations

import math

from monitoring import metrics
from monitoring.lag.groups import QUEUES
from monitoring.lag.model import GroupLag, LagSnapshot, PartitionLag, TopicLag
from monitoring.lag.state import Status

PROCESS = "control"
_SERIES = (
    metrics.GROUP_LAG, metrics.GROUP_LAG_SECONDS, metrics.GROUP_OFFSET, metrics.PARTITION_START, metrics.PARTITION_END,
    metrics.GROUP_TOPIC_LAG, metrics.GROUP_SUM_LAG, metrics.GROUP_MAX_LAG, metrics.GROUP_MAX_LAG_SECONDS,
    metrics.GROUP_MEMBERS, metrics.GROUP_UNMOVED_SECONDS, metrics.GROUP_LAST_COMMIT_AGE, metrics.GROUP_STATE,
    metrics.QUEUE_LENGTH, metrics.QUEUE_AGE_SECONDS, metrics.QUEUE_DRAIN_SECONDS, metrics.LAG_EXACT,
)  # fmt: skip


def withdraw() -> None:
    """Show nothing: a lag that cannot be measured is not the last one that could."""
    for series in _SERIES:
        series.clear()


def show(snapshot: LagSnapshot) -> None:
    """Replace all series. Does not await, so that a scrape sees one snapshot."""
    withdraw()
    for group in snapshot.groups:
        _show_group(group)
        for topic in group.topics:
            _show_topic(topic)
        for row in group.partitions:
            _show_partition(row)
    metrics.LAG_MEASURED_AT.labels(PROCESS).set(snapshot.at_ms / 1000)
    metrics.LAG_MEASURE_SECONDS.labels(PROCESS).set(snapshot.took_s)
    metrics.LAG_READ_BYTES.labels(PROCESS).inc(snapshot.read_bytes)


def _show_group(group: GroupLag) -> None:
    metrics.GROUP_MEMBERS.labels(group.group, group.state).set(group.members)
    metrics.GROUP_SUM_LAG.labels(group.group).set(group.records)
    metrics.GROUP_MAX_LAG.labels(group.group).set(max((row.records for row in group.partitions), default=0))
    metrics.GROUP_UNMOVED_SECONDS.labels(group.group).set(group.unmoved_s)
    metrics.GROUP_LAST_COMMIT_AGE.labels(group.group).set(group.last_commit_s)
    for status in Status:
        metrics.GROUP_STATE.labels(group.group, status).set(status is group.status)
    if group.seconds is not None:
        metrics.GROUP_MAX_LAG_SECONDS.labels(group.group).set(group.seconds)


def _show_topic(topic: TopicLag) -> None:
    metrics.GROUP_TOPIC_LAG.labels(topic.group, topic.topic).set(topic.records)
    metrics.LAG_EXACT.labels(topic.group, topic.topic).set(topic.exact)
    if topic.lane and topic.group in QUEUES:
        metrics.QUEUE_LENGTH.labels(topic.lane).set(topic.records)
        metrics.QUEUE_DRAIN_SECONDS.labels(topic.lane).set(
            math.inf if topic.drained_in_s is None else topic.drained_in_s
        )
        if topic.seconds is not None:
            metrics.QUEUE_AGE_SECONDS.labels(topic.lane).set(topic.seconds)


def _show_partition(row: PartitionLag) -> None:
    if row.end < 0:  # without a leader: nothing is known
        return
    labels = (row.group, row.topic, str(row.partition))
    metrics.GROUP_LAG.labels(*labels).set(row.records)
    metrics.PARTITION_START.labels(row.topic, str(row.partition)).set(row.start)
    metrics.PARTITION_END.labels(row.topic, str(row.partition)).set(row.end)
    if row.seconds is not None:
        metrics.GROUP_LAG_SECONDS.labels(*labels).set(row.seconds)
    if row.committed is not None:
        metrics.GROUP_OFFSET.labels(*labels).set(row.committed)
