"""Rows: encoded with the offset that changed them last, seen through an overlay until their batch is committed."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.runtime import Table, Write
from streams.runtime.tables import RECENT_ROWS, AllPartitions, Overlay, Tables
from tests.unit.runtime.records import COUNTS, Count, tables_of


def put(overlay: Overlay, key: bytes, row: Count, offset: int) -> None:
    """What the event at `offset` does to one row."""
    overlay.write([Write(table=COUNTS, key=key, row=row)], offset)


def commit(tables: Tables, overlay: Overlay, position: int = 0) -> None:
    """What the task does with a batch."""
    tables.store_batch(overlay.encoded(), position)
    tables.remember_batch(overlay.entries)


ROWS = st.builds(Count, events=st.integers(-(2**63), 2**63 - 1), last=st.text(st.characters(exclude_categories=["Cs"])))
OFFSETS = st.integers(0, 2**63 - 1)


@given(ROWS, OFFSETS)
def test_a_row_and_its_offset_survive_the_changelog(row: Count, offset: int) -> None:
    value = COUNTS.encode(row, offset)
    assert COUNTS.entry(value) == (row, offset)


def test_a_row_written_before_there_were_offsets_is_older_than_every_event() -> None:
    assert COUNTS.entry(b'{"events":1}') == (Count(events=1), -1)


def test_rows_of_another_version_are_read_with_what_both_know() -> None:
    assert COUNTS.decode(b'{"events":1,"gone":[],"source_offset":3}') == Count(events=1)
    assert COUNTS.decode(b'{"last":"x","source_offset":3}') == Count(last="x")


def test_a_row_without_fields_is_one_json_object() -> None:
    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    nothing = Table(name="n", changelog="c", row=Empty)
    assert nothing.encode(Empty(), 7) == b'{"source_offset":7}'
    assert nothing.entry(b'{"source_offset":7}') == (Empty(), 7)


def test_what_is_put_is_seen_and_the_committed_rows_stay_as_they_are() -> None:
    before = COUNTS.encode(Count(events=1), 4)
    tables = tables_of({"counts": {b"home": before}})
    overlay = Overlay(tables)
    assert overlay.get(COUNTS, b"home") == Count(events=1)
    assert overlay.get(COUNTS, b"work") is None
    put(overlay, b"home", Count(events=2), 5)
    put(overlay, b"work", Count(events=9), 6)
    assert overlay.get(COUNTS, b"home") == Count(events=2)
    assert overlay.get(COUNTS, b"work") == Count(events=9)
    assert dict(tables.store.items("counts")) == {b"home": before}
    assert tables.entry(COUNTS, b"work") is None
    commit(tables, overlay, 7)
    assert set(dict(tables.store.items("counts"))) == {b"home", b"work"}
    assert tables.entry(COUNTS, b"work") == (Count(events=9), 6)
    assert tables.position == 7


def test_an_event_that_a_committed_row_knows_changes_nothing() -> None:
    tables = tables_of({"counts": {b"home": COUNTS.encode(Count(events=7), 20)}})
    for offset in (0, 19, 20):
        overlay = Overlay(tables)
        put(overlay, b"home", Count(events=8), offset)
        assert overlay.encoded() == {"counts": {}}, offset
        assert overlay.get(COUNTS, b"home") == Count(events=7)


PUTS = st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 30)), max_size=60)


@given(PUTS, PUTS)
def test_a_row_is_what_its_highest_offset_said_first(
    committed: list[tuple[bytes, int]], batch: list[tuple[bytes, int]]
):
    """Replay, in whatever order and however often, over whatever was committed: the same as a model of one dict."""
    tables = tables_of()
    first = Overlay(tables)
    model: dict[bytes, tuple[int, int]] = {}
    for number, (key, offset) in enumerate(committed):
        put(first, key, Count(events=number), offset)
        if offset > model.get(key, (-1, 0))[0]:
            model[key] = (offset, number)
    commit(tables, first)
    second = Overlay(tables)
    for number, (key, offset) in enumerate(batch, len(committed)):
        put(second, key, Count(events=number), offset)
        if offset > model.get(key, (-1, 0))[0]:
            model[key] = (offset, number)
    assert {key: second.get(COUNTS, key) for key in model} == {key: Count(events=n) for key, (_, n) in model.items()}
    commit(tables, second)
    assert {key: COUNTS.entry(value) for key, value in tables.store.items("counts")} == {
        key: (Count(events=n), at) for key, (at, n) in model.items()
    }


def test_rows_that_are_not_used_for_long_are_forgotten_and_read_again_from_the_store() -> None:
    tables = tables_of({"counts": {b"%d" % n: COUNTS.encode(Count(events=n), n) for n in range(5 * RECENT_ROWS)}})
    for n in range(5 * RECENT_ROWS):
        assert tables.entry(COUNTS, b"%d" % n) == (Count(events=n), n)
    kept = sum(len(generation.get("counts", ())) for generation in (tables._recent, tables._former))
    assert RECENT_ROWS <= kept <= 2 * RECENT_ROWS
    tables.remember_batch({"counts": {b"0": (Count(events=99), 10**6)}})
    assert tables.entry(COUNTS, b"0") == (Count(events=99), 10**6), "the newest is what was committed last"


def test_fausts_view_shows_the_rows_of_all_partitions() -> None:
    partitions = {
        ("in", 0): tables_of({"counts": {b"a": b"1"}}),
        ("in", 1): tables_of(),
        ("in", 2): tables_of({"counts": {b"b": b"2", b"c": b"3"}, "others": {b"d": b"4"}}),
    }
    view = AllPartitions("counts", partitions, ["in"])
    assert dict(view) == {b"a": b"1", b"b": b"2", b"c": b"3"}
    assert len(view) == 3
    assert b"d" not in view
    del partitions["in", 2]
    assert dict(view) == {b"a": b"1"}
