"""A Gmail cursor survives being stored, and only moves forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.gmail.history import Arrival
from agents.sources.gmail.portions import position_after
from agents.sources.gmail.position import MARGIN, Position, first_contact

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEGINS = NOW - timedelta(days=7)
IDS = st.integers(1, 2**64 - 1)


@given(st.integers(1, 2**63), st.lists(IDS, max_size=3, unique=True), st.booleans(), IDS, IDS)
def test_what_is_stored_is_read_back(history_id: int, done: list[int], listing: bool, after: int, floor: int) -> None:
    position = Position(history_id=history_id, done=tuple(done), synced_at=NOW, begins=BEGINS)
    if listing:
        position = Position(history_id=history_id, synced_at=NOW, begins=BEGINS, since=BEGINS, after=after, floor=floor)
    assert Position.decode(position.encode()) == position


@pytest.mark.parametrize(
    "entry", [b"", b"{}", b"[]", b"\xff", b'{"history_id": null}', b'{"history_id":1,"synced_at":"x"}']
)
def test_an_unreadable_entry_is_as_good_as_none(entry: bytes) -> None:
    assert Position.decode(entry) is None


def test_an_entry_of_an_earlier_version_is_read() -> None:
    entry = (
        b'{"history_id": 7, "synced_at": "2026-11-25T12:00:00.000+00:00", "begins": "2026-11-18T12:00:00.000+00:00"}'
    )
    assert Position.decode(entry) == Position(history_id=7, synced_at=NOW, begins=BEGINS)


def test_point_4_an_older_history_id_changes_nothing() -> None:
    position = Position(history_id=10, synced_at=NOW, begins=BEGINS)
    assert position.at(9) is position
    assert position.at(11).history_id == 11


def test_a_lost_history_is_made_up_for_from_a_margin_before_all_was_known() -> None:
    lost = Position(history_id=10, synced_at=NOW, begins=BEGINS).lost(500)
    assert (lost.history_id, lost.since, lost.floor) == (500, NOW - MARGIN, 10)
    again = lost.listed_to(7).lost(600)
    assert (again.history_id, again.since, again.floor, again.after) == (600, NOW - MARGIN, 10, 0)


def test_a_mailbox_that_was_made_anew_has_no_mails_that_were_dealt_with() -> None:
    lost = Position(history_id=500, synced_at=NOW, begins=BEGINS).lost(10)
    assert (lost.history_id, lost.floor) == (10, 0)
    assert Position(history_id=500, synced_at=NOW, begins=BEGINS).lost(600).lost(10).floor == 0


def test_mails_from_before_the_first_contact_stay_out_when_the_history_is_lost() -> None:
    assert Position(history_id=10, synced_at=BEGINS + timedelta(hours=1), begins=BEGINS).lost(500).since == BEGINS
    assert first_contact(5, NOW, 7).lost(9).since == BEGINS


@given(st.lists(st.integers(2, 6), min_size=1, max_size=12), st.data())
def test_a_stop_within_a_record_of_many_mails_repeats_and_skips_none(records: list[int], data: st.DataObject) -> None:
    arrivals = [Arrival(record, number, returned=False) for number, record in enumerate(sorted(records))]
    taken: list[int] = []
    position = Position(history_id=1, synced_at=NOW, begins=BEGINS)
    while True:
        left = [one for one in arrivals if one.record > position.history_id and one.message not in position.done]
        if not left:
            break
        count = data.draw(st.integers(1, len(left)))
        taken += [one.message for one in left[:count]]
        position = Position.decode(position_after(position, left, count, 9).encode()) or pytest.fail("unreadable")
    assert taken == [one.message for one in arrivals]
