"""What is known of each process from triage.status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from monitoring.health.instances import Instances
from streams.moments import utc_text
from streams.status import Check, Status

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def said(instance: str, seconds: float, *, component: str = "worker", started: float = 0, ok: bool = True) -> bytes:
    checks = (Check(name="group", ok=ok, reason="" if ok else "lost"),)
    status = Status(
        instance=instance,
        component=component,
        pid=7,
        started_at=utc_text(at(started)),
        at=utc_text(at(seconds)),
        checks=checks,
    )
    return status.encode()


@pytest.fixture
def instances() -> Instances:
    return Instances(interval_s=2)


def names(instances: Instances, seconds: float) -> dict[str, bool]:
    return {one.status.instance: one.silent for one in instances.seen(at(seconds))}


def test_a_process_that_speaks_is_alive_and_its_age_counts(instances):
    instances.hear("a", said("a", 0))
    (one,) = instances.seen(at(4))
    assert (one.age_s, one.silent, one.ok) == (4.0, False, True)


def test_a_process_that_says_goodbye_is_gone(instances):
    instances.hear("a", said("a", 0))
    instances.hear("a", None)
    assert names(instances, 1) == {}


def test_a_process_that_falls_silent_is_shown_until_it_is_forgotten(instances):
    instances.hear("a", said("a", 0))
    assert names(instances, 9) == {"a": False}
    assert names(instances, 11) == {"a": True}
    assert names(instances, 301) == {}


def test_a_killed_process_is_history_once_another_took_its_place(instances):
    instances.hear("old", said("old", 0))
    instances.hear("new", said("new", 30, started=20))
    assert names(instances, 31) == {"new": False}


@pytest.mark.parametrize(
    ("component", "started"), [("worker", -100), ("ingest", 20)], ids=["ran beside it all along", "is something else"]
)
def test_a_killed_process_is_missed_when_the_living_are_no_replacement(instances, component, started):
    instances.hear("old", said("old", 0))
    instances.hear("other", said("other", 30, component=component, started=started))
    assert names(instances, 31) == {"old": True, "other": False}


def test_a_word_heard_live_counts_by_our_clock_whatever_the_process_thinks_the_time_is(instances):
    instances.hear("a", said("a", -3600), now=at(0))
    assert names(instances, 1) == {"a": False}


def test_a_failing_check_is_named(instances):
    instances.hear("a", said("a", 0, ok=False))
    (one,) = instances.seen(at(1))
    assert not one.ok
    assert [check.reason for check in one.failing] == ["lost"]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"instance": 1, "checks": []}',
        b"null",
        b'"x"',
        b'{"checks": 1}',
        b'{"instance": "b", "component": "worker", "pid": 1, "started_at": 5, "at": "2026-11-24T12:00:00Z", "checks": []}',
        b'{"instance": "b", "component": "worker", "pid": 1, "started_at": "2026-11-24T12:00:00Z", "at": "2026-11-24T12:00:00", "checks": []}',
    ],
)
def test_a_record_that_is_no_status_changes_nothing(instances, value):
    instances.hear("a", said("a", 0))
    instances.hear("b", value)
    assert names(instances, 1) == {"a": False}


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "2026-11-24T12:00:00"), ("at", 5), ("started_at", None), ("component", 5), ("instance", None)],
)
def test_a_word_that_nothing_can_be_reckoned_with_is_passed_over(
    instances: Instances, field: str, value: object
) -> None:
    """It stays on the topic for a day, and control would fail with each look."""
    instances.hear("b", orjson.dumps({**orjson.loads(said("b", 0)), field: value}))
    instances.hear("a", said("a", 0))
    assert names(instances, 1) == {"a": False}
