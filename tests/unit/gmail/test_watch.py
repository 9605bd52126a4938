"""MAIL.md, Gmail: 1, a watch lasts seven days. It is renewed daily, and anew when it is none of ours any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.sources.gmail.watch import RETRY_REFUSED, Watch, renew_at

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def watch(**changes: Any) -> Watch:
    given = {"topic": "t", "labels": ("INBOX",), "made_at": NOW, "expires_at": NOW + 7 * DAY}
    return Watch(**{**given, **changes})


@pytest.mark.parametrize(
    ("expires_at", "due"),
    [
        (NOW + 7 * DAY, NOW + DAY),
        (NOW + timedelta(hours=6), NOW + timedelta(hours=3)),
        (NOW - DAY, NOW + RETRY_REFUSED),
    ],
)
def test_point_1_a_watch_is_renewed_daily_or_at_half_of_what_was_granted(expires_at: datetime, due: datetime) -> None:
    assert renew_at(watch(expires_at=expires_at), "t", ["INBOX"], every=DAY, stale_before=LONG_AGO) == due


@pytest.mark.parametrize(
    ("present", "topic", "labels", "stale_before"),
    [
        (None, "t", ["INBOX"], LONG_AGO),
        (watch(), "another", ["INBOX"], LONG_AGO),
        (watch(), "t", ["INBOX", "SENT"], LONG_AGO),
        (watch(), "t", ["INBOX"], NOW + timedelta(seconds=1)),
    ],
)
def test_point_1_a_watch_that_is_missing_or_void_is_made_at_once(
    present: Watch | None, topic: str, labels: list[str], stale_before: datetime
) -> None:
    assert renew_at(present, topic, labels, every=DAY, stale_before=stale_before) < NOW - 365 * DAY


def test_point_1_a_restart_takes_the_watch_over() -> None:
    assert Watch.decode(watch().encode()) == watch()


@pytest.mark.parametrize("entry", [None, b"", b"[]", b"{}", b"\xff", b'{"topic": "t", "labels": 1}'])
def test_an_entry_that_cannot_be_read_is_no_watch(entry: bytes | None) -> None:
    assert Watch.decode(entry) is None
