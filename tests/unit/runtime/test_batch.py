"""A batch is decided in order; every event ends as exactly one outcome or one dead letter, whatever the decision does."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.metrics import AGENT_RECORDS, DEAD_LETTERS
from streams.events import ATTEMPT_HEADER
from streams.runtime import Event, Known, Outcome, Output, Table, Write, batch
from streams.runtime.batch import Decided, Decider, deciders
from streams.runtime.dead import LARGEST_OUTPUT, DeadLetterLimit, TooManyDeadLetters
from streams.runtime.store import StoreFailed
from tests.unit.runtime.records import COUNTS, BadInput, Count, Record, agent_of, counting, tables_of

pytestmark = pytest.mark.timeout(60, method="thread")


def decider_of(decide=counting, limit: int = 1000) -> Decider:
    return Decider(agent_of(decide), event_timeout_s=5, limit=DeadLetterLimit(limit))


def values(decided: Decided) -> list[tuple[str, bytes | None]]:
    return [(output.topic, output.value) for output in decided.outputs]


def dead(decided: Decided) -> list[str]:
    return [type(error).__name__ for error in decided.failures.values()]


async def test_events_are_decided_in_order_each_seeing_what_the_ones_before_it_wrote() -> None:
    decided = await decider_of().decide([Record(offset=10), Record(offset=11), Record(offset=14)], tables_of())
    assert values(decided) == [("out", b"1"), ("out", b"2"), ("out", b"3")]
    assert (decided.taken, decided.next_offset, decided.labels) == (3, 15, {"counted": 3})
    (row,) = decided.rows["counts"].values()
    assert COUNTS.entry(row or b"") == (Count(events=3, last="mail"), 14), "one row, however often it changed"
    assert decided.entries == {"counts": {b"home": (Count(events=3, last="mail"), 14)}}


async def test_committed_rows_are_read_and_not_touched() -> None:
    before = COUNTS.encode(Count(events=41), 9)
    tables = tables_of({"counts": {b"home": before}})
    decided = await decider_of().decide([Record(offset=10)], tables)
    assert values(decided) == [("out", b"42")]
    assert tables.store.get("counts", b"home") == before
    assert tables.entry(COUNTS, b"home") == (Count(events=41), 9)


async def test_a_dead_letter_carries_bytes_key_headers_and_origin_and_stands_in_its_events_place() -> None:
    bad = Record(offset=11, value=b"bad", key=b"k\xff", headers=(("ce_id", b"7"),))
    decided = await decider_of().decide([Record(offset=10), bad, Record(offset=12)], tables_of())
    assert values(decided) == [("out", b"1"), ("mail.dead", b"bad"), ("out", b"2")]
    letter = decided.outputs[1]
    headers = dict(letter.headers)
    assert letter.key == b"k\xff"
    assert headers["ce_id"] == b"7"
    assert (headers["dead_topic"], headers["dead_partition"], headers["dead_offset"]) == (b"in", b"3", b"11")
    assert (headers["dead_error"], headers["dead_reason"]) == (b"BadInput", b"this is no mail")
    assert (decided.taken, decided.next_offset, dead(decided)) == (3, 13, ["BadInput"])


async def test_bad_input_never_stops_the_worker_and_a_defect_does() -> None:
    decided = await decider_of(limit=3).decide([Record(offset=n, value=b"bad") for n in range(500)], tables_of())
    assert dead(decided) == ["BadInput"] * 500
    with pytest.raises(TooManyDeadLetters):
        await decider_of(limit=3).decide([Record(offset=n, value=b"bug") for n in range(3)], tables_of())


async def test_what_was_put_back_and_fails_again_stops_nobody() -> None:
    replayed = ((ATTEMPT_HEADER, b"1"),)
    events = [Record(offset=n, value=b"bug", headers=replayed) for n in range(500)]
    decided = await decider_of(limit=3).decide(events, tables_of())
    assert len(decided.failures) == 500


async def test_the_limit_counts_over_batches_and_agents() -> None:
    limit = DeadLetterLimit(3)
    first, second = (Decider(agent_of(), event_timeout_s=5, limit=limit) for _ in range(2))
    await first.decide([Record(offset=1, value=b"bug")], tables_of())
    await second.decide([Record(offset=1, value=b"bug")], tables_of())
    with pytest.raises(TooManyDeadLetters):
        await first.decide([Record(offset=2, value=b"bug")], tables_of())


async def test_a_defect_is_logged_with_its_place_and_bad_input_without_its_content(caplog) -> None:
    with caplog.at_level(logging.WARNING):
        bug = Record(offset=1, value=b"bug", headers=(("ce_id", b"4711"),))
        await decider_of().decide([bug, Record(offset=2, value=b"bad")], tables_of())
    defect, bad = caplog.records
    assert defect.levelno == logging.ERROR
    assert "ZeroDivisionError" in defect.message
    assert "records.py" in defect.message
    assert (defect.topic, defect.partition, defect.offset, defect.event_id) == ("in", 3, 1, "4711")
    assert bad.levelno == logging.WARNING
    assert "no mail" not in bad.message


async def test_a_rejected_effect_becomes_the_dead_letter_of_its_event() -> None:
    def decide(event: Event, known: Known) -> Outcome:
        return Outcome() if event.value == b"nothing" else Outcome(effect=event.value)

    decider = decider_of(decide)
    records = [Record(offset=n, value=value) for n, value in enumerate([b"one", b"nothing", b"two", b"three"])]
    decided = await decider.decide(records, tables_of())
    assert decided.effects == {0: b"one", 2: b"two", 3: b"three"}
    assert decided.labels == {"": 4}
    decider.reject(decided, {2: BadInput("refused")})
    assert decided.labels == {"": 3}, "it is counted as a failure only"
    assert values(decided) == [("mail.dead", b"two")]
    assert dict(decided.outputs[0].headers)["dead_offset"] == b"2"
    assert dead(decided) == ["BadInput"]


async def test_a_long_batch_is_cut_after_its_turn(monkeypatch) -> None:
    monkeypatch.setattr(batch, "TURN_S", 0.0)
    monkeypatch.setattr(batch, "SLICE_S", 0.0)
    decided = await decider_of().decide([Record(offset=n) for n in range(5, 9)], tables_of())
    assert (decided.taken, decided.next_offset) == (1, 6), "at least one event, or it would never end"


async def test_committed_events_are_counted_by_label_and_error() -> None:
    decider = decider_of()
    counters = (
        AGENT_RECORDS.labels("counter", "success", "counted"),
        AGENT_RECORDS.labels("counter", "failure", "none"),
        DEAD_LETTERS.labels("counter", "BadInput"),
    )
    before = [counter._value.get() for counter in counters]
    decided = await decider.decide([Record(offset=1), Record(offset=2, value=b"bad"), Record(offset=3)], tables_of())
    assert [counter._value.get() for counter in counters] == before, "nothing is counted before the commit"
    decider.count(decided)
    assert [counter._value.get() for counter in counters] == [before[0] + 2, before[1] + 1, before[2] + 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything:
    """A row whose field may hold what no encoder takes."""

    held: Any = 0


THINGS = Table(name="things", changelog="app-things-changelog", row=Anything)
ERRORS = (BadInput, ValueError, KeyError, RecursionError, MemoryError, TimeoutError, UnicodeError, AssertionError)
# An encodable row, two that orjson refuses, and one that fails while it is copied.
HELD = (1, 2**64, {3}, "\ud800")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the decision does about one event."""

    outputs: int
    error: type[Exception] | None
    held: tuple[Any, ...]
    effect: bool


STEPS = st.lists(
    st.builds(
        Step,
        outputs=st.integers(0, 3),
        error=st.none() | st.sampled_from(ERRORS),
        held=st.lists(st.sampled_from(HELD), max_size=3).map(tuple),
        effect=st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


@given(STEPS, st.integers(0, 2**40))
async def test_every_event_ends_as_one_outcome_or_one_dead_letter(steps: list[Step], first: int) -> None:
    def decide(event: Event, known: Known) -> Outcome:
        step = steps[event.offset - first]
        if step.error is not None:
            raise step.error(str(event.offset))
        return Outcome(
            outputs=tuple(Output(topic="out", key=b"%d" % event.offset, value=None) for _ in range(step.outputs)),
            writes=tuple(
                Write(table=THINGS, key=b"%d-%d" % (event.offset, place), row=Anything(held=held))
                for place, held in enumerate(step.held)
            ),
            effect=event.offset if step.effect else None,
            label="kept",
        )

    records = [Record(offset=first + place, value=b"%d" % place) for place in range(len(steps))]
    decided = await decider_of(decide).decide(records, tables_of())
    buried = [int(output.value or b"") for output in decided.outputs if output.topic == "mail.dead"]
    good = [n for n, step in enumerate(steps) if step.error is None and all(held == 1 for held in step.held)]
    assert sorted(buried + good) == list(range(len(steps)))
    assert buried == sorted(buried)
    assert len(decided.failures) == len(buried)
    assert decided.labels.get("kept", 0) == len(good)
    assert [int(output.key or b"") - first for output in decided.outputs if output.topic == "out"] == [
        n for n in good for _ in range(steps[n].outputs)
    ]
    assert list(decided.effects) == [n for n in good if steps[n].effect]
    assert (
        set(decided.rows.get("things", {}))
        == set(decided.entries.get("things", {}))
        == {b"%d-%d" % (first + n, place) for n in good for place in range(len(steps[n].held))}
    ), "nothing of a buried event is kept"
    assert (decided.taken, decided.next_offset) == (len(steps), first + len(steps))


async def test_the_share_of_failures_counts_the_events_of_this_batch_that_went_well() -> None:
    records = [Record(offset=n, value=b"bug" if n % 20 == 19 else b"mail") for n in range(500)]
    decided = await decider_of(limit=20).decide(records, tables_of())
    assert len(decided.failures) == 25, "one in twenty is bad mail, not a bad deploy"


async def test_a_record_that_no_topic_takes_buries_its_event_instead_of_holding_up_all_behind_it() -> None:
    def decide(event: Event, known: Known) -> Outcome:
        size = LARGEST_OUTPUT + 1 if event.offset == 2 else LARGEST_OUTPUT - 10
        return Outcome(outputs=(Output(topic="out", key=b"k", value=bytes(size)),))

    decided = await decider_of(decide).decide([Record(offset=n) for n in (1, 2, 3)], tables_of())
    assert [output.topic for output in decided.outputs] == ["out", "mail.dead", "out"]
    assert (dead(decided), decided.next_offset) == (["OutputTooLarge"], 4)


def test_an_agent_with_tables_reads_one_topic() -> None:
    with pytest.raises(ValueError, match="counter"):
        replace(agent_of(), reads=("in", "also"))


async def test_a_row_that_no_changelog_takes_buries_its_event_alone() -> None:
    def decide(event: Event, known: Known) -> Outcome:
        held = "x" * (LARGEST_OUTPUT if event.offset == 2 else 1)
        return Outcome(writes=(Write(table=THINGS, key=b"%d" % event.offset, row=Anything(held=held)),))

    decided = await decider_of(decide).decide([Record(offset=n) for n in (1, 2, 3)], tables_of())
    assert dead(decided) == ["OutputTooLarge"]
    assert set(decided.rows["things"]) == {b"1", b"3"}


async def test_what_is_too_large_is_the_datas_fault_and_never_stops_the_worker() -> None:
    def decide(event: Event, known: Known) -> Outcome:
        return Outcome(outputs=(Output(topic="out", key=b"k", value=bytes(LARGEST_OUTPUT)),))

    decided = await decider_of(decide, limit=1).decide([Record(offset=n) for n in range(3)], tables_of())
    assert dead(decided) == ["OutputTooLarge"] * 3


async def test_a_row_that_spoils_a_batch_is_told_of_once(caplog) -> None:
    """The batch is decided a second time to find the event; what failed in it is counted and logged once."""
    seen: list[int] = []

    def decide(event: Event, known: Known) -> Outcome:
        seen.append(event.offset)
        held = {3} if event.offset == 1 else 1
        return Outcome(writes=(Write(table=THINGS, key=b"%d" % event.offset, row=Anything(held=held)),))

    with caplog.at_level(logging.WARNING):
        await decider_of(decide).decide([Record(offset=n) for n in (0, 1, 2)], tables_of())
    assert seen == [0, 1, 2, 0, 1, 2]
    assert len(caplog.records) == 1


async def test_a_store_that_fails_is_nobodys_bad_mail() -> None:
    tables = tables_of()

    def fail(table: str, key: bytes) -> bytes:
        raise StoreFailed("disk")

    tables.store.get = fail  # type: ignore[method-assign]
    with pytest.raises(StoreFailed):
        await decider_of().decide([Record(offset=1)], tables)


def test_two_agents_of_one_topic_are_refused_instead_of_one_being_left_out() -> None:
    with pytest.raises(ValueError, match="counter and counter both read in"):
        deciders([agent_of(), agent_of()], lambda agent: Decider(agent, event_timeout_s=5, limit=DeadLetterLimit(1)))
