"""A store is brought up to date with its changelogs, without a broker: what is replayed, from where, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from confluent_kafka import KafkaError, TopicPartition

from infra.errors import Transient
from monitoring.metrics import RECOVERY_RECORDS
from streams.runtime import Table
from streams.runtime.store import OWN, MemoryStore
from streams.runtime.tables import POSITION_KEY
from streams.transport import recovery
from streams.transport.recovery import Bounds, recover
from tests.stream.scripted import NoCalls
from tests.unit.runtime.records import Count

A, B = (Table(name=name, changelog=f"{name}-log", row=Count) for name in ("a", "b"))


@dataclass
class Message:
    """A changelog record, or the news that its end is reached."""

    changelog: str
    at: int
    name: bytes | None = None
    row: bytes | None = None
    failure: KafkaError | None = None

    def topic(self) -> str:
        return self.changelog

    def offset(self) -> int:
        return self.at

    def key(self) -> bytes | None:
        return self.name

    def value(self) -> bytes | None:
        return self.row

    def error(self) -> KafkaError | None:
        return self.failure


def end(changelog: str, at: int) -> Message:
    return Message(changelog, at, failure=KafkaError(KafkaError._PARTITION_EOF))


class Changelogs:
    """A consumer by script: what each poll gives."""

    def __init__(self, *polls: Sequence[Message]) -> None:
        self.polls = list(polls)
        self.assigned: list[TopicPartition] | None = None
        self.options: Mapping[str, Any] = {}
        self.closed = False

    def __call__(self, options: Mapping[str, Any]) -> Changelogs:
        self.options = options
        return self

    def assign(self, spots: list[TopicPartition]) -> None:
        self.assigned = spots

    def assignment(self) -> list[TopicPartition]:
        return self.assigned or []

    def position(self, spots: list[TopicPartition]) -> list[TopicPartition]:
        return [TopicPartition(spot.topic, spot.partition, spot.offset + 1) for spot in spots]

    def consume(self, limit: int, seconds: float) -> Sequence[Message]:
        del limit, seconds
        return self.polls.pop(0) if self.polls else []

    def close(self) -> None:
        self.closed = True


class Kept(MemoryStore):
    """A store that remembers positions, as the one on disk does."""

    def __init__(self, positions: Mapping[str, int] | None = None) -> None:
        super().__init__()
        self.held = dict(positions or {})
        self.apply({"a": {b"old": b"row"}} if positions else {})

    def positions(self) -> Mapping[str, int]:
        return self.held

    def mark(self, positions: Mapping[str, int]) -> None:
        self.held = dict(positions)

    def clear(self) -> None:
        super().clear()
        self.held = {}


async def recovered(
    monkeypatch: pytest.MonkeyPatch,
    changelogs: Changelogs,
    store: MemoryStore,
    *,
    bounds: Mapping[str, Bounds],
    tables: Sequence[Table[Any]] = (A,),
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    monkeypatch.setattr(recovery, "Consumer", changelogs)
    calls: Any = NoCalls()
    return await recover({}, tables, 3, store, calls, bounds=bounds, cancelled=cancelled, progress=progress)


@pytest.mark.parametrize(
    ("held", "low", "high", "start", "kept"),
    [
        pytest.param({}, 0, 9, 0, False, id="nothing is held: all"),
        pytest.param({}, 4, 9, 4, False, id="what retention or compaction took from the front is not waited for"),
        pytest.param({"a-log": 6}, 0, 9, 6, True, id="the tail"),
        pytest.param({"a-log": 4}, 4, 9, 4, True, id="held up to exactly where the changelog begins now"),
        pytest.param({"a-log": 3}, 4, 9, 4, False, id="held up to before what is left: a removal may be missed"),
        pytest.param({"a-log": 10}, 0, 9, 0, False, id="held beyond the end: of another topic"),
        pytest.param({"b-log": 6}, 0, 9, 0, False, id="held of another table"),
        pytest.param({"a-log": 6, "b-log": 6}, 0, 9, 0, False, id="held of one table more than there are"),
    ],
)
async def test_a_replay_starts_where_the_store_ends_or_over(
    monkeypatch: pytest.MonkeyPatch, held: dict[str, int], low: int, high: int, start: int, kept: bool
) -> None:
    changelogs, store = Changelogs([Message("a-log", 7, b"new", b"row"), end("a-log", high)]), Kept(held)
    replayed = RECOVERY_RECORDS._value.get()
    assert await recovered(monkeypatch, changelogs, store, bounds={"a-log": (low, high)}) == 1
    assert RECOVERY_RECORDS._value.get() == replayed + 1
    (spot,) = changelogs.assignment()
    assert (spot.topic, spot.partition, spot.offset) == ("a-log", 3, start)
    assert set(dict(store.items("a"))) == ({b"old", b"new"} if kept else {b"new"})
    assert store.held == {"a-log": high}


@pytest.mark.parametrize(
    ("held", "bounds"),
    [
        pytest.param({}, (0, 0), id="never written"),
        pytest.param({}, (7, 7), id="all of it deleted"),
        pytest.param({"a-log": 9}, (0, 9), id="the store has all"),
    ],
)
async def test_nothing_is_read_where_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch, held: dict[str, int], bounds: Bounds
) -> None:
    changelogs = Changelogs()
    assert await recovered(monkeypatch, changelogs, Kept(held), bounds={"a-log": bounds}) == 0
    assert changelogs.assigned is None


async def test_no_tables_no_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await recovered(monkeypatch, Changelogs(), MemoryStore(), bounds={}, tables=()) == 0


async def test_the_last_word_on_a_key_counts_within_a_poll_and_over_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed and set again, set and removed, removed without ever having been there; gaps between the offsets."""
    words = [
        [(b"again", b"1"), (b"again", None), (b"again", b"2"), (b"gone", b"1"), (b"never", None)],
        [(b"gone", None), (b"stays", b"1"), (POSITION_KEY, b"12")],
    ]
    polls = [
        [Message("a-log", 3 * n + 100 * turn, key, row) for n, (key, row) in enumerate(poll)]
        for turn, poll in enumerate(words)
    ]
    store = Kept()
    changelogs = Changelogs(*polls, [], [end("a-log", 900)])
    assert await recovered(monkeypatch, changelogs, store, bounds={"a-log": (0, 900)}) == 8
    assert dict(store.items("a")) == {b"again": b"2", b"stays": b"1"}
    assert store.get(OWN, POSITION_KEY) == b"12"
    assert changelogs.closed
    assert changelogs.options["isolation.level"] == "read_committed"


async def test_it_ends_at_the_end_of_every_changelog_though_the_last_offset_is_a_marker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changelogs = Changelogs(
        [end("b-log", 0), Message("a-log", 0, b"k", b"1")],
        [],
        [end("a-log", 2)],
        [Message("a-log", 99, b"k", b"later")],
    )
    store = Kept()
    await recovered(monkeypatch, changelogs, store, tables=(A, B), bounds={"a-log": (0, 2), "b-log": (0, 0)})
    assert (dict(store.items("a")), dict(store.items("b"))) == ({b"k": b"1"}, {})
    assert store.held == {"a-log": 2, "b-log": 0}
    assert len(changelogs.polls) == 1


async def test_an_overtaken_replay_ends_and_the_next_one_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    polls = [[Message("a-log", 0, b"k", b"1")], [Message("a-log", 1, b"k", None)], [end("a-log", 3)]]
    store, changelogs = Kept(), Changelogs(*polls)
    with pytest.raises(Transient, match="rebalance"):
        await recovered(
            monkeypatch, changelogs, store, bounds={"a-log": (0, 3)}, cancelled=lambda: len(changelogs.polls) == 1
        )
    assert (store.held, changelogs.closed) == ({}, True)
    again = Changelogs(*polls)
    assert await recovered(monkeypatch, again, store, bounds={"a-log": (0, 3)}) == 2
    assert [spot.offset for spot in again.assignment()] == [0]
    assert dict(store.items("a")) == {}


@pytest.mark.parametrize(
    ("code", "goes_on"),
    [
        (KafkaError._ALL_BROKERS_DOWN, True),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, False),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, False),
    ],
)
async def test_an_error_of_a_changelog_is_waited_out_or_ends_the_attempt(
    monkeypatch: pytest.MonkeyPatch, code: int, goes_on: bool
) -> None:
    changelogs = Changelogs([Message("a-log", -1, failure=KafkaError(code))], [end("a-log", 3)])
    store = Kept()
    if goes_on:
        await recovered(monkeypatch, changelogs, store, bounds={"a-log": (0, 3)})
    else:
        with pytest.raises(Transient, match="a-log"):
            await recovered(monkeypatch, changelogs, store, bounds={"a-log": (0, 3)})
    assert store.held == ({"a-log": 3} if goes_on else {})


async def test_silence_names_the_changelogs_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "_SILENCE_S", 0.0)
    with pytest.raises(Transient, match=r"\['b-log'\]"):
        await recovered(
            monkeypatch,
            Changelogs([end("a-log", 3)]),
            Kept(),
            tables=(A, B),
            bounds={"a-log": (0, 3), "b-log": (0, 3)},
        )


async def test_progress_counts_the_offsets_of_all_changelogs_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "_SAY_S", 0.0)
    told: list[tuple[int, int]] = []
    await recovered(
        monkeypatch,
        Changelogs([Message("a-log", 5, b"k", b"1")], [end("a-log", 9), end("b-log", 20)]),
        Kept({"a-log": 5, "b-log": 10}),
        tables=(A, B),
        bounds={"a-log": (0, 9), "b-log": (0, 20)},
        progress=lambda done, of: told.append((done, of)),
    )
    assert told[0] == (2, 14)
