"""The cursor entry of a folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.imap.position import SLACK, Position, after_rebuild, first_contact

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UID = st.integers(0, 2**32 - 1)
MOMENT = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    st.builds(
        Position, uidvalidity=UID.map(lambda uid: uid + 1), uid=UID, synced_at=MOMENT, since=st.none() | MOMENT,
        until=UID, rebuilt=st.booleans(),
    )
)  # fmt: skip
def test_a_position_survives_the_cursor(position):
    assert Position.decode(position.encode()) == position


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"uidvalidity": 1}',
        b"\xff",
        b'{"uidvalidity":"x"}',
        b"7",
        b'{"uidvalidity": Infinity}',
    ],
)
def test_an_unreadable_entry_is_as_good_as_none(entry):
    assert Position.decode(entry) is None


def test_a_time_without_zone_is_utc():
    entry = b'{"uidvalidity": 1, "uid": 2, "synced_at": "2026-11-24T12:00:00"}'
    assert Position.decode(entry) == Position(uidvalidity=1, uid=2, synced_at=NOW)


def test_an_entry_of_an_earlier_version_is_read():
    entry = b'{"uidvalidity": 1, "uid": 0, "synced_at": "2026-11-24T12:00:00+00:00", "rebuilt": true}'
    assert Position.decode(entry) == Position(uidvalidity=1, synced_at=NOW, rebuilt=True)


def test_first_contact_reaches_back_some_days_among_what_is_there():
    position = first_contact(7, 100, NOW, days=7)
    assert (position.since, position.until, position.uid, position.rebuilt) == (NOW - timedelta(days=7), 100, 0, False)


def test_a_rebuild_reaches_back_to_the_last_sync_with_some_slack():
    position = after_rebuild(Position(uidvalidity=1, uid=50, synced_at=NOW), 2, 60)
    assert position == Position(uidvalidity=2, synced_at=NOW, since=NOW - SLACK, until=60, rebuilt=True)


def test_a_rebuild_during_first_contact_keeps_what_first_contact_still_owes():
    """Mails of a week may be unannounced then, not only those since the last sync."""
    halfway = first_contact(1, 100, NOW, days=7).reached(50)
    assert after_rebuild(halfway, 2, 60).since == NOW - timedelta(days=7)


def test_while_mails_wait_the_last_sync_stays_where_it_was():
    """Otherwise a rebuild in the middle of a long catch-up would take the waiting mails for old ones."""
    position = Position(uidvalidity=1, uid=50, synced_at=NOW)
    assert position.reached(60) == replace(position, uid=60)
    assert position.reached(40) == position


def test_in_step_means_that_everything_there_was_taken():
    position = first_contact(7, 100, NOW, days=7).reached(50)
    assert position.in_step(NOW) == Position(uidvalidity=7, uid=100, synced_at=NOW, begins=NOW - timedelta(days=7))


@pytest.mark.parametrize(
    ("later", "worth"),
    [
        ({}, False),
        ({"uid": 51}, True),
        ({"synced_at": NOW + timedelta(hours=1)}, False),
        ({"synced_at": NOW + timedelta(days=2)}, True),
    ],
)
def test_a_position_is_stored_when_it_says_more(later, worth):
    stored = Position(uidvalidity=1, uid=50, synced_at=NOW)
    assert replace(stored, **later).worth_storing(stored) is worth
    assert stored.worth_storing(None)
