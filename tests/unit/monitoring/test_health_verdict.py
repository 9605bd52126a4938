"""From checks, instances and lag to one answer."""

from __future__ import annotations

import pytest

from monitoring.health.instances import Instance
from monitoring.health.verdict import EXPECTED, Health, judge
from monitoring.lag.model import GroupLag, LagSnapshot, TopicLag
from streams.status import Check, Status

CHECKS = tuple(Check(name=name, ok=True) for name in ("kafka", "topics", "database", "disk"))


def process(component: str, *, silent: bool = False, ok: bool = True, number: int = 1) -> Instance:
    status = Status(
        instance=f"{component}-{number}",
        component=component,
        pid=1,
        started_at="",
        at="",
        checks=(Check(name="thing", ok=ok, reason="" if ok else "broken"),),
        counts={"done": 5},
    )
    return Instance(status=status, age_s=99.0 if silent else 1.0, silent=silent)


ALL = tuple(process(name) for name in EXPECTED)


def lag(
    *, members: int = 1, records: int = 0, unmoved_s: float = 0, topic: str = "t", seconds: float | None = 1.0
) -> LagSnapshot:
    def group(name: str) -> GroupLag:
        one = TopicLag(group=name, topic=topic, records=records, exact=True, seconds=seconds)
        return GroupLag(group=name, state="Stable", members=members, topics=(one,), partitions=(), unmoved_s=unmoved_s)

    return LagSnapshot(at_ms=0, groups=(group("triage"), group("triage-archive")), took_s=0.1, read_bytes=0)


def test_all_well():
    report = judge(CHECKS, ALL, lag())
    assert (report.status, report.ready) == (Health.OK, True)
    assert not any(one.reason for one in report.components)


@pytest.mark.parametrize("missing", EXPECTED)
def test_without_a_live_process_of_each_kind_it_is_not_ready_and_says_which(missing):
    report = judge(CHECKS, [one for one in ALL if one.status.component != missing], lag())
    assert (report.status, [one.name for one in report.blockers]) == (Health.DOWN, [missing])
    assert f"triage {missing}" in report.blockers[0].reason


@pytest.mark.parametrize("missing", EXPECTED)
def test_a_silent_process_is_no_live_one(missing):
    report = judge(CHECKS, [process(name, silent=name == missing) for name in EXPECTED], lag())
    assert [one.name for one in report.blockers] == [missing]
    assert "silent for 99 s" in report.blockers[0].reason


def test_a_silent_process_beside_a_live_one_only_degrades():
    report = judge(CHECKS, [*ALL, process("worker", silent=True, number=2)], lag())
    assert (report.status, report.ready) == (Health.DEGRADED, True)


@pytest.mark.parametrize(
    ("name", "status"),
    [("kafka", Health.DOWN), ("topics", Health.DOWN), ("database", Health.DOWN), ("disk", Health.DEGRADED)],
)
def test_what_no_mail_gets_through_without_is_down_the_rest_degrades(name, status):
    checks = [Check(name=check.name, ok=check.name != name, reason="why") for check in CHECKS]
    report = judge(checks, ALL, lag())
    assert report.status is status
    assert [one.reason for one in report.components if one.name == name] == ["why"]


def test_what_a_process_says_of_itself_degrades_and_is_quoted():
    report = judge(CHECKS, [*ALL[1:], process("ingest", ok=False)], lag())
    assert report.status is Health.DEGRADED
    assert [one.reason for one in report.components if one.reason] == ["ingest-1: thing: broken"]


@pytest.mark.parametrize(
    ("snapshot", "reason"),
    [
        (lag(members=0, records=7), "no live member, 7 waiting"),
        (lag(records=7, unmoved_s=61), "nothing committed for 61 s while 7 wait"),
        (lag(records=7, unmoved_s=59), ""),
        (lag(records=0, unmoved_s=999), ""),
    ],
)
def test_a_group_that_nobody_works_off_degrades(snapshot, reason):
    report = judge(CHECKS, ALL, snapshot)
    assert {one.reason for one in report.components if one.name.startswith("group ")} == {reason}
    assert report.status is (Health.DEGRADED if reason else Health.OK)


def test_a_lag_that_cannot_be_measured_is_said_with_its_reason():
    report = judge(CHECKS, ALL, None, unmeasured="Kafka is away")
    assert [(one.name, one.reason) for one in report.components if one.reason] == [("lag", "Kafka is away")]


def test_counts_are_summed_over_the_live():
    report = judge(CHECKS, [*ALL, process("worker", number=2), process("worker", number=3, silent=True)], lag())
    assert next(one.counts for one in report.components if one.name == "worker") == {"done": 10}


def ingest(number: int = 1, *, silent: bool = False, **counts: float) -> Instance:
    status = Status(
        instance=f"ingest-{number}", component="ingest", pid=1, started_at="", at="", counts={"done": 5, **counts}
    )
    return Instance(status=status, age_s=99.0 if silent else 1.0, silent=silent)


@pytest.mark.parametrize(
    ("processes", "status", "reason"),
    [
        ([ingest(folders_imap=3)], Health.OK, ""),
        ([ingest(folders_imap=3, broken_imap=1)], Health.DEGRADED, "1 of 3 mailbox folders are not read"),
        ([ingest(folders_imap=2, broken_imap=2)], Health.DOWN, "2 of 2 mailbox folders are not read"),
        ([ingest(folders_imap=2, broken_imap=2), ingest(2, folders_imap=2)], Health.DEGRADED, "2 of 4"),
        ([ingest(folders_imap=1), ingest(2, folders_imap=9, broken_imap=9, silent=True)], Health.OK, ""),
    ],
)
def test_each_kind_of_mailbox_is_a_component(processes, status, reason):
    report = judge(CHECKS, [*ALL, *processes], lag())
    (source,) = [one for one in report.components if one.name.startswith("source ")]
    assert (source.name, source.status) == ("source imap", status)
    assert reason in source.reason
    assert bool(reason) == bool(source.reason)
    assert report.ready, "mail of other kinds gets through"


@pytest.mark.parametrize(
    ("states", "status", "reason"),
    [
        ([0], Health.OK, ""),
        ([0, 2], Health.DEGRADED, "open in 1 of 2 processes"),
        ([1, 0], Health.DEGRADED, "half open in 1 of 2 processes"),
    ],
)
def test_each_circuit_breaker_is_a_component(states, status, reason):
    processes = [ingest(number, **{"breaker_gmail/user": state}) for number, state in enumerate(states)]
    report = judge(CHECKS, [*ALL, *processes], lag())
    (breaker,) = [one for one in report.components if one.name.startswith("breaker ")]
    assert (breaker.name, breaker.status, breaker.reason) == ("breaker gmail/user", status, reason)


@pytest.mark.parametrize(
    ("topic", "seconds", "reason"),
    [
        ("mail.feedback", 301.0, "mail.feedback: the oldest of 3 has waited for 301 s"),
        ("mail.reviewed", 301.0, "mail.reviewed: the oldest of 3 has waited for 301 s"),
        ("mail.feedback", 300.0, ""),
        ("mail.feedback", None, ""),
        ("mail.low", 301.0, ""),
    ],
)
def test_corrections_and_opinions_that_wait_for_long_are_told(topic: str, seconds: float | None, reason: str) -> None:
    report = judge(CHECKS, ALL, lag(records=3, topic=topic, seconds=seconds))
    (group,) = [one for one in report.components if one.name == "group triage"]
    assert (group.reason, report.ready) == (reason, True)
