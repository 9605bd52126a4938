"""Order per account, offsets behind what is done: a model of random deliveries against the two promises."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.deliver import schedule as module
from agents.deliver.schedule import Delivery, Place, Schedule
from agents.deliver.undelivered import delivery_of
from streams.triage.verdict import Lane
from tests.unit.deliver.rows import lane_record

HIGH = Place("mail.high", 0)


def filled(*accounts: str, lane: Lane = Lane.HIGH) -> Schedule:
    schedule = Schedule()
    for number, account in enumerate(accounts):
        schedule.add(delivery_of(lane_record(account, number, lane=lane)))
    return schedule


def taken(schedule: Schedule) -> list[Delivery]:
    found = []
    while (delivery := schedule.take()) is not None:
        found.append(delivery)
    return found


def test_only_the_first_of_an_account_is_under_way() -> None:
    schedule = filled("a", "a", "b", "a")
    first = taken(schedule)
    assert [(one.account, one.event.offset) for one in first] == [("a", 0), ("b", 2)]
    schedule.settle(first[0])
    assert [one.event.offset for one in taken(schedule)] == [1]


def test_what_is_tried_again_stays_before_all_of_its_account_and_holds_back_nobody_else() -> None:
    schedule = filled("a", "a", "b", "b")
    stuck, other = taken(schedule)
    schedule.settle(other)
    (next_of_b,) = taken(schedule)
    schedule.settle(next_of_b)
    assert schedule.positions() == {}, "the offset of what is not done is not passed"
    schedule.back(stuck)
    assert taken(schedule) == [stuck]
    schedule.settle(stuck)
    assert schedule.positions() == {HIGH: 1}
    schedule.settle(taken(schedule)[0])
    assert schedule.positions() == {HIGH: 4}


def test_urgent_goes_first() -> None:
    schedule = Schedule()
    for number, lane in enumerate([Lane.LOW, Lane.NORMAL, Lane.URGENT, Lane.HIGH]):
        schedule.add(delivery_of(lane_record(f"a{number}", number, lane=lane)))
    assert [one.event.topic for one in taken(schedule)] == ["mail.urgent", "mail.high", "mail.normal", "mail.low"]


def test_what_is_not_admitted_waits_in_place() -> None:
    schedule = filled("a", "b", "a")
    only_b = schedule.take(lambda delivery: delivery.account == "b")
    assert only_b is not None
    assert only_b.account == "b"
    assert schedule.take(lambda delivery: delivery.account == "b") is None
    assert [one.event.offset for one in taken(schedule)] == [0]


def test_what_is_not_for_the_endpoint_moves_the_offset() -> None:
    schedule = Schedule()
    schedule.skip(lane_record("a", 4))
    schedule.skip(lane_record("a", 6))
    assert schedule.positions() == {HIGH: 7}


def test_a_partition_that_moved_on_is_forgotten_with_all_under_way() -> None:
    schedule = filled("a", "a")
    (under_way,) = taken(schedule)
    schedule.forget([HIGH])
    schedule.settle(under_way)
    schedule.back(under_way)
    assert (taken(schedule), schedule.positions(), len(schedule)) == ([], {}, 0)


def test_enough_in_memory_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    schedule = filled("a", "b", "c")
    assert schedule.full() == {HIGH}
    schedule.settle(taken(schedule)[1])
    assert schedule.full() == frozenset()


def test_a_span_of_offsets_behind_one_that_hangs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SPAN", 3)
    schedule = filled("a")
    schedule.skip(lane_record("b", 1))
    assert schedule.full() == frozenset()
    schedule.skip(lane_record("b", 2))
    assert schedule.full() == {HIGH}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1)), max_size=30),
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=120),
)
def test_whatever_ends_when_accounts_stay_in_order_and_offsets_stay_behind(
    records: list[tuple[str, int]], ends: list[tuple[int, bool]]
) -> None:
    schedule, under_way, done = Schedule(), list[Delivery](), defaultdict[tuple[Place, str], list[int]](list)
    for offset, (account, partition) in enumerate(records):
        schedule.add(delivery_of(lane_record(account, offset, partition=partition)))
    for which, delivered in ends:
        under_way += taken(schedule)
        chains = [(one.place, one.account) for one in under_way]
        assert len(chains) == len(set(chains))
        if not under_way:
            break
        one = under_way.pop(which % len(under_way))
        if delivered:
            done[one.place, one.account].append(one.event.offset)
            schedule.settle(one)
        else:
            schedule.back(one)
        settled = {offset for offsets in done.values() for offset in offsets}
        for place, position in schedule.positions().items():
            of_place = {offset for offset, (_, partition) in enumerate(records) if partition == place.partition}
            assert {offset for offset in of_place if offset < position} <= settled
    for (place, account), offsets in done.items():
        expected = [offset for offset, row in enumerate(records) if row == (account, place.partition)]
        assert offsets == expected[: len(offsets)]
