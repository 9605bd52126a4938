"""Tokens of the admin API, and how often their holders may call."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.errors import ConfigError
from infra.settings import load
from monitoring.admin.limit import MOST_CALLERS, RateLimit
from monitoring.admin.tokens import Refused, Tokens, new_token

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("header", "later", "said"),
    [
        (None, timedelta(), "a bearer token is needed"),
        ("", timedelta(), "a bearer token is needed"),
        ("Bearer", timedelta(), "not known"),
        ("Bearer triage_guess", timedelta(), "not known"),
        ("Basic {token}", timedelta(), "not known"),
        ("Bearer {token}x", timedelta(), "not known"),
        ("Bearer {token}", DAY, "has expired"),
        ("bearer \udce4", timedelta(), "not known"),
    ],
)
def test_who_is_refused(header: str | None, later: timedelta, said: str) -> None:
    token, entry = new_token("ops", "operate", DAY, NOW)
    with pytest.raises(Refused, match=said) as refused:
        Tokens([entry]).admit(header and header.format(token=token), NOW + later)
    assert token not in str(refused.value)


def test_who_is_let_in_and_what_they_may(tmp_path: Path) -> None:
    reader, operator = new_token("grafana", "read", DAY, NOW), new_token("ops@example", "operate", DAY, NOW)
    file = tmp_path / "tokens"
    file.write_text(f"{operator[1]}\n")
    tokens = Tokens.of(load(admin_tokens=reader[1], admin_tokens_file=file))
    first, second = (tokens.admit(f"Bearer {token}", NOW) for token, _ in (reader, operator))
    assert (first.name, first.may("read"), first.may("operate")) == ("grafana", True, False)
    assert (second.name, second.may("read"), second.may("operate")) == ("ops@example", True, True)
    assert reader[0] not in reader[1]


@pytest.mark.parametrize(
    "entry", ["ops", "ops:admin:20270101T000000Z:" + "a" * 64, "ops:read:20271301T000000Z:" + "a" * 64]
)
def test_an_entry_that_is_none_is_told_without_what_it_holds(entry: str) -> None:
    with pytest.raises(ConfigError, match="ADMIN_TOKENS: entry 1") as error:
        Tokens([entry])
    assert "aaaa" not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "none"))):
        Tokens.of(load(admin_tokens_file=tmp_path / "none"))


def test_a_name_that_would_break_the_entry_is_refused() -> None:
    with pytest.raises(ConfigError, match="a token's name"):
        new_token("a:b", "read", DAY, NOW)


def test_a_caller_has_a_burst_and_then_a_rate_of_its_own() -> None:
    now = 0.0
    limit = RateLimit(2.0, 3, clock=lambda: now)
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait_s("b") == 0
    now = 0.5
    assert [limit.wait_s("a") for _ in range(2)] == [0, 0.5]
    now = 100.0
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.retry_after(0.5) == "1"


def test_strangers_do_not_fill_the_memory() -> None:
    limit = RateLimit(1.0, 1, clock=lambda: 0.0)
    for number in range(3 * MOST_CALLERS):
        limit.wait_s(str(number))
    assert len(limit._buckets) <= MOST_CALLERS
