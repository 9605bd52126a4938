"""Dead letters keep the record as it was; too many of them stop the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Fatal
from streams.dead_letters import letter as dead_letters
from streams.reading import Record as Stored
from streams.runtime.dead import REASON_CHARACTERS, DeadLetterLimit, TooManyDeadLetters, dead_letter
from streams.topics import DEAD
from tests.unit.runtime.records import BadInput, Record

HEADERS = st.lists(st.tuples(st.sampled_from(["ce_id", "x", "dead_agent", "dead_reason"]), st.binary(max_size=20)))


@given(st.none() | st.binary(), st.none() | st.binary(), HEADERS, st.text(st.characters(codec=None)))
def test_key_value_and_headers_stay_and_the_reason_and_origin_are_added(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], reason: str
) -> None:
    letter = dead_letter(Record(offset=17, key=key, value=value, headers=tuple(headers)), "counter", BadInput(reason))
    assert (letter.topic, letter.key, letter.value) == (DEAD.name, key, value)
    own = [pair for pair in headers if not pair[0].startswith("dead_")]
    assert list(letter.headers[: len(own)]) == own
    added = dict(letter.headers[len(own) :])
    assert len(added) == len(letter.headers) - len(own), "a second failure replaces the first one's headers"
    assert added.pop("dead_reason") == reason[:REASON_CHARACTERS].encode("utf-8", "replace")
    assert datetime.fromisoformat(added.pop("dead_at").decode()).tzinfo is not None
    assert added == {
        "dead_agent": b"counter",
        "dead_error": b"BadInput",
        "dead_topic": b"in",
        "dead_partition": b"3",
        "dead_offset": b"17",
    }


@pytest.mark.parametrize(
    ("key", "value", "headers"),
    [
        (b"box", b"x" * 5_000_000, (("ce_id", b"1"),)),
        (b"k" * 3_000_000, b"x", ()),
        (b"box", b"x", (("ce_id", b"1"), ("x", b"y" * 3_000_000))),
        (b"box", b"x", (("ce_id", b"1"), *[("", b"")] * 300_000)),
        (None, b"x" * 1_900_000, (("ce_id", b"1"),)),
    ],
    ids=["value", "key", "a header", "many headers", "a little"],
)
def test_what_no_topic_takes_is_cut_and_says_so(key: bytes | None, value: bytes, headers: tuple[Any, ...]) -> None:
    letter = dead_letter(Record(offset=17, key=key, value=value, headers=headers), "counter", BadInput("no mail"))
    size = len(letter.key or b"") + len(letter.value or b"")
    assert size + sum(len(name) + len(text) + 10 for name, text in letter.headers) <= 2_000_000
    said = dict(letter.headers)
    assert int(said["dead_cut"]) > 1_900_000
    assert said["dead_offset"] == b"17", "where it stands whole"
    assert said.get("ce_id", b"1") == b"1"
    read = dead_letters.letter(Stored(0, 1, letter.key, letter.value, tuple(letter.headers)))
    assert read.origin is None, "half of a record is not put back"


def test_what_ingest_may_write_at_most_stays_whole() -> None:
    record = Record(offset=17, value=b"x" * 1024 * 1024, headers=(("ce_id", b"1"), ("x", b"y" * 128 * 1024)))
    letter = dead_letter(record, "counter", BadInput("no mail"))
    assert (letter.value, "dead_cut" in dict(letter.headers)) == (record.value, False)


# limit; what happens: (second, events decided before, unexpected failures); which failure stops (None: none does)
STOPS = [
    pytest.param(1, [(0, 0, 1)], 1, id="a limit of one"),
    pytest.param(3, [(0, 0, 2)], None, id="fewer than the limit"),
    pytest.param(3, [(0, 0, 3)], 3, id="the limit, and all events failed"),
    pytest.param(3, [(0, 30, 3)], 3, id="the limit and exactly a tenth"),
    pytest.param(3, [(0, 31, 3)], None, id="the limit, but less than a tenth"),
    pytest.param(3, [(0, 40, 4)], 4, id="a tenth comes later than the limit"),
    pytest.param(3, [(0, 0, 2), (60.5, 0, 1)], None, id="two of three are older than a minute"),
    pytest.param(3, [(0, 0, 2), (60, 0, 1)], 3, id="within a minute to the second"),
    pytest.param(3, [(0, 1000, 0), (61, 0, 3)], 3, id="events of long ago do not excuse"),
    pytest.param(3, [(0, 1000, 0), (59, 0, 3)], None, id="events of just now do"),
]


@pytest.mark.parametrize(("limit", "story", "stops_at"), STOPS)
def test_limit(limit: int, story: list[tuple[float, int, int]], stops_at: int | None) -> None:
    watched, failed = DeadLetterLimit(limit), 0
    stopped = None
    for now, taken, failures in story:
        if taken:
            watched.took(taken, now)
        for _ in range(failures):
            failed += 1
            try:
                watched.failed(now)
            except TooManyDeadLetters:
                stopped = stopped or failed
    assert stopped == stops_at


def test_the_stop_is_fatal_and_says_that_nothing_is_lost() -> None:
    with pytest.raises(Fatal, match=r"1 of the last 1 events .* Nothing is lost"):
        DeadLetterLimit(1).failed(0.0)
