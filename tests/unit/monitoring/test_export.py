"""Snapshots as series: names, values, and that nothing stale stays."""

from __future__ import annotations

import math

import pytest
from prometheus_client import REGISTRY

from monitoring.lag import export
from monitoring.lag.model import GroupLag, LagSnapshot, PartitionLag, TopicLag
from monitoring.lag.state import Status


def snapshot(
    topic: str = "mail.urgent",
    *,
    group: str = "triage-archive",
    records: int = 7,
    seconds: float | None = 2.5,
    status: Status | None = None,
) -> LagSnapshot:
    row = PartitionLag(
        group=group,
        topic=topic,
        partition=3,
        committed=10,
        start=4,
        end=30,
        records=records,
        exact=True,
        seconds=seconds,
    )
    total = TopicLag(
        group=group, topic=topic, records=records, exact=True, seconds=seconds, status=status, drain_per_s=-1.0
    )
    groups = (GroupLag(group=group, state="Stable", members=2, topics=(total,), partitions=(row,), last_commit_s=12.5),)
    return LagSnapshot(at_ms=5000, groups=groups, took_s=0.25, read_bytes=11)


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


@pytest.fixture(autouse=True)
def clean():
    yield
    export.withdraw()


def test_a_snapshot_becomes_series_under_known_names():
    export.show(snapshot())
    at = {"group": "triage-archive", "topic": "mail.urgent", "partition": "3"}
    assert value("crewai_email_queue_length", lane="urgent") == 7
    assert value("crewai_email_queue_age_seconds", lane="urgent") == 2.5
    assert value("crewai_email_queue_drain_seconds", lane="urgent") == math.inf
    assert value("kafka_consumergroup_group_lag", **at) == 7
    assert value("kafka_consumergroup_group_lag_seconds", **at) == 2.5
    assert value("kafka_consumergroup_group_offset", **at) == 10
    assert value("kafka_partition_latest_offset", topic="mail.urgent", partition="3") == 30
    assert value("kafka_partition_earliest_offset", topic="mail.urgent", partition="3") == 4
    assert value("kafka_consumergroup_group_sum_lag", group="triage-archive") == 7
    assert value("kafka_consumergroup_group_max_lag", group="triage-archive") == 7
    assert value("crewai_group_last_commit_age_seconds", group="triage-archive") == 12.5
    assert value("kafka_consumergroup_group_members", group="triage-archive", state="Stable") == 2
    assert value("crewai_lag_measured_timestamp_seconds", process="control") == 5


@pytest.mark.parametrize("status", [None, *Status])
def test_a_group_has_one_state_or_none_yet(status):
    export.show(snapshot(status=status))
    shown = {one: value("crewai_group_state", group="triage-archive", state=one) for one in Status}
    assert shown == {one: float(one is status) for one in Status}


def test_what_waits_before_the_triage_has_a_lane_of_its_own():
    export.show(snapshot("mail.received", group="triage"))
    assert value("crewai_email_queue_length", lane="received") == 7


def test_somebody_elses_group_on_a_lane_is_not_our_queue():
    export.show(snapshot(group="reporting"))
    assert value("crewai_email_queue_length", lane="urgent") is None
    assert value("kafka_consumergroup_group_topic_sum_lag", group="reporting", topic="mail.urgent") == 7


def test_series_of_groups_that_are_gone_vanish():
    export.show(snapshot(group="reporting"))
    export.show(snapshot())
    assert value("kafka_consumergroup_group_topic_sum_lag", group="reporting", topic="mail.urgent") is None


def test_an_age_that_is_not_known_has_no_series():
    export.show(snapshot(seconds=None))
    assert value("crewai_email_queue_age_seconds", lane="urgent") is None
    assert value("crewai_email_queue_length", lane="urgent") == 7


def test_what_cannot_be_measured_is_not_shown():
    export.show(snapshot())
    export.withdraw()
    assert value("crewai_email_queue_length", lane="urgent") is None
