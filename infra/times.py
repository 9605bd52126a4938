"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from infra.durations import parse_span
from infra.errors import ConfigError

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""Kafka counts from here, and means something else by numbers below 0."""
_EXACT, _LOOSE = "2026-11-26T04:00:00Z", "2026-11-26T04:00:00Z, 2026-11-26, or how long ago: 90m, 2h, 7d"


class Moment(click.ParamType):
    """An option's value, in UTC: RFC 3339, a date, or how long ago; `exact`: RFC 3339 with its zone alone."""

    name = "time"

    def __init__(self, *, exact: bool = False) -> None:
        self._exact = exact

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Text to a time; one that is none, or before 1970, is a usage error."""
        if isinstance(value, datetime):
            return value
        allowed = _EXACT if self._exact else _LOOSE
        try:
            moment = self._read(value)
        except (ValueError, ConfigError, OverflowError):
            self.fail(f"{value[:40]!r} is no time: write {allowed}", param, ctx)
        if moment is None:
            self.fail(f"{value[:40]!r} has no zone: write {allowed}", param, ctx)
        if moment < FIRST:
            self.fail(f"{value[:40]!r} is before 1970: write {allowed}", param, ctx)
        return moment

    def _read(self, text: str) -> datetime | None:
        """None: without a zone, where it needs one. Raises ValueError, ConfigError, OverflowError."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            if self._exact:
                raise
            return datetime.now(UTC) - parse_span(text)
        if moment.tzinfo is None:
            return None if self._exact else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
