"""Rows: encoded with the offset that changed them last, seen through an overlay until their batch is committed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.runtime import Write
from streams.runtime.tables import AllPartitions, Overlay, Rows, source_offset
from tests.unit.runtime.records import COUNTS, Count


def put(overlay: Overlay, key: bytes, row: Count, offset: int) -> None:
    """What the event at `offset` does to one row."""
    overlay.change(overlay.encoded([Write(table=COUNTS, key=key, row=row)], offset))


ROWS = st.builds(Count, events=st.integers(-(2**63), 2**63 - 1), last=st.text(st.characters(exclude_categories=["Cs"])))
OFFSETS = st.integers(0, 2**63 - 1)


@given(ROWS, OFFSETS)
def test_a_row_and_its_offset_survive_the_changelog(row: Count, offset: int) -> None:
    value = COUNTS.encode(row, offset)
    assert COUNTS.decode(value) == row
    assert source_offset(value) == offset


def test_a_row_written_before_there_were_offsets_is_older_than_every_event() -> None:
    assert source_offset(b'{"events":1}') == -1


def test_what_is_put_is_seen_and_the_committed_rows_stay_as_they_are() -> None:
    before = COUNTS.encode(Count(events=1), 4)
    rows: Rows = {"counts": {b"home": before}}
    overlay = Overlay(rows)
    assert overlay.get(COUNTS, b"home") == Count(events=1)
    assert overlay.get(COUNTS, b"work") is None
    put(overlay, b"home", Count(events=2), 5)
    put(overlay, b"work", Count(events=9), 6)
    assert overlay.get(COUNTS, b"home") == Count(events=2)
    assert overlay.get(COUNTS, b"work") == Count(events=9)
    assert rows == {"counts": {b"home": before}}
    assert set(overlay.changes["counts"]) == {b"home", b"work"}


def test_an_event_that_a_committed_row_knows_changes_nothing() -> None:
    rows: Rows = {"counts": {b"home": COUNTS.encode(Count(events=7), 20)}}
    for offset in (0, 19, 20):
        overlay = Overlay(rows)
        put(overlay, b"home", Count(events=8), offset)
        assert overlay.changes == {}, offset
        assert overlay.get(COUNTS, b"home") == Count(events=7)


PUTS = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 30)), max_size=60)


@given(PUTS, PUTS)
def test_a_row_is_what_its_highest_offset_said_first(
    committed: list[tuple[bytes, int]], batch: list[tuple[bytes, int]]
):
    """Replay, in whatever order and however often, over whatever was committed: the same as a model of one dict."""
    first = Overlay({})
    model: dict[bytes, tuple[int, int]] = {}
    for number, (key, offset) in enumerate(committed):
        put(first, key, Count(events=number), offset)
        if offset > model.get(key, (-1, 0))[0]:
            model[key] = (offset, number)
    second = Overlay(first.changes)
    for number, (key, offset) in enumerate(batch, len(committed)):
        put(second, key, Count(events=number), offset)
        if offset > model.get(key, (-1, 0))[0]:
            model[key] = (offset, number)
    assert {key: second.get(COUNTS, key) for key in model} == {key: Count(events=n) for key, (_, n) in model.items()}
    after = {**first.changes.get("counts", {}), **second.changes.get("counts", {})}
    assert {key: source_offset(value) for key, value in after.items()} == {key: at for key, (at, _) in model.items()}


def test_fausts_view_shows_the_rows_of_all_partitions() -> None:
    partitions: dict[tuple[str, int], Rows] = {
        ("in", 0): {"counts": {b"a": b"1"}},
        ("in", 1): {},
        ("in", 2): {"counts": {b"b": b"2", b"c": b"3"}, "others": {b"d": b"4"}},
    }
    view = AllPartitions("counts", partitions)
    assert dict(view) == {b"a": b"1", b"b": b"2", b"c": b"3"}
    assert len(view) == 3
    assert b"d" not in view
    del partitions["in", 2]
    assert dict(view) == {b"a": b"1"}
