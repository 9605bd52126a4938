"""The index of a partition's tail against a plain model of a log with markers, aborted records, gaps and retention."""

from __future__ import annotations

import pytest
from aiokafka.structs import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from monitoring.lag.index import Chunk, Count, TailIndex
from monitoring.lag.model import Bounds, PartitionLag, TopicLag, partition_lag, position, sum_topics, worst
from tests.examples import examples

RECORD, OTHER = "record", "other"


def chunk_of(log: list[str], start: int, stop: int) -> Chunk:
    offsets = [offset for offset in range(start, stop) if log[offset] == RECORD]
    return Chunk(start=start, next=stop, offsets=offsets, timestamps=[1000 + offset for offset in offsets])


def filled(log: list[str], committed: int, *, capacity: int = 100) -> TailIndex:
    index = TailIndex(committed, capacity=capacity)
    index.extend(chunk_of(log, committed, len(log)))
    return index


@pytest.mark.parametrize(
    ("log", "committed", "expected"),
    [
        ([], 0, 0),
        ([RECORD, RECORD, OTHER], 0, 2),
        ([RECORD, RECORD, OTHER], 1, 1),
        ([RECORD, RECORD, OTHER], 2, 0),
        ([RECORD, RECORD, OTHER], 3, 0),
        ([OTHER, OTHER, RECORD, OTHER], 0, 1),
        ([RECORD, OTHER, RECORD, OTHER], 1, 1),
    ],
    ids=[
        "empty",
        "from the start",
        "within a transaction",
        "at its marker",
        "at the end",
        "aborted first",
        "between two",
    ],
)
def test_only_real_records_from_the_commit_on_count(log, committed, expected):
    index = filled(log, committed)
    assert index.count(len(log)) == Count(records=expected, exact=True)
    assert (index.oldest(len(log)) is None) == (expected == 0)


def test_what_was_not_read_counts_one_per_offset_and_is_marked():
    index = TailIndex(10)
    index.extend(Chunk(start=10, next=20, offsets=[12, 15], timestamps=[1, 2]))
    assert index.count(25) == Count(records=7, exact=False)
    assert index.oldest(25) == 1


def test_a_full_index_keeps_the_oldest_records_and_learns_on_when_the_group_moves():
    log = [RECORD, OTHER] * 10
    index = filled(log, 0, capacity=4)
    assert index.full
    assert index.next == 8
    assert index.count(20) == Count(records=4 + 12, exact=False)
    index.move(6, end=20)
    index.extend(chunk_of(log, index.next, 14))
    assert index.count(14) == Count(records=4, exact=True)


@pytest.mark.parametrize(
    ("committed", "end"), [(3, 10), (15, 20), (6, 7)], ids=["rewound", "jumped past what was read", "topic made anew"]
)
def test_a_jump_starts_the_index_over(committed, end):
    index = TailIndex(5)
    index.extend(Chunk(start=5, next=10, offsets=[5, 6, 7, 8, 9], timestamps=[1] * 5))
    index.move(committed, end=end)
    assert (index.first, index.next, len(index)) == (committed, committed, 0)


def test_a_chunk_with_a_gap_before_it_is_not_believed():
    index = TailIndex(5)
    index.extend(Chunk(start=7, next=9, offsets=[7, 8], timestamps=[1, 1]))
    assert (index.next, len(index)) == (5, 0)


logs = st.lists(st.sampled_from([RECORD, RECORD, OTHER]), max_size=60)
steps = st.lists(
    st.tuples(st.sampled_from(["append", "commit", "rewind", "retain", "read"]), st.integers(0, 12)), max_size=30
)


@examples(300)
@given(log=logs, script=steps, capacity=st.integers(1, 30), more=logs)
def test_an_exact_count_is_the_models_and_an_estimate_is_never_below_it(log, script, capacity, more):
    """Whatever order of appends, commits, rewinds, retention and partial reads: exact is exact, a bound is a bound."""
    start = committed = 0
    index = TailIndex(0, capacity=capacity)
    for what, size in script:
        if what == "append":
            log, more = log + more[:size], more[size:]
        elif what == "commit":
            committed = min(len(log), committed + size)
        elif what == "rewind":
            committed = max(0, committed - size)
        elif what == "retain":
            start = min(len(log), start + size)
        at = position(committed, Bounds(start=start, end=len(log), high=len(log)))
        index.move(at, end=len(log))
        if what == "read" and index.next < len(log) and not index.full:
            index.extend(chunk_of(log, index.next, min(len(log), index.next + size + 1)))
        real = [offset for offset in range(at, len(log)) if log[offset] == RECORD]
        count = index.count(len(log))
        assert count.records == len(real) if count.exact else count.records >= len(real)
        if (oldest := index.oldest(len(log))) is not None:
            assert oldest == 1000 + real[0]
        assert len(index) <= capacity


@given(log=logs, committed=st.integers(0, 60), size=st.integers(1, 7))
def test_reading_on_to_the_end_makes_every_count_exact(log, committed, size):
    committed = min(committed, len(log))
    index = TailIndex(committed)
    while index.next < len(log):
        index.extend(chunk_of(log, index.next, min(len(log), index.next + size)))
    assert index.count(len(log)) == Count(records=log[committed:].count(RECORD), exact=True)


@pytest.mark.parametrize(
    ("committed", "expected"),
    [(None, 10), (3, 10), (10, 10), (40, 40), (50, 50), (55, 50), (61, 10)],
    ids=["never", "retention took it", "start", "within", "end", "read uncommitted", "topic made anew"],
)
def test_where_a_group_reads_on(committed, expected):
    assert position(committed, Bounds(start=10, end=50, high=60)) == expected


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([], 0.0), ([0.0, 0.0], 0.0), ([0.0, 3.0, None], 3.0), ([0.0, None], None), ([None], None)],
)
def test_an_unknown_age_is_never_shown_as_zero(ages, expected):
    assert worst(ages) == expected


def test_the_age_is_that_of_the_first_real_record_and_never_negative():
    index = TailIndex(4)
    index.extend(Chunk(start=4, next=9, offsets=[6, 7], timestamps=[5000, 6000]))
    assert lag_of(index, end=9, now_ms=7500).seconds == 2.5
    assert lag_of(index, end=9, now_ms=4000).seconds == 0.0


def test_an_age_that_was_not_read_is_unknown_and_that_of_nothing_is_zero():
    assert lag_of(TailIndex(4), end=9, now_ms=1).seconds is None
    assert lag_of(TailIndex(4), end=4, now_ms=1).seconds == 0.0


def lag_of(index: TailIndex, *, end: int, now_ms: int) -> PartitionLag:
    bounds = Bounds(start=0, end=end, high=end)
    return partition_lag(group="g", tp=TopicPartition("t", 0), committed=4, bounds=bounds, index=index, now_ms=now_ms)


def test_a_topics_row_is_the_sum_and_the_worst_of_its_partitions():
    def row(topic: str, number: int, records: int, seconds: float | None, *, exact: bool = True) -> PartitionLag:
        return PartitionLag(
            group="g", topic=topic, partition=number, committed=0, end=9, records=records, exact=exact, seconds=seconds
        )

    rows = [row("mail.low", 0, 2, 1.0), row("mail.low", 1, 3, 4.0, exact=False), row("mail.received", 0, 0, 0.0)]
    assert sum_topics(rows) == (
        TopicLag(group="g", topic="mail.low", records=5, exact=False, seconds=4.0),
        TopicLag(group="g", topic="mail.received", records=0, exact=True, seconds=0.0),
    )
    assert [topic.lane for topic in sum_topics(rows)] == ["low", "received"]
