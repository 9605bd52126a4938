"""Burrow's states from measurements: a table of cases, and what must hold for any history."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.lag.state import History, Sample, Status, judge, worst

INTERVAL_S = 10.0
Row = tuple[int | None, int]
"""Committed offset and lag at one measurement; 60 s are seven of them, ten seconds apart."""


def samples(rows: Sequence[Row], ages: list[float | None] | None = None) -> list[Sample]:
    """The end follows from offset and lag: no markers here. An age grows with the measurements unless given."""
    return [
        Sample(n * INTERVAL_S, committed, (committed or 0) + lag, lag, (ages[n] if ages else float(n)) if lag else 0.0)
        for n, (committed, lag) in enumerate(rows)
    ]


def state(rows: Sequence[Row], *, members: int = 1, ages: list[float | None] | None = None) -> Status | None:
    history = History(interval_s=INTERVAL_S)
    for sample in samples(rows, ages):
        status = history.observe(sample, members=members)
    return status


@pytest.mark.parametrize(
    ("rows", "members", "expected", "why"),
    [
        ([(5, 0)], 1, Status.OK, "nothing waits"),
        ([(5, 0)] * 7, 0, Status.OK, "nobody is there, and nothing waits"),
        ([(5, 3)], 1, None, "one look says nothing"),
        ([(5, 3)] * 6, 1, None, "not a whole window yet"),
        ([(5, 3)] * 7, 1, Status.STALL, "members, lag, no movement"),
        ([(5, 3)] * 7, 0, Status.STOP, "the same without members"),
        ([(None, 3)] * 7, 0, Status.STOP, "it never began"),
        ([(5, 3)] * 3 + [(5, 9)] * 4, 0, Status.STOP, "what arrives is no movement of the group's"),
        ([(5, 0)] * 6 + [(5, 1)], 1, Status.OK, "a record on a quiet topic: it has only just come"),
        ([(5, 0)] * 6 + [(5, 1)], 0, Status.OK, "the same while the group is restarted"),
        ([(5, 0)] + [(5, 1)] * 6, 1, Status.OK, "nothing waited at the window's beginning"),
        ([(5, 0)] + [(5, 1)] * 7, 1, Status.STALL, "and now for a whole window"),
        ([(n, 1) for n in range(7)], 1, Status.OK, "always one on its way: it keeps up"),
        ([(n, 10 + n) for n in range(7)], 1, Status.WARN, "moves, and falls behind"),
        ([(n, 20 - n) for n in range(7)], 1, Status.OK, "moves, and catches up"),
        ([(n, 10 + n % 2) for n in range(7)], 1, Status.OK, "up and down"),
        ([(9, 1)] * 6 + [(4, 6)], 1, Status.REWIND, "went back"),
        ([(9, 0)] * 6 + [(4, 5)], 1, Status.REWIND, "went back from where nothing waited"),
        ([(9, 0), (4, 5)], 1, Status.REWIND, "needs no patience"),
        ([(9, 0), (None, 9)], 1, Status.REWIND, "its offset was deleted: it will begin anew"),
        ([(9, 1), (4, 6), (9, 1), *[(10 + n, 1) for n in range(4)]], 1, Status.OK, "went back and has returned"),
        ([(9, 1)] + [(4, 6)] * 7, 1, Status.STALL, "went back long ago and stays there"),
        ([(None, 3), (3, 0)], 1, Status.OK, "a first commit"),
        ([(50, 0), (50, 0), (0, 4)], 1, None, "a topic made anew is no rewind"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_history_has_a_state(rows, members, expected, why):
    assert state(rows, members=members) == expected, why


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(1.0, 1.0, Status.OK), (1.0, 0.5, Status.OK), (1.0, 30.0, Status.WARN), (None, 30.0, Status.WARN)],
)
def test_a_queue_that_grows_while_its_oldest_mail_does_not_age_is_kept_up_with(first, last, expected):
    rows: list[Row] = [(n, 10 + n) for n in range(7)]
    assert state(rows, ages=[first, *[1.0] * 5, last]) == expected


def test_after_a_gap_the_window_begins_anew():
    """Kafka was away, or the exporter: the group could not have moved."""
    history = History(interval_s=INTERVAL_S)
    for sample in samples([(5, 3)] * 6):
        history.observe(sample, members=1)
    assert history.observe(Sample(500, 5, 8, 3, 450.0), members=1) is None


def test_seldom_measurements_make_a_longer_window():
    history = History(interval_s=300)
    found = [history.observe(Sample(n * 300.0, 5, 8, 3, 1.0), members=0) for n in range(7)]
    assert found == [None] * 6 + [Status.STOP]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], Status.OK),
        ([Status.OK, None], None),
        ([None, Status.WARN], Status.WARN),
        ([Status.REWIND, Status.STOP, Status.STALL], Status.STOP),
        ([Status.WARN, Status.REWIND], Status.REWIND),
    ],
)
def test_the_worst_partition_speaks_for_the_group(statuses, expected):
    assert worst(statuses) == expected


HISTORIES = st.lists(st.tuples(st.none() | st.integers(0, 30), st.integers(0, 5)), min_size=1, max_size=12)


def place(row: Row) -> int:
    return -1 if row[0] is None else row[0]


@given(HISTORIES, st.integers(0, 2), st.booleans())
def test_what_holds_for_any_history(rows, members, covered):
    found = samples(rows)
    status = judge(found, members=members, covered=covered)
    if rows[-1][1] == 0:
        assert status is Status.OK
    if any(lag == 0 for _, lag in rows) or not covered:
        assert status in {Status.OK, Status.REWIND, None}
    if status in {Status.STALL, Status.STOP}:
        assert len({committed for committed, _ in rows}) == 1
        assert (status is Status.STALL) == (members > 0)
    if status is Status.REWIND:
        assert any(place(a) > place(b) for a, b in pairwise(rows))


@given(st.lists(st.integers(1, 9), min_size=7, max_size=20))
def test_a_group_that_is_always_done_by_the_next_look_never_alarms(arrivals):
    """However much comes between two looks, and whatever was on its way at each of them: it moves, and nothing ages."""
    rows: list[Row] = []
    done = 0
    for count in arrivals:
        rows.append((done, count))
        done += count
    assert state(rows, ages=[1.0] * len(rows)) is Status.OK
