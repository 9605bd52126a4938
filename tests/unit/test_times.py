"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from infra.times import Moment

FOUR = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-26T04:00:00Z", FOUR),
        ("2026-11-26T05:00:00+01:00", FOUR),
        ("2026-11-26T04:00:00", FOUR),
        ("2026-11-26", datetime(2026, 11, 26, tzinfo=UTC)),
        ("1970-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc(text: str, moment: datetime) -> None:
    found = Moment().convert(text, None, None)
    assert (found, found.tzinfo) == (moment, UTC)


def test_a_time_may_be_how_long_ago() -> None:
    moment = Moment().convert("2h", None, None)
    ago = datetime.now(UTC) - moment
    assert timedelta(hours=2) <= ago < timedelta(hours=2, minutes=1)


@pytest.mark.parametrize(
    ("text", "exact", "complaint"),
    [
        ("yesterday", False, "is no time: write 2026-11-26T04:00:00Z, 2026-11-26, or how long ago"),
        ("999999d", False, "is no time"),
        ("0001-01-01", False, "is before 1970"),
        ("1969-12-31T23:59:59.999Z", False, "is before 1970"),
        ("9999-12-31T23:59:59-14:00", False, "is no time"),
        ("2h", True, "is no time: write 2026-11-26T04:00:00Z"),
        ("2026-11-26T04:00:00", True, "has no zone"),
        ("2026-11-26", True, "has no zone"),
        ("0001-01-01T00:00:00+14:00", True, "is no time"),
        ("9999-12-31T23:59:59-14:00", True, "is no time"),
    ],
)
def test_what_is_no_time_is_a_usage_error(text: str, exact: bool, complaint: str) -> None:
    with pytest.raises(click.BadParameter, match=complaint):
        Moment(exact=exact).convert(text, None, None)
