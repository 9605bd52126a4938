"""Every verdict is found beside its mail, however the lanes are filled and whatever came later; nothing piles up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import load
from streams.events import VerdictRecord, event_id
from streams.replay import recorded as module
from streams.replay.recorded import REPLAY, REVISED_BY, Recorded
from streams.topics import LANES
from streams.triage.verdict import Lane
from tests.verdicts import VERDICT


@dataclasses.dataclass
class Message:
    """As much of librdkafka's as is asked for."""

    content: bytes | None
    marks: list[tuple[str, bytes]]

    def value(self) -> bytes | None:
        return self.content

    def headers(self) -> list[tuple[str, bytes]]:
        return self.marks


def verdict(offset: int, lane: Lane, revision: int = 0) -> VerdictRecord:
    origin = dataclasses.replace(VERDICT.origin, offset=offset)
    return dataclasses.replace(VERDICT, event_id=event_id("a", offset), lane=lane, revision=revision, origin=origin)


def message(record: VerdictRecord, *, by_replay: bool = False) -> Message:
    return Message(record.encode(), [(REVISED_BY, REPLAY)] if by_replay else [])


@contextmanager
def lanes(held: dict[str, list[Message]], chunk: int = 2) -> Iterator[None]:
    """The lanes hold these, and are read in chunks."""

    @contextmanager
    def consumer(_: object) -> Iterator[None]:
        yield None

    def records(_made: object, topic: str, _partition: int, _first: int) -> Iterator[list[Message]]:
        found = held.get(topic, [])
        for at in range(0, len(found), chunk):
            yield found[at : at + chunk]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "consumer", consumer)
        patch.setattr(module, "records", records)
        patch.setattr(module, "offset_at", lambda *_: 0)
        yield


def by_topic(records: Sequence[VerdictRecord]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for record in records:
        found.setdefault(LANES[record.lane].name, []).append(message(record))
    return found


@given(st.lists(st.none() | st.sampled_from(list(Lane)), max_size=40), st.integers(1, 7))
def test_each_mail_has_its_own_verdict_or_none(went: list[Lane | None], chunk: int) -> None:
    """Offset → lane; None: a dead letter, a canary, or a transaction's marker."""
    written = [verdict(offset, lane) for offset, lane in enumerate(went) if lane is not None]
    with lanes(by_topic(written), chunk), Recorded(load(), 0, 0) as recorded:
        found = [recorded.of(offset) for offset in range(len(went))]
        assert [one and one.record.lane for one in found] == went
        assert [one.record.origin.offset for one in found if one] == [record.origin.offset for record in written]
        assert recorded._held == {}


@given(st.lists(st.sampled_from(list(Lane)), min_size=10, max_size=60), st.sets(st.integers(0, 59)))
def test_mails_that_nobody_asks_about_are_forgotten(went: list[Lane], asked: set[int]) -> None:
    with (
        lanes(by_topic([verdict(offset, lane) for offset, lane in enumerate(went)])),
        Recorded(load(), 0, 0) as recorded,
    ):
        for offset in sorted(asked & set(range(len(went)))):
            recorded.forget_before(offset)
            standing = recorded.of(offset)
            assert standing is not None
            assert standing.record.lane is went[offset]
        recorded.forget_before(len(went))
        assert recorded._held == {}


@pytest.mark.parametrize(
    ("later", "revision", "lane", "overruled"),
    [
        ([], 0, Lane.HIGH, False),
        ([(1, Lane.LOW, True)], 1, Lane.LOW, False),
        ([(1, Lane.URGENT, False)], 1, Lane.HIGH, True),
        ([(1, Lane.URGENT, False), (2, Lane.LOW, True)], 2, Lane.LOW, False),
        ([(1, Lane.LOW, True), (2, Lane.URGENT, False)], 2, Lane.LOW, True),
        ([(2, Lane.LOW, True), (1, Lane.NORMAL, True)], 2, Lane.LOW, False),
    ],
    ids=["none", "a replay's", "another's", "a replay's last", "another's last", "in another order"],
)
def test_what_stands_is_the_last_word_of_the_stream_or_a_replay_and_who_overruled_it(
    later: list[tuple[int, Lane, bool]], revision: int, lane: Lane, overruled: bool
) -> None:
    held = by_topic([verdict(5, Lane.HIGH)])
    for number, to, by_replay in later:
        held.setdefault(LANES[to].name, []).insert(0, message(verdict(5, to, number), by_replay=by_replay))
    with lanes(held), Recorded(load(), 0, 0) as recorded:
        standing = recorded.of(5)
    assert standing is not None
    assert (standing.revision, standing.record.lane, standing.overruled) == (revision, lane, overruled)


def test_what_is_no_verdict_is_passed_over() -> None:
    junk: list[Any] = [
        None,
        b"",
        b"{",
        b'{"event_id":"x","revision":0,"origin":{}}',
        b'{"revision":0,"origin":{"offset":1}}',
    ]
    held = {LANES[Lane.LOW].name: [Message(value, []) for value in junk] + [message(verdict(9, Lane.LOW))]}
    with lanes(held), Recorded(load(), 0, 0) as recorded:
        assert recorded.of(1) is None
        assert recorded.of(9) is not None
