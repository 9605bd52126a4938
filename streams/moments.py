"""Times on the wire."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: the one form of time on the wire."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_moment(text: str) -> datetime:
    """What RFC 3339 text says, in UTC.

    Raises:
        ValueError: it is no time, one without a zone, which each machine would take for its own, or one whose year
            in UTC is none (0, 10000).
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} is a time without a zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text[:40]!r} is no time of UTC") from None
