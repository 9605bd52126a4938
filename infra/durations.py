"""Spans of time as people type them: 90s, 30m, 2h, 1h30m, 7d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

from infra.errors import ConfigError

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_WHOLE = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?")


def parse_span(text: str) -> timedelta:
    """What `text` means.

    Raises:
        ConfigError: it is no span of time, or an empty one.
    """
    match = _WHOLE.fullmatch(text.strip().lower())
    parts = (
        {unit: int(number) for unit, number in zip(_UNITS.values(), match.groups(), strict=True) if number}
        if match
        else {}
    )
    span = timedelta(**parts)
    if not span:
        raise ConfigError(f"{text[:40]!r} is no span of time: write 90s, 30m, 2h, 1h30m or 7d")
    return span


class Span(click.ParamType):
    """An option's value."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Text to timedelta; a usage error names what is allowed."""
        if isinstance(value, timedelta):
            return value
        try:
            return parse_span(value)
        except ConfigError as error:
            self.fail(str(error), param, ctx)
