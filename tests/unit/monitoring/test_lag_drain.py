"""How fast a queue shrinks, and since when it does not."""

from __future__ import annotations

import pytest

from monitoring.lag.drain import Drain, LastCommit, Movement
from monitoring.lag.model import TopicLag


def test_one_sample_says_nothing_about_a_pace():
    assert Drain().observe(10, 500) is None


def test_the_pace_is_the_change_over_the_window_only():
    drain = Drain(window_s=60)
    for second, lag in [(0, 9000), (30, 900), (60, 600)]:
        drain.observe(second, lag)
    assert drain.observe(90, 300) == pytest.approx(10.0)
    assert drain.observe(120, 1200) == pytest.approx(-10.0)


@pytest.mark.parametrize(
    ("records", "rate", "expected"), [(0, None, 0.0), (100, 5.0, 20.0), (100, -5.0, None), (9, 0.0, None)]
)
def test_time_to_drain(records, rate, expected):
    row = TopicLag(group="g", topic="t", records=records, exact=True, seconds=1.0, drain_per_s=rate)
    assert row.drained_in_s == expected


def test_a_group_stands_still_only_while_something_waits():
    movement = Movement()
    assert movement.observe(0, (5,), waiting=True) == 0
    assert movement.observe(30, (5,), waiting=True) == 30
    assert movement.observe(40, (6,), waiting=True) == 0
    assert movement.observe(50, (6,), waiting=False) == 0
    assert movement.observe(55, (6,), waiting=True) == 5


def test_the_last_commit_is_the_last_change_that_was_seen():
    commit = LastCommit()
    assert [commit.observe(at, offsets) for at, offsets in [(10, (5,)), (70, (5,)), (80, (6,)), (95, (6,))]] == [
        0,
        60,
        0,
        15,
    ]
