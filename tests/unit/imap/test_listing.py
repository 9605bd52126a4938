"""Portions of bounded size from folders of any size."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.imap.listing import BATCH_BYTES, BATCH_MAILS, SEARCH_MAX, imap_date, portions, sequence_set, windows

UID = st.integers(1, 2**32 - 1)


@given(UID, UID, st.integers(0, 10**7), st.booleans())
def test_windows_cover_every_uid_once(first, last, exists, open_ended):
    found = list(windows(first, last, exists, open_ended=open_ended))
    at = first
    for start, end in found:
        assert start == at
        at = (end or last) + 1
    if first <= last or open_ended:
        assert found[-1][1] == (None if open_ended else last)
        assert len(found) <= exists / SEARCH_MAX + 2
    else:
        assert found == []


def test_a_small_folder_takes_one_search_however_large_its_uids_are():
    assert list(windows(1, 4_000_000_000, 20, open_ended=False)) == [(1, 4_000_000_000)]


def test_a_million_mails_take_twenty_searches():
    assert len(list(windows(1, 1_000_000, 1_000_000, open_ended=False))) == 20


@given(st.lists(st.integers(0, 3 * BATCH_BYTES), max_size=200))
def test_portions_are_bounded_and_complete(sizes):
    found = list(portions(sizes, int))
    assert [size for portion in found for size in portion] == sizes
    assert all(len(portion) == 1 or (len(portion) <= BATCH_MAILS and sum(portion) <= BATCH_BYTES) for portion in found)


@given(st.sets(st.integers(1, 60)))
def test_a_sequence_set_names_exactly_its_uids(uids):
    named = set()
    for part in filter(None, sequence_set(sorted(uids)).split(",")):
        first, _, last = part.partition(":")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == uids


@pytest.mark.parametrize(("uids", "text"), [([1, 2, 3, 7], "1:3,7"), ([5], "5"), ([1, 3], "1,3")])
def test_sequence_sets_are_short(uids, text):
    assert sequence_set(uids) == text


def test_dates_are_english_without_a_leading_zero():
    assert imap_date(datetime(2026, 3, 1, tzinfo=UTC)) == "1-Mar-2026"
