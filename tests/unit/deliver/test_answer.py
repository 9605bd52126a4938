"""What an endpoint's answers mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.deliver.answer import RETRY_AFTER_MAX_S, Fate, judge, pause_s

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "fate", "sick"),
    [
        (200, Fate.DELIVERED, False), (204, Fate.DELIVERED, False), (299, Fate.DELIVERED, False),
        (101, Fate.REFUSED, False), (301, Fate.REFUSED, False), (307, Fate.REFUSED, False), (304, Fate.REFUSED, False),
        (400, Fate.REFUSED, False), (401, Fate.REFUSED, False), (404, Fate.REFUSED, False), (410, Fate.REFUSED, False),
        (422, Fate.REFUSED, False), (408, Fate.AGAIN, True), (409, Fate.AGAIN, False), (425, Fate.AGAIN, False),
        (429, Fate.AGAIN, False), (500, Fate.AGAIN, True), (501, Fate.AGAIN, True), (503, Fate.AGAIN, True),
        (599, Fate.AGAIN, True),
    ],
)  # fmt: skip
def test_a_status_decides_what_becomes_of_the_delivery_and_what_it_says_of_the_endpoint(
    status: int, fate: Fate, sick: bool
) -> None:
    answer = judge(status, None, NOW)
    assert (answer.fate, answer.sick, answer.pause_s) == (fate, sick, 0)
    assert str(status) in answer.reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, 0), ("", 0), ("0", 0), ("7", 7), (" 7 ", 7), ("-7", 0), ("7.5", 0), ("٧", 0), ("soon", 0),
        ("99999999999999999999", RETRY_AFTER_MAX_S), ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("Sun, 01 Mar 2099 12:00:00 GMT", RETRY_AFTER_MAX_S),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30), ("Sun, 99 Mar 2026 12:00:30 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_bounded(text: str | None, seconds: float) -> None:
    assert pause_s(text, NOW) == seconds


@given(st.text(max_size=60))
def test_whatever_stands_there_the_pause_is_bounded(text: str) -> None:
    assert 0 <= pause_s(text, NOW) <= RETRY_AFTER_MAX_S


@pytest.mark.parametrize(("status", "seconds"), [(429, 9), (503, 9), (500, 0), (404, 0), (200, 0)])
def test_only_who_is_busy_may_ask_for_a_pause(status: int, seconds: float) -> None:
    assert judge(status, "9", NOW).pause_s == seconds
